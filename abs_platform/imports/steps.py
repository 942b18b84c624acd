"""What the background does with an import. Each step can be repeated: a job that died is simply run again."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction
from django.db.models import F

from abs_platform.core import clock
from abs_platform.core.errors import Conflict
from abs_platform.core.jobs import LEASE
from abs_platform.core.transitions import target_of
from abs_platform.documents import importing as documents
from abs_platform.imports import checking, guessing, making, selectors, staging, writing
from abs_platform.imports.checking import Checked
from abs_platform.imports.mapping import missing, plan_of
from abs_platform.imports.models import Batch, Row, StagedDocument, StagedLine
from abs_platform.imports.services import document_ids, enqueue, tell
from abs_platform.imports.states import PLATFORM_ROLE, STEPS, Entry, State
from abs_platform.integrations import tables
from abs_platform.integrations.formats.model import Party
from abs_platform.integrations.tables import Table, TableRefused
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.models import Identifier, Organisation
from abs_platform.parties.roles import Role
from abs_platform.trade import withdrawing

CHUNK = 500
"""Documents recorded in one transaction."""
WITHDRAWN_WITHIN = timedelta(milliseconds=10)
"""The longest that taking back a document takes: some ten times what it does."""


def actor_of(told: dict[str, Any]) -> Actor:  # Any: JSON
    """Whoever asked for a job; the inverse of services.who."""
    return Actor(
        label=told["label"],
        person_id=UUID(told["person"]) if told["person"] else None,
        organisation_id=UUID(told["organisation"]),
        network_id=UUID(told["network"]),
        roles=frozenset({Role.SUPPLIER}),
        is_program=told["program"],
    )


def _step(batch_id: UUID, step: str) -> Batch | None:
    """The import, locked and moved on by the platform; None where it has been already. The caller saves."""
    row = Batch.objects.select_for_update(no_key=True).get(id=batch_id)
    if row.state not in STEPS[step].sources:
        return None
    row.state = State(target_of(STEPS, action=step, state=row.state, roles=frozenset({PLATFORM_ROLE})))
    return row


def read(*, actor: Actor, batch_id: UUID) -> None:
    """Read the uploaded table, keep its rows, guess what its columns are; and check them, if nothing is missing."""
    row = Batch.objects.select_related("source").get(id=batch_id)
    if row.state != State.READING or row.source is None:
        return
    try:
        table = tables.read(documents.bytes_of(row.source), row.sheet)
    except TableRefused as refused:
        _fail(batch_id, refused)
        return
    saved = selectors.saved_mappings(actor=actor).filter(kind=row.kind).order_by("-saved_at")
    found = guessing.guess(table.frame, kind=row.kind, saved=saved, figures_are_plain=table.format != "CSV")
    whole = not missing(row.kind, found.plan)
    with transaction.atomic():
        moved = _step(batch_id, "guess" if whole else "read")
        if moved is None:
            return
        writing.write_rows(moved, table.frame)
        moved.sheet, moved.sheets = table.sheet[:100], list(table.sheets)
        moved.header_row, moved.headers, moved.lost = found.header_row, found.headers, list(table.lost)
        moved.mapping, moved.system, moved.saved_as = found.plan.to_json(), found.system, found.saved_as
        moved.row_count = table.frame.height
        if whole:
            enqueue(moved, "imports.check", actor)
        moved.save()
        tell(PLATFORM, moved, "import.read", {"rows": moved.row_count, "columns": table.frame.width})


@transaction.atomic
def _fail(batch_id: UUID, refused: TableRefused) -> None:
    row = _step(batch_id, "fail")
    if row is None:
        return
    row.problem = {"code": refused.code, "params": {"detail": refused.detail, **refused.params}}
    row.save()
    tell(PLATFORM, row, "import.failed", {"code": refused.code})


def check(*, actor: Actor, batch_id: UUID) -> None:
    """Check every cell under the mapping as it is now."""
    row = Batch.objects.select_related("source", "owner").get(id=batch_id)
    if row.state != State.CHECKING or row.source is None:
        return
    checked = checked_whole(row)
    with transaction.atomic():
        moved = _step(batch_id, "check")
        if moved is None:
            return
        writing.write_check(moved, checked, plan_of(moved.mapping))
        writing.count(moved)
        moved.save()
        tell(PLATFORM, moved, "import.checked", {"wrong": moved.wrong_count, "documents": moved.document_count})


def checked_whole(row: Batch) -> Checked:
    """The whole table, read from its file again, with corrections, checked."""
    assert row.source is not None  # noqa: S101  # an import with rows has a table
    table = tables.read(documents.bytes_of(row.source), row.sheet)
    corrected = Row.objects.filter(batch=row).exclude(corrected={}).values_list("number", "corrected")
    frame, written = writing.with_corrections(_numbered(table), corrected)
    return checking.check(
        frame,
        kind=row.kind,
        plan=plan_of(row.mapping),
        header_row=row.header_row or 0,
        lost=table.lost,
        trusted=written,
        is_owner=owner_test(row.owner),
    )


def _numbered(table: Table) -> pl.DataFrame:
    return table.frame.with_row_index("row", offset=1)


def owner_test(owner: Organisation) -> Callable[[str, str], bool]:
    """Whether a seller's name and identifier, as a table states them, are the owner's."""

    own = set(Identifier.objects.filter(organisation=owner).values_list("scheme", "value"))

    def is_owner(name: str, id: str) -> bool:
        # As parties.resolve decides: the code where there is one, else the name; each names one organisation.
        stated = Party(name=name, company_id=id or None).identifiers()
        return bool(stated) and stated[0] in own

    return is_owner


def carry_out(*, actor: Actor, batch_id: UUID, progress: Callable[[int, int], None]) -> None:
    """Make documents of everything that is sound, chunk by chunk; what was made before stays made."""
    row = Batch.objects.select_related("source", "owner").get(id=batch_id)
    if row.state != State.IMPORTING:
        return
    _stage(row)
    total = row.document_count
    seller = _party_of(row.owner)
    progress(row.imported_count, total)
    after = 0
    while entries := _pending(row, after):
        _make(actor, row, seller, entries)
        after = entries[-1].position
        row.imported_count += len(entries)
        progress(row.imported_count, total)
    with transaction.atomic():
        moved = _step(batch_id, "finish")
        if moved is None:
            return
        moved.imported_at = clock.now()
        moved.imported_count = StagedDocument.objects.filter(batch=moved, state=Entry.IMPORTED).count()
        moved.save()
        tell(PLATFORM, moved, "import.finished", {"documents": moved.imported_count})


def _stage(row: Batch) -> None:
    """Stage the rows of a table, once; documents that came by REST are staged already."""
    if row.source is None or StagedDocument.objects.filter(batch=row).exists():
        row.imported_count = StagedDocument.objects.filter(batch=row, state=Entry.IMPORTED).count()
        return
    checked = checked_whole(row)
    with transaction.atomic():
        locked = Batch.objects.select_for_update(no_key=True).get(id=row.id)
        if locked.state != State.IMPORTING or StagedDocument.objects.filter(batch=row).exists():
            return
        row.document_count = locked.document_count = staging.stage(row, checked)
        locked.save(update_fields=["document_count"])


def _party_of(owner: Organisation) -> Party:
    """The importing organisation as the seller of what it imports."""
    known = dict(Identifier.objects.filter(organisation=owner).order_by("-id").values_list("scheme", "value"))
    return Party(name=owner.name, company_id=(known.get("company_id") or "").upper() or None)


def _pending(row: Batch, after: int) -> list[StagedDocument]:
    """The next documents to be made, behind a position: those made before it are not passed over again for every chunk."""
    waiting = StagedDocument.objects.filter(batch=row, state=Entry.PENDING, position__gt=after)
    return list(waiting.order_by("position")[:CHUNK])


def _make(actor: Actor, row: Batch, seller: Party, entries: Sequence[StagedDocument]) -> None:
    """Make these documents, all or none."""
    lines: dict[UUID, list[StagedLine]] = {entry.id: [] for entry in entries}
    for line in StagedLine.objects.filter(document__in=entries).order_by("document_id", "position"):
        lines[line.document_id].append(line)
    drafts = [making.draft(row, seller, entry, lines[entry.id]) for entry in entries]
    prepared = documents.prepare(actor=actor, drafts=drafts, source=row.source)
    try:
        with transaction.atomic():
            ids = [entry.id for entry in entries]
            waiting = StagedDocument.objects.select_for_update(no_key=True).filter(id__in=ids, state=Entry.PENDING)
            if len(waiting.values_list("id", flat=True)) < len(entries):
                raise _Overtaken
            made = documents.record(actor=actor, prepared=prepared)
            writing.write_made(ids, [document.id for document in made])
            Batch.objects.filter(id=row.id).update(imported_count=F("imported_count") + len(entries))
    except BaseException:
        documents.forget(prepared)
        raise


class _Overtaken(RuntimeError):
    """Another worker made these documents meanwhile; the job comes again and sees what is left."""


def withdraw(*, actor: Actor, batch_id: UUID, hold: Callable[[timedelta], None]) -> None:
    """Take all documents of the import back, or none where something has come to depend on one. `hold`: keeps the job's
    lease for as long as that many may take.
    """
    hold(LEASE + WITHDRAWN_WITHIN * StagedDocument.objects.filter(batch=batch_id).count())
    _withdraw(actor, batch_id)


@transaction.atomic
def _withdraw(actor: Actor, batch_id: UUID) -> None:
    row = Batch.objects.select_for_update(no_key=True).get(id=batch_id)
    if row.state != State.UNDOING:
        return
    ids = document_ids(row)
    try:
        with transaction.atomic():
            withdrawing.withdraw(actor=actor, document_ids=ids)
            StagedDocument.objects.filter(batch=row, document__isnull=False).update(state=Entry.WITHDRAWN)
    except Conflict as conflict:
        row.state = State(target_of(STEPS, action="keep", state=row.state, roles=frozenset({PLATFORM_ROLE})))
        row.problem = {"code": conflict.code, "params": conflict.params}
        row.save()
        tell(PLATFORM, row, "import.kept", {"dependents": conflict.params.get("dependents", {})})
        return
    row.state = State(target_of(STEPS, action="withdraw", state=row.state, roles=frozenset({PLATFORM_ROLE})))
    row.undone_at = clock.now()
    row.save()
    tell(actor, row, "import.undone", {"documents": len(ids)})
