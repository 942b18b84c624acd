"""Amounts of money: Decimal with a currency, never float."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models

AMOUNT_LIMIT = Decimal(10) ** 16
ZERO_DECIMAL_CURRENCIES = frozenset({"JPY", "KRW", "VND", "CLP"})


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency (ISO 4217): 0.01 for most, 1 for some."""
    return Decimal(1) if currency in ZERO_DECIMAL_CURRENCIES else Decimal("0.01")


def rounded(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half up to the currency's minor unit."""
    return amount.quantize(minor_unit(currency), rounding=ROUND_HALF_UP)


def amount_field(**options: Any) -> "models.DecimalField[Any, Any]":  # Any: Django's own field options
    """A column for an amount; pair it with `within_limits` in the model's constraints."""
    return models.DecimalField(max_digits=20, decimal_places=4, **options)


def within_limits(field: str, name: str, *, minimum: Decimal = Decimal(0)) -> models.CheckConstraint:
    """`minimum` ≤ field < 10^16. The upper bound also keeps NaN out, which a bare `>= 0` admits."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__gte": minimum, f"{field}__lt": AMOUNT_LIMIT})
        | models.Q(**{f"{field}__isnull": True}),
        name=name,
    )
