"""What a row's fields hold, as statements of our own take it."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from django.db import connection
from django.db.models import Field, IntegerField, JSONField, Model

Column: TypeAlias = "Field[Any, Any]"  # Any: fields of every type


def reader(fields: Sequence[Column]) -> Callable[[Model], list[Any]]:  # Any: values of every type
    """What reads a row's values, in the sequence of the fields. Values are what the fields hold, no expressions.

    The database's adapter knows all types but these two: JSON is no type of its own, and integers have the column's width,
    so that one statement is not planned again for larger figures.
    """
    names = [each.attname for each in fields]
    adapted = [(at, each.get_db_prep_save) for at, each in enumerate(fields) if _is_adapted(each)]

    def values(row: Model) -> list[Any]:  # Any: see above
        found = [getattr(row, name) for name in names]
        for at, adapt in adapted:
            found[at] = adapt(found[at], connection)
        return found

    return values


def _is_adapted(field: Column) -> bool:
    return isinstance(getattr(field, "target_field", field), (IntegerField, JSONField))
