"""Every figure of a right opens to lines that make it: whoever adds them up gets it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from hypothesis import given, settings

from abs_platform.rights.ladder import PaymentConfirmation, Standing, held_rungs, rung_of, standing_of
from abs_platform.rights.rules import Assessment, assess_standing
from abs_platform.rights.sources import LIMIT, QUANTITY, TAX, VALUE, RowSources, Source, behind, rows_of
from abs_platform.rights.support import by_rung
from abs_platform.trade.facts import DocumentFacts
from tests.rules.test_assess import INVOICE, ORDER, RATES, RECEIPT
from tests.rules.test_properties import documents, trades

__all__ = ["documents"]


def standing(*known: DocumentFacts, payment: PaymentConfirmation | None = None) -> Standing:
    return standing_of(known, payment)


def read(*known: DocumentFacts) -> tuple[Standing, Assessment]:
    facts = standing(*known)
    return facts, assess_standing(facts, RATES)


def with_role(row: RowSources, role: str) -> list[Source]:
    return [each for each in row.sources if role in each.roles]


def quantity(sources: Iterable[Source]) -> Decimal:
    return sum((each.quantity or Decimal(0) for each in sources), Decimal(0))


def test_each_figure_names_its_lines() -> None:
    facts, found = read(ORDER, RECEIPT, INVOICE)
    first, second = rows_of(facts, found.rung)
    assert {(each.document, each.line): each.roles for each in first.sources} == {
        ("order", "1"): (LIMIT, TAX),
        ("receipt_advice", "1"): (QUANTITY,),
        ("invoice", "1"): (LIMIT, VALUE),
    }
    assert {(each.document, each.line): each.roles for each in second.sources} == {
        ("order", "2"): (LIMIT, VALUE, TAX),
        ("receipt_advice", "2"): (QUANTITY,),
        ("invoice", "2"): (LIMIT,),
    }


@settings(max_examples=120, deadline=None)
@given(trades())
def test_the_lines_named_make_the_figures(known: list[DocumentFacts]) -> None:
    facts, found = read(*known)
    rows = rows_of(facts, found.rung)
    assert len(rows) == len(found.lines)
    for line, row in zip(found.lines, rows, strict=True):
        assert (line.order_line, line.item) == (row.order_line, row.item)
        made = quantity(with_role(row, QUANTITY))
        bounds = [
            quantity(each for each in with_role(row, LIMIT) if each.document in ids)
            for ids in _documents_by_kind(known)
            if any(each.document in ids for each in with_role(row, LIMIT))
        ]
        assert line.quantity == min([made, *bounds])
        for role, stated in ((VALUE, line.value), (TAX, line.tax)):
            if stated is not None:
                check_amount(with_role(row, role), role, line.quantity, stated)


def _documents_by_kind(known: list[DocumentFacts]) -> list[set[str]]:
    return [{str(each.id) for each in known if each.kind == kind} for kind in ("order", "invoice")]


def check_amount(sources: list[Source], role: str, counted: Decimal, stated: Decimal) -> None:
    amounts = [each.amount if role == VALUE else each.tax for each in sources]
    per_unit = sum((each or Decimal(0) for each in amounts), Decimal(0)) / quantity(sources)
    assert abs(per_unit * counted - stated) <= Decimal("0.005") + abs(stated) * Decimal("1e-20")


@settings(max_examples=80, deadline=None)
@given(trades())
def test_every_reduction_but_a_deduction_names_a_document(known: list[DocumentFacts]) -> None:
    facts, found = read(*known)
    for each in found.reductions:
        named = behind(each, facts)
        assert named, each
        numbers = {document.number for document in known if str(document.id) in {one.document for one in named}}
        assert not each.document or numbers == {each.document}


@settings(max_examples=120, deadline=None)
@given(trades())
def test_the_rung_is_the_highest_that_holds_and_each_supports_what_it_says(known: list[DocumentFacts]) -> None:
    facts, found = read(*known)
    held = held_rungs(facts)
    assert found.rung == rung_of(facts) == max(held, default=0)
    rungs = by_rung(facts, found, RATES)
    assert [each.rung for each in rungs] == [1, 2, 3, 4, 5]
    assert tuple(each.rung for each in rungs if each.is_held) == held
    for each in rungs:
        if each.rung == found.rung:
            assert (each.base, each.supported) == (found.base, found.supported)
        if not found.rung or (each.rung < found.rung and not each.is_held):
            assert each.supported is None
        if found.rung and each.rung > found.rung:
            assert each.base == found.base


def test_what_a_rung_to_come_would_support() -> None:
    facts, found = read(ORDER, RECEIPT)
    rungs = {each.rung: each for each in by_rung(facts, found, RATES)}
    assert [(rung, each.is_held, str(each.supported)) for rung, each in rungs.items()] == [
        (1, True, "508.50"),  # 30 % of 1,695.00 ordered
        (2, False, "None"),  # no despatch was ever filed
        (3, True, "870.10"),  # 70 % of 1,243.00: accepted 80 and 6
        (4, False, "994.40"),
        (5, False, "1118.70"),
    ]
    confirmed = PaymentConfirmation(amount=Decimal("1000.00"), currency="CNY", due_date=date(2026, 9, 1))
    facts = standing(ORDER, RECEIPT, payment=confirmed)
    paid = by_rung(facts, assess_standing(facts, RATES), RATES)
    assert [str(each.supported) for each in paid if each.is_held] == ["508.50", "870.10", "900.00"]
