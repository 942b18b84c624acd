"""What is known of a document besides its fields, and the verdict that follows from it."""

from typing import Any
from uuid import UUID

from abs_platform.core.errors import Conflict
from abs_platform.documents import verdicts
from abs_platform.documents.models import Document, Extraction
from abs_platform.integrations.formats.model import TRADE_KINDS, Level

NOT_READ = frozenset({"manual_entry", "no_structured_data", "too_large_to_read"})
INVOICES = ("invoice", "credit_note")


def mark(row: Document, code: str, **params: str) -> None:
    """Note a reason to look at the document. The caller settles and saves."""
    row.attention = [*row.attention, {"code": code, "params": params}]


def remarks_on_file(row: Document) -> list[dict[str, Any]]:  # Any: JSON
    """What is remarked on the file itself and still stands: that nothing could be read is answered once it was typed in."""
    answered = NOT_READ if row.typed_in_by else frozenset()
    return [remark for remark in row.remarks if remark["rule"] not in answered]


def settle(row: Document) -> None:
    """Set the verdict by what is known of the document now. The caller saves."""
    remarks = [*remarks_on_file(row), *(row.content or {}).get("remarks", [])]
    levels = [Level(remark.get("level", Level.NOTICE)) for remark in remarks]
    row.verdict = verdicts.verdict_of(levels, (item["code"] for item in row.attention))


def is_to_be_filed(row: Document) -> bool:
    """Whether the document belongs into a trade."""
    is_of_trade = row.extraction == Extraction.EXTRACTED and row.kind in TRADE_KINDS
    return is_of_trade and row.withdrawn_at is None and verdicts.may_be_filed(item["code"] for item in row.attention)


def relate(row: Document) -> None:
    """An invoice between parties of whom no order is on record asks for a look, until an order of theirs arrives."""
    if row.counterparty_id is None or not is_to_be_filed(row):
        return
    between = Document.objects.filter(owner_id=row.owner_id, counterparty_id=row.counterparty_id, withdrawn_at=None)
    if row.kind == "order":
        for other in between.filter(attention__contains=[{"code": verdicts.UNRELATED}]).select_for_update(no_key=True):
            other.attention = [item for item in other.attention if item["code"] != verdicts.UNRELATED]
            settle(other)
            other.save(update_fields=["attention", "verdict"])
    elif row.kind in INVOICES and not between.filter(kind="order", extraction=Extraction.EXTRACTED).exists():
        mark(row, verdicts.UNRELATED, buyer=row.buyer_name)


def decided(*, document_id: UUID, version: int, decision: str) -> None:
    """Trade tells that the buyer confirmed ("confirm") or disputed ("dispute") a version. Runs inside trade's transaction.

    Raises Conflict where the document has been corrected since.
    """
    row = Document.objects.select_for_update(no_key=True).get(id=document_id)
    if row.version != version:
        raise Conflict("content_changed", "The document was corrected meanwhile. Look at it again before you sign.")
    row.buyer_decision = decision
    if decision == "confirm":
        row.attention = [item for item in row.attention if item["code"] not in verdicts.BY_HAND]
    settle(row)
    row.save(update_fields=["buyer_decision", "attention", "verdict"])


def paid(*, trade_id: UUID) -> None:
    """Trade tells that the buyer confirmed a trade's payment: its documents stay what they are. Within trade's transaction."""
    Document.objects.filter(trade_id=trade_id, buyer_decision="").update(buyer_decision="payment")
