"""What kind of file the bytes are: the one place that tells media types. The name and the sender's word count nothing.

Sources: PNG (W3C) §5.2, JFIF, GIF89a, TIFF 6.0 §2, RIFF/WebP (RFC 9649), ISO 14496-12 §4.3 with MIAF brands (HEIF), BMP
(BITMAPFILEHEADER), PKWARE APPNOTE §4.3.7, [MS-CFB] §2.2, RFC 1952, RFC 2557, ELF, PE/COFF, ISO 9735-1, ASC X12.5.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

HEAD = 4096
"""How many of the first bytes decide."""


class Nature(StrEnum):
    """What can be done with a file of this kind."""

    DOCUMENT = "document"  # XML, PDF: a business document perhaps
    PICTURE = "picture"
    ARCHIVE = "archive"  # ZIP, of whatever kind
    FOREIGN_ARCHIVE = "foreign_archive"  # packed otherwise than by ZIP
    OFFICE = "office"  # what an office program writes
    ACTIVE = "active"  # what a browser or reader would run
    PROGRAM = "program"
    TEXT = "text"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Media:
    """`format`: for people; `media_type`: IANA's name for it."""

    format: str
    media_type: str
    nature: Nature


PDF = Media("PDF", "application/pdf", Nature.DOCUMENT)
XML = Media("XML", "application/xml", Nature.DOCUMENT)
ZIP = Media("ZIP", "application/zip", Nature.ARCHIVE)
HTML = Media("HTML", "text/html", Nature.ACTIVE)
SVG = Media("SVG", "image/svg+xml", Nature.ACTIVE)
MHTML = Media("MHTML", "multipart/related", Nature.ACTIVE)
MAIL = Media("MAIL", "message/rfc822", Nature.ACTIVE)
EDIFACT = Media("EDIFACT", "application/edifact", Nature.DOCUMENT)
X12 = Media("X12", "application/edi-x12", Nature.DOCUMENT)
TEXT = Media("TXT", "text/plain", Nature.TEXT)
OLE = Media("OLE", "application/x-ole-storage", Nature.OFFICE)
PROGRAM = Media("PROGRAM", "application/octet-stream", Nature.PROGRAM)
UNKNOWN = Media("unknown", "application/octet-stream", Nature.UNKNOWN)

_MAGIC: tuple[tuple[int, bytes, Media], ...] = (
    (0, b"%PDF-", PDF),
    (0, b"\x89PNG\r\n\x1a\n", Media("PNG", "image/png", Nature.PICTURE)),
    (0, b"\xff\xd8\xff", Media("JPEG", "image/jpeg", Nature.PICTURE)),
    (0, b"GIF87a", Media("GIF", "image/gif", Nature.PICTURE)),
    (0, b"GIF89a", Media("GIF", "image/gif", Nature.PICTURE)),
    (0, b"II*\0", Media("TIFF", "image/tiff", Nature.PICTURE)),
    (0, b"MM\0*", Media("TIFF", "image/tiff", Nature.PICTURE)),
    (0, b"II+\0", Media("TIFF", "image/tiff", Nature.PICTURE)),
    (0, b"MM\0+", Media("TIFF", "image/tiff", Nature.PICTURE)),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (0, b"{\\rtf", Media("RTF", "application/rtf", Nature.OFFICE)),
    (0, b"7z\xbc\xaf\x27\x1c", Media("7Z", "application/x-7z-compressed", Nature.FOREIGN_ARCHIVE)),
    (0, b"Rar!\x1a\x07", Media("RAR", "application/vnd.rar", Nature.FOREIGN_ARCHIVE)),
    (0, b"\x1f\x8b", Media("GZIP", "application/gzip", Nature.FOREIGN_ARCHIVE)),
    (0, b"BZh", Media("BZIP2", "application/x-bzip2", Nature.FOREIGN_ARCHIVE)),
    (0, b"\xfd7zXZ\0", Media("XZ", "application/x-xz", Nature.FOREIGN_ARCHIVE)),
    (0, b"\x28\xb5\x2f\xfd", Media("ZSTD", "application/zstd", Nature.FOREIGN_ARCHIVE)),
    (0, b"MSCF\0\0\0\0", Media("CAB", "application/vnd.ms-cab-compressed", Nature.FOREIGN_ARCHIVE)),
    (257, b"ustar", Media("TAR", "application/x-tar", Nature.FOREIGN_ARCHIVE)),
    (0, b"\x7fELF", PROGRAM),
    (0, b"\xca\xfe\xba\xbe", PROGRAM),
    (0, b"\xfe\xed\xfa\xce", PROGRAM),
    (0, b"\xfe\xed\xfa\xcf", PROGRAM),
    (0, b"\xce\xfa\xed\xfe", PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", PROGRAM),
    (0, b"\0asm", PROGRAM),
    (0, b"dex\n", PROGRAM),
    (0, b"L\0\0\0\x01\x14\x02\0", PROGRAM),  # a shortcut of Windows
    (0, b"#!", PROGRAM),
)
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"})
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_16_XML = (b"<\x00", b"\x00<")
_BATCH = re.compile(rb"@echo off\b", re.IGNORECASE)
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|frameset|meta|title|table|style|img)(?=[\s>/])", re.IGNORECASE
)
_SVG = re.compile(rb"<(?:[\w.-]+:)?svg\b")
_COMMENT = re.compile(rb"\s*<!--.*?-->", re.DOTALL)
_MAIL = re.compile(rb"(?:From|Received|Return-Path|MIME-Version|Subject|Date|Message-ID):[^\n]*\n", re.IGNORECASE)
_MAIL_BODY = re.compile(rb"^content-type:", re.IGNORECASE | re.MULTILINE)
_EDIFACT = re.compile(rb"(?:UNA.{6}\s*)?UNB.UNO[A-Z].", re.DOTALL)
_X12 = re.compile(rb"ISA([^\w\s])[0-9]{2}\1")
_RELATED = re.compile(rb"^content-type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)


def sniff(data: bytes) -> Media:
    """The kind of file, by its first bytes; a few thousand are enough."""
    head = data[:HEAD]
    for at, magic, media in _MAGIC:
        if head.startswith(magic, at):
            return media
    if (found := _by_header(head)) is not None:
        return found
    return _marked_up(head) or (TEXT if text_of(head, cut=len(data) >= HEAD) is not None else UNKNOWN)


def media_type_of(head: bytes) -> str:
    """The media type by the file's first bytes."""
    return sniff(head).media_type


def text_of(data: bytes, *, cut: bool = False) -> str | None:
    """The bytes as text (UTF-8, UTF-16 by its mark, GB 18030); None for what is none. `cut`: they end anywhere."""
    if not data:
        return None
    for encoding in ("utf-16",) if data.startswith(_UTF_16) else ("utf-8-sig", "gb18030"):
        text = _decoded(data, encoding, cut)
        if text is not None and all(c.isprintable() or c in "\r\n\t\f\u3000\u00a0\ufeff\u200b" for c in text):
            return text
    return None


def _decoded(data: bytes, encoding: str, cut: bool) -> str | None:
    # A character has at most four bytes; where the cut goes through one, so many fewer are whole.
    for missing in range(4 if cut else 1):
        try:
            return data[: len(data) - missing].decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _by_header(head: bytes) -> Media | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Media("WebP", "image/webp", Nature.PICTURE)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return Media("HEIC", "image/heic", Nature.PICTURE)
    if head[:2] == b"BM" and head[6:10] == bytes(4) and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return Media("BMP", "image/bmp", Nature.PICTURE)
    if head[:2] == b"MZ" and b"\0" in head:
        return PROGRAM
    return None


def _marked_up(head: bytes) -> Media | None:
    start = head.lstrip(b"\xef\xbb\xbf").lstrip()
    if head.startswith(_UTF_16) or head.startswith(_UTF_16_XML):
        start = head.decode("utf-16" if head.startswith(_UTF_16) else _utf_16_of(head), "replace").lstrip().encode()
    if _BATCH.match(start):
        return PROGRAM
    if _MAIL.match(start) and _MAIL_BODY.search(head):
        return MHTML if _RELATED.search(head) else MAIL
    if not start.startswith(b"<"):
        return EDIFACT if _EDIFACT.match(start) else X12 if _X12.match(start) else None
    is_declared = start.startswith(b"<?xml")
    bare = _COMMENT.sub(b"", start.partition(b"?>")[2] if is_declared else start).lstrip()
    if _SVG.match(bare) or (bare.lower().startswith(b"<!doctype svg")):
        return SVG
    if _HTML.match(bare):
        return HTML
    return XML if is_declared or b"xmlns" in head or start.startswith(b"<?") or b"xmlns" in start else None


def _utf_16_of(head: bytes) -> str:
    return "utf-16-le" if head[0] else "utf-16-be"
