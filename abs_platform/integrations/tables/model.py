"""A table, its limits, and why one is refused."""

from dataclasses import dataclass

import polars as pl

from abs_platform.core.errors import Invalid

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELLS = 6_000_000
MAX_CELL = 4_000
MAX_TEXT = 128
"""Of the rows, columns and cells of a table, of the characters of a cell, and of the megabytes (2^20) of text in all: a
workbook keeps a text once, however many cells show it."""


class TableRefused(Invalid):
    """The file cannot be read as a table: `code` for programs, `detail` for people.

    Codes: table_unknown, table_empty, table_too_long, table_too_wide, table_too_large, table_too_much_text,
    table_cell_too_long, table_encoding, table_malformed, table_protected, table_sheet_unknown, table_reader_limits.
    """

    title = "The table was not accepted"


@dataclass(frozen=True, slots=True)
class Table:
    """`frame`: columns c0, c1 … of text, null where a cell is empty; the first row of the file is its first row.

    `lost`: columns of long numbers that a spreadsheet kept as figures of 15 digits, so that the rest of them is gone.
    """

    format: str
    frame: pl.DataFrame
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    lost: tuple[int, ...] = ()


def column_names(width: int) -> list[str]:
    """c0, c1 …"""
    return [f"c{index}" for index in range(width)]


def bounded(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame, if it keeps the limits. Raises TableRefused."""
    if frame.height > MAX_ROWS:
        raise TableRefused("table_too_long", f"The table has more than {MAX_ROWS} rows. Split it.", limit=MAX_ROWS)
    if frame.width > MAX_COLUMNS:
        raise TableRefused(
            "table_too_wide", f"The table has more than {MAX_COLUMNS} columns. Leave some out.", limit=MAX_COLUMNS
        )
    if frame.height * frame.width > MAX_CELLS:
        raise TableRefused("table_too_large", f"The table has more than {MAX_CELLS} cells. Split it.", limit=MAX_CELLS)
    lengths = frame.select(pl.all().str.len_bytes())  # these are counted already
    if sum(lengths.sum().row(0)) > MAX_TEXT << 20:
        detail = f"The table holds more than {MAX_TEXT} MB of text. Split it."
        raise TableRefused("table_too_much_text", detail, limit=MAX_TEXT)
    in_bytes = lengths.max().fill_null(0).row(0)
    for index, name in enumerate(frame.columns):
        if in_bytes[index] <= MAX_CELL:
            continue
        longest = frame[name].str.len_chars()
        if (longest.max() or 0) > MAX_CELL:  # type: ignore[operator]  # lengths are whole numbers
            row = (longest.arg_max() or 0) + 1
            detail = f"The cell in row {row}, column {index + 1} is longer than {MAX_CELL} characters."
            raise TableRefused("table_cell_too_long", detail, row=row, column=index + 1, limit=MAX_CELL)
    return frame
