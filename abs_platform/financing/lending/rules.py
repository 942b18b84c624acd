"""What amounts and days a move of money may have. Pure Python."""

from datetime import date
from decimal import Decimal

from abs_platform.core.errors import Invalid


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
