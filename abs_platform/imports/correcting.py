"""Writing over wrong cells. The row as read and every correction stay; the documents that a correction touches are checked
anew at once, the whole table where one value is replaced everywhere.
"""

from uuid import UUID

from django.db import connection, transaction

from abs_platform.core import clock
from abs_platform.core.errors import Invalid, NotFound
from abs_platform.imports import checking, writing
from abs_platform.imports.mapping import plan_of
from abs_platform.imports.models import Batch, Correction, Row
from abs_platform.imports.services import enqueue, locked, tell
from abs_platform.imports.steps import owner_test
from abs_platform.parties.actor import Actor


@transaction.atomic
def correct(*, actor: Actor, batch_id: UUID, number: int, column: int, value: str) -> tuple[Batch, Row]:
    """Write over one cell and check its documents anew. Raises NotFound, Conflict, Invalid."""
    batch = locked(actor, batch_id, "correct")
    row = Row.objects.select_for_update(no_key=True).filter(batch=batch, number=number).first()
    if row is None:
        raise NotFound
    _check_column(batch, column)
    _check_text(value)
    text = str(column)
    before = row.corrected.get(text, row.cells[column])
    Correction.objects.create(batch=batch, number=number, column=column, before=before, after=value, by=actor.label)
    row.corrected = {**row.corrected, text: value}
    row.save(update_fields=["corrected"])
    _check_again(batch, row)
    writing.count(batch)
    batch.save()
    tell(actor, batch, "import.corrected", {"row": number, "column": column})
    row.refresh_from_db()
    return batch, row


def _check_column(batch: Batch, column: int) -> None:
    if column >= len(batch.headers):
        raise Invalid("column_unknown", f"The table has no column {column}.", column=column)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise Invalid("text_invalid", "A cell cannot hold the character NUL.")


def _check_again(batch: Batch, row: Row) -> None:
    """Check the documents that the row belonged to, now belongs to, or could continue: the one before it."""
    rows = Row.objects.filter(batch=batch)
    before = rows.filter(number__lt=row.number).exclude(key="").order_by("-number").first()
    keys = {key for key in (row.key, before.key if before else "") if key}
    for _ in range(2):  # once to learn which document it belongs to now, once more with the whole of that
        numbers = {row.number, *rows.filter(key__in=keys).values_list("number", flat=True)}
        near = list(rows.filter(number__in=numbers).order_by("number"))
        checked = checking.check(
            writing.table_of(near, len(batch.headers)),
            kind=batch.kind,
            plan=plan_of(batch.mapping),
            header_row=batch.header_row or 0,
            lost=batch.lost,
            trusted=writing.corrected_cells((each.number, each.corrected) for each in near),
            is_owner=owner_test(batch.owner),
        )
        found = set(checked.rows["key"].to_list())
        if found <= keys:
            break
        keys |= found
    errors = writing.errors_by_row(checked, plan_of(batch.mapping))
    key_of = dict(checked.rows.select("row", "key").iter_rows())
    results = [(each.number, key_of.get(each.number, checking.IGNORED), errors.get(each.number, [])) for each in near]
    writing.write_found(batch, results)


@transaction.atomic
def replace(*, actor: Actor, batch_id: UUID, column: int, before: str, after: str) -> tuple[Batch, int]:
    """Write `after` over every cell of a column that reads `before`, and check the table anew in the background.

    Raises NotFound, Conflict, Invalid. Returns how many cells were written over.
    """
    batch = locked(actor, batch_id, "replace")
    _check_column(batch, column)
    _check_text(before + after)
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH written AS (
                UPDATE imports_row SET corrected = corrected || jsonb_build_object(%(name)s::text, %(after)s::text)
                WHERE batch_id = %(batch)s AND number > %(header)s
                    AND coalesce(corrected ->> %(name)s, cells[%(at)s]) = %(before)s
                RETURNING number
            )
            INSERT INTO imports_correction (id, batch_id, number, "column", before, after, by, at)
            SELECT gen_random_uuid(), %(batch)s, number, %(column)s, %(before)s, %(after)s, %(by)s, %(now)s FROM written
            """,
            {
                "batch": batch.id, "header": batch.header_row or 0, "name": str(column), "column": column,
                "at": column + 1, "before": before, "after": after, "by": actor.label, "now": now,
            },
        )  # fmt: skip
        replaced = cursor.rowcount
    enqueue(batch, "imports.check", actor)
    batch.save()
    tell(actor, batch, "import.replaced", {"column": column, "cells": replaced})
    return batch, replaced
