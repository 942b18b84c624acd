"""What amounts and days a move of money may have. Pure Python."""

from datetime import date
from decimal import Decimal

from abs_platform.core.currencies import minor_unit
from abs_platform.core.errors import Invalid

AMOUNT_LIMIT = Decimal(10) ** 16


def check_amount(amount: Decimal, currency: str) -> None:
    """Raises Invalid for an amount that is not above zero, too large, or finer than its currency."""
    unit = minor_unit(currency)
    if not amount.is_finite() or not 0 < amount < AMOUNT_LIMIT or amount != amount.quantize(unit):
        raise Invalid("amount_invalid", f"The amount must be above zero and a multiple of {unit}.", unit=str(unit))


def check_typed(amount: Decimal, expected: Decimal, currency: str) -> None:
    """Raises Invalid unless the amount that was typed back is the one that is moved."""
    if amount != expected:
        raise Invalid(
            "amount_not_repeated",
            "The amount that you typed is not the one that this moves. Compare it with the paper and type it again.",
            currency=currency,
        )


def check_day(day: date, *, earliest: date, latest: date) -> None:
    """Raises Invalid for a day outside the two."""
    if not earliest <= day <= latest:
        raise Invalid(
            "day_out_of_range",
            f"The day must be from {earliest} to {latest}.",
            earliest=earliest.isoformat(),
            latest=latest.isoformat(),
        )
