"""Keys that tell "the same document in other bytes" from "the same number with other content"."""

import json
import re
import unicodedata
from decimal import Decimal
from typing import Any

from abs_platform.integrations.formats.model import Extracted, Party, fold, to_json

# Says how the document is written or what we think of it, not what it says.
NOT_CONTENT = ("syntax", "version", "uuid", "remarks")
# A note's subject as EN 16931 writes it in UBL (BT-21); producers set it off from the text or not.
SUBJECT = re.compile(r"^#([A-Z]{3})#\s+")


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
