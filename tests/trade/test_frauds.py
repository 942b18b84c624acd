"""Limits that a supplier would like its documents to pass under: sums that say less than the lines do."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from abs_platform.config.sample import make
from abs_platform.core import clock, jobs
from abs_platform.integrations.formats.model import Extracted, Line, Totals
from abs_platform.rights.models import Right
from abs_platform.trade.desk.worth import worth_of
from abs_platform.trade.models import TradeDocument
from tests.support.papers import Papers, line
from tests.support.signing_desk import colleague, limits
from tests.support.world import READING, World

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="PO-3", lines=(line("1", "100", "1000.00"),))  # 113,000.00 with tax


def understated(order: bytes) -> bytes:
    """The same, with 1.00 to pay."""
    return re.sub(rb"(<cbc:PayableAmount[^>]*>)[^<]*", rb"\g<1>1.00", order)


def test_an_order_that_says_one_yuan_takes_two_people_for_what_its_lines_say(world: World) -> None:
    checker = colleague(world, "checker")
    limits(world, checker, one=1000, typed=1000)
    world.supplier.submit({"order.xml": understated(PAPERS.order())})
    [row] = world.core.browser.rows("confirmations")
    assert (row["amount"], row["needs"]["amount"], row["needs"]["people"]) == ("1.00", "113000.00", 2)
    assert row["allowed_actions"] == ["propose", "dispute"]
    said = {"id": row["id"], "content_digest": row["content_digest"]}
    body = {"content_digest": row["content_digest"], "amount": "1.00"}
    alone = world.core.browser.post(f"confirmations/{row['id']}/confirm", body, status=409)
    assert alone["code"] == "more_people_needed"
    body = {"documents": [said], "amount": "1.00"}
    typed = world.core.browser.post("confirmations/proposals", body, status=422)
    assert (typed["code"], typed["params"]["amount"]) == ("amount_typed_differs", "113000.00")
    made = world.core.browser.post("confirmations/proposals", {**body, "amount": "113000.00"}, status=201)
    checker.browser.post(f"confirmations/proposals/{made['id']}/check", {"amount": "113000.00"})
    assert TradeDocument.objects.get().confirmation == "confirmed"
    # Its receipt states no amount, and makes worth what was ordered.
    world.supplier.submit({"receipt.xml": PAPERS.receipt()})
    [row] = world.core.browser.rows("confirmations", state="pending")
    assert (row["needs"]["amount"], row["needs"]["people"]) == ("113000.00", 2)


def test_no_rule_confirms_above_its_amount_what_says_less(world: World) -> None:
    checker = colleague(world, "checker")
    world.supplier.submit({"known.xml": Papers(number="PO-1").order()})  # a supplier that sold something is known
    body = {
        "seller": world.supplier.id, "kinds": ["order"], "currency": "CNY", "amount_up_to": "2000", "daily_up_to": "5000",
    }  # fmt: skip
    desk = world.core.browser.post("confirmations/desk/rules", body, status=201)
    checker.browser.post(f"confirmations/desk/changes/{desk['changes'][-1]['id']}/approve")
    world.supplier.submit({"order.xml": understated(PAPERS.order())})
    jobs.drain(kinds=(*READING, "trade.confirm_automatically"))
    assert not TradeDocument.objects.filter(confirmation="confirmed", number="PO-3").exists()
    assert Right.objects.get(trade__order_number="PO-3").supported == 0


def test_no_rule_confirms_what_one_person_s_tolerance_lets_differ(world: World) -> None:
    """Two people let a rule confirm what differs in nothing; one of them alone, or a program, says what a difference is."""
    checker = colleague(world, "checker")
    [ordered] = world.supplier.submit({"order.xml": Papers(number="PO-3").order()})
    world.core.decide(ordered)
    body = {
        "seller": world.supplier.id, "kinds": ["invoice"], "currency": "CNY", "amount_up_to": "5000", "daily_up_to": "5000",
    }  # fmt: skip
    desk = world.core.browser.post("confirmations/desk/rules", body, status=201)
    checker.browser.post(f"confirmations/desk/changes/{desk['changes'][-1]['id']}/approve")
    terms = {
        "seller": world.supplier.id,
        "quantity": "0.9",
        "price": "0.9",
        "effective_from": clock.today().isoformat(),
    }
    world.core.program.post("tolerances", terms, status=201)
    dearer = make.invoice_xml(
        seller=PAPERS.seller, buyer=PAPERS.buyer, number="I-3", issue_date=clock.today(), order_number="PO-3",
        lines=(line("1", "150", "15.00"),), due_date=clock.today() + timedelta(days=60), currency="CNY",
    )  # fmt: skip
    world.supplier.submit({"invoice.xml": dearer})
    jobs.drain(kinds=(*READING, "trade.confirm_automatically"))
    assert TradeDocument.objects.get(kind="invoice").confirmation == "pending"


def order(*lines: Line, **totals: Decimal) -> Extracted:
    return Extracted(kind="order", number="1", currency="CNY", totals=Totals(**totals), lines=lines)


def item(amount: str | None, tax: str | None = None, **more: Decimal) -> Line:
    return Line(id="1", amount=amount and Decimal(amount), tax=tax and Decimal(tax), **more)  # type: ignore[arg-type]


D = Decimal
RECEIPT = Extracted(kind="receipt_advice", number="1", currency="CNY", totals=Totals(payable=D(1)))
ORDERED = order(item("1000", "130"), payable=D(1))


@pytest.mark.parametrize(
    ("said", "orders", "ordered", "worth"),
    [
        (order(item("100", "13"), payable=D(113)), [], None, 113),
        (order(item("100", "13.01"), payable=D(113)), [], None, 113),  # rounding is no difference
        (order(item("100", "13"), payable=D(1)), [], None, 113),
        (order(item("100", "13"), payable=D(-1)), [], None, 113),
        (order(item("100"), item("-100"), payable=D(0)), [], None, 100),  # what takes back lowers no right
        (order(item(None, price=D(5), quantity=D(20)), payable=D(1)), [], None, 100),
        (order(payable=D(-113)), [], None, 113),
        (order(), [], None, None),
        (order(item("1e16"), payable=D(1)), [], None, None),  # above every limit
        (RECEIPT, [ORDERED], D(1), 1130),
        (RECEIPT, [], D(500), 500),
        (RECEIPT, [], None, 1),
    ],
)
def test_a_document_is_worth_its_lines(
    said: Extracted, orders: list[Extracted], ordered: Decimal | None, worth: int | None
) -> None:
    assert worth_of(said, orders, ordered=ordered) == worth
