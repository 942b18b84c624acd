"""Reads of imports: the supplier's own, and nobody else's."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from abs_platform.core.errors import Invalid, NotFound
from abs_platform.core.models import Job, JobState
from abs_platform.core.subjects import SubjectRef
from abs_platform.documents.rules import filing_lane
from abs_platform.imports import proposing
from abs_platform.imports.guessing import HEAD
from abs_platform.imports.mapping import plan_of
from abs_platform.imports.models import Batch, Row, SavedMapping, StagedDocument
from abs_platform.imports.proposing import Proposal
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role


def batches(*, actor: Actor) -> QuerySet[Batch]:
    """The imports of the supplier that the actor acts for; none for others."""
    if not actor.has(Role.SUPPLIER):
        return Batch.objects.none()
    return Batch.objects.filter(owner_id=actor.home)


def batch(*, actor: Actor, batch_id: UUID) -> Batch:
    """One of them. Raises Forbidden, NotFound."""
    actor.require(Role.SUPPLIER)
    row = batches(actor=actor).filter(id=batch_id).first()
    if row is None:
        raise NotFound
    return row


def rows_of(row: Batch) -> QuerySet[Row]:
    """The rows of an import, for callers that may see it."""
    return Row.objects.filter(batch=row)


def entries(*, actor: Actor, batch_id: UUID) -> QuerySet[StagedDocument]:
    """The documents of an import. Raises Forbidden, NotFound."""
    found = StagedDocument.objects.filter(batch=batch(actor=actor, batch_id=batch_id))
    return found.select_related("document")


def saved_mappings(*, actor: Actor) -> QuerySet[SavedMapping]:
    """The mappings that the actor's organisation kept; none for others than suppliers."""
    if not actor.has(Role.SUPPLIER):
        return SavedMapping.objects.none()
    return SavedMapping.objects.filter(owner_id=actor.home)


def heading(row: Batch, number: int) -> tuple[list[str], list[list[str]]]:
    """The cells of the table's row `number`, as headers, and those of the rows above. Raises Invalid where there is no such row."""
    found = list(
        Row.objects.filter(batch=row, number__lte=number).order_by("-number").values_list("cells", flat=True)[:HEAD]
    )
    if not found or number > row.row_count:
        raise Invalid("header_row_unknown", f"The table has no row {number}.", row=number)
    return found[0], found[1:]


def proposals(*, actor: Actor, batch_id: UUID, header_row: int | None) -> Iterator[Proposal]:
    """What the columns of an import may be taken for, under the headers of the row asked for.

    Raises Forbidden, NotFound; Invalid where there is no such row.
    """
    row = batch(actor=actor, batch_id=batch_id)
    names, above = heading(row, header_row or row.header_row or 1)
    saved = saved_mappings(actor=actor).filter(kind=row.kind).order_by("-saved_at")
    return proposing.proposals(names, above=above, kind=row.kind, saved=saved, now=plan_of(row.mapping))


def subject_of(row: Batch) -> SubjectRef:
    """The import as the trail knows it."""
    return SubjectRef("import", row.id)


def waiting_to_be_filed(row: Batch) -> int:
    """How many of the import's documents a job has still to file in their trades."""
    unfinished = Job.objects.filter(
        kind="trade.file", lane=filing_lane(row.owner_id), state__in=[JobState.QUEUED, JobState.RUNNING]
    )
    together = [
        payload["documents"] for payload in unfinished.values_list("payload", flat=True) if "documents" in payload
    ]
    size_of = {UUID(ids[0]): len(ids) for ids in together}
    own = StagedDocument.objects.filter(batch=row, document__in=size_of).values_list("document_id", flat=True)
    return sum(size_of[id] for id in own)


def progress_of(rows: list[Batch]) -> dict[UUID, Job]:
    """By import, the job that works on it now."""
    wanted = {row.job_id: row.id for row in rows if row.job_id}
    jobs = Job.objects.filter(id__in=wanted, state__in=[JobState.QUEUED, JobState.RUNNING])
    return {wanted[job.id]: job for job in jobs}
