"""Exports open rightly in Excel, carry no formula, and are read back as they were."""

import io

import openpyxl
import pytest

from abs_platform.integrations import tables
from abs_platform.integrations.tables.writing import safe
from tests.imports import sheets
from tests.imports.using import Import
from tests.support.world import World

NASTY = [
    "=1+1",
    "＝1+1",
    "＋cmd",
    "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "\tx",
    "24322000000000000001",
    "0012",
    "-12.50",
    "1,000.00",
    "轴承",
]


@pytest.mark.parametrize("text", NASTY)
def test_a_cell_of_a_csv_is_no_formula_and_loses_nothing(text: str) -> None:
    written = safe(text)
    assert written[0] not in "=@+＝＠＋" or text == written == "+5"
    assert not written.startswith("-") or text == "-12.50"
    assert written.lstrip("'\t") == text.lstrip("'\t")


def test_rows_go_out_with_their_errors_and_come_back(world: World) -> None:
    rows = sheets.simple_invoices(3)
    rows[1][4], rows[2][7], rows[3][0] = "=cmd()", "about ten", "24322000000000000003"
    found = Import.of(world.supplier.browser, rows)
    response = found.caller.send("GET", f"imports/{found.id}/export", file="csv")
    assert response.content.startswith("\ufeff".encode())
    assert response["Content-Disposition"] == 'attachment; filename="table.csv"'
    text = response.content.decode("utf-8-sig")
    assert "'=cmd()" in text
    assert "\t24322000000000000003" in text
    assert "金额: 不是数字" in text
    english = found.caller.send(
        "GET", f"imports/{found.id}/export", file="csv", lang="en", wrong="true"
    ).content.decode()
    assert "金额: is no figure" in english
    assert len(english.splitlines()) == 2

    workbook = openpyxl.load_workbook(io.BytesIO(found.caller.send("GET", f"imports/{found.id}/export").content))
    sheet = workbook.active
    assert sheet is not None
    assert [cell.value for cell in sheet[4]][:2] == [4, "24322000000000000003"]
    assert sheet["F2"].data_type == "s"
    again = Import.of(world.supplier.browser, response.content)
    back = [[cell.strip().removeprefix("'") for cell in row["cells"][1:11]] for row in again.rows()[1:]]
    assert back == [[str(cell) for cell in row] for row in rows[1:]]
    again.correct(3, 8, "100")
    again.act("import")
    first = found.caller.get(f"documents/{again.entries()[0]['document']}")
    assert first["lines"][0]["item_name"] == "=cmd()"
    assert again.entries()[2]["number"] == "24322000000000000003"


def test_a_workbook_of_ours_is_read_back(world: World) -> None:
    found = Import.of(world.supplier.browser, sheets.as_xlsx(sheets.u8_invoices()), name="u8.xlsx")
    content = found.caller.send("GET", f"imports/{found.id}/export").content
    table = tables.read(content)
    assert table.frame.rows()[1][1] == "24322000000000000001"
    assert table.lost == ()
