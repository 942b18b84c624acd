"""What strangers send: refused by name or left as an attachment, quickly, and without leaving the process."""

import time

import pytest

from abs_platform.config.sample.trade import files
from abs_platform.integrations import formats
from abs_platform.integrations.formats import xml_reading

INVOICE = files()["05-invoice.xml"]
BODY = INVOICE.split(b"?>", 1)[1].decode()


def code_of(data: bytes) -> str:
    with pytest.raises(formats.Refused) as refusal:
        formats.parse(data)
    assert refusal.value.detail
    return refusal.value.code


def changed(old: str, new: str) -> bytes:
    assert old in BODY
    return BODY.replace(old, new, 1).encode()


BOMB = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
DOCTYPES = {
    "bare": "<!DOCTYPE Invoice>",
    "lower case": "<!doctype Invoice>",
    "external file": '<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "external dtd": '<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/x.dtd">',
    "parameter entity": '<!DOCTYPE Invoice [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
    "entity bomb": f'<!DOCTYPE Invoice [<!ENTITY l0 "lol">{BOMB}]>',
    "after a comment": "<!-- <Invoice/> --><?pi x?> <!DOCTYPE Invoice>",
}


@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES.keys())
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_doctype_is_refused(doctype: str, encoding: str) -> None:
    name = encoding.replace("-sig", "")
    text = f'<?xml version="1.0" encoding="{name}"?>{doctype}{BODY.replace("380", "&l9;")}'
    assert code_of(text.encode(encoding)) == "doctype_forbidden"


def test_a_doctype_behind_another_encoding_is_not_followed() -> None:
    hidden = '<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/hostname">]>'.encode("utf-7")
    data = b'<?xml version="1.0" encoding="UTF-7"?>' + hidden + BODY.encode()
    try:
        assert formats.parse(data) is None
    except formats.Refused as refusal:
        assert refusal.code in ("doctype_forbidden", "xml_malformed")


def test_a_web_page_is_an_attachment() -> None:
    assert formats.parse(b"<!DOCTYPE html><html><body>Invoice</body></html>") is None


def test_undeclared_entities_are_malformed() -> None:
    assert code_of(changed("380", "&nbsp;")) == "xml_malformed"


def test_malformed_names_the_line() -> None:
    with pytest.raises(formats.Refused) as refusal:
        formats.parse(INVOICE.replace(b"</cbc:ID>", b"</cbc:Id>", 1))
    assert refusal.value.code == "xml_malformed"
    assert refusal.value.params["line"] == 4
    assert "line 4" in refusal.value.detail


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_truncated(share: float) -> None:
    assert code_of(INVOICE[: int(len(INVOICE) * share)]) == "xml_malformed"


def test_broken_xml_of_another_kind_is_an_attachment() -> None:
    assert formats.parse(b"<note>never closed") is None
    assert formats.parse(INVOICE.replace(b"Invoice", b"Catalogue")[:-30]) is None


def test_two_roots_and_trailing_rubbish() -> None:
    assert code_of(INVOICE + INVOICE.split(b"?>", 1)[1]) == "xml_malformed"
    assert code_of(INVOICE + b"rubbish") == "xml_malformed"


def test_deep_nesting() -> None:
    deep = "<x>" * 300 + "</x>" * 300
    assert code_of(changed("<cbc:InvoiceTypeCode>", deep + "<cbc:InvoiceTypeCode>")) == "too_deep"
    assert code_of(changed("<cbc:InvoiceTypeCode>", "<x>" * 5000)) == "too_deep"


def test_the_deepest_that_is_read() -> None:
    deepest = b"<x>" * xml_reading.MAX_DEPTH + b"</x>" * xml_reading.MAX_DEPTH
    assert xml_reading.read(deepest, frozenset()) is not None
    with pytest.raises(formats.Refused) as refused:
        xml_reading.read(b"<x>" + deepest + b"</x>", frozenset())
    assert refused.value.code == "too_deep"


def test_too_many_elements_stop_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_reading, "MAX_ELEMENTS", 5_000)
    assert code_of(changed("<cbc:InvoiceTypeCode>", "<x/>" * 6_000 + "<cbc:InvoiceTypeCode>")) == "too_many_elements"


def test_too_many_lines() -> None:
    start = BODY.index("<cac:InvoiceLine>")
    end = BODY.index("</cac:InvoiceLine>") + len("</cac:InvoiceLine>")
    flood = BODY[:start] + "<cac:InvoiceLine><x/></cac:InvoiceLine>" * 5_001 + BODY[end:]
    assert code_of(flood.encode()) == "too_many_lines"


def test_too_many_repetitions_of_anything_else() -> None:
    assert (
        code_of(changed("<cbc:InvoiceTypeCode>", "<cbc:Note>a</cbc:Note>" * 1_001 + "<cbc:InvoiceTypeCode>"))
        == "too_many_elements"
    )


def test_larger_than_the_reader_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_reading, "MAX_BYTES", 3_000)
    assert code_of(INVOICE) == "too_large"
    assert formats.parse(b"<a>" + b" " * 4_000 + b"</a>") is None


def test_a_figure_with_an_element_in_it_is_none() -> None:
    """Its own text ends before the element: what other programs read as 18.60 would be 1."""
    assert code_of(changed(">18.60<", ">1<b/>8.60<")) == "decimal_invalid"
    assert formats.parse(changed(">18.60<", ">1<!-- x -->8.60<")) == formats.parse(INVOICE)


@pytest.mark.parametrize(
    "figure",
    [
        "NaN",
        "INF",
        "-INF",
        "Infinity",
        "1e3",
        "1E400",
        "1,000.00",
        "0x10",
        "１２",
        "+",
        ".",
        "--1",
        "1" * 16,
        "0." + "1" * 14,
        "1" * 150,
    ],
)
def test_figures_that_cannot_be_read_are_refused(figure: str) -> None:
    assert code_of(changed(">18.60<", f">{figure}<")) == "decimal_invalid"
    assert code_of(changed('unitCode="C62">2000<', f'unitCode="C62">{figure}<')) == "decimal_invalid"


@pytest.mark.parametrize("figure", ["18.6", "+18.60", "018.60", " 18.60 ", "18.600000000000000000000"])
def test_figures_in_unusual_dress_are_read(figure: str) -> None:
    extracted = formats.parse(changed(">18.60<", f">{figure}<"))
    plain = formats.parse(INVOICE)
    assert extracted is not None
    assert plain is not None
    assert extracted.lines[0].price == plain.lines[0].price
    assert formats.content_key(extracted) == formats.content_key(plain)


@pytest.mark.parametrize(
    "day", ["2026-13-01", "2026-02-30", "20261102", "2026-W45-1", "02.11.2026", "0000-01-01", "today"]
)
def test_dates_that_are_none_are_refused(day: str) -> None:
    assert code_of(changed("2026-11-02", day)) == "date_invalid"


def test_texts_have_bounds() -> None:
    assert code_of(changed("26322000000004180018", "9" * 201)) == "text_too_long"
    assert code_of(changed("深沟球轴承", "承" * 501)) == "text_too_long"
    assert code_of(changed("26322000000004180018", "26\u202e32")) == "text_invalid"
    assert code_of(changed("26322000000004180018", "26\u008432")) == "text_invalid"


@pytest.mark.parametrize("control", ["\x00", "\x01", "\x0b", "\x1b", "&#0;", "&#1;", "\ufffe"])
def test_control_characters_are_malformed(control: str) -> None:
    assert code_of(changed("26322000000004180018", f"26{control}32")) == "xml_malformed"


def test_wrong_encodings() -> None:
    declared = '<?xml version="1.0" encoding="UTF-8"?>' + BODY
    assert code_of(declared.encode("gb18030")) == "xml_malformed"
    assert code_of(('<?xml version="1.0" encoding="no-such"?>' + BODY).encode()) == "xml_malformed"
    assert formats.parse(declared.encode("utf-32")) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_honest_encodings_are_read(encoding: str) -> None:
    name = encoding.replace("-sig", "")
    extracted = formats.parse(f'<?xml version="1.0" encoding="{name}"?>{BODY}'.encode(encoding))
    assert extracted == formats.parse(INVOICE)


def test_documents_without_essentials() -> None:
    number = "<cbc:ID>26322000000004180018</cbc:ID>"
    assert code_of(changed(number, "")) == "number_missing"
    assert code_of(changed(number, "<cbc:ID> \n</cbc:ID>")) == "number_missing"
    assert code_of(changed(">CNY</cbc:DocumentCurrencyCode>", ">yuan</cbc:DocumentCurrencyCode>")) == "currency_invalid"
    bare = formats.parse(
        b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'
        b'<ID xmlns="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">7</ID></Invoice>'
    )
    assert bare is not None
    assert [remark.rule for remark in bare.remarks] == [
        "date_missing",
        "seller_missing",
        "buyer_missing",
        "lines_missing",
        "currency_missing",
    ]


@pytest.mark.parametrize(
    "data",
    [
        b" \n",
        b"%PDF-1.7 Invoice",
        b"<",
        b"<!",
        b"<!--",
        b"<?xml",
        b"\xff\xfe",
        b"\x00" * 64,
        b"plain",
    ],
)
def test_what_is_no_xml_is_an_attachment(data: bytes) -> None:
    assert formats.parse(data) is None


def test_a_flood_of_bytes_is_read_in_time() -> None:
    """Twenty megabytes, the most that an upload may hold: an attachment within the document must not slow the reading."""
    embedded = "<cac:AdditionalDocumentReference>" + "QUJD" * 2_000_000 + "</cac:AdditionalDocumentReference>"
    started = time.monotonic()
    assert (
        formats.parse(changed("<cac:AccountingSupplierParty>", embedded + "<cac:AccountingSupplierParty>")) is not None
    )
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("name", ["Rejected", "Short", "Oversupply", "Backorder"])
def test_what_is_taken_off_is_not_negative(name: str) -> None:
    root = (
        '<ReceiptAdvice xmlns="urn:oasis:names:specification:ubl:schema:xsd:ReceiptAdvice-2"'
        ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
        ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><cbc:ID>R1</cbc:ID>\n'
    )
    line = f"<cac:ReceiptLine><cbc:{name}Quantity>-900</cbc:{name}Quantity></cac:ReceiptLine></ReceiptAdvice>"
    assert code_of((root + line).encode()) == "quantity_negative"
