"""A trade's facts, read for computing its right: what `services` stores and what the page opens to its lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef

from abs_platform.core.prepared import IDS, Prepared, pipeline
from abs_platform.documents.models import Document
from abs_platform.rights import due, ladder, payments, rules
from abs_platform.rights.models import Collection
from abs_platform.rights.reductions import Reduction
from abs_platform.trade import selectors as trades
from abs_platform.trade.facts import CONFIRMED
from abs_platform.trade.models import Cleared, PaymentConfirmation, Trade, TradeDocument

RATES = {rung: Decimal(rate) for rung, rate in settings.ADVANCE_RATES.items()}


@dataclass(frozen=True, slots=True)
class Reading:
    """What is on record of a trade now."""

    trade: Trade
    filed: trades.Filed
    payment: PaymentConfirmation | None
    standing: ladder.Standing
    told: Sequence[payments.Told]  # of payments on the right
    paid: Sequence[Reduction]  # each of them once

    def assess(self) -> rules.Assessment:
        """The right that the facts support. Raises ArithmeticError for figures that nobody can compute with."""
        return rules.assess_standing(self.standing, RATES, deductions=self.paid)

    def due(self, certain: date | None) -> due.Due | None:
        """When the right is due; `certain`: the day that the facts state, if they do."""
        return due.due_of(self.standing, certain, _terms(self.filed), statutory_days=settings.STATUTORY_PAYMENT_DAYS)


_trades = Prepared(
    lambda: (
        Trade.objects.filter(id__among=IDS)
        .select_related("seller", "buyer", "right", "payment_confirmation__organisation")
        .annotate(is_paid=Exists(Collection.objects.filter(right__trade=OuterRef("pk"))))
        .order_by("id")
    )
)
# Of a document's own columns, what a right is read from: there are fifty.
_READ = {"id", "content", "digest", "version", "record_id"}
_filed = Prepared(
    lambda: trades.filed_among(IDS).defer(
        *(f"document__{each.name}" for each in Document._meta.concrete_fields if each.name not in _READ)
    )
)
_remitted = Prepared(
    lambda: Cleared.objects.filter(trade__id__among=IDS, item__document__kind="remittance_advice").select_related(
        "item__document"
    )
)
_collections = Prepared(
    lambda: Collection.objects.filter(right__trade__id__among=IDS, reverses=None, reversed_by=None).select_related(
        "right"
    )
)


def read(trade: Trade) -> Reading:
    """Read a trade."""
    return read_all([trade.id])[trade.id]


def read_all(trade_ids: Sequence[UUID]) -> dict[UUID, Reading]:
    """Read trades, with their rights where there are any, in a number of queries that does not grow with theirs."""
    with pipeline():
        asked = ask(trade_ids)
    return asked()


def ask(trade_ids: Sequence[UUID]) -> Callable[[], dict[UUID, Reading]]:
    """`read_all`, within a `prepared.pipeline`: what gives it once that has ended."""
    asked, filed, remitted = _trades.ask(trade_ids), _filed.ask(trade_ids), _remitted.ask(trade_ids)
    return lambda: _readings(asked(), filed(), remitted())


def _readings(
    rows: Sequence[Trade], documents: Sequence[TradeDocument], remitted: Sequence[Cleared]
) -> dict[UUID, Reading]:
    filed = trades.filed_each([trade.id for trade in rows], documents)
    collected = _collected(rows)
    return {
        trade.id: _reading(
            trade,
            filed[trade.id],
            getattr(trade, "payment_confirmation", None),
            collected.get(trade.id, []),
            [each for each in remitted if each.trade_id == trade.id],
        )
        for trade in rows
    }


def _reading(
    trade: Trade,
    filed: trades.Filed,
    payment: PaymentConfirmation | None,
    collected: Sequence[Collection],
    remitted: Sequence[Cleared],
) -> Reading:
    standing = ladder.standing_of(
        filed.facts, _confirmed(payment) if payment else None, verified_only=settings.INVOICE_MUST_BE_VERIFIED
    )
    told = [
        payments.Told(each.source, each.reference, each.amount, each.received_on, each.is_another)
        for each in collected
        if each.currency == (standing.currency or each.currency)  # so many yuan are not so many yen
    ]
    every = [*told, *_told_by_advice(remitted, standing.currency)]
    return Reading(trade, filed, payment, standing, every, payments.payments(every))


def _told_by_advice(remitted: Sequence[Cleared], currency: str | None) -> list[payments.Told]:
    """What remittance advices say was paid on a trade, in whichever trade they are filed: of each what it pays here.

    One in another currency says nothing of this right: a payment confirmation or its holder has to.
    """
    sums: dict[UUID, payments.Told] = {}
    for each in remitted:
        paper = each.item.document
        if not paper.currency or not currency or paper.currency == currency:
            told = sums.get(paper.document_id)
            amount = each.item.amount + (told.amount if told else 0)
            sums[paper.document_id] = payments.Told(payments.REMITTANCE, paper.number, amount, paper.issue_date)
    return list(sums.values())


def _collected(rows: Sequence[Trade]) -> dict[UUID, list[Collection]]:
    """What was paid on the trades' rights, by those who told of it here; remittance advices stand in the trades."""
    found: dict[UUID, list[Collection]] = {}
    for each in _collections(paid) if (paid := [trade.id for trade in rows if trade.is_paid]) else ():  # type: ignore[attr-defined]  # annotated
        found.setdefault(each.right.trade_id, []).append(each)
    return found


def _confirmed(row: PaymentConfirmation) -> ladder.PaymentConfirmation:
    """The debtor's word, with the credit notes that it took into account."""
    return ladder.PaymentConfirmation(
        amount=row.amount, currency=row.currency, due_date=row.due_date, considers=frozenset(row.credit_notes)
    )


def _terms(filed: trades.Filed) -> list[due.Terms]:
    """The payment terms that counting documents state, the most telling first: confirmed before open, invoices before orders."""
    said = {str(id): extracted.payment_terms for id, extracted in filed.extracted.items()}
    stating = [
        (each, text)
        for each in filed.facts
        if each.counts and each.kind in ("order", "invoice") and (text := said[str(each.id)])
    ]
    stating.sort(key=lambda pair: (pair[0].confirmation != CONFIRMED, pair[0].kind != "invoice", pair[0].sort_key()))
    return [due.Terms(each.kind, text, each.issue_date) for each, text in stating]
