"""Story 3. Rights are computed as facts arrive, along the ladder; each step says what is missing and why it is less."""

from datetime import timedelta

import pytest
from lxml import etree

from abs_platform.config.sample import trade as sample
from abs_platform.core import clock
from abs_platform.integrations.formats.fields import NAMESPACES, UBL
from tests.support.callers import Body
from tests.support.papers import Papers
from tests.support.published import enrol, published_files
from tests.support.world import Member, World, drain

pytestmark = pytest.mark.usefixtures("db")


def confirm(core: Member, kind: str) -> None:
    """The core enterprise confirms the pending document of a kind."""
    [row] = [row for row in core.browser.rows("confirmations", state="pending") if row["document"]["kind"] == kind]
    digest = core.browser.get(f"confirmations/{row['id']}")["content_digest"]
    core.browser.post(f"confirmations/{row['id']}/confirm", {"content_digest": digest})
    drain()


def arrive(supplier: Member, name: str, files: dict[str, bytes]) -> Body:
    supplier.browser.upload({name: files[name]})
    drain()
    return right_of(supplier)


def right_of(supplier: Member) -> Body:
    [right] = supplier.browser.rows("rights")
    return right


def test_the_sample_trade_climbs_the_ladder(world: World) -> None:
    supplier, core, files = world.supplier, world.core, sample.files()
    start = clock.now()

    right = arrive(supplier, "01-order.xml", files)
    assert (right["rung"], right["supported"], right["missing"]) == (0, "0.00", ["order_confirmation"])
    assert right["financeable_since"] is None

    confirm(core, "order")
    right = right_of(supplier)  # 30 % of 160,347.00: pre-financing only
    assert (right["rung"], right["rate"], right["base"], right["supported"]) == (1, "0.3", "160347.00", "48104.10")
    assert (right["poolable"], right["poolable_reasons"]) == (False, ["not_performed"])
    assert right["missing"] == ["despatch"]
    since = right["financeable_since"]

    right = arrive(supplier, "03-despatch-advice.xml", files)
    assert (right["rung"], right["rate"], right["supported"]) == (2, "0.4", "64138.80")
    assert right["missing"] == ["receipt"]

    right = arrive(supplier, "04-receipt-advice.xml", files)
    assert (right["rung"], right["missing"]) == (2, ["receipt_confirmation"]), "nobody has confirmed it yet"
    confirm(core, "receipt_advice")
    right = right_of(supplier)  # 业务确权: 8 of line 3 never arrived
    assert (right["rung"], right["rate"], right["base"], right["supported"]) == (3, "0.7", "159153.72", "111407.60")
    assert "invoice" in right["missing"]
    assert right["lines"][2]["quantity"] == "392"

    right = arrive(supplier, "05-invoice.xml", files)
    # The lower of order and invoice price: line 2 counts at 86.50, not at 88.50.
    assert (right["rung"], right["rate"], right["base"], right["supported"]) == (4, "0.8", "159153.72", "127322.98")
    assert (right["poolable"], right["poolable_reasons"], right["due_date"]) == (True, [], "2026-12-28")
    assert right["missing"] == ["payment_confirmation"]
    assert right["financeable_since"] == since, "from the first moment on"

    with clock.at(start + timedelta(days=52, hours=1)):
        core.browser.post(
            f"trades/{right['trade']}/payment-confirmations",
            {
                "content_digest": core.browser.get(f"trades/{right['trade']}")["payment_sheet"]["content_digest"],
                "amount": "159153.72",
                "due_date": "2026-12-28",
                "account": "6200000000000418018",
            },
            status=201,
        )
        drain()
    right = right_of(supplier)
    assert (right["rung"], right["rate"], right["supported"], right["missing"]) == (5, "0.9", "143238.35", [])
    assert right["days_earlier"] == 52


def test_the_published_trade_ends_with_nothing_to_finance(world: World) -> None:
    """OASIS's own example: ordered 100, received 90, invoiced 100 at another price, credited in full."""
    supplier, core = enrol(world)
    files = published_files()
    supplier.browser.upload(files)
    drain(seal=True)
    for kind in ("order", "receipt_advice", "invoice"):
        confirm(core, kind)
    [row] = supplier.browser.rows("trades")
    trade = supplier.browser.get(f"trades/{row['id']}")
    assert trade["order_number"] == "AEG012345"
    assert [(m["rule"], m["document"], m["line"], m["expected"], m["found"]) for m in trade["mismatches"]] == [
        ("invoiced_over_received", "A00095678", "A", "90", "100"),
        ("unit_price_differs", "A00095678", "A", "100.00", "1.00"),
    ]
    assert trade["open_quantities"] == [{"document": "AEG012345", "line": "1", "quantity": "10", "unit": "KGM"}]
    assert {(remark["rule"], remark["document"]) for remark in trade["remarks"]} >= {
        ("line_arithmetic", "AEG012345"),
        ("tax_basis_before_allowance", "A00095678"),
    }
    right = trade["right"]
    assert (right["rung"], right["base"], right["supported"], right["currency"]) == (4, "0.00", "0.00", "GBP")
    assert (right["poolable"], right["poolable_reasons"]) == (False, ["nothing_left"])
    assert right["reductions"] == [{"reason": "credit_note", "amount": "105.75", "document": "CN758494"}]
    assert right["missing"] == ["payment_confirmation"]
    kinds = [each["kind"] for each in supplier.browser.rows("documents")]
    assert sorted(kinds) == sorted(
        [
            "order",
            "order_response",
            "despatch_advice",
            "receipt_advice",
            "invoice",
            "credit_note",
            "remittance_advice",
            "statement",
        ]
    )


def test_before_its_credit_note_the_published_trade_supports_what_was_accepted(world: World) -> None:
    supplier, core = enrol(world)
    files = published_files()
    files.pop("UBL-CreditNote-2.0-Example.xml")
    files.pop("UBL-RemittanceAdvice-2.0-Example.xml")  # what is paid supports nothing
    supplier.browser.upload(files)
    drain()
    for kind in ("order", "receipt_advice", "invoice"):
        confirm(core, kind)
    right = right_of(supplier)
    assert (right["rung"], right["base"], right["supported"], right["poolable"]) == (4, "105.75", "84.60", True)


def overtaking(order: bytes, name: str) -> bytes:
    """The document that changes or cancels an order, made of the order itself."""
    cbc = NAMESPACES["cbc"]
    old = etree.fromstring(order)
    new = etree.Element(f"{{{UBL}{name}-2}}{name}", nsmap={None: f"{UBL}{name}-2", **NAMESPACES})
    for child in old:
        if name == "OrderChange" or etree.QName(child).localname != "OrderLine":
            new.append(child)
    number = new.find(f"{{{cbc}}}ID")
    assert number is not None
    reference = etree.SubElement(new, f"{{{NAMESPACES['cac']}}}OrderReference")
    etree.SubElement(reference, f"{{{cbc}}}ID").text = number.text
    number.text = "X-1"
    return etree.tostring(new)


@pytest.mark.parametrize(("name", "rule"), [("OrderChange", "order_changed"), ("OrderCancellation", "order_cancelled")])
def test_an_order_that_its_buyer_takes_back_supports_nothing_more(name: str, rule: str, world: World) -> None:
    papers = Papers(number="PO-77")
    world.supplier.submit({"order.xml": papers.order(), "despatch.xml": papers.despatch()})
    confirm(world.core, "order")
    assert right_of(world.supplier)["rung"] == 2
    world.supplier.submit({"later.xml": overtaking(papers.order(), name)})
    right = right_of(world.supplier)
    assert (right["rung"], right["supported"]) == (0, "0.00")
    assert rule in {row["rule"] for row in world.officer.browser.rows("alerts")}
