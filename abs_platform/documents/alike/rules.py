"""When one invoice nearly repeats another. Pure Python.

Compared are invoices of one seller to one buyer in one currency. What honest invoices have in common (a counter, a fee that
recurs monthly) is no finding by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from uuid import UUID

from abs_platform.documents.alike.numbers import Likeness, bare, likeness

UNIT = Decimal("0.0001")  # amounts are compared as whole numbers of it
TOLERANCE = 100  # a hundredth of the greater amount
SIMILAR_DAYS = 45  # within which a similar number tells
REPEAT_DAYS = 6  # within which an amount tells by itself: a weekly fee is no repetition
SPLIT_CANDIDATES = 40  # the nearest in time that are put together
SPLIT_SLACK = 200  # units, two hundredths: parts are rounded
SPLIT_SHARE = 100  # a part is at least so-manieth of the whole
SLIPS = frozenset({Likeness.SAME, Likeness.AFFIX, Likeness.TRANSPOSED, Likeness.TYPO})


class Reason(IntEnum):
    """Why two invoices are taken for one, the strongest first."""

    SAME_NUMBER = 1  # of two owners, who each present it as theirs
    NUMBER_ALIKE = 2
    AMOUNT_REPEATS = 3
    SPLIT = 4  # some add up to another
    AMOUNT_NEAR = 5


@dataclass(frozen=True, slots=True)
class Trace:
    """What is compared of an invoice. `number` as numbers.plain gives it; `amount` above zero, in UNITs."""

    id: UUID
    owner_id: UUID
    number: str
    amount: int
    day: date


@dataclass(frozen=True, slots=True)
class Finding:
    """An invoice, what it nearly repeats, and why; of a split, the parts and the whole but the invoice itself."""

    trace: Trace
    others: tuple[Trace, ...]
    reason: Reason

    @property
    def ids(self) -> list[UUID]:
        """All of them, in one order whichever was found first."""
        return sorted([self.trace.id, *(other.id for other in self.others)])


def units(amount: Decimal) -> int:
    """An amount as a whole number of UNITs."""
    return int(amount.scaleb(4).to_integral_value())


def amounts_near(amount: int) -> tuple[int, int]:
    """The least and the greatest amount within the tolerance of `amount`, both ways."""
    return -(-amount * (TOLERANCE - 1) // TOLERANCE), amount * TOLERANCE // (TOLERANCE - 1)


def strongest(trace: Trace, candidates: Sequence[Trace]) -> Finding | None:
    """The strongest finding on an invoice among those of its seller, buyer and currency."""
    found = [(reason, each.id, each) for each in candidates if (reason := resemblance(trace, each))]
    best = min(found, default=None)
    if best is None or best[0] > Reason.SPLIT:
        parts = _split(trace, candidates)
        if parts:
            return Finding(trace, parts, Reason.SPLIT)
    return Finding(trace, (best[2],), best[0]) if best else None


def resemblance(one: Trace, other: Trace) -> Reason | None:
    """Why two are taken for one; None where they are not.

    One owner's numbers that differ by punctuation and zeros alone are another rule's (`number_resembles`), whatever the
    amount.
    """
    if abs(one.amount - other.amount) * TOLERANCE > max(one.amount, other.amount):
        return None
    days = abs((one.day - other.day).days)
    if days > SIMILAR_DAYS:
        return None
    if bare(one.number) == bare(other.number):
        return Reason.SAME_NUMBER if one.owner_id != other.owner_id else None
    number = likeness(one.number, other.number)
    if number in SLIPS:
        return Reason.NUMBER_ALIKE
    if days > REPEAT_DAYS:
        return None
    if one.amount == other.amount:
        return Reason.AMOUNT_REPEATS
    return None if number == Likeness.NEIGHBOURS else Reason.AMOUNT_NEAR


def _split(trace: Trace, candidates: Sequence[Trace]) -> tuple[Trace, ...]:
    """Two or three that add up to one, the invoice being one of them: the others; empty where there are none."""
    close = [each for each in candidates if abs((each.day - trace.day).days) <= REPEAT_DAYS]
    if len(close) > SPLIT_CANDIDATES:
        close = sorted(close, key=lambda each: (abs((each.day - trace.day).days), each.id))[:SPLIT_CANDIDATES]
    if len(close) < 2:
        return ()
    close.sort(key=lambda each: (each.amount, each.id))
    own, amounts = trace.amount, [each.amount for each in close]
    found = _sum_up(amounts, own)  # the invoice is the whole
    for at, whole in enumerate(amounts):
        if found is not None or whole > own * SPLIT_SHARE:
            break
        if whole > own:  # it is a part
            found = _rest(amounts[:at], whole - own)
            found = (*found, at) if found is not None else None
    return tuple(close[at] for at in found) if found is not None else ()


def _sum_up(amounts: Sequence[int], total: int) -> tuple[int, ...] | None:
    """The positions of two or three of ascending `amounts` that add up to `total`."""
    found: tuple[int, ...] | None = _pair(amounts, total)
    for at, amount in enumerate(amounts):
        if found is not None or amount >= total:
            break
        if amount * SPLIT_SHARE >= total:
            pair = _pair(amounts[:at], total - amount)
            found = (*pair, at) if pair is not None else None
    return found


def _rest(amounts: Sequence[int], total: int) -> tuple[int, ...] | None:
    """The positions of one or two of ascending `amounts` that make `total`."""
    one = next((at for at, amount in enumerate(amounts) if abs(amount - total) <= SPLIT_SLACK), None)
    return (one,) if one is not None else _pair(amounts, total)


def _pair(amounts: Sequence[int], total: int) -> tuple[int, int] | None:
    """The positions of two different ones of ascending `amounts` that add up to `total`, neither a trifle of it."""
    low, high = 0, len(amounts) - 1
    while low < high:
        off = amounts[low] + amounts[high] - total
        if -SPLIT_SLACK <= off <= SPLIT_SLACK and amounts[low] * SPLIT_SHARE >= total:
            return low, high
        if off < 0:
            low += 1
        else:
            high -= 1
    return None
