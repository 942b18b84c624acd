"""What is remarked of a document: sums that do not hold, and what is missing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from abs_platform.integrations.formats.model import Extracted, Level, Line, Party, Totals
from abs_platform.integrations.formats.remarks import remarks_of

INVOICE = Extracted(
    kind="invoice",
    number="1",
    issue_date=date(2026, 1, 1),
    currency="CNY",
    seller=Party("S"),
    buyer=Party("B"),
    lines=(Line("1", quantity=Decimal(3), price=Decimal("33.333"), amount=Decimal("100.00")),),
    totals=Totals(
        lines=Decimal("100.00"),
        tax_exclusive=Decimal("100.00"),
        tax=Decimal("13.00"),
        tax_basis=Decimal("100.00"),
        tax_inclusive=Decimal("113.00"),
        payable=Decimal("113.00"),
    ),
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"lines": Decimal("100.05"), "tax_exclusive": Decimal("100.05")}, []),
        ({"lines": Decimal("100.06"), "tax_exclusive": Decimal("100.06")}, ["lines_total", "tax_inclusive_arithmetic"]),
        ({"tax_exclusive": Decimal("90.00")}, ["total_arithmetic", "tax_inclusive_arithmetic"]),
        ({"tax_inclusive": Decimal("115.00")}, ["tax_inclusive_arithmetic", "payable_arithmetic"]),
        ({"payable": Decimal("100.00")}, ["payable_arithmetic"]),
        ({"prepaid": Decimal("13.00"), "payable": Decimal("100.00")}, []),
        ({"rounding": Decimal("-0.40"), "payable": Decimal("112.60")}, []),
        (
            {
                "allowances": Decimal("10.00"),
                "tax_exclusive": Decimal("90.00"),
                "tax_inclusive": Decimal("103.00"),
                "payable": Decimal("103.00"),
            },
            ["tax_basis_before_allowance"],
        ),
    ],
)
def test_sums_that_do_not_hold(changes: dict[str, Decimal], expected: list[str]) -> None:
    invoice = replace(INVOICE, totals=replace(INVOICE.totals, **changes))
    assert [remark.rule for remark in remarks_of(invoice)] == expected


@pytest.mark.parametrize(("amount", "holds"), [("100.00", True), ("100.01", True), ("99.99", True), ("100.02", False)])
def test_a_line_may_be_off_by_one_cent(amount: str, holds: bool) -> None:
    invoice = replace(INVOICE, lines=(replace(INVOICE.lines[0], amount=Decimal(amount)),))
    assert ("line_arithmetic" not in [remark.rule for remark in remarks_of(invoice)]) is holds


@pytest.mark.parametrize(
    ("changes", "currency", "rule"),
    [
        ({"amount": "-100.00"}, "EUR", "line_reckoned_otherwise"),  # a return, its quantity unsigned
        ({"amount": "100.00", "allowances": "7.00"}, "EUR", "line_reckoned_otherwise"),  # within the price already
        ({"base": "33.33", "price": "33.33", "amount": "99.99"}, "EUR", "line_reckoned_otherwise"),
        ({"quantity": "20", "price": "2.77", "amount": "55.46"}, "EUR", "line_reckoned_otherwise"),  # 2.773 rounded
        ({"quantity": "20", "price": "2.77", "amount": "55.51"}, "EUR", "line_arithmetic"),
        ({"quantity": "20", "price": "2.773", "amount": "55.36"}, "EUR", "line_arithmetic"),  # stated more finely
        ({"quantity": "100000", "price": "0.01", "amount": "1400.00"}, "EUR", "line_arithmetic"),
        ({"quantity": "2", "price": "160", "amount": "160.00"}, "EUR", "line_arithmetic"),
        ({"amount": "100.40"}, "HUF", None),
        ({"amount": "100.40"}, "EUR", "line_arithmetic"),
    ],
)
def test_a_line_that_was_reckoned_another_way(changes: dict[str, str], currency: str, rule: str | None) -> None:
    figures = {name: Decimal(value) for name, value in changes.items()}
    base = figures.pop("base", Decimal(1))
    line = replace(INVOICE.lines[0], price_base_quantity=base, **figures)
    document = replace(INVOICE, currency=currency, lines=(line,), totals=Totals())
    found = {remark.rule: (remark.level, remark.field) for remark in remarks_of(document)}
    level = Level.ATTENTION if rule == "line_arithmetic" else Level.NOTICE
    assert found == ({rule: (level, "lines.0.amount")} if rule else {})


def test_remarks_say_which_field_and_how_grave() -> None:
    bare = Extracted(
        "invoice",
        "1",
        lines=(replace(INVOICE.lines[0], amount=Decimal(7)),),
        totals=Totals(payable=Decimal(1), tax_inclusive=Decimal(2)),
    )
    assert {remark.field for remark in remarks_of(bare)} == {
        "issue_date",
        "seller",
        "buyer",
        "currency",
        "totals.payable",
        "lines.0.amount",
    }
    assert {remark.level for remark in remarks_of(bare)} == {Level.ATTENTION}
    waybill = replace(bare, kind="waybill", totals=Totals(), lines=())
    assert [remark.field for remark in remarks_of(waybill)] == ["issue_date"]


def test_an_order_may_announce_its_amount_before_tax() -> None:
    order = replace(INVOICE, kind="order", totals=replace(INVOICE.totals, payable=Decimal("100.00")))
    assert remarks_of(order) == ()


def test_an_invoice_that_gives_back_says_so_and_is_sound() -> None:
    totals = {name: -value for name, value in (("tax_inclusive", Decimal(113)), ("payable", Decimal(113)))}
    invoice = replace(INVOICE, totals=Totals(**totals), lines=())
    assert [remark.level for remark in remarks_of(invoice) if remark.rule == "total_negative"] == [Level.NOTICE]
    assert "total_negative" not in {remark.rule for remark in remarks_of(replace(invoice, kind="credit_note"))}


@pytest.mark.parametrize(
    ("buyer", "is_same"),
    [
        (Party("Other", "9132 0594-X"), False),
        (Party("Other", "91320594x"), True),
        (Party("S", "91320594Y"), False),
        (None, False),
    ],
)
def test_nobody_sells_to_itself(buyer: Party | None, is_same: bool) -> None:
    invoice = replace(INVOICE, seller=Party("S", "9132 0594 X"), buyer=buyer)
    assert ("parties_same" in {remark.rule for remark in remarks_of(invoice)}) is is_same


def test_lines_of_a_bill_have_amounts() -> None:
    """A right is valued by its lines: what they do not say is not made up by the total."""
    bill = replace(INVOICE, lines=(*INVOICE.lines, Line("2", quantity=Decimal(1))))
    found = {remark.rule: remark for remark in remarks_of(bill)}
    assert found["line_amounts_missing"].params == {"found": "2"}
    assert "line_amounts_missing" not in {remark.rule for remark in remarks_of(replace(bill, kind="order"))}
    # ZUGFeRD 1.0 writes words between the lines as a line of their own; an invoice of nothing but words says too little.
    words = Line("3", note="Thank you")
    assert remarks_of(replace(INVOICE, lines=(*INVOICE.lines, words))) == ()
    assert "line_amounts_missing" in {remark.rule for remark in remarks_of(replace(INVOICE, lines=(words,)))}
