"""JSON lines to rows of the staging tables: each document is checked by itself, and the wrong ones say why.

What passes is written as PostgreSQL reads it (COPY, text format), column by column in the order of the structs below, so
that a sound document costs one decoding and one joining of texts. Pure Python: no database.
"""

import decimal
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import astuple

from abs_platform.documents.rules import FIGURE_LIMIT
from abs_platform.imports import fields
from abs_platform.imports.fields import MAX_LINES

NULL = "\\N"
MAX_DOCUMENT = 4 << 20
"""Bytes of a document in JSON."""
MAX_SAID = 300
"""Characters of what is said of a wrong document, which may quote a sender's own field of any length."""
STEP = 32
"""Documents that are read at a time."""

Text = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=500)]
Name = Annotated[str, Meta(max_length=300)]
Figure = Annotated[str, Meta(max_length=30)]
Day = Annotated[str, Meta(min_length=10, max_length=10)]

_DECIMAL = r"-?[0-9]{1,15}(?:\.[0-9]{1,13})?"
_PERCENT = r"(?:100(?:\.0{1,13})?|[0-9]{1,2}(?:\.[0-9]{1,13})?)"
_CURRENCY = "[A-Z]{3}"
Decimal = Annotated[str, Meta(pattern=f"^{_DECIMAL}$", max_length=30)]
Percent = Annotated[str, Meta(pattern=f"^{_PERCENT}$", max_length=20)]
Currency = Annotated[str, Meta(pattern=f"^{_CURRENCY}$")]


class BulkLine(Struct, forbid_unknown_fields=True, gc=False, frozen=True):
    """One line; its fields are the columns of imports_stagedline after document, position and row."""

    id: Text = ""
    item_name: Long = ""
    item_description: Long = ""
    seller_item_id: Text = ""
    buyer_item_id: Text = ""
    unit: Annotated[str, Meta(max_length=20)] = ""
    quantity: Figure = NULL
    rejected: Figure = NULL
    price: Figure = NULL
    amount: Figure = NULL
    tax: Figure = NULL
    tax_percent: Annotated[str, Meta(max_length=20)] = NULL
    order_number: Text = ""
    order_line_id: Text = ""
    despatch_number: Text = ""
    receipt_number: Text = ""
    invoice_number: Text = ""
    note: Long = ""


class BulkDocument(Struct, forbid_unknown_fields=True, gc=False, frozen=True):
    """One document; its fields but the last are columns of imports_stageddocument."""

    number: Annotated[str, Meta(min_length=1, max_length=200)]
    issue_date: Day
    currency: str
    lines: Annotated[list[BulkLine], Meta(min_length=1, max_length=MAX_LINES)]
    due_date: Day = NULL
    buyer_name: Name = ""
    buyer_id: Text = ""
    order_number: Text = ""
    contract_number: Text = ""
    payment_terms: Long = ""
    total: Figure = NULL


class StrictLine(BulkLine, frozen=True):
    """A line whose figures are looked at one by one."""

    quantity: Decimal = NULL
    rejected: Decimal = NULL
    price: Decimal = NULL
    amount: Decimal = NULL
    tax: Decimal = NULL
    tax_percent: Percent = NULL


class StrictDocument(BulkDocument, frozen=True, kw_only=True):
    """What a document must be, field by field: a pattern in each costs as much as all the rest, so that only a document
    whose figures do not pass together is held against it, for what is wrong and where."""

    currency: Currency
    lines: Annotated[list[StrictLine], Meta(min_length=1, max_length=MAX_LINES)]  # type: ignore[assignment]  # nobody writes
    total: Decimal = NULL


DOCUMENT_COLUMNS = (
    "id", "batch_id", "state", "position", "number", "issue_date", "currency", "due_date", "buyer_name", "buyer_id",
    "order_number", "contract_number", "payment_terms", "total",
)  # fmt: skip
LINE_COLUMNS = (
    "document_id", "position", "line_id", "item_name", "item_description", "seller_item_id", "buyer_item_id", "unit",
    "quantity", "rejected", "price", "amount", "tax", "tax_percent", "order_number", "order_line_id", "despatch_number",
    "receipt_number", "invoice_number", "note",
)  # fmt: skip
REQUIRED = {
    kind: tuple(field.name for field in fields.of(kind) if kind in field.required and not field.header)
    for kind in fields.KINDS
}
"""What a document of a kind must state in every line."""
# A document's currency and total, and below them the figures of each line.
_FIGURES = slice(BulkLine.__struct_fields__.index("quantity"), BulkLine.__struct_fields__.index("tax_percent") + 1)
_LINE = BulkLine.__struct_fields__
_HEADER = tuple(name for name in BulkDocument.__struct_fields__ if name != "lines")
_SOUND = re.compile(rf"{_CURRENCY}\t(?:{_DECIMAL}|\\N)\n(?:(?:(?:{_DECIMAL}|\\N)\t){{5}}(?:{_PERCENT}|\\N)\n)*")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
# Figures of so few characters (quantity and price: together) cannot add up, over MAX_LINES lines, to what no document does.
_SHORT = 10
# Longer ones can only where one has so many digits before its decimals; a backslash may spell one otherwise.
_LARGE = re.compile(rb'\\|"(?:quantity|price|amount|tax|total)"\s*:\s*"-?[0-9]{6}')
_ZERO = decimal.Decimal(0)
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


_QUICKLY = msgspec.json.Decoder(BulkDocument)
_STRICTLY = msgspec.json.Decoder(StrictDocument)


@dataclass(frozen=True, slots=True)
class Error:
    """Why the document at `index` was not taken; `field` is a path in it."""

    index: int
    field: str
    code: str
    detail: str

    def to_json(self) -> dict[str, object]:
        """As it is sent back."""
        return {"index": self.index, "field": self.field, "code": self.code, "detail": self.detail}


@dataclass(slots=True)
class Part:
    """Documents to be written together: two texts for COPY, how many of what, and the errors among them."""

    documents: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    errors: list[Error] = field(default_factory=list)


class _Wrong(Exception):
    def __init__(self, field: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.field, self.code, self.detail = field, code, detail


def read(lines: Sequence[bytes], *, into: Part, kind: str, batch: str, first_id: int, start: int) -> Iterator[None]:
    """Write the documents in `lines` of JSON `into` a part for COPY, STEP of them at a time, with a pause after each.

    Ids count up from `first_id`, positions from 1; `start` is the index of the first line.
    """
    decode, required = _QUICKLY.decode, REQUIRED[kind]
    for index, line in enumerate(lines, start):
        try:
            _add(into, line, decode(line), f"{first_id + index:032x}", f"{batch}\tpending\t{index + 1}", required)
        except msgspec.MsgspecError as error:
            into.errors.append(_error(index, error))
        except UnicodeDecodeError:
            into.errors.append(Error(index, "", "json_invalid", "The line is no JSON: it is not UTF-8."))
        except _Wrong as wrong:
            into.errors.append(Error(index, wrong.field, wrong.code, wrong.detail))
        if index % STEP == 0:
            yield


def _add(part: Part, raw: bytes, document: BulkDocument, id: str, head: str, required: tuple[str, ...]) -> None:
    """Check what the types do not say, and write the document down."""
    number, day, currency, lines, due, buyer_name, buyer_id, order, *rest = astuple(document)
    number, buyer_name, buyer_id, order = number.strip(), buyer_name.strip(), buyer_id.strip(), order.strip()
    columns = [astuple(line) for line in lines]
    figures = "".join(["\t".join(texts[_FIGURES]) + "\n" for texts in columns])
    is_marked = _is_marked(raw)
    if is_marked or not _SOUND.fullmatch(f"{currency}\t{document.total}\n{figures}"):
        _STRICTLY.decode(raw)  # a sender's own text may look like NULL
    if not number:
        raise _Wrong("number", "missing", "State number: it is blank.")
    if not (buyer_name or buyer_id):
        raise _Wrong("buyer_name", "missing", "State buyer_name or buyer_id.")
    for name, text in (("issue_date", day), ("due_date", due)):
        if text is not NULL and not _is_date(text):
            raise _Wrong(name, "date_invalid", f"{name} is no date of the form YYYY-MM-DD.")
    if _may_be_large(document, raw):
        _check_plausible(document)
    for name in required:
        for position, line in enumerate(lines):
            if getattr(line, name) is NULL:
                raise _Wrong(f"lines.{position}.{name}", "missing", f"State {name} in every line.")
    header = (number, day, currency, due, buyer_name, buyer_id, order, *rest)
    if is_marked:
        header = _escaped(header, _HEADER)
        columns = [_escaped(texts, _LINE, f"lines.{position}.") for position, texts in enumerate(columns)]
    part.documents.append("\t".join((id, head, *header)))
    start = f"{id}\t"
    part.lines += [f"{start}{position}\t" + "\t".join(texts) for position, texts in enumerate(columns, start=1)]


def _is_marked(raw: bytes) -> bool:
    """Whether a line may hold what must be escaped (JSON writes controls with a backslash) or what nobody sees: U+007F, what
    begins in UTF-8 as U+200B … U+2069 do, and U+FEFF."""
    return b"\\" in raw or b"\x7f" in raw or b"\xe2" in raw or (b"\xef" in raw and b"\xef\xbb\xbf" in raw)


def _may_be_large(document: BulkDocument, raw: bytes) -> bool:
    """False for nearly all documents: the length of their figures alone tells that they are plausible."""
    if len(document.total) <= _SHORT:
        for line in document.lines:
            if len(line.quantity) + len(line.price) > _SHORT or len(line.amount) > _SHORT or len(line.tax) > _SHORT:
                break
        else:
            return False
    return _LARGE.search(raw) is not None


@lru_cache(maxsize=4_096)
def _is_date(text: str) -> bool:
    """Of the form YYYY-MM-DD; ISO 8601 has others of ten characters, which PostgreSQL does not read (2026-W10-1)."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check_plausible(document: BulkDocument) -> None:
    """What the background computes of it must have a place in the columns, as its totals and every line do."""
    net = tax = _ZERO
    for position, line in enumerate(document.lines):
        amount = _figure(line.amount)
        if line.amount is NULL and NULL not in (line.quantity, line.price):
            amount = _figure(line.quantity) * _figure(line.price)
        own = _figure(line.tax) if line.tax is not NULL else amount * _figure(line.tax_percent) / 100
        for name, figure in (("amount", amount), ("tax", own)):
            if abs(figure) >= FIGURE_LIMIT:
                raise _Wrong(f"lines.{position}.{name}", "decimal_invalid", f"{name} is beyond any real document.")
        net, tax = net + amount, tax + own
    if max(abs(net), abs(tax), abs(net + tax)) >= FIGURE_LIMIT:
        raise _Wrong("lines", "decimal_invalid", "The lines add up to more than any real document.")
    # As a column rounds it, to four decimals.
    if abs(_figure(document.total)) >= FIGURE_LIMIT - 1:
        raise _Wrong("total", "decimal_invalid", "total is beyond any real document.")


def _figure(text: str) -> decimal.Decimal:
    return _ZERO if text is NULL else decimal.Decimal(text)


def _escaped(texts: tuple[str, ...], names: tuple[str, ...], where: str = "") -> tuple[str, ...]:
    """The texts as COPY reads them. `names`: their fields', below the path `where`."""
    if _INVISIBLE.search("".join(texts)):
        name = next(name for name, text in zip(names, texts, strict=True) if _INVISIBLE.search(text))
        raise _Wrong(f"{where}{name}", "text_invalid", f"{name} holds control characters that nobody sees.")
    return tuple(text if text is NULL else text.translate(_ESCAPES) for text in texts)


_CODES = (
    ("missing required field", "missing"),
    ("unknown field", "field_unknown"),
    ("regex", "format_invalid"),
    ("length", "length_invalid"),
    ("Expected", "type_invalid"),
)


def _error(index: int, error: msgspec.MsgspecError) -> Error:
    """What msgspec found, with the field as a path: "… - at `$.lines[1].price`" is lines.1.price."""
    message, _, path = str(error).partition(" - at `")
    if not isinstance(error, msgspec.ValidationError):
        return Error(index, "", "json_invalid", f"The line is no JSON: {message}.")
    code = next((code for words, code in _CODES if words in message), "type_invalid")
    message = message if len(message) <= MAX_SAID else message[:MAX_SAID] + "…"
    where = re.sub(r"\[(\d+|\.\.\.)\]", r".\1", path.rstrip("`").removeprefix("$")).lstrip(".")
    named = re.search(r"field `([^`]*)`", message)
    if named and code in ("missing", "field_unknown"):
        where = f"{where}.{named[1][:100]}".lstrip(".")
    return Error(index, where[:MAX_SAID], code, f"{message}.")
