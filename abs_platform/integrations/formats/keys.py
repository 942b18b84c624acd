"""Keys that tell "the same document in other bytes" from "the same number with other content"."""

import json
import re
import unicodedata
from decimal import Decimal
from typing import Any

from abs_platform.integrations.formats.model import Extracted, Line, Party, Totals, fold, to_json

# Says how the document is written or what we think of it, not what it says.
NOT_CONTENT = ("syntax", "version", "uuid", "remarks")
# A note's subject as EN 16931 writes it in UBL (BT-21); producers set it off from the text or not.
SUBJECT = re.compile(r"^#([A-Z]{3})#\s+")
# What two carriers of one document must agree on where both state it.
COMPARED = (
    "kind",
    "issue_date",
    "currency",
    "order_number",
    "despatch_numbers",
    "receipt_numbers",
    "invoice_numbers",
    "contract_number",
    "due_date",
    "payee_account",
    "delivery_date",
    "accepted",
)
# Labels and words around the matter; quantities and prices are compared as they round.
NOT_COMPARED_ON_LINES = ("id", "item_description", "note", "quantity", "price", "price_base_quantity")
EXACT_ON_LINES = tuple(name for name in Line.__slots__ if name not in NOT_COMPARED_ON_LINES)
# A print cuts what is finer, and drops zeros at the end.
PRINTED_DECIMALS = 2
NOT_STATED = (None, "", ())


def business_key(extracted: Extracted) -> str:
    """Who, what and how much, normalised: documents of one key are one document, however they are written.

    Under the header abs/business-key/v1, lines "name=value": kind, seller, buyer, number, date, currency, payable.
    """
    payable = extracted.total
    parts = {
        "kind": extracted.kind,
        "seller": _decisive(extracted.seller),
        "buyer": _decisive(extracted.buyer),
        "number": fold(extracted.number),
        "date": extracted.issue_date.isoformat() if extracted.issue_date else "",
        "currency": fold(extracted.currency),
        "payable": plain(payable) if payable is not None else "",
    }
    return "\n".join(["abs/business-key/v1", *(f"{name}={value}" for name, value in parts.items())])


def content_key(extracted: Extracted) -> str:
    """All business content that was read, as canonical text under the header abs/content/v1.

    Independent of prefixes, encoding, white space, signatures, extensions, and of a decimal's zeros (100 is 100.00).
    """
    content = to_json(extracted)
    for name in NOT_CONTENT:
        del content[name]
    decimals = _plain_decimals(extracted)
    content["notes"] = [SUBJECT.sub(r"#\1#", note) for note in extracted.notes]
    text = json.dumps(_canonical({**content, **decimals}), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "abs/content/v1\n" + text


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros: 100.00 is "100"."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _decisive(party: Party | None) -> str:
    identifiers = party.identifiers() if party else []
    return ":".join(identifiers[0]) if identifiers else ""


def _plain_decimals(extracted: Extracted) -> dict[str, Any]:  # Any: JSON
    """The parts that hold decimals, with these in their plain form."""

    def of(part: Any) -> dict[str, Any]:  # Any: Line or Totals; JSON
        return {
            name: plain(getattr(part, name)) if isinstance(getattr(part, name), Decimal) else getattr(part, name)
            for name in part.__slots__
        }

    return {"totals": of(extracted.totals), "lines": [of(line) for line in extracted.lines]}


def _canonical(value: Any) -> Any:  # Any: JSON
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFKC", value).split())
    if isinstance(value, list):
        return [_canonical(each) for each in value]
    if isinstance(value, dict):
        return {name: _canonical(each) for name, each in value.items()}
    return value


def contradicts(one: Extracted, other: Extracted) -> bool:
    """Whether two documents of one number cannot be the same document, by what both of them state.

    One carrier says less than another (a print has no account, an accounting instance no lines): silence is no
    contradiction. Notes, other parties and labels of lines are words around the matter and are not compared.
    """
    if fold(one.number) != fold(other.number):
        return True
    for name in COMPARED:
        if _differ(getattr(one, name), getattr(other, name)):
            return True
    if any(_parties_differ(getattr(one, role), getattr(other, role)) for role in ("seller", "buyer")):
        return True
    if any(_differ(getattr(one.totals, name), getattr(other.totals, name)) for name in Totals.__slots__):
        return True
    if not one.lines or not other.lines:
        return False
    if len(one.lines) != len(other.lines):
        return True
    return any(_lines_differ(*pair) for pair in zip(one.lines, other.lines, strict=True))


def _lines_differ(one: Line, other: Line) -> bool:
    if any(_differ(getattr(one, name), getattr(other, name)) for name in EXACT_ON_LINES):
        return True
    return _rounded_differ(one.quantity, other.quantity) or (
        one.price_base_quantity == other.price_base_quantity and _rounded_differ(one.price, other.price)
    )


def _differ(one: object, other: object) -> bool:
    """Whether both are stated and say different things."""
    if one in NOT_STATED or other in NOT_STATED:
        return False
    if isinstance(one, tuple) and isinstance(other, tuple):
        return {fold(each) for each in one} != {fold(each) for each in other}
    if isinstance(one, str) and isinstance(other, str):
        return fold(one) != fold(other)
    return one != other


def _rounded_differ(one: Decimal | None, other: Decimal | None) -> bool:
    """A print rounds prices and quantities to what its columns hold: compared to the decimals that both have."""
    if one is None or other is None:
        return False
    decimals = max(min(_decimals(one), _decimals(other)), PRINTED_DECIMALS)
    return abs(one - other) * 2 > Decimal(1).scaleb(-decimals) if one != other else False


def _decimals(value: Decimal) -> int:
    _, _, fraction = format(value, "f").partition(".")
    return len(fraction.rstrip("0"))


def _parties_differ(one: Party | None, other: Party | None) -> bool:
    """By the most decisive identifier that both state; names alone are written in many ways, but not in any."""
    if one is None or other is None:
        return False
    ours, theirs = dict(one.identifiers()), dict(other.identifiers())
    shared = next((scheme for scheme in ours if scheme in theirs), None)
    return shared is not None and ours[shared] != theirs[shared]
