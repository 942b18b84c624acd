"""XML as typed rows, by one walk: a table says which paths are wanted and what each holds; nobody wants the rest.

A row is a dictionary: a name is in it where something is stated. What is wanted at a path is a `Take`; `table` joins paths
into one that goes through an element's children once, whatever is asked of them. The time is that of the elements there
are, not of the fields there could be.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from lxml import etree

from abs_platform.integrations.formats.fields import (
    MAX_ID,
    MAX_REPEATS,
    MAX_UNIT,
    TRUTHS,
    Element,
    as_decimal,
    bounded,
    date_in,
    text_of,
)
from abs_platform.integrations.formats.refusal import Refused

Row = dict[str, Any]  # Any: what the table says of the name
Take = Callable[[Element, Row], None]
"""Takes what an element says into a row. Raises Refused."""
Amount = tuple[Decimal, str]
"""A figure and the code of its currency as it is written, empty where none is stated."""


def table(wanted: Mapping[str, Take], namespaces: Mapping[str, str]) -> Take:
    """What is wanted by path below an element. Paths are of prefixed names: "cac:Item/cbc:Name".

    Raises ValueError for a path that is wanted and leads to others.
    """
    takes: dict[str, Take] = {}
    deeper: dict[str, dict[str, Take]] = {}
    for path, take in wanted.items():
        step, _, rest = path.partition("/")
        prefix, _, name = step.partition(":")
        qualified = f"{{{namespaces[prefix]}}}{name}"
        if rest:
            deeper.setdefault(qualified, {})[rest] = take
        else:
            takes[qualified] = take
    if both := takes.keys() & deeper.keys():
        raise ValueError(f"both taken and gone into: {both}")
    takes |= {name: table(below, namespaces) for name, below in deeper.items()}
    wanted_at = takes.get

    def walk(element: Element, row: Row) -> None:
        for child in element[:]:  # type: ignore[index]  # the stubs know no slices; an iterator takes twice the time
            take = wanted_at(child.tag)
            if take is not None:
                take(child, row)

    return walk


def rows(name: str, take: Take, limit: int = MAX_REPEATS, too_many: str = "too_many_elements") -> Take:
    """A row of its own for each element, in a list."""

    def take_row(element: Element, row: Row) -> None:
        below: Row = {}
        take(element, below)
        _append(row, name, below, limit, too_many)

    return take_row


def text(name: str, limit: int = MAX_ID) -> Take:
    """The first text that is not empty, white space collapsed."""

    def take(element: Element, row: Row) -> None:
        if name in row or not (stated := element.text):
            return
        if len(stated) > limit or " " in stated or not stated.isprintable():  # few
            stated = bounded(stated, limit, element)
        if stated:
            row[name] = stated

    return take


def only_text(name: str) -> Take:
    """The one text; refused where another stands beside it."""

    def take(element: Element, row: Row) -> None:
        if stated := text_of(element):
            if name in row:
                _check_same(element, row[name], stated)
            row[name] = stated

    return take


def texts(name: str, limit: int = MAX_ID) -> Take:
    """Every text that is not empty."""

    def take(element: Element, row: Row) -> None:
        if stated := text_of(element, limit):
            _append(row, name, stated)

    return take


def indicator(name: str) -> Take:
    """A truth value; none where it is neither."""

    def take(element: Element, row: Row) -> None:
        if name not in row and (stated := TRUTHS.get(text_of(element).lower())) is not None:
            row[name] = stated

    return take


def dates(name: str) -> Take:
    """Every date stated."""

    def take(element: Element, row: Row) -> None:
        if stated := text_of(element):
            _append(row, name, date_in(stated, element))

    return take


def decimal(name: str, unit: str = "") -> Take:
    """The one decimal; with its unit's code under the name `unit`."""

    def take(element: Element, row: Row) -> None:
        if (value := as_decimal(element)) is not None:
            if name in row:
                _check_same(element, row[name], value)
            row[name] = value
            if unit and (code := element.get("unitCode")):
                row[unit] = bounded(code, MAX_UNIT, element) or None

    return take


def not_negative(name: str, unit: str) -> Take:
    """The one decimal, refused below zero; with its unit's code under the name `unit`."""

    def take(element: Element, row: Row) -> None:
        if (value := as_decimal(element)) is None:
            return
        if value < 0:
            # It would add to what was accepted.
            detail = f"{etree.QName(element).localname} in line {element.sourceline} is below zero."
            raise Refused("quantity_negative", detail, line=element.sourceline)
        if name in row:
            _check_same(element, row[name], value)
        row[name] = value
        if code := element.get("unitCode"):
            row[unit] = bounded(code, MAX_UNIT, element) or None

    return take


def decimals(name: str) -> Take:
    """Every decimal stated."""

    def take(element: Element, row: Row) -> None:
        if (value := as_decimal(element)) is not None:
            _append(row, name, value)

    return take


def amount(name: str) -> Take:
    """The one Amount."""

    def take(element: Element, row: Row) -> None:
        if (value := as_decimal(element)) is not None:
            stated = value, element.get("currencyID") or ""
            if name in row:
                _check_same(element, row[name], stated)
            row[name] = stated

    return take


def amounts(name: str) -> Take:
    """Every Amount stated."""

    def take(element: Element, row: Row) -> None:
        if (value := as_decimal(element)) is not None:
            _append(row, name, (value, element.get("currencyID") or ""))

    return take


def _check_same(element: Element, before: object, now: object) -> None:
    """Where what is stated once is stated twice, and differs, nobody could say which counts. Raises Refused."""
    if before != now:
        what = etree.QName(element).localname
        detail = f"{what} in line {element.sourceline} is stated a second time, and differently."
        raise Refused("stated_twice", detail, line=element.sourceline, name=what)


def _append(row: Row, name: str, value: object, limit: int = MAX_REPEATS, too_many: str = "too_many_elements") -> None:
    found = row.get(name)
    if found is None:
        row[name] = [value]
        return
    found.append(value)
    if len(found) > limit:
        raise Refused(too_many, f"There are more than {limit} of what is read as {name}.", limit=limit)
