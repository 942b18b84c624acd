"""Rows as files that open rightly in Excel: long numbers stay text, nothing becomes a formula, CSV says that it is UTF-8."""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

import xlsxwriter

from abs_platform.integrations.separated import FORMULA

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"
# Excel shows figures from twelve digits on as 2.4E+19, and keeps fifteen.
LONG = re.compile(r"[0-9]{12,}|0[0-9]+")
FIGURE = re.compile(r"-?(?:0|[1-9][0-9]{0,13})(?:\.[0-9]{1,6})?")


FORMS = ("xlsx", "csv")
IN_MEMORY = 4 << 20
BLOCK = 1 << 18
"""Bytes of a file that are held at most, and that leave at a time."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file for whoever asked: `size` bytes in `chunks`, which can be gone through once."""

    name: str
    media_type: str
    size: int
    chunks: Iterator[bytes]


def table_file(
    stem: str,
    form: str,
    headers: Iterable[str],
    lines: Iterable[Iterable[str]],
    *,
    text_columns: frozenset[int] = frozenset(),
) -> TableFile:
    """`lines` below `headers` as `form`, xlsx or csv, in memory that does not grow with them.

    All of it is written before the first byte leaves, so that what goes wrong is an error and not half a file.
    """
    target = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # closed when it was sent, or given up
    try:
        if form == "csv":
            write_csv(target, headers, lines)
        else:
            write_xlsx(target, headers, lines, text_columns=text_columns)
    except BaseException:
        target.close()
        raise
    size = target.tell() if form == "csv" else target.seek(0, io.SEEK_END)
    target.seek(0)
    return TableFile(f"{stem}.{form}", CSV if form == "csv" else XLSX, size, _chunks(target))


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    with source:
        while block := source.read(BLOCK):
            yield block


def safe(text: str) -> str:
    """A cell of a CSV that no spreadsheet program calculates or shortens; imports read it as it was."""
    if FORMULA.match(text):
        return f"'{text}"
    return f"\t{text}" if LONG.fullmatch(text) else text


def write_csv(target: IO[bytes], headers: Iterable[str], lines: Iterable[Iterable[str]]) -> None:
    """Values separated by commas, in UTF-8 with its mark (RFC 4180)."""
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow(map(safe, headers))
    writer.writerows(map(safe, line) for line in lines)
    text.detach()


def write_xlsx(
    target: IO[bytes], headers: Iterable[str], lines: Iterable[Iterable[str]], *, text_columns: frozenset[int]
) -> None:
    """A workbook of one sheet. Short figures are figures, except in `text_columns`; everything else is text."""
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
