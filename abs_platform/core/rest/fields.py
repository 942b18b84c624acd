"""Shapes that many replies share."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from abs_platform.core.currencies import minor_unit

Body = dict[str, Any]  # Any: JSON


class Named(serializers.Serializer[Any]):
    """Something with an id and a name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class Coded(serializers.Serializer[Any]):
    """A word of the interface's dictionary, with what to put into it."""

    code = serializers.CharField()
    params = serializers.DictField()


class Subject(serializers.Serializer[Any]):
    """What a row is about."""

    kind = serializers.CharField()
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]  # the contract's name shadows DRF's attribute


def named(id: object, name: str) -> Body:
    """{"id", "name"}"""
    return {"id": str(id), "name": name}


def time(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def money(amount: Decimal | None, currency: str) -> str | None:
    """An amount as text: with the currency's decimals, more only where the document states more."""
    if amount is None:
        return None
    exact = amount.normalize()
    unit = minor_unit(currency)
    return str(exact.quantize(unit) if exact == exact.quantize(unit) else format(exact, "f"))


def number(value: Decimal | None) -> str | None:
    """A quantity or price as text without trailing zeros."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
