"""Bounded, typed reading of one XML document's fields.

Every value that matters is either read exactly or refused: an amount that cannot be read is never passed over.
Source: UBL 2.0–2.3 (OASIS), unqualified data types; XML Schema part 2 for decimal and date. Other vocabularies give
their own namespaces, and their own way to write a date (see `cii_syntax`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache

from lxml import etree

from abs_platform.integrations.formats.refusal import Refused

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
NAMESPACES = {"cac": UBL + "CommonAggregateComponents-2", "cbc": UBL + "CommonBasicComponents-2"}

MAX_ID = 200
MAX_NAME = 500
MAX_UNIT = 20
MAX_TEXT = 10_000
MAX_REPEATS = 1_000
# These have a bound of their own: see MAX_LINES.
LINES = ("Line", "LineItem")
# Chinese e-invoices state unit prices with up to 13 decimals.
MAX_INTEGER_DIGITS = 15
MAX_DECIMALS = 13

DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?", re.ASCII)
# Of these alone nearly all are written. So many of them keep both bounds, wherever the point is; a zero has no sign.
PLAIN_DECIMAL = "0123456789."
PLAIN_LENGTH = 14
DATE_LENGTH = len("YYYY-MM-DD")
ZONE = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)
TRUTHS = {"true": True, "1": True, "false": False, "0": False}
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
# Reorder what a reader sees: U+202A–202E, U+2066–2069.
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Element = etree._Element


@cache
def _vocabulary(namespaces: tuple[tuple[str, str], ...]) -> Callable[[str], tuple[str, ...]]:
    """What turns a path of prefixed names into the names as the parser gives them."""
    prefixes = dict(namespaces)

    @cache
    def steps(path: str) -> tuple[str, ...]:
        names = (step.partition(":") for step in path.split("/") if step != ".")
        return tuple(f"{{{prefixes[prefix]}}}{name}" if name else prefix for prefix, _, name in names)

    return steps


class Fields:
    """Reads texts, decimals, dates and amounts below an element, by paths of the vocabulary's prefixes."""

    def __init__(
        self,
        root: Element,
        currency_paths: tuple[str, ...],
        payable_paths: tuple[str, ...],
        namespaces: Mapping[str, str] = NAMESPACES,
    ) -> None:
        """Settles the document's currency: stated, else that of the payable amount, else the most frequent."""
        self.root = root
        self.namespaces = dict(namespaces)
        self.foreign: dict[str, str] = {}
        self._steps = _vocabulary(tuple(namespaces.items()))
        self._children: dict[Element, dict[str, list[Element]]] = {}
        stated = currency_code(self.text(root, *currency_paths))
        self.currency = stated or self._used_currency(payable_paths)

    def all(self, element: Element, path: str) -> Sequence[Element]:
        """The elements at `path` below `element`, in the document's order."""
        found: Sequence[Element] = (element,)
        for name in self._steps(path):
            if len(found) == 1:
                found = self._below(found[0]).get(name, ())
            else:
                found = [child for each in found for child in self._below(each).get(name, ())]
            if not found:
                return ()
        if len(found) > MAX_REPEATS and not path.endswith(LINES):
            raise Refused("too_many_elements", f"{path} is repeated more than {MAX_REPEATS} times.", limit=MAX_REPEATS)
        return found

    def _below(self, element: Element) -> dict[str, list[Element]]:
        """An element's children by name; each element is gone through once, however much is asked of it."""
        children = self._children.get(element)
        if children is None:
            children = self._children[element] = {}
            for child in element:
                children.setdefault(child.tag, []).append(child)
        return children

    def texts(self, element: Element, path: str, limit: int = MAX_ID) -> tuple[str, ...]:
        """Every text at `path` that is not empty, white space collapsed."""
        read = (text_of(each, limit) for each in self.all(element, path))
        return tuple(text for text in read if text)

    def text(self, element: Element, *paths: str, limit: int = MAX_ID) -> str | None:
        """The first text that is not empty, path by path."""
        for path in paths:
            for each in self.all(element, path):
                if text := text_of(each, limit):
                    return text
        return None

    def decimal(self, element: Element, *paths: str) -> Decimal | None:
        """The one decimal at the first path that states any."""
        found = self._only(element, paths)
        return None if found is None else as_decimal(found)

    def unit(self, element: Element, path: str) -> str | None:
        """The unit code of the quantity at `path`."""
        found = self._first(element, (path,))
        return None if found is None else (bounded(found.get("unitCode") or "", MAX_UNIT, found) or None)

    def amount(self, element: Element, *paths: str) -> Decimal | None:
        """The one amount at the first path that states any; None, and noted in `foreign`, when it is in another currency
        than the document's."""
        found = self._only(element, paths)
        return None if found is None else self._own(found)

    def amounts(self, element: Element, path: str) -> list[Decimal]:
        """The amounts at `path` in the document's currency; others are noted in `foreign`."""
        read = (self._own(each) for each in self.all(element, path) if text_of(each, MAX_ID))
        return [amount for amount in read if amount is not None]

    def as_date(self, element: Element) -> date:
        """The date that an element states. Raises Refused."""
        return as_date(element)

    def dates(self, element: Element, *paths: str) -> list[date]:
        """The dates at the first path that has any."""
        for path in paths:
            found = [each for each in self.all(element, path) if text_of(each, MAX_ID)]
            if found:
                return [self.as_date(each) for each in found]
        return []

    def date(self, element: Element, *paths: str) -> date | None:
        """The first date stated, path by path."""
        return next(iter(self.dates(element, *paths)), None)

    def indicator(self, element: Element, path: str) -> bool | None:
        """A truth value; None when it is not stated or neither."""
        return TRUTHS.get((self.text(element, path) or "").lower())

    def _only(self, element: Element, paths: tuple[str, ...]) -> "Element | None":
        """As `_first`; refused where another figure stands beside it, in no other currency: which counts?"""
        found = self._first(element, paths)
        parent = None if found is None or found is element else found.getparent()
        if found is None or parent is None:
            return found
        for each in self._below(parent)[found.tag]:
            if each is found or each.get("currencyID") != found.get("currencyID"):
                continue
            if text_of(each) not in ("", text_of(found)):
                what = _name(each)
                detail = f"{what} in line {each.sourceline} is stated a second time, and differently."
                raise Refused("stated_twice", detail, line=each.sourceline, name=what)
        return found

    def _first(self, element: Element, paths: tuple[str, ...]) -> "Element | None":
        for path in paths:
            for each in self.all(element, path):
                if text_of(each, MAX_ID):
                    return each
        return None

    def _own(self, element: Element) -> Decimal | None:
        value = as_decimal(element)
        currency = (element.get("currencyID") or "").strip().upper()
        if value is not None and currency and self.currency and currency != self.currency:
            check_currency(currency)
            self.foreign.setdefault(currency, format(value, "f"))
            return None
        return value

    def _used_currency(self, paths: tuple[str, ...]) -> str | None:
        for path in paths:
            found = self._first(self.root, (path,))
            if found is not None and CURRENCY.fullmatch((found.get("currencyID") or "").strip().upper()):
                return str(found.get("currencyID")).strip().upper()
        return most_used_currency(self.root)


def currency_code(stated: str | None) -> str | None:
    """The document's currency as it is stated, in capitals. Raises Refused."""
    if stated is None:
        return None
    if not CURRENCY.fullmatch(stated.upper()):
        raise Refused("currency_invalid", f"The document currency “{stated[:20]}” is not a code of three letters.")
    return stated.upper()


def check_currency(code: str) -> None:
    """Raises Refused for an amount's currency that is no code."""
    if not CURRENCY.fullmatch(code):
        # What it is instead may be of any length, and mislead whoever reads it.
        raise Refused("currency_invalid", "The currency of an amount (currencyID) is not a code of three letters.")


def most_used_currency(root: Element) -> str | None:
    """The most frequent of the amounts' currencies, the first in the alphabet among equals: whatever the lines' order."""
    stated = ((each.get("currencyID") or "").strip().upper() for each in root.iter())
    used = Counter(currency for currency in stated if CURRENCY.fullmatch(currency))
    return min(used, key=lambda currency: (-used[currency], currency)) if used else None


def text_of(element: Element, limit: int = MAX_ID) -> str:
    """Its own text, white space collapsed. Raises Refused where it is too long or would mislead a reader."""
    return bounded(element.text or "", limit, element)


def bounded(text: str, limit: int, element: Element) -> str:
    """White space collapsed. Raises Refused, naming the element, where it is too long or would mislead a reader."""
    if len(text) <= limit and text.isprintable() and " " not in text:
        return text  # most
    collapsed = " ".join(text.split())
    if len(collapsed) > limit:
        detail = f"{_name(element)} is longer than {limit} characters."
        raise Refused("text_too_long", detail, line=element.sourceline, limit=limit)
    if not collapsed.isprintable():
        bad = next((each for each in collapsed if each in BIDI_CONTROLS or unicodedata.category(each) == "Cc"), None)
        if bad is not None:
            detail = f"{_name(element)} holds the control character U+{ord(bad):04X}."
            raise Refused("text_invalid", detail, line=element.sourceline)
    return collapsed


def _name(element: Element) -> str:
    return etree.QName(element).localname


def as_decimal(element: Element) -> Decimal | None:
    """The decimal that an element states; None where it is empty. Raises Refused."""
    text = element.text
    if text is None:
        return None
    if len(element):  # what comes after them would be lost
        raise _invalid_decimal(element, "other elements stand in the figure")
    if len(text) <= PLAIN_LENGTH and not text.strip(PLAIN_DECIMAL):  # takes a third of a pattern's time
        try:
            return Decimal(text)
        except InvalidOperation:
            pass  # no digit, or more than one point
    text = text_of(element)
    return _decimal(text, element) if text else None


def _decimal(text: str, element: Element) -> Decimal:
    match = DECIMAL.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        raise _invalid_decimal(element, f"“{text[:40]}” is not a decimal number")
    sign, integer, decimals = match[1], match[2].lstrip("0") or "0", match[3] or ""
    if len(decimals) > MAX_DECIMALS:
        decimals = decimals[:2] + decimals[2:].rstrip("0")
    if len(integer) > MAX_INTEGER_DIGITS or len(decimals) > MAX_DECIMALS:
        raise _invalid_decimal(element, f"more than {MAX_INTEGER_DIGITS} digits or {MAX_DECIMALS} decimals")
    value = Decimal(f"{sign}{integer}.{decimals}" if decimals else f"{sign}{integer}")
    return value or value.copy_abs()


def _invalid_decimal(element: Element, why: str) -> Refused:
    line = element.sourceline
    return Refused("decimal_invalid", f"{_name(element)} in line {line}: {why}.", line=line)


def as_date(element: Element) -> date:
    """The date that an element states. Raises Refused."""
    return date_in(text_of(element), element)


def date_in(text: str, element: Element) -> date:
    """The date that is written, in this element. Raises Refused."""
    day, zone = text[:DATE_LENGTH], text[DATE_LENGTH:]
    try:
        # Of the other forms of ISO 8601 it knows, none has both hyphens there.
        if (not zone or ZONE.fullmatch(zone)) and day[4:5] == day[7:8] == "-":
            return date.fromisoformat(day)
        raise ValueError
    except ValueError:
        line = element.sourceline
        detail = f"{_name(element)} in line {line}: “{text[:40]}” is not a date of the form YYYY-MM-DD."
        raise Refused("date_invalid", detail, line=line) from None
