"""Two documents of one number side by side: a duplicate and its original, or two that contradict each other.

Both must be the reader's to see in their own right, as owner or as the buyer of both; nobody learns by comparing that
another document exists.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from abs_platform.core.errors import NotFound
from abs_platform.documents import edits, selectors
from abs_platform.documents.models import Document
from abs_platform.parties.actor import Actor

MAX_DIFFERENCES = 500


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two documents, the earlier one first, and the fields in which they differ (by JSON pointer, at most MAX_DIFFERENCES)."""

    earlier: Document
    later: Document
    same_bytes: bool
    differences: list[dict[str, str | None]]
    more: int


def _concerning(actor: Actor) -> QuerySet[Document]:
    """Documents that the actor sees as a party to them: by consent nothing can be compared."""
    home = actor.organisation_id
    mine = Q(owner_id=home) | Q(counterparty_id=home) | Q(head_office_id=home)
    return selectors.documents(actor=actor).filter(mine)


def visible_conflicts(rows: Sequence[Document], *, actor: Actor) -> frozenset[UUID]:
    """Of the documents that some of `rows` contradict, those that the actor may see; asked only where it is not theirs."""
    ids = {row.conflicts_with_id for row in rows if row.conflicts_with_id and row.owner_id != actor.organisation_id}
    if not ids:
        return frozenset()
    return frozenset(_concerning(actor).filter(id__in=ids).values_list("id", flat=True))


def conflicts_of(row: Document, *, actor: Actor) -> list[Document]:
    """What the document contradicts, and what contradicts it, as far as the actor may see it."""
    if selectors.by_disclosure(actor=actor, row=row) or not row.number_key:
        return []
    return list(_concerning(actor).filter(Q(conflicting=row) | Q(conflicts_with=row)).order_by("id").distinct()[:20])


@transaction.atomic
def compare(*, actor: Actor, document_id: UUID, other_id: UUID) -> Comparison:
    """The two documents, where one repeats or contradicts the other. Raises NotFound."""
    rows = {row.id: row for row in _concerning(actor).filter(id__in=[document_id, other_id])}
    row, other = rows.get(document_id), rows.get(other_id)
    if row is None or other is None or not _are_related(row, other):
        raise NotFound
    earlier, later = sorted((row, other), key=lambda each: each.id)
    found = edits.changes(earlier.content, later.content)
    return Comparison(
        earlier, later, earlier.digest == later.digest, found[:MAX_DIFFERENCES], max(0, len(found) - MAX_DIFFERENCES)
    )


def _are_related(row: Document, other: Document) -> bool:
    links = (row.duplicate_of_id, row.conflicts_with_id, other.duplicate_of_id, other.conflicts_with_id)
    return row.id in links[2:] or other.id in links[:2]
