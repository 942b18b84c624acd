"""XML that wants to read files, call home, grow, or say two things at once."""

from abs_platform.config.sample.trade import files
from tests.formats.hostile.cases import Case, harmless, refused

INVOICE = files()["05-invoice.xml"]
BODY = INVOICE.split(b"?>", 1)[1].decode()
UTF8 = '<?xml version="1.0" encoding="UTF-8"?>'
NUMBER = "26322000000004180018"
ROOT_TAG = BODY[BODY.index("<Invoice") : BODY.index(">", BODY.index("<Invoice"))]


def changed(old: str, new: str, count: int = 1) -> bytes:
    assert old in BODY, old
    return (UTF8 + BODY.replace(old, new, count)).encode()


def with_doctype(doctype: str, encoding: str = "utf-8") -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{BODY.replace(NUMBER, "&x;")}'.encode(encoding)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
EXTERNAL = {
    "file": '<!ENTITY x SYSTEM "file:///etc/passwd">',
    "http": '<!ENTITY x SYSTEM "http://127.0.0.1:9/x">',
    "ftp": '<!ENTITY x SYSTEM "ftp://127.0.0.1:9/x">',
    "windows-share": '<!ENTITY x SYSTEM "\\\\127.0.0.1\\x">',
    "php": '<!ENTITY x SYSTEM "php://filter/read=convert.base64-encode/resource=/etc/passwd">',
    "expect": '<!ENTITY x SYSTEM "expect://id">',
    "public": '<!ENTITY x PUBLIC "-//x" "file:///etc/passwd">',
    "parameter": '<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;<!ENTITY x "1">',
    "parameter-file": '<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;<!ENTITY x "1">',
    "nested-parameter": "<!ENTITY % a '<!ENTITY &#37; b SYSTEM \"file:///etc/passwd\">'> %a; %b;<!ENTITY x '1'>",
    "unparsed": '<!NOTATION n SYSTEM "n"><!ENTITY x SYSTEM "file:///etc/passwd" NDATA n>',
    "dev-random": '<!ENTITY x SYSTEM "file:///dev/random">',
    "proc-environ": '<!ENTITY x SYSTEM "file:///proc/self/environ">',
}


def cases() -> list[Case]:
    """All of them."""
    return [*_entities(), *_structure(), *_encodings(), *_content(), *_signatures()]


def _entities() -> list[Case]:
    found = [
        refused(f"xxe-{name}.xml", with_doctype(f"<!DOCTYPE Invoice [{entity}]>"), "doctype_forbidden")
        for name, entity in EXTERNAL.items()
    ]
    file = f"<!DOCTYPE Invoice [{EXTERNAL['file']}]>"
    found += [
        refused(f"xxe-{name}.xml", with_doctype(file, name), "doctype_forbidden")
        for name in ("utf-16", "utf-16-le", "utf-16-be")
    ]
    hidden = b'<?xml version="1.0" encoding="UTF-7"?>' + file.encode("utf-7") + BODY.encode()
    flood = "<!ENTITY x '" + "a" * 50_000 + "'>"
    quadratic = BODY.replace(NUMBER, "&x;" * 5_000)
    return [
        *found,
        refused("xxe-utf-7.xml", hidden),
        refused("xxe-utf-32.xml", with_doctype(file, "utf-32")),
        refused("external-dtd.xml", with_doctype('<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/x.dtd">'), "doctype_forbidden"),
        refused("local-dtd.xml", with_doctype('<!DOCTYPE Invoice SYSTEM "file:///usr/share/x.dtd">'), "doctype_forbidden"),
        refused("billion-laughs.xml", with_doctype(f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}<!ENTITY x "&l9;">]>'), "doctype_forbidden"),
        refused("billion-laughs-attribute.xml", with_doctype(f'<!DOCTYPE x [<!ENTITY l0 "l">{LAUGHS}<!ATTLIST Invoice a CDATA "&l9;">]>'), "doctype_forbidden"),
        refused("quadratic-blow-up.xml", f"{UTF8}<!DOCTYPE x [{flood}]>{quadratic}".encode(), "doctype_forbidden"),
        refused("recursive-entity.xml", with_doctype('<!DOCTYPE x [<!ENTITY x "&y;"><!ENTITY y "&x;">]>'), "doctype_forbidden"),
        refused("default-attribute.xml", with_doctype('<!DOCTYPE Invoice [<!ATTLIST Invoice xmlns CDATA "urn:x">]>'), "doctype_forbidden"),
        refused("undeclared-entity.xml", changed(NUMBER, "&secret;"), "xml_malformed"),
        refused("doctype-in-comment-games.xml", with_doctype("<!-- --><!DOCTYPE Invoice [<!-- ]> -->" + EXTERNAL["file"] + "]>"), "doctype_forbidden"),
        refused("lower-case-doctype.xml", with_doctype("<!doctype Invoice>"), "doctype_forbidden"),
        refused("soap-with-doctype.xml", b'<!DOCTYPE x [<!ENTITY y "z">]><Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/">&y;</Envelope>', "doctype_forbidden"),
        harmless("xinclude.xml", changed("<cbc:InvoiceTypeCode>", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/><cbc:InvoiceTypeCode>'), "an include is an element like any other: nobody follows it"),
        harmless("xml-stylesheet.xml", (UTF8 + '<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/x.xsl"?>' + BODY).encode(), "instructions are dropped before anything is read"),
        harmless("schema-location.xml", changed(ROOT_TAG, ROOT_TAG + ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"'), "no schema is fetched"),
        harmless("processing-instructions.xml", (UTF8 + "<?php system('id'); ?>" + BODY).encode(), "instructions are dropped before anything is read"),
    ]  # fmt: skip


def _structure() -> list[Case]:
    before = "<cbc:InvoiceTypeCode>"
    attributes = " ".join(f"a{n}='1'" for n in range(20_000))
    namespaces = " ".join(f"xmlns:n{n}='urn:{n}'" for n in range(5_000))
    line = BODY[BODY.index("<cac:InvoiceLine>") : BODY.index("</cac:InvoiceLine>") + len("</cac:InvoiceLine>")]
    return [
        refused("deep.xml", changed(before, "<x>" * 300 + "</x>" * 300 + before), "too_deep"),
        refused("very-deep.xml", changed(before, "<x>" * 100_000 + before)),
        harmless("deep-of-no-kind.xml", b"<x>" * 1_000_000, "none of our documents: kept as text, parsed by nobody"),
        refused("many-elements.xml", changed(before, "<x/>" * 450_000 + before), "too_many_elements"),
        refused("many-lines.xml", changed(line, "<cac:InvoiceLine><x/></cac:InvoiceLine>" * 6_000), "too_many_lines"),
        refused("many-notes.xml", changed(before, "<cbc:Note>x</cbc:Note>" * 2_000 + before), "too_many_elements"),
        refused("huge-attribute.xml", lambda: changed(ROOT_TAG, ROOT_TAG + " a='" + "A" * 12_000_000 + "'")),
        harmless("many-attributes.xml", changed(before, f"<x {attributes}/>" + before), "attributes that nobody reads, a few hundred kilobytes"),
        harmless("many-namespaces.xml", changed(before, f"<x {namespaces}/>" + before), "declarations that nobody uses"),
        refused("huge-name.xml", lambda: changed(before, "<" + "n" * 11_000_000 + "/>" + before)),
        refused("two-attributes-of-one-name.xml", changed(ROOT_TAG, ROOT_TAG + ' a="1" a="2"'), "xml_malformed"),
        refused("two-roots.xml", INVOICE + BODY.encode(), "xml_malformed"),
        refused("mark-twice.xml", b"\xef\xbb\xbf" * 2 + INVOICE, "xml_malformed"),
        refused("behind-a-word.xml", b"invoice: " + (UTF8 + BODY).encode(), "xml_unreadable"),
        refused("another-version.xml", changed("schema:xsd:Invoice-2", "schema:xsd:Invoice-3"), "manual_entry"),
        refused("without-a-namespace.xml", b"<Invoice><ID>1</ID></Invoice>", "manual_entry"),
        refused("long-remark.xml", lambda: changed(before, "<cbc:Note>" + "x" * 10_500_000 + "</cbc:Note>" + before), "text_too_long"),
        refused("trailing-rubbish.xml", INVOICE + b"\0\0\0rubbish", "xml_malformed"),
        refused("unclosed-cdata.xml", changed(NUMBER, "<![CDATA[" + NUMBER), "xml_malformed"),
        refused("unclosed-comment.xml", changed(before, "<!-- " + before), "xml_malformed"),
        refused("unbound-prefix.xml", changed("<cbc:InvoiceTypeCode>", "<evil:x/><cbc:InvoiceTypeCode>"), "xml_malformed"),
        *(refused(f"truncated-{share:.0%}.xml", INVOICE[: int(len(INVOICE) * share)], "xml_malformed") for share in (0.3, 0.6, 0.9, 0.99)),
        refused("truncated-declaration.xml", INVOICE[:20]),
        refused("huge-text.xml", changed(NUMBER, "9" * 5_000_000), "text_too_long"),
        refused("larger-than-the-reader-takes.xml", lambda: changed(before, "<x>" + "QUJD" * 8_500_000 + "</x>" + before), "too_large"),
    ]  # fmt: skip


def _encodings() -> list[Case]:
    declared = UTF8 + BODY
    return [
        refused("gbk-declared-as-utf-8.xml", declared.encode("gb18030"), "xml_malformed"),
        harmless(
            "utf-16-declared-as-utf-8-without-mark.xml",
            declared.encode("utf-16-le"),
            "its zeros tell how it is written, and all readers agree on it",
        ),
        refused("no-such-encoding.xml", ('<?xml version="1.0" encoding="no-such"?>' + BODY).encode(), "xml_malformed"),
        refused("ebcdic.xml", ('<?xml version="1.0" encoding="cp037"?>' + BODY).encode("cp037", "replace")),
        refused("overlong-utf-8.xml", INVOICE.replace(NUMBER.encode(), b"26\xc0\xaf32"), "xml_malformed"),
        refused("lone-surrogate.xml", INVOICE.replace(NUMBER.encode(), b"26\xed\xa0\x8032"), "xml_malformed"),
        refused(
            "cut-character.xml", INVOICE.replace("深沟球轴承".encode(), "深沟球轴承".encode()[:-1]), "xml_malformed"
        ),
        refused("nul-in-text.xml", INVOICE.replace(NUMBER.encode(), b"26\x0032"), "xml_malformed"),
        refused("nul-reference.xml", changed(NUMBER, "26&#0;32"), "xml_malformed"),
        refused("leading-nul.xml", b"\0" + INVOICE),
        refused("rtl-number.xml", changed(NUMBER, "26\u202e32"), "text_invalid"),
        refused("isolate-in-name.xml", changed("深沟球轴承", "深\u2066沟"), "text_invalid"),
        refused("c1-control.xml", changed(NUMBER, "26\u009b32"), "text_invalid"),
        refused("noncharacter.xml", changed(NUMBER, "26\uffff32"), "xml_malformed"),
    ]


def _content() -> list[Case]:
    figures = [
        "NaN",
        "INF",
        "-Infinity",
        "1e999",
        "1E5",
        "0x1F",
        "1,000.00",
        "１２",
        "9" * 400,
        "0." + "1" * 300,
        "--1",
        "1_000",
    ]
    found = [
        refused(
            f"amount-{n}-{figure[:9].replace('/', '')}.xml",
            changed(">18.60<", f">{figure}<"),
            "text_too_long" if len(figure) > 200 else "decimal_invalid",
        )
        for n, figure in enumerate(figures)
    ]
    receipt = (
        '<ReceiptAdvice xmlns="urn:oasis:names:specification:ubl:schema:xsd:ReceiptAdvice-2"'
        ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
        ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><cbc:ID>R1</cbc:ID><cac:ReceiptLine>'
        "<cbc:{0}Quantity>-900</cbc:{0}Quantity></cac:ReceiptLine></ReceiptAdvice>"
    )
    found += [
        refused(f"negative-{name.lower()}.xml", receipt.format(name).encode(), "quantity_negative")
        for name in ("Rejected", "Short", "Oversupply", "Backorder")
    ]
    return [
        *found,
        refused("date-of-no-calendar.xml", changed("2026-11-02", "2026-02-30"), "date_invalid"),
        refused("date-with-script.xml", changed("2026-11-02", "&lt;script&gt;"), "date_invalid"),
        refused("no-number.xml", changed(f"<cbc:ID>{NUMBER}</cbc:ID>", ""), "number_missing"),
        refused("number-of-spaces.xml", changed(NUMBER, " \n "), "number_missing"),
        refused("currency-with-markup.xml", changed(">CNY</cbc:DocumentCurrencyCode>", ">&lt;b&gt;</cbc:DocumentCurrencyCode>"), "currency_invalid"),
        harmless("number-with-script.xml", changed(NUMBER, "&lt;script&gt;alert(1)&lt;/script&gt;"), "text is shown as text; no page takes it for markup"),
        harmless("number-with-sql.xml", changed(NUMBER, "1'; DROP TABLE documents_document; --"), "values are parameters of a query, never its text"),
        harmless("number-with-formula.xml", changed(NUMBER, "=cmd|' /C calc'!A0"), "exports write it as text"),
        harmless("number-with-template.xml", changed(NUMBER, "{{7*7}}${7*7}%s%n"), "no template is made of it"),
        harmless("number-with-path.xml", changed(NUMBER, "../../../../etc/passwd"), "a number is never a path"),
        harmless("name-with-script.xml", changed("深沟球轴承", "&lt;img src=x onerror=alert(1)&gt;"), "text is shown as text"),
        harmless("name-with-log-injection.xml", changed("深沟球轴承", "x&#10;2026-01-01 ERROR forged"), "white space is collapsed"),
    ]  # fmt: skip


def _signatures() -> list[Case]:
    signature = (
        '<ext:UBLExtensions xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2">'
        "<ext:UBLExtension><ext:ExtensionContent>{}</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )
    original = BODY.strip().replace(NUMBER, "00000000000000000000")
    wrapped = (
        f'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Object>{original}</ds:Object></ds:Signature>'
    )
    at = BODY.index(">", BODY.index("<Invoice")) + 1
    embedded = "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject {}>TVqQAAMAAAA=</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference><cac:AccountingSupplierParty>"
    return [
        harmless("signature-wrapping.xml", (UTF8 + BODY[:at] + signature.format(wrapped) + BODY[at:]).encode(), "the outer document is read, and no signature is believed on account of being there"),
        harmless("signed-invoice-in-extension.xml", (UTF8 + BODY[:at] + signature.format(original) + BODY[at:]).encode(), "what lies in an extension is not read"),
        refused("wrapped-in-another-root.xml", f"{UTF8}<Wrapper>{original}<Invoice".encode()),
        refused("attachment-name-with-entity.xml", changed("<cac:AccountingSupplierParty>", embedded.format('filename="&file;"')), "xml_malformed"),
        harmless("attachment-that-is-a-program.xml", changed("<cac:AccountingSupplierParty>", embedded.format('mimeCode="application/pdf" filename="../../x.exe"')), "what is embedded is never unpacked, and its name never used"),
        harmless("external-reference.xml", changed("<cac:AccountingSupplierParty>", "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment><cac:ExternalReference><cbc:URI>http://127.0.0.1:9/x</cbc:URI></cac:ExternalReference></cac:Attachment></cac:AdditionalDocumentReference><cac:AccountingSupplierParty>"), "no address in a document is fetched"),
    ]  # fmt: skip
