"""What is stored of the matching, and what the definition derives anew."""

from typing import Any

from django.db import connection

from abs_platform.trade.matching import sql

Rows = list[tuple[Any, ...]]  # Any: columns of every type


def stored() -> dict[str, Rows]:
    """Rows, pieces and sums as the events left them, in a fixed sequence."""
    return {what: _rows(sql.stored(what)) for what in sql.STORED}


def derived() -> dict[str, Rows]:
    """The same by the full form."""
    return {what: _rows(sql.anew(what)) for what in sql.STORED}


def _rows(query: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return sorted(cursor.fetchall(), key=str)
