"""Before a request: which programmes would lend on which of a supplier's rights, how much, and if not, why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from abs_platform.core import clock
from abs_platform.financing import rules, selectors
from abs_platform.financing.models import Programme
from abs_platform.parties.actor import Actor
from abs_platform.rights.models import Right


@dataclass(frozen=True, slots=True)
class RightVerdict:
    """What a programme says of one right: what it carries, or why nothing."""

    right: Right
    obstacles: tuple[str, ...]
    carried: Decimal


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a programme says of rights together; `most` may be asked for, nothing where something stands in the way."""

    programme: Programme
    obstacles: tuple[str, ...]
    rights: Sequence[RightVerdict]
    most: Decimal

    @property
    def is_eligible(self) -> bool:
        """Whether a request can be made."""
        return self.most > 0


def verdicts(*, actor: Actor, right_ids: Sequence[UUID], until: date) -> list[Verdict]:
    """What each programme that is open to the supplier says of its rights. Raises Forbidden, NotFound."""
    rights = selectors.own_rights(actor=actor, right_ids=right_ids)
    programmes = list(selectors.open_to(actor.home).select_related("funder", "core_enterprise").order_by("id"))
    rooms = selectors.rooms(programmes, supplier_id=actor.home)
    claims = selectors.claims(rights)
    return [_verdict(row, rights, claims, until, rooms[row.id]) for row in programmes]


def _verdict(
    row: Programme, rights: Sequence[Right], claims: Sequence[rules.Claim], until: date, room: rules.Room
) -> Verdict:
    found = rules.judge(claims, selectors.conditions(row), room, until=until, today=clock.today())
    of_rights = zip(rights, found.of_each, found.carried, strict=True)
    return Verdict(row, found.obstacles, [RightVerdict(*each) for each in of_rights], found.most)
