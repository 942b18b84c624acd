"""The funder's books by double entry. Entries are only ever added; what was wrong is taken back by a counter-entry.

Chart of accounts: `cash`, `principal_receivable`, `interest_receivable`, `fee_receivable` (assets) and `loss` (expense) grow by
debit; `payable_to_supplier`, `payable_to_debtor` (liabilities), `interest_income`, `fee_income` grow by credit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from abs_platform.financing.lending.models import ACCOUNT_CODES, Account, Entry, Loan, Posting

ZERO = Decimal(0)
BY_DEBIT = frozenset({"cash", "principal_receivable", "interest_receivable", "fee_receivable", "loss"})


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry: an account's code and an amount, by debit or by credit."""

    code: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO


def debit(code: str, amount: Decimal) -> Line:
    """An amount by debit."""
    return Line(code, debit=amount)


def credit(code: str, amount: Decimal) -> Line:
    """An amount by credit."""
    return Line(code, credit=amount)


def book(
    *,
    loan: Loan,
    effect: str,
    kind: str,
    booked_on: date,
    lines: Iterable[Line],
    reverses: Entry | None = None,
) -> Entry | None:
    """Add one entry to the books of the loan's funder; None where there is nothing to book. Lines of nothing are left out.

    `effect` names what causes it: an effect that is booked already raises IntegrityError, so that nothing is booked twice.
    Runs in the transaction of what it tells of. Raises ValueError for lines that do not balance.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an entry belongs into the transaction that it tells of")
    wanted = [line for line in lines if line.debit or line.credit]
    if sum(line.debit - line.credit for line in wanted):
        raise ValueError(f"the entry {effect} does not balance")
    if not wanted:
        return None
    accounts = _accounts(loan, {line.code for line in wanted})
    entry = Entry.objects.create(loan=loan, effect=effect, kind=kind, booked_on=booked_on, reverses=reverses)
    Posting.objects.bulk_create(
        Posting(entry=entry, account_id=accounts[line.code], debit=line.debit, credit=line.credit) for line in wanted
    )
    return entry


def reverse(*, entry: Entry, effect: str, booked_on: date) -> Entry:
    """Add the counter-entry of an entry. An entry that has one already raises IntegrityError."""
    postings = entry.postings.select_related("account")
    lines = [Line(each.account.code, debit=each.credit, credit=each.debit) for each in postings]
    counter = book(loan=entry.loan, effect=effect, kind="reversal", booked_on=booked_on, lines=lines, reverses=entry)
    if counter is None:
        raise ValueError(f"the entry {entry.effect} has no lines")
    return counter


def _accounts(loan: Loan, codes: set[str]) -> dict[str, int]:
    """The ids of the funder's accounts by code, opened where they are not there yet."""
    known = Account.objects.filter(owner_id=loan.funder_id, currency=loan.currency, code__in=codes)
    found = dict(known.values_list("code", "id"))
    if missing := codes - found.keys():
        Account.objects.bulk_create(
            (Account(owner_id=loan.funder_id, code=code, currency=loan.currency) for code in sorted(missing)),
            ignore_conflicts=True,
        )
        found = dict(known.values_list("code", "id"))
    return found


def balances(*, loan_ids: Sequence[UUID], as_of: date | None = None) -> dict[UUID, dict[str, Decimal]]:
    """By loan and account, what is on it by entries booked until `as_of`: each as its kind grows, so mostly above zero."""
    rows = Posting.objects.filter(entry__loan__in=loan_ids)
    if as_of:
        rows = rows.filter(entry__booked_on__lte=as_of)
    found = {id: dict.fromkeys(ACCOUNT_CODES, ZERO) for id in loan_ids}
    summed = rows.values_list("entry__loan", "account__code").annotate(debits=Sum("debit"), credits=Sum("credit"))
    for loan_id, code, debits, credits in summed:
        found[loan_id][code] = debits - credits if code in BY_DEBIT else credits - debits
    return found


def balance(*, loan: Loan, as_of: date | None = None) -> dict[str, Decimal]:
    """One loan's `balances`."""
    return balances(loan_ids=[loan.id], as_of=as_of)[loan.id]


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account of one organisation's books in a currency, (code, debits, credits); the sums are equal."""

    currency: str
    accounts: tuple[tuple[str, Decimal, Decimal], ...]

    @property
    def debits(self) -> Decimal:
        return sum((each[1] for each in self.accounts), ZERO)

    @property
    def credits(self) -> Decimal:
        return sum((each[2] for each in self.accounts), ZERO)


def trial_balance(*, owner_id: UUID, as_of: date) -> list[TrialBalance]:
    """The trial balance (试算平衡表) of an organisation's books, one for each currency, by entries booked until `as_of`."""
    rows = (
        Posting.objects.filter(account__owner_id=owner_id, entry__booked_on__lte=as_of)
        .values_list("account__currency", "account__code")
        .annotate(debits=Sum("debit"), credits=Sum("credit"))
    )
    found: dict[str, dict[str, tuple[Decimal, Decimal]]] = {}
    for currency, code, debits, credits in rows:
        found.setdefault(currency, {})[code] = (debits, credits)
    return [
        TrialBalance(currency, tuple((code, *sums[code]) for code in ACCOUNT_CODES if code in sums))
        for currency, sums in sorted(found.items())
    ]
