"""The published trade through the rules: exactly what differs, what is open, and what it supports at each stage."""

from datetime import date
from decimal import Decimal

import pytest

from abs_platform.rights.ladder import PaymentConfirmation
from abs_platform.rights.reductions import Reduction
from abs_platform.rights.rules import Assessment, assess
from abs_platform.trade.facts import DocumentFacts
from abs_platform.trade.rules import OpenQuantity, compare
from tests.rules.chain import published_chain, standing_as, without

RATES = {1: Decimal("0.30"), 2: Decimal("0.40"), 3: Decimal("0.70"), 4: Decimal("0.80"), 5: Decimal("0.90")}


def right(documents: list[DocumentFacts], confirmation: PaymentConfirmation | None = None) -> Assessment:
    return assess(documents, RATES, confirmation)


@pytest.mark.parametrize("confirmation", ["pending", "confirmed"])
def test_exactly_two_mismatches_and_one_open_quantity(confirmation: str) -> None:
    comparison = compare(published_chain(confirmation))
    assert [(each.rule, each.document, each.line, each.expected, each.found) for each in comparison.mismatches] == [
        ("invoiced_over_received", "A00095678", "A", "90", "100"),
        ("unit_price_differs", "A00095678", "A", "100.00", "1.00"),
    ]
    assert {each.document_id for each in comparison.mismatches} == {"UBL-Invoice-2.0-Example"}
    assert comparison.open_quantities == (OpenQuantity("AEG012345", "1", Decimal(10), "KGM"),)


def test_one_row_of_all_documents() -> None:
    (row,) = compare(published_chain()).lines
    assert (row.order_number, row.order_line, row.item, row.unit) == ("AEG012345", "1", "beeswax", "KGM")
    assert (
        row.ordered,
        row.despatched,
        row.received,
        row.rejected,
        row.short,
        row.accepted,
        row.invoiced,
        row.credited,
    ) == tuple(map(Decimal, (100, 90, 90, 0, 10, 90, 100, 100)))
    assert (row.order_price, row.invoice_price) == (Decimal("100.00"), Decimal("1.00"))
    assert row.differences == ("invoiced_over_received", "unit_price_differs")


STAGES = [
    # what is missing from the chain, rung, value, tax, base, supported, missing for the next rung
    ((), 4, "90.00", "15.75", "0.00", "0.00", ("payment_confirmation",)),
    (("credit_note",), 4, "90.00", "15.75", "105.75", "84.60", ("payment_confirmation",)),
    (("credit_note", "invoice"), 3, "90.00", "15.75", "105.75", "74.03", ("invoice", "due_date")),
    (("credit_note", "invoice", "receipt_advice"), 2, "90.00", "15.75", "105.75", "42.30", ("receipt",)),
    (
        ("credit_note", "invoice", "receipt_advice", "despatch_advice"),
        1,
        "100.00",
        "17.50",
        "117.50",
        "35.25",
        ("despatch",),
    ),
    (
        ("credit_note", "invoice", "receipt_advice", "despatch_advice", "order"),
        0,
        "0.00",
        "0.00",
        "0.00",
        "0.00",
        ("order",),
    ),
]


@pytest.mark.parametrize(("absent", "rung", "value", "tax", "base", "supported", "missing"), STAGES)
def test_what_each_stage_supports(
    absent: tuple[str, ...], rung: int, value: str, tax: str, base: str, supported: str, missing: tuple[str, ...]
) -> None:
    found = right(without(published_chain(), *absent))
    assert (found.rung, found.value, found.tax, found.base, found.supported) == (
        rung,
        Decimal(value),
        Decimal(tax),
        Decimal(base),
        Decimal(supported),
    )
    assert found.missing == missing


def test_the_full_credit_note_leaves_nothing() -> None:
    found = right(published_chain())
    assert found.reductions == (Reduction("credit_note", Decimal("105.75"), "CN758494"),)
    assert (found.poolable, found.poolable_reasons) == (False, ("nothing_left",))


def test_poolable_before_the_credit_note_and_not_before_the_receipt() -> None:
    chain = without(published_chain(), "credit_note")
    found = right(chain)
    assert (found.poolable, found.poolable_reasons, found.due_date) == (True, (), date(2005, 7, 21))
    assert right(without(chain, "receipt_advice", "invoice")).poolable_reasons == ("not_performed",)
    assert right(without(chain, "invoice")).poolable_reasons == ("due_date_not_fixed",)


@pytest.mark.parametrize(
    ("kind", "state", "rung", "missing", "reasons"),
    [
        ("order", "pending", 4, ("payment_confirmation",), ()),
        ("receipt_advice", "pending", 2, ("receipt_confirmation",), ("not_performed",)),
        ("receipt_advice", "disputed", 2, ("receipt",), ("not_performed", "disputed")),
        ("invoice", "pending", 4, ("payment_confirmation",), ()),
        ("invoice", "disputed", 3, ("invoice", "due_date"), ("due_date_not_fixed", "disputed")),
    ],
)
def test_a_missing_or_denied_confirmation(
    kind: str, state: str, rung: int, missing: tuple[str, ...], reasons: tuple[str, ...]
) -> None:
    found = right(standing_as(without(published_chain(), "credit_note"), kind, state))
    assert (found.rung, found.missing, found.poolable_reasons) == (rung, missing, reasons)


def test_nothing_is_supported_before_the_order_is_confirmed() -> None:
    for kinds in (("invoice", "receipt_advice", "despatch_advice"), ("invoice", "receipt_advice"), ()):
        found = right(without(published_chain("pending"), "credit_note", *kinds))
        assert (found.rung, found.supported) == (0, 0)
        assert found.missing[0] == "order_confirmation"


def test_payment_confirmation_is_the_confirmed_amount() -> None:
    confirmation = PaymentConfirmation(
        Decimal("100.00"), "GBP", date(2005, 8, 1), frozenset({"UBL-CreditNote-2.0-Example"})
    )
    found = right(published_chain(), confirmation)
    assert (found.rung, found.base, found.supported, found.due_date) == (
        5,
        Decimal("100.00"),
        Decimal("90.00"),
        date(2005, 8, 1),
    )
    assert (found.poolable, found.missing) == (True, ())
    unaware = right(published_chain(), PaymentConfirmation(Decimal("100.00"), "GBP", date(2005, 8, 1)))
    assert (unaware.base, unaware.reductions[0].amount) == (Decimal("0.00"), Decimal("100.00"))
    foreign = right(published_chain(), PaymentConfirmation(Decimal("100.00"), "USD", date(2005, 8, 1)))
    assert (foreign.rung, foreign.poolable_reasons) == (4, ("currency_differs", "nothing_left"))
