"""Story 5. A risk officer sees alerts raised by what happened, works them, and never sees a file."""

import pytest

from abs_platform.config.sample import make
from abs_platform.config.sample import trade as sample
from tests.support.published import enrol, published_files
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")


def test_from_what_happened_to_a_closed_alert(world: World) -> None:
    supplier, officer = world.supplier.browser, world.officer.browser
    assert officer.get("home")["next_step"]["code"] == "no_open_alerts"

    files = sample.files()
    supplier.upload(files)
    drain()
    # The same invoice again, exported by another program: other bytes, the same claim.
    supplier.upload({"发票-重新导出.xml": make.in_other_bytes(files["05-invoice.xml"])})
    drain()

    assert officer.get("home")["next_step"]["code"] == "work_alerts"
    alerts = {alert["rule"]: alert for alert in officer.rows("alerts", state="open")}
    assert set(alerts) == {"duplicate_invoice", "invoiced_over_received", "unit_price_differs"}
    twice = alerts["duplicate_invoice"]
    assert (twice["severity"], twice["currency"], twice["subject"]["label"]) == ("high", "CNY", sample.INVOICE_NUMBER)
    assert twice["detail"]["same_bytes"] is False
    assert {party["name"] for party in twice["parties"]} == {sample.SUPPLIER.name, sample.CORE_ENTERPRISE.name}

    # Numbers and alerts, not files.
    officer.get(f"documents/{twice['subject']['id']}", status=404)
    officer.file(twice["subject"]["id"], status=404)
    officer.get(f"trades/{alerts['unit_price_differs']['subject']['id']}", status=404)
    assert officer.rows("documents") == officer.rows("trades") == []

    # It takes the alert in hand and closes it with what it found.
    taken = officer.post(f"alerts/{twice['id']}/acknowledge")
    assert (taken["state"], taken["acknowledged_by"], taken["allowed_actions"]) == (
        "acknowledged",
        "officer person",
        ["close"],
    )
    closed = officer.post(f"alerts/{twice['id']}/close", {"note": "供应商误传，已说明"})
    assert (closed["state"], closed["note"]) == ("closed", "供应商误传，已说明")
    assert officer.post(f"alerts/{twice['id']}/close", {"note": "again"}, status=409)["code"] == "state_conflict"
    assert len(officer.rows("alerts", state="open")) == 2


def test_a_credit_note_that_takes_from_a_right_raises_an_alert(world: World) -> None:
    supplier, core = enrol(world)
    files = published_files()
    credit = files.pop("UBL-CreditNote-2.0-Example.xml")
    supplier.browser.upload(files)
    drain()
    for row in core.browser.rows("confirmations", state="pending"):
        digest = core.browser.get(f"confirmations/{row['id']}")["content_digest"]
        core.browser.post(f"confirmations/{row['id']}/confirm", {"content_digest": digest})
    drain()
    assert "right_reduced_by_credit_note" not in {alert["rule"] for alert in world.officer.browser.rows("alerts")}

    supplier.browser.upload({"credit.xml": credit})
    drain()
    [alert] = world.officer.browser.rows("alerts", rule="right_reduced_by_credit_note")
    assert (alert["amount"], alert["currency"], alert["severity"]) == ("105.75", "GBP", "high")
    assert (alert["detail"]["document"], alert["detail"]["after"]) == ("CN758494", "0.00")
