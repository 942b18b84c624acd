"""XLSX, XLSM, XLS and ODS by calamine: values as shown, formulas as their last result, nothing calculated or followed."""

import fastexcel
import polars as pl

from abs_platform.integrations.tables.model import MAX_COLUMNS, MAX_ROWS, Table, TableRefused, column_names

SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
MAX_SHEETS = 200
LONG = r"^[0-9]{16,}$"
"""Spreadsheets keep 15 digits of a figure."""


def read(data: bytes, sheet: str = "") -> Table:
    """The named sheet, else the first visible one that has rows. Raises TableRefused."""
    try:
        workbook = fastexcel.read_excel(data)
        names = tuple(workbook.sheet_names)[:MAX_SHEETS]
        if sheet and sheet not in names:
            raise TableRefused("table_sheet_unknown", f"The workbook has no sheet {sheet[:100]!r}.", sheet=sheet[:100])
        for name in [sheet] if sheet else names:
            # Its own default passes over empty rows above the first that is not.
            found = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string", n_rows=MAX_ROWS + 1)
            if sheet or (found.visible == "visible" and found.height):
                break
        else:
            raise TableRefused("table_empty", "No sheet of the workbook has rows.")
        if found.width > MAX_COLUMNS:
            detail = f"The table has more than {MAX_COLUMNS} columns. Leave some out."
            raise TableRefused("table_too_wide", detail, limit=MAX_COLUMNS)
        frame = found.to_polars()
    except fastexcel.FastExcelError as error:
        code = "table_protected" if "password" in str(error).lower() else "table_malformed"
        detail = (
            "The workbook is protected by a password." if code == "table_protected" else "The workbook cannot be read."
        )
        raise TableRefused(code, f"{detail} Save it anew without password, as XLSX or CSV.") from None
    if frame.height == 0:
        raise TableRefused("table_empty", "There is nothing in the table.")
    frame.columns = column_names(frame.width)
    frame = frame.with_columns(pl.all().str.strip_suffix(" 00:00:00").str.replace_all("\0", "\ufffd", literal=True))
    return Table("workbook", frame, found.name, names, tuple(_lost(frame)))


def _lost(frame: pl.DataFrame) -> list[int]:
    """Columns whose long numbers are all exact in binary floating point: written as figures, not as text."""
    found = []
    for index, name in enumerate(frame.columns):
        long = frame[name].filter(frame[name].str.contains(LONG).fill_null(value=False)).head(1_000).to_list()
        if long and all(int(float(text)) == int(text) for text in long):
            found.append(index)
    return found
