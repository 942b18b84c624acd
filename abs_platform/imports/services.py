"""What a person does with an import. The background's part is in steps.py; corrections are in correcting.py."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from abs_platform.core import audit, clock, events, jobs
from abs_platform.core.errors import Conflict, Invalid, NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.documents import receiving, rules
from abs_platform.documents.custody import Readable
from abs_platform.imports import selectors
from abs_platform.imports.mapping import Plan, faults
from abs_platform.imports.models import Batch, Row, SavedMapping, StagedDocument
from abs_platform.imports.states import ACTIONS, State
from abs_platform.imports.units import Heading
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role
from abs_platform.trade import withdrawing

MAX_SAVED = 200
READS = ("imports.read", "imports.check")
"""What reads a whole table, and waits its turn among its owner's files."""


def upload(*, actor: Actor, filename: str, stream: Readable, size: int, kind: str, sheet: str = "") -> Batch:
    """Keep a table like any document, and have it read. `kind` as in fields.KINDS. Raises as receiving.receive does."""
    source = receiving.receive(actor=actor, filename=filename, stream=stream, size=size)
    with transaction.atomic():
        row = Batch.objects.create(
            owner_id=actor.home,
            kind=kind,
            filename=source.filename,
            source=source,
            created_by=actor.label,
            sheet=sheet,
        )
        tell(actor, row, "import.uploaded", {"kind": kind, "document": str(source.id)})
        enqueue(row, "imports.read", actor)
        row.save(update_fields=["job_id"])
    return row


@transaction.atomic
def map_columns(*, actor: Actor, batch_id: UUID, plan: Plan, header_row: int | None = None, save_as: str = "") -> Batch:
    """Say which column holds what, and have every cell checked anew. With `save_as`, keep the mapping under that name.

    Amounts for which `plan` says no unit are in the one that the table states.

    Raises NotFound, Conflict, Invalid for a mapping that makes no documents.
    """
    row = locked(actor, batch_id, "map")
    number = header_row or row.header_row or 1
    headers, above = selectors.heading(row, number)
    row.header_row, row.headers = number, headers
    plan = replace(plan, units={**Heading(headers, above).units(plan.columns), **plan.units})
    for fault in faults(plan, kind=row.kind, width=len(row.headers)):
        raise Invalid(fault.code, fault.detail, **fault.params)
    row.mapping = plan.to_json()
    if name := save_as.strip():
        row.saved_as = name
        _keep(actor, row, name, plan)
    tell(actor, row, "import.mapped", {"columns": dict(plan.columns), "saved_as": save_as})
    enqueue(row, "imports.check", actor)
    row.save()
    return row


def _keep(actor: Actor, row: Batch, name: str, plan: Plan) -> None:
    known = SavedMapping.objects.filter(owner_id=actor.home)
    if known.count() >= MAX_SAVED and not known.filter(kind=row.kind, name=name).exists():
        raise Invalid("too_many_mappings", f"At most {MAX_SAVED} mappings are kept. Forget some.", limit=MAX_SAVED)
    SavedMapping.objects.update_or_create(
        owner_id=actor.home,
        kind=row.kind,
        name=name,
        defaults={
            "columns": {field: row.headers[column] for field, column in plan.columns.items()},
            "settings": plan.settings(),
            "saved_by": actor.label,
            "saved_at": clock.now(),
        },
    )


@transaction.atomic
def forget_mapping(*, actor: Actor, mapping_id: UUID) -> None:
    """Forget a saved mapping. Raises Forbidden, NotFound."""
    actor.require(Role.SUPPLIER)
    row = selectors.saved_mappings(actor=actor).select_for_update().filter(id=mapping_id).first()
    if row is None:
        raise NotFound
    subject = SubjectRef("import_mapping", row.id)
    audit.record(actor=actor, verb="import.mapping_forgotten", subject=subject, detail={"name": row.name})
    row.delete()


@transaction.atomic
def start(*, actor: Actor, batch_id: UUID, leave_wrong: bool = False) -> Batch:
    """Make documents of the rows, in the background; `leave_wrong` leaves out the documents that have wrong rows.

    Raises NotFound, and Conflict while rows are wrong or when there is nothing to import.
    """
    row = locked(actor, batch_id, "import")
    if row.wrong_count and not leave_wrong:
        raise Conflict(
            "rows_wrong", "Some rows are wrong. Correct them, or leave their documents out.", count=row.wrong_count
        )
    if row.document_count == 0:
        raise Conflict("nothing_to_import", "No row of the table makes a document. Look at the mapping.")
    tell(actor, row, "import.started", {"rows": row.row_count, "left_out": row.wrong_count})
    enqueue(row, "imports.carry_out", actor)
    row.save()
    return row


def dependents(*, actor: Actor, batch_id: UUID) -> dict[str, int]:
    """What depends on an import's documents by now; see trade.withdrawing. Raises Forbidden, NotFound."""
    return withdrawing.dependents(document_ids=_made(selectors.batch(actor=actor, batch_id=batch_id)))


def document_ids(row: Batch) -> list[UUID]:
    """The documents that an import made, and that are not withdrawn."""
    return [id for id in _made(row).values_list("document_id", flat=True) if id is not None]


def _made(row: Batch) -> QuerySet[StagedDocument, Any]:  # Any: rows of one column
    made = StagedDocument.objects.filter(batch=row, document__isnull=False, document__withdrawn_at=None)
    return made.values("document_id")


@transaction.atomic
def undo(*, actor: Actor, batch_id: UUID) -> Batch:
    """Withdraw every document of the import, in the background.

    Raises NotFound, Conflict when something depends on one of them.
    """
    row = locked(actor, batch_id, "undo")
    if relied := withdrawing.dependents(document_ids=_made(row)):
        raise Conflict("depended_on", "Something depends on these documents by now, so they stay.", dependents=relied)
    row.problem = None
    tell(actor, row, "import.undo_asked", {"documents": row.imported_count})
    enqueue(row, "imports.withdraw", actor)
    row.save()
    return row


@transaction.atomic
def discard(*, actor: Actor, batch_id: UUID) -> Batch:
    """Forget the rows of an import that was not imported. Raises NotFound, Conflict."""
    row = locked(actor, batch_id, "discard")
    Row.objects.filter(batch=row).delete()
    StagedDocument.objects.filter(batch=row).delete()
    row.row_count = row.wrong_count = row.document_count = 0
    tell(actor, row, "import.discarded", {})
    row.save()
    return row


def locked(actor: Actor, batch_id: UUID, action: str) -> Batch:
    """The import, locked and moved to where `action` leads; the caller saves. Raises Forbidden, NotFound, Conflict."""
    actor.require(Role.SUPPLIER)
    row = selectors.batches(actor=actor).select_for_update(no_key=True).filter(id=batch_id).first()
    if row is None:
        raise NotFound
    if action in ("map", "correct", "replace") and row.source_id is None:
        raise Conflict("no_table", "This import came by REST; there is no table to work on.", action=action)
    row.state = State(target_of(ACTIONS, action=action, state=row.state, roles=actor.roles))
    return row


def tell(actor: Actor, row: Batch, verb: str, detail: dict[str, object]) -> None:
    """Write it into the trail, and tell the owner's browsers."""
    audit.record(actor=actor, verb=verb, subject=selectors.subject_of(row), detail=detail)
    events.notify([row.owner_id], "import", row.id)


def enqueue(row: Batch, kind: str, actor: Actor) -> None:
    """Have the background take its turn, on behalf of `actor`; the caller saves."""
    lane = rules.reading_lane(row.owner_id) if kind in READS else ""
    row.job_id = jobs.enqueue(kind, key=str(row.id), payload={"batch": str(row.id), "actor": who(actor)}, lane=lane)


def who(actor: Actor) -> dict[str, object]:
    """The actor as a job carries it: the background acts on behalf of whoever asked."""
    return {
        "label": actor.label,
        "person": str(actor.person_id) if actor.person_id else None,
        "organisation": str(actor.organisation_id),
        "network": str(actor.network_id),
        "program": actor.is_program,
    }
