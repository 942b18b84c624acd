"""Where UBL keeps what we read: parties, references, taxes, dates, totals."""

from datetime import date
from decimal import Decimal

import pytest

from abs_platform.config.sample.trade import files
from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import Extracted, Line, Party, from_json, to_json
from tests.formats.test_remarks import INVOICE

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"


def read(kind: str, content: str, number: str = "N1") -> Extracted:
    extracted = formats.parse(
        f'<k:{kind} xmlns:k="urn:oasis:names:specification:ubl:schema:xsd:{kind}-2" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">'
        f"<cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-11-02+08:00</cbc:IssueDate>{content}</k:{kind}>".encode()
    )
    assert extracted is not None
    return extracted


def party(role: str, name: str) -> str:
    return f"<cac:{role}><cac:Party><cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName></cac:Party></cac:{role}>"


def rules(extracted: Extracted) -> list[str]:
    missing = ("seller_missing", "buyer_missing", "lines_missing", "line_amounts_missing", "currency_missing")
    return [remark.rule for remark in extracted.remarks if remark.rule not in missing]


@pytest.mark.parametrize(
    ("roles", "seller", "buyer"),
    [
        (("DespatchSupplierParty", "DeliveryCustomerParty"), "DespatchSupplierParty", "DeliveryCustomerParty"),
        (
            ("DespatchSupplierParty", "SellerSupplierParty", "DeliveryCustomerParty", "BuyerCustomerParty"),
            "SellerSupplierParty",
            "BuyerCustomerParty",
        ),
        (
            ("DeliveryCustomerParty", "AccountingCustomerParty", "AccountingSupplierParty"),
            "AccountingSupplierParty",
            "AccountingCustomerParty",
        ),
        (("OriginatorCustomerParty",), None, None),
    ],
)
def test_whose_trade_it_is(roles: tuple[str, ...], seller: str | None, buyer: str | None) -> None:
    extracted = read("ReceiptAdvice", "".join(party(role, role) for role in roles))
    assert (extracted.seller and extracted.seller.name) == seller
    assert (extracted.buyer and extracted.buyer.name) == buyer
    assert {each.name for _, each in extracted.others} == set(roles) - {seller, buyer}


def test_a_role_that_names_nobody_is_passed_over() -> None:
    empty = "<cac:BuyerCustomerParty><cac:Party><cac:PartyName><cbc:Name> </cbc:Name></cac:PartyName></cac:Party></cac:BuyerCustomerParty>"
    extracted = read("Invoice", empty + party("AccountingCustomerParty", "Buyer"))
    assert extracted.buyer == Party("Buyer")


def test_identifiers_of_a_party_most_decisive_first() -> None:
    extracted = read(
        "Order",
        "<cac:SellerSupplierParty><cac:Party><cbc:EndpointID>EP 1</cbc:EndpointID>"
        "<cac:PartyIdentification><cbc:ID>P1</cbc:ID></cac:PartyIdentification>"
        "<cac:PartyTaxScheme><cbc:RegistrationName>Registered</cbc:RegistrationName><cbc:CompanyID>TAX</cbc:CompanyID></cac:PartyTaxScheme>"
        "<cac:PartyLegalEntity><cbc:RegistrationName>甲　公司（苏州）</cbc:RegistrationName><cbc:CompanyID>9132 0594 ma0dem0132</cbc:CompanyID>"
        "</cac:PartyLegalEntity></cac:Party></cac:SellerSupplierParty>",
    )
    assert extracted.seller is not None
    assert extracted.seller.identifiers() == [
        ("company_id", "91320594ma0dem0132"),
        ("endpoint", "ep1"),
        ("party_id", "p1"),
        ("name", "甲 公司(苏州)"),
    ]
    only_tax = read(
        "Order",
        "<cac:SellerSupplierParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>TAX</cbc:CompanyID></cac:PartyTaxScheme>"
        "</cac:Party></cac:SellerSupplierParty>",
    )
    assert only_tax.seller == Party("", company_id="TAX")


def test_references_of_header_and_lines() -> None:
    extracted = read(
        "Invoice",
        "<cac:OrderReference><cbc:ID>NA</cbc:ID><cbc:SalesOrderID>S1</cbc:SalesOrderID></cac:OrderReference>"
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>I0</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>"
        "<cac:DespatchDocumentReference><cbc:ID>D1</cbc:ID></cac:DespatchDocumentReference>"
        "<cac:ReceiptDocumentReference><cbc:ID>R1</cbc:ID></cac:ReceiptDocumentReference>"
        "<cac:ContractDocumentReference><cbc:ID>C1</cbc:ID></cac:ContractDocumentReference>"
        "<cac:InvoiceLine><cbc:ID>1</cbc:ID><cac:OrderLineReference><cbc:LineID>7</cbc:LineID>"
        "<cac:OrderReference><cbc:ID>O1</cbc:ID></cac:OrderReference></cac:OrderLineReference>"
        "<cac:DespatchLineReference><cbc:LineID>2</cbc:LineID><cac:DocumentReference><cbc:ID>D2</cbc:ID></cac:DocumentReference>"
        "</cac:DespatchLineReference><cac:ReceiptLineReference><cbc:LineID>3</cbc:LineID><cac:DocumentReference><cbc:ID>R2</cbc:ID>"
        "</cac:DocumentReference></cac:ReceiptLineReference></cac:InvoiceLine>"
        "<cac:InvoiceLine><cbc:ID>2</cbc:ID><cac:OrderLineReference><cbc:LineID>1</cbc:LineID>"
        "<cac:OrderReference><cbc:ID>O2</cbc:ID></cac:OrderReference></cac:OrderLineReference></cac:InvoiceLine>",
    )
    assert extracted.order_number == "O1"
    assert (extracted.despatch_numbers, extracted.receipt_numbers) == (("D1", "D2"), ("R1", "R2"))
    assert (extracted.invoice_numbers, extracted.contract_number) == (("I0",), "C1")
    line = extracted.lines[0]
    assert (line.order_line_id, line.despatch_number, line.despatch_line_id) == ("7", "D2", "2")
    assert (line.receipt_number, line.receipt_line_id) == ("R2", "3")
    assert rules(extracted) == ["several_orders"]


def test_the_references_of_a_line_are_never_mixed() -> None:
    """Line 1 without an order and line 2 of O2 are no line 1 of O2."""
    references = (
        "<cac:OrderLineReference/><cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference>"
        "<cac:OrderLineReference><cbc:LineID>2</cbc:LineID><cac:OrderReference><cbc:ID>O2</cbc:ID></cac:OrderReference></cac:OrderLineReference>"
    )
    once = "<cac:DespatchLineReference><cbc:LineID>4</cbc:LineID></cac:DespatchLineReference>"
    extracted = read(
        "Invoice",
        f"<cac:InvoiceLine><cbc:ID>1</cbc:ID>{once}</cac:InvoiceLine><cac:InvoiceLine><cbc:ID>2</cbc:ID>{references}{once}{once}</cac:InvoiceLine>",
    )
    line = extracted.lines[1]
    assert (line.order_number, line.order_line_id, line.despatch_line_id) == (None, "1", "4")
    [remark] = [each for each in extracted.remarks if each.rule == "several_line_references"]
    assert remark.params == {"found": "2"}
    credited = "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>I1</cbc:ID></cac:InvoiceDocumentReference>{}</cac:BillingReference>"
    of_lines = "".join(
        f"<cac:BillingReferenceLine><cbc:ID>{id}</cbc:ID></cac:BillingReferenceLine>" for id in ("7", "8")
    )
    extracted = read(
        "CreditNote", f"<cac:CreditNoteLine><cbc:ID>1</cbc:ID>{credited.format(of_lines)}</cac:CreditNoteLine>"
    )
    assert (extracted.lines[0].invoice_number, extracted.lines[0].invoice_line_id) == ("I1", "7")
    assert rules(extracted) == ["several_line_references"]


def test_an_order_refers_to_no_order() -> None:
    extracted = read(
        "Order", "<cac:OrderDocumentReference><cbc:ID>O0</cbc:ID></cac:OrderDocumentReference>", number="O1"
    )
    assert (extracted.order_number, extracted.trade_order_number) == (None, "O1")


def test_what_a_credit_note_credits() -> None:
    response = "<cac:DiscrepancyResponse><cbc:ReferenceID>I9</cbc:ReferenceID></cac:DiscrepancyResponse>"
    billing = "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>I1</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>"
    assert read("CreditNote", response).invoice_numbers == ("I9",)
    assert read("CreditNote", response + billing).invoice_numbers == ("I1",)
    by_line = read(
        "CreditNote",
        f"{billing}<cac:CreditNoteLine><cbc:ID>1</cbc:ID>{billing.replace('I1', 'I2')}</cac:CreditNoteLine>",
    )
    assert by_line.invoice_numbers == ("I1", "I2")


def test_a_receipt_accepts_what_it_does_not_reject() -> None:
    extracted = read(
        "ReceiptAdvice",
        '<cac:ReceiptLine><cbc:ID>1</cbc:ID><cbc:ReceivedQuantity unitCode="KGM">90</cbc:ReceivedQuantity>'
        '<cbc:ShortQuantity unitCode="KGM">10</cbc:ShortQuantity><cbc:RejectedQuantity unitCode="KGM">4</cbc:RejectedQuantity></cac:ReceiptLine>'
        "<cac:ReceiptLine><cbc:ID>2</cbc:ID><cbc:ReceivedQuantity>1</cbc:ReceivedQuantity><cbc:RejectedQuantity>3</cbc:RejectedQuantity></cac:ReceiptLine>",
    )
    assert [line.accepted for line in extracted.lines] == [Decimal(86), Decimal(0)]
    assert rules(extracted) == ["rejected_over_received"]


@pytest.mark.parametrize(
    ("content", "due"),
    [
        (
            "<cac:PaymentMeans><cbc:PaymentDueDate>2026-12-01</cbc:PaymentDueDate></cac:PaymentMeans><cbc:DueDate>2026-12-02</cbc:DueDate>",
            2,
        ),
        ("<cbc:DueDate>2026-12-02</cbc:DueDate>", 2),
        (
            "<cac:PaymentMeans><cbc:PaymentDueDate>2026-12-05</cbc:PaymentDueDate></cac:PaymentMeans><cac:PaymentTerms>"
            "<cbc:PaymentDueDate>2026-12-06</cbc:PaymentDueDate><cbc:InstallmentDueDate>2026-12-07</cbc:InstallmentDueDate></cac:PaymentTerms>",
            7,
        ),
        ("<cac:PaymentTerms><cbc:PaymentDueDate>2026-12-03Z</cbc:PaymentDueDate></cac:PaymentTerms>", 3),
        ("<cac:PaymentTerms><cbc:Note>60 days</cbc:Note></cac:PaymentTerms>", None),
        ("<cbc:DueDate/>", None),
    ],
)
def test_due_date(content: str, due: int | None) -> None:
    assert read("Invoice", content).due_date == (date(2026, 12, due) if due else None)


def test_of_several_due_dates_the_last_counts() -> None:
    means = "".join(
        f"<cac:PaymentMeans><cbc:PaymentDueDate>2026-12-0{day}</cbc:PaymentDueDate></cac:PaymentMeans>"
        for day in (3, 9, 1)
    )
    extracted = read("Invoice", means)
    assert extracted.due_date == date(2026, 12, 9)
    assert rules(extracted) == ["several_due_dates"]


def line(content: str, amount: str = "100.00", currency: str = "CNY") -> str:
    return (
        f'<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount currencyID="{currency}">{amount}</cbc:LineExtensionAmount>'
        f"{content}</cac:InvoiceLine>"
    )


def taxes(content: str) -> list[Decimal | None]:
    return [
        each.tax for each in read("Invoice", "<cbc:DocumentCurrencyCode>CNY</cbc:DocumentCurrencyCode>" + content).lines
    ]


TAX = '<cac:TaxTotal><cbc:TaxAmount currencyID="CNY">{}</cbc:TaxAmount></cac:TaxTotal>'
RATE = "<cac:Item><cac:ClassifiedTaxCategory><cbc:Percent>{}</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item>"


def test_tax_of_a_line_is_stated_or_by_its_rate_or_its_share() -> None:
    assert taxes(line(TAX.format("13.01") + RATE.format("6"))) == [Decimal("13.01")]
    assert taxes(line(RATE.format("13"), "33.33")) == [Decimal("4.33")]
    thirds = line("", "10.00") * 3
    assert taxes(TAX.format("10.00") + thirds) == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert taxes(TAX.format("10.00") + line(TAX.format("4.00")) + line("", "50.00")) == [
        Decimal("4.00"),
        Decimal("6.00"),
    ]
    assert taxes(line("")) == [None]
    # More stated on lines than in all: nothing to share.
    assert taxes(TAX.format("1.00") + line(TAX.format("4.00")) + line("")) == [Decimal("4.00"), None]


def test_tax_in_the_authority_s_currency_is_not_the_document_s() -> None:
    extracted = read(
        "Invoice",
        "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>CNY</cbc:TaxCurrencyCode>"
        + TAX.format("80.00")
        + TAX.format("10.00").replace("CNY", "EUR"),
    )
    assert extracted.totals.tax == Decimal("10.00")
    assert "currency_mixed" not in rules(extracted)


def test_tax_stated_for_the_authority_in_the_same_currency_counts_once() -> None:
    """Saudi Arabia's invoices have a second total of the same tax, without its breakdown."""
    breakdown = (
        '<cac:TaxSubtotal><cbc:TaxAmount currencyID="CNY">48.00</cbc:TaxAmount></cac:TaxSubtotal></cac:TaxTotal>'
    )
    currencies = (
        "<cbc:DocumentCurrencyCode>CNY</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>CNY</cbc:TaxCurrencyCode>"
    )
    total = TAX.format("48.00")
    assert total.endswith("</cac:TaxTotal>")
    both = total.removesuffix("</cac:TaxTotal>") + breakdown + total
    assert read("Invoice", currencies + both).totals.tax == Decimal("48.00")


def test_amounts_in_another_currency_are_left_out_and_remarked() -> None:
    extracted = read(
        "Invoice", "<cbc:DocumentCurrencyCode>CNY</cbc:DocumentCurrencyCode>" + line("") + line("", "9.00", "USD")
    )
    assert [each.amount for each in extracted.lines] == [Decimal("100.00"), None]
    assert rules(extracted) == ["currency_mixed"]
    assert extracted.remarks[0].params == {"expected": "CNY", "found": "9.00 USD"}


def test_of_many_other_currencies_some_are_named() -> None:
    codes = [f"{one}{other}X" for one in "ABCDE" for other in "ABCDEFGHIJ"]
    extracted = read(
        "Invoice",
        "<cbc:DocumentCurrencyCode>CNY</cbc:DocumentCurrencyCode>" + "".join(line("", "1", code) for code in codes),
    )
    [remark] = [each for each in extracted.remarks if each.rule == "currency_mixed"]
    assert remark.params["found"] == ", ".join(f"1 {code}" for code in codes[:20])


@pytest.mark.parametrize("code", ["X" * 2000, "\u202eDSU", "人民币"])
@pytest.mark.parametrize("stated", ["<cbc:DocumentCurrencyCode>CNY</cbc:DocumentCurrencyCode>", ""])
def test_an_amount_s_currency_is_a_code(code: str, stated: str) -> None:
    with pytest.raises(formats.Refused) as refused:
        read("Invoice", stated + line("", "1", code))
    assert refused.value.code == "currency_invalid" and code not in refused.value.detail


def test_currency_is_that_of_the_payable_amount_else_the_most_frequent() -> None:
    payable = (
        '<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">1</cbc:PayableAmount></cac:LegalMonetaryTotal>'
    )
    many = line("", "1", "USD") + line("", "1", "CNY") + line("", "1", "CNY")
    assert read("Invoice", many + payable).currency == "EUR"
    assert read("Invoice", many).currency == "CNY"


def test_allowances_and_charges_of_document_and_line() -> None:
    charge = "<cac:AllowanceCharge><cbc:ChargeIndicator>{}</cbc:ChargeIndicator><cbc:Amount>{}</cbc:Amount></cac:AllowanceCharge>"
    extracted = read(
        "Invoice",
        charge.format("true", "5")
        + charge.format("false", "2")
        + charge.format("false", "1")
        + "<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity>10</cbc:InvoicedQuantity><cbc:LineExtensionAmount>198</cbc:LineExtensionAmount>"
        + charge.format("0", "3")
        + charge.format("1", "1")
        + "<cac:Price><cbc:PriceAmount>40</cbc:PriceAmount><cbc:BaseQuantity>2</cbc:BaseQuantity></cac:Price></cac:InvoiceLine>",
    )
    assert (extracted.totals.allowances, extracted.totals.charges) == (Decimal(3), Decimal(5))
    assert (extracted.lines[0].allowances, extracted.lines[0].charges) == (Decimal(3), Decimal(1))
    assert rules(extracted) == []


def test_a_base_quantity_of_nothing_divides_nothing() -> None:
    extracted = read(
        "Invoice",
        "<cac:InvoiceLine><cbc:ID>1</cbc:ID><cac:Price><cbc:PriceAmount>4</cbc:PriceAmount><cbc:BaseQuantity>0</cbc:BaseQuantity></cac:Price></cac:InvoiceLine>",
    )
    assert extracted.lines[0].price_base_quantity == 1


@pytest.mark.parametrize(
    ("kind", "content", "accepted"),
    [
        ("OrderResponseSimple", "<cbc:AcceptedIndicator>false</cbc:AcceptedIndicator>", False),
        ("OrderResponse", "<cbc:OrderResponseCode>AP</cbc:OrderResponseCode>", True),
        ("OrderResponse", "<cbc:OrderResponseCode>RE</cbc:OrderResponseCode>", False),
        ("OrderResponse", "<cbc:OrderResponseCode>CA</cbc:OrderResponseCode>", None),
        ("OrderResponse", "", None),
    ],
)
def test_order_responses(kind: str, content: str, accepted: bool | None) -> None:
    assert read(kind, content).accepted is accepted


def test_json_keeps_every_digit_and_forgives_what_is_missing() -> None:
    for name, data in files().items():
        if name.endswith(".xml"):
            extracted = formats.parse(data)
            assert extracted is not None
            assert from_json(to_json(extracted)) == extracted
    assert to_json(INVOICE)["totals"]["payable"] == "113.00"
    assert from_json({"kind": "order", "number": "1", "unheard_of": 1}) == Extracted("order", "1")


@pytest.mark.parametrize(("rejected", "accepted"), [("-900", "10"), ("4", "6"), ("40", "0")])
def test_accepted_lies_between_nothing_and_what_was_received(rejected: str, accepted: str) -> None:
    assert Line("1", quantity=Decimal(10), rejected=Decimal(rejected)).accepted == Decimal(accepted)


def test_figures_beyond_any_trade_are_read_and_remarked() -> None:
    most = "999999999999999"
    figures = f"<cbc:InvoicedQuantity>{most}</cbc:InvoicedQuantity>"
    price = f'<cac:Price><cbc:PriceAmount currencyID="CNY">{most}</cbc:PriceAmount>{{}}</cac:Price>'
    finest = price.format("<cbc:BaseQuantity>0.0000000000001</cbc:BaseQuantity>")
    assert "line_arithmetic" in rules(read("Invoice", line(figures + price.format(""))))
    assert "line_arithmetic" in rules(read("Invoice", line(figures + finest)))


def test_a_computed_tax_beyond_any_trade_is_left_out() -> None:
    most = "999999999999999"
    assert taxes(line(RATE.format(most), most)) == [None]
    cancelling = line("", f"{most}.0000000000001") + line("", f"-{most}")
    assert taxes(TAX.format(most) + cancelling) == [None, None]
