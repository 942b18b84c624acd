"""Day counts against published vectors, and what must hold of interest for any loan."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_platform.financing.lending import interest
from abs_platform.financing.lending.interest import Change, days_30_360, year_fraction

DAY_COUNTS = ("ACT/360", "ACT/365", "30/360")

# ISDA, "30/360 Day Count Conventions" (the workbook to 2006 ISDA Definitions, section 4.16), column 30/360 Bond Basis.
BOND_BASIS = [
    ("2007-01-15", "2007-01-30", 15),
    ("2007-01-15", "2007-02-15", 30),
    ("2007-01-15", "2007-07-15", 180),
    ("2007-09-30", "2008-03-31", 180),
    ("2007-09-30", "2007-10-31", 30),
    ("2007-09-30", "2008-09-30", 360),
    ("2007-01-15", "2007-01-31", 16),
    ("2007-01-31", "2007-02-28", 28),
    ("2007-02-28", "2007-03-31", 33),
    ("2006-08-31", "2007-02-28", 178),
    ("2007-02-28", "2007-08-31", 183),
    ("2007-02-14", "2007-02-28", 14),
    ("2007-02-26", "2008-02-29", 363),
    ("2008-02-29", "2009-02-28", 359),
    ("2008-02-29", "2008-03-30", 31),
    ("2008-02-29", "2008-03-31", 32),
    ("2007-02-28", "2007-03-05", 7),
    ("2007-10-31", "2007-11-28", 28),
    ("2007-08-31", "2008-02-29", 179),
    ("2008-02-29", "2008-08-31", 182),
    ("2008-08-31", "2009-02-28", 178),
    ("2009-02-28", "2009-08-31", 183),
]


@pytest.mark.parametrize(("start", "end", "days"), BOND_BASIS)
def test_30_360_counts_as_isda_published(start: str, end: str, days: int) -> None:
    assert days_30_360(date.fromisoformat(start), date.fromisoformat(end)) == days


def test_actual_counts_divide_real_days() -> None:
    start, end = date(2024, 2, 1), date(2024, 3, 1)  # 29 days: a leap year
    assert year_fraction("ACT/360", start, end) == Fraction(29, 360)
    assert year_fraction("ACT/365", start, end) == Fraction(29, 365)
    with pytest.raises(ValueError, match="no day count"):
        year_fraction("ACT/ACT", start, end)


def test_a_loan_as_a_bank_clerk_would_reckon_it() -> None:
    """1,000,000.00 at 4.35 %, ACT/360: 30 days, then 400,000.00 comes back, then 60 days on the rest."""
    start = date(2026, 1, 5)
    changes = [Change(start, Decimal(1000000)), Change(start + timedelta(days=30), Decimal(-400000))]
    exact = interest.exact(
        rate=Decimal("0.0435"), day_count="ACT/360", changes=changes, start=start, since=start,
        until=start + timedelta(days=90),
    )  # fmt: skip
    assert interest.rounded(exact, "CNY") == Decimal("3625.00") + Decimal("4350.00")


@pytest.mark.parametrize(
    ("amount", "currency", "booked"),
    [
        (Fraction(5, 1000), "CNY", "0.01"),
        (Fraction(49, 10000), "CNY", "0.00"),
        (Fraction(-5, 1000), "CNY", "-0.01"),
        (Fraction(1, 2), "JPY", "1"),
        (Fraction(1, 3), "CNY", "0.33"),
    ],
)
def test_amounts_are_rounded_half_up_to_what_can_be_paid(amount: Fraction, currency: str, booked: str) -> None:
    assert interest.rounded(amount, currency) == Decimal(booked)


days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
amounts = st.decimals("0.01", "100000000", places=2)
rates = st.decimals("0", "0.5", places=6)
counts = st.sampled_from(DAY_COUNTS)


def reckon(rate: Decimal, count: str, changes: list[Change], start: date, since: date, until: date) -> Fraction:
    return interest.exact(rate=rate, day_count=count, changes=changes, start=start, since=since, until=until)


@given(amounts, rates, counts, st.lists(days, min_size=3, max_size=3))
def test_a_day_on_which_nothing_happens_changes_nothing(
    amount: Decimal, rate: Decimal, count: str, three: list[date]
) -> None:
    start, between, until = sorted(three)
    changes = [Change(start, amount)]
    whole = reckon(rate, count, changes, start, start, until)
    assert whole == reckon(rate, count, changes, start, start, between) + reckon(
        rate, count, changes, start, between, until
    )
    assert whole == Fraction(amount) * Fraction(rate) * year_fraction(count, start, until)


@given(amounts, rates, counts, st.lists(days, min_size=3, max_size=3), st.fractions(0, 1))
def test_paying_back_never_costs_more_and_later_never_costs_less(
    amount: Decimal, rate: Decimal, count: str, three: list[date], share: Fraction
) -> None:
    start, paid, until = sorted(three)
    back = (amount * Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal("0.01"))
    kept, repaid = [Change(start, amount)], [Change(start, amount), Change(paid, -back)]
    assert 0 <= reckon(rate, count, repaid, start, start, until) <= reckon(rate, count, kept, start, start, until)
    assert reckon(rate, count, kept, start, start, paid) <= reckon(rate, count, kept, start, start, until)


@given(amounts, rates, counts, days)
def test_no_interest_on_the_day_itself(amount: Decimal, rate: Decimal, count: str, day: date) -> None:
    assert reckon(rate, count, [Change(day, amount)], day, day, day) == 0


@given(counts, days, st.integers(0, 3000))
def test_time_never_runs_backwards(count: str, start: date, later: int) -> None:
    """Day by day no fraction shrinks: with 30/360 it may stand still at the end of a month."""
    end = start + timedelta(days=later)
    assert year_fraction(count, start, end) <= year_fraction(count, start, end + timedelta(days=1))


def test_days_out_of_order_are_refused() -> None:
    day = date(2026, 1, 1)
    with pytest.raises(ValueError, match="out of order"):
        reckon(Decimal("0.05"), "ACT/360", [], day, day + timedelta(days=2), day + timedelta(days=1))
