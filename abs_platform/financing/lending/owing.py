"""What is owed on a loan: the journal's balances, and the interest that is not booked yet.

Interest is booked when something happens to the loan, up to that day; in between it is calculated by the same function.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Max, Sum

from abs_platform.core import clock
from abs_platform.financing.lending import interest, journal
from abs_platform.financing.lending.allocation import FEE, INTEREST, PRINCIPAL, RECOVERY
from abs_platform.financing.lending.interest import Change
from abs_platform.financing.lending.models import Allocation, Entry, Loan, Payment
from abs_platform.financing.states import COUNTING, LENT

ZERO = Decimal(0)
RECEIVABLE = {FEE: "fee_receivable", INTEREST: "interest_receivable", PRINCIPAL: "principal_receivable"}


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed on a day, interest up to it included. `recovery`: what was written off and did not come back."""

    as_of: date
    fee: Decimal = ZERO
    interest: Decimal = ZERO
    principal: Decimal = ZERO
    recovery: Decimal = ZERO
    unbooked: Decimal = ZERO  # the part of `interest` that no entry holds yet
    payable: Decimal = ZERO  # the supplier's, still with the funder
    refundable: Decimal = ZERO  # the debtor's, likewise

    @property
    def total(self) -> Decimal:
        return self.fee + self.interest + self.principal

    @property
    def parts(self) -> dict[str, Decimal]:
        """By part, as payments are allocated."""
        return {FEE: self.fee, INTEREST: self.interest, PRINCIPAL: self.principal, RECOVERY: self.recovery}


def owed(loan: Loan, as_of: date) -> Owed:
    """What is owed on one loan, its `offer` at hand."""
    return owed_each([loan], as_of)[loan.id]


def owed_each(loans: Sequence[Loan], as_of: date, *, at_due: bool = False) -> dict[UUID, Owed]:
    """By loan, in a number of queries that does not grow with theirs; with `at_due`, interest up to the day it is due."""
    ids = [loan.id for loan in loans]
    balances = journal.balances(loan_ids=ids, as_of=as_of)
    changes, booked = _changes(loans, as_of), _booked_until(ids, as_of)
    found = {}
    for loan in loans:
        held = balances[loan.id]
        unbooked = ZERO
        if loan.disbursed_on and loan.disbursed_on <= as_of and _bears_interest(loan, as_of):
            until = max(loan.due_date, as_of) if at_due else as_of
            unbooked = _interest(loan, changes[loan.id], booked.get(loan.id) or loan.disbursed_on, until)
        found[loan.id] = _owed(as_of, held, unbooked)
    return found


def _owed(as_of: date, held: Mapping[str, Decimal], unbooked: Decimal) -> Owed:
    """What is owed by the balances of a loan's accounts, and the interest that is on none of them yet."""
    return Owed(
        as_of=as_of,
        fee=held["fee_receivable"],
        interest=held["interest_receivable"] + unbooked,
        principal=held["principal_receivable"],
        recovery=held["loss"],
        unbooked=unbooked,
        payable=held["payable_to_supplier"],
        refundable=held["payable_to_debtor"],
    )


def _bears_interest(loan: Loan, as_of: date) -> bool:
    """Whether interest runs on that day: until the loan has ended."""
    return loan.state in LENT or (loan.ended_at is not None and as_of < clock.day_of(loan.ended_at))


def _interest(loan: Loan, changes: Sequence[Change], since: date, until: date) -> Decimal:
    amount = interest.exact(
        rate=loan.offer.annual_rate,
        day_count=loan.offer.day_count,
        changes=changes,
        start=loan.lent_since,
        since=since,
        until=max(since, until),
    )
    return interest.rounded(amount, loan.currency)


def _changes(loans: Sequence[Loan], as_of: date) -> dict[UUID, list[Change]]:
    """How the principal of each changed, by the days on which the money moved: what was reversed by `as_of` never came."""
    found = {loan.id: [Change(loan.disbursed_on, loan.principal)] if loan.disbursed_on else [] for loan in loans}
    entries = Entry.objects.filter(loan__in=list(found), kind="payment", reversed_by__booked_on__lte=as_of)
    reversed_by_then = set(entries.values_list("effect", flat=True))
    repaid = Allocation.objects.filter(payment__loan__in=list(found), part=PRINCIPAL)
    for id, loan_id, day, amount in repaid.values_list("payment", "payment__loan", "payment__received_on", "amount"):
        if effect_of_payment(id) not in reversed_by_then:
            found[loan_id].append(Change(day, -amount))
    return found


def _booked_until(loan_ids: Sequence[UUID], as_of: date, kinds: Sequence[str] = ("interest",)) -> dict[UUID, date]:
    rows = Entry.objects.filter(loan__in=loan_ids, kind__in=kinds, booked_on__lte=as_of)
    rows = rows.exclude(reversed_by__booked_on__lte=as_of)
    return dict(rows.values_list("loan").annotate(Max("booked_on")))


def principal_out(loan: Loan, held: Mapping[str, Decimal]) -> Decimal:
    """What is lent and not paid back, by the balances of the loan's accounts: of what was written off, all that did not come
    back yet, up to the principal in it.
    """
    return _principal_out(loan, held, _principal_back([loan]).get(loan.id, ZERO))


def principal_out_each(loans: Sequence[Loan]) -> dict[Loan, Decimal]:
    """`principal_out` of many, in a number of queries that does not grow with theirs."""
    balances, back = journal.balances(loan_ids=[loan.id for loan in loans]), _principal_back(loans)
    return {loan: _principal_out(loan, balances[loan.id], back.get(loan.id, ZERO)) for loan in loans}


def _principal_out(loan: Loan, held: Mapping[str, Decimal], back: Decimal) -> Decimal:
    lost: Decimal = min(held["loss"], loan.principal - back - held["principal_receivable"])
    return held["principal_receivable"] + lost


def _principal_back(loans: Sequence[Loan]) -> dict[UUID, Decimal]:
    """By loan, what of its principal was paid back as such."""
    rows = Allocation.objects.filter(payment__loan__in=loans, payment__state__in=COUNTING, part=PRINCIPAL)
    return dict(rows.order_by().values_list("payment__loan").annotate(Sum("amount")))


def settled_until(loan: Loan) -> date:
    """The last day that interest, a payment or a write-off was booked for: nothing can be booked before it any more."""
    booked = _booked_until([loan.id], date.max, ("interest", "write_off")).get(loan.id)
    paid = Payment.objects.filter(loan=loan, state__in=COUNTING).aggregate(last=Max("received_on"))["last"]
    return max(day for day in (loan.lent_since, booked, paid) if day)


def effect_of_payment(payment_id: UUID) -> str:
    """What the entry of a payment is called."""
    return f"payment:{payment_id}"


def effect_of(cause: str) -> str:
    """What the entry of the interest that was booked because of `cause` is called."""
    return f"interest:{cause}"


def book_interest(loan: Loan, *, until: date, cause: str) -> Owed:
    """Book the interest of a locked loan up to a day, because of `cause`. Returns what is owed then, by all that is booked:
    what took a payment back, or wrote the loan off, may be booked on a later day than the one on which money came.
    """
    unbooked, since = ZERO, _booked_until([loan.id], date.max).get(loan.id) or loan.disbursed_on
    if since and since <= until and _bears_interest(loan, until):
        unbooked = _interest(loan, _changes([loan], date.max)[loan.id], since, until)
    found = _owed(until, journal.balance(loan=loan), unbooked)
    journal.book(
        loan=loan,
        effect=effect_of(cause),
        kind="interest",
        booked_on=until,
        lines=[
            journal.debit("interest_receivable", found.unbooked),
            journal.credit("interest_income", found.unbooked),
        ],
    )
    return found
