"""What the database refuses of payments and what they clear."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F

from abs_platform.integrations.formats.model import Extracted, Line
from abs_platform.trade.models import Cleared, Clearing, ClearingItem, TradeDocument
from tests.support.filing import file
from tests.support.illegal import NAN, again, change
from tests.support.stage import Stage


def paid(illegal: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """Something illegal once an invoice was paid in part."""

    def act(stage: Stage) -> None:
        invoice = (
            TradeDocument.objects.filter(kind="invoice", total__gt=1).select_related("trade").latest("document_id")
        )
        trade = invoice.trade
        assert trade.buyer is not None
        line = Line(id="1", invoice_number=invoice.number, amount=Decimal(1))
        said = Extracted(kind="remittance_advice", number="RA-1", currency=invoice.currency, lines=(line,))
        file(said, owner=trade.seller, buyer=trade.buyer)
        assert Clearing.objects.exists()
        illegal(stage)

    return act


def paid_change(model: type[models.Model], **values: Any) -> Callable[[Stage], None]:
    """Set the values in every row of what is paid."""
    return paid(change(model, **values))


ILLEGAL_IN_CLEARING: dict[str, Callable[[Stage], None]] = {
    "trade_document_invoice_key": change(TradeDocument, invoice_key=None),
    "trade_document_invoice_key ": change(TradeDocument, invoice_key=F("document_id")),
    "clearing_item_position": paid(again(ClearingItem)),
    "clearing_item_amount": paid_change(ClearingItem, amount=0),
    "clearing_item_amount ": paid_change(ClearingItem, amount=NAN),
    "cleared_beyond": paid_change(Cleared, beyond=-1),
    "cleared_beyond ": paid_change(Cleared, beyond=NAN),
    "clearing_within_billed": paid_change(Clearing, ends=F("billed") + 1),
    "clearing_within_billed ": paid_change(Clearing, ends=F("starts")),
}
