"""What must hold for every trade."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from abs_platform.integrations.formats.model import Line, Totals
from abs_platform.rights.reductions import Reduction
from abs_platform.rights.rules import Assessment, assess
from abs_platform.trade.facts import DocumentFacts
from abs_platform.trade.rules import compare
from tests.rules.chain import published_chain

RATES = {1: Decimal("0.30"), 2: Decimal("0.40"), 3: Decimal("0.70"), 4: Decimal("0.80"), 5: Decimal("0.90")}
STATES = {
    "order": ["pending", "confirmed", "disputed"],
    "despatch_advice": ["not_required"],
    "receipt_advice": ["pending", "confirmed", "disputed"],
    "invoice": ["pending", "confirmed", "disputed"],
    "credit_note": ["not_required"],
}
ITEMS = ("bolt", "nut", "washer")
CENT = Decimal("0.01")

quantities = st.decimals(min_value=0, max_value=10_000, places=3)
prices = st.decimals(min_value=0, max_value=10_000, places=4)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    quantity, price = draw(quantities), draw(prices)
    amount = (quantity * price).quantize(CENT)
    return Line(
        id=str(draw(st.integers(1, 3))),
        item_name=draw(st.sampled_from(ITEMS)),
        unit=draw(st.sampled_from(["C62", "C62", "C62", "KGM", None])),
        quantity=quantity,
        rejected=draw(st.sampled_from([Decimal(0), Decimal(0), Decimal("1.5")])),
        price=draw(st.sampled_from([price, None])),
        amount=draw(st.sampled_from([amount, amount, None])),
        tax=draw(st.sampled_from([(amount * 13 / 100).quantize(CENT), None])),
        order_line_id=draw(st.sampled_from([None, "1", "2", "9"])),
    )


@st.composite
def documents(draw: st.DrawFn) -> DocumentFacts:
    kind = draw(st.sampled_from(list(STATES)))
    own = draw(st.lists(lines(), max_size=3, unique_by=lambda line: line.id))
    return DocumentFacts(
        id="",
        kind=kind,
        number=draw(st.sampled_from(["N1", "N2"])) if kind != "order" else "O1",
        issue_date=draw(st.sampled_from([None, date(2026, 1, 1), date(2026, 1, 2)])),
        currency=draw(st.sampled_from(["CNY", "CNY", "CNY", "USD", None])),
        due_date=draw(st.sampled_from([None, date(2026, 6, 1)])),
        confirmation=draw(st.sampled_from(STATES[kind])),
        lines=tuple(own),
        totals=Totals(payable=draw(st.sampled_from([None, Decimal("10.00")]))),
        is_sound=draw(st.booleans()),
    )


@st.composite
def trades(draw: st.DrawFn) -> list[DocumentFacts]:
    drawn = draw(st.lists(documents(), max_size=7))
    return [replace(each, id=f"D{position}") for position, each in enumerate(drawn)]


@st.composite
def one_line_trades(draw: st.DrawFn) -> tuple[list[DocumentFacts], Decimal, Decimal]:
    """A confirmed order of one line, a confirmed receipt of part of it, perhaps an invoice; the order's value; what was received."""
    ordered = draw(st.decimals(min_value=1, max_value=1_000, places=2))
    amount, tax = draw(st.decimals(0, 100_000, places=2)), draw(st.decimals(0, 10_000, places=2))
    received = draw(st.decimals(min_value=Decimal("0.01"), max_value=ordered, places=2))
    order = Line("1", item_name="bolt", quantity=ordered, amount=amount, tax=tax)
    facts = [
        DocumentFacts("o", "order", "O1", None, "CNY", None, "confirmed", (order,), Totals()),
        DocumentFacts(
            "r",
            "receipt_advice",
            "R1",
            None,
            None,
            None,
            "confirmed",
            (Line("1", item_name="bolt", quantity=received),),
            Totals(),
        ),
    ]
    if draw(st.booleans()):
        billed = Line(
            "1",
            item_name="bolt",
            quantity=ordered,
            amount=draw(st.decimals(0, 200_000, places=2)),
            tax=draw(st.sampled_from([tax, None])),
        )
        facts.append(DocumentFacts("i", "invoice", "I1", None, "CNY", date(2026, 6, 1), "pending", (billed,), Totals()))
    return facts, amount + tax, received


_accepted_in_no_unit = DocumentFacts(
    "r", "receipt_advice", "R1", None, None, None, "confirmed", (Line("1", item_name="nut", quantity=CENT),), Totals()
)


def right(known: list[DocumentFacts], *deductions: Reduction) -> Assessment:
    return assess(known, RATES, deductions=deductions)


@settings(max_examples=80, deadline=None)
@given(trades(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(known: list[DocumentFacts], random: Random) -> None:
    shuffled = list(known)
    random.shuffle(shuffled)
    assert compare(shuffled) == compare(known)
    assert right(shuffled) == right(known)


def test_the_order_of_arrival_of_the_published_trade_changes_nothing() -> None:
    chain = published_chain()
    comparisons = {repr(compare(list(arrived))) for arrived in permutations(chain)}
    assert len(comparisons) == 1


@settings(max_examples=80, deadline=None)
@given(trades())
def test_every_quantity_is_in_one_row(known: list[DocumentFacts]) -> None:
    placed = [(part.document.id, id(part.line)) for row in compare(known).lines for part in row.parts]
    assert len(placed) == len(set(placed))
    expected = sum(len(each.lines) for each in known if each.kind != "order")
    assert sum(part.document.kind != "order" for row in compare(known).lines for part in row.parts) == expected


@settings(max_examples=120, deadline=None)
@given(trades())
def test_the_figures_of_a_right_add_up(known: list[DocumentFacts]) -> None:
    found = right(known)
    assert 0 <= found.supported <= found.base <= found.gross
    assert found.gross == max(found.value + found.tax, Decimal(0))
    assert found.base == found.gross - sum(each.amount for each in found.reductions)
    assert abs(found.supported - found.rate * found.base) <= CENT / 2
    assert all(each.amount > 0 for each in found.reductions)
    assert found.value == sum((each.value or Decimal(0)) for each in found.lines)
    if found.poolable:
        assert found.rung >= 3
        assert found.supported > 0
        assert found.due_date is not None
        assert not any(each.confirmation == "disputed" for each in known)
    assert found.poolable != bool(found.poolable_reasons)


@settings(max_examples=80, deadline=None)
@example([_accepted_in_no_unit], replace(_accepted_in_no_unit, lines=(Line("1", item_name="nut", unit="C62"),)))
@given(trades(), documents())
def test_a_credit_note_never_raises_the_right(known: list[DocumentFacts], credit: DocumentFacts) -> None:
    credit = replace(credit, id="credit", kind="credit_note", confirmation="not_required")
    before, after = right(known), right([*known, credit])
    assert after.rung == before.rung
    assert after.gross <= before.gross
    assert after.base <= before.base
    assert after.supported <= before.supported


@settings(max_examples=100, deadline=None)
@given(one_line_trades(), lines(), st.sampled_from(["order", "invoice"]), st.sampled_from(["pending", "disputed"]))
def test_what_is_not_confirmed_never_raises_what_is(
    trade: tuple[list[DocumentFacts], Decimal, Decimal], line: Line, kind: str, state: str
) -> None:
    known, _, _ = trade
    own = replace(line, unit=None, order_line_id="1")
    number = {"order": "O1", "invoice": "A1"}[kind]
    open_one = DocumentFacts("open", kind, number, None, "CNY", date(2026, 6, 1), state, (own,), Totals())
    confirmed = [each for each in known if each.confirmation == "confirmed"]
    assert right([*known, open_one]).base <= right(confirmed).base


@settings(max_examples=80, deadline=None)
@given(trades(), st.lists(st.decimals(0, 1_000_000, places=2), max_size=3))
def test_payments_take_what_they_say_and_no_more(known: list[DocumentFacts], amounts: list[Decimal]) -> None:
    deductions = [Reduction("payment", amount, f"P{position}") for position, amount in enumerate(amounts)]
    before, after = right(known), right(known, *deductions)
    assert after.base == max(before.base - sum(amounts, Decimal(0)), Decimal(0))
    assert right(known, *reversed(deductions)) == after


@settings(max_examples=80, deadline=None)
@given(one_line_trades())
def test_never_above_the_rate_of_what_was_ordered(trade: tuple[list[DocumentFacts], Decimal, Decimal]) -> None:
    known, ordered_value, _ = trade
    found = right(known)
    assert found.base <= ordered_value + CENT
    assert found.supported <= found.rate * ordered_value + CENT


@settings(max_examples=80, deadline=None)
@given(one_line_trades(), st.decimals(0, 1, places=2))
def test_less_accepted_never_supports_more(trade: tuple[list[DocumentFacts], Decimal, Decimal], share: Decimal) -> None:
    known, _, received = trade
    order, receipt, *invoice = known
    fewer = replace(receipt, lines=(replace(receipt.lines[0], quantity=max(received * share, Decimal("0.0001"))),))
    rejecting = replace(receipt, lines=(replace(receipt.lines[0], rejected=received * share),))
    assert right([order, fewer, *invoice]).supported <= right(known).supported
    after = right([order, rejecting, *invoice])
    if after.rung >= 3:
        assert after.supported <= right(known).supported
