"""Story 6. The tax office verifies an invoice and the right rises; later it takes the invoice back, and the right falls at
once, says by how much, and the risk officer knows."""

from datetime import timedelta
from decimal import Decimal

import pytest

from abs_platform.core import clock
from abs_platform.documents.tax import services as tax
from abs_platform.integrations.tax.simulator import Simulator
from abs_platform.integrations.tax.status import Status
from tests.flows.test_3_rights import confirm, right_of
from tests.support.papers import Papers, line
from tests.support.tax import ANOTHER, NUMBER, drain_all, tax_office
from tests.support.world import World

__all__ = ["tax_office"]

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="PO-6")


def a_day_later() -> None:
    """The sweep asks about whatever a right depends on."""
    tax.sweep()
    drain_all()


def test_from_a_verified_invoice_to_one_that_was_taken_back(world: World, tax_office: Simulator) -> None:
    supplier, core, officer = world.supplier, world.core, world.officer.browser
    start = clock.now()
    supplier.browser.upload({"o.xml": PAPERS.order(), "r.xml": PAPERS.receipt()})
    drain_all()
    confirm(core, "order")
    confirm(core, "receipt_advice")
    assert right_of(supplier)["missing"][0] == "invoice"

    # A new invoice is not in the tax office's books at once: it lifts nothing until it is.
    tax_office.tell(NUMBER, Status.NOT_VERIFIED)
    supplier.browser.upload({"i.xml": PAPERS.invoice(number=NUMBER)})
    drain_all()
    right = right_of(supplier)
    assert (right["rung"], right["supported"], right["missing"][0]) == (3, "791.00", "invoice_verification")
    tax_office.forget(NUMBER)
    with clock.at(start + timedelta(hours=7)):
        a_day_later()
    right = right_of(supplier)
    assert (right["rung"], right["supported"], right["poolable"]) == (4, "904.00", True)
    [invoice] = supplier.browser.rows("documents", kind="invoice")
    assert invoice["tax_status"] == "verified"
    assert officer.rows("alerts") == []

    # Three of ten are taken back, and nobody uploads the red-letter invoice.
    tax_office.tell(NUMBER, Status.RED_LETTER, red_amount=Decimal("339.00"), red_numbers=("26322000000009990001",))
    with clock.at(start + timedelta(days=2)):
        a_day_later()
    right = right_of(supplier)
    assert (right["base"], right["supported"]) == ("791.00", "632.80")
    assert right["reductions"] == [{"reason": "invoice_red_lettered", "amount": "339.00", "document": NUMBER}]
    [alert] = officer.rows("alerts")
    assert (alert["rule"], alert["severity"], alert["amount"]) == ("invoice_red_lettered", "high", "339.00")
    assert alert["detail"]["red_numbers"] == "26322000000009990001"

    # The red-letter invoice arrives after all: the same money is not taken twice.
    note = PAPERS.credit(line("1", "30", "10.00"), number="26322000000009990001", invoice_number=NUMBER)
    supplier.browser.upload({"c.xml": note})
    drain_all()
    right = right_of(supplier)
    assert (right["base"], [each["reason"] for each in right["reductions"]]) == ("791.00", ["credit_note"])
    shown = core.browser.get(f"documents/{invoice['id']}")
    assert [each["status"] for each in shown["tax"]["history"]] == ["verified", "red_letter"]


def test_an_invoice_voided_after_a_right_rests_on_it_is_critical(world: World, tax_office: Simulator) -> None:
    supplier, core = world.supplier, world.core
    supplier.browser.upload(
        {"o.xml": PAPERS.order(), "r.xml": PAPERS.receipt(), "i.xml": PAPERS.invoice(number=NUMBER)}
    )
    drain_all()
    for kind in ("order", "receipt_advice", "invoice"):
        confirm(core, kind)
    assert right_of(supplier)["supported"] == "904.00"

    tax_office.tell(NUMBER, Status.VOIDED)
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        a_day_later()
        right = right_of(supplier)
        assert (right["base"], right["supported"], right["poolable"]) == ("0.00", "0.00", False)
        assert right["reductions"] == [{"reason": "invoice_voided", "amount": "1130.00", "document": NUMBER}]
        [alert] = world.officer.browser.rows("alerts")
        assert (alert["rule"], alert["severity"]) == ("invoice_voided_after_right", "critical")

        # Issued anew under another number, it is good again.
        supplier.browser.upload({"anew.xml": PAPERS.invoice(number=ANOTHER)})
        drain_all()
        right = right_of(supplier)
        assert (right["rung"], right["base"], right["reductions"]) == (4, "1130.00", [])


def test_a_closed_tax_office_changes_no_right(world: World, tax_office: Simulator) -> None:
    supplier, core = world.supplier, world.core
    supplier.browser.upload(
        {"o.xml": PAPERS.order(), "r.xml": PAPERS.receipt(), "i.xml": PAPERS.invoice(number=NUMBER)}
    )
    drain_all()
    for kind in ("order", "receipt_advice", "invoice"):
        confirm(core, kind)
    before = right_of(supplier)
    tax_office.close()
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        a_day_later()
    assert right_of(supplier) == before
    assert world.officer.browser.rows("alerts") == []
