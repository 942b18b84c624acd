"""Comparing documents line by line: joining, quantities, prices, units, currencies."""

import time
from dataclasses import replace
from decimal import Decimal

import pytest

from abs_platform.integrations.formats.model import Line, Totals
from abs_platform.trade.facts import DocumentFacts
from abs_platform.trade.rules import Comparison, OpenQuantity, compare


def line(number: int | str, quantity: object = None, **fields: object) -> Line:
    values = {name: Decimal(str(value)) if isinstance(value, int | float) else value for name, value in fields.items()}
    return Line(id=str(number), quantity=None if quantity is None else Decimal(str(quantity)), **values)  # type: ignore[arg-type]


def document(
    kind: str, *lines: Line, number: str = "", state: str = "confirmed", currency: str = "CNY"
) -> DocumentFacts:
    name = number or {"order": "O1"}.get(kind, kind)
    return DocumentFacts(name, kind, name, None, currency, None, state, lines, Totals())


def order(*lines: Line, **options: object) -> DocumentFacts:
    return document("order", *lines, **options)  # type: ignore[arg-type]


def found(comparison: Comparison) -> list[tuple[str, str, str, str, str]]:
    return [(each.rule, each.document, each.line, each.expected, each.found) for each in comparison.mismatches]


def invoiced(comparison: Comparison) -> list[Decimal | None]:
    return [row.invoiced for row in comparison.lines]


def test_lines_join_by_order_line_before_all_else() -> None:
    comparison = compare(
        [
            order(line(1, 10, item_name="bolt"), line(2, 20, item_name="nut")),
            document("invoice", line("a", 5, order_line_id="2", item_name="bolt", buyer_item_id="x")),
        ]
    )
    assert invoiced(comparison) == [None, Decimal(5)]


def test_an_order_line_of_another_order_is_no_reference() -> None:
    comparison = compare(
        [
            order(line(1, 10, item_name="bolt")),
            document("invoice", line("a", 5, order_line_id="1", order_number="O2", item_name="nut")),
        ]
    )
    assert invoiced(comparison) == [None, Decimal(5)]


@pytest.mark.parametrize("scheme", ["buyer_item_id", "seller_item_id", "standard_item_id"])
def test_lines_join_by_any_item_identifier(scheme: str) -> None:
    comparison = compare(
        [
            order(line(1, 10, item_name="bolt", **{scheme: "B 1"}), line(2, 20, item_name="nut", **{scheme: "N1"})),
            document("invoice", line("a", 5, item_name="something else", **{scheme: "b1"})),
        ]
    )
    assert invoiced(comparison) == [Decimal(5), None]


def test_equal_names_do_not_join_different_items() -> None:
    comparison = compare(
        [
            order(line(1, 10, item_name="bolt", seller_item_id="M8")),
            document("invoice", line("a", 5, item_name="Bolt", seller_item_id="M10")),
        ]
    )
    assert invoiced(comparison) == [None, Decimal(5)]
    assert found(comparison) == [("item_not_ordered", "invoice", "a", "", "Bolt")]


def test_lines_join_by_name_in_any_case_and_spacing() -> None:
    comparison = compare(
        [order(line(1, 10, item_name="Hex  Bolt")), document("invoice", line("a", 5, item_name="hex bolt"))]
    )
    assert invoiced(comparison) == [Decimal(5)]


def test_lines_join_through_despatch_receipt_and_invoice_lines() -> None:
    comparison = compare(
        [
            order(line(1, 10), line(2, 20)),
            document("despatch_advice", line("d", 20, order_line_id="2"), number="D1"),
            document("receipt_advice", line("r", 20, despatch_number="D1", despatch_line_id="d"), number="R1"),
            document("invoice", line("i", 20, receipt_number="R1", receipt_line_id="r"), number="I1"),
            document("credit_note", line("c", 3, invoice_number="I1", invoice_line_id="i"), number="C1"),
        ]
    )
    row = comparison.lines[1]
    assert (row.despatched, row.received, row.invoiced, row.credited) == (20, 20, 20, 3)
    assert len(comparison.lines) == 2


def test_the_same_item_twice_goes_to_both_lines() -> None:
    comparison = compare(
        [
            order(line(1, 10, item_name="bolt"), line(2, 20, item_name="bolt")),
            document("invoice", line("a", 20, item_name="bolt"), line("b", 10, item_name="bolt")),
        ]
    )
    assert invoiced(comparison) == [Decimal(10), Decimal(20)]
    assert found(comparison) == []


def test_lines_that_name_nothing_join_by_quantity_or_price_only_when_one_fits() -> None:
    orders = order(line(1, 10, item_name="bolt", price=3), line(2, 20, item_name="nut", price=4))
    assert invoiced(compare([orders, document("invoice", line("a", 20))])) == [None, Decimal(20)]
    assert invoiced(compare([orders, document("invoice", line("a", 7, price=3))])) == [Decimal(7), None]
    assert invoiced(compare([orders, document("invoice", line("a", 7))])) == [None, None, Decimal(7)]
    assert invoiced(compare([order(line(1, 10, item_name="bolt")), document("invoice", line("a", 7))])) == [Decimal(7)]


def test_without_an_order_lines_find_each_other() -> None:
    comparison = compare(
        [
            document(
                "receipt_advice", line("r", 4, order_number="O1", order_line_id="1"), line("s", 6, item_name="nut")
            ),
            document("invoice", line("i", 5, order_number="O1", order_line_id="1"), line("j", 6, item_name="NUT")),
        ]
    )
    assert [(row.order_line, row.accepted, row.invoiced) for row in comparison.lines] == [(None, 4, 5), (None, 6, 6)]
    assert found(comparison) == [("invoiced_over_received", "invoice", "i", "4", "5")]
    assert comparison.open_quantities == ()


def test_many_documents_add_up_and_the_one_that_crosses_is_named() -> None:
    comparison = compare(
        [
            order(line(1, 100)),
            document("receipt_advice", line(1, 30, order_line_id="1"), number="R1"),
            document("receipt_advice", line(1, 40, order_line_id="1", rejected=10), number="R2"),
            document("invoice", line(1, 35, order_line_id="1"), number="I1"),
            document("invoice", line(1, 30, order_line_id="1"), number="I2"),
            document("invoice", line(1, 5, order_line_id="1"), number="I3"),
        ]
    )
    (row,) = comparison.lines
    assert (row.received, row.rejected, row.accepted, row.invoiced) == (70, 10, 60, 70)
    assert found(comparison) == [("invoiced_over_received", "I2", "1", "60", "70")]
    assert comparison.open_quantities == (OpenQuantity("O1", "1", Decimal(40), ""),)


def test_what_was_never_received_may_not_be_invoiced_once_receipts_come_in() -> None:
    orders = order(line(1, 10), line(2, 10))
    bill = document("invoice", line("a", 10, order_line_id="2"))
    assert found(compare([orders, bill])) == []
    comparison = compare([orders, bill, document("receipt_advice", line("r", 10, order_line_id="1"))])
    assert found(comparison) == [("invoiced_over_received", "invoice", "a", "0", "10")]


def test_more_despatched_received_or_invoiced_than_there_was() -> None:
    orders = order(line(1, 10))
    assert found(compare([orders, document("despatch_advice", line(1, 11, order_line_id="1"))])) == [
        ("despatched_over_ordered", "despatch_advice", "1", "10", "11")
    ]
    assert found(compare([orders, document("invoice", line(1, "10.5", order_line_id="1"))])) == [
        ("invoiced_over_ordered", "invoice", "1", "10", "10.5")
    ]
    received = [
        orders,
        document("despatch_advice", line(1, 8, order_line_id="1")),
        document("receipt_advice", line(1, 9, order_line_id="1")),
    ]
    assert found(compare(received)) == [("received_over_despatched", "receipt_advice", "1", "8", "9")]


@pytest.mark.parametrize(
    ("ordered", "invoiced_", "expected"),
    [
        ({"price": 10}, {"price": 10}, None),
        ({"price": 10}, {"price": 1000, "price_base_quantity": 100}, None),
        ({"price": 100, "price_base_quantity": 3}, {"price": 200, "price_base_quantity": 6}, None),
        ({"price": "10"}, {"price": "10.000"}, None),
        ({"price": 10}, {"price": 10.5}, ("10.00", "10.50")),
        ({"price": 10}, {"price": 10.001}, ("10.00", "10.001")),
        ({"price": 10}, {"price": 10, "price_base_quantity": 3}, ("10.00", "3.3333333333")),
        ({"price": 10}, {"amount": 99}, None),
        ({"price": 10, "unit": "KGM"}, {"price": 20, "unit": "LTR"}, "unit"),
        ({"price": 10, "unit": "KGM"}, {"price": 20, "unit": "LBR"}, ("10.00", "44.092452437")),
        ({"price": 10, "unit": "TNE"}, {"price": "0.01", "unit": "KGM"}, None),
    ],
)
def test_unit_prices(ordered: dict[str, object], invoiced_: dict[str, object], expected: object) -> None:
    ordered = {name: Decimal(value) if name == "price" else value for name, value in ordered.items()}  # type: ignore[arg-type]
    invoiced_ = {name: Decimal(str(value)) if name == "price" else value for name, value in invoiced_.items()}
    mismatches = found(
        compare([order(line(1, 5, **ordered)), document("invoice", line("a", 5, order_line_id="1", **invoiced_))])
    )
    if expected == "unit":
        assert mismatches == [("unit_differs", "invoice", "a", "KGM", "LTR")]
    elif expected:
        assert isinstance(expected, tuple)
        assert mismatches == [("unit_price_differs", "invoice", "a", *expected)]
    else:
        assert mismatches == []


def test_quantities_in_other_units_are_not_added() -> None:
    comparison = compare(
        [
            order(line(1, 10, unit="BX")),
            document("receipt_advice", line("r", 120, unit="EA", order_line_id="1")),
            document("invoice", line("a", 130, unit="ea", order_line_id="1")),
        ]
    )
    (row,) = comparison.lines
    assert (row.unit, row.received, row.invoiced) == ("BX", None, None)
    assert found(comparison) == [
        ("invoiced_over_received", "invoice", "a", "120", "130"),
        ("unit_differs", "receipt_advice", "r", "BX", "EA"),
        ("unit_differs", "invoice", "a", "BX", "ea"),
    ]


def test_another_currency_than_the_order_s() -> None:
    comparison = compare(
        [order(line(1, 10, price=3)), document("invoice", line("a", 10, order_line_id="1", price=4), currency="USD")]
    )
    assert found(comparison) == [("currency_differs", "invoice", "", "CNY", "USD")]


def test_disputed_documents_do_not_count() -> None:
    orders = order(line(1, 10, price=3))
    disputed = compare([orders, document("invoice", line("a", 99, order_line_id="1", price=4), state="disputed")])
    assert invoiced(disputed) == [None]
    assert found(disputed) == [("unit_price_differs", "invoice", "a", "3.00", "4.00")]
    no_order = compare([order(line(1, 10), state="disputed"), document("invoice", line("a", 99, order_line_id="1"))])
    assert (no_order.lines[0].ordered, found(no_order), no_order.open_quantities) == (None, [], ())


def test_of_two_versions_of_an_order_the_confirmed_one_is_the_spine() -> None:
    first = DocumentFacts("a", "order", "O1", None, "CNY", None, "pending", (line(1, 10),), Totals())
    second = DocumentFacts("b", "order", "O1", None, "CNY", None, "confirmed", (line(1, 12),), Totals())
    for documents in ([first, second], [second, first]):
        assert [row.ordered for row in compare(documents).lines] == [Decimal(12)]


def test_open_quantities_run_down_as_goods_move() -> None:
    orders = order(line(1, 10, unit="C62"), line(2, 5))
    despatch = document("despatch_advice", line("d", 10, order_line_id="1"))
    receipt = document("receipt_advice", line("r", 10, order_line_id="1", rejected=1))

    def open_(*documents: DocumentFacts) -> list[tuple[str, Decimal]]:
        return [(each.line, each.quantity) for each in compare(documents).open_quantities]

    assert open_(orders) == [("1", 10), ("2", 5)]
    assert open_(orders, despatch) == [("2", 5)]
    assert open_(orders, despatch, receipt) == [("1", 1), ("2", 5)]


def test_nothing_to_compare() -> None:
    assert compare([]) == Comparison((), (), ())


def test_very_many_equal_lines_join_one_to_one_in_time() -> None:
    """The most lines that a document may have, all alike: a hostile upload must not hold a worker."""
    many = 2_000
    alike = [line(number, 10, item_name="bolt", price=3) for number in range(many)]
    half = [replace(each, order_line_id=each.id) if position % 2 else each for position, each in enumerate(alike)]
    started = time.monotonic()
    comparison = compare([order(*alike), document("receipt_advice", *alike), document("invoice", *half)])
    assert time.monotonic() - started < 20
    assert len(comparison.lines) == many
    assert {(row.accepted, row.invoiced) for row in comparison.lines} == {(Decimal(10), Decimal(10))}
    assert found(comparison) == []


def test_more_accepted_than_ordered_names_the_receipt_that_crosses() -> None:
    receipts = [
        document("receipt_advice", line(1, 10, order_line_id="1", rejected=2), number=number)
        for number in ("RK-1", "rk-1", "RK-2")
    ]
    assert found(compare([order(line(1, 18)), *receipts])) == [("received_over_ordered", "rk-1", "1", "18", "24")]
    assert found(compare([order(line(1, 24)), *receipts])) == []
    assert found(compare([order(line(1, 18), state="disputed"), *receipts])) == []


NAMED = [
    # order's line, the other's, what differs
    ({"seller_item_id": "M8"}, {"seller_item_id": "M10"}, ("M8", "M10")),
    ({"seller_item_id": "M8", "buyer_item_id": "7"}, {"seller_item_id": "m 8", "buyer_item_id": "9"}, None),
    ({"seller_item_id": "M8"}, {"buyer_item_id": "9"}, None),
    ({"item_name": "bolt", "seller_item_id": "M8"}, {"item_name": "gold", "buyer_item_id": "9"}, ("bolt", "gold")),
    ({"item_name": "bolt"}, {"item_name": "gold bars"}, ("bolt", "gold bars")),
    ({"item_name": "hex bolt M8"}, {"item_name": "Bolts, hexagonal"}, None),
    ({"item_name": "六角螺栓"}, {"item_name": "螺栓 M8"}, None),
    ({"item_name": "六角螺栓"}, {"item_name": "黄金"}, ("六角螺栓", "黄金")),
    ({"item_name": "bolt"}, {}, None),
]


@pytest.mark.parametrize(("ordered", "other", "expected"), NAMED)
def test_a_reference_to_a_line_of_another_item(
    ordered: dict[str, object], other: dict[str, object], expected: tuple[str, str] | None
) -> None:
    bill = document("invoice", line("a", 5, order_line_id="1", **other))
    mismatches = found(compare([order(line(1, 10, **ordered)), bill]))
    assert mismatches == ([("item_differs", "invoice", "a", *expected)] if expected else [])


def test_a_unit_that_only_one_side_states() -> None:
    tonnes = order(line(1, 10, unit="TNE"))
    receipt = document("receipt_advice", line("r", 10_000, order_line_id="1"))
    assert ("unit_missing", "receipt_advice", "r", "TNE", "") in found(compare([tonnes, receipt]))
    stated = document("receipt_advice", line("r", 10, unit="TNE", order_line_id="1"))
    assert found(compare([order(line(1, 10)), stated])) == [("unit_missing", "O1", "1", "TNE", "")]
    assert found(compare([order(line(1, 10)), document("receipt_advice", line("r", 10, order_line_id="1"))])) == []
