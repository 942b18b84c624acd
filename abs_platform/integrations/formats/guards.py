"""What is remarked on a file of any format: two files in one, and what a PDF would run.

Sources: PDF 32000-1 §7.3.5 (names), §7.5.7 (object streams), §12.6.4 (actions); PKWARE APPNOTE §4.3.16.
"""

import re
import zlib
from collections.abc import Iterator

from abs_platform.integrations.formats import media
from abs_platform.integrations.formats.media import Nature
from abs_platform.integrations.formats.model import Level, Remark

END_OF_DIRECTORY = b"PK\x05\x06"
END_LENGTH = 22
MAX_COMMENT = 65_535
PDF_HEAD = 1024
MAX_STREAMS = 2_000
MAX_INFLATED = 16 * 1024 * 1024
STREAM_HEAD = 256 * 1024

_PDF_HEADER = re.compile(rb"%PDF-[0-9]\.[0-9]")
_MARKUP = re.compile(rb"<(?:script|html|iframe|svg)[\s>]|<!doctype html|<\?php", re.IGNORECASE)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIONS = re.compile(rb"/(JavaScript|JS|Launch|SubmitForm|ImportData|GoToE|RichMedia|Movie|Rendition)\b")
_STREAM = re.compile(rb"/ObjStm\b.{0,300}?stream\r?\n", re.DOTALL)


def remarks_on(data: bytes) -> tuple[Remark, ...]:
    """Remarks on the bytes as such, whatever was read from them."""
    kind = media.sniff(data)
    found: list[Remark] = []
    if (other := _second_nature(data, kind)) is not None:
        detail = f"The file is {kind.format} and {other} at once, so that two programs would read two things in it."
        found.append(Remark("polyglot", detail, {"format": kind.format, "other": other}, Level.REFUSED))
    if kind is media.PDF:
        found += _active_pdf(data)
    return tuple(found)


def _second_nature(data: bytes, kind: media.Media) -> str | None:
    if kind is not media.ZIP and _ends_as_zip(data):
        return "ZIP"
    is_other = kind not in (media.PDF, media.ZIP, media.MAIL)
    if is_other and _PDF_HEADER.search(data[:PDF_HEAD]) and b"%%EOF" in data[-2 * PDF_HEAD :]:
        return "PDF"
    if kind.nature is Nature.PICTURE and _MARKUP.search(data):
        return "HTML"
    if kind is media.PDF and _MARKUP.search(data[: 4 * PDF_HEAD]):
        return "HTML"
    return None


def _ends_as_zip(data: bytes) -> bool:
    """Whether a ZIP's end record closes the file, and the directory that it tells of is there."""
    at = data.rfind(END_OF_DIRECTORY, max(0, len(data) - END_LENGTH - MAX_COMMENT))
    if at < 0 or len(data) < at + END_LENGTH:
        return False
    comment = int.from_bytes(data[at + 20 : at + 22], "little")
    size = int.from_bytes(data[at + 12 : at + 16], "little")
    if size > at or not data.startswith(b"PK\x01\x02", at - size):
        return False
    # Some reader or other takes the last one that it finds, whatever follows; a stream of a PDF is no end.
    return at + END_LENGTH + comment == len(data) or b"endstream" not in data[at:]


def _active_pdf(data: bytes) -> Iterator[Remark]:
    actions = set(_ACTIONS.findall(_unescaped(data)))
    for inflated in _object_streams(data):
        actions |= set(_ACTIONS.findall(_unescaped(inflated)))
    if actions:
        names = ", ".join(sorted({"JavaScript" if each == b"JS" else each.decode() for each in actions}))
        detail = f"The PDF would act by itself where a reader lets it ({names}). Here nothing of it is run."
        yield Remark("pdf_active", detail, {"found": names}, Level.ATTENTION)


def _unescaped(data: bytes) -> bytes:
    """Names with their characters written plainly: /J#53 is /JS."""
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), data) if b"#" in data else data


def _object_streams(data: bytes) -> Iterator[bytes]:
    """The streams that hold objects, inflated, within bounds."""
    left = MAX_INFLATED
    for number, match in enumerate(_STREAM.finditer(data)):
        if number == MAX_STREAMS or left <= 0:
            return
        try:
            inflated = zlib.decompressobj().decompress(data[match.end() : match.end() + STREAM_HEAD], left)
        except zlib.error:
            continue
        left -= len(inflated)
        yield inflated
