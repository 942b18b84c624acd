"""Rows into the database in bulk: COPY, with the tables' constraints on (PostgreSQL, COPY, format csv and text)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import polars as pl
from django.db import connection
from psycopg import sql

NULL = "\x01"
"""Stands for null in CSV: a control character, which no typed text holds."""
BLOCK = 20_000


def copy(table: str, columns: Sequence[str], chunks: Iterable[bytes], *, form: str = "text") -> None:
    """COPY into a table. `form`: text, or csv with NULL as above."""
    options = sql.SQL("FORMAT csv, NULL {}").format(sql.Literal(NULL)) if form == "csv" else sql.SQL("FORMAT text")
    statement = sql.SQL("COPY {} ({}) FROM STDIN ({})").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)), options
    )
    with connection.cursor() as cursor, cursor.copy(statement) as target:
        for chunk in chunks:
            target.write(chunk)


def copy_frame(table: str, frame: pl.DataFrame) -> None:
    """COPY a frame whose columns bear the table's names."""
    blocks = (
        block.write_csv(include_header=False, null_value=NULL, quote_style="necessary").encode()
        for block in frame.iter_slices(BLOCK)
    )
    copy(table, frame.columns, blocks, form="csv")


def array_literal(columns: Sequence[str]) -> pl.Expr:
    """The columns' texts as one PostgreSQL array of text; empty cells are empty texts."""
    quoted = [
        pl.concat_str(
            pl.lit('"'),
            pl.col(name)
            .fill_null("")
            .str.replace_all("\\", "\\\\", literal=True)
            .str.replace_all('"', '\\"', literal=True),
            pl.lit('"'),
        )
        for name in columns
    ]
    return pl.concat_str([pl.lit("{"), pl.concat_str(quoted, separator=","), pl.lit("}")])


def constant(id: UUID) -> pl.Expr:
    """An id in every row."""
    return pl.lit(str(id))
