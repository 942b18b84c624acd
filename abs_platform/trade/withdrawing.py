"""Taking documents back out of their trades, while nobody relies on them.

Rows are locked in the order of services.py: the seller's organisation, its trades.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from abs_platform.consent import selectors as consent_selectors
from abs_platform.consent import services as consent
from abs_platform.core.errors import Conflict
from abs_platform.core.subjects import SubjectRef
from abs_platform.documents import importing as documents
from abs_platform.documents.models import Document
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Organisation
from abs_platform.trade import encumbering, filing, services
from abs_platform.trade.matching import services as matching
from abs_platform.trade.models import Cleared, PaymentConfirmation, SignedDecision, Trade, TradeDocument, TradeLine

Ids = Sequence[UUID] | QuerySet[Any, Any]  # Any: a query of one column, where the ids are many
DELETED_TOGETHER = 2_000
SETTLED_TOGETHER = 500
"""Trades that are compared in one go: their documents are read and held meanwhile."""


def dependents(*, document_ids: Ids) -> dict[str, int]:
    """What relies on these documents, by kind, with how often; nothing while they can be withdrawn.

    "decided": the buyer signed its word on one; "payment_confirmed": it signed the payment of a trade with one; "granted"
    and "seen": one of them or their trades was opened singly to somebody, or looked at; "repeated": another repeats one;
    "right_encumbered": somebody lent on the right of a trade with one, or that one pays.
    """
    trades = Trade.objects.filter(documents__in=document_ids).values("id")
    paid = Cleared.objects.filter(item__document__in=document_ids).values("trade")
    looks = [
        consent_selectors.relied_on(kind="document", ids=document_ids),
        consent_selectors.relied_on(kind="trade", ids=trades),
    ]
    found = {
        "decided": SignedDecision.objects.filter(document__in=document_ids).values("document").distinct().count(),
        "payment_confirmed": PaymentConfirmation.objects.filter(trade__in=trades).count(),
        "granted": sum(granted for granted, _ in looks),
        "seen": sum(seen for _, seen in looks),
        "repeated": documents.repeated_by_others(document_ids=document_ids),
        "right_encumbered": encumbering.count(Trade.objects.filter(Q(id__in=trades) | Q(id__in=paid)).values("id")),
    }
    return {code: count for code, count in found.items() if count}


def withdraw(*, actor: Actor, document_ids: Sequence[UUID]) -> None:
    """Take the actor's documents out of their trades and out of account; trades are compared, rights computed anew.

    Runs in the caller's transaction. Raises Conflict, with what depends on them, and Forbidden.
    """
    Organisation.objects.select_for_update(no_key=True).get(id=actor.home)
    touched = set(TradeDocument.objects.filter(document__in=document_ids).values_list("trade_id", flat=True))
    # Nobody lends meanwhile where one of them pays.
    paid = Cleared.objects.filter(item__document__in=document_ids).values_list("trade_id", flat=True)
    locked = (
        Trade.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=touched.union(paid)).order_by("id")
    )
    trades = [each for each in locked.select_related("seller", "buyer", "buyer__parent") if each.id in touched]
    if relied := dependents(document_ids=document_ids):
        raise Conflict("depended_on", "Something depends on these documents by now, so they stay.", dependents=relied)
    for together in _portions(document_ids):
        TradeLine.objects.filter(document__in=together).delete()
        TradeDocument.objects.filter(document__in=together).delete()
    consent.release_all(members=[SubjectRef("document", id) for id in document_ids])
    documents.withdraw(actor=actor, document_ids=document_ids)
    _settle(actor, trades)


def _portions(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """So many as are deleted together: what hangs on them is held in memory meanwhile."""
    return (ids[first : first + DELETED_TOGETHER] for first in range(0, len(ids), DELETED_TOGETHER))


def _settle(actor: Actor, trades: Sequence[Trade]) -> None:
    """Trades that hold nothing any more go; the others are what their documents make them."""
    ids = [trade.id for trade in trades]
    holding = set(Document.objects.filter(trade_id__in=ids).values_list("trade_id", flat=True))
    elsewhere: set[UUID] = set()
    for together in _portions([id for id in ids if id not in holding]):
        elsewhere |= matching.match(trade_ids=together).elsewhere
        Trade.objects.filter(id__in=together).delete()
    staying = [trade for trade in trades if trade.id in holding]
    for first in range(0, len(staying), SETTLED_TOGETHER):
        compared = staying[first : first + SETTLED_TOGETHER]
        filing.rekey_all(compared)
        elsewhere |= services.changed_all(actor, "trade.documents_withdrawn", [(trade, [{}]) for trade in compared])
    services.clear_elsewhere(actor, elsewhere)
