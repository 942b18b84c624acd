"""What a table seems to be: its header row, columns, order of dates, decimal mark. A person has the last word."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from abs_platform.imports import cells, fields, presets
from abs_platform.imports.fields import Type
from abs_platform.imports.mapping import OPEN, Plan, Saved, as_saved, placed
from abs_platform.imports.units import Heading

HEAD = 30
SAMPLE = 1_000
DIGITS = r"^\s*(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*\d{4}"
DEFAULT_CURRENCY = "CNY"


@dataclass(frozen=True, slots=True)
class Guess:
    """A plan, with where it comes from: a saved mapping, a system's words, or common ones."""

    header_row: int
    headers: list[str]
    plan: Plan
    system: str = ""
    saved_as: str = ""


def guess(table: pl.DataFrame, *, kind: str, saved: Iterable[Saved], figures_are_plain: bool) -> Guess:
    """What `table` (c0, c1 … of text) seems to be. `figures_are_plain`: a workbook's, with a point before the decimals.

    The newest saved mapping whose headers are all there comes first.
    """
    head = [[text or "" for text in row] for row in table.head(HEAD).rows()]
    for mapping in saved:
        for position, row in enumerate(head):
            columns, lacking = placed(mapping.columns, row)
            if columns and not lacking:
                plan = as_saved(mapping, columns, Heading(row, head[:position]))
                return Guess(position + 1, row, plan, saved_as=mapping.name)
    number = presets.header_row(head, kind=kind)
    headers = head[number - 1] if head else []
    columns, system = presets.guess(headers, kind=kind)
    heading = Heading(headers, head[: number - 1])
    currency = "" if "currency" in columns else _currency(heading, columns.values())
    defaults = {"currency": currency} if currency else {}
    body = table.slice(number, SAMPLE)
    date_order = _date_order(_texts(body, columns, Type.DATE))
    if date_order == OPEN:  # a later row may tell
        date_order = _date_order(_texts(table.slice(number), columns, Type.DATE))
    plan = Plan(
        columns=columns,
        defaults=defaults,
        date_order=date_order,
        decimal_mark="." if figures_are_plain else _decimal_mark(_texts(body, columns, Type.DECIMAL)),
        units=heading.units(columns),
    )
    return Guess(number, headers, plan, system=system.code if system else "")


def _texts(body: pl.DataFrame, columns: dict[str, int], type: Type) -> pl.Series:
    """What stands in all columns of a type, one after the other."""
    wanted = [body[f"c{column}"] for name, column in columns.items() if fields.BY_NAME[name].type == type]
    return pl.concat(wanted).drop_nulls() if wanted else pl.Series(dtype=pl.String)


def _currency(heading: Heading, columns: Iterable[int]) -> str:
    """The currency that headers or titles name, 金额（美元）; none where they name several, so that a person says which."""
    units = [*(heading.own[column] for column in columns), heading.title]
    found = {unit.currency for unit in units if unit and unit.currency}
    return min(found, default=DEFAULT_CURRENCY) if len(found) < 2 else ""


def _date_order(texts: pl.Series) -> str:
    """By what cannot be a month, and by points, before which days come; years first where nothing speaks for another order.

    OPEN where both orders fit, or some dates are written in one and some in the other.
    """
    parts = pl.DataFrame({"text": texts}).select(
        pl.col("text").str.extract(DIGITS, 1).cast(pl.Int32).alias("first"),
        pl.col("text").str.extract(DIGITS, 2).cast(pl.Int32).alias("second"),
        pl.col("text").str.contains(cells.POINTS).alias("points"),
    )
    parts = parts.filter(pl.col("first").is_not_null() & (pl.col("first") != pl.col("second")))
    if parts.is_empty():
        return "ymd"
    days_first = bool(((parts["first"] > 12) | parts["points"]).any())
    months_first = bool((parts["second"] > 12).any())
    return OPEN if days_first == months_first else "dmy" if days_first else "mdy"


def _decimal_mark(texts: pl.Series) -> str:
    """A comma where more figures have decimals behind one than behind a point; three digits alone may be thousands."""
    comma = texts.str.contains(r"\.\d{3},|,(?:\d{1,2}|\d{4,})-?\s*$").sum()
    point = texts.str.contains(r",\d{3}\.|\.(?:\d{1,2}|\d{4,})-?\s*$").sum()
    return "," if comma > point else "."
