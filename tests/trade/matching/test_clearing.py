"""What payments and credit notes clear of invoices, whichever trade they are filed in, and what is told of more than is billed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abs_platform.core import clock
from abs_platform.core.errors import Conflict
from abs_platform.documents.rules import FIGURE_LIMIT
from abs_platform.documents.tax.models import TaxStatus
from abs_platform.integrations.formats.model import Extracted, Line, Totals, from_json
from abs_platform.rights.models import Right
from abs_platform.risk.models import Alert
from abs_platform.trade import encumbering, withdrawing
from abs_platform.trade import services as trades
from abs_platform.trade.matching.invoices import invoices_of
from abs_platform.trade.models import Cleared, Clearing, Tolerance, Trade, TradeDocument
from tests.support.database import rolled_back
from tests.support.filing import correct, file
from tests.support.financing import performed
from tests.support.matches import derived, stored
from tests.support.world import World, drain
from tests.trade.matching.second_opinion_on_clearing import assert_cleared_as_said

pytestmark = pytest.mark.usefixtures("db")

DAY = date(2026, 3, 1)


def paper(kind: str, number: str, order: str | None, amount: str, *, day: int = 1, **said: object) -> Extracted:
    """A document of a trade, over an amount with tax."""
    return replace(
        Extracted(
            kind=kind,
            number=number,
            issue_date=DAY.replace(day=day),
            currency="CNY",
            order_number=order,
            totals=Totals(payable=Decimal(amount)),
        ),
        **said,
    )


def advice(number: str, *paid: tuple[str, str], order: str | None = None, day: int = 9) -> Extracted:
    """A remittance advice: of each invoice that it names, how much."""
    lines = tuple(
        Line(id=str(position), invoice_number=invoice, amount=Decimal(amount))
        for position, (invoice, amount) in enumerate(paid, start=1)
    )
    total = sum((line.amount or Decimal(0) for line in lines), Decimal(0))
    return paper("remittance_advice", number, order, str(total), day=day, lines=lines)


FIRST = paper("invoice", "I-1", "PO-1", "1000")
SECOND = paper("invoice", "I-2", "PO-2", "500")


def submit(world: World, *papers: Extracted) -> None:
    for said in papers:
        file(said, owner=world.supplier.organisation, buyer=world.core.organisation)
    assert stored() == derived()
    assert_cleared_as_said()


def pieces() -> list[tuple[str, str, int, int]]:
    """By invoice: what clears it, from where to where."""
    rows = Clearing.objects.select_related("invoice", "item__document").order_by("invoice__number", "starts")
    return [(each.invoice.number, each.item.document.number, int(each.starts), int(each.ends)) for each in rows]


def told() -> list[tuple[str, str, object, object, object]]:
    """By alert: its rule, on which trade it stands, which document it names, what there was room for and what it says."""
    alerts = Alert.objects.filter(rule__in=["paid_over_invoiced", "credited_over_invoiced"]).order_by("id")
    return [
        (each.rule, each.subject_label, *(each.detail[key] for key in ("document", "expected", "found")))
        for each in alerts
    ]


def test_one_payment_clears_invoices_of_several_orders_whatever_comes_first(world: World) -> None:
    papers = [FIRST, SECOND, advice("RA-1", ("I-1", "600"), ("i-2", "500")), advice("RA-2", ("I-1", "400"), day=10)]
    for order in permutations(papers):
        with rolled_back():
            submit(world, *order)
            assert pieces() == [("I-1", "RA-1", 0, 600), ("I-1", "RA-2", 600, 1000), ("I-2", "RA-1", 0, 500)]
            assert told() == []


def test_a_payment_of_what_was_paid_is_told_on_the_trade_of_its_invoice(world: World) -> None:
    submit(world, FIRST, SECOND, advice("RA-1", ("I-2", "400")), advice("RA-2", ("I-1", "10"), ("I-2", "300"), day=10))
    assert pieces() == [("I-1", "RA-2", 0, 10), ("I-2", "RA-1", 0, 400), ("I-2", "RA-2", 400, 500)]
    assert told() == [("paid_over_invoiced", "PO-2", "RA-2", "100.00", "300.00")]


def test_what_was_credited_is_not_paid_as_well(world: World) -> None:
    credit = paper("credit_note", "C-1", "PO-1", "-400", day=2, invoice_numbers=("I-1",))
    submit(world, FIRST, credit, advice("RA-1", ("I-1", "1000")))
    assert pieces() == [("I-1", "C-1", 0, 400), ("I-1", "RA-1", 400, 1000)]
    assert told() == [("paid_over_invoiced", "PO-1", "RA-1", "600.00", "1000.00")]


def test_a_credit_note_over_several_invoices_clears_of_each_what_its_lines_say(world: World) -> None:
    lines = (
        Line(id="1", invoice_number="I-1", amount=Decimal(-100), tax=Decimal(-13)),
        Line(id="2", invoice_number="I-2", amount=Decimal(-500), tax=Decimal(-65)),
    )
    submit(world, FIRST, SECOND, paper("credit_note", "C-1", "PO-1", "-678", lines=lines))
    assert pieces() == [("I-1", "C-1", 0, 113), ("I-2", "C-1", 0, 500)]
    assert told() == [("credited_over_invoiced", "PO-2", "C-1", "500.00", "565.00")]


def test_a_payment_that_names_no_invoice_clears_what_is_due_first(world: World) -> None:
    later = replace(FIRST, due_date=DAY.replace(day=30))
    sooner = paper("invoice", "I-3", "PO-1", "300", day=2, due_date=DAY.replace(day=20))
    named = advice("RA-1", ("I-3", "100"))
    submit(world, later, sooner, named, paper("remittance_advice", "RA-2", "PO-1", "900", day=3))
    assert pieces() == [("I-1", "RA-2", 0, 700), ("I-3", "RA-1", 0, 100), ("I-3", "RA-2", 100, 300)]
    submit(world, paper("remittance_advice", "RA-3", "PO-1", "350", day=4))
    assert told() == [("paid_over_invoiced", "PO-1", "RA-3", "300.00", "350.00")]


def test_a_tolerance_on_amounts_lets_a_little_more_be_paid(world: World) -> None:
    Tolerance.objects.create(
        seller=world.supplier.organisation, buyer=world.core.organisation, quantity=0, price=0, amount=Decimal("0.01"), effective_from=DAY
    )  # fmt: skip
    submit(world, FIRST, advice("RA-1", ("I-1", "1010")))
    assert told() == []
    submit(world, advice("RA-2", ("I-1", "1"), day=10))
    assert told() == [("paid_over_invoiced", "PO-1", "RA-2", "0.00", "1.00")]


def test_nothing_is_paid_to_an_invoice_of_another_buyer_or_currency(world: World) -> None:
    file(FIRST, owner=world.supplier.organisation, buyer=world.project.organisation)
    submit(world, replace(SECOND, currency="USD"), advice("RA-1", ("I-1", "10"), ("I-2", "10"), order="PO-2"))
    assert not Cleared.objects.exists()


def filed(number: str) -> TradeDocument:
    return TradeDocument.objects.select_related("document").get(number=number)


def test_a_payment_that_is_withdrawn_or_corrected_frees_what_it_cleared_in_other_trades(world: World) -> None:
    submit(world, FIRST, SECOND, advice("RA-1", ("I-1", "600"), ("I-2", "500")), advice("RA-2", ("I-2", "100"), day=10))
    assert told() == [("paid_over_invoiced", "PO-2", "RA-2", "0.00", "100.00")]
    correct(filed("RA-1").document, advice("RA-1", ("I-1", "600")))
    submit(world)
    assert pieces() == [("I-1", "RA-1", 0, 600), ("I-2", "RA-2", 0, 100)]
    correct(filed("RA-1").document, advice("RA-1", ("I-2", "450")))
    submit(world)
    assert pieces() == [("I-2", "RA-1", 0, 450), ("I-2", "RA-2", 450, 500)]
    withdrawing.withdraw(actor=world.supplier.actor, document_ids=[filed("RA-1").document_id])
    submit(world)
    assert pieces() == [("I-2", "RA-2", 0, 100)]


def test_nobody_lends_where_a_payment_counts_while_it_is_withdrawn(world: World) -> None:
    submit(world, FIRST, SECOND, advice("RA-1", ("I-1", "600"), ("I-2", "500"), order="PO-1"))
    with CaptureQueriesContext(connection) as asked:
        withdrawing.withdraw(actor=world.supplier.actor, document_ids=[filed("RA-1").document_id])
    asked_of_trades = [each["sql"] for each in asked if 'FROM "trade_trade"' in (each["sql"] or "")]
    locks = [query for query in asked_of_trades if "FOR NO KEY UPDATE" in query]
    assert all(trade.id.hex in locks[0] for trade in Trade.objects.all())


def test_of_invoices_with_one_number_a_payment_means_its_own_trades(world: World) -> None:
    twin = paper("invoice", "I-1", "PO-2", "800")
    submit(world, FIRST, advice("RA-1", ("I-1", "700"), order="PO-2"))
    assert pieces() == [("I-1", "RA-1", 0, 700)]
    submit(world, twin)
    assert Clearing.objects.get().invoice.total == 800
    withdrawing.withdraw(actor=world.supplier.actor, document_ids=[TradeDocument.objects.get(total=800).document_id])
    submit(world)
    assert Clearing.objects.get().invoice.total == 1000


def test_a_payment_of_more_digits_than_python_reckons_with_is_noted_to_the_last(world: World) -> None:
    submit(world, paper("invoice", "I-1", "PO-1", "1234567890123456.12"))
    submit(world, advice("RA-1", ("I-1", "1234567890123456.12")))
    assert Clearing.objects.get().ends == Decimal("1234567890123456.12")


def test_invoices_are_shown_as_they_were_read_though_more_are_filed_and_paid_meanwhile(world: World) -> None:
    submit(world, FIRST, advice("RA-1", ("I-1", "1100")))
    trade = Trade.objects.get()
    read = list(TradeDocument.objects.filter(trade=trade))
    submit(world, paper("invoice", "I-3", "PO-1", "300"), advice("RA-2", ("I-3", "400"), day=10))
    found, beyond = invoices_of(trade.id, read, [])
    assert [(each.filed.number, each.paid) for each in found] == [("I-1", 1000)]
    assert [(each.invoice, each.amount) for each in beyond] == [("I-1", 100)]


def test_nothing_is_left_under_trades_that_go(world: World) -> None:
    submit(world, FIRST, advice("RA-1", ("I-1", "700"), order="PO-2"))
    withdrawing.withdraw(actor=world.supplier.actor, document_ids=[filed("RA-1").document_id])
    submit(world)
    assert (Trade.objects.count(), Cleared.objects.count(), Clearing.objects.count()) == (1, 0, 0)


amounts = st.sampled_from(["50", "100", "100.5", "300", "-20", "0"])
numbers = st.sampled_from(["I-1", "i-1", "I-2", "I-3"])
orders = st.sampled_from(["PO-1", "PO-2", None])
days = st.integers(1, 4)


@st.composite
def papers(draw: st.DrawFn) -> Extracted:
    """Invoices of two orders, often of one number, and what pays and credits them."""
    kind = draw(st.sampled_from(["invoice", "invoice", "credit_note", "remittance_advice", "remittance_advice"]))
    order, day, due = draw(orders), draw(days), DAY.replace(day=draw(days) + 20)
    if kind == "invoice":
        said = paper(kind, draw(numbers), order, draw(amounts), day=day, due_date=due)
        return replace(said, totals=Totals()) if draw(st.integers(0, 5)) == 5 else said
    if kind == "credit_note":
        return paper(kind, draw(numbers), order, draw(amounts), day=day, invoice_numbers=(draw(numbers),))
    number = draw(st.sampled_from(["RA-1", "RA-2"]))
    if draw(st.booleans()):
        return paper(kind, number, order or "PO-1", draw(amounts), day=day)
    return advice(number, *draw(st.lists(st.tuples(numbers, amounts), max_size=3)), order=order, day=day)


happenings = st.lists(
    st.tuples(st.sampled_from(["file", "file", "file", "void", "correct", "withdraw"]), papers(), st.integers(0, 9)),
    min_size=4,
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=happenings)
def test_whatever_arrives_changes_or_goes_what_events_cleared_is_what_the_papers_say(
    world: World, events: list[tuple[str, Extracted, int]]
) -> None:
    with rolled_back():
        for event in events:
            happen(world, *event)
        assert stored() == derived()
        assert_cleared_as_said()


def happen(world: World, what: str, said: Extracted, which: int) -> None:
    filed = list(TradeDocument.objects.order_by("filed_at", "document_id").select_related("document"))
    if what == "file" or not filed:
        file(said, owner=world.supplier.organisation, buyer=world.core.organisation)
        return
    chosen = filed[which % len(filed)].document
    if what == "correct":
        correct(chosen, replace(said, kind=chosen.kind))
    elif what == "withdraw":
        withdrawing.withdraw(actor=world.supplier.actor, document_ids=[chosen.id])
    else:
        # For good, whatever else is said of it.
        said_of_it = {"status": "voided", "checked_at": clock.now(), "to_follow": True}
        TaxStatus.objects.update_or_create(document=chosen, defaults=said_of_it)
        trades.follow_tax_statuses(owner_id=world.supplier.organisation.id)


def test_a_payment_reduces_the_right_of_each_trade_whose_invoices_it_names(world: World) -> None:
    rights = [performed(world, number) for number in ("A-1", "A-2")]
    before = [right.base for right in rights]
    invoices = [TradeDocument.objects.get(kind="invoice", trade=right.trade_id).number for right in rights]
    submit(world, advice("RA-1", (invoices[0], "200"), (invoices[1], "300")))
    drain()
    assert [_base(right) for right in rights] == [before[0] - 200, before[1] - 300]
    assert [_payments(world, right) for right in rights] == [[("200.00", ["500.00"])], [("300.00", [])]]
    encumbering.mark(rights[1].trade_id, encumbered=True)
    with pytest.raises(Conflict) as refused:
        withdrawing.withdraw(actor=world.supplier.actor, document_ids=[filed("RA-1").document_id])
    assert refused.value.params["dependents"] == {"right_encumbered": 1}
    encumbering.mark(rights[1].trade_id, encumbered=False)
    withdrawing.withdraw(actor=world.supplier.actor, document_ids=[filed("RA-1").document_id])
    drain()
    assert [_base(right) for right in rights] == before


def test_a_payment_of_an_order_whose_invoice_is_not_filed_yet_reduces_the_right(world: World) -> None:
    right = performed(world, "A-1")
    before = right.base
    submit(world, paper("remittance_advice", "RA-1", "A-1", "200", invoice_numbers=("I-9",)))
    drain()
    assert _base(right) == before - 200
    submit(world, paper("invoice", "I-9", "PO-9", "300"))
    drain()
    assert _base(right) == before
    withdrawing.withdraw(actor=world.supplier.actor, document_ids=[filed("I-9").document_id])
    submit(world)
    drain()
    assert _base(right) == before - 200


def test_a_payment_whose_invoice_is_not_there_any_more_still_reduces_the_right(world: World) -> None:
    right = performed(world, "A-1", confirmed=("order", "receipt_advice"))
    before, invoice = right.base, TradeDocument.objects.get(kind="invoice", trade=right.trade_id).document
    submit(world, advice("RA-1", (invoice.number, "200")))
    drain()
    assert _base(right) == before - 200
    said = from_json(invoice.content or {})
    for other in (replace(said, number="OTHER"), replace(said, currency="USD"), said):
        correct(invoice, other)
        submit(world)
        drain()
        assert _base(right) == before - 200
    withdrawing.withdraw(actor=world.supplier.actor, document_ids=[invoice.id])
    submit(world)
    drain()
    assert _base(right) == before - 200


def test_what_a_payment_says_of_no_invoice_is_paid_in_its_own_trade(world: World) -> None:
    said = advice("RA-1", ("I-2", "10"), order="PO-1")
    rest = Line(id="2", amount=Decimal(990))
    submit(world, FIRST, SECOND, replace(said, lines=(*said.lines, rest)))
    assert pieces() == [("I-1", "RA-1", 0, 990), ("I-2", "RA-1", 0, 10)]


@pytest.mark.parametrize("sign", [1, -1])
def test_lines_that_add_up_to_more_than_any_of_them_may_be_are_filed(world: World, sign: int) -> None:
    most = sign * (FIGURE_LIMIT - 1)
    lines = tuple(Line(id=str(each), invoice_number="I-1", amount=most, tax=most) for each in range(20))
    credit = paper("credit_note", "C-1", "PO-1", "1", lines=lines, invoice_numbers=("I-2",))
    submit(world, FIRST, replace(advice("RA-1", ("I-1", "1")), lines=lines), credit)


def _base(right: Right) -> Decimal:
    base: Decimal = Right.objects.get(id=right.id).base
    return base


def _payments(world: World, right: Right) -> list[tuple[str, list[str]]]:
    """What was paid on a right, with the amounts of the documents in its trade that say so."""
    body = world.supplier.browser.get(f"/api/v1/rights/{right.id}/figures")
    found = [each for each in body["reductions"] if each["reason"] == "payment"]
    return [(each["amount"], [source["amount"] for source in each["sources"]]) for each in found]
