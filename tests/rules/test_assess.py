"""Single rules of the supported amount."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from abs_platform.integrations.formats.model import Line, Totals
from abs_platform.rights.rules import Assessment, Reduction, assess
from abs_platform.trade.facts import DocumentFacts
from abs_platform.trade.rules import compare

RATES = {1: Decimal("0.30"), 2: Decimal("0.40"), 3: Decimal("0.70"), 4: Decimal("0.80"), 5: Decimal("0.90")}
TODAY = date(2026, 3, 1)


def document(
    kind: str,
    *lines: Line,
    number: str = "",
    state: str = "confirmed",
    currency: str | None = "CNY",
    due: date | None = None,
) -> DocumentFacts:
    return DocumentFacts(number or kind, kind, number or kind, None, currency, due, state, lines, Totals())


def line(number: str, quantity: str, amount: str | None = None, tax: str | None = None, **fields: object) -> Line:
    return Line(
        id=number,
        item_name=f"item {number}",
        quantity=Decimal(quantity),
        amount=None if amount is None else Decimal(amount),
        tax=None if tax is None else Decimal(tax),
        **fields,  # type: ignore[arg-type]
    )


def right(*documents: DocumentFacts, deductions: tuple[Reduction, ...] = ()) -> Assessment:
    return assess(compare(documents), documents, RATES, today=TODAY, deductions=deductions)


ORDER = document("order", line("1", "100", "1000.00", "130.00"), line("2", "10", "500.00", "65.00"))
RECEIPT = document("receipt_advice", line("1", "80"), line("2", "10", rejected=Decimal(4)))
INVOICE = document(
    "invoice", line("1", "100", "900.00", "140.00"), line("2", "5", "300.00", "39.00"), due=date(2026, 6, 1)
)


def test_each_line_at_the_lower_of_order_and_invoice_and_of_accepted_and_invoiced() -> None:
    found = right(ORDER, RECEIPT, INVOICE)
    assert [(each.quantity, each.unit_value, each.value, each.tax) for each in found.lines] == [
        # 9.00 of the invoice below 10.00 of the order; 1.30 of the order below 1.40 of the invoice
        (Decimal(80), Decimal("9.00"), Decimal("720.00"), Decimal("104.00")),
        # accepted 6, invoiced 5; 50.00 of the order below 60.00; 6.50 below 7.80
        (Decimal(5), Decimal("50.00"), Decimal("250.00"), Decimal("32.50")),
    ]
    assert (found.base, found.supported) == (Decimal("1106.50"), Decimal("885.20"))


def test_a_disputed_invoice_lifts_nothing_and_values_nothing() -> None:
    found = right(ORDER, RECEIPT, replace(INVOICE, confirmation="disputed"))
    assert (found.rung, found.value) == (3, Decimal("1100.00"))


def test_an_invoice_over_other_goods_lifts_nothing() -> None:
    other = document("invoice", line("9", "1", "5.00"), due=date(2026, 6, 1))
    assert right(ORDER, RECEIPT, other).rung == 3


def test_despatched_beyond_the_order_counts_as_far_as_ordered() -> None:
    found = right(ORDER, document("despatch_advice", line("1", "150"), state="not_required"))
    assert (found.rung, found.value) == (2, Decimal("1000.00"))


def test_without_line_amounts_price_and_quantity_value_the_line() -> None:
    order = document("order", line("1", "10", price=Decimal(50), price_base_quantity=Decimal(100)))
    assert right(order).value == Decimal("5.00")


def test_without_any_price_nothing_is_supported_and_the_amount_is_not_fixed() -> None:
    found = right(document("order", line("1", "10")), document("receipt_advice", line("1", "10")))
    assert (found.rung, found.supported, found.lines[0].value) == (3, 0, None)
    assert found.poolable_reasons == ("amount_not_fixed", "due_date_not_fixed")


def test_a_value_that_only_an_open_order_states_is_not_fixed() -> None:
    found = right(replace(ORDER, confirmation="pending", due_date=date(2026, 6, 1)), RECEIPT)
    assert found.poolable_reasons == ("amount_not_fixed", "due_date_not_fixed")


def test_receipt_without_order_takes_the_invoice_s_value() -> None:
    found = right(RECEIPT, INVOICE)
    assert (found.rung, found.value, found.poolable) == (4, Decimal("1020.00"), True)


def test_every_invoice_must_say_when_it_is_due_and_the_last_day_counts() -> None:
    second = replace(INVOICE, id="second", number="second", due_date=date(2026, 5, 1))
    assert right(ORDER, RECEIPT, INVOICE, second).due_date == date(2026, 6, 1)
    unknown = right(ORDER, RECEIPT, INVOICE, replace(second, due_date=None))
    assert (unknown.due_date, unknown.missing) == (None, ("payment_confirmation", "due_date"))


def test_overdue_is_said() -> None:
    assert right(ORDER, RECEIPT, replace(INVOICE, due_date=date(2026, 2, 28))).overdue
    assert not right(ORDER, RECEIPT, replace(INVOICE, due_date=TODAY)).overdue


def test_reductions_in_turn_each_for_what_it_really_took() -> None:
    credit = document("credit_note", line("1", "10", "90.00", "13.00"), number="C1", state="not_required")
    found = right(
        ORDER,
        RECEIPT,
        INVOICE,
        credit,
        deductions=(Reduction("payment", Decimal(2000), "P1"), Reduction("consumed", Decimal(1), "F1")),
    )
    assert found.reductions == (
        Reduction("credit_note", Decimal("103.00"), "C1"),
        Reduction("consumed", Decimal("1.00"), "F1"),
        Reduction("payment", Decimal("1002.50"), "P1"),
    )
    assert (found.base, found.poolable_reasons) == (Decimal("0.00"), ("nothing_left",))


@pytest.mark.parametrize(
    "totals",
    [
        Totals(tax_inclusive=Decimal("113.00"), payable=Decimal("13.00"), prepaid=Decimal("100.00")),
        Totals(payable=Decimal("113.00")),
        Totals(payable=Decimal("13.00"), prepaid=Decimal("100.00")),
        Totals(tax_exclusive=Decimal("100.00"), tax=Decimal("13.00")),
        Totals(lines=Decimal("100.00"), tax=Decimal("13.00")),
        Totals(payable=Decimal("-113.00")),
    ],
)
def test_a_credit_note_takes_its_total_with_tax(totals: Totals) -> None:
    credit = replace(document("credit_note", number="C1", state="not_required"), totals=totals)
    assert right(ORDER, RECEIPT, INVOICE, credit).reductions[0].amount == Decimal("113.00")


def test_a_disputed_credit_note_still_takes() -> None:
    credit = document("credit_note", line("1", "10", "90.00"), number="C1", state="disputed")
    found = right(ORDER, RECEIPT, INVOICE, credit)
    assert (found.reductions[0].amount, found.poolable_reasons) == (Decimal("90.00"), ("disputed",))


def test_documents_in_another_currency_do_not_count_and_are_named() -> None:
    foreign = right(ORDER, RECEIPT, replace(INVOICE, currency="USD"))
    assert (foreign.currency, foreign.rung, foreign.poolable_reasons) == (
        "CNY",
        3,
        ("due_date_not_fixed", "currency_differs"),
    )
    credit = document("credit_note", line("1", "10", "90.00"), currency="USD", state="not_required")
    assert right(ORDER, RECEIPT, INVOICE, credit).poolable_reasons == ("currency_differs",)


@pytest.mark.parametrize(("currency", "supported"), [("CNY", "2.33"), ("JPY", "2"), ("KRW", "2")])
def test_rounding_half_up_to_the_minor_unit(currency: str, supported: str) -> None:
    order = document("order", line("1", "3", "10.00"), currency=currency)
    receipt = document("receipt_advice", line("1", "1"), currency=None)
    found = right(order, receipt)
    assert str(found.supported) == supported
    assert str(right(document("order", line("1", "1", "0.05"))).supported) == "0.02"


def test_a_receipt_that_waits_is_what_is_missing() -> None:
    waiting = replace(RECEIPT, confirmation="pending")
    assert right(ORDER, waiting).missing == ("receipt_confirmation",)
    assert right(waiting).missing == ("order", "receipt_confirmation")
    assert right(replace(ORDER, confirmation="pending"), waiting).missing == (
        "order_confirmation",
        "receipt_confirmation",
    )


def test_figures_beyond_any_trade_support_nothing() -> None:
    huge = document("order", line("1", "0.000001", "100000000000000"))
    receipt = document("receipt_advice", line("1", "999999999999999"))
    found = right(huge, receipt)
    assert (found.base, found.supported, "amount_not_fixed" in found.poolable_reasons) == (0, 0, True)


@pytest.mark.parametrize("rate", ["1.01", "-0.01"])
def test_rates_lie_between_nothing_and_all(rate: str) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        assess(compare([]), [], {1: Decimal(rate)}, today=TODAY)
