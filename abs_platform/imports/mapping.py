"""Which column of a table holds what. Pure Python."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from abs_platform.imports import fields, units
from abs_platform.imports.units import Heading

DATE_ORDERS = ("ymd", "dmy", "mdy")
OPEN = ""
"""The order of dates that could be read in two ways, until a person says which: nothing is checked before."""
DECIMAL_MARKS = (".", ",")


@dataclass(frozen=True, slots=True)
class Plan:
    """Columns by field (the first is 0), values given once for the whole table, and how digits are written.

    `units`: how much one in a column of money is, by field; see units.UNITS.
    """

    columns: Mapping[str, int] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    date_order: str = "ymd"
    decimal_mark: str = "."
    units: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:  # Any: JSON
        """As it is stored and shown."""
        return {
            "columns": dict(self.columns),
            "defaults": dict(self.defaults),
            "date_order": self.date_order,
            "decimal_mark": self.decimal_mark,
            "units": dict(self.units),
        }

    def settings(self) -> dict[str, Any]:  # Any: JSON
        """The same without columns: what a saved mapping keeps."""
        return {name: value for name, value in self.to_json().items() if name != "columns"}

    def scale_of(self, name: str) -> Decimal:
        """What the figures of a field are to be multiplied by."""
        return Decimal(self.units.get(name, "1"))

    @property
    def stated(self) -> frozenset[str]:
        """The fields that have a column or a value."""
        return frozenset(self.columns) | frozenset(name for name, value in self.defaults.items() if value)


def plan_of(data: Mapping[str, Any]) -> Plan:  # Any: JSON
    """The inverse of `Plan.to_json`."""
    return Plan(
        columns=dict(data.get("columns", {})),
        defaults=dict(data.get("defaults", {})),
        date_order=data.get("date_order", "ymd"),
        decimal_mark=data.get("decimal_mark", "."),
        units=dict(data.get("units", {})),
    )


def missing(kind: str, plan: Plan) -> list[str]:
    """What a person has to say before a table can be checked: fields, in which order dates are written, amounts in which unit."""
    open_ones = {"date_order": plan.date_order == OPEN, "money_unit": units.OPEN in plan.units.values()}
    return fields.missing(kind, plan.stated) + [name for name, is_open in open_ones.items() if is_open]


class Saved(Protocol):
    """A mapping kept under a name: headers by field, and the rest of the plan."""

    id: UUID
    name: str
    columns: Any  # {field: header}; Any: JSON
    settings: Any  # Plan.settings


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a mapping cannot be used."""

    code: str
    detail: str
    params: dict[str, object]


def faults(plan: Plan, *, kind: str, width: int) -> Iterable[Fault]:
    """What is wrong with a mapping of a table that has `width` columns."""
    known = {each.name for each in fields.of(kind)}
    for name, column in plan.columns.items():
        if name not in known:
            yield Fault("field_unknown_here", f"A table of this kind has no field {name[:40]!r}.", {"field": name[:40]})
        elif not 0 <= column < width:
            yield Fault("column_unknown", f"The table has no column {column}.", {"field": name, "column": column})
    used: dict[int, str] = {}
    for name, column in plan.columns.items():
        other = used.setdefault(column, name)
        if other != name:
            yield Fault("column_twice", f"Column {column} is mapped to {other} and to {name}.", {"column": column})
    for name in plan.defaults:
        if name not in fields.CONSTANTS:
            yield Fault("default_unknown", f"{name[:40]!r} cannot be given for the whole table.", {"field": name[:40]})
    for name in plan.units:
        if name not in plan.columns or not fields.BY_NAME[name].money:
            yield Fault("unit_unknown", f"No column holds amounts for {name[:40]!r}.", {"field": name[:40]})
    if unclear := [name for name, unit in plan.units.items() if unit == units.OPEN]:
        yield Fault("unit_unclear", f"Say in which unit these are written: {', '.join(unclear)}.", {"fields": unclear})
    if lacking := fields.missing(kind, plan.stated):
        yield Fault("fields_missing", f"Map these, or give them once: {', '.join(lacking)}.", {"fields": lacking})


def as_saved(saved: Saved, columns: Mapping[str, int], heading: Heading) -> Plan:
    """A saved mapping for a table in which its headers stand in `columns`, with the units that the table states."""
    kept = plan_of({**saved.settings, "columns": columns})
    return replace(kept, units=heading.units_as_saved(columns, kept.units))


def placed(saved: Mapping[str, str], headers: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """The columns of a saved mapping (header by field) in a table with these headers, and the headers that it lacks."""
    at = {header.strip().casefold(): index for index, header in reversed(list(enumerate(headers)))}
    found = {name: at.get(header.strip().casefold()) for name, header in saved.items()}
    columns = {name: index for name, index in found.items() if index is not None}
    return columns, [header for name, header in saved.items() if name not in columns]
