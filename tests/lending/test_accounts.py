"""Statements, portfolio and books agree with each other, on any day, and leave as files; what is late is told once."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest

from abs_platform.core import clock
from abs_platform.financing.lending import overdue
from abs_platform.financing.lending.models import Loan, LoanFact
from abs_platform.rights.models import Right
from abs_platform.risk.models import Alert
from tests.support.callers import Body
from tests.support.lending import Lender

pytestmark = pytest.mark.usefixtures("db")


def total(rows: Sequence[Body], *path: str) -> Decimal:
    found = Decimal(0)
    for row in rows:
        for key in path:
            row = row[key]
        found += Decimal(row)
    return found


def story(lender: Lender, right: Right, other: Right) -> tuple[Loan, Loan]:
    """Lent 10,000 sixty days ago for thirty, half of it paid back after thirty; lent 2,000 ten days ago."""
    with clock.at(clock.now() - timedelta(days=60)):
        late = lender.disbursed(right, principal=Decimal(10000), days=30)
    with clock.at(clock.now() - timedelta(days=30)):
        lender.paid(late, "5150.00", right=right)
    with clock.at(clock.now() - timedelta(days=10)):
        fresh = lender.disbursed(other, principal=Decimal(2000), days=90)
    return late, fresh


def test_a_statement_adds_up_on_every_day(lender: Lender, right: Right, other_right: Right) -> None:
    late, _ = story(lender, right, other_right)
    bank, today = lender.maker.browser, clock.today()
    body = bank.get(f"financing/loans/{late.id}/statement")
    assert [(row["kind"], row["owed_more"], row["owed_less"]) for row in body["movements"]] == [
        ("disbursement", "10100.00", "0.00"),
        ("interest", "50.00", "0.00"),
        ("payment", "0.00", "5150.00"),
    ]
    assert (body["opening"], body["closing"], body["unbooked_interest"], body["total"]) == (
        "0.00", "5000.00", "25.00", "5025.00",
    )  # fmt: skip
    assert [row for row in body["ageing"] if row["amount"] != "0.00"] == [{"bucket": "1_30", "amount": "5025.00"}]
    # As of a day in between, and from then on: what closed one opens the other.
    cut = today - timedelta(days=40)
    earlier = bank.get(f"financing/loans/{late.id}/statement", until=cut.isoformat())
    later = bank.get(f"financing/loans/{late.id}/statement", since=(cut + timedelta(days=1)).isoformat())
    assert (earlier["closing"], earlier["unbooked_interest"]) == ("10100.00", "33.33")
    assert later["opening"] == earlier["closing"] and later["closing"] == body["closing"]
    together = bank.get("financing/statements", supplier=lender.world.supplier.id)
    assert len(together["loans"]) == 2
    assert (
        total(together["ageing"], "amount") == Decimal(together["total"]) == total(together["loans"], "owed", "total")
    )
    assert lender.world.supplier.browser.get("financing/statements", funder=lender.world.bank.id) == together
    assert lender.world.factor.browser.get("financing/statements")["loans"] == []


def test_every_number_of_the_portfolio_opens_to_its_rows(lender: Lender, right: Right, other_right: Right) -> None:
    story(lender, right, other_right)
    bank = lender.maker.browser
    for as_of in (clock.today(), clock.today() - timedelta(days=20)):
        body = bank.get("financing/portfolio", as_of=as_of.isoformat())
        figures = [body["outstanding"], *body["debtors"], *body["suppliers"], *body["ageing"]]
        for figure in figures:
            rows = bank.rows("financing/loans", **figure["filter"])
            assert (len(rows), total(rows, "owed", "total")) == (figure["loans"], Decimal(figure["amount"])), figure
        for figure in body["expected"]:
            rows = bank.rows("financing/loans", **figure["filter"])
            assert len(rows) == figure["loans"]
        assert total(body["ageing"], "amount") == Decimal(body["outstanding"]["amount"])
        parts = sum(Decimal(body[part]) for part in ("principal", "interest", "fee"))
        assert parts == Decimal(body["outstanding"]["amount"])
        assert (body["hhi_debtors"], body["hhi_suppliers"], body["weighted_rate"]) == ("1", "1", "0.06")
    due = [row["on"] for row in bank.get("financing/portfolio")["expected"]]
    assert due[0] is None and due[1] is not None, "what is overdue, then what is due"


def test_the_books_are_even(lender: Lender, right: Right, other_right: Right) -> None:
    story(lender, right, other_right)
    [found] = lender.maker.browser.get("financing/trial-balance")["balances"]
    assert found["debit"] == found["credit"]
    accounts = {row["account"]: (row["debit"], row["credit"]) for row in found["accounts"]}
    assert accounts["cash"] == ("5150.00", "12000.00")
    assert lender.world.factor.browser.get("financing/trial-balance")["balances"] == []


def test_files_say_what_the_pages_say(lender: Lender, right: Right, other_right: Right) -> None:
    late, _ = story(lender, right, other_right)
    bank = lender.maker.browser

    def file(path: str, form: str, language: str) -> bytes:
        answer = bank.send("GET", path, file=form, lang=language)
        assert answer.status_code == 200, answer.content
        return bytes(answer.content)

    path = f"financing/loans/{late.id}/statement/export"
    workbook = openpyxl.load_workbook(io.BytesIO(file(path, "xlsx", "zh")))
    sheet = list(workbook.worksheets[0].values)
    assert sheet[0][:2] == ("日期", "摘要") and sheet[-1][6] == 5025.0
    assert sheet[2][2] == str(late.id), "ids are text"
    lines = list(csv.reader(io.StringIO(file(path, "csv", "en").decode("utf-8-sig"))))
    assert lines[-1][1] == "Owed in all on that day" and lines[-1][6] == "5025.00"
    for language in ("zh", "en"):
        assert file(path, "pdf", language).startswith(b"%PDF-")
    assert file("financing/statements/export", "pdf", "zh").startswith(b"%PDF-")
    listed = list(csv.reader(io.StringIO(file("financing/loans/export", "csv", "en").decode("utf-8-sig"))))
    assert len(listed) == 3 and listed[0][0] == "Loan"


def test_what_is_late_is_told_once_and_claimed_once(lender: Lender, right: Right, other_right: Right) -> None:
    late, fresh = story(lender, right, other_right)
    overdue.watch()
    overdue.watch()
    alert = Alert.objects.get(rule="loan_overdue")
    assert (alert.subject_id, alert.amount) == (late.id, Decimal("5025.00"))
    late.refresh_from_db()
    fresh.refresh_from_db()
    assert late.claimed_on is not None and fresh.claimed_on is None
    assert LoanFact.objects.filter(loan=late, template="loan.claimed/v1").count() == 1


def test_days_of_grace_are_given_and_without_recourse_nobody_is_claimed_from(lender: Lender, right: Right) -> None:
    with clock.at(clock.now() - timedelta(days=12)):
        loan = lender.disbursed(right, days=10, grace_days=5, recourse=False)
    assert overdue.watch() == 0
    with clock.at(clock.now() + timedelta(days=4)):
        assert overdue.watch() == 1
    loan.refresh_from_db()
    assert loan.claimed_on is None
