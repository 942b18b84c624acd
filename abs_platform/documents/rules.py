"""What can be told of a file from its bytes, its name and what was read from it. Pure Python."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from pathlib import PurePosixPath
from uuid import UUID

from abs_platform.integrations.formats.model import Extracted, fold
from abs_platform.integrations.formats.refusal import Refused

MAX_NAME = 200
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
)


def clean_filename(name: str) -> str:
    """The last part of a name without control, format (bidi) and path characters, at most 200 characters long."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    if len(kept) > MAX_NAME:
        stem, dot, suffix = kept.rpartition(".")
        kept = f"{stem[: MAX_NAME - len(suffix) - 1]}.{suffix}" if dot and len(suffix) <= 10 else kept[:MAX_NAME]
    return kept or "unnamed"


def media_type_of(head: bytes) -> str:
    """A media type by the file's first bytes; the uploader's word is not taken for it."""
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<?xml") or head.startswith((b"\xff\xfe<\x00", b"\xfe\xff\x00<")):
        return "application/xml"
    try:
        text = head.decode("utf-8", errors="strict") if len(head) < 512 else head[:508].decode("utf-8", errors="ignore")
    except UnicodeDecodeError:
        return "application/octet-stream"
    if start.startswith(b"<") and b"xmlns" in head:
        return "application/xml"
    return "text/plain" if text and all(c.isprintable() or c in "\r\n\t" for c in text) else "application/octet-stream"


# Beyond this no figure of a real document lies, and the columns end.
FIGURE_LIMIT = Decimal(10) ** 15
# A seller uses an invoice number once, whoever the buyer is: the same one to two buyers is one claim sold twice.
NUMBERED_ONCE = frozenset({"invoice", "credit_note"})


def number_key(extracted: Extracted, buyer_id: UUID | None) -> str:
    """What a second document of the same number shares with the first, however its number is written."""
    return _number_key(extracted, buyer_id, fold(extracted.number))


def number_shape(extracted: Extracted, buyer_id: UUID | None) -> str:
    """The same, blind to punctuation and leading zeros: RK-01 and RK1 look alike."""
    bare = "".join(c for c in fold(extracted.number) if c.isalnum())
    return _number_key(extracted, buyer_id, re.sub(r"(?<!\d)0+(?=\d)", "", bare))


def _number_key(extracted: Extracted, buyer_id: UUID | None, number: str) -> str:
    buyer = ""
    if extracted.kind not in NUMBERED_ONCE:
        identifiers = extracted.buyer.identifiers() if extracted.buyer else []
        buyer = str(buyer_id) if buyer_id else ":".join(identifiers[0]) if identifiers else ""
    return f"{extracted.kind}|{buyer}|{number}"


def check_plausible(extracted: Extracted | None) -> None:
    """Raises Refused where a figure, stated or summed up, is beyond anything real."""
    if extracted is None:
        return
    for part in (extracted.totals, *extracted.lines):
        for name, figure in _figures(part):
            if not abs(figure) < FIGURE_LIMIT:
                raise Refused("decimal_invalid", f"{name} is {figure:.0e}, beyond any real document.", field=name)


def _figures(part: object) -> Iterator[tuple[str, Decimal]]:
    for each in dataclasses.fields(part):  # type: ignore[arg-type]  # Totals and Line are dataclasses
        value = getattr(part, each.name)
        if isinstance(value, Decimal):
            yield each.name, value
