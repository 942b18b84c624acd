"""Reads of rights. Whoever may see the trade may see its right."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from abs_platform.core import clock
from abs_platform.core.errors import NotFound
from abs_platform.parties.actor import Actor
from abs_platform.rights.models import Right
from abs_platform.trade import selectors as trades


def rights(*, actor: Actor) -> QuerySet[Right]:
    """The rights of the trades that the actor may see now."""
    return Right.objects.filter(trade__in=trades.trades(actor=actor)).select_related(
        "trade", "trade__seller", "trade__payment_confirmation"
    )


def right_of(*, trade_id: UUID) -> Right | None:
    """A trade's right, for callers that hold a trade they may see."""
    return Right.objects.filter(trade_id=trade_id).select_related("trade", "trade__payment_confirmation").first()


def right(*, actor: Actor, right_id: UUID) -> Right:
    """One right that the actor may see. Raises NotFound."""
    row = rights(actor=actor).filter(id=right_id).first()
    if row is None:
        raise NotFound
    return row


def payment_confirmed_at(row: Right) -> datetime | None:
    """When the debtor confirmed payment, by the platform's clock."""
    confirmation = getattr(row.trade, "payment_confirmation", None)
    return confirmation.at if confirmation else None


def days_earlier(row: Right) -> int | None:
    """Whole days from the moment the right became financeable until payment confirmation, counting on while there is none."""
    if row.financeable_since is None:
        return None
    until = payment_confirmed_at(row) or clock.now()
    return max((until - row.financeable_since).days, 0)


def supported_of(seller_id: UUID) -> int:
    """How many of a seller's rights support an amount now: somebody may rely on the documents behind them."""
    return Right.objects.filter(trade__seller_id=seller_id, supported__gt=0).count()
