"""When one invoice nearly repeats another. Pure Python.

Compared are invoices of one seller to one buyer in one currency. What honest invoices have in common (a counter, a fee that
recurs monthly) is no finding by itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from uuid import UUID

from abs_platform.documents.alike.numbers import Likeness, bare, likeness

TOLERANCE = Decimal("0.01")  # of the greater amount
SIMILAR_DAYS = 45  # within which a similar number tells
REPEAT_DAYS = 6  # within which an amount tells by itself: a weekly fee is no repetition
SPLIT_CANDIDATES = 40  # the nearest in time that are put together
SPLIT_SLACK = 2  # hundredths: parts are rounded
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
    """What is compared of an invoice. `number` as numbers.plain gives it; `amount` above zero."""

    id: UUID
    owner_id: UUID
    number: str
    amount: Decimal
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


def amounts_near(amount: Decimal) -> tuple[Decimal, Decimal]:
    """The least and the greatest amount within the tolerance of `amount`."""
    return amount * (1 - TOLERANCE), amount / (1 - TOLERANCE)


def strongest(trace: Trace, candidates: Sequence[Trace]) -> Finding | None:
    """The strongest finding on an invoice among those of its seller, buyer and currency."""
    found = [Finding(trace, (other,), reason) for other in candidates if (reason := resemblance(trace, other))]
    best = min(found, key=lambda each: (each.reason, each.others[0].id), default=None)
    if best is None or best.reason > Reason.SPLIT:
        parts = _split(trace, candidates)
        return Finding(trace, parts, Reason.SPLIT) if parts else best
    return best


def resemblance(one: Trace, other: Trace) -> Reason | None:
    """Why two are taken for one; None where they are not.

    One owner's numbers that differ by punctuation and zeros alone are another rule's (`number_resembles`), whatever the
    amount.
    """
    low, high = amounts_near(one.amount)
    days = abs((one.day - other.day).days)
    if not low <= other.amount <= high or days > SIMILAR_DAYS:
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


def _split(trace: Trace, candidates: Iterable[Trace]) -> tuple[Trace, ...]:
    """Two or three that add up to one, the invoice being one of them: the others; empty where there are none."""
    close = [each for each in candidates if abs((each.day - trace.day).days) <= REPEAT_DAYS]
    close = sorted(close, key=lambda each: (abs((each.day - trace.day).days), each.id))[:SPLIT_CANDIDATES]
    own = _hundredths(trace)
    by_amount: dict[int, Trace] = {}
    for each in close:
        by_amount.setdefault(_hundredths(each), each)
    amounts = sorted(by_amount)
    for part, another in _pairs([amount for amount in amounts if amount < own], own):  # the invoice is the whole
        return (by_amount[part], by_amount[another])
    for whole in (amount for amount in amounts if amount > own):  # it is a part
        if (rest := _nearest(by_amount, whole - own)) is not None and rest != whole:
            return (by_amount[rest], by_amount[whole])
    for whole in (amount for amount in amounts if amount > own):
        for part, another in _pairs([amount for amount in amounts if amount < whole - own], whole - own):
            return (by_amount[part], by_amount[another], by_amount[whole])
    smaller = [amount for amount in amounts if amount < own]
    for third in smaller:
        for part, another in _pairs([amount for amount in smaller if amount < third], own - third):
            return (by_amount[part], by_amount[another], by_amount[third])
    return ()


def _pairs(amounts: Sequence[int], total: int) -> Iterator[tuple[int, int]]:
    """Two different ones of ascending `amounts` that add up to `total`."""
    low, high = 0, len(amounts) - 1
    while low < high:
        off = amounts[low] + amounts[high] - total
        if abs(off) <= SPLIT_SLACK:
            yield amounts[low], amounts[high]
        if off < 0:
            low += 1
        else:
            high -= 1


def _nearest(amounts: dict[int, Trace], wanted: int) -> int | None:
    return next((wanted + off for off in (0, -1, 1, -2, 2) if wanted + off in amounts), None)


def _hundredths(trace: Trace) -> int:
    return round(trace.amount * 100)
