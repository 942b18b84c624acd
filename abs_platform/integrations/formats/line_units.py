"""What a line states in another unit than its quantity, in its quantity's."""

from decimal import Decimal, localcontext

from abs_platform.core.units import unit_code, unit_of
from abs_platform.integrations.formats.fields import MAX_DECIMALS, MAX_INTEGER_DIGITS
from abs_platform.integrations.formats.model import ONE

# Enough for the product of two figures of any document.
PRECISION = 90
FINEST = Decimal(10) ** -MAX_DECIMALS
LIMIT = Decimal(10) ** MAX_INTEGER_DIGITS


def in_unit(value: Decimal, unit: str | None, wanted: str | None) -> Decimal | None:
    """So many of `wanted`; a unit that is not stated is the other one. None where the units are no multiples of each other,
    or the figure would not be exact."""
    if not value or not unit or not wanted or unit == wanted:
        return value
    one, another = unit_of(unit_code(unit)), unit_of(unit_code(wanted))
    if one.base != another.base:
        return None
    with localcontext() as context:
        context.prec = PRECISION
        found = value * one.factor / another.factor
        return found if abs(found) < LIMIT and found == found.quantize(FINEST) else None


def price_base_in(unit: str | None, stated: Decimal | None, stated_unit: str | None) -> Decimal | None:
    """For how many of `unit` a price is: one where nothing is stated, or nothing, which would divide by zero. None where it is
    for a unit that is no multiple."""
    return in_unit(stated or ONE, stated_unit, unit)
