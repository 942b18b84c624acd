"""What the rows of lending may not be, the database refuses: one person twice, money without its day, books that differ."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models import F
from django.db.models.expressions import RawSQL

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.financing.lending import payments, payouts
from abs_platform.financing.lending.models import Account, Allocation, Entry, Loan, LoanFact, Payment, Payout, Posting
from abs_platform.rights.models import Right
from tests.support.database import rolled_back
from tests.support.lending import Lender

pytestmark = pytest.mark.usefixtures("db")

NAN = RawSQL("'NaN'::numeric", [])
NOW = clock.now()


@pytest.fixture(scope="module")
def books(module_lender: Lender, module_right: Right) -> Lender:
    """A loan that is paid back with a pay-out of its surplus and a rejected one, and one that is out with a payment."""
    lender, right = module_lender, module_right
    loan = lender.disbursed(right)
    lender.paid(loan, "2000", right=right)
    today, maker, checker = clock.today(), lender.maker.actor, lender.checker.actor
    for reference, answer in (("B-1", payouts.confirm), ("B-2", None)):
        row = payouts.record(actor=maker, loan_id=loan.id, amount=Decimal(5), paid_on=today, bank_reference=reference)
        if answer:
            answer(actor=checker, payout_id=row.id, amount=row.amount)
        else:
            payouts.reject(actor=checker, payout_id=row.id, reason="not sent")
    rejected = lender.record(lender.disbursed(right), "10")
    payments.reject(actor=checker, payment_id=rejected.id, reason="never came")
    return lender


def change(model: type[models.Model], where: dict[str, Any] | None = None, **values: Any) -> Callable[[], None]:
    """Set the values in every row, or in those `where`, as no service would."""
    return lambda: (model._default_manager.filter(**(where or {})).update(**values), None)[1]


def again(model: type[models.Model], where: dict[str, Any] | None = None, **values: Any) -> Callable[[], None]:
    """Insert a row once more under a new id."""

    def act() -> None:
        row = model._default_manager.filter(**(where or {})).order_by("pk").first()
        assert row is not None
        row.pk = None
        row._state.adding = True
        for name, value in values.items():
            setattr(row, name, value)
        row.save(force_insert=True)

    return act


def reference_twice() -> None:
    """The same transfer pays out two loans."""
    Loan.objects.update(bank_reference="SAME")


OUT = {"state": "outstanding"}
CONFIRMED = {"state": "confirmed"}
REJECTED = {"state": "rejected"}
ILLEGAL: dict[str, Callable[[], None]] = {
    "loan_state_known": change(Loan, OUT, state="lost"),
    "loan_principal": change(Loan, principal=NAN),
    "loan_positive": change(Loan, principal=0),
    "loan_currency": change(Loan, currency="yen"),
    "loan_between_two": change(Loan, supplier=F("funder")),
    "loan_disbursement_proposed_whole": change(Loan, OUT, disbursed_on=None),
    "loan_disbursement_proposed_whole ": change(Loan, OUT, bank_reference=""),
    "loan_disbursement_proposed_whole  ": change(Loan, OUT, state="awaiting", checker_id=None),
    "loan_disbursement_proposed_whole   ": change(
        Loan, OUT, state="awaiting", checker_id=None, maker_id=None, bank_reference="", disbursed_on=None,
    ),
    "loan_disbursed_by_two": change(Loan, OUT, checker_id=None),
    "loan_disbursed_by_two ": change(Loan, OUT, state="disbursement_proposed"),
    "loan_two_people": change(Loan, OUT, checker_id=F("maker_id")),
    "loan_disbursed_before_due": change(Loan, due_date=RawSQL("disbursed_on - 1", [])),
    "loan_claimed_once_overdue": change(Loan, OUT, claimed_on=F("due_date")),
    "loan_write_off_proposed_whole": change(Loan, OUT, state="write_off_proposed", write_off_maker_id=uuid7()),
    "loan_write_off_proposed_whole ": change(Loan, OUT, write_off_maker_id=uuid7()),
    "loan_written_off_by_two": change(
        Loan, OUT, state="written_off", ended_at=NOW, write_off_reason="x", write_off_maker_id=uuid7(),
    ),
    "loan_written_off_by_two ": change(
        Loan, OUT, state="written_off", ended_at=NOW, write_off_reason="x", write_off_maker_id=F("maker_id"),
        write_off_checker_id=F("maker_id"),
    ),
    "loan_ended_has_time": change(Loan, OUT, ended_at=NOW),
    "loan_ended_has_time ": change(Loan, {"state": "settled"}, ended_at=None),
    "loan_bank_reference_once": reference_twice,
    "payment_state_known": change(Payment, CONFIRMED, state="lost"),
    "payment_amount": change(Payment, amount=NAN),
    "payment_positive": change(Payment, amount=0),
    "payment_of_debtor_names_right": change(Payment, {"payer": "debtor"}, right=None),
    "payment_of_debtor_names_right ": change(Payment, {"payer": "debtor"}, payer="supplier"),
    "payment_checked_by_somebody": change(Payment, CONFIRMED, checker_id=None),
    "payment_checked_by_somebody ": change(Payment, CONFIRMED, state="recorded"),
    "payment_two_people": change(Payment, checker_id=F("maker_id")),
    "payment_reversal_proposed_by_somebody": change(Payment, CONFIRMED, state="reversal_proposed", reason="x"),
    "payment_reversal_proposed_by_somebody ": change(Payment, CONFIRMED, reversal_maker_id=uuid7()),
    "payment_reversed_by_two": change(
        Payment, CONFIRMED, state="reversed", reason="x", reversal_maker_id=F("maker_id"),
        reversal_checker_id=F("maker_id"),
    ),
    "payment_reversed_by_two ": change(
        Payment, CONFIRMED, state="reversed", reason="x", reversal_maker_id=uuid7(),
    ),
    "payment_undone_has_reason": change(Payment, REJECTED, reason=""),
    "payment_has_bank_reference": change(Payment, bank_reference=""),
    "payment_bank_reference_once": again(Payment, CONFIRMED),
    "account_once": again(Account),
    "account_code_known": change(Account, code="pocket"),
    "account_currency": change(Account, currency="yen"),
    "entry_kind_known": again(Entry, kind="gift", effect="x"),
    "entry_reversal_names_what": again(Entry, kind="reversal", effect="x"),
    "financing_entry_effect_key": again(Entry),
    "posting_debit": again(Posting, debit=NAN, credit=0),
    "posting_credit": again(Posting, debit=0, credit=NAN),
    "posting_one_side": again(Posting, debit=1, credit=1),
    "posting_one_side ": again(Posting, debit=0, credit=0),
    "allocation_once": again(Allocation),
    "allocation_part_known": change(Allocation, part="bonus"),
    "allocation_amount": change(Allocation, amount=NAN),
    "allocation_positive": change(Allocation, amount=0),
    "payout_payee_known": change(Payout, payee="nobody"),
    "payout_state_known": change(Payout, CONFIRMED, state="lost"),
    "payout_amount": change(Payout, amount=NAN),
    "payout_positive": change(Payout, amount=0),
    "payout_checked_by_somebody": change(Payout, checker_id=None),
    "payout_two_people": change(Payout, checker_id=F("maker_id")),
    "payout_rejected_has_reason": change(Payout, REJECTED, reason=""),
    "payout_has_bank_reference": change(Payout, bank_reference=""),
    "payout_bank_reference_once": again(Payout, CONFIRMED),
}  # fmt: skip


@pytest.mark.parametrize("name", ILLEGAL)
def test_the_database_refuses(name: str, books: Lender) -> None:
    with pytest.raises(IntegrityError) as refused, rolled_back(), transaction.atomic():
        ILLEGAL[name]()
    constraint, found = name.strip(), str(refused.value)
    unique = constraint.endswith("_key") and "unique constraint" in found and constraint.rsplit("_", 2)[0][:20] in found
    assert constraint in found or unique, found


def test_every_rule_of_lending_is_tried() -> None:
    """A constraint nobody tried may hold nothing."""
    stated = {
        constraint.name
        for model in apps.get_app_config("financing").get_models()
        if model.__module__ == "abs_platform.financing.lending.models"
        for constraint in model._meta.constraints
    }
    # Who pays, that of which right it is says too, and is asked first.
    tried = {name.strip() for name in ILLEGAL if not name.strip().endswith("_key")}
    assert stated - tried == {"payment_payer_known"}


@pytest.mark.parametrize("model", [Entry, Posting, LoanFact], ids=lambda model: model.__name__)
def test_the_books_only_grow(model: type[models.Model], books: Lender) -> None:
    table = model._meta.db_table
    assert model._default_manager.exists()
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(("debit", "credit"), [("100", "99.99"), ("100", "0"), ("0", "0.0001")])
def test_an_entry_that_does_not_balance_is_refused_at_commit(debit: str, credit: str, books: Lender) -> None:
    """Past the journal's own check, by rows alone; what it would have looked like is gone with the transaction."""
    loan = Loan.objects.filter(state="outstanding").get()
    before = Posting.objects.count()
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic(), rolled_back():
        entry = Entry.objects.create(loan=loan, effect="x", kind="interest", booked_on=clock.today())
        for code, column, amount in (("cash", "debit", debit), ("interest_income", "credit", credit)):
            account, _ = Account.objects.get_or_create(owner=loan.funder, code=code, currency="CNY")
            if Decimal(amount):
                Posting.objects.create(entry=entry, account=account, **{column: Decimal(amount)})
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what commit does
    assert Posting.objects.count() == before


def test_two_books_do_not_balance_each_other(books: Lender) -> None:
    """A debit in one organisation's books is none in another's."""
    loan = Loan.objects.filter(state="outstanding").get()
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic(), rolled_back():
        entry = Entry.objects.create(loan=loan, effect="x", kind="interest", booked_on=clock.today())
        mine, _ = Account.objects.get_or_create(owner=loan.funder, code="cash", currency="CNY")
        theirs, _ = Account.objects.get_or_create(owner=loan.supplier, code="cash", currency="CNY")
        Posting.objects.create(entry=entry, account=mine, debit=1)
        Posting.objects.create(entry=entry, account=theirs, credit=1)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
