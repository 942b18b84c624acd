"""Shapes that many replies share."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from abs_platform.core.currencies import minor_unit

Body = dict[str, Any]  # Any: JSON


class Named(serializers.Serializer[Any]):
    """Something with an id and a name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class Day(serializers.DateField):
    """A day that books know, so that reckoning from it to another never leaves the calendar."""

    first, last = date(1900, 1, 1), date(2999, 12, 31)
    default_error_messages = {"out_of_range": f"The day must be from {first} to {last}."}

    def to_internal_value(self, value: Any) -> date:  # Any: what somebody sent
        day: date = super().to_internal_value(value)
        if not self.first <= day <= self.last:
            self.fail("out_of_range")
        return day


class Moment(serializers.DateTimeField):
    """A moment with its offset from UTC: without one it would be another in Beijing than here."""

    default_error_messages = {"offset_missing": "Say the offset from UTC too: 2026-01-31T10:00:00+08:00."}

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("offset_missing")
        aware: datetime = super().enforce_timezone(value)
        return aware


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
