"""What a funder has out: how much, with whom, how late, and when it is expected back. Every number names its rows.

`filter` of a number are the query parameters of the list of loans that it is the sum of.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db.models import Count

from abs_platform.financing.lending import ageing, owing, selectors
from abs_platform.financing.lending.models import Loan
from abs_platform.financing.lending.owing import Owed
from abs_platform.financing.states import LoanState
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Organisation
from abs_platform.parties.roles import Role

ZERO = Decimal(0)
SHARE = Decimal("0.0001")
MOST_NAMES = 10

Filter = dict[str, str]
Row = tuple[Loan, Owed]


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount over some loans, with how to list these."""

    amount: Decimal
    loans: int
    filter: Filter


@dataclass(frozen=True, slots=True)
class Name:
    """What one debtor, or one supplier, owes or is behind."""

    organisation: Organisation
    figure: Figure
    share: Decimal


@dataclass(frozen=True, slots=True)
class Due:
    """What is expected on a day, interest up to it included; `on` None: what is overdue."""

    on: date | None
    figure: Figure


@dataclass(frozen=True, slots=True)
class Portfolio:
    """One currency's loans of a funder on a day. HHI: the sum of the squared shares, from 0 to 1 (one name only)."""

    as_of: date
    currency: str
    outstanding: Figure
    principal: Decimal
    interest: Decimal
    fee: Decimal
    weighted_rate: Decimal | None
    debtors: Sequence[Name]
    suppliers: Sequence[Name]
    hhi_debtors: Decimal | None
    hhi_suppliers: Decimal | None
    ageing: dict[str, Figure]
    expected: Sequence[Due]
    written_off: Figure
    currencies: Sequence[str] = field(default_factory=list)


def portfolio(*, actor: Actor, as_of: date, currency: str = "") -> Portfolio:
    """What the actor's organisation has out. Without `currency`: the one with most loans. Raises Forbidden for others."""
    actor.require(Role.FINANCIER)
    given = selectors.loans(actor=actor).filter(funder=actor.home, disbursed_on__lte=as_of, checker_id__isnull=False)
    by_loans = given.order_by().values("currency").annotate(loans=Count("id")).order_by("-loans", "currency")
    currencies = [row["currency"] for row in by_loans]
    chosen = currency or next(iter(currencies), "CNY")
    rows = list(given.filter(currency=chosen))
    owed, at_due = owing.owed_each(rows, as_of), owing.owed_each(rows, as_of, at_due=True)
    out: list[Row] = [(loan, owed[loan.id]) for loan in rows if owed[loan.id].total > 0]
    total = sum((each.total for _, each in out), ZERO)
    base: Filter = {"currency": chosen, "lent_on": as_of.isoformat()}
    debtors = _names(out, base, "debtor", lambda loan: loan.offer.invitation.programme.core_enterprise)
    suppliers = _names(out, base, "supplier", lambda loan: loan.supplier)
    lost = [owed[loan.id] for loan in rows if loan.state == LoanState.WRITTEN_OFF]
    return Portfolio(
        as_of=as_of,
        currency=chosen,
        outstanding=Figure(total, len(out), base),
        principal=sum((each.principal for _, each in out), ZERO),
        interest=sum((each.interest for _, each in out), ZERO),
        fee=sum((each.fee for _, each in out), ZERO),
        weighted_rate=_weighted_rate(out),
        debtors=debtors[:MOST_NAMES],
        suppliers=suppliers[:MOST_NAMES],
        hhi_debtors=_hhi(debtors, total),
        hhi_suppliers=_hhi(suppliers, total),
        ageing=_ageing(out, base, as_of),
        expected=_expected([(loan, at_due[loan.id]) for loan, _ in out], base, as_of),
        written_off=Figure(
            sum((each.recovery for each in lost), ZERO),
            len(lost),
            {"currency": chosen, "state": str(LoanState.WRITTEN_OFF)},
        ),
        currencies=currencies,
    )


def _names(rows: Sequence[Row], base: Filter, kind: str, whose: Callable[[Loan], Organisation]) -> list[Name]:
    """Names by what stands with each, the greatest first."""
    total = sum((owed.total for _, owed in rows), ZERO)
    found: dict[UUID, tuple[Organisation, Decimal, int]] = {}
    for loan, owed in rows:
        who = whose(loan)
        _, amount, count = found.get(who.id, (who, ZERO, 0))
        found[who.id] = (who, amount + owed.total, count + 1)
    names = [
        Name(who, Figure(amount, count, {**base, kind: str(who.id)}), _share(amount / total))
        for who, amount, count in found.values()
    ]
    return sorted(names, key=lambda each: (-each.figure.amount, each.organisation.name, each.organisation.id))


def _share(value: Decimal) -> Decimal:
    return value.quantize(SHARE, rounding=ROUND_HALF_UP)


def _hhi(names: Sequence[Name], total: Decimal) -> Decimal | None:
    """The Herfindahl–Hirschman index of concentration; None where nothing is out."""
    if not total:
        return None
    return _share(sum(((each.figure.amount / total) ** 2 for each in names), ZERO))


def _weighted_rate(rows: Sequence[Row]) -> Decimal | None:
    """The annual rate, weighted by principal."""
    principal = sum((owed.principal for _, owed in rows), ZERO)
    if not principal:
        return None
    weighted = sum((owed.principal * loan.offer.annual_rate for loan, owed in rows), ZERO) / principal
    return weighted.quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)


def _ageing(rows: Sequence[Row], base: Filter, as_of: date) -> dict[str, Figure]:
    found = {}
    for bucket in ageing.BUCKETS:
        inside = [owed.total for loan, owed in rows if ageing.bucket_of(loan.due_date, as_of) == bucket]
        earliest, latest = ageing.due_between(bucket, as_of)
        days = {"due_from": earliest, "due_until": latest}
        chosen = {**base, **{name: day.isoformat() for name, day in days.items() if day}}
        found[bucket] = Figure(sum(inside, ZERO), len(inside), chosen)
    return found


def _expected(rows: Sequence[Row], base: Filter, as_of: date) -> list[Due]:
    by_day: dict[date | None, list[Decimal]] = {}
    for loan, owed in rows:
        by_day.setdefault(loan.due_date if loan.due_date >= as_of else None, []).append(owed.total)
    found = []
    for day in sorted(by_day, key=lambda each: each or date.min):
        amounts = by_day[day]
        if day:
            days = {"due_from": day.isoformat(), "due_until": day.isoformat()}
        else:
            days = {"due_until": date.fromordinal(as_of.toordinal() - 1).isoformat()}
        found.append(Due(day, Figure(sum(amounts, ZERO), len(amounts), {**base, **days})))
    return found
