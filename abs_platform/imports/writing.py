"""An import's rows and errors in the database, and back as a table."""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import polars as pl
from django.contrib.postgres.aggregates import BoolOr
from django.db import connection

from abs_platform.imports import copying
from abs_platform.imports.checking import Checked
from abs_platform.imports.mapping import Plan
from abs_platform.imports.models import Batch, Row
from abs_platform.imports.states import Entry

_MADE = """
    UPDATE imports_stageddocument staged SET state = %s, document_id = given.document_id
    FROM unnest(%s::uuid[], %s::uuid[]) AS given(id, document_id)
    WHERE staged.id = given.id
"""

_FOUND = """
    UPDATE imports_row stored SET key = found.key, errors = found.errors, wrong = found.errors <> '[]'
    FROM unnest(%s::integer[], %s::text[], %s::jsonb[]) AS found(number, key, errors)
    WHERE stored.batch_id = %s AND stored.number = found.number
        AND (stored.key, stored.errors) IS DISTINCT FROM (found.key, found.errors)
"""

Json = dict[str, Any]  # Any: JSON


def write_rows(batch: Batch, table: pl.DataFrame) -> None:
    """The table's rows as they were read, none of them checked."""
    frame = table.with_row_index("number", offset=1).select(
        copying.constant(batch.id).alias("batch_id"),
        pl.col("number"),
        copying.array_literal(table.columns).alias("cells"),
        pl.lit("{}").alias("corrected"),
        pl.lit("[]").alias("errors"),
        pl.lit("f").alias("wrong"),
        pl.lit("").alias("key"),
    )
    copying.copy_frame(Row._meta.db_table, frame)


def table_of(rows: Iterable[Row], width: int) -> pl.DataFrame:
    """Rows from the database as a table: "row", c0, c1 …, with corrections."""
    found: dict[str, list[Any]] = {"row": [], **{f"c{index}": [] for index in range(width)}}
    for row in rows:
        found["row"].append(row.number)
        for index in range(width):
            text = row.corrected.get(str(index), row.cells[index] if index < len(row.cells) else "")
            found[f"c{index}"].append(text)
    return pl.DataFrame(found, schema={name: pl.UInt32 if name == "row" else pl.String for name in found})


def corrected_cells(corrected: Iterable[tuple[int, Json]]) -> pl.DataFrame:
    """Which cells were written over: "row", "column" and "text"."""
    written = [(number, int(column), text) for number, by_column in corrected for column, text in by_column.items()]
    return pl.DataFrame(written, schema={"row": pl.UInt32, "column": pl.Int64, "text": pl.String}, orient="row")


def with_corrections(table: pl.DataFrame, corrected: Iterable[tuple[int, Json]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The table as read ("row", c0, c1 …) with what was written over it, and which cells those are."""
    cells = corrected_cells(corrected)
    for (column,), group in cells.group_by("column"):
        name = f"c{column}"
        over = group.select("row", pl.col("text").alias("_over"))
        table = table.join(over, on="row", how="left", maintain_order="left")
        table = table.with_columns(pl.coalesce("_over", name).alias(name)).drop("_over")
    return table, cells


def errors_by_row(checked: Checked, plan: Plan) -> dict[int, list[Json]]:
    """Errors as rows keep and show them."""
    found: dict[int, list[Json]] = {}
    for number, field, code, value in checked.errors.iter_rows():
        params = {} if value is None else {"expected": value}
        error = {"column": plan.columns.get(field), "field": field, "code": code, "params": params}
        found.setdefault(number, []).append(error)
    return found


def write_check(batch: Batch, checked: Checked, plan: Plan) -> None:
    """What a check of the whole table found, over whatever an earlier one did. Only rows that change are written."""
    errors = errors_by_row(checked, plan)
    numbers = list(errors)
    from_errors = pl.DataFrame(
        {"row": numbers, "errors": [json.dumps(errors[number]) for number in numbers]},
        schema={"row": pl.UInt32, "errors": pl.String},
    )
    found = checked.rows.select("row", "key").join(from_errors, on="row", how="left", maintain_order="left")
    frame = found.select(pl.col("row").alias("number"), "key", pl.col("errors").fill_null("[]"))
    table = Row._meta.db_table
    with connection.cursor() as cursor:
        # Its key serves where the planner has not heard of the new rows yet and would compare each with each.
        cursor.execute(
            "CREATE TEMPORARY TABLE found (number integer PRIMARY KEY, key text, errors jsonb) ON COMMIT DROP"
        )
        copying.copy_frame("found", frame)
        cursor.execute("ANALYZE found")
        cursor.execute(
            f"""
            UPDATE {table} stored SET key = found.key, errors = found.errors, wrong = found.errors <> '[]'
            FROM found
            WHERE stored.batch_id = %s AND stored.number = found.number
                AND (stored.key, stored.errors) IS DISTINCT FROM (found.key, found.errors)
            """,  # noqa: S608  # a table's own name
            [batch.id],
        )
        cursor.execute(
            f"""
            UPDATE {table} stored SET key = '', errors = '[]', wrong = false
            WHERE stored.batch_id = %s AND (stored.key, stored.errors) IS DISTINCT FROM ('', '[]'::jsonb)
                AND NOT EXISTS (SELECT FROM found WHERE found.number = stored.number)
            """,  # noqa: S608  # a table's own name
            [batch.id],
        )
        cursor.execute("DROP TABLE found")


def write_found(batch: Batch, found: Sequence[tuple[int, str, list[Json]]]) -> None:
    """What a check of some rows found: number, key, errors. Only rows that change are written."""
    numbers, keys, errors = [row[0] for row in found], [row[1] for row in found], [json.dumps(row[2]) for row in found]
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, [numbers, keys, errors, batch.id])


def count(batch: Batch) -> None:
    """Bring the import's own counts up to date, documents without a wrong row; the caller saves."""
    rows = Row.objects.filter(batch=batch)
    batch.wrong_count = rows.filter(wrong=True).count()
    by_document = rows.exclude(key="").values("key").annotate(has_wrong=BoolOr("wrong"))
    batch.document_count = by_document.filter(has_wrong=False).count()


def write_made(ids: Sequence[UUID], document_ids: Sequence[UUID]) -> None:
    """Which document became of each staged one."""
    with connection.cursor() as cursor:
        cursor.execute(_MADE, [Entry.IMPORTED, list(ids), list(document_ids)])
