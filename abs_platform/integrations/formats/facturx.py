"""Hybrid PDFs: Factur-X, ZUGFeRD, XRechnung and Order-X. The XML inside is the document, the page its picture.

Source: Factur-X 1.0.07 / ZUGFeRD 2.3 §6 for the names; the embedded file is nevertheless recognised by its content.
A PDF without business XML is none of these (None), unless it says of itself that it carries some.
"""

from dataclasses import dataclass, replace

from abs_platform.integrations.formats.cii import Cii
from abs_platform.integrations.formats.en16931 import checked
from abs_platform.integrations.formats.keys import business_key
from abs_platform.integrations.formats.model import Level, Remark
from abs_platform.integrations.formats.pdf_attachments import Attachment, attachments_of, is_pdf
from abs_platform.integrations.formats.reading import Format, Reading
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.source import Source
from abs_platform.integrations.formats.ubl import Ubl

PDF = "application/pdf"
# In the order in which one is preferred: where a PDF carries the same invoice twice, the older form comes last.
NAMES = ("factur-x.xml", "xrechnung.xml", "order-x.xml", "zugferd-invoice.xml")
# How a PDF says so: the names of the extension schema in its metadata, and those of the files.
CLAIMS = (b"urn:factur-x:pdfa", b"urn:zugferd:pdfa", b"urn:ferd:pdfa", *(name.encode() for name in NAMES))
# A format's name that already begins with its family.
FAMILIES = ("Factur-X", "ZUGFeRD", "Order-X")
INNER: tuple[Format, ...] = (Cii(), Ubl())
INNER_ROOTS = frozenset[str]().union(*(each.roots for each in INNER))


@dataclass(frozen=True, slots=True)
class _Found:
    """A business document within the PDF, checked."""

    name: str
    reading: Reading


class FacturX:
    """PDF with an invoice or an order as XML inside."""

    roots = frozenset[str]()

    def read(self, source: Source) -> Reading | None:
        if not is_pdf(source.data):
            return None
        attachments = attachments_of(source.data)
        claims = _claims(source.data)
        if attachments is None:
            if claims:
                raise Refused("pdf_broken", "The PDF is broken, so the document inside it cannot be read.")
            return None
        found = [each for each in map(_found, attachments.files) if each is not None]
        if not found:
            if claims:
                detail = "The PDF says that it carries an invoice or an order as XML, but none can be read in it."
                raise Refused("hybrid_xml_missing", detail)
            return None
        return _reading(sorted(found, key=_preference), is_active=attachments.is_active)


def _claims(data: bytes) -> bool:
    lowered = data.lower()
    return any(claim in lowered for claim in CLAIMS)


def _found(attachment: Attachment) -> _Found | None:
    """The business document in an embedded file; None where it is something else. Raises Refused."""
    is_expected = attachment.name.casefold() in NAMES
    if attachment.data is None:
        if is_expected:
            detail = f"The file {attachment.name} inside the PDF is broken or too large to be unpacked."
            raise Refused("hybrid_xml_broken", detail, name=attachment.name)
        return None
    source = Source(attachment.data, INNER_ROOTS)
    reading = next((reading for each in INNER if (reading := each.read(source)) is not None), None)
    if reading is None or source.root is None:
        if is_expected:
            detail = f"The file {attachment.name} inside the PDF is no invoice or order that can be read."
            raise Refused("hybrid_xml_broken", detail, name=attachment.name)
        return None
    return _Found(attachment.name, checked(source.root, reading))


def _preference(found: _Found) -> int:
    name = found.name.casefold()
    # ZUGFeRD 1.0 shares its file's name with 2.0, and is told apart by what it is.
    is_old = found.reading.format.startswith("ZUGFeRD 1.0")
    return (len(NAMES) if name not in NAMES else NAMES.index(name)) + (10 if is_old else 0)


def _reading(found: list[_Found], *, is_active: bool) -> Reading:
    first = found[0]
    remarks = list(first.reading.remarks)
    if len(found) > 1:
        remarks.append(_several(found))
    if is_active:
        detail = "The PDF asks viewers to run a script or a program when it is opened. Nothing was run."
        remarks.append(Remark("pdf_active", detail, level=Level.ATTENTION))
    return replace(first.reading, format=_format(first), media_type=PDF, remarks=tuple(remarks))


def _several(found: list[_Found]) -> Remark:
    """Refused where the documents differ: nobody could say which of them the page shows."""
    keys = {business_key(each.reading.document) for each in found if each.reading.document}
    names = ", ".join(each.name for each in found)
    if len(keys) > 1:
        detail = f"The PDF carries documents that contradict each other: {names}."
        return Remark("hybrid_conflict", detail, {"found": names}, Level.REFUSED)
    detail = f"The PDF carries the same document more than once: {names}. {found[0].name} counts."
    return Remark("hybrid_several", detail, {"found": names, "expected": found[0].name}, Level.ATTENTION)


def _format(found: _Found) -> str:
    """As its users call it: by family and profile, "Factur-X EN 16931", "ZUGFeRD 2.0 BASIC"."""
    inner, document = found.reading.format, found.reading.document
    if document is None or document.syntax == "UBL":
        return f"PDF + {inner}"
    if inner.startswith(FAMILIES):
        return inner
    family = "ZUGFeRD 2.0" if found.name.casefold() == "zugferd-invoice.xml" else "Factur-X"
    return f"{family} {document.version or ''}".strip()
