"""Tables that somebody made to hurt: each is refused with a reason, or read as the harmless text that it is."""

import io
import platform
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from abs_platform.integrations import tables
from abs_platform.integrations.tables import TableRefused
from abs_platform.integrations.tables.process import LIMITS, Reader

BOMB_SIZE = 300 << 20


def _workbook(*cells: tuple[int, int, str]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        sheet = workbook.add_worksheet()
        for row, column, text in cells:
            sheet.write_string(row, column, text)
    return target.getvalue()


def _with_part(name: str, content: bytes | Callable[[bytes], bytes]) -> bytes:
    """A workbook in which one part is another."""
    source, target = zipfile.ZipFile(io.BytesIO(_workbook((0, 0, "a"), (1, 0, "b")))), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in source.namelist():
            data = source.read(each)
            if each == name:
                data = content(data) if callable(content) else content
            archive.writestr(each, data)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
DTD = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
XXE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def _after_declaration(extra: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(b"?>", b"?>" + extra, 1)


REFUSED = {
    "a cell at the far corner": _workbook((0, 0, "a"), (1_048_575, 16_383, "z")),
    "a million rows": _workbook((0, 0, "a"), (1_048_575, 0, "z")),
    "sixteen thousand columns": _workbook((0, 0, "a"), (0, 16_383, "z")),
    "no rows": _workbook(),
    "half a workbook": _workbook((0, 0, "a"))[:900],
    "a sheet of zeros": _with_part(SHEET, bytes(BOMB_SIZE)),
    "no XML in the sheet": _with_part(SHEET, b"not XML"),
    "deep XML": _with_part(SHEET, b"<a>" * 200_000),
    "a long cell": b"a,b\n" + b"x" * 5_000 + b",y\n",
    "many columns": b",".join(b"c%d" % n for n in range(5_000)),
    "many cells": (b"," * 199 + b"\n") * 40_000,
    "many rows": b"a\n" * 250_000,
    "binary": bytes(range(256)) * 50,
    "text with NUL": b"number,amount\n1,2\x00\n" * 20,
    "an old workbook cut off": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "only white space": b" \n\t\n  ",
    "a polyglot": b"PK\x03\x04%PDF-1.7\n" + b"<html>" * 100,
}


def test_one_long_text_in_many_cells_is_not_written_out() -> None:
    """In the workbook it stands once: a dozen kilobytes would be hundreds of megabytes for whoever asked."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        sheet = workbook.add_worksheet()
        for cell in range(40_000):
            sheet.write_string(*divmod(cell, 200), "x" * 4_000)
    assert len(target.getvalue()) < 1 << 20
    with pytest.raises(TableRefused) as refused:
        tables.read(target.getvalue())
    assert refused.value.code == "table_too_much_text"


def test_a_row_of_millions_of_cells_is_too_wide() -> None:
    with pytest.raises(TableRefused) as refused:
        tables.read(b"a,b\n1,2\n" + b"1," * 10_000_000)
    assert refused.value.code == "table_too_wide"


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(TableRefused) as refused:
        tables.read(REFUSED[name])
    assert refused.value.code.startswith("table_")
    assert refused.value.detail.endswith(".")
    assert tables.read(b"a,b\n1,2\n").frame.rows() == [("a", "b"), ("1", "2")]  # and the next file is read


READ = {
    "entities within entities": _with_part(SHEET, _after_declaration(DTD)),
    "an entity from outside": _with_part(SHEET, _after_declaration(XXE)),
    "formulas": b"=1+1,@SUM(A1),+cmd|' /C calc'!A0,-2+3\n",
    "an open quote": b'a,"b\nc,d\n',
    "a quote within": b'a,b"c\nd,e\n',
    "rows of any length": b"title\na,b,c\n1,2,3,4,5,6\n\nx\n",
    "other line ends": b"a,b\rc,d\r",
    "HTML": b"<html><script>alert(1)</script></html>",
}


@pytest.mark.parametrize("name", READ)
def test_is_read_as_text_or_refused(name: str) -> None:
    try:
        found = tables.read(READ[name])
    except TableRefused:
        return
    texts = [text for row in found.frame.rows() for text in row if text]
    assert texts
    assert not any("root:" in text for text in texts)


def test_a_file_that_takes_too_long_costs_one_child() -> None:
    reader = Reader(replace(LIMITS, waiting=0.001))
    try:
        with pytest.raises(TableRefused) as refused:
            reader.read(b"a,b\n" * 100_000)
        assert refused.value.code == "table_reader_limits"
    finally:
        reader.close()


def test_memory_is_limited() -> None:
    reader = Reader(replace(LIMITS, memory=300 << 20))
    try:
        with pytest.raises(TableRefused) as refused:
            reader.read(_with_part(SHEET, lambda data: data) + b"")  # small: read
            reader.read(b"x,y\n" * 190_000 + b'"' + b"z\n" * 60_000_000)
        assert refused.value.code in {"table_reader_limits", "table_too_long", "table_malformed", "table_cell_too_long"}
        assert reader.read(b"a,b\n1,2\n").frame.height == 2
    finally:
        reader.close()


def test_a_sheet_is_chosen_by_name() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        for name in ("空", "数据", "其他"):
            sheet = workbook.add_worksheet(name)
            if name != "空":
                sheet.write_string(0, 0, name)
    found = tables.read(target.getvalue())
    assert (found.sheet, found.sheets, found.frame.rows()) == ("数据", ("空", "数据", "其他"), [("数据",)])
    assert tables.read(target.getvalue(), "其他").frame.rows() == [("其他",)]
    with pytest.raises(TableRefused, match="no sheet"):
        tables.read(target.getvalue(), "没有")


def test_the_first_row_of_a_workbook_is_its_first_row() -> None:
    """Else every row that is named in an error or in a document's evidence is another one."""
    rows = tables.read(_workbook((3, 0, "number"), (3, 1, "amount"), (5, 0, "A-1"), (5, 1, "7"))).frame.rows()
    assert rows == [(None, None)] * 3 + [("number", "amount"), (None, None), ("A-1", "7")]


def test_numbers_that_a_spreadsheet_cut_are_known() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        sheet = workbook.add_worksheet()
        for row in range(3):
            sheet.write_number(row, 0, 24322000000000000000 + row * 40_960)
            sheet.write_string(row, 1, f"2432200000000000{row:04d}")
    assert tables.read(target.getvalue()).lost == (0,)


@pytest.mark.skipif(  # seccomp numbers its calls by machine: elsewhere there is no filter to try
    platform.machine() not in ("x86_64", "aarch64"), reason="the filter is for two machines"
)
def test_whatever_a_table_does_to_its_reader_reaches_nothing_else() -> None:
    """Every thread of the reader is under the filter (proc(5): Seccomp is 2), those of polars too."""
    reader = Reader()
    try:
        assert reader.read(b"a,b\n1,2\n").frame.height == 2
        tasks = list(Path(f"/proc/{reader.pid}/task").iterdir())
        assert len(tasks) > 1
        assert all("Seccomp:\t2" in (task / "status").read_text() for task in tasks)
    finally:
        reader.close()
