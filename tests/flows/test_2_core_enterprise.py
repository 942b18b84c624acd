"""Story 2. The core enterprise finds its queue, sees the lines side by side, confirms and disputes."""

import json

import pytest

from abs_platform.config.sample import trade as sample
from abs_platform.crypto import sm2
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")


def test_from_the_queue_to_signed_decisions(world: World) -> None:
    supplier, core = world.supplier.browser, world.core.browser
    assert core.get("home")["next_step"]["code"] == "all_confirmed"
    supplier.upload(sample.files())
    drain()

    home = core.get("home")
    assert home["next_step"] == {
        "code": "confirm_documents",
        "params": {"count": 3},
        "link": "/confirmations?state=pending",
    }
    queue = {row["document"]["kind"]: row for row in core.rows("confirmations", state="pending")}
    assert set(queue) == {"order", "receipt_advice", "invoice"}, "nobody confirms what only the platform signs"
    assert queue["invoice"]["mismatches"] == 2
    assert queue["order"]["supplier"]["id"] == world.supplier.id

    # Order, receipt and invoice side by side, the differences marked.
    sheet = core.get(f"confirmations/{queue['invoice']['id']}")
    lines = {line["order_line"]: line for line in sheet["trade"]["lines"]}
    assert (lines["3"]["ordered"], lines["3"]["accepted"], lines["3"]["invoiced"]) == ("400", "392", "400")
    assert lines["3"]["differences"] == ["invoiced_over_received"]
    assert (lines["2"]["order_price"], lines["2"]["invoice_price"]) == ("86.5", "88.5")
    assert lines["2"]["differences"] == ["unit_price_differs"]
    assert lines["1"]["differences"] == []
    assert {each["rule"] for each in sheet["differences"]} == {"invoiced_over_received", "unit_price_differs"}
    assert sheet["allowed_actions"] == ["confirm", "confirm_part", "dispute"]

    # It confirms order and receipt, and disputes the invoice with a reason.
    for kind in ("order", "receipt_advice"):
        digest = core.get(f"confirmations/{queue[kind]['id']}")["content_digest"]
        done = core.post(f"confirmations/{queue[kind]['id']}/confirm", {"content_digest": digest})
        assert done["state"] == "confirmed"
    reason = "角接触球轴承单价应为86.50元，圆锥滚子轴承实收392套"
    path = f"confirmations/{queue['invoice']['id']}/dispute"
    disputed = core.post(path, {"content_digest": sheet["content_digest"], "reason": reason})
    [signature] = disputed["signatures"]
    assert (signature["decision"], signature["reason"]) == ("dispute", reason)
    assert json.loads(signature["statement"])["content"] == sheet["statement"], "exactly what was shown"
    assert sm2.verify(
        bytes.fromhex(signature["public_key"]), signature["statement"].encode(), bytes.fromhex(signature["signature"])
    )
    assert core.rows("confirmations", state="pending") == []

    # The supplier sees who said what, and why.
    drain()
    trade = supplier.get(f"trades/{sheet['trade']['id']}")
    said = [
        (event["kind"], event["params"]["document_kind"])
        for event in trade["timeline"]
        if "organisation" in event["params"]
    ]
    assert said == [("confirmed", "order"), ("confirmed", "receipt_advice"), ("disputed", "invoice")]
    assert trade["timeline"][-1]["params"]["reason"] == reason
    assert trade["right"]["rung"] == 3 and "disputed" in trade["right"]["poolable_reasons"]
