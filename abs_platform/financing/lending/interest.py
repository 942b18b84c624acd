"""Interest by stated day count. Pure Python.

ACT/360 and ACT/365 (Fixed): 2006 ISDA Definitions, section 4.16 (e) and (d). 30/360 (Bond Basis): section 4.16 (f).
The first day counts, the last does not (算头不算尾).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

from abs_platform.core.currencies import minor_unit

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Change:
    """The principal grows by `amount` on a day (a repayment: below zero)."""

    on: date
    amount: Decimal


def days_30_360(start: date, end: date) -> int:
    """Days of a year of twelve months of thirty (Bond Basis): the 31st is the 30th, at the end only after a 30th or 31st."""
    first = min(start.day, 30)
    last = 30 if end.day == 31 and first == 30 else end.day
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


def year_fraction(day_count: str, start: date, end: date) -> Fraction:
    """The part of a year from `start` to `end`, exactly. Raises ValueError for a day count that is not known."""
    match day_count:
        case "ACT/360":
            return Fraction((end - start).days, 360)
        case "ACT/365":
            return Fraction((end - start).days, 365)
        case "30/360":
            return Fraction(days_30_360(start, end), 360)
    raise ValueError(f"{day_count!r} is no day count")


def exact(
    *, rate: Decimal, day_count: str, changes: Sequence[Change], start: date, since: date, until: date
) -> Fraction:
    """Interest from `since` to `until` of a principal that runs from `start` and changes meanwhile, not rounded.

    `rate` is a fraction for a year. Each span counts as the difference of two fractions from `start`, so that a day on
    which nothing changes never changes what is owed: with 30/360 the spans would not add up otherwise. Raises ValueError
    for days out of order.
    """
    if not start <= since <= until:
        raise ValueError("The days are out of order.")
    days = sorted({since, until, *(each.on for each in changes if since < each.on < until)})
    total = Fraction(0)
    for first, last in pairwise(days):
        principal = sum((each.amount for each in changes if each.on <= first), ZERO)
        span = year_fraction(day_count, start, last) - year_fraction(day_count, start, first)
        total += Fraction(principal) * Fraction(rate) * span
    return total


def rounded(amount: Fraction, currency: str) -> Decimal:
    """Half up to the currency's smallest unit, as amounts are booked."""
    unit = minor_unit(currency)
    units = amount / Fraction(unit)
    whole, rest = divmod(abs(units), 1)
    whole += rest >= Fraction(1, 2)
    return (Decimal(whole) * unit * (-1 if units < 0 else 1)).quantize(unit, rounding=ROUND_HALF_UP)


def fee(principal: Decimal, fee_rate: Decimal, currency: str) -> Decimal:
    """The fee on a principal, as it is booked."""
    return rounded(Fraction(principal) * Fraction(fee_rate), currency)
