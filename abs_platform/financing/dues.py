"""What is due when, and to whom: a debtor's obligations, and the same rights as a supplier's money to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from abs_platform.financing.models import Pledge
from abs_platform.financing.states import TOLD, PledgeState
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Organisation
from abs_platform.parties.roles import Role
from abs_platform.rights.ladder import ACCEPTED
from abs_platform.rights.models import Right
from abs_platform.rights.states import RightState
from abs_platform.trade import selectors as trades


class Side(StrEnum):
    """Whose view: what one pays, or what one is paid."""

    PAYABLE = "payable"
    RECEIVABLE = "receivable"


@dataclass(frozen=True, slots=True)
class Day:
    """All that is due on one day in one currency; `due_date` None: no document states when. `certain`: of it, performed."""

    due_date: date | None
    currency: str
    amount: Decimal
    certain: Decimal
    count: int


def dues(*, actor: Actor, side: Side) -> QuerySet[Right]:
    """Rights that money is still due on. A debtor sees its own and its project companies'. Raises Forbidden."""
    if side == Side.PAYABLE:
        actor.require(Role.CORE_ENTERPRISE)
        mine = trades.trades(actor=actor).filter(Q(buyer_id=actor.home) | Q(as_head_office=True))
    else:
        actor.require(Role.SUPPLIER)
        mine = trades.trades(actor=actor).filter(seller_id=actor.home)
    return (
        Right.objects.filter(trade__in=mine.values("id"), base__gt=0)
        .exclude(state=RightState.SETTLED)
        .select_related("trade", "trade__seller", "trade__buyer")
    )


def is_certain(right: Right) -> bool:
    """Whether the goods were accepted, so that the money is owed and not only expected."""
    return right.rung >= ACCEPTED


def by_day(*, actor: Actor, side: Side, first: date, last: date) -> list[Day]:
    """The days from `first` to `last` on which something is due, in turn, then what no document states a day of."""
    rows = (
        dues(actor=actor, side=side)
        .filter(Q(due_date__gte=first, due_date__lte=last) | Q(due_date=None))
        .order_by()
        .values("due_date", "currency")
        .annotate(amount=Sum("base"), certain=Sum("base", filter=Q(rung__gte=ACCEPTED)), count=Count("id"))
    )
    days = [
        Day(row["due_date"], row["currency"], row["amount"], row["certain"] or Decimal(0), row["count"]) for row in rows
    ]
    return sorted(days, key=lambda day: (day.due_date is None, day.due_date or last, day.currency))


def payees(rights: Sequence[Right]) -> Mapping[UUID, Organisation]:
    """By right, whom to pay where it is no longer the seller: the assignee, once the debtor has been told (民法典546)."""
    held = Pledge.objects.filter(
        right__in=rights, state=PledgeState.ACTIVE, method="assignment", loan__notice__state__in=TOLD
    ).select_related("holder")
    return {pledge.right_id: pledge.holder for pledge in held}
