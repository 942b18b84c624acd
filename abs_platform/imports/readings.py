"""How cells are read under the mapping, where that is not what they say: 03/04/2026, 1.00 of a column in 万元, 0.13 of a rate."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from abs_platform.core.rest.fields import number
from abs_platform.imports import checking, writing
from abs_platform.imports.mapping import missing, plan_of
from abs_platform.imports.models import Batch, Row

Readings = dict[str, str]
"""By column: an ISO date, or a plain decimal."""


def readings(rows: Sequence[Row], batch: Batch) -> dict[int, Readings]:
    """Those of rows of an import, by the row's number; none while its mapping leaves something open."""
    below = [row for row in rows if row.number > (batch.header_row or 0)]
    plan = plan_of(batch.mapping)
    if not below or missing(batch.kind, plan):
        return {}
    table = writing.table_of(below, len(batch.headers))
    read = checking.read_alone(table, kind=batch.kind, plan=plan)
    found: dict[int, Readings] = {}
    for name in read.columns[1:]:
        column = plan.columns[name]
        for at, text, value in zip(read["row"], table[f"c{column}"], read[name], strict=True):
            if value is not None and (said := _said(value)) != text:
                found.setdefault(at, {})[str(column)] = said
    return found


def _said(value: date | Decimal) -> str:
    return value.isoformat() if isinstance(value, date) else number(value) or ""
