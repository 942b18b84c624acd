"""Rows as files that open rightly in Excel: long numbers stay text, nothing becomes a formula, CSV says that it is UTF-8."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

import xlsxwriter

from abs_platform.imports import fields, selectors
from abs_platform.imports.fields import Type
from abs_platform.imports.mapping import plan_of
from abs_platform.imports.models import Batch, Row
from abs_platform.imports.words import CODES, ROW, WHOLE_ROW, WRONG, word
from abs_platform.parties.actor import Actor

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"
# What a spreadsheet program takes for a formula when it opens a CSV (OWASP, CSV injection); a plain figure is none.
# In the wide forms of Chinese and Japanese input too.
FORMULA = re.compile(r"[=@＝＠\t\r\n]|[+＋－-](?![0-9.,]*%?$)")
# Excel shows figures from twelve digits on as 2.4E+19, and keeps fifteen.
LONG = re.compile(r"[0-9]{12,}|0[0-9]+")
FIGURE = re.compile(r"-?(?:0|[1-9][0-9]{0,13})(?:\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class File:
    """A file for whoever asked."""

    name: str
    media_type: str
    content: bytes


def export(*, actor: Actor, batch_id: UUID, form: str, wrong: bool, language: str = "zh") -> File:
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
    if form == "csv":
        return File(f"{stem}.csv", "text/csv; charset=utf-8", as_csv(headers, lines))
    return File(f"{stem}.xlsx", XLSX, as_xlsx(headers, lines, text_columns=_identifiers(batch)))


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


def safe(text: str) -> str:
    """A cell of a CSV that no spreadsheet program calculates or shortens; imports read it as it was."""
    if FORMULA.match(text):
        return f"'{text}"
    return f"\t{text}" if LONG.fullmatch(text) else text


def as_csv(headers: Iterable[str], lines: Iterable[Iterable[str]]) -> bytes:
    """Values separated by commas, in UTF-8 with its mark (RFC 4180)."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(map(safe, headers))
    writer.writerows(map(safe, line) for line in lines)
    return (BOM + target.getvalue()).encode()


def as_xlsx(headers: Iterable[str], lines: Iterable[Iterable[str]], *, text_columns: frozenset[int]) -> bytes:
    """A workbook of one sheet. Short figures are figures, except in `text_columns`; everything else is text."""
    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        sheet = workbook.add_worksheet()
        text = workbook.add_format({"num_format": "@"})
        bold = workbook.add_format({"bold": True, "num_format": "@"})
        sheet.freeze_panes(1, 0)
        for column, header in enumerate(headers):
            sheet.write_string(0, column, header, bold)
        for number, line in enumerate(lines, start=1):
            for column, cell in enumerate(line):
                if column not in text_columns and FIGURE.fullmatch(cell):
                    sheet.write_number(number, column, float(cell))
                elif cell:
                    sheet.write_string(number, column, cell, text)
    return target.getvalue()
