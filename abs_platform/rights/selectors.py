"""Reads of rights. Whoever may see the trade may see its right."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from abs_platform.core import clock
from abs_platform.core.errors import NotFound
from abs_platform.core.prepared import IDS, Prepared
from abs_platform.crypto import sm3
from abs_platform.documents.selectors import BUNDLE_FORMAT
from abs_platform.ledger import selectors as ledger
from abs_platform.parties.actor import Actor
from abs_platform.rights.models import Right, RungFact
from abs_platform.trade import selectors as trades

NEWEST_FACTS = Prepared(
    lambda: (
        RungFact.objects.filter(right__trade__id__among=IDS)
        .order_by("right_id", "rung", "-number")
        .distinct("right_id", "rung")
    )
)
"""`newest_facts` of the rights of trades."""


def rights(*, actor: Actor) -> QuerySet[Right]:
    """The rights of the trades that the actor may see now."""
    return Right.objects.filter(trade__in=trades.trades(actor=actor)).select_related(
        "trade", "trade__seller", "trade__buyer", "trade__payment_confirmation"
    )


def in_due_order(rows: QuerySet[Right]) -> QuerySet[Right]:
    """With `due_order`, the expected due date, and the last day there is where nobody knows it: cursors take no null."""
    return rows.annotate(due_order=Coalesce("expected_due_date", Value(date.max)))


def right_of(*, trade_id: UUID) -> Right | None:
    """A trade's right, for callers that hold a trade they may see."""
    return (
        Right.objects.filter(trade_id=trade_id)
        .select_related("trade", "trade__seller", "trade__buyer", "trade__payment_confirmation")
        .first()
    )


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


def newest_facts(right_id: UUID) -> list[RungFact]:
    """The newest fact of each rung that was ever reached, lowest first."""
    return list(RungFact.objects.filter(right=right_id).order_by("rung", "-number").distinct("rung"))


def fact(*, right_id: UUID, fact_id: UUID) -> RungFact:
    """A fact of a right, for callers that hold the right. Raises NotFound."""
    row = RungFact.objects.filter(right=right_id, id=fact_id).first()
    if row is None:
        raise NotFound
    return row


def fact_name(row: RungFact) -> str:
    """What the file of a fact's statement is called."""
    return f"rung-{row.rung}-{row.id}.json"


def fact_bundle(row: RungFact) -> dict[str, object]:
    """The fact's proof bundle, abs-proof-bundle/v1: its statement is the file (see verifier/README.md)."""
    statement = row.statement.encode()
    return {
        "format": BUNDLE_FORMAT,
        "document": {
            "filename": fact_name(row),
            "size": len(statement),
            "sm3": sm3.sm3(statement).hex(),
            "salt": bytes(row.salt).hex(),
        },
        **ledger.evidence(row.record_id),
    }
