"""Where CII, ZUGFeRD 1.0 and Order-X keep what we read, in whatever dress, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abs_platform.config.sample.make import in_other_bytes
from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import Extracted, Level, Party, from_json, to_json
from abs_platform.integrations.formats.reading import Reading, Verdict
from tests.formats.european import AS_ORDER_X, AS_ZUGFERD_1, CII, cii


def read(text: str) -> Extracted:
    document = formats.read(text.encode()).document
    assert document is not None
    return document


def code_of(text: str) -> str:
    with pytest.raises(formats.Refused) as refusal:
        formats.parse(text.encode())
    assert refusal.value.detail
    return refusal.value.code


def rules(reading: Reading) -> dict[str, Level]:
    return {remark.rule: remark.level for remark in reading.all_remarks}


def test_every_field_is_read() -> None:
    reading = formats.read(CII.encode())
    document = reading.document
    assert (reading.format, reading.media_type, reading.verdict) == (
        "CII EN 16931",
        "application/xml",
        Verdict.ACCEPTED,
    )
    assert reading.all_remarks == ()
    assert document is not None
    assert (document.kind, document.number, document.syntax) == ("invoice", "RE-7", "CII")
    assert (document.issue_date, document.due_date) == (date(2026, 11, 2), date(2027, 1, 1))
    assert (document.delivery_date, document.payment_terms) == (date(2026, 10, 30), "60 days")
    assert document.seller == Party("Seller GmbH", company_id="HRB 12345", party_id="S-1")
    assert document.buyer == Party("Buyer AG")
    assert (document.order_number, document.despatch_numbers) == ("PO-1", ("D-1",))
    assert document.notes == ("#AAI#Free of charge",)
    totals = document.totals
    assert (totals.lines, totals.tax, totals.tax_basis, totals.payable) == (
        Decimal("1860.00"),
        Decimal("353.40"),
        Decimal("1860.00"),
        Decimal("2213.40"),
    )
    (line,) = document.lines
    assert (line.item_name, line.seller_item_id, line.order_line_id) == ("Bearing", "B-6204", "3")
    assert (line.quantity, line.unit, line.price, line.amount) == (
        Decimal(100),
        "C62",
        Decimal("18.60"),
        Decimal("1860.00"),
    )
    assert (line.tax_percent, line.tax) == (Decimal(19), Decimal("353.40"))
    assert from_json(to_json(document)) == document


def test_the_older_form_reads_the_same() -> None:
    old = read(cii(AS_ZUGFERD_1))
    assert formats.content_key(old) == formats.content_key(read(CII))
    assert old.version == "ZUGFeRD 1.0 COMFORT"


@pytest.mark.parametrize(
    ("code", "status", "kind", "accepted"),
    [
        ("220", "", "order", None),
        ("230", "", "order_change", None),
        ("231", "<ram:StatusCode>1</ram:StatusCode>", "order_response", True),
        ("231", "<ram:StatusCode>8</ram:StatusCode>", "order_response", False),
        ("231", "<ram:StatusCode>3</ram:StatusCode>", "order_response", None),
    ],
)
def test_orders_and_what_follows_them(code: str, status: str, kind: str, accepted: bool | None) -> None:
    text = cii({**AS_ORDER_X, "</ram:TypeCode>\n<ram:Issue": f"</ram:TypeCode>{status}<ram:Issue"})
    order = read(text.replace(">220<", f">{code}<"))
    assert (order.kind, order.accepted, order.syntax) == (kind, accepted, "Order-X")
    assert order.lines[0].quantity == 100
    assert order.order_number == (None if kind == "order" else "PO-1")
    assert order.trade_order_number == ("RE-7" if kind == "order" else "PO-1")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("380", "invoice"),
        ("389", "invoice"),
        ("384", "invoice"),
        ("381", "credit_note"),
        ("261", "credit_note"),
        ("383", "debit_note"),
        ("80", "debit_note"),
    ],
)
def test_the_type_code_says_what_it_is(code: str, kind: str) -> None:
    reading = formats.read(cii({">380<": f">{code}<"}).encode())
    assert reading.document is not None
    assert reading.document.kind == kind
    assert reading.verdict is Verdict.ACCEPTED


def test_a_document_that_is_no_invoice_is_not_taken_for_one() -> None:
    assert code_of(cii({">380<": ">351<"})) == "type_code_unknown"
    assert code_of(cii({**AS_ORDER_X, ">380<": ">380<"}).replace(">220<", ">380<")) == "type_code_unknown"
    assert rules(formats.read(cii({">380<": ">325<"}).encode()))["proforma"] is Level.ATTENTION
    # Whoever lends on a factored invoice lends on somebody else's claim.
    assert rules(formats.read(cii({">380<": ">393<"}).encode()))["already_financed"] is Level.ATTENTION


@pytest.mark.parametrize(
    ("stated", "day", "is_imprecise"),
    [
        ('format="102">20261102<', date(2026, 11, 2), False),
        (">20261102<", date(2026, 11, 2), False),
        (">2026-11-02<", date(2026, 11, 2), False),
        (">2026-11-02T10:00:00+01:00<", date(2026, 11, 2), False),
        ('format="203">202611021530<', date(2026, 11, 2), False),
        ('format="204">20261102153000<', date(2026, 11, 2), False),
        ('format="610">202611<', date(2026, 11, 30), True),
        ('format="616">202645<', date(2026, 11, 8), True),
    ],
)
def test_dates_of_every_format(stated: str, day: date, is_imprecise: bool) -> None:
    reading = formats.read(cii({'format="102">20261102<': stated}).encode())
    assert reading.document is not None
    assert reading.document.issue_date == day
    assert ("date_imprecise" in rules(reading)) is is_imprecise


@pytest.mark.parametrize(
    "stated",
    [
        'format="102">2026-11-02<',
        'format="102">20261302<',
        'format="102">20260230<',
        'format="102">202611021<',
        'format="610">202613<',
        'format="616">202660<',
        'format="718">20261102<',
        ">02.11.2026<",
        ">２０２６１１０２<",
    ],
)
def test_dates_that_are_none_are_refused(stated: str) -> None:
    assert code_of(cii({'format="102">20261102<': stated})) == "date_invalid"


def test_the_last_due_date_counts() -> None:
    term = "<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format='102'>{}</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>"
    text = cii({"<ram:SpecifiedTradePaymentTerms>": term.format("20270301") + "<ram:SpecifiedTradePaymentTerms>"})
    assert read(text).due_date == date(2027, 3, 1)


def test_amounts_in_another_currency_are_left_out() -> None:
    second = '<ram:TaxTotalAmount currencyID="CNY">2800.00</ram:TaxTotalAmount>'
    total = '<ram:TaxTotalAmount currencyID="EUR">353.40</ram:TaxTotalAmount>'
    mixed = formats.read(cii({total: total + second}).encode())
    assert rules(mixed)["currency_mixed"] is Level.ATTENTION
    authority = "<ram:TaxCurrencyCode>CNY</ram:TaxCurrencyCode><ram:InvoiceCurrencyCode>"
    stated = formats.read(cii({total: total + second, "<ram:InvoiceCurrencyCode>": authority}).encode())
    assert stated.document is not None
    assert stated.document.totals.tax == Decimal("353.40")
    assert stated.verdict is Verdict.ACCEPTED


def test_tax_stated_for_the_authority_in_the_same_currency_counts_once() -> None:
    total = '<ram:TaxTotalAmount currencyID="EUR">353.40</ram:TaxTotalAmount>'
    authority = "<ram:TaxCurrencyCode>EUR</ram:TaxCurrencyCode><ram:InvoiceCurrencyCode>"
    assert read(cii({total: total * 2, "<ram:InvoiceCurrencyCode>": authority})).totals.tax == Decimal("353.40")


@pytest.mark.parametrize("code", ["X" * 2000, "\u202eDSU"])
def test_an_amount_s_currency_is_a_code(code: str) -> None:
    total = '<ram:TaxTotalAmount currencyID="EUR">353.40</ram:TaxTotalAmount>'
    assert code_of(cii({total: total.replace("EUR", code)})) == "currency_invalid"


def test_a_price_is_for_so_many_of_its_own_unit() -> None:
    basis = '<ram:BasisQuantity unitCode="{}">1</ram:BasisQuantity></ram:NetPriceProductTradePrice>'
    stated = CII[CII.index("<ram:NetPrice") : CII.index("</ram:NetPriceProductTradePrice>")]
    assert "BasisQuantity" not in stated
    priced = {
        unit: formats.read(cii({"</ram:NetPriceProductTradePrice>": basis.format(unit)}).encode())
        for unit in ("DZN", "BX")
    }
    for unit, read_as in (("DZN", (Decimal("18.60"), Decimal(12))), ("BX", (None, Decimal(1)))):
        document = priced[unit].document
        assert document is not None
        assert (document.lines[0].price, document.lines[0].price_base_quantity) == read_as
    assert "price_unit_differs" in rules(priced["BX"]) and "price_unit_differs" not in rules(priced["DZN"])


def test_lines_that_only_group_others_are_not_counted() -> None:
    start, end = CII.index("<ram:IncludedSupply"), CII.index("</ram:IncludedSupplyChainTradeLineItem>") + 39
    line = CII[start:end]
    group = line.replace(
        "</ram:LineID></ram:Assoc", "</ram:LineID><ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode></ram:Assoc"
    )
    document = read(CII[:start] + group + line + CII[end:])
    assert len(document.lines) == 1
    assert "lines_total" not in [remark.rule for remark in document.remarks]


def test_prefixes_encodings_and_white_space_change_nothing() -> None:
    plain = read(CII)
    renamed = in_other_bytes(CII.encode())
    assert b"rsm:" not in renamed
    for data in (
        renamed,
        CII.encode("utf-16"),
        CII.replace("UTF-8", "gb18030").encode("gb18030"),
        b"\xef\xbb\xbf" + CII.encode(),
    ):
        other = formats.read(data)
        assert other.document is not None
        assert formats.content_key(other.document) == formats.content_key(plain)
        assert formats.business_key(other.document) == formats.business_key(plain)
        assert other.verdict is Verdict.ACCEPTED


HOSTILE = {
    "a bomb of entities": (
        'encoding="UTF-8"?>',
        'encoding="UTF-8"?><!DOCTYPE x [<!ENTITY a "b">]>',
        "doctype_forbidden",
    ),
    "an external entity": (
        'encoding="UTF-8"?>',
        'encoding="UTF-8"?><!DOCTYPE x SYSTEM "file:///etc/passwd">',
        "doctype_forbidden",
    ),
    "no number": ("<ram:ID>RE-7</ram:ID>", "", "number_missing"),
    "an empty number": ("<ram:ID>RE-7</ram:ID>", "<ram:ID> \n</ram:ID>", "number_missing"),
    "NaN": (">18.60<", ">NaN<", "decimal_invalid"),
    "an exponent": (">18.60<", ">1e400<", "decimal_invalid"),
    "a comma": (">18.60<", ">18,60<", "decimal_invalid"),
    "an amount beyond any trade": (">2213.40</ram:Due", f">{'9' * 16}</ram:Due", "decimal_invalid"),
    "a long number": (">RE-7<", f">{'7' * 201}<", "text_too_long"),
    "text that turns around": (">RE-7<", ">RE-\u202e7<", "text_invalid"),
    "a currency of words": (">EUR<", ">euro<", "currency_invalid"),
    "depth": ("<ram:ID>RE-7</ram:ID>", "<ram:x>" * 300 + "</ram:x>" * 300, "too_deep"),
    "a broken end": ("</rsm:CrossIndustryInvoice>", "", "xml_malformed"),
    "an undeclared entity": (">RE-7<", ">&nbsp;<", "xml_malformed"),
    "a wrong end tag": ("</ram:InvoiceCurrencyCode>", "</ram:Code>", "xml_malformed"),
}


@pytest.mark.parametrize(("old", "new", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_documents_are_refused_by_code(old: str, new: str, code: str) -> None:
    assert code_of(cii({old: new})) == code


def test_too_many_lines() -> None:
    start, end = CII.index("<ram:IncludedSupply"), CII.index("</ram:IncludedSupplyChainTradeLineItem>") + 39
    assert code_of(CII[:start] + "<ram:IncludedSupplyChainTradeLineItem/>" * 5_001 + CII[end:]) == "too_many_lines"


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, len(CII) - 1), st.sampled_from(["", "<", "&", "x", "\u202e", "0", '"', "\x00"]), st.integers(0, 40)
)
def test_a_damaged_document_is_read_or_refused_and_never_crashes(at: int, inserted: str, cut: int) -> None:
    reading = formats.read((CII[:at] + inserted + CII[at + cut :]).encode())
    assert reading.document is None or from_json(to_json(reading.document)) == reading.document
