"""What a right supports, or would support, on every rung. Pure Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from abs_platform.core.currencies import minor_unit
from abs_platform.rights.ladder import ORDERED, PAYMENT_CONFIRMED, Standing, held_rungs
from abs_platform.rights.reductions import Reduction
from abs_platform.rights.rules import Assessment, assess_standing


@dataclass(frozen=True, slots=True)
class RungSupport:
    """`base` and `supported` of a rung: of one that is held, as the facts give them; of one to come, today's base at its
    rate, as far as nothing else changes. None of one that was passed over, and while there is nothing to reckon from.
    """

    rung: int
    rate: Decimal
    is_held: bool
    base: Decimal | None
    supported: Decimal | None


def by_rung(
    standing: Standing, found: Assessment, rates: Mapping[int, Decimal], *, deductions: Sequence[Reduction] = ()
) -> tuple[RungSupport, ...]:
    """One for each rung, lowest first. `found`: on the rung that the right stands on, less `deductions` like the others."""
    held = held_rungs(standing)
    rungs = range(ORDERED, PAYMENT_CONFIRMED + 1)
    return tuple(_on(rung, rung in held, standing, found, rates, deductions) for rung in rungs)


def _on(
    rung: int,
    is_held: bool,
    standing: Standing,
    found: Assessment,
    rates: Mapping[int, Decimal],
    deductions: Sequence[Reduction],
) -> RungSupport:
    rate = rates.get(rung, Decimal(0))
    if is_held:
        on_it = found if rung == found.rung else assess_standing(standing, rates, rung=rung, deductions=deductions)
        return RungSupport(rung, rate, True, on_it.base, on_it.supported)
    if not found.rung or rung < found.rung:
        return RungSupport(rung, rate, False, None, None)
    unit = minor_unit(found.currency)
    return RungSupport(rung, rate, False, found.base, (found.base * rate).quantize(unit, rounding=ROUND_HALF_UP))
