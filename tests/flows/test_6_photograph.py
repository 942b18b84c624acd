"""Story 6. A photographed invoice is typed in beside its picture, corrected, and confirmed by the buyer who sees both."""

import io
import json

import pytest
from PIL import Image

from abs_platform.config.sample import trade as sample
from tests.support.papers import Papers
from tests.support.stage import request_and_grant
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")


def photograph() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (300, 400), "beige").save(picture, "JPEG")
    return picture.getvalue()


def test_from_a_photograph_to_a_confirmed_invoice(world: World) -> None:
    supplier, core = world.supplier.browser, world.core.browser
    supplier.upload({"order.xml": Papers(number="PO-9").order(), "IMG_0042.jpg": photograph()})
    drain(seal=True)
    [photo] = [row for row in supplier.rows("documents") if row["filename"] == "IMG_0042.jpg"]
    path = f"documents/{photo['id']}"
    shown = supplier.get(path)
    assert (shown["kind"], shown["verdict"], shown["fields"]) == ("attachment", "attention", {})
    assert "correct" in shown["allowed_actions"]
    assert supplier.send("GET", f"{path}/preview").status_code == 200

    # Typed in from the picture, with a slip: 90 for 100.
    fields = {
        "kind": "invoice",
        "number": "I-2026-0042",
        "issue_date": "2026-03-13",
        "due_date": "2026-06-11",
        "currency": "CNY",
        "order_number": "PO-9",
        "seller": {"name": sample.SUPPLIER.name, "company_id": sample.SUPPLIER.credit_code},
        "buyer": {"name": sample.CORE_ENTERPRISE.name, "company_id": sample.CORE_ENTERPRISE.credit_code},
        "totals": {"lines": "1000.00", "tax_exclusive": "1000.00", "tax": "130.00", "tax_inclusive": "1130.00", "payable": "1130.00"},
    }  # fmt: skip
    line = {"id": "1", "item_name": "bolt M1", "quantity": "90", "unit": "C62", "price": "10.00", "amount": "1000.00", "tax": "130.00"}  # fmt: skip
    body = {"version": 0, "reason": "照原件录入", "fields": fields, "lines": [line]}
    typed = supplier.post(f"{path}/versions", body, status=201)
    assert (typed["kind"], typed["verdict"], typed["typed_in_by"]) == ("invoice", "attention", "supplier person")
    assert {remark["rule"] for remark in typed["remarks"]} == {"line_arithmetic"}
    assert {item["code"] for item in typed["attention"]} == {"typed_in"}

    # The remark leads to the slip, and a second version mends it.
    body = {"version": 1, "reason": "数量看错", "fields": fields, "lines": [{**line, "quantity": "100"}]}
    mended = supplier.post(f"{path}/versions", body, status=201)
    assert mended["remarks"] == []
    drain(seal=True)
    versions = supplier.rows(f"{path}/versions")
    assert [row["number"] for row in versions] == [2, 1, 0]
    assert versions[0]["changes"] == [{"path": "/lines/0/quantity", "from": "90", "to": "100"}]
    assert all(supplier.get(f"ledger/records/{row['record']}") for row in versions[:2]), "each is recorded"

    # The buyer sees who typed it in, on the sheet and in what it signs, beside the picture; then it confirms.
    [asked] = [row for row in core.rows("confirmations", state="pending") if row["document"]["kind"] == "invoice"]
    assert asked["document"]["typed_in_by"] == "supplier person"
    sheet = core.get(f"confirmations/{photo['id']}")
    assert sheet["document"]["typed_in_by"] == "supplier person"
    assert json.loads(sheet["statement"])["document"]["typed_in_by"] == "supplier person"
    assert core.send("GET", f"{path}/preview").status_code == 200
    core.post(f"confirmations/{photo['id']}/confirm", {"content_digest": sheet["content_digest"]})
    drain()

    settled = supplier.get(path)
    assert (settled["verdict"], settled["attention"], settled["typed_in_by"]) == ("accepted", [], "supplier person")
    assert "correct" not in settled["allowed_actions"]
    refused = supplier.post(f"{path}/versions", {**body, "version": 2}, status=409)
    assert refused["code"] == "already_decided"

    # A financier that is let to see it reads the same label.
    request_and_grant(world, world.bank, trades=[settled["trade"]["id"]])
    assert world.bank.browser.get(path)["typed_in_by"] == "supplier person"
