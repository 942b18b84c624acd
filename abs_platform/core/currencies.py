"""Currencies, their minor units (ISO 4217), and what an amount of one may be. Pure Python."""

from decimal import Decimal

from abs_platform.core.errors import Invalid

AMOUNT_LIMIT = Decimal(10) ** 16

ZERO_DECIMAL_CURRENCIES = frozenset({"JPY", "KRW", "VND", "CLP"})


def minor_unit(currency: str | None) -> Decimal:
    """The smallest amount of a currency: 0.01 for most, 1 for some."""
    return Decimal(1) if currency in ZERO_DECIMAL_CURRENCIES else Decimal("0.01")


def check_amount(amount: Decimal, currency: str, *, field: str = "amount") -> None:
    """Raises Invalid, naming the field, for an amount that is not above zero, too large, or finer than its currency."""
    unit = minor_unit(currency)
    if not amount.is_finite() or not 0 < amount < AMOUNT_LIMIT or amount != amount.quantize(unit):
        raise Invalid(
            "amount_invalid", f"The amount must be above zero and a multiple of {unit}.", unit=str(unit), field=field
        )
