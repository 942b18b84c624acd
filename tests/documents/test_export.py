"""The list of documents as a file: what the list shows, no more and no less."""

import csv
import io
from unittest import mock

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abs_platform.integrations.tables import lists
from abs_platform.integrations.tables.writing import BOM
from tests.imports import sheets
from tests.imports.using import Import, work
from tests.support.callers import Caller
from tests.support.papers import Papers
from tests.support.stage import request_and_grant
from tests.support.world import World

LONG = "24322000000000000001"


@pytest.fixture
def supplier(world: World) -> Caller:
    rows = sheets.simple_invoices(4)
    rows[1][0], rows[2][0] = LONG, "@SUM(A1)"
    found = Import.of(world.supplier.browser, rows)
    found.caller.post(f"imports/{found.id}/import")
    work()
    return world.supplier.browser


def _csv(caller: Caller, **query: object) -> list[list[str]]:
    response = caller.send("GET", "documents/export", file="csv", **query)
    assert (response.status_code, response["Content-Type"]) == (200, "text/csv; charset=utf-8")
    text = response.content.decode()
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))


def test_a_csv_holds_the_list_and_nothing_that_excel_calculates_or_shortens(supplier: Caller) -> None:
    headers, *rows = _csv(supplier, kind="invoice")
    assert headers[:2] == ["类型", "号码"]
    listed = supplier.rows("documents?kind=invoice")
    assert len(rows) == len(listed) == 4
    assert [row[1].lstrip("\t'") for row in rows] == [row["number"] for row in listed]
    assert {"\t" + LONG, "'@SUM(A1)"} <= {row[1] for row in rows}
    assert _csv(supplier, search=LONG, lang="en")[1][:2] == ["Invoice", "\t" + LONG]
    assert len(_csv(supplier)) == 1 + len(supplier.rows("documents"))


def test_a_workbook_keeps_numbers_as_text_and_totals_as_figures(supplier: Caller) -> None:
    response = supplier.send("GET", "documents/export", kind="invoice")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert {LONG, "@SUM(A1)"} <= {row[1] for row in rows}
    assert all(isinstance(row[6], int | float) for row in rows)
    assert "filename*=utf-8" in response["Content-Disposition"].lower()


def test_others_documents_are_not_in_it(supplier: Caller, world: World) -> None:
    assert len(_csv(world.bank.browser)) == 1


def test_what_was_disclosed_is_in_it_and_its_owner_sees_the_look(world: World) -> None:
    papers = Papers()
    [order] = world.supplier.submit({"o": papers.order()})
    request_and_grant(world, world.bank, trades=[order.trade_id])
    assert [row[1] for row in _csv(world.bank.browser)[1:]] == [order.number]
    [look] = world.supplier.browser.rows("accesses")
    assert (look["action"], look["subject"]["id"], look["person"]) == ("listed", str(order.id), "bank person")


def test_chunks_hold_every_row_once_and_a_list_too_long_is_refused(supplier: Caller) -> None:
    whole = _csv(supplier)
    with mock.patch.object(lists, "CHUNK", 2):
        assert _csv(supplier) == whole
    with mock.patch.object(lists, "MAX_ROWS", 3):
        answer = supplier.send("GET", "documents/export")
        assert (answer.status_code, answer.json()["code"]) == (422, "export_too_long")


def test_more_rows_of_a_chunk_take_no_more_queries(supplier: Caller) -> None:
    with CaptureQueriesContext(connection) as few:
        _csv(supplier, search=LONG)
    with CaptureQueriesContext(connection) as many:
        _csv(supplier, kind="invoice")
    assert len(many) <= len(few)
