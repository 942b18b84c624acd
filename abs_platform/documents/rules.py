"""What can be told of a file from its bytes and name alone. Pure Python."""

import unicodedata
from pathlib import PurePosixPath

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
