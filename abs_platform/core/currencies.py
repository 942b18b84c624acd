"""Currencies and their minor units (ISO 4217). Pure Python."""

from decimal import Decimal

ZERO_DECIMAL_CURRENCIES = frozenset({"JPY", "KRW", "VND", "CLP"})


def minor_unit(currency: str | None) -> Decimal:
    """The smallest amount of a currency: 0.01 for most, 1 for some."""
    return Decimal(1) if currency in ZERO_DECIMAL_CURRENCIES else Decimal("0.01")
