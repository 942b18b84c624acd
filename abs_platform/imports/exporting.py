"""The rows of an import as a file, with what is wrong in them."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from abs_platform.core.words import word
from abs_platform.imports import fields, selectors
from abs_platform.imports.fields import Type
from abs_platform.imports.mapping import plan_of
from abs_platform.imports.models import Batch, Row
from abs_platform.imports.words import CODES, ROW, WHOLE_ROW, WRONG
from abs_platform.integrations.tables.writing import TableFile, table_file
from abs_platform.parties.actor import Actor


def export(*, actor: Actor, batch_id: UUID, form: str, wrong: bool, language: str = "zh") -> TableFile:
    """The rows of an import, with corrections, below the table's own headers; what is wrong stands in the last column.

    `form`: xlsx or csv. Raises Forbidden, NotFound.
    """
    batch = selectors.batch(actor=actor, batch_id=batch_id)
    rows = Row.objects.filter(batch=batch, number__gt=batch.header_row or 0).order_by("number")
    if wrong:
        rows = rows.filter(wrong=True)
    stem = batch.filename.rpartition(".")[0] or batch.filename
    headers = [word(ROW, language), *batch.headers, word(WRONG, language)]
    lines = _lines(batch, rows.iterator(chunk_size=2_000), language)
    return table_file(stem, form, headers, lines, text_columns=_identifiers(batch))


def _identifiers(batch: Batch) -> frozenset[int]:
    """Columns of the export whose digits are no figures."""
    columns = plan_of(batch.mapping).columns
    return frozenset(1 + column for name, column in columns.items() if fields.BY_NAME[name].type == Type.ID)


def _lines(batch: Batch, rows: Iterable[Row], language: str) -> Iterator[list[str]]:
    for row in rows:
        cells = list(row.cells)
        for column, text in row.corrected.items():
            cells[int(column)] = text
        yield [str(row.number), *cells, "; ".join(_said(batch, error, language) for error in row.errors)]


def _said(batch: Batch, error: dict[str, object], language: str) -> str:
    column = error["column"]
    where = batch.headers[column] if isinstance(column, int) else word(WHOLE_ROW, language)
    what = word(CODES[str(error["code"])], language) if error["code"] in CODES else str(error["code"])
    return f"{where}: {what}"
