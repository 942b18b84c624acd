"""Who may take part in moving money: one person proposes (经办), another approves (复核)."""

from uuid import UUID

from abs_platform.core.errors import Forbidden
from abs_platform.parties.actor import Actor


def maker(actor: Actor) -> UUID:
    """The id of whoever proposes: a person, or a program of its organisation. Raises Forbidden for the platform."""
    if actor.person_id is None:
        raise Forbidden("person_needed", "Somebody has to propose this; the platform does not.")
    return actor.person_id


def checker(actor: Actor, maker_id: UUID | None) -> UUID:
    """The id of whoever approves what `maker_id` proposed. Raises Forbidden for a program, and for the same person."""
    if actor.is_program or actor.person_id is None:
        raise Forbidden("person_needed", "A program can propose this. A person has to approve it.")
    if actor.person_id == maker_id:
        raise Forbidden("second_person_needed", "You proposed this. Another person of yours has to approve it.")
    return actor.person_id


def may_check(actor: Actor, maker_id: UUID | None) -> bool:
    """Whether `checker` would let the actor."""
    return not actor.is_program and actor.person_id is not None and actor.person_id != maker_id
