"""Single rules of the supported amount."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from abs_platform.integrations.formats.model import Line, Totals
from abs_platform.rights.ladder import PaymentConfirmation
from abs_platform.rights.reductions import Reduction
from abs_platform.rights.rules import Assessment, assess
from abs_platform.trade.facts import DocumentFacts

RATES = {1: Decimal("0.30"), 2: Decimal("0.40"), 3: Decimal("0.70"), 4: Decimal("0.80"), 5: Decimal("0.90")}


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
    return assess(documents, RATES, deductions=deductions)


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


def test_reductions_in_turn_each_for_what_it_really_took() -> None:
    credit = document("credit_note", line("1", "10", "90.00", "13.00"), number="C1", state="not_required")
    found = right(
        ORDER,
        RECEIPT,
        INVOICE,
        credit,
        deductions=(Reduction("payment", Decimal(2000), "P1"), Reduction("payment", Decimal(1), "F1")),
    )
    assert found.reductions == (
        Reduction("credit_note", Decimal("103.00"), "C1"),
        Reduction("payment", Decimal("1.00"), "F1"),
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
    assert right(ORDER, RECEIPT, INVOICE, credit).poolable_reasons == ("currency_differs", "nothing_left")


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
        assess([], {1: Decimal(rate)})


DUE = date(2026, 6, 1)


def only(found: Assessment, reason: str) -> list[tuple[Decimal, str]]:
    return [(each.amount, each.document) for each in found.reductions if each.reason == reason]


def test_an_open_invoice_makes_no_value() -> None:
    """The supplier's own price on goods whose receipt was confirmed."""
    receipt = document("receipt_advice", line("1", "10"))
    invoice = document("invoice", line("1", "10", "50000000.00", "6500000.00"), state="pending", due=DUE)
    found = right(receipt, invoice)
    assert (found.rung, found.base, found.supported, found.lines[0].value) == (4, 0, 0, None)
    assert found.missing == ("payment_confirmation", "price_confirmation")
    assert found.poolable_reasons == ("amount_not_fixed",)
    assert right(receipt, replace(invoice, confirmation="confirmed")).base == Decimal("56500000.00")


def test_an_open_invoice_makes_no_tax_either_and_may_lower_both() -> None:
    untaxed = document("order", line("1", "100", "1000.00"))
    receipt = document("receipt_advice", line("1", "100"))
    dearer = document("invoice", line("1", "100", "2000.00", "260.00"), state="pending")
    found = right(untaxed, receipt, dearer)
    assert (found.value, found.tax) == (Decimal("1000.00"), 0)
    taxed = document("order", line("1", "100", "1000.00", "130.00"))
    cheaper = document("invoice", line("1", "100", "900.00", "100.00"), state="pending")
    assert (right(taxed, receipt, cheaper).value, right(taxed, receipt, cheaper).tax) == (Decimal(900), Decimal(100))
    mixed = document("invoice", line("1", "1", "9.00", "1.00"), number="I2")
    assert right(receipt, dearer, mixed).value == Decimal("900.00")


def test_an_open_order_does_not_turn_the_currency_of_a_confirmed_one() -> None:
    yen = document("order", line("1", "10", "1000000"), number="B", currency="JPY")
    yuan = document("order", number="A", state="pending")
    receipt = document("receipt_advice", line("1", "10"), currency=None)
    assert (right(yuan, yen, receipt).currency, right(yuan, yen, receipt).poolable) == ("JPY", False)
    unstated = replace(yen, currency=None)
    invoice = document("invoice", line("1", "10", "1000000.00"), state="pending", due=DUE)
    assert right(unstated, receipt, invoice).supported == 0


def test_accepted_beyond_the_order_counts_as_far_as_ordered() -> None:
    goods = document("order", line("1", "10", "1000.00"))
    receipts = [document("receipt_advice", line("1", "10"), number=number) for number in ("RK-1", "rk-1", "RK-2")]
    invoice = document("invoice", line("1", "30", "3000.00"), due=DUE)
    assert right(goods, *receipts).base == Decimal("1000.00")
    assert right(goods, *receipts, invoice).base == Decimal("1000.00")
    assert right(replace(goods, confirmation="disputed"), *receipts, invoice).base == Decimal("1000.00")
    assert right(*receipts, invoice).base == Decimal("3000.00")


@pytest.mark.parametrize("kind", ["order", "receipt_advice", "invoice"])
def test_what_is_taken_back_raises_nothing(kind: str) -> None:
    goods = [
        document("order", line("1", "10", "100.00")),
        document("receipt_advice", line("1", "10")),
        document("invoice", line("1", "10", "100.00"), due=DUE),
    ]
    back = line("1", "-9", "-1.00", rejected=Decimal(-900))
    with_return = [replace(each, lines=(*each.lines, back)) if each.kind == kind else each for each in goods]
    apart = document(kind, back, number="back", due=DUE)
    assert right(*with_return).base <= right(*goods).base
    assert right(*goods, apart).base <= right(*goods).base


def test_lines_that_nearly_cancel_value_nothing_beyond_reason() -> None:
    tiny = Decimal("1e-13")
    most = Decimal(999_999_999_999_999)
    receipt = document("receipt_advice", line("1", "1"))
    lines = (line("1", "1", str(most)), replace(line("1", "1", "0"), quantity=tiny - 1))
    for finest in (lines, (replace(line("1", "1"), quantity=tiny, price=most, price_base_quantity=tiny),)):
        found = right(receipt, document("invoice", *finest, due=DUE))
        assert (found.base <= most, found.poolable and found.base > most) == (True, False)
    dear = right(receipt, document("invoice", replace(line("1", "1"), quantity=tiny, amount=most), due=DUE))
    assert (dear.supported, dear.lines[0].value, dear.missing) == (0, None, ("payment_confirmation",))
    assert dear.poolable_reasons == ("amount_not_fixed",)


def test_prepaid_is_taken_off_on_rung_4() -> None:
    paid = replace(INVOICE, totals=Totals(tax_inclusive=Decimal(1379), prepaid=Decimal(379), payable=Decimal(1000)))
    found = right(ORDER, RECEIPT, paid)
    assert found.reductions == (Reduction("prepaid", Decimal("379.00"), "invoice"),)
    assert found.base == Decimal("727.50")


@pytest.mark.parametrize(
    "totals",
    [
        Totals(tax_inclusive=Decimal(1000)),
        Totals(payable=Decimal(900), prepaid=Decimal(100)),
        Totals(tax_inclusive=Decimal(5000), payable=Decimal(1000)),
        Totals(tax_exclusive=Decimal(900), tax=Decimal(100), lines=Decimal(5000)),
        Totals(lines=Decimal(1000)),
    ],
)
def test_no_receivable_above_the_invoices(totals: Totals) -> None:
    found = right(ORDER, RECEIPT, replace(INVOICE, totals=totals))
    assert only(found, "above_invoice_total") == [(Decimal("106.50"), "invoice")]
    unstated = replace(INVOICE, lines=tuple(replace(each, amount=None, tax=None) for each in INVOICE.lines))
    assert right(ORDER, RECEIPT, unstated).reductions == ()
    both = right(
        ORDER, RECEIPT, replace(INVOICE, totals=totals), replace(INVOICE, id="i2", number="i2", totals=Totals())
    )
    assert only(both, "above_invoice_total") == []


def test_reductions_come_in_turn() -> None:
    billed = replace(INVOICE, totals=Totals(payable=Decimal(900), prepaid=Decimal(100)))
    credit = document("credit_note", line("1", "10", "90.00"), number="C1", state="not_required")
    found = right(ORDER, RECEIPT, billed, credit, deductions=(Reduction("a payment", Decimal(1), "P1"),))
    assert [each.reason for each in found.reductions] == ["above_invoice_total", "prepaid", "credit_note", "a payment"]
    assert found.base == Decimal("809.00")


def test_a_confirmed_payment_above_the_invoices_supports_no_more_than_they_say() -> None:
    documents = (ORDER, RECEIPT, INVOICE)
    confirmation = PaymentConfirmation(Decimal(5000), "CNY", DUE)
    found = assess(documents, RATES, confirmation)
    assert found.reductions == (Reduction("above_invoice_total", Decimal("3621.00"), "invoice"),)
    assert (found.rung, found.base) == (5, Decimal("1379.00"))
    assert assess(documents[:2], RATES, confirmation).base == Decimal("5000.00")


def test_a_credit_note_in_another_currency_takes_all_until_it_is_mended() -> None:
    credit = document("credit_note", line("1", "1", "0.01"), number="C1", currency="USD", state="not_required")
    found = right(ORDER, RECEIPT, INVOICE, credit)
    assert found.reductions == (Reduction("credit_note_other_currency", Decimal("1106.50"), "C1"),)
    assert (found.base, found.supported) == (0, 0)
    confirmation = PaymentConfirmation(Decimal(500), "CNY", DUE, frozenset({"C1"}))
    documents = (ORDER, RECEIPT, INVOICE, credit)
    assert assess(documents, RATES, confirmation).base == Decimal("500.00")


def test_a_quantity_without_the_order_s_unit_does_not_count() -> None:
    tonnes = document("order", line("1", "10", "30000.00", unit="TNE"))
    unstated = document("receipt_advice", line("1", "10"))
    assert right(tonnes, unstated).rung == 1
    assert right(tonnes, document("receipt_advice", line("1", "10", unit="tne"))).base == Decimal("30000.00")
    bare = document("order", line("1", "10", "30000.00"))
    assert right(bare, unstated).base == Decimal("30000.00")
    assert right(bare, document("receipt_advice", line("1", "10", unit="TNE"))).rung == 1
    receipt = document("receipt_advice", line("1", "10", unit="TNE"))
    bill = document("invoice", line("1", "10", "30000.00"))
    assert (right(tonnes, receipt, bill).rung, right(receipt, bill).supported) == (3, 0)


def test_what_supports_nothing_is_not_poolable() -> None:
    documents = (ORDER, RECEIPT, INVOICE)
    free = assess(documents, {4: Decimal(0)})
    assert (free.base > 0, free.supported, free.poolable, free.poolable_reasons) == (True, 0, False, ("nothing_left",))
    cent = [document("order", line("1", "1", "0.01"), due=DUE), document("receipt_advice", line("1", "1"))]
    found = assess(cent, {3: Decimal("0.40")})
    assert (found.base, found.supported, found.poolable) == (Decimal("0.01"), 0, False)


def test_an_open_document_whose_own_sums_fail_fixes_no_amount() -> None:
    open_invoice = replace(INVOICE, confirmation="pending")
    assert right(ORDER, RECEIPT, open_invoice).poolable
    assert right(ORDER, RECEIPT, replace(open_invoice, is_sound=False)).poolable_reasons == ("amount_not_fixed",)
    assert right(ORDER, RECEIPT, replace(INVOICE, is_sound=False)).poolable
    cheaper = replace(ORDER, confirmation="pending", lines=(line("1", "100", "1.00"), line("2", "10", "500.00")))
    assert right(cheaper, RECEIPT, INVOICE).poolable
    assert right(replace(cheaper, is_sound=False), RECEIPT, INVOICE).poolable_reasons == ("amount_not_fixed",)
