"""What a right needs next: which document, who must act, and by when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from abs_platform.rights.models import Right
from abs_platform.trade.models import Trade, TradeDocument
from abs_platform.trade.states import Confirmation


class Who(StrEnum):
    """Who must act."""

    SUPPLIER = "supplier"
    CORE_ENTERPRISE = "core_enterprise"
    TAX_OFFICE = "tax_office"
    OPERATOR = "operator"


WHO = {
    "order": Who.SUPPLIER,
    "despatch": Who.SUPPLIER,
    "receipt": Who.SUPPLIER,
    "invoice": Who.SUPPLIER,
    "due_date": Who.SUPPLIER,
    "order_confirmation": Who.CORE_ENTERPRISE,
    "receipt_confirmation": Who.CORE_ENTERPRISE,
    "price_confirmation": Who.CORE_ENTERPRISE,
    "payment_confirmation": Who.CORE_ENTERPRISE,
    "invoice_verification": Who.TAX_OFFICE,
    "buyer_on_platform": Who.OPERATOR,
    "not_computable": Who.OPERATOR,
}
# The documents that wait for somebody's word, by what is missing.
WAITING = {
    "order_confirmation": ("order",),
    "receipt_confirmation": ("receipt_advice",),
    "price_confirmation": ("order", "invoice"),
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """`missing` is the code; the document is the one that waits longest, with since when it was asked for and by when an
    answer is due; None where something has yet to come.
    """

    missing: str
    who: Who
    organisation: str
    document_id: UUID | None = None
    document_kind: str = ""
    document_number: str = ""
    asked_at: datetime | None = None
    deadline: datetime | None = None


def next_step(right: Right) -> NextStep | None:
    """The first of what is missing; None where nothing is, or all is paid. `right` with its trade, seller and buyer fetched."""
    if not right.missing_now:
        return None
    code = right.missing_now[0]
    who = WHO[code]
    waiting = (
        TradeDocument.objects.filter(
            trade=right.trade_id, kind__in=WAITING.get(code, ()), confirmation=Confirmation.PENDING
        )
        .order_by("deadline")
        .first()
    )
    organisation = _organisation(right.trade, who)
    if waiting is None:
        return NextStep(code, who, organisation)
    return NextStep(
        code,
        who,
        organisation,
        document_id=waiting.document_id,
        document_kind=waiting.kind,
        document_number=waiting.number,
        asked_at=waiting.filed_at,
        deadline=waiting.deadline,
    )


def _organisation(trade: Trade, who: Who) -> str:
    if who == Who.SUPPLIER:
        return trade.seller.name
    if who == Who.CORE_ENTERPRISE:
        return trade.buyer_called
    return ""
