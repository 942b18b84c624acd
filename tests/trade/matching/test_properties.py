"""Whatever arrives, in whatever order, late, corrected, disputed or withdrawn: what events stored is what the full form derives,
and the database's sums are those that Python compares.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abs_platform.core.units import unit_code, unit_of
from abs_platform.integrations.formats.model import Extracted, Line, Totals
from abs_platform.trade import selectors, withdrawing
from abs_platform.trade import services as trades
from abs_platform.trade.facts import PRECISION
from abs_platform.trade.matching.clearing import CLEARING
from abs_platform.trade.models import Consumption, LineMatch, MatchLine, Tolerance, Trade, TradeDocument
from tests.support.database import rolled_back
from tests.support.filing import correct, file
from tests.support.matches import derived, stored
from tests.support.world import World
from tests.trade.matching import second_opinion
from tests.trade.matching.second_opinion_on_clearing import assert_cleared_as_said

pytestmark = pytest.mark.usefixtures("db")

ITEMS = ("bolt", "nut", "washer")
FIGURES = ("ordered", "despatched", "received", "rejected", "short", "accepted", "invoiced", "credited")
NUMBERS = {
    "order": "PO",
    "despatch_advice": "D",
    "receipt_advice": "R",
    "invoice": "I",
    "credit_note": "C",
    "remittance_advice": "RA",
}
DAYS = [None, date(2026, 1, 1), date(2026, 1, 2)]

NUT = Line(id="1", item_name="nut", unit="KGM", price=Decimal(3))
NUTS = Extracted(kind="order", number="PO-1", currency="CNY", order_number="PO-1")

quantities = st.decimals(min_value=0, max_value=1_000, places=2)
prices = st.sampled_from([Decimal("2.50"), Decimal("2.50"), Decimal(3), None])


@st.composite
def lines(draw: st.DrawFn, kind: str, number: int) -> Line:
    quantity = draw(quantities)
    price = draw(prices)
    orders = st.sampled_from([None, None, "PO-1", "po-1", "PO-2"]) if kind != "order" else st.none()
    refers = kind != "order" and draw(st.integers(0, 2))
    to = draw(st.sampled_from(["despatch", "receipt", "invoice"])) if refers == 1 else None
    if to and kind == "credit_note":
        to = "invoice"
    named = draw(st.sampled_from(["1", "2", "3"]))
    return Line(
        id=str(number),
        item_name=draw(st.sampled_from([*ITEMS, None])),
        seller_item_id=draw(st.sampled_from([None, None, "B-1", "B-2"])),
        unit=draw(st.sampled_from(["KGM", "KGM", "TNE", "公斤", "C62", None])),
        quantity=draw(st.sampled_from([quantity, quantity, quantity, None])),
        rejected=draw(st.sampled_from([Decimal(0), Decimal(0), Decimal("1.5")])),
        short=draw(st.sampled_from([Decimal(0), Decimal(3)])),
        price=price,
        price_base_quantity=draw(st.sampled_from([Decimal(1), Decimal(100)])),
        amount=draw(st.sampled_from([None, quantity * 2])),
        order_number=draw(orders),
        order_line_id=draw(st.sampled_from(["1", "2", "9"])) if refers == 2 else None,
        despatch_number="D-1" if to == "despatch" else None,
        despatch_line_id=named if to == "despatch" else None,
        receipt_number="R-1" if to == "receipt" else None,
        receipt_line_id=named if to == "receipt" else None,
        invoice_number="I-1" if to == "invoice" else None,
        invoice_line_id=named if to == "invoice" else None,
    )


amounts = st.sampled_from([Decimal(0), Decimal(50), Decimal(100), Decimal("100.5"), Decimal(300), Decimal(-20)])
invoice_numbers = st.sampled_from([None, "I-1", "i-1", "I-2", "I-9"])


@st.composite
def advised(draw: st.DrawFn, number: int) -> Line:
    """A line of a remittance advice."""
    return Line(
        id=str(number), invoice_number=draw(invoice_numbers), amount=draw(st.sampled_from([None, draw(amounts)]))
    )


@st.composite
def papers(draw: st.DrawFn) -> Extracted:
    kind = draw(st.sampled_from(list(NUMBERS)))
    count = draw(st.integers(0, 3))
    return Extracted(
        kind=kind,
        number=f"{NUMBERS[kind]}-{draw(st.integers(1, 2))}",
        issue_date=draw(st.sampled_from(DAYS)),
        currency=draw(st.sampled_from(["CNY", "CNY", "CNY", "USD", None])),
        order_number=draw(st.sampled_from(["PO-1", "PO-1", "PO-2", None])) if kind != "order" else None,
        due_date=draw(st.sampled_from(DAYS)),
        invoice_numbers=tuple(each for each in [draw(invoice_numbers)] if each) if kind in CLEARING else (),
        totals=Totals(payable=draw(st.sampled_from([None, draw(amounts)]))),
        lines=tuple(
            draw(advised(each + 1))
            if kind == "remittance_advice"
            else draw(lines(kind, draw(st.sampled_from([each + 1, each + 1, 1]))))
            for each in range(count)
        ),
    )


happenings = st.lists(
    st.tuples(st.sampled_from(["file", "file", "file", "decide", "correct", "withdraw"]), papers(), st.integers(0, 9)),
    min_size=3,
    max_size=12,
)


def happen(world: World, what: str, said: Extracted, which: int) -> None:
    """One event of a trade's life, if there is what it needs."""
    if what == "file":
        file(said, owner=world.supplier.organisation, buyer=world.core.organisation)
        return
    filed = list(TradeDocument.objects.order_by("filed_at", "document_id").select_related("document", "trade"))
    if not filed:
        return
    chosen = filed[which % len(filed)]
    if what == "correct":
        if chosen.decided_at is not None:  # documents.correcting refuses it
            return
        correct(chosen.document, replace(said, kind=chosen.kind))
    elif what == "withdraw":
        withdrawing.withdraw(actor=world.supplier.actor, document_ids=[chosen.document_id])
    elif chosen.confirmation == "pending":
        TradeDocument.objects.filter(document_id=chosen.document_id).update(
            confirmation="disputed" if which % 3 == 0 else "confirmed", decided_at=chosen.filed_at
        )
        trades.changed(world.core.actor, chosen.trade, "confirmation.confirm", {})


def assert_python_agrees() -> None:
    ids = {
        (str(document_id), position): line_id
        for document_id, position, line_id in MatchLine.objects.values_list("document_id", "position", "line_id")
    }
    rows = LineMatch.objects.in_bulk()
    expected_pieces: list[tuple[object, ...]] = []
    met = set()
    with localcontext() as context:
        context.prec = PRECISION
        for trade_id, facts in selectors.compared_each(Trade.objects.values_list("id", flat=True)).items():
            for line in facts.comparison.lines:
                first = ids[str(line.parts[0].document.id), line.parts[0].position]
                row = rows[first]
                met.add(first)
                assert row.trade_id == trade_id
                unit = unit_of(unit_code(line.unit))
                for name in FIGURES:
                    expected = getattr(line, name)
                    in_base = None if expected is None else round(expected * unit.factor, 10)
                    found = getattr(row, name)
                    assert (None if found is None else round(found, 10)) == in_base, (name, line)
                assert row.status == second_opinion.status(line), line
                again = second_opinion.used_again_by(line)
                assert row.used_again_by == (again and ids[again]), line
                expected_pieces.extend(
                    (ids[of], round(starts * unit.factor, 10), ids[by], round(ends * unit.factor, 10))
                    for of, starts, by, ends, _ in second_opinion.pieces(line)
                )
    assert met == set(rows), "a row is in one comparison and not in the other"
    found_pieces = [
        (each.of_id, round(each.starts, 10), each.by_id, round(each.ends, 10)) for each in Consumption.objects.all()
    ]
    assert sorted(found_pieces) == sorted(expected_pieces)
    assert_cleared_as_said()


@pytest.fixture
def tolerant(world: World) -> World:
    """Between whom a tolerance holds from the second day on."""
    Tolerance.objects.create(
        seller=world.supplier.organisation,
        buyer=world.core.organisation,
        quantity=Decimal("0.05"),
        price=Decimal("0.10"),
        amount=Decimal("0.5"),
        effective_from=DAYS[2],
    )
    return world


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=happenings)
def test_events_store_what_the_full_form_derives(tolerant: World, events: list[tuple[str, Extracted, int]]) -> None:
    with rolled_back():
        for event in events:
            happen(tolerant, *event)
        assert stored() == derived()
        assert_python_agrees()


def test_a_corrected_document_whose_references_lead_elsewhere_leaves_the_others_placed_anew(tolerant: World) -> None:
    """The second credit note's line stood in the row of the first one's, which went into a trade of its own."""
    first, second = (
        replace(NUTS, kind="credit_note", number="C-1", lines=(line,)) for line in (NUT, replace(NUT, id="2"))
    )
    happen(tolerant, "file", first, 0)
    happen(tolerant, "file", replace(NUTS, kind="credit_note", number="C-2", order_number="PO-1"), 0)
    happen(tolerant, "file", second, 0)
    happen(tolerant, "correct", replace(NUTS, number="PO-2", order_number=None), 0)
    assert Trade.objects.count() == 2
    assert stored() == derived()
    assert_python_agrees()


@st.composite
def using(draw: st.DrawFn) -> list[Extracted]:
    """Receipts, invoices and credit notes of one order line, that name each other's lines and often the same ones."""
    found = [replace(NUTS, kind="order", number="PO-1", order_number=None, lines=(replace(NUT, quantity=Decimal(20)),))]
    for kind in draw(st.lists(st.sampled_from(["receipt_advice", "invoice", "invoice", "credit_note"]), max_size=7)):
        named = draw(st.sampled_from([None, "1", "2"]))
        said = replace(
            NUT,
            quantity=draw(st.sampled_from([Decimal(1), Decimal(5), Decimal(8), Decimal("12.5"), Decimal(-3)])),
            order_line_id="1",
            receipt_number=f"R-{named}" if named and kind == "invoice" else None,
            receipt_line_id="1" if named and kind == "invoice" else None,
            invoice_number=f"I-{named}" if named and kind == "credit_note" else None,
            invoice_line_id="1" if named and kind == "credit_note" else None,
        )
        number = f"{NUMBERS[kind]}-{1 + sum(each.kind == kind for each in found)}"
        found.append(replace(NUTS, kind=kind, number=number, issue_date=draw(st.sampled_from(DAYS)), lines=(said,)))
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(papers=using(), disputed=st.integers(0, 20))
def test_what_is_used_is_used_as_the_lines_say(tolerant: World, papers: list[Extracted], disputed: int) -> None:
    with rolled_back():
        for said in papers:
            happen(tolerant, "file", said, 0)
        if disputed < len(papers):
            happen(tolerant, "decide", papers[0], disputed)
        assert stored() == derived()
        assert_python_agrees()


def test_lines_that_a_merge_brings_are_placed_in_the_trade_that_they_come_into(tolerant: World) -> None:
    """The earlier copy of a despatch says which trade the later one belongs to, and which row its line."""

    def despatch(line: Line, **said: object) -> Extracted:
        return replace(Extracted(kind="despatch_advice", number="D-2", currency="CNY", lines=(line,)), **said)

    unnamed = despatch(Line(id="1", unit="KGM", price=Decimal("2.50")))
    named = despatch(
        Line(id="1", item_name="nut", unit="KGM", quantity=Decimal(25), price=Decimal(3)),
        issue_date=DAYS[1],
        order_number="PO-2",
    )
    for said in (Extracted(kind="order", number="PO-2", currency="CNY"), unnamed, named):
        happen(tolerant, "file", said, 0)
    assert stored() == derived()
    assert_python_agrees()
    assert MatchLine.objects.values("placed_with").distinct().count() == 1
