"""What the tax office's word does to a right: lifts it, or takes from it by name. As a pure calculation."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_platform.integrations import formats
from abs_platform.rights.ladder import PaymentConfirmation
from abs_platform.rights.rules import Assessment, assess
from abs_platform.trade.facts import DocumentFacts, TaxFacts, facts_of
from tests.support.papers import Papers, line

RATES = {rung: Decimal(rate) for rung, rate in {1: "0.3", 2: "0.4", 3: "0.7", 4: "0.8", 5: "0.9"}.items()}
PAPERS = Papers(number="PO-1", lines=(line("1", "100", "10.00"),))  # 1,130.00 with tax
STATUSES = ("not_verified", "verified", "duplicate", "voided", "lost_control", "red_letter", "abnormal")
OUT = {"voided": "invoice_voided", "lost_control": "invoice_lost_control", "abnormal": "invoice_abnormal"}


def facts(data: bytes, tax: TaxFacts | None = None) -> DocumentFacts:
    extracted = formats.parse(data)
    assert extracted is not None
    state = "not_required" if extracted.kind in ("credit_note", "despatch_advice") else "confirmed"
    return facts_of(extracted, id=extracted.number, confirmation=state, tax=tax)


def trade(tax: TaxFacts | None, *more: DocumentFacts) -> list[DocumentFacts]:
    return [facts(PAPERS.order()), facts(PAPERS.receipt()), facts(PAPERS.invoice(), tax), *more]


def assessed(documents: list[DocumentFacts], *, verified_only: bool = True) -> Assessment:
    return assess(documents, RATES, verified_only=verified_only)


def taken(found: Assessment) -> list[tuple[str, str, str]]:
    return [(each.reason, str(each.amount), each.document) for each in found.reductions]


@pytest.mark.parametrize("verified_only", [True, False])
@pytest.mark.parametrize("status", [None, *STATUSES])
def test_what_each_status_does(status: str | None, verified_only: bool) -> None:
    found = assessed(trade(TaxFacts(status) if status else None), verified_only=verified_only)
    if status in OUT:
        assert (found.rung, found.base, found.poolable) == (3, 0, False)
        assert taken(found) == [(OUT[status], "1130.00", "I-PO-1")]
        assert found.missing[0] == "invoice"
        assert "nothing_left" in found.poolable_reasons
    elif status == "red_letter":
        assert (found.rung, found.base) == (4, 0)
        assert taken(found) == [("invoice_red_lettered", "1130.00", "I-PO-1")]
    elif status == "duplicate" or (status == "not_verified" and verified_only):
        assert (found.rung, found.base, found.supported) == (3, Decimal("1130.00"), Decimal("791.00"))
        assert found.missing[0] == "invoice_verification"
        assert taken(found) == []
    else:
        assert (found.rung, found.supported) == (4, Decimal("904.00"))


def test_a_part_that_is_taken_back_takes_as_much() -> None:
    found = assessed(trade(TaxFacts("red_letter", Decimal("339.00"), ("R-1",))))
    assert (found.rung, found.base) == (4, Decimal("791.00"))
    assert taken(found) == [("invoice_red_lettered", "339.00", "I-PO-1")]


@pytest.mark.parametrize("named_by", ["the invoice", "the tax office"])
def test_the_red_letter_invoice_that_was_uploaded_takes_once(named_by: str) -> None:
    note = facts(PAPERS.credit(line("1", "30", "10.00"), number="R-1"))
    if named_by == "the tax office":
        note = replace(note, invoice_numbers=frozenset())
    numbers = ("R-1",) if named_by == "the tax office" else ()
    found = assessed(trade(TaxFacts("red_letter", Decimal("339.00"), numbers), note))
    assert taken(found) == [("credit_note", "339.00", "R-1")]
    assert found.base == Decimal("791.00")


def test_what_no_credit_note_says_is_taken_beside_it() -> None:
    note = facts(PAPERS.credit(line("1", "30", "10.00"), number="R-1"))
    found = assessed(trade(TaxFacts("red_letter", Decimal("565.00"), ("R-1", "R-2")), note))
    assert taken(found) == [("invoice_red_lettered", "226.00", "I-PO-1"), ("credit_note", "339.00", "R-1")]
    assert found.base == Decimal("565.00")


@pytest.mark.parametrize("status", ["voided", "red_letter", "abnormal"])
def test_an_invoice_issued_anew_makes_it_good(status: str) -> None:
    anew = facts(PAPERS.invoice(number="I-2"), TaxFacts("verified"))
    found = assessed(trade(TaxFacts(status), anew))
    assert (found.rung, found.base, taken(found)) == (4, Decimal("1130.00"), [])


def test_it_takes_from_a_confirmed_payment_too() -> None:
    documents = trade(TaxFacts("voided"))
    confirmed = PaymentConfirmation(Decimal("1130.00"), "CNY", date(2026, 6, 1))
    found = assess(documents, RATES, confirmed, verified_only=True)
    assert (found.rung, found.base) == (5, 0)
    assert taken(found) == [("invoice_voided", "1130.00", "I-PO-1")]


def test_before_anything_was_accepted_no_invoice_is_rested_on() -> None:
    documents = [facts(PAPERS.order()), facts(PAPERS.despatch()), facts(PAPERS.invoice(), TaxFacts("voided"))]
    found = assessed(documents)
    assert (found.rung, found.base, taken(found)) == (2, Decimal("1130.00"), [])


amounts = st.decimals(min_value="0.01", max_value="5000", places=2)


@given(st.sampled_from(STATUSES), amounts | st.none(), st.sampled_from(STATUSES), st.booleans())
def test_the_tax_office_never_raises_a_right(status: str, red: Decimal | None, other: str, verified_only: bool) -> None:
    extra = facts(PAPERS.invoice(line("1", "40", "10.00"), number="I-2"), TaxFacts(other))
    tax = TaxFacts(status, red if status == "red_letter" else None)
    found = assessed(trade(tax, extra), verified_only=verified_only)
    best = assessed(trade(TaxFacts("verified"), replace(extra, tax=TaxFacts("verified"))), verified_only=verified_only)
    assert 0 <= found.base <= best.base
    assert found.supported <= best.supported
    assert found.base == found.gross - sum((each.amount for each in found.reductions), Decimal(0))
    assert all(each.amount > 0 for each in found.reductions)
