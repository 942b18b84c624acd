"""Documents straight into trades, past receiving and reading: for tests that file hundreds."""

from abs_platform.core.ids import uuid7
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.model import Extracted, to_json
from abs_platform.parties.models import Organisation
from abs_platform.trade import services as trades


def document_of(said: Extracted, *, owner: Organisation, buyer: Organisation) -> Document:
    """A document as it is once it was read; not saved."""
    return Document(
        owner=owner, counterparty=buyer, uploaded_by="test", filename=said.number, size=1, media_type="application/xml",
        digest="0" * 64, salt=bytes(32), record_id=uuid7(), storage_name=str(uuid7()), wrapped_key=b"", key_version=1,
        extraction="extracted", verdict="accepted", **_columns(said),
    )  # fmt: skip


def file(said: Extracted, *, owner: Organisation, buyer: Organisation) -> Document:
    """Made and filed."""
    document = document_of(said, owner=owner, buyer=buyer)
    document.save()
    trades.file_document(document_id=document.id)
    return document


def correct(document: Document, said: Extracted) -> None:
    """As a correction leaves it, filed anew."""
    Document.objects.filter(id=document.id).update(**_columns(said))
    trades.refile_document(document_id=document.id)


def _columns(said: Extracted) -> dict[str, object]:
    return {
        "kind": said.kind, "number": said.number, "issue_date": said.issue_date, "currency": said.currency or "",
        "total": said.total, "content": to_json(said),
    }  # fmt: skip
