"""When a right is due, and how surely: stated, reckoned from a term's words, or from the law."""

from dataclasses import replace
from datetime import date

import pytest

from abs_platform.rights.due import Basis, Due, Terms, days_of, due_of
from abs_platform.rights.ladder import PaymentConfirmation, Standing, standing_of
from abs_platform.trade.facts import DocumentFacts
from tests.rules.test_assess import INVOICE, ORDER, RECEIPT

RECEIVED = replace(RECEIPT, issue_date=date(2026, 3, 11))


def standing(*documents: DocumentFacts, payment: PaymentConfirmation | None = None) -> Standing:
    return standing_of(documents, payment)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("验收合格后60天付款", 60),
        ("货到验收后 90 个自然日内付清", 90),
        ("60 days", 60),
        ("Net 45 days after receipt of goods", 45),
        ("收到发票后30日内", 30),
        ("2% 10 days, net 30 days", None),
        ("月结60天", None),
        ("60个工作日", None),
        ("30 business days", None),
        ("30天付一半，90天付清", None),
        ("99999 days", None),
        ("400 days", None),
        ("款到发货", None),
        ("", None),
    ],
)
def test_days_of_a_term(text: str, days: int | None) -> None:
    assert days_of(text) == days


def test_a_stated_date_is_certain_whatever_the_term_says() -> None:
    found = due_of(
        standing(ORDER, RECEIVED, INVOICE), date(2026, 6, 1), [Terms("order", "90 days", None)], statutory_days=60
    )
    assert found == Due(date(2026, 6, 1), Basis.INVOICE)
    assert found.is_certain
    confirmed = PaymentConfirmation(amount=INVOICE.lines[0].amount or 0, currency="CNY", due_date=date(2026, 7, 1))  # type: ignore[arg-type]  # any amount will do
    paid = due_of(standing(ORDER, RECEIVED, INVOICE, payment=confirmed), date(2026, 7, 1), [], statutory_days=60)
    assert paid == Due(date(2026, 7, 1), Basis.PAYMENT_CONFIRMATION)


def test_a_term_runs_from_what_its_words_name() -> None:
    facts = standing(ORDER, RECEIVED)
    invoiced = date(2026, 3, 20)
    for terms, expected in [
        (Terms("order", "验收合格后60天付款", None), date(2026, 5, 10)),
        (Terms("order", "60 days", None), date(2026, 5, 10)),
        (Terms("invoice", "60 days", invoiced), date(2026, 5, 19)),
        (Terms("invoice", "60 days after acceptance", invoiced), date(2026, 5, 10)),
        (Terms("order", "60 days after invoice", None), None),
        (Terms("order", "月结", None), None),
    ]:
        found = due_of(facts, None, [terms], statutory_days=60)
        assert (found.day if found else None) == expected, terms
        assert found is None or (found.basis, found.is_certain, found.term) == (Basis.TERM, False, terms.text)


def test_where_no_term_is_stated_the_law_says_60_days_from_delivery() -> None:
    found = due_of(standing(ORDER, RECEIVED), None, [], statutory_days=60)
    assert found == Due(date(2026, 5, 10), Basis.STATUTORY)
    assert not found.is_certain
    assert due_of(standing(ORDER), None, [], statutory_days=60) is None, "nothing was delivered"
    pending = replace(RECEIVED, confirmation="pending")
    assert due_of(standing(ORDER, pending), None, [], statutory_days=60) is None, "nobody confirmed the delivery"
    endless = replace(RECEIVED, issue_date=date.max)
    assert due_of(standing(ORDER, endless), None, [], statutory_days=60) is None
