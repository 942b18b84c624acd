"""XML from strangers: read without entities, DTDs or network, and within bounds.

Sources: OWASP XML External Entity Prevention; XML 1.0 §2.8 (prolog), §4.3.3 (encodings).
"""

import re
from collections.abc import Set
from typing import Any

from lxml import etree

from abs_platform.integrations.formats.refusal import Refused

MAX_BYTES = 32 * 1024 * 1024
MAX_ELEMENTS = 400_000
# Those of libxml2.
MAX_DEPTH = 256
MAX_TEXT = 10_000_000
CHUNK_BYTES = 64 * 1024
# How far into the root's start tag its namespace may stand for a broken file still to count as one of ours.
CLAIM_CHARACTERS = 16 * 1024

STRICT: Any = {  # Any: lxml's options, each of a type of its own
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "remove_blank_text": True,  # indentation: nobody reads it, and a tree without it is made in half the time again
}
_PARSER = etree.XMLParser(**STRICT)

# A file attached to a UBL or CII document: nobody reads it here, and libxml2 takes no text of its length.
ATTACHED = re.compile(
    rb"(<(?:[\w.-]+:)?(?:EmbeddedDocumentBinaryObject|AttachmentBinaryObject)\b[^<>]*>)([A-Za-z0-9+/=\s]*)(?=</)"
)
ATTACHED_KEPT = 100
# Where the attached file is the document.
WRAPPER = b"AttachedDocument-2"

WHITE = b" \t\r\n"
DOCTYPE = re.compile(r"<!doctype\b", re.IGNORECASE)
HTML = re.compile(r"<!doctype\s+html\b", re.IGNORECASE)
MARKS = re.compile(rb"(?:\xef\xbb\xbf)+")
ROOT_NAME = re.compile(r"<(?:[\w.\-]+:)?([\w.\-]+)")


def read(data: bytes, claimed: Set[str]) -> "etree._Element | None":
    """The root element of `data`; None when it is no XML.

    `claimed` are the roots ("{namespace}Name") of business documents: what is broken and claims to be one of them is
    refused, what is broken and anything else is no XML. Raises Refused: doctype_forbidden for any XML with a DOCTYPE
    (an HTML page is simply not ours); too_large, too_deep, too_many_elements beyond the bounds; xml_malformed.
    """
    markup = _markup(data[:MAX_BYTES])
    at = _end_of_prolog(markup)
    if at is None:
        return None
    if markup.startswith(b"<!", at):
        doctype = _head(markup, at)
        if HTML.match(doctype):
            return None
        if DOCTYPE.match(doctype):
            raise Refused(
                "doctype_forbidden",
                "The file has a DOCTYPE. Business documents need none; remove it and send the file again.",
            )
    if len(data) > MAX_BYTES:
        if not _claims(_head(markup, at), claimed):
            return None
        raise Refused("too_large", f"The document is larger than {MAX_BYTES} bytes.", limit=MAX_BYTES)
    try:
        root = _parse(_without_long_attachments(data))
    except etree.XMLSyntaxError as error:
        if "Excessive depth" in (error.msg or ""):
            detail = f"Elements are nested deeper than {MAX_DEPTH}."
            raise Refused("too_deep", detail, limit=MAX_DEPTH, line=error.lineno or 1) from error
        if not _claims(_head(markup, at), claimed):
            return None
        line = error.lineno or 1
        if "node too long" in (error.msg or ""):
            detail = f"A text in line {line} is longer than any of a document is."
            raise Refused("text_too_long", detail, line=line, limit=MAX_TEXT) from error
        reason = (error.msg or "not well-formed").split(", line ")[0][:200]
        raise Refused("xml_malformed", f"The XML is broken in line {line}: {reason}", line=line) from error
    # A second look: an encoding that hides the DOCTYPE from the scan above does not hide it from the parser.
    if root is not None and root.getroottree().docinfo.internalDTD is not None:
        raise Refused(
            "doctype_forbidden",
            "The file has a DOCTYPE. Business documents need none; remove it and send the file again.",
        )
    return root


def _without_long_attachments(data: bytes) -> bytes:
    """What is longer than a text may be is cut to its beginning; every element stays in its line."""
    if len(data) <= MAX_TEXT or WRAPPER in data[:CLAIM_CHARACTERS]:
        return data
    return ATTACHED.sub(_shortened, data)


def _shortened(attached: re.Match[bytes]) -> bytes:
    content = attached[2]
    if len(content) <= MAX_TEXT:
        return attached[0]
    kept = content.lstrip()[:ATTACHED_KEPT]
    return attached[1] + kept + b"\n" * (content.count(b"\n") - kept.count(b"\n"))


def _end_of_prolog(markup: bytes) -> int | None:
    """Where declaration, comments and instructions end; None when the file does not look like XML."""
    at = 0
    while True:
        while at < len(markup) and markup[at] in WHITE:
            at += 1
        if markup.startswith(b"<?", at):
            ending = b"?>"
        elif markup.startswith(b"<!--", at):
            ending = b"-->"
        else:
            return at if markup.startswith(b"<", at) else None
        end = markup.find(ending, at)
        if end < 0:
            return None
        at = end + len(ending)


def _markup(data: bytes) -> bytes:
    """The file, a byte a character, good enough to find markup: UTF-16 by its mark or its zeros, anything else as it is."""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return b""  # UTF-32: nobody sends it
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode("latin-1", "replace")
    if data.startswith((b"<\x00", b"\x00<")):
        return data.decode("utf-16-le" if data[0] else "utf-16-be", "replace").encode("latin-1", "replace")
    # Some programs write the mark twice; the parser will say that this is wrong.
    return MARKS.sub(b"", data, count=1) if data.startswith(b"\xef\xbb\xbf") else data


def _head(markup: bytes, at: int) -> str:
    return markup[at : at + CLAIM_CHARACTERS].decode("latin-1")


def _claims(root: str, claimed: Set[str]) -> bool:
    name = ROOT_NAME.match(root)
    if name is None:
        return False
    namespaces = (each[1:].partition("}")[0] for each in claimed if each.endswith("}" + name[1]))
    return name[1] in claimed or any(namespace in root for namespace in namespaces)


def _parse(data: bytes) -> "etree._Element | None":
    """Few tags: at one go. Many: piece by piece, so that a bound is noticed before the rest is read."""
    if len(data) > MAX_ELEMENTS and data.count(b"<") > MAX_ELEMENTS:
        return _parse_by_pieces(data)
    return etree.fromstring(data, _PARSER)


def _parse_by_pieces(data: bytes) -> "etree._Element | None":
    parser = etree.XMLPullParser(events=("start",), **STRICT)
    root: etree._Element | None = None
    elements = 0
    for start in range(0, len(data), CHUNK_BYTES):
        parser.feed(data[start : start + CHUNK_BYTES])
        for _, element in parser.read_events():
            # Only this event was asked for, and it carries elements; the stubs know of others.
            assert isinstance(element, etree._Element)  # noqa: S101
            if root is None:
                root = element
            elements += 1
            if elements > MAX_ELEMENTS:
                raise Refused(
                    "too_many_elements", f"The document has more than {MAX_ELEMENTS} elements.", limit=MAX_ELEMENTS
                )
    parser.close()
    return root
