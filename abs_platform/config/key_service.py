"""Destroying an organisation's key looks at what rests on its files, which only the layers above parties know."""

from uuid import UUID

from django.db import transaction

from abs_platform.core.errors import Conflict
from abs_platform.parties import key_rotation
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role
from abs_platform.rights import selectors as rights


@transaction.atomic
def request_destruction(*, actor: Actor, organisation_id: UUID, name: str, reason: str) -> None:
    """Ask for it. Raises as key_rotation does, and Conflict while a right of the organisation supports an amount."""
    actor.require(Role.OPERATOR)
    _refuse_while_relied_on(organisation_id)
    key_rotation.request_destruction(actor=actor, organisation_id=organisation_id, name=name, reason=reason)


@transaction.atomic
def destroy(*, actor: Actor, organisation_id: UUID, name: str) -> None:
    """Carry it out. Raises as key_rotation does, and Conflict while a right of the organisation supports an amount."""
    actor.require(Role.OPERATOR)
    _refuse_while_relied_on(organisation_id)
    key_rotation.destroy(actor=actor, organisation_id=organisation_id, name=name)


def _refuse_while_relied_on(organisation_id: UUID) -> None:
    if count := rights.supported_of(organisation_id):
        raise Conflict(
            "rights_open",
            f"{count} rights of this organisation support an amount, and whoever relies on them may need the documents."
            " Its key can be destroyed when none does.",
            count=count,
        )
