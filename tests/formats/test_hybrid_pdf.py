"""PDFs with business XML inside, honest and hostile."""

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abs_platform.config.sample.trade import files
from abs_platform.integrations import formats
from abs_platform.integrations.formats.facturx import FacturX
from abs_platform.integrations.formats.model import Level
from abs_platform.integrations.formats.pdf_attachments import attachments_of
from abs_platform.integrations.formats.reading import Reading, Verdict
from abs_platform.integrations.formats.source import Source
from tests.formats.european import AS_ORDER_X, AS_ZUGFERD_1, CII, cii, pdf

INVOICE = CII.encode()
GUIDELINE = "urn:cen.eu:en16931:2017"


def rules(reading: Reading) -> dict[str, Level]:
    return {remark.rule: remark.level for remark in reading.all_remarks}


def refused_for(data: bytes) -> list[str]:
    reading = formats.read(data)
    assert reading.verdict is Verdict.REFUSED
    return [remark.rule for remark in reading.all_remarks if remark.level is Level.REFUSED]


@pytest.mark.parametrize(
    ("name", "guideline", "expected"),
    [
        ("factur-x.xml", GUIDELINE, "Factur-X EN 16931"),
        ("zugferd-invoice.xml", GUIDELINE, "ZUGFeRD 2.0 EN 16931"),
        ("factur-x.xml", f"{GUIDELINE}#compliant#urn:factur-x.eu:1p0:basic", "Factur-X BASIC"),
        ("factur-x.xml", f"{GUIDELINE}#conformant#urn:factur-x.eu:1p0:extended", "Factur-X EXTENDED"),
        ("zugferd-invoice.xml", f"{GUIDELINE}#compliant#urn:zugferd.de:2p0:basic", "ZUGFeRD 2.0 BASIC"),
        ("xrechnung.xml", f"{GUIDELINE}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", "Factur-X XRechnung 3.0"),
        ("anything.bin", GUIDELINE, "Factur-X EN 16931"),
    ],
)
def test_the_xml_inside_is_the_document(name: str, guideline: str, expected: str) -> None:
    reading = formats.read(pdf({"terms.txt": b"terms", name: cii({GUIDELINE: guideline}).encode()}))
    assert (reading.format, reading.media_type) == (expected, "application/pdf")
    assert reading.document is not None
    bare = formats.read(cii({GUIDELINE: guideline}).encode()).document
    assert bare is not None
    assert formats.content_key(reading.document) == formats.content_key(bare)


def test_other_vocabularies_inside() -> None:
    old = formats.read(pdf({"ZUGFeRD-invoice.xml": cii(AS_ZUGFERD_1).encode()}))
    order = formats.read(pdf({"order-x.xml": cii(AS_ORDER_X).encode()}))
    ubl = formats.read(pdf({"invoice.xml": files()["05-invoice.xml"]}))
    assert (old.format, order.format, ubl.format) == ("ZUGFeRD 1.0 COMFORT", "Order-X COMFORT", "PDF + UBL 2.1")
    assert [each.document and each.document.kind for each in (old, order, ubl)] == ["invoice", "order", "invoice"]


@pytest.mark.parametrize(
    "inside", [{}, {"terms.txt": b"terms"}, {"data.xml": b"<a/>"}, {"page.html": b"<html></html>"}]
)
def test_a_pdf_without_business_xml_is_left_to_others(inside: dict[str, bytes]) -> None:
    assert FacturX().read(Source(pdf(inside))) is None


@pytest.mark.parametrize("data", [b"", b"%PDF-", b"%PDF-1.7\n%%EOF", b"x" * 2000 + b"%PDF-1.7", INVOICE])
def test_what_is_no_pdf_is_left_to_others(data: bytes) -> None:
    assert FacturX().read(Source(data)) is None


def test_the_same_invoice_twice_is_flagged_and_two_invoices_are_refused() -> None:
    twice = formats.read(pdf({"ZUGFeRD-invoice.xml": cii(AS_ZUGFERD_1).encode(), "factur-x.xml": INVOICE}))
    assert (twice.format, rules(twice)["hybrid_several"]) == ("Factur-X EN 16931", Level.ATTENTION)
    other = cii({">2213.40</ram:Due": ">2213.00</ram:Due"}).encode()
    assert "hybrid_conflict" in refused_for(pdf({"factur-x.xml": INVOICE, "copy.xml": other}))


def test_rules_are_run_on_the_xml_inside() -> None:
    broken = cii({">2213.40</ram:Due": ">2000.00</ram:Due"}).encode()
    reading = formats.read(pdf({"factur-x.xml": broken}))
    assert "BR-CO-16" in refused_for(pdf({"factur-x.xml": broken}))
    assert reading.document is not None
    with pytest.raises(formats.Refused) as refusal:
        formats.parse(pdf({"factur-x.xml": broken}))
    assert (refusal.value.code, refusal.value.params["rule"]) == ("BR-CO-16", "BR-CO-16")


def test_a_locked_pdf_is_refused_and_one_that_opens_without_a_password_is_read() -> None:
    assert refused_for(pdf({"factur-x.xml": INVOICE}, password="secret")) == ["pdf_encrypted"]
    assert formats.read(pdf({"factur-x.xml": INVOICE}, owner="secret")).verdict is Verdict.ACCEPTED


def test_scripts_are_not_run_but_named() -> None:
    reading = formats.read(pdf({"factur-x.xml": INVOICE}, script="app.alert(1)"))
    assert rules(reading)["pdf_active"] is Level.ATTENTION
    assert reading.document is not None


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ({"factur-x.xml": INVOICE[:-40]}, "xml_malformed"),
        ({"factur-x.xml": INVOICE.replace(b'"?>', b'"?><!DOCTYPE x [<!ENTITY a "b">]>', 1)}, "doctype_forbidden"),
        ({"factur-x.xml": b"no XML at all"}, "hybrid_xml_broken"),
        ({"factur-x.xml": b""}, "hybrid_xml_broken"),
        ({"FACTUR-X.XML": b"<a/>"}, "hybrid_xml_broken"),
        ({"other.xml": INVOICE[:-40]}, "xml_malformed"),
    ],
)
def test_broken_xml_inside_is_refused_by_code(inside: dict[str, bytes], code: str) -> None:
    assert refused_for(pdf(inside)) == [code]


def test_a_pdf_that_promises_an_invoice_and_has_none_is_refused() -> None:
    assert refused_for(pdf({"terms.txt": b"terms"}) + b"\n% urn:factur-x:pdfa:CrossIndustryDocument") == [
        "hybrid_xml_missing"
    ]


def _with_bomb(unpacked: int) -> bytes:
    """A PDF written by hand: factur-x.xml is one byte repeated, packed."""
    packed = zlib.compress(b" " * unpacked, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(factur-x.xml) 3 0 R]>>>>>>",
        b"<</Type/Pages/Kids[]/Count 0>>",
        b"<</Type/Filespec/F(factur-x.xml)/EF<</F 4 0 R>>>>",
        b"<</Type/EmbeddedFile/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
    ]
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 5\n0000000000 65535 f \n" + table + trailer


def test_a_stream_bomb_is_not_unpacked() -> None:
    bomb = _with_bomb(200_000_000)
    assert len(bomb) < 400_000
    assert refused_for(bomb) == ["hybrid_xml_broken"]


def test_a_name_tree_that_holds_itself_ends() -> None:
    honest = _with_bomb(10)
    circular = honest.replace(b"<</Names[(factur-x.xml) 3 0 R]>>", b"<</Kids[5 0 R 5 0 R     ]>>  ").replace(
        b"endobj\nxref", b"endobj\n5 0 obj\n<</Kids[5 0 R 5 0 R]>>\nendobj\nxref"
    )
    found = attachments_of(circular)
    assert found is None or found.files == ()


def test_many_files_are_not_all_unpacked() -> None:
    found = attachments_of(pdf({f"{number}.txt": b"x" for number in range(80)}))
    assert found is not None
    assert len(found.files) == 50


HYBRID = pdf({"factur-x.xml": INVOICE})


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_hybrid_is_read_or_refused(share: float) -> None:
    reading = formats.read(HYBRID[: int(len(HYBRID) * share)])
    assert reading.document is not None or reading.verdict is Verdict.REFUSED or reading.format == "unknown"


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(HYBRID) - 1), st.binary(max_size=8), st.integers(0, 30))
def test_a_damaged_hybrid_never_crashes(at: int, inserted: bytes, cut: int) -> None:
    formats.read(HYBRID[:at] + inserted + HYBRID[at + cut :])
