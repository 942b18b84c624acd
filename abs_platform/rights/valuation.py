"""What one unit of a row is worth: the lowest that order and invoices state, and only what was confirmed makes a value.

Pure Python. A document that the core enterprise has not confirmed may lower a value, never make or raise one: else
whoever sends it could name its own price. Call within a context of trade.facts.PRECISION digits.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from abs_platform.rights.ladder import Standing, unit_of
from abs_platform.trade.facts import CONFIRMED
from abs_platform.trade.joining import Part, Row

ZERO = Decimal(0)
# Beyond this no figure of a real trade lies; it values nothing until it is mended.
AMOUNT_LIMIT = Decimal(10) ** 15
VALUING = ("order", "invoice")


@dataclass(frozen=True, slots=True)
class UnitValue:
    """Per one unit, exact; None where there is none. `is_confirmed`: a confirmed document states an amount.

    `is_fixed`: and no document that is neither confirmed nor sound in its sums lowers it. `value_parts`, `tax_parts`: the
    lines that state it: the sum of their figures over the sum of their quantities.
    """

    value: Decimal | None
    tax: Decimal | None
    is_confirmed: bool
    is_fixed: bool
    value_parts: tuple[Part, ...] = ()
    tax_parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class _PerUnit:
    value: Decimal
    parts: tuple[Part, ...]


def unit_value(row: Row, standing: Standing) -> UnitValue:
    """The lower of order and invoices where both are known; value and tax each on its own."""
    unit = unit_of(row)
    parts = [
        part
        for part in row.parts
        if part.document.kind in VALUING
        and part.document.counts
        and standing.is_own(part.document)
        and part.in_unit(unit)
    ]
    making = [
        part
        for part in parts
        if part.document.confirmation == CONFIRMED
        and part.unit == unit
        and (part.document.currency or None) == (standing.currency or None)
    ]
    trusted = [part for part in parts if part.document.confirmation == CONFIRMED or part.document.is_sound]
    value, tax = _lowest(making, parts, _amount), _lowest(making, parts, _tax)
    if any(figure is not None and abs(figure.value) >= AMOUNT_LIMIT for figure in (value, tax)):
        return UnitValue(None, None, is_confirmed=True, is_fixed=False)
    certain = value, tax
    if len(trusted) < len(parts):
        certain = _lowest(making, trusted, _amount), _lowest(making, trusted, _tax)
    return UnitValue(
        value=_value(value),
        tax=_value(tax),
        is_confirmed=value is not None,
        is_fixed=value is not None and [_value(value), _value(tax)] == [_value(each) for each in certain],
        value_parts=value.parts if value else (),
        tax_parts=tax.parts if tax else (),
    )


def _value(found: _PerUnit | None) -> Decimal | None:
    return None if found is None else found.value


def _amount(part: Part) -> Decimal | None:
    return part.amount


def _tax(part: Part) -> Decimal | None:
    return part.line.tax


def _lowest(making: Sequence[Part], parts: Sequence[Part], figure: Callable[[Part], Decimal | None]) -> _PerUnit | None:
    """The lowest per unit that any kind states; None where no part of `making` states one."""
    made = _stated(making, figure)
    if not made:
        return None
    stated = [] if len(making) == len(parts) else _stated(parts, figure)
    return min([*made, *stated], key=lambda each: each.value)


def _stated(parts: Sequence[Part], figure: Callable[[Part], Decimal | None]) -> list[_PerUnit]:
    return [each for kind in VALUING for each in _per_unit(_of(parts, kind), figure)]


def _of(parts: Iterable[Part], kind: str) -> list[Part]:
    return [part for part in parts if part.document.kind == kind]


def _per_unit(parts: Iterable[Part], figure: Callable[[Part], Decimal | None]) -> Iterator[_PerUnit]:
    """Sum of the figure over sum of the quantities, with and without what is taken back (quantities below zero)."""
    stated = [
        (part, amount, part.line.quantity)
        for part in parts
        if part.line.quantity is not None and (amount := figure(part)) is not None
    ]
    given = [each for each in stated if each[2] > 0]
    for counted in (given,) if len(given) == len(stated) else (given, stated):
        quantity = sum((each for *_, each in counted), ZERO)
        if quantity > 0:
            total = sum((amount for _, amount, _ in counted), ZERO)
            yield _PerUnit(total / quantity, tuple(part for part, *_ in counted))
