"""How imports look in replies."""

from collections.abc import Sequence

from abs_platform.core.models import Job
from abs_platform.core.rest.fields import Body, money, time
from abs_platform.core.transitions import allowed_actions
from abs_platform.imports import fields, presets, selectors, units
from abs_platform.imports.mapping import missing, plan_of
from abs_platform.imports.models import Batch, Row, SavedMapping, StagedDocument
from abs_platform.imports.proposing import Proposal
from abs_platform.imports.readings import Readings, readings
from abs_platform.imports.states import ACTIONS, State
from abs_platform.parties.actor import Actor

SAMPLES = 3


def counts(row: Batch) -> Body:
    """How much of an import is what."""
    return {
        "rows": row.row_count,
        "wrong": row.wrong_count,
        "documents": row.document_count,
        "imported": row.imported_count,
    }


def batch_bodies(rows: Sequence[Batch], *, actor: Actor) -> list[Body]:
    """Imports for a list."""
    running = selectors.progress_of(list(rows))
    return [_batch(row, running.get(row.id), actor) for row in rows]


def _batch(row: Batch, job: Job | None, actor: Actor) -> Body:
    return {
        "id": str(row.id),
        "kind": row.kind,
        "filename": row.filename,
        "state": row.state,
        "source": str(row.source_id) if row.source_id else None,
        "created_by": row.created_by,
        "created_at": time(row.created_at),
        "imported_at": time(row.imported_at),
        "undone_at": time(row.undone_at),
        "counts": counts(row),
        "progress": {"done": job.progress_done, "total": job.progress_total} if job else None,
        "problem": row.problem,
        "allowed_actions": [
            action
            for action in allowed_actions(ACTIONS, state=row.state, roles=actor.roles)
            if row.source_id or action not in ("map", "correct", "replace")
        ],
    }


def detail_body(row: Batch, *, actor: Actor) -> Body:
    """One import with its columns."""
    plan = plan_of(row.mapping)
    field_of = {column: name for name, column in plan.columns.items()}
    samples = _samples(row)
    columns = [
        {
            "index": index,
            "header": header,
            "samples": [cells[index] for cells in samples if index < len(cells)],
            "field": field_of.get(index),
            "unit": unit.factor if (unit := units.unit_of(header)) else None,
        }
        for index, header in enumerate(row.headers)
    ]
    return {
        **batch_bodies([row], actor=actor)[0],
        "filing": selectors.waiting_to_be_filed(row) if row.state == State.IMPORTED else 0,
        "sheet": row.sheet,
        "sheets": row.sheets,
        "system": row.system,
        "saved_as": row.saved_as,
        "header_row": row.header_row,
        "columns": columns,
        "mapping": plan.to_json() if row.mapping else None,
        "missing": missing(row.kind, plan) if row.mapping else [],
    }


def _samples(row: Batch) -> list[list[str]]:
    if row.header_row is None:
        return []
    after = Row.objects.filter(batch=row, number__gt=row.header_row).order_by("number")
    return list(after.values_list("cells", flat=True)[:SAMPLES])


def row_bodies(rows: Sequence[Row], batch: Batch) -> list[Body]:
    """Rows of the table as they stand, how their cells are read, and what is wrong with them."""
    found = readings(rows, batch)
    return [_row(row, found.get(row.number, {})) for row in rows]


def _row(row: Row, read: Readings) -> Body:
    cells = list(row.cells)
    for column, text in row.corrected.items():
        cells[int(column)] = text
    return {
        "number": row.number,
        "cells": cells,
        "read": read,
        "corrected": {column: row.cells[int(column)] for column in row.corrected},
        "errors": row.errors,
        "ignored": not row.key and not row.wrong,
    }


def entry_body(row: StagedDocument) -> Body:
    """One document of an import and what became of it."""
    return {
        "position": row.position,
        "number": row.number,
        "issue_date": row.issue_date.isoformat(),
        "buyer_name": row.buyer_name,
        "currency": row.currency,
        "total": money(row.document.total if row.document else row.total, row.currency),
        "state": row.state,
        "document": str(row.document_id) if row.document_id else None,
        "attention": row.document.attention if row.document else [],
    }


def proposal_body(found: Proposal) -> Body:
    """What the columns may be taken for, by one source."""
    return {
        "source": found.source,
        "code": found.code,
        "name": found.name,
        "mapping": found.plan.to_json(),
        "own": found.own,
        "lacking": list(found.lacking),
    }


def saved_mapping_body(row: SavedMapping) -> Body:
    """A mapping kept under a name."""
    return {
        "id": str(row.id),
        "kind": row.kind,
        "name": row.name,
        "columns": row.columns,
        **plan_of(row.settings).settings(),
        "saved_by": row.saved_by,
        "saved_at": time(row.saved_at),
    }


def choices_body() -> Body:
    """What there is to choose from: kinds with their fields, systems whose exports are known."""
    kinds = [
        {
            "kind": kind,
            "fields": [
                {
                    "name": each.name,
                    "type": each.type,
                    "header": each.header,
                    "required": kind in each.required,
                    "constant": each.name in fields.CONSTANTS,
                    "money": each.money,
                }
                for each in fields.of(kind)
            ],
            "either": [list(names) for names in fields.EITHER],
        }
        for kind in fields.KINDS
    ]
    return {"kinds": kinds, "systems": [{"code": each.code, "name": each.name} for each in presets.SYSTEMS]}
