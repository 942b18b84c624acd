"""Story 1. A supplier signs in, sees one next step, drops its files, and watches each one go its way."""

import pytest

from abs_platform.config.sample import trade as sample
from abs_platform.crypto import sm3
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")


def test_from_an_empty_page_to_recorded_documents(world: World) -> None:
    supplier = world.supplier.browser

    home = supplier.get("home")
    assert home["next_step"] == {"code": "upload_documents", "params": {}, "link": "/documents"}
    assert home["tasks"][0]["count"] == 0

    # Six files at once: order, response, despatch, receipt, invoice, and a note that nobody can read.
    files = sample.files()
    answer = supplier.upload(files)
    assert answer["rejected"] == []
    received = answer["documents"]
    assert [each["filename"] for each in received] == list(files)
    assert [each["digest"] for each in received] == [sm3.sm3(data).hex() for data in files.values()]
    assert {each["state"] for each in received} == {"received"}

    drain(seal=True)
    rows = {row["filename"]: row for row in supplier.rows("documents")}
    assert {row["state"] for row in rows.values()} == {"recorded"}
    assert sorted(row["log_index"] for row in rows.values()) == [0, 1, 2, 3, 4, 5]
    assert {name: row["kind"] for name, row in rows.items()} == {
        "01-order.xml": "order",
        "02-order-response.xml": "order_response",
        "03-despatch-advice.xml": "despatch_advice",
        "04-receipt-advice.xml": "receipt_advice",
        "05-invoice.xml": "invoice",
        "delivery-note.txt": "attachment",
    }
    assert rows["05-invoice.xml"]["tax_status"] == "not_verified", "shown, and blocks nothing"

    # What was read stands beside the file.
    invoice = supplier.get(f"documents/{rows['05-invoice.xml']['id']}")
    assert (invoice["number"], invoice["issue_date"]) == (sample.INVOICE_NUMBER, "2026-11-02")
    assert invoice["fields"]["due_date"] == "2026-12-28"
    assert [line["item_name"] for line in invoice["lines"]] == ["深沟球轴承", "角接触球轴承", "圆锥滚子轴承"]
    assert invoice["trade"]["order_number"] == sample.ORDER_NUMBER
    assert supplier.file(invoice["id"]) == files["05-invoice.xml"]

    # The note waits for a person.
    assert rows["delivery-note.txt"]["trade"] is None
    trade = supplier.rows("trades")[0]
    joined = supplier.post(f"documents/{rows['delivery-note.txt']['id']}/attach", {"trade": trade["id"]})
    assert joined["trade"]["order_number"] == sample.ORDER_NUMBER

    # Nothing is left to mend; the figures tell what there is.
    figures = {figure["code"]: figure["value"] for figure in supplier.get("home")["figures"]}
    assert (figures["trades"], figures["documents"]) == ("1", "6")


def test_the_same_file_dropped_twice_asks_for_attention_once(world: World) -> None:
    supplier = world.supplier.browser
    invoice = sample.files()["05-invoice.xml"]
    supplier.upload({"发票.xml": invoice})
    supplier.upload({"发票 (1).xml": invoice})
    drain()
    second, first = supplier.rows("documents")
    assert second["duplicate_of"] == {"id": first["id"], "filename": "发票.xml"}
    codes = [[item["code"] for item in row["attention"]] for row in (first, second)]
    assert codes == [["parties_unrelated"], ["duplicate"]]
