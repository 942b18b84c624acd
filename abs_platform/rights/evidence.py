"""What a rung rests on: the documents, what whoever signed them agreed to, what stays disputable, and why it was lost.

Pure Python. Source: DOMAIN "The confirmation ladder".
"""

from collections.abc import Collection, Iterator, Mapping

from abs_platform.integrations.formats.model import fold
from abs_platform.rights.ladder import (
    ACCEPTED,
    DESPATCHED,
    INVOICED,
    ORDERED,
    PAYMENT_CONFIRMED,
    Standing,
)
from abs_platform.rights.rules import AMOUNT_NOT_FIXED, PRICE_CONFIRMATION, Assessment
from abs_platform.rights.tax_reductions import TAKEN_OUT
from abs_platform.trade.facts import CONFIRMED, DISPUTED, DocumentFacts, DocumentId

# Who agrees on a rung; what nobody agreed to, the platform signs as it received it.
CORE_ENTERPRISE = "core_enterprise"
PLATFORM = "platform"
AGREED_BY: Mapping[int, str] = {
    ORDERED: CORE_ENTERPRISE,
    DESPATCHED: PLATFORM,
    ACCEPTED: CORE_ENTERPRISE,
    INVOICED: PLATFORM,
    PAYMENT_CONFIRMED: CORE_ENTERPRISE,
}

# Which fields of a document a decision on it agrees to.
AGREED_FIELDS: Mapping[str, tuple[str, ...]] = {
    "order": ("items", "ordered_quantities", "unit_prices"),
    "receipt_advice": ("items", "accepted_quantities"),
    "invoice": ("items", "invoiced_quantities", "amounts", "due_date"),
}
PAYMENT_FIELDS = ("amount", "due_date", "account")

NOT_COMPUTABLE = "not_computable"
DOCUMENT_LEFT = "document_left"
DOCUMENT_DISPUTED = "document_disputed"
ORDER_OVERTAKEN = "order_overtaken"
INVOICE_NOT_VERIFIED = "invoice_not_verified"
NOTHING_COUNTS = "nothing_counts"
LOST = (
    NOT_COMPUTABLE,
    DOCUMENT_LEFT,
    DOCUMENT_DISPUTED,
    ORDER_OVERTAKEN,
    *TAKEN_OUT.values(),
    INVOICE_NOT_VERIFIED,
    NOTHING_COUNTS,
)


def documents_of(standing: Standing, rung: int) -> tuple[DocumentFacts, ...]:
    """The documents that a rung rests on, along the ladder."""
    if rung == PAYMENT_CONFIRMED:
        found = {each.id for each in standing.documents if each.kind in ("invoice", "credit_note")}
    else:
        found = {
            part.document.id for row in standing.rows for part in row.parts if _supports(part.document, standing, rung)
        }
    return tuple(each for each in standing.documents if each.id in found)


def _supports(document: DocumentFacts, standing: Standing, rung: int) -> bool:
    if not document.counts or not standing.is_own(document):
        return False
    is_confirmed = document.confirmation == CONFIRMED
    if document.kind == "order":
        return is_confirmed and fold(document.number) not in standing.overtaken_orders
    if document.kind == "despatch_advice":
        return rung == DESPATCHED
    if document.kind == "receipt_advice":
        return rung in (ACCEPTED, INVOICED) and is_confirmed
    return document.kind == "invoice" and rung == INVOICED and standing.lifts(document)


def disputable(found: Assessment, rung: int, documents: Collection[DocumentFacts]) -> tuple[str, ...]:
    """What may still be disputed on a rung, though it is reached."""
    return tuple(_disputable(found, rung, documents))


def _disputable(found: Assessment, rung: int, documents: Collection[DocumentFacts]) -> Iterator[str]:
    if rung <= DESPATCHED:
        yield from ("delivery", "quality")
    if rung == DESPATCHED:
        yield "despatched_quantities"
    if rung == ACCEPTED and PRICE_CONFIRMATION in found.missing:
        yield "price"
    if rung <= DESPATCHED or (rung < PAYMENT_CONFIRMED and AMOUNT_NOT_FIXED in found.poolable_reasons):
        yield "amount"
    if rung == INVOICED and any(each.kind == "invoice" and each.confirmation != CONFIRMED for each in documents):
        yield "invoice_amounts"
    if found.due_date is None:
        yield "due_date"
    if rung >= ACCEPTED:
        yield from ("hidden_defects", "set_off")


def why_lost(evidence: Mapping[DocumentId, str], standing: Standing, rung: int) -> str:
    """Why a rung that rested on these documents (kind by id) does not hold any more."""
    present = {str(each.id): each for each in standing.documents}
    if any(str(id) not in present for id in evidence):
        return DOCUMENT_LEFT
    known = [present[str(id)] for id in evidence]
    if any(each.confirmation == DISPUTED for each in known):
        return DOCUMENT_DISPUTED
    if any(each.kind == "order" and fold(each.number) in standing.overtaken_orders for each in known):
        return ORDER_OVERTAKEN
    for each in known:
        if each.tax is not None and each.is_taken_out:
            return TAKEN_OUT[each.tax.status]
    if rung == INVOICED and any(each.kind == "invoice" and not standing.lifts(each) for each in known):
        return INVOICE_NOT_VERIFIED
    return NOTHING_COUNTS
