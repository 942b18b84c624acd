"""How the invoices of a trade stand: what of each is credited and paid, by which documents, and what was paid beyond it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from abs_platform.trade.matching.models import Cleared, Clearing
from abs_platform.trade.models import TradeDocument

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Piece:
    """What one document clears of an invoice. `invoice`: its number; "" for what names none."""

    paper: TradeDocument
    invoice: str
    amount: Decimal

    @property
    def is_credit(self) -> bool:
        """Whether it is credited rather than paid."""
        return self.paper.kind == "credit_note"


@dataclass(slots=True)
class Invoice:
    """An invoice of a trade. `billed`: None where it states no amount; 0 where the tax office took it out."""

    filed: TradeDocument
    billed: Decimal | None
    pieces: list[Piece] = field(default_factory=list)

    @property
    def credited(self) -> Decimal:
        """What of it was taken back."""
        return sum((each.amount for each in self.pieces if each.is_credit), ZERO)

    @property
    def paid(self) -> Decimal:
        """What of it was paid, as remittance advices say."""
        return sum((each.amount for each in self.pieces if not each.is_credit), ZERO)

    @property
    def open(self) -> Decimal | None:
        """What is still to be paid."""
        return None if self.billed is None else self.billed - self.credited - self.paid


def invoices_of(
    trade_id: UUID, filed: Iterable[TradeDocument], taken_out: Iterable[UUID]
) -> tuple[list[Invoice], list[Piece]]:
    """The invoices of a trade, those due first before the others, and what is paid or credited beyond what they bill.

    `filed`: the trade's documents; `taken_out`: those of them that the tax office says are worth nothing.
    """
    worthless = set(taken_out)
    found = {
        row.document_id: Invoice(row, ZERO if row.document_id in worthless else _billed(row))
        for row in sorted(filed, key=lambda row: (str(row.due_date or "9"), str(row.issue_date or "9"), row.number))
        if row.kind == "invoice"
    }
    if not found:
        return [], []
    # What is filed and cleared meanwhile is the next look's matter.
    pieces = Clearing.objects.filter(trade=trade_id, invoice__in=found)
    for each in pieces.select_related("item__document").order_by("invoice", "starts"):
        invoice = found[each.invoice_id]
        invoice.pieces.append(Piece(each.item.document, invoice.filed.number, each.ends - each.starts))
    beyond = Cleared.objects.filter(Q(invoice=None) | Q(invoice__in=found), trade=trade_id, beyond__gt=0)
    rows = beyond.select_related("item__document").order_by("item")
    return list(found.values()), [
        Piece(each.item.document, found[each.invoice_id].filed.number if each.invoice_id else "", each.beyond)
        for each in rows
    ]


def _billed(row: TradeDocument) -> Decimal | None:
    return None if row.total is None else max(row.total, ZERO)
