"""Whether a right is held, and for how much. Written by whoever lends on it, above; a right is never moved by hand.

Rows are locked in one order: trades by id, then rights by id. Computing a right locks its trade first too, so that none of
these is lost under it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from abs_platform.core import audit, events
from abs_platform.core.errors import Conflict
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.documents.tax import services as tax
from abs_platform.documents.tax.rules import TAXED
from abs_platform.parties.actor import Actor
from abs_platform.rights.models import HELD, Right
from abs_platform.rights.states import PLATFORM_ROLE, TRANSITIONS, RightState
from abs_platform.trade import encumbering as trades
from abs_platform.trade.models import TradeDocument

PLATFORM_ROLES = frozenset({PLATFORM_ROLE})
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Hold:
    """A right, the pledge that is to hold it, what is lent on it, in which currency, at which rate (0 to 1) of its base, and on which rung."""

    right_id: UUID
    pledge_id: UUID
    amount: Decimal
    currency: str
    rate: Decimal
    rung: int


def locked(right_ids: Sequence[UUID]) -> list[Right]:
    """These rights as they are now, by id, with their trades; nobody changes either before the transaction ends."""
    trades.lock(Right.objects.filter(id__in=right_ids).values_list("trade_id", flat=True))
    rows = Right.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=right_ids)
    return list(rows.select_related("trade", "trade__seller", "trade__buyer").order_by("id"))


def encumber(*, actor: Actor, holds: Sequence[Hold]) -> None:
    """Hold rights for pledges, all of them or none. Raises Conflict where one is not free."""
    wanted = {each.right_id: each for each in holds}
    for right in locked(list(wanted)):
        hold = wanted[right.id]
        if right.state != RightState.FREE:
            raise Conflict(
                "right_not_free",
                f"The right of order {right.trade.order_number} is held already. Take it out of the request.",
                right=str(right.id),
                order_number=right.trade.order_number,
            )
        right.encumbered_by, right.held_for = hold.pledge_id, hold.amount
        right.held_currency = hold.currency
        right.held_rate, right.held_rung = hold.rate, hold.rung
        _moved(actor, right, "encumber", {"pledge": str(hold.pledge_id), "amount": str(hold.amount)})


def release(*, actor: Actor, pledge_ids: Sequence[UUID]) -> None:
    """The pledges hold nothing any more: their rights are free."""
    _end(actor, pledge_ids, "release")


def settle(*, actor: Actor, pledge_ids: Sequence[UUID]) -> None:
    """The debtor has paid the pledges' rights: they are over."""
    _end(actor, pledge_ids, "settle")


def hold_for(*, pledge_id: UUID, amount: Decimal) -> None:
    """What is lent on a pledge's right is `amount` by now: less was paid back, so less has to carry it."""
    held = list(Right.objects.filter(encumbered_by=pledge_id).values_list("id", flat=True))
    for right in locked(held):
        right.held_for = max(amount, ZERO)
        right.save(update_fields=["held_for"])


def _end(actor: Actor, pledge_ids: Sequence[UUID], action: str) -> None:
    held = list(Right.objects.filter(encumbered_by__in=pledge_ids).values_list("id", flat=True))
    for right in locked(held):
        pledge = str(right.encumbered_by)
        right.encumbered_by = right.held_for = right.held_currency = None
        right.held_rate = right.held_rung = None
        _moved(actor, right, action, {"pledge": pledge})


def _moved(actor: Actor, right: Right, action: str, detail: dict[str, object]) -> None:
    right.state = target_of(TRANSITIONS, action=action, state=right.state, roles=PLATFORM_ROLES)
    right.save(update_fields=["state", *HELD])
    # A settled right's trade is history that somebody lent on; it stays as an encumbered one does.
    is_relied_on = right.state != RightState.FREE or right.collections.exists()
    trades.mark(right.trade_id, encumbered=is_relied_on)
    filed = TradeDocument.objects.filter(trade=right.trade_id, kind__in=TAXED).values_list("document_id", flat=True)
    tax.pledge(document_ids=filed, is_pledged=right.state == RightState.ENCUMBERED)
    audit.record(actor=actor, verb=f"right.{action}", subject=SubjectRef("right", right.id), detail=detail)
    events.notify([right.trade.seller_id, right.trade.buyer_id], "right", right.trade_id)
