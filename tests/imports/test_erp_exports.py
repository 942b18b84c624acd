"""Exports of ERP systems, from upload to the trade's right, through HTTP."""

import pytest

from abs_platform.documents.models import Document
from abs_platform.rights.models import Right
from abs_platform.trade.models import Trade
from tests.imports import sheets
from tests.imports.using import Import
from tests.support.world import World


def test_a_u8_list_of_invoices_becomes_invoices(world: World) -> None:
    found = Import.of(
        world.supplier.browser, sheets.as_xlsx(sheets.u8_invoices(), before=["说明"]), name="销售发票列表.xlsx"
    )
    seen = found.seen()
    assert (seen["system"], seen["state"], seen["header_row"], seen["sheet"]) == ("u8", "ready", 2, "Sheet1")
    assert seen["counts"] == {"rows": 6, "wrong": 0, "documents": 2, "imported": 0}
    assert [row["ignored"] for row in found.rows()] == [True, True, False, False, False, True]

    assert found.act("import")["state"] == "importing"
    seen = found.seen()
    assert (seen["state"], seen["counts"]["imported"]) == ("imported", 2)
    first, second = found.entries()
    assert (first["number"], first["total"], first["state"]) == ("24322000000000000001", "1836.25", "imported")
    document = world.supplier.browser.get(f"documents/{first['document']}")
    assert document["kind"] == "invoice"
    assert document["source"] == seen["source"]
    assert [line["item_name"] for line in document["lines"]] == ["轴承 6204", "轴承 6205"]
    assert document["fields"]["totals"]["payable"] == "1836.25"
    assert Document.objects.get(id=second["document"]).trade_id == Document.objects.get(id=first["document"]).trade_id


def test_an_order_from_kingdee_and_its_receipt_from_sap_meet_in_one_trade(world: World) -> None:
    orders = Import.of(world.supplier.browser, sheets.as_csv(sheets.k3_orders(), encoding="gbk"), kind="order")
    assert orders.seen()["system"] == "cloud"
    orders.act("import")
    receipts = Import.of(
        world.supplier.browser,
        sheets.as_csv(sheets.sap_receipts(), encoding="utf-16", separator=";"),
        kind="receipt_advice",
        name="MB51.csv",
    )
    seen = receipts.seen()
    assert seen["system"] == "sap"
    assert (seen["mapping"]["date_order"], seen["mapping"]["decimal_mark"]) == ("dmy", ",")
    receipts.act("import")
    trade = Trade.objects.get(order_number="PO-K3-1")
    assert sorted(trade.documents.values_list("kind", flat=True)) == ["order", "receipt_advice"]
    world.core.decide(Document.objects.get(kind="order", number="PO-K3-1"))
    world.core.decide(Document.objects.get(kind="receipt_advice", number="5000000001"))
    assert Right.objects.get(trade=trade).rung == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_whatever_the_encoding_and_separator(encoding: str, separator: str, world: World) -> None:
    rows = sheets.simple_invoices(2)
    rows[1][4] = 'of two\nlines, "quoted"; and\tmore'
    found = Import.of(world.supplier.browser, sheets.as_csv(rows, encoding=encoding, separator=separator))
    assert found.seen()["counts"] == {"rows": 3, "wrong": 0, "documents": 2, "imported": 0}
    assert found.rows()[1]["cells"][4] == rows[1][4]
