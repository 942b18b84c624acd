"""What is known of a document besides its fields, and the verdict that follows from it."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

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


def relate(rows: Sequence[Document]) -> None:
    """An invoice between parties of whom no order is on record asks for a look, until an order of theirs arrives.

    `rows`: of one owner, read together. The caller settles and saves them.
    """
    rows = [row for row in rows if row.counterparty_id is not None and is_to_be_filed(row)]
    ordering = {row.counterparty_id for row in rows if row.kind == "order"}
    invoiced = {row.counterparty_id for row in rows if row.kind in INVOICES} - ordering
    if ordering:
        _find_related(rows[0].owner_id, ordering)
    if invoiced:
        theirs = _between(rows[0].owner_id, invoiced).filter(kind="order", extraction=Extraction.EXTRACTED)
        invoiced -= set(theirs.values_list("counterparty_id", flat=True).distinct())
    for row in rows:
        if row.kind in INVOICES and row.counterparty_id in invoiced:
            mark(row, verdicts.UNRELATED, buyer=row.buyer_name)


def _find_related(owner_id: UUID, buyer_ids: Collection[UUID | None]) -> None:
    """Orders of these buyers are on record now."""
    waiting = _between(owner_id, buyer_ids).filter(attention__contains=[{"code": verdicts.UNRELATED}])
    for other in waiting.select_for_update(no_key=True).order_by("id"):
        other.attention = [item for item in other.attention if item["code"] != verdicts.UNRELATED]
        settle(other)
        other.save(update_fields=["attention", "verdict"])


def _between(owner_id: UUID, buyer_ids: Collection[UUID | None]) -> QuerySet[Document]:
    return Document.objects.filter(owner_id=owner_id, counterparty_id__in=buyer_ids, withdrawn_at=None)


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
