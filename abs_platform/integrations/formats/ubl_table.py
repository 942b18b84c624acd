"""Where UBL 2.0 to 2.4 says what is read of it: path by path, with the business term of EN 16931 that it is.

Source: OASIS Universal Business Language; EN 16931-3-2 for the terms (BT, BG) of invoices and credit notes.
"""

from functools import partial

from abs_platform.integrations.formats import xml_rows
from abs_platform.integrations.formats.fields import MAX_NAME, MAX_TEXT, NAMESPACES
from abs_platform.integrations.formats.xml_rows import (
    Take,
    amount,
    amounts,
    dates,
    decimal,
    decimals,
    indicator,
    not_negative,
    only_text,
    rows,
    text,
    texts,
)

MAX_LINES = 5_000
table = partial(xml_rows.table, namespaces=NAMESPACES)

# The first of these that names anybody is the seller, or the buyer; the rest are recorded.
SELLER_ROLES = ("SellerSupplierParty", "AccountingSupplierParty", "DespatchSupplierParty")
BUYER_ROLES = ("BuyerCustomerParty", "AccountingCustomerParty", "DeliveryCustomerParty")
OTHER_ROLES = (
    "OriginatorCustomerParty",
    "PayeeParty",
    "TaxRepresentativeParty",
    "FreightForwarderParty",
    "CarrierParty",
)

PARTY = {
    "cac:PartyName/cbc:Name": text("name", MAX_NAME),  # BT-28, BT-45
    "cac:PartyLegalEntity/cbc:RegistrationName": text("registration_name", MAX_NAME),  # BT-27, BT-44
    "cac:PartyLegalEntity/cbc:CompanyID": text("company_id"),  # BT-30, BT-47
    "cac:PartyTaxScheme/cbc:RegistrationName": text("tax_name", MAX_NAME),
    "cac:PartyTaxScheme/cbc:CompanyID": text("tax_id"),  # BT-31, BT-48
    "cbc:EndpointID": text("endpoint_id"),  # BT-34, BT-49
    "cac:PartyIdentification/cbc:ID": text("party_id"),  # BT-29, BT-46
}
# PayeeParty and its like are parties themselves; the others hold one.
ROLE = table({**PARTY, "cac:Party": table(PARTY)})

ALLOWANCE_OR_CHARGE = table({
    "cbc:ChargeIndicator": indicator("is_charge"),  # BG-20, BG-27 are allowances; BG-21, BG-28 charges
    "cbc:Amount": amount("amount"),  # BT-92, BT-99, BT-136, BT-141
})  # fmt: skip

TOTALS = table({
    "cbc:LineExtensionAmount": amount("lines"),  # BT-106
    "cbc:AllowanceTotalAmount": amount("allowances"),  # BT-107
    "cbc:ChargeTotalAmount": amount("charges"),  # BT-108
    "cbc:TaxExclusiveAmount": amount("tax_exclusive"),  # BT-109
    "cbc:TaxInclusiveAmount": amount("tax_inclusive"),  # BT-112
    "cbc:PrepaidAmount": amount("prepaid"),  # BT-113
    "cbc:PayableRoundingAmount": amount("rounding"),  # BT-114
    "cbc:PayableAmount": amount("payable"),  # BT-115
})  # fmt: skip

TAX_SUBTOTAL = table({
    "cbc:TaxableAmount": amount("basis"),  # BT-116
    "cac:TaxCategory/cac:TaxScheme/cbc:ID": text("scheme"),
})  # fmt: skip

TAX_TOTAL = table({
    "cbc:TaxAmount": amounts("amounts"),  # BT-110, BT-111
    "cac:TaxSubtotal": rows("subtotals", TAX_SUBTOTAL),  # BG-23
})  # fmt: skip

ORDER_REFERENCE = table({
    "cbc:ID": text("number"),  # BT-13
    "cbc:SalesOrderID": text("sales_number"),  # BT-14
})  # fmt: skip

# A delivery by the three ways to its dates; the first way that has a date counts, actual before asked for.
DELIVERIES = ("cac:Delivery", "cac:Shipment/cac:Delivery", "cac:Shipment/cac:Consignment/cac:Delivery")
DELIVERY_DATES = (
    "cbc:ActualDeliveryDate",
    "cac:RequestedDeliveryPeriod/cbc:EndDate",
    "cbc:LatestDeliveryDate",
)  # BT-72
DELIVERED = tuple(f"{delivery}/{date}" for date in DELIVERY_DATES for delivery in DELIVERIES)

HEADER = {
    "cbc:UBLVersionID": text("version"),
    "cbc:UUID": text("uuid"),
    "cbc:ID": only_text("number"),  # BT-1
    "cbc:IssueDate": dates("issue_dates"),  # BT-2
    "cbc:InvoiceTypeCode": only_text("type_code"),  # BT-3
    "cbc:DocumentCurrencyCode": only_text("currency"),  # BT-5
    "cbc:TaxCurrencyCode": text("tax_currency"),  # BT-6
    "cbc:Note": texts("notes", MAX_TEXT),  # BT-22
    "cbc:CancellationNote": texts("cancellation_notes", MAX_TEXT),
    "cbc:AcceptedIndicator": indicator("accepted"),
    "cbc:OrderResponseCode": text("response_code"),
    **{f"cac:{role}": rows(role, ROLE) for role in (*SELLER_ROLES, *BUYER_ROLES, *OTHER_ROLES)},  # BG-4, 7, 10, 11
    "cac:OrderReference": rows("orders", ORDER_REFERENCE),
    "cac:DespatchDocumentReference/cbc:ID": texts("despatch_numbers"),  # BT-16
    "cac:ReceiptDocumentReference/cbc:ID": texts("receipt_numbers"),  # BT-15
    "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID": texts("invoice_numbers"),  # BT-25
    "cac:DiscrepancyResponse/cbc:ReferenceID": texts("answered_numbers"),
    "cac:ContractDocumentReference/cbc:ID": text("contract_number"),  # BT-12
    "cac:Contract/cbc:ID": text("contract_id"),
    "cac:PaymentMeans/cbc:PaymentDueDate": dates("means_due_dates"),  # BT-9 of credit notes
    "cbc:DueDate": dates("due_dates"),  # BT-9
    "cac:PaymentTerms/cbc:PaymentDueDate": dates("terms_due_dates"),
    "cac:PaymentTerms/cbc:InstallmentDueDate": dates("installment_due_dates"),
    "cac:PaymentTerms/cbc:Note": texts("payment_terms", MAX_TEXT),  # BT-20
    "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID": text("payee_account"),  # BT-84
    **{path: dates(path) for path in DELIVERED},
    "cac:AllowanceCharge": rows("allowances_and_charges", ALLOWANCE_OR_CHARGE),
    "cac:TaxTotal": rows("tax_totals", TAX_TOTAL),
    "cac:LegalMonetaryTotal": rows("legal_totals", TOTALS),  # BG-22
    "cac:AnticipatedMonetaryTotal": rows("anticipated_totals", TOTALS),
    "cac:RequestedMonetaryTotal": rows("requested_totals", TOTALS),
    "cac:QuotedMonetaryTotal": rows("quoted_totals", TOTALS),
    # What a remittance advice pays, what a statement leaves open.
    "cbc:TotalPaymentAmount": amount("total_payment"),
    "cbc:TotalBalanceAmount": amount("total_balance"),
}


def _reference(lines: str, number: str) -> Take:
    """What one element refers to: lines, and the document that they are of."""
    return table({lines: texts("lines"), number: text("number")})


REFERENCES = ("order_lines", "despatch_lines", "receipt_lines", "invoice_lines")

LINE = {
    "cbc:ID": text("id"),  # BT-126
    "cbc:Note": texts("notes", MAX_TEXT),  # BT-127
    "cbc:RejectedQuantity": not_negative("rejected", unit="rejected_unit"),
    "cbc:ShortQuantity": not_negative("short", unit="short_unit"),
    "cbc:OversupplyQuantity": not_negative("oversupply", unit="oversupply_unit"),
    "cbc:BackorderQuantity": not_negative("backorder", unit="backorder_unit"),
    "cbc:LineExtensionAmount": amount("amount"),  # BT-131
    "cbc:DebitLineAmount": amount("debit"),
    "cbc:CreditLineAmount": amount("credit"),
    "cac:AllowanceCharge": rows("allowances_and_charges", ALLOWANCE_OR_CHARGE),
    "cac:Price/cbc:PriceAmount": amount("price"),  # BT-146
    "cac:Price/cbc:BaseQuantity": decimal("price_base_quantity", unit="price_base_unit"),  # BT-149, BT-150
    "cac:TaxTotal/cbc:TaxAmount": amounts("taxes"),
    "cbc:TotalTaxAmount": amount("total_tax"),
    # Three places for the rate; the first that is stated counts.
    "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent": decimals("item_rates"),  # BT-152
    "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent": decimals("category_rates"),
    "cac:TaxTotal/cac:TaxSubtotal/cbc:Percent": decimals("subtotal_rates"),
    "cac:Item/cbc:Name": text("item_name", MAX_NAME),  # BT-153
    "cac:Item/cbc:Description": text("item_description", MAX_TEXT),  # BT-154
    "cac:Item/cac:SellersItemIdentification/cbc:ID": text("seller_item_id"),  # BT-155
    "cac:Item/cac:BuyersItemIdentification/cbc:ID": text("buyer_item_id"),  # BT-156
    "cac:Item/cac:StandardItemIdentification/cbc:ID": text("standard_item_id"),  # BT-157
    "cac:OrderLineReference": rows("order_lines", _reference("cbc:LineID", "cac:OrderReference/cbc:ID")),  # BT-132
    "cac:DespatchLineReference": rows("despatch_lines", _reference("cbc:LineID", "cac:DocumentReference/cbc:ID")),
    "cac:ReceiptLineReference": rows("receipt_lines", _reference("cbc:LineID", "cac:DocumentReference/cbc:ID")),
    "cac:BillingReference": rows(
        "invoice_lines", _reference("cac:BillingReferenceLine/cbc:ID", "cac:InvoiceDocumentReference/cbc:ID")
    ),
    "cac:DiscrepancyResponse/cbc:ReferenceID": text("answered_number"),
}


def _with_lines(path: str, quantity: str) -> Take:
    """A kind's table: where it keeps its lines (BG-25), and in them their quantity (BT-129, its unit BT-130)."""
    line = table({**LINE, quantity: decimal("quantity", unit="unit")})
    return table({**HEADER, path: rows("lines", line, MAX_LINES, "too_many_lines")})


_ORDER = _with_lines("cac:OrderLine/cac:LineItem", "cbc:Quantity")
TABLES = {
    "order": _ORDER,
    "order_change": _ORDER,
    "order_response": _ORDER,
    "despatch_advice": _with_lines("cac:DespatchLine", "cbc:DeliveredQuantity"),
    "receipt_advice": _with_lines("cac:ReceiptLine", "cbc:ReceivedQuantity"),
    "invoice": _with_lines("cac:InvoiceLine", "cbc:InvoicedQuantity"),
    "debit_note": _with_lines("cac:DebitNoteLine", "cbc:DebitedQuantity"),
    "credit_note": _with_lines("cac:CreditNoteLine", "cbc:CreditedQuantity"),
    # The lines of an account have no quantity, but debit and credit.
    "remittance_advice": _with_lines("cac:RemittanceAdviceLine", "cbc:Quantity"),
    "statement": _with_lines("cac:StatementLine", "cbc:Quantity"),
}
WITHOUT_LINES = table(HEADER)
"""For the kinds whose lines nobody here needs."""
