"""What a business document says, whatever its syntax.

The names follow UBL 2.x. Amounts are in the document's currency, quantities in the line's unit, dates as stated without
a time zone. None means: not stated. Nothing is invented, except a line's `tax` when only a rate or the document's tax
is stated (see `line_tax`).
"""

import dataclasses
import types
import typing
import unicodedata
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache, partial
from operator import attrgetter
from typing import Any

# What makes and changes a trade. Any other business document has a kind of its own, named after what it is
# ("waybill", "inventory_report", "statement"): it is kept and read, and is never taken for one of these.
TRADE_KINDS = (
    "order",
    "order_change",
    "order_cancellation",
    "order_response",
    "despatch_advice",
    "receipt_advice",
    "invoice",
    "debit_note",
    "credit_note",
    "remittance_advice",
)

ZERO = Decimal(0)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Party:
    """A party as named in the file. `company_id` is the legal entity's identifier, else the tax registration's."""

    name: str
    company_id: str | None = None
    endpoint_id: str | None = None
    party_id: str | None = None

    def identifiers(self) -> list[tuple[str, str]]:
        """(scheme, normalised value), the most decisive first: company_id, endpoint, party_id, name."""
        stated = [
            ("company_id", fold(self.company_id)),
            ("endpoint", fold(self.endpoint_id)),
            ("party_id", fold(self.party_id)),
            ("name", " ".join(unicodedata.normalize("NFKC", self.name).casefold().split())),
        ]
        return [(scheme, value) for scheme, value in stated if value]


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `quantity` by kind: ordered, delivered, received (with what was rejected), invoiced, credited."""

    id: str
    item_name: str | None = None
    item_description: str | None = None
    buyer_item_id: str | None = None
    seller_item_id: str | None = None
    standard_item_id: str | None = None
    unit: str | None = None
    quantity: Decimal | None = None
    rejected: Decimal = ZERO
    short: Decimal = ZERO
    oversupply: Decimal = ZERO
    backorder: Decimal = ZERO
    price: Decimal | None = None
    price_base_quantity: Decimal = ONE
    allowances: Decimal = ZERO
    charges: Decimal = ZERO
    amount: Decimal | None = None
    tax: Decimal | None = None
    tax_percent: Decimal | None = None
    order_number: str | None = None
    order_line_id: str | None = None
    despatch_number: str | None = None
    despatch_line_id: str | None = None
    receipt_number: str | None = None
    receipt_line_id: str | None = None
    invoice_number: str | None = None
    invoice_line_id: str | None = None
    note: str | None = None

    @property
    def accepted(self) -> Decimal | None:
        """What a receipt line accepts: received less rejected, never below zero nor above what was received."""
        return None if self.quantity is None else max(min(self.quantity - self.rejected, self.quantity), ZERO)

    @property
    def label(self) -> str:
        """How to call the item in a list: its name, else its description, else an identifier of it."""
        names = (self.item_name, self.item_description, self.seller_item_id, self.buyer_item_id, self.standard_item_id)
        return next((name for name in names if name), "")


@dataclass(frozen=True, slots=True)
class Totals:
    """The document's own sums. `tax_basis`: the sum of the taxable amounts, where one tax is stated with its basis."""

    lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    tax_exclusive: Decimal | None = None
    tax: Decimal | None = None
    tax_basis: Decimal | None = None
    tax_inclusive: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    payable: Decimal | None = None


class Level(StrEnum):
    """What a remark means for the document."""

    NOTICE = "notice"  # good to know
    ATTENTION = "attention"  # a person should look
    REFUSED = "refused"  # not taken as a business document


@dataclass(frozen=True, slots=True)
class Remark:
    """A document against itself: `rule` for programs, `detail` in English, `params` the figures as text.

    `field`: what it is about, as a path in the JSON of `Extracted` ("totals.payable", "lines.3.amount"); empty: all.
    """

    rule: str
    detail: str
    params: dict[str, str] = dataclasses.field(default_factory=dict)
    level: Level = Level.NOTICE
    field: str = ""


@dataclass(frozen=True, slots=True)
class Extracted:
    """One business document. `others` are parties that do not decide whose trade it is: (role, party)."""

    kind: str
    number: str
    syntax: str = "UBL"
    version: str | None = None
    uuid: str | None = None
    issue_date: date | None = None
    currency: str | None = None
    seller: Party | None = None
    buyer: Party | None = None
    others: tuple[tuple[str, Party], ...] = ()
    order_number: str | None = None
    despatch_numbers: tuple[str, ...] = ()
    receipt_numbers: tuple[str, ...] = ()
    invoice_numbers: tuple[str, ...] = ()
    contract_number: str | None = None
    due_date: date | None = None
    payment_terms: str | None = None
    payee_account: str | None = None
    delivery_date: date | None = None
    accepted: bool | None = None
    totals: Totals = Totals()
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def trade_order_number(self) -> str | None:
        """The number of the order that makes the trade: the order's own, else the one referred to."""
        return self.number if self.kind == "order" else self.order_number

    @property
    def total(self) -> Decimal | None:
        """The figure to show for the document: payable, else with tax, else before tax, else the lines' sum."""
        stated = (self.totals.payable, self.totals.tax_inclusive, self.totals.tax_exclusive, self.totals.lines)
        return next((amount for amount in stated if amount is not None), None)


# Default_Ignorable_Code_Point of the Unicode Character Database that are letters or marks (fillers of Hangul, variation
# selectors), as NFKC leaves them, and the blank of Braille: nobody sees them, and categories C and Z do not hold them.
UNSEEN = dict.fromkeys(
    [
        0x034F,
        0x115F,
        0x1160,
        0x17B4,
        0x17B5,
        *range(0x180B, 0x1810),
        0x2800,
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    ]
)


def fold(value: str | None) -> str:
    """An identifier for comparing: compatibility forms and case unified, white space and invisibles removed."""
    if value and value.isascii() and value.isprintable():
        return value.lower().replace(" ", "")
    folded = unicodedata.normalize("NFKC", value or "").casefold().translate(UNSEEN)
    return "".join(character for character in folded if unicodedata.category(character)[0] not in "CZ")


def to_json(extracted: Extracted) -> dict[str, Any]:  # Any: JSON
    """JSON-ready: decimals as plain strings with the digits stated, dates ISO 8601."""
    encoded: dict[str, Any] = _encode(extracted)
    return encoded


def from_json(data: Mapping[str, Any]) -> Extracted:  # Any: JSON
    """The inverse of `to_json`; keys that are missing take their defaults, unknown ones are passed over."""
    decoded: Extracted = _decoder(Extracted)(data)
    return decoded


def line_to_json(line: Line) -> dict[str, Any]:  # Any: JSON
    """One line, as within `to_json`."""
    encoded: dict[str, Any] = _encode(line)
    return encoded


def line_from_json(data: Mapping[str, Any]) -> Line:  # Any: JSON
    """The inverse of `line_to_json`."""
    decoded: Line = _decoder(Line)(data)
    return decoded


def _encode(value: Any) -> Any:  # Any: every type of a field, to JSON
    if value is None or value.__class__ is str:  # most
        return value
    return _encoder(value.__class__)(value)


@cache
def _encoder(kind: Any) -> Callable[[Any], Any]:  # Any: a type; a value of it, to JSON
    """How values of a type are written: made once, as looking at types takes long."""
    if issubclass(kind, Decimal):
        return "{:f}".format
    if issubclass(kind, date):
        return date.isoformat
    if issubclass(kind, tuple):
        return lambda values: list(map(_encode, values))
    if dataclasses.is_dataclass(kind):
        names = tuple(each.name for each in dataclasses.fields(kind))
        read = attrgetter(*names)
        return lambda value: dict(zip(names, map(_encode, read(value)), strict=True))
    return _as_it_is


@cache
def _decoder(hint: Any) -> Callable[[Any], Any]:  # Any: a type annotation; JSON; the type annotated
    """How a value that is stated becomes what its annotation says: made once, as looking at annotations takes long."""
    if isinstance(hint, types.UnionType):
        hint = next(option for option in typing.get_args(hint) if option is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        items = typing.get_args(hint)
        if items[-1] is Ellipsis:
            return lambda values: tuple(map(_decoder(items[0]), values))
        return lambda values: tuple(_decoder(item)(each) for item, each in zip(items, values, strict=True))
    if hint is date:
        return date.fromisoformat
    if hint is Decimal or hint is Level:
        return typing.cast("Callable[[Any], Any]", hint)  # Any: made of its text
    if dataclasses.is_dataclass(hint):
        return partial(_decoded, hint, tuple(_fields(hint)))
    return _as_it_is


def _fields(kind: Any) -> Iterator[tuple[str, Callable[[Any], Any]]]:  # Any: a dataclass; JSON; the field's type
    for each in dataclasses.fields(kind):
        yield each.name, _decoder(typing.cast("Hashable", each.type))


def _decoded(
    kind: Any,  # Any: a dataclass
    fields: tuple[tuple[str, Callable[[Any], Any]], ...],  # Any: JSON; the field's type
    data: Mapping[str, Any],  # Any: JSON
) -> Any:  # Any: an instance
    stated = {name: None if (value := data[name]) is None else decode(value) for name, decode in fields if name in data}
    return kind(**stated)


def _as_it_is(value: Any) -> Any:  # Any: JSON
    return value
