"""The lines of UBL documents."""

from dataclasses import dataclass
from decimal import Decimal

from abs_platform.integrations.formats.fields import MAX_NAME, MAX_TEXT, Element, Fields
from abs_platform.integrations.formats.line_tax import with_tax
from abs_platform.integrations.formats.model import ONE, ZERO, Line, Totals
from abs_platform.integrations.formats.refusal import Refused

MAX_LINES = 5_000


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where a kind keeps its lines and their quantity; the lines of an account have none, but debit and credit."""

    line: str
    quantity: str = "cbc:Quantity"


SHAPES = {
    "order": _Shape("cac:OrderLine/cac:LineItem"),
    "order_change": _Shape("cac:OrderLine/cac:LineItem"),
    "order_response": _Shape("cac:OrderLine/cac:LineItem"),
    "despatch_advice": _Shape("cac:DespatchLine", "cbc:DeliveredQuantity"),
    "receipt_advice": _Shape("cac:ReceiptLine", "cbc:ReceivedQuantity"),
    "invoice": _Shape("cac:InvoiceLine", "cbc:InvoicedQuantity"),
    "debit_note": _Shape("cac:DebitNoteLine", "cbc:DebitedQuantity"),
    "credit_note": _Shape("cac:CreditNoteLine", "cbc:CreditedQuantity"),
    "remittance_advice": _Shape("cac:RemittanceAdviceLine"),
    "statement": _Shape("cac:StatementLine"),
}


def lines_of(fields: Fields, kind: str, totals: Totals) -> tuple[Line, ...]:
    """The document's lines in its own order; none of a kind whose lines nobody here needs. Raises Refused."""
    shape = SHAPES.get(kind)
    if shape is None:
        return ()
    elements = fields.all(fields.root, shape.line)
    if len(elements) > MAX_LINES:
        raise Refused("too_many_lines", f"The document has more than {MAX_LINES} lines.", limit=MAX_LINES)
    lines = [_line(fields, element, shape, position) for position, element in enumerate(elements, start=1)]
    return with_tax(lines, totals.tax)


def allowances_and_charges(fields: Fields, element: Element) -> tuple[Decimal | None, Decimal | None]:
    """The sums of the allowances and of the charges stated right below `element`; None where there are none."""
    sums: dict[bool, Decimal] = {}
    for each in fields.all(element, "cac:AllowanceCharge"):
        amount = fields.amount(each, "cbc:Amount")
        charge = fields.indicator(each, "cbc:ChargeIndicator")
        if amount is not None and charge is not None:
            sums[charge] = sums.get(charge, ZERO) + amount
    return sums.get(False), sums.get(True)


def _line(fields: Fields, element: Element, shape: _Shape, position: int) -> Line:
    def quantity(name: str) -> Decimal:
        stated = fields.decimal(element, f"cbc:{name}Quantity") or ZERO
        if stated < 0:
            # It would add to what was accepted.
            detail = f"{name}Quantity in line {element.sourceline} is below zero."
            raise Refused("quantity_negative", detail, line=element.sourceline)
        return stated

    allowances, charges = allowances_and_charges(fields, element)
    return Line(
        id=fields.text(element, "cbc:ID") or str(position),
        item_name=fields.text(element, "cac:Item/cbc:Name", limit=MAX_NAME),
        item_description=fields.text(element, "cac:Item/cbc:Description", limit=MAX_TEXT),
        buyer_item_id=fields.text(element, "cac:Item/cac:BuyersItemIdentification/cbc:ID"),
        seller_item_id=fields.text(element, "cac:Item/cac:SellersItemIdentification/cbc:ID"),
        standard_item_id=fields.text(element, "cac:Item/cac:StandardItemIdentification/cbc:ID"),
        unit=fields.unit(element, shape.quantity),
        quantity=fields.decimal(element, shape.quantity),
        rejected=quantity("Rejected"),
        short=quantity("Short"),
        oversupply=quantity("Oversupply"),
        backorder=quantity("Backorder"),
        price=fields.amount(element, "cac:Price/cbc:PriceAmount"),
        # A base quantity of nothing would divide by zero: it is read as not stated.
        price_base_quantity=fields.decimal(element, "cac:Price/cbc:BaseQuantity") or ONE,
        allowances=allowances or ZERO,
        charges=charges or ZERO,
        amount=_amount(fields, element),
        tax=_stated_tax(fields, element),
        tax_percent=_tax_percent(fields, element),
        order_number=fields.text(element, "cac:OrderLineReference/cac:OrderReference/cbc:ID"),
        order_line_id=fields.text(element, "cac:OrderLineReference/cbc:LineID"),
        despatch_number=fields.text(element, "cac:DespatchLineReference/cac:DocumentReference/cbc:ID"),
        despatch_line_id=fields.text(element, "cac:DespatchLineReference/cbc:LineID"),
        receipt_number=fields.text(element, "cac:ReceiptLineReference/cac:DocumentReference/cbc:ID"),
        receipt_line_id=fields.text(element, "cac:ReceiptLineReference/cbc:LineID"),
        invoice_number=_invoice_number(fields, element, shape),
        invoice_line_id=fields.text(element, "cac:BillingReference/cac:BillingReferenceLine/cbc:ID"),
        note=" ".join(fields.texts(element, "cbc:Note", MAX_TEXT)) or None,
    )


def _amount(fields: Fields, element: Element) -> Decimal | None:
    """The line's amount before tax; on an account, what it debits less what it credits."""
    amount = fields.amount(element, "cbc:LineExtensionAmount")
    if amount is not None:
        return amount
    debit, credit = fields.amount(element, "cbc:DebitLineAmount"), fields.amount(element, "cbc:CreditLineAmount")
    return None if debit is None and credit is None else (debit or ZERO) - (credit or ZERO)


def _invoice_number(fields: Fields, element: Element, shape: _Shape) -> str | None:
    stated = fields.text(element, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID")
    if stated is None and shape is SHAPES["credit_note"]:
        # What the credit answers to stands in for a missing billing reference.
        stated = fields.text(element, "cac:DiscrepancyResponse/cbc:ReferenceID")
    return stated


def _stated_tax(fields: Fields, element: Element) -> Decimal | None:
    """Tax totals of the line (invoices, credit notes), else its one figure (orders)."""
    amounts = fields.amounts(element, "cac:TaxTotal/cbc:TaxAmount")
    return sum(amounts, ZERO) if amounts else fields.amount(element, "cbc:TotalTaxAmount")


def _tax_percent(fields: Fields, element: Element) -> Decimal | None:
    """The line's rate in percent; several taxes on one item add up."""
    for path in (
        "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent",
        "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent",
        "cac:TaxTotal/cac:TaxSubtotal/cbc:Percent",
    ):
        rates = [fields.decimal(each, ".") for each in fields.all(element, path)]
        stated = [rate for rate in rates if rate is not None]
        if stated:
            return sum(stated, ZERO)
    return None
