"""Documents handed over in another: each is read by itself, and none is lost in its wrapper."""

import zipfile
from base64 import b64encode
from io import BytesIO
from xml.sax.saxutils import escape

import pytest

from abs_platform.config.sample.trade import files
from abs_platform.integrations import formats
from abs_platform.integrations.formats.reading import Verdict

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE = files()["05-invoice.xml"]
WRITTEN = "<cac:Attachment><cac:ExternalReference><cbc:Description>{}</cbc:Description></cac:ExternalReference></cac:Attachment>"
EMBEDDED = '<cac:Attachment><cbc:EmbeddedDocumentBinaryObject filename="../a/{}">{}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>'


def attached(content: str) -> bytes:
    return (
        f'<AttachedDocument xmlns="{UBL}AttachedDocument-2" xmlns:cbc="{UBL}CommonBasicComponents-2"'
        f' xmlns:cac="{UBL}CommonAggregateComponents-2"><cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID><cbc:ID>AD-1</cbc:ID>'
        f"<cbc:IssueDate>2026-03-02</cbc:IssueDate>{content}</AttachedDocument>"
    ).encode()


def embedded(data: bytes, name: str = "a.xml") -> str:
    return EMBEDDED.format(name, b64encode(data).decode())


def packed(data: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.xml", data)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (WRITTEN.format(f"<![CDATA[{INVOICE.decode()}]]>"), "1.xml"),
        (WRITTEN.format(escape(INVOICE.decode())), "1.xml"),
        (embedded(INVOICE), "a/a.xml"),
    ],
)
def test_the_invoice_in_its_wrapper_is_read(content: str, name: str) -> None:
    reading = formats.read(attached(content))
    assert (reading.format, reading.document, reading.verdict) == ("UBL 2.1", None, Verdict.ACCEPTED)
    [member] = reading.members
    assert (member.name, formats.parse(member.data)) == (name, formats.parse(INVOICE))


def test_one_that_holds_nothing_is_filed_as_what_it_is() -> None:
    read = formats.parse(attached(WRITTEN.format("see our portal")))
    assert read is not None
    assert (read.kind, read.number) == ("attached_document", "AD-1")


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (embedded(attached(embedded(INVOICE))), "archive_too_deep"),
        (WRITTEN.format(escape(attached("").decode())), "archive_too_deep"),
        (embedded(packed(INVOICE)), "archive_too_deep"),
        (EMBEDDED.format("a.xml", "no Base64!"), "archive_damaged"),
        (embedded(b"x") * 51, "archive_too_many"),
    ],
)
def test_what_would_go_on_for_ever_or_is_broken_is_refused(content: str, rule: str) -> None:
    reading = formats.read(attached(content))
    assert (reading.verdict, reading.remarks[0].rule) == (Verdict.REFUSED, rule)
