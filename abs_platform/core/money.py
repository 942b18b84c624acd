"""Amounts of money as columns: Decimal with a currency beside it, never float."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models

from abs_platform.core.currencies import AMOUNT_LIMIT

DECIMALS = 4


def amount_field(**options: Any) -> "models.DecimalField[Any, Any]":  # Any: Django's own field options
    """A column for an amount; pair it with `within_limits` in the model's constraints."""
    return models.DecimalField(max_digits=20, decimal_places=DECIMALS, **options)


def as_kept(amount: Decimal | None) -> Decimal | None:
    """An amount with the decimals that such a column keeps of it, rounded as PostgreSQL rounds."""
    return None if amount is None else amount.quantize(Decimal(1).scaleb(-DECIMALS), rounding=ROUND_HALF_UP)


def within_limits(field: str, name: str, *, minimum: Decimal = Decimal(0)) -> models.CheckConstraint:
    """`minimum` ≤ field < 10^16. The upper bound also keeps NaN out, which a bare `>= 0` admits."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__gte": minimum, f"{field}__lt": AMOUNT_LIMIT})
        | models.Q(**{f"{field}__isnull": True}),
        name=name,
    )
