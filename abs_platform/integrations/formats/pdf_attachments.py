"""The files embedded in a PDF, read within bounds and without running anything in it.

Sources: ISO 32000-1 §7.11.4 (embedded files), §7.9.6 (name trees), §14.13 of ISO 32000-2 (associated files), §12.6
(actions). What bounds the decoding of streams is pypdf's configuration.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from abs_platform.integrations.formats import xml_reading
from abs_platform.integrations.formats.refusal import Refused

# White space and rubbish may stand before it (ISO 32000-1, annex H, note 13).
HEADER, HEADER_WITHIN = b"%PDF-", 1024
MAX_BYTES = 64 * 1024 * 1024
# Of one stream, unpacked; an invoice larger than the XML reader takes is of no use.
MAX_STREAM = xml_reading.MAX_BYTES + 1
MAX_FILES = 50
MAX_NODES = 500
MAX_NAME = 255
ACTIVE = ("/JavaScript", "/Launch")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file within the PDF; `data` is None where it could not be unpacked within the bounds."""

    name: str
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Attachments:
    """What a PDF carries. `is_active`: it asks viewers to run a script or a program; nothing here does."""

    files: tuple[Attachment, ...]
    is_active: bool


def is_pdf(data: bytes) -> bool:
    """Whether it begins as a PDF does."""
    return HEADER in data[:HEADER_WITHIN]


def attachments_of(data: bytes) -> Attachments | None:
    """The files embedded in the PDF; None where its structure is too broken to say. Raises Refused: pdf_encrypted."""
    if len(data) > MAX_BYTES:
        return None
    with _bounded():
        try:
            reader = PdfReader(BytesIO(data), strict=False)
            is_open = not reader.is_encrypted or bool(reader.decrypt(""))
        except Exception:
            # pypdf raises whatever a broken file makes it stumble over.
            return None
        if not is_open:
            detail = "The PDF is locked with a password. Remove the password and send the file again."
            raise Refused("pdf_encrypted", detail)
        try:
            catalogue = _dictionary(reader.trailer.get("/Root"))
            # What names things has no type of its own: another object stands in its place, so none can be trusted.
            if "/Type" in _dictionary(catalogue.get("/Names")):
                return None
            return Attachments(tuple(_files(catalogue)), _is_active(catalogue))
        except Exception:
            return None


@contextmanager
def _bounded() -> Iterator[None]:
    """pypdf with its streams bounded, and without its remarks on broken files, which strangers could fill a log with."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with apply_configuration(
            maximum_declared_stream_length=MAX_BYTES,
            array_based_stream_maximum_output_length=MAX_STREAM,
            lzw_maximum_output_length=MAX_STREAM,
            run_length_maximum_output_length=MAX_STREAM,
            zlib_maximum_output_length=MAX_STREAM,
            brotli_maximum_output_length=MAX_STREAM,
            stream_filters_maximum_length=4,
            stream_decoding_work_maximum_length=2 * MAX_STREAM,
        ):
            yield
    finally:
        logger.setLevel(level)


def _files(catalogue: DictionaryObject) -> Iterator[Attachment]:
    seen: set[object] = set()
    total = 0
    for specification in _specifications(catalogue):
        stream = _stream(specification)
        if stream is None:
            continue
        # The same stream is usually listed twice: among the embedded and among the associated files.
        identity = _identity(stream)
        if identity in seen:
            continue
        seen.add(identity)
        if len(seen) > MAX_FILES:
            return
        data = _unpacked(stream) if total <= MAX_BYTES else None
        total += len(data or b"")
        yield Attachment(_name(specification), data)


def _specifications(catalogue: DictionaryObject) -> Iterator[DictionaryObject]:
    """File specifications: of the name tree of embedded files, then those associated with the document."""
    left = MAX_NODES
    nodes = [_dictionary(_dictionary(catalogue.get("/Names")).get("/EmbeddedFiles"))]
    while nodes and left:
        node, left = nodes.pop(), left - 1
        for entry in _array(node.get("/Names"))[1::2]:
            yield _dictionary(entry)
        nodes.extend(_dictionary(each) for each in _array(node.get("/Kids"))[:left])
    for entry in _array(catalogue.get("/AF"))[:MAX_NODES]:
        yield _dictionary(entry)


def _stream(specification: DictionaryObject) -> "StreamObject | IndirectObject | None":
    embedded = _dictionary(specification.get("/EF"))
    for key in ("/UF", "/F"):
        found = embedded.raw_get(key) if key in embedded else None
        if isinstance(_resolved(found), StreamObject):
            return found if isinstance(found, IndirectObject) else _resolved(found)
    return None


def _identity(stream: "StreamObject | IndirectObject") -> object:
    return (stream.idnum, stream.generation) if isinstance(stream, IndirectObject) else id(stream)


def _unpacked(stream: "StreamObject | IndirectObject") -> bytes | None:
    try:
        data = _resolved(stream).get_data()
    except Exception:
        # The stream is broken or a bomb.
        return None
    return data if isinstance(data, bytes) and len(data) < MAX_STREAM else None


def _name(specification: DictionaryObject) -> str:
    stated = _resolved(specification.get("/UF")) or _resolved(specification.get("/F")) or ""
    return str(stated)[:MAX_NAME]


def _is_active(catalogue: DictionaryObject) -> bool:
    """A script or a program to run when the file is opened, or one of the document's named scripts."""
    if "/JavaScript" in _dictionary(catalogue.get("/Names")) or "/AA" in catalogue:
        return True
    return str(_dictionary(catalogue.get("/OpenAction")).get("/S")) in ACTIVE


def _resolved(value: Any) -> Any:  # Any: an object of a PDF, whatever it is
    return value.get_object() if isinstance(value, IndirectObject) else value


def _dictionary(value: Any) -> DictionaryObject:  # Any: as above
    found = _resolved(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _array(value: Any) -> list[Any]:  # Any: as above
    found = _resolved(value)
    return list(found) if isinstance(found, ArrayObject) else []
