"""What a programme lends on which rights, and how a loan spreads over them. Pure Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from abs_platform.core.currencies import minor_unit

ZERO = Decimal(0)
PERFORMED = 3
"""The rung from which something is due: below it a right is pre-financing, and may have no due date yet."""

NOT_FREE = "not_free"
GOODS_LENT_ON = "goods_lent_on"
REGISTERED_ELSEWHERE = "registered_elsewhere"
OTHER_DEBTOR = "other_debtor"
OTHER_CURRENCY = "other_currency"
RUNG_TOO_LOW = "rung_too_low"
NOTHING_LEFT = "nothing_left"
DISPUTED = "disputed"
OVERDUE = "overdue"
DUE_DATE_MISSING = "due_date_missing"
DUE_AFTER_MATURITY = "due_after_maturity"
TENOR_PASSED = "tenor_passed"
TENOR_TOO_LONG = "tenor_too_long"
NO_ROOM = "no_room"
SINCE_HELD = (REGISTERED_ELSEWHERE, DISPUTED, OVERDUE)
"""What may have come up since a right is held for a loan, whatever it carries."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A right as a programme looks at it."""

    id: str
    debtor: str | None
    currency: str
    rung: int
    base: Decimal
    due_date: date | None
    is_free: bool
    goods_lent_on: bool = (
        False  # perhaps: an order that is pledged is of the same items, and one of the two names no order
    )
    is_disputed: bool = False
    rivals: frozenset[str] = frozenset()  # for whom it is registered at 中登, as names compare


@dataclass(frozen=True, slots=True)
class Conditions:
    """On what a programme lends. `advance_rates`: by rung, a fraction of the base; a rung without one carries nothing.

    `lender`: its funder's name, as names compare.
    """

    debtor: str
    currency: str
    min_rung: int
    advance_rates: Mapping[int, Decimal]
    max_tenor_days: int
    lender: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A programme's limits, and how much of each is taken."""

    limit: Decimal
    taken: Decimal
    supplier_limit: Decimal
    taken_by_supplier: Decimal

    @property
    def left(self) -> Decimal:
        """What may still be lent to the supplier. How much others took shows in it: none of the supplier's business."""
        return max(min(self.limit - self.taken, self.left_to_supplier), ZERO)

    @property
    def left_to_supplier(self) -> Decimal:
        """What its own limit leaves to the supplier."""
        return max(self.supplier_limit - self.taken_by_supplier, ZERO)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a programme says of rights together: why it lends nothing (on anything, and on each), what each carries, the most
    that they and the supplier's own limit allow.
    """

    obstacles: tuple[str, ...]
    of_each: tuple[tuple[str, ...], ...]
    carried: tuple[Decimal, ...]
    most: Decimal


def judge(claims: Sequence[Claim], conditions: Conditions, room: Room, *, until: date, today: date) -> Judgement:
    """What may be lent on these rights until that day: all that asks, offers and accepts goes by this."""
    tenor = tenor_obstacle(until, today, conditions)
    whole = (*([tenor] if tenor else []), *([] if room.left > 0 else [NO_ROOM]))
    of_each = tuple(obstacles(claim, conditions, until, today) for claim in claims)
    each = tuple(ZERO if stands else carried(claim, conditions) for claim, stands in zip(claims, of_each, strict=True))
    return Judgement(whole, of_each, each, ZERO if whole or any(of_each) else most(claims, conditions, room))


def obstacles(claim: Claim, conditions: Conditions, until: date, today: date) -> tuple[str, ...]:
    """Why a right carries nothing under these conditions for a loan until that day; nothing where it does."""
    found = []
    if not claim.is_free:
        found.append(NOT_FREE)
    if claim.goods_lent_on:
        found.append(GOODS_LENT_ON)
    if claim.rivals - {conditions.lender}:
        found.append(REGISTERED_ELSEWHERE)
    if claim.debtor != conditions.debtor:
        found.append(OTHER_DEBTOR)
    if claim.currency != conditions.currency:
        found.append(OTHER_CURRENCY)
    if claim.rung < conditions.min_rung:
        found.append(RUNG_TOO_LOW)
    elif carried(claim, conditions) <= 0:
        found.append(NOTHING_LEFT)
    if claim.is_disputed:
        found.append(DISPUTED)
    if claim.due_date is None and claim.rung >= PERFORMED:
        found.append(DUE_DATE_MISSING)
    if claim.due_date is not None and claim.due_date > until:
        found.append(DUE_AFTER_MATURITY)
    if claim.due_date is not None and claim.due_date < today:
        found.append(OVERDUE)
    return tuple(found)


def tenor_obstacle(until: date, today: date, conditions: Conditions) -> str | None:
    """Why money cannot be lent until that day."""
    if until <= today:
        return TENOR_PASSED
    return TENOR_TOO_LONG if (until - today).days > conditions.max_tenor_days else None


def rate_of(claim: Claim, conditions: Conditions) -> Decimal:
    """The fraction of its base that a right carries."""
    return conditions.advance_rates.get(claim.rung, ZERO) if claim.rung >= conditions.min_rung else ZERO


def carried(claim: Claim, conditions: Conditions) -> Decimal:
    """What may be lent on a right: rate × base, rounded down to the currency's minor unit."""
    amount = rate_of(claim, conditions) * claim.base
    return amount.quantize(minor_unit(claim.currency), rounding=ROUND_DOWN)


def most(claims: Sequence[Claim], conditions: Conditions, room: Room) -> Decimal:
    """The most that may be lent on these rights together, as far as they and the supplier's own limit go."""
    return min(sum((carried(claim, conditions) for claim in claims), ZERO), room.left_to_supplier)


def shares(amount: Decimal, carrying: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """An amount spread over what carries it, in proportion, in multiples of `unit`; none above what it carries.

    Raises ValueError where it is more than all of them carry.
    """
    whole = sum(carrying, ZERO)
    if not 0 <= amount <= whole:
        raise ValueError(f"{amount} is more than the {whole} that carry it")
    found = [(amount * each / whole).quantize(unit, rounding=ROUND_DOWN) if whole else ZERO for each in carrying]
    left = amount - sum(found, ZERO)
    for at, each in enumerate(carrying):  # what rounding left over goes to the first that can bear it
        more = min(left, each - found[at])
        found[at] += more
        left -= more
    return found
