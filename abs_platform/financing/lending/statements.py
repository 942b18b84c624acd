"""Statements of account: what was owed, what moved, what is owed, how old it is. Read from the journal, as of a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from abs_platform.financing.lending import ageing, journal, owing
from abs_platform.financing.lending.models import Entry, Loan, Posting
from abs_platform.financing.lending.owing import RECEIVABLE, Owed

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry, as it changed what is owed on one loan. `balance`: owed after it, by what is booked."""

    loan_id: UUID
    entry_id: UUID
    kind: str
    booked_on: date
    owed_more: Decimal
    owed_less: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """What was owed on some loans of one currency when `since` began, and after `until`, which is the day it is as of.

    closing = opening + Σ owed_more − Σ owed_less, by what is booked; `unbooked` interest comes on top.
    """

    currency: str
    since: date
    until: date
    opening: Decimal
    movements: Sequence[Movement]
    closing: Decimal
    loans: Sequence[tuple[Loan, Owed]]

    @property
    def unbooked(self) -> Decimal:
        return sum((owed.unbooked for _, owed in self.loans), ZERO)

    @property
    def total(self) -> Decimal:
        return self.closing + self.unbooked

    @property
    def ageing(self) -> dict[str, Decimal]:
        """What is owed by how late it is; the buckets add up to `total`."""
        found = dict.fromkeys(ageing.BUCKETS, ZERO)
        for loan, owed in self.loans:
            found[ageing.bucket_of(loan.due_date, self.until)] += owed.total
        return found


def statement_of(loans: QuerySet[Loan], *, currency: str, since: date, until: date) -> Statement:
    """The statement of these loans, those of one currency that were paid out by then, with all they say at hand."""
    rows = list(loans.filter(currency=currency, disbursed_on__lte=until, checker_id__isnull=False).order_by("id"))
    ids = [loan.id for loan in rows]
    before = journal.balances(loan_ids=ids, as_of=since - timedelta(days=1))
    opening = sum((held[account] for held in before.values() for account in RECEIVABLE.values()), ZERO)
    movements = _movements(ids, since, until, opening)
    owed = owing.owed_each(rows, until)
    return Statement(
        currency=currency,
        since=since,
        until=until,
        opening=opening,
        movements=movements,
        closing=movements[-1].balance if movements else opening,
        loans=[(loan, owed[loan.id]) for loan in rows],
    )


def _movements(loan_ids: Sequence[UUID], since: date, until: date, opening: Decimal) -> list[Movement]:
    postings = Posting.objects.filter(
        entry__loan__in=loan_ids,
        entry__booked_on__gte=since,
        entry__booked_on__lte=until,
        account__code__in=RECEIVABLE.values(),
    )
    changes: dict[UUID, list[Decimal]] = {}
    for entry_id, debit, credit in postings.values_list("entry", "debit", "credit"):
        more, less = changes.setdefault(entry_id, [ZERO, ZERO])
        changes[entry_id] = [more + debit, less + credit]
    found = []
    balance = opening
    for entry in Entry.objects.filter(id__in=list(changes)).order_by("booked_on", "at", "id"):
        more, less = changes[entry.id]
        balance += more - less
        found.append(
            Movement(
                loan_id=entry.loan_id,
                entry_id=entry.id,
                kind=entry.kind,
                booked_on=entry.booked_on,
                owed_more=more,
                owed_less=less,
                balance=balance,
            )
        )
    return found
