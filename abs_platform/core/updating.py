"""Columns of stored rows in bulk, in one statement whose text does not grow with them: a third of what `bulk_update` costs for
one row, and less for many.
"""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, TypeAlias

from django.db import connection
from django.db.models import Field, Model
from psycopg import sql

from abs_platform.core import prepared

Column: TypeAlias = "Field[Any, Any]"  # Any: fields of every type


def update_all(rows: Collection[Model], names: Sequence[str]) -> None:
    """Write the named fields of stored rows of one model, as `bulk_update` would. No arrays. Raises what an UPDATE raises."""
    if not rows:
        return
    statement, columns = _form(type(next(iter(rows))), tuple(names))
    values = [[each.get_db_prep_save(getattr(row, each.attname), connection) for row in rows] for each in columns]
    with prepared.cursor() as cursor:
        cursor.execute(statement, values)


@cache
def _form(model: type[Model], names: tuple[str, ...]) -> tuple[str, Sequence[Column]]:
    """The statement, and the fields whose values it takes, the key first."""
    stored = {each.name: each for each in model._meta.concrete_fields}
    columns = [model._meta.pk, *(stored[name] for name in names)]
    key, *others = [sql.Identifier(each.column or "") for each in columns]
    statement = sql.SQL(
        "UPDATE {table} row SET {set} FROM unnest({given}) AS given ({names}) WHERE row.{key} = given.{key}"
    )
    text = statement.format(
        table=sql.Identifier(model._meta.db_table),
        set=sql.SQL(", ").join(sql.SQL("{0} = given.{0}").format(name) for name in others),
        given=sql.SQL(", ").join(sql.SQL("{}::{}[]").format(sql.Placeholder(), _type(each)) for each in columns),
        names=sql.SQL(", ").join([key, *others]),
        key=key,
    )
    return text.as_string(), columns


def _type(column: Column) -> sql.SQL:
    """Its type in the database, in words that are our own."""
    return sql.SQL(column.rel_db_type(connection) or "")  # an identity's would make a sequence
