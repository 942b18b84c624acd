"""The picture within an electronic seal (SES_Seal of GM/T 0031 and GB/T 38540), found by its shape.

SES_ESPictrueInfo ::= SEQUENCE { type IA5String, data OCTET STRING, width INTEGER, height INTEGER }. The versions of the
standard put it in different places; its shape is the same in all.
"""

from collections.abc import Iterator
from dataclasses import dataclass

SEQUENCE, OCTET_STRING, IA5_STRING, INTEGER = 0x30, 0x04, 0x16, 0x02
CONSTRUCTED = 0x20
KINDS = frozenset({"png", "jpg", "jpeg", "bmp", "gif", "ofd"})
MAX_DEPTH = 12
MAX_ELEMENTS = 20_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A seal's picture: the format that it says to be, its bytes."""

    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Value:
    tag: int
    content: bytes


def picture_in(der: bytes) -> Picture | None:
    """The first picture in a DER structure; None where there is none or it is no DER."""
    pending = [(der, 0)]
    seen = 0
    while pending:
        data, depth = pending.pop()
        values = list(_values(data))
        seen += len(values)
        if seen > MAX_ELEMENTS:
            return None
        match values:
            case [
                _Value(tag=0x16, content=kind),
                _Value(tag=0x04, content=picture),
                _Value(tag=0x02),
                _Value(tag=0x02),
            ]:
                name = kind.decode("ascii", "replace").lower().lstrip(".")
                if name in KINDS:
                    return Picture(name, picture)
        if depth < MAX_DEPTH:
            pending.extend((each.content, depth + 1) for each in reversed(values) if each.tag & CONSTRUCTED)
    return None


def _values(data: bytes) -> Iterator[_Value]:
    """The values that follow each other in DER (X.690, 8.1); stops where it is none."""
    at = 0
    while at + 2 <= len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            if not 1 <= size <= 4 or at + size > len(data):
                return
            length = int.from_bytes(data[at : at + size])
            at += size
        if at + length > len(data):
            return
        yield _Value(tag, data[at : at + length])
        at += length
