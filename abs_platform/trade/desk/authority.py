"""In whose right somebody acts at the desk, and which limits its organisation set itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from abs_platform.core import clock
from abs_platform.core.errors import Forbidden
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Person
from abs_platform.parties.roles import Role
from abs_platform.trade.desk.models import ConfirmationPolicy, Delegation
from abs_platform.trade.desk.rules import Limits
from abs_platform.trade.signatories import OwnSignature, Signatory


@dataclass(frozen=True, slots=True)
class Authority:
    """Who acts, and in whose right: its own, or that of a colleague who delegated it (`on_behalf_of`, a name)."""

    actor: Actor
    right_of: UUID
    on_behalf_of: str = ""

    @property
    def name(self) -> str:
        """As it is shown and signed."""
        return f"{self.actor.label} on behalf of {self.on_behalf_of}" if self.on_behalf_of else self.actor.label


def delegations(*, actor: Actor) -> Sequence[Delegation]:
    """The delegations in force to the person that acts."""
    if actor.person_id is None or actor.is_program:
        return []
    rows = Delegation.objects.filter(
        delegate_id=actor.person_id,
        organisation_id=actor.home,
        revoked_at=None,
        until__gte=clock.today(),
        principal__is_active=True,
    )
    return list(rows.select_related("principal").order_by("id"))


def authority_of(actor: Actor, on_behalf_of: UUID | None = None) -> Authority:
    """The right in which `actor` acts. Raises Forbidden without one: its own role, or a delegation in force."""
    if on_behalf_of is None:
        actor.require(Role.CORE_ENTERPRISE)
        return Authority(actor, actor.person_id or actor.home)
    for row in delegations(actor=actor):
        principal = parties.actor_of_person(row.principal)
        if row.principal_id == on_behalf_of and principal.organisation_id == actor.home:
            principal.require(Role.CORE_ENTERPRISE)
            return Authority(_confirming(actor), row.principal_id, principal.label)
    raise Forbidden(
        "delegation_missing", "Nobody of that id has given you the right to confirm, or it has ended. Ask for it anew."
    )


def reader_of(actor: Actor) -> Actor:
    """The actor as the desk's reads take it: whoever holds a delegation sees the queue as who gave it does."""
    if not actor.has(Role.CORE_ENTERPRISE) and actor.organisation_id and delegations(actor=actor):
        return _confirming(actor)
    return actor


def _confirming(actor: Actor) -> Actor:
    return replace(actor, roles=actor.roles | {str(Role.CORE_ENTERPRISE)})


def require_person(actor: Actor) -> UUID:
    """The id of the person that acts. Raises Forbidden for a program: what takes two people takes people."""
    if actor.is_program or actor.person_id is None:
        raise Forbidden("person_needed", "This takes a person; a program cannot do it. Sign in to do it.")
    return actor.person_id


def person_name(person: Person) -> str:
    """What a person is called."""
    return person.display_name or person.username


def limits_of(organisation_id: UUID) -> tuple[Limits, frozenset[UUID]]:
    """The limits that an organisation set itself, and its executives."""
    row = ConfirmationPolicy.objects.filter(organisation_id=organisation_id).first()
    if row is None:
        return Limits(), frozenset()
    limits = Limits(row.currency, row.one_person_up_to, row.two_people_up_to, row.typed_above)
    return limits, frozenset(row.executives)


class DeskSignatory(Signatory):
    """An organisation that signs by the hand of whoever acts at its desk, in the right of another person perhaps."""

    def __init__(self, authority: Authority, own: OwnSignature | None = None) -> None:
        super().__init__(authority.actor, own)
        self.authority = authority
