"""Writing over what was read of a document, past HTTP, as a person would."""

from typing import Any

from abs_platform.documents import correcting
from abs_platform.documents.models import Document
from tests.support.world import Member, drain


def correct(
    member: Member,
    document: Document,
    *,
    reason: str = "misread",
    lines: list[dict[str, Any]] | None = None,
    **header: Any,  # JSON
) -> Document:
    """Write header fields, and lines where they are given, over the version that holds now; and have it filed."""
    row = Document.objects.get(id=document.id)
    kept = lines if lines is not None else (row.content or {}).get("lines", [])
    correcting.correct(
        actor=member.actor, document_id=row.id, version=row.version, reason=reason, header=header, lines=kept
    )
    drain()
    return Document.objects.get(id=document.id)
