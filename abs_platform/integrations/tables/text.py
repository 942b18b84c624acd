"""CSV and its relatives: encoding and separator found by looking (RFC 4180, and what is out there)."""

import codecs
import csv
import io
from collections import Counter

import polars as pl

from abs_platform.integrations.separated import SAMPLE_CHARACTERS, layout_of
from abs_platform.integrations.tables.model import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Table,
    TableRefused,
    column_names,
)

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read(data: bytes) -> Table:
    """A table of separated values. Raises TableRefused."""
    if b"\0" not in data:
        try:
            return _table(data)
        except pl.exceptions.PolarsError:
            pass  # no UTF-8, or more than polars understands
    content = decoded(data).encode()
    try:
        return _table(content)
    except pl.exceptions.PolarsError:
        text = content.decode()
        return Table("CSV", _patient(text, layout_of(text[:SAMPLE_CHARACTERS]).separator))


def _table(content: bytes) -> Table:
    """Text in UTF-8, marked or not, by polars. Raises PolarsError where it is none, a row is longer, a quote out of place."""
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    # Cut within a character, maybe.
    sample = content[: 4 * SAMPLE_CHARACTERS].decode("utf-8-sig", errors="ignore")[:SAMPLE_CHARACTERS]
    if not sample.strip() and not content.removeprefix(codecs.BOM_UTF8).strip():
        raise TableRefused("table_empty", "There is nothing in the table.")
    layout = layout_of(sample)
    width = max((len(row) for row in layout.rows), default=1)
    return Table("CSV", _quick(content, layout.separator, width))


def decoded(data: bytes) -> str:
    """The text, by its byte order mark, else as UTF-8, UTF-16 or GB 18030 (which holds GBK), whichever it is."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and "\0" not in text:
        return text
    head = data[:4096]
    nulls = Counter(position % 2 for position, byte in enumerate(head) if byte == 0)
    if 4 * max(nulls.values(), default=0) > max(len(head), 16 * min(nulls[0], nulls[1])):
        return _strictly(data, "utf-16-be" if nulls[0] > nulls[1] else "utf-16-le")
    return _strictly(data, "gb18030")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        detail = "The encoding of the file is none of UTF-8, UTF-16, GBK and GB 18030. Save it as CSV UTF-8."
        raise TableRefused("table_encoding", detail, at=error.start) from None
    if "\0" in text:
        raise TableRefused("table_encoding", "The file is no text: it holds NUL characters.", at=text.index("\0"))
    return text


def _quick(data: bytes, separator: str, width: int) -> pl.DataFrame:
    """Under names of our own. What takes too much memory ends the reader's process, and its limits say so."""
    return pl.read_csv(
        data,
        separator=separator,
        has_header=False,
        schema=dict.fromkeys(column_names(width), pl.String),
        missing_columns="insert",  # where the first row is shorter
        quote_char='"' if b'"' in data else None,  # without it a tenth faster
        raise_if_empty=False,
    )


def _patient(text: str, separator: str) -> pl.DataFrame:
    """By Python's own reader, which forgives what polars does not."""
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(row[: MAX_COLUMNS + 1])
            cells += len(row)
            if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS or cells > MAX_CELLS:
                break  # the caller's bounds say which
    except csv.Error as error:
        detail = f"Row {len(rows) + 1} cannot be read as separated values: {error}."
        raise TableRefused("table_malformed", detail, row=len(rows) + 1) from None
    width = max((len(row) for row in rows), default=0)
    columns = {
        name: [(row[index] or None) if index < len(row) else None for row in rows]
        for index, name in enumerate(column_names(width))
    }
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
