"""UBL 2.0 to 2.4: the documents of a trade, with their lines, and the header of every other UBL document.

Source: OASIS Universal Business Language; the kind is told by the root's namespace. Who is seller and who is buyer, and
how a document refers to others, follows DOMAIN "How a trade is found in files".
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from abs_platform.integrations.formats.fields import MAX_NAME, MAX_TEXT, NAMESPACES, UBL, Element, Fields
from abs_platform.integrations.formats.model import Extracted, Level, Party, Remark, Totals
from abs_platform.integrations.formats.reading import Reading
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.remarks import remarks_of
from abs_platform.integrations.formats.source import Source
from abs_platform.integrations.formats.ubl_lines import allowances_and_charges, lines_of

KINDS = {
    f"{{{UBL}{name}-2}}{name}": kind
    for name, kind in {
        "Order": "order",
        "OrderChange": "order_change",
        "OrderCancellation": "order_cancellation",
        "OrderResponse": "order_response",
        "OrderResponseSimple": "order_response",
        "DespatchAdvice": "despatch_advice",
        "ReceiptAdvice": "receipt_advice",
        "Invoice": "invoice",
        "DebitNote": "debit_note",
        "CreditNote": "credit_note",
        "RemittanceAdvice": "remittance_advice",
        "Statement": "statement",
    }.items()
}
# Waybill, InventoryReport, Catalogue and the other sixty: each is named in its own namespace.
ANY_DOCUMENT = re.compile(re.escape(f"{{{UBL}") + r"([A-Za-z]{1,60})-2\}\1", re.ASCII)

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

# UN/ECE 4343 and the codes of Peppol's order response.
ACCEPTED_CODES = {"AP": True, "29": True, "RE": False, "27": False}

CURRENCY_PATHS = ("cbc:DocumentCurrencyCode",)
MONETARY_TOTALS = ("cac:LegalMonetaryTotal", "cac:AnticipatedMonetaryTotal", "cac:RequestedMonetaryTotal")
# What a remittance advice pays, what a statement leaves open.
ACCOUNT_TOTALS = ("cbc:TotalPaymentAmount", "cbc:TotalBalanceAmount")
PAYABLE_PATHS = (
    *(f"{total}/cbc:{name}Amount" for name in ("Payable", "LineExtension") for total in MONETARY_TOTALS),
    *ACCOUNT_TOTALS,
)
DUE_DATE_PATHS = (
    "cac:PaymentMeans/cbc:PaymentDueDate",
    "cbc:DueDate",
    "cac:PaymentTerms/cbc:PaymentDueDate",
    "cac:PaymentTerms/cbc:InstallmentDueDate",
)
DELIVERY_PATHS = tuple(
    f"{prefix}cac:Delivery/{name}"
    for name in ("cbc:ActualDeliveryDate", "cac:RequestedDeliveryPeriod/cbc:EndDate", "cbc:LatestDeliveryDate")
    for prefix in ("", "cac:Shipment/", "cac:Shipment/cac:Consignment/")
)


class Ubl:
    """UBL 2.0 to 2.3."""

    roots = frozenset(KINDS)

    def read(self, source: Source) -> Reading | None:
        match = ANY_DOCUMENT.fullmatch(source.root_name)
        if match is None or source.root is None:
            return None
        kind = KINDS.get(source.root_name) or _snake(match[1])
        fields = Fields(source.root, CURRENCY_PATHS, PAYABLE_PATHS)
        version = f"UBL {fields.text(source.root, 'cbc:UBLVersionID') or '2.x'}"
        if kind not in KINDS.values() and fields.text(source.root, "cbc:ID") is None:
            remark = Remark("number_missing", f"The {match[1]} has no number (cbc:ID); it is kept as an attachment.")
            return Reading(version, "application/xml", remarks=(replace(remark, level=Level.ATTENTION),))
        return Reading(version, "application/xml", _document(fields, kind))


def _document(fields: Fields, kind: str) -> Extracted:
    root = fields.root
    number = fields.text(root, "cbc:ID")
    if number is None:
        raise Refused(
            "number_missing", "The document has no number (cbc:ID), so nothing can refer to it.", line=root.sourceline
        )
    extracted = _header(fields, kind, number)
    extracted = replace(extracted, lines=lines_of(fields, kind, extracted.totals))
    extracted = _with_references_of_lines(fields, extracted)
    return replace(extracted, remarks=(*_reading_remarks(fields, extracted), *remarks_of(extracted)))


def _header(fields: Fields, kind: str, number: str) -> Extracted:
    root = fields.root
    seller, sellers = _first_party(fields, SELLER_ROLES)
    buyer, buyers = _first_party(fields, BUYER_ROLES)
    others = [*sellers, *buyers, *_parties(fields, OTHER_ROLES)]
    due_dates = _due_dates(fields)
    return Extracted(
        kind=kind,
        number=number,
        version=fields.text(root, "cbc:UBLVersionID"),
        uuid=fields.text(root, "cbc:UUID"),
        issue_date=fields.date(root, "cbc:IssueDate"),
        currency=fields.currency,
        seller=seller,
        buyer=buyer,
        others=tuple(others),
        order_number=_order_number(fields, kind),
        despatch_numbers=_numbers(fields, "cac:DespatchDocumentReference/cbc:ID"),
        receipt_numbers=_numbers(fields, "cac:ReceiptDocumentReference/cbc:ID"),
        invoice_numbers=_numbers(fields, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
        contract_number=fields.text(root, "cac:ContractDocumentReference/cbc:ID", "cac:Contract/cbc:ID"),
        due_date=max(due_dates, default=None),
        payment_terms=" ".join(fields.texts(root, "cac:PaymentTerms/cbc:Note", MAX_TEXT)) or None,
        payee_account=fields.text(root, "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"),
        delivery_date=fields.date(root, *DELIVERY_PATHS),
        accepted=_accepted(fields),
        totals=_totals(fields),
        notes=(*fields.texts(root, "cbc:Note", MAX_TEXT), *fields.texts(root, "cbc:CancellationNote", MAX_TEXT)),
    )


def _first_party(fields: Fields, roles: tuple[str, ...]) -> tuple[Party | None, list[tuple[str, Party]]]:
    """The party of the first role that names anybody, and the parties of the roles after it that are somebody else."""
    found = _parties(fields, roles)
    if not found:
        return None, []
    chosen = found[0][1]
    return chosen, [(role, party) for role, party in found[1:] if party != chosen]


def _parties(fields: Fields, roles: tuple[str, ...]) -> list[tuple[str, Party]]:
    found = []
    for role in roles:
        for element in fields.all(fields.root, f"cac:{role}"):
            # PayeeParty and its like are parties themselves; the others hold one.
            within = element.find("cac:Party", NAMESPACES)
            party = _party(fields, element if within is None else within)
            if party is not None:
                found.append((_snake(role), party))
    return found


def _party(fields: Fields, element: Element) -> Party | None:
    party = Party(
        name=fields.text(
            element,
            "cac:PartyName/cbc:Name",
            "cac:PartyLegalEntity/cbc:RegistrationName",
            "cac:PartyTaxScheme/cbc:RegistrationName",
            limit=MAX_NAME,
        )
        or "",
        company_id=fields.text(element, "cac:PartyLegalEntity/cbc:CompanyID", "cac:PartyTaxScheme/cbc:CompanyID"),
        endpoint_id=fields.text(element, "cbc:EndpointID"),
        party_id=fields.text(element, "cac:PartyIdentification/cbc:ID"),
    )
    return party if party.identifiers() else None


def _snake(role: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in role).lstrip("_")


def _order_number(fields: Fields, kind: str) -> str | None:
    """The order referred to; an order's own predecessors and quotations are not meant."""
    if kind == "order":
        return None
    for reference in fields.all(fields.root, "cac:OrderReference"):
        number = fields.text(reference, "cbc:ID")
        # Peppol writes NA for "none" where only the seller's order number is known.
        if number and not (number.upper() == "NA" and fields.text(reference, "cbc:SalesOrderID")):
            return number
    return None


def _numbers(fields: Fields, path: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fields.texts(fields.root, path)))


def _due_dates(fields: Fields) -> list[date]:
    """Every date on which something falls due; where there are several, the last is the day on which all is due."""
    return fields.dates(fields.root, *DUE_DATE_PATHS)


def _accepted(fields: Fields) -> bool | None:
    stated = fields.indicator(fields.root, "cbc:AcceptedIndicator")
    return stated if stated is not None else ACCEPTED_CODES.get(fields.text(fields.root, "cbc:OrderResponseCode") or "")


def _totals(fields: Fields) -> Totals:
    root = fields.root

    def total(name: str) -> Decimal | None:
        return fields.amount(root, *(f"{each}/cbc:{name}" for each in MONETARY_TOTALS))

    allowances, charges = allowances_and_charges(fields, root)
    stated_allowances, stated_charges = total("AllowanceTotalAmount"), total("ChargeTotalAmount")
    return Totals(
        lines=total("LineExtensionAmount"),
        allowances=allowances if stated_allowances is None else stated_allowances,
        charges=charges if stated_charges is None else stated_charges,
        tax_exclusive=total("TaxExclusiveAmount"),
        tax=_tax(fields),
        tax_basis=_tax_basis(fields),
        tax_inclusive=total("TaxInclusiveAmount"),
        prepaid=total("PrepaidAmount"),
        rounding=total("PayableRoundingAmount"),
        payable=_payable(fields, total("PayableAmount")),
    )


def _payable(fields: Fields, payable: Decimal | None) -> Decimal | None:
    return fields.amount(fields.root, *ACCOUNT_TOTALS) if payable is None else payable


def _tax(fields: Fields) -> Decimal | None:
    """The tax in the document's currency. EN 16931 (BT-111) allows a second total in the tax authority's currency."""
    taxes = _own_tax_totals(fields)
    amounts = [amount for each in taxes for amount in fields.amounts(each, "cbc:TaxAmount")]
    return sum(amounts, Decimal(0)) if amounts else None


def _own_tax_totals(fields: Fields) -> Sequence[Element]:
    foreign = fields.text(fields.root, "cbc:TaxCurrencyCode")
    if foreign is None or foreign.upper() == fields.currency:
        return fields.all(fields.root, "cac:TaxTotal")
    return [
        each
        for each in fields.all(fields.root, "cac:TaxTotal")
        if all(amount.get("currencyID") != foreign for amount in fields.all(each, "cbc:TaxAmount"))
    ]


def _tax_basis(fields: Fields) -> Decimal | None:
    """The sum of the taxable amounts; None unless all state one and are of one tax: a sum over two means nothing."""
    subtotals = [subtotal for each in _own_tax_totals(fields) for subtotal in fields.all(each, "cac:TaxSubtotal")]
    bases = [fields.amount(each, "cbc:TaxableAmount") for each in subtotals]
    schemes = {fields.text(each, "cac:TaxCategory/cac:TaxScheme/cbc:ID") for each in subtotals}
    stated = [base for base in bases if base is not None]
    return sum(stated, Decimal(0)) if stated and len(stated) == len(bases) and len(schemes) == 1 else None


def _with_references_of_lines(fields: Fields, extracted: Extracted) -> Extracted:
    """Lifts what only the lines say to the header, where trades are found."""
    lines = extracted.lines
    order_number = extracted.order_number
    if order_number is None and extracted.kind != "order":
        order_number = next((line.order_number for line in lines if line.order_number), None)
    invoice_numbers = _joined(extracted.invoice_numbers, [line.invoice_number for line in lines])
    if not invoice_numbers and extracted.kind == "credit_note":
        # What the credit answers to stands in for a missing billing reference.
        invoice_numbers = _numbers(fields, "cac:DiscrepancyResponse/cbc:ReferenceID")
    return replace(
        extracted,
        order_number=order_number,
        despatch_numbers=_joined(extracted.despatch_numbers, [line.despatch_number for line in lines]),
        receipt_numbers=_joined(extracted.receipt_numbers, [line.receipt_number for line in lines]),
        invoice_numbers=invoice_numbers,
    )


def _joined(of_header: tuple[str, ...], of_lines: list[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*of_header, *(number for number in of_lines if number)]))


def _reading_remarks(fields: Fields, extracted: Extracted) -> list[Remark]:
    """What only the file shows: amounts left out for their currency, several due dates, several orders."""
    remarks = []
    if fields.foreign:
        found = ", ".join(f"{value} {currency}" for currency, value in sorted(fields.foreign.items()))
        detail = f"Amounts in another currency than the document's {extracted.currency} were not read: {found}."
        remarks.append(Remark("currency_mixed", detail, {"expected": extracted.currency or "", "found": found}))
    due_dates = sorted({each.isoformat() for path in DUE_DATE_PATHS for each in fields.dates(fields.root, path)})
    if len(due_dates) > 1:
        found = ", ".join(due_dates[:20])
        counting = extracted.due_date.isoformat() if extracted.due_date else ""
        detail = f"Several due dates are stated: {found}; {counting} counts."
        remarks.append(Remark("several_due_dates", detail, {"expected": counting, "found": found}))
    orders = _joined((), [extracted.order_number, *(line.order_number for line in extracted.lines)])
    if len(orders) > 1 and extracted.kind != "order":
        found = ", ".join(orders[:20])
        detail = f"Several orders are referred to; the document joins the first: {found}."
        remarks.append(Remark("several_orders", detail, {"found": found}))
    return remarks
