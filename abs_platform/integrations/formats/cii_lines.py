"""The lines of Cross Industry documents."""

from decimal import Decimal

from abs_platform.integrations.formats.cii_syntax import CiiFields
from abs_platform.integrations.formats.fields import MAX_NAME, MAX_TEXT, Element
from abs_platform.integrations.formats.line_tax import with_tax
from abs_platform.integrations.formats.line_units import price_base_in
from abs_platform.integrations.formats.model import ONE, ZERO, Line, Totals
from abs_platform.integrations.formats.refusal import Refused

MAX_LINES = 5_000
# Factur-X EXTENDED (BT-X-8): such a line groups or explains others, and its amount is not added to theirs.
NOT_COUNTED = frozenset({"GROUP", "INFORMATION"})
# By kind, the first that is stated.
QUANTITIES = {
    "order": ("RequestedQuantity",),
    "order_change": ("RequestedQuantity",),
    "order_response": ("AgreedQuantity", "RequestedQuantity"),
}
BILLED = ("BilledQuantity",)


def lines_of(fields: CiiFields, kind: str, totals: Totals) -> tuple[Line, ...]:
    """The document's lines in its own order, without those that only group or explain others. Raises Refused."""
    path = f"rsm:{fields.dialect.transaction}/ram:IncludedSupplyChainTradeLineItem"
    elements = fields.all(fields.root, path)
    if len(elements) > MAX_LINES:
        raise Refused("too_many_lines", f"The document has more than {MAX_LINES} lines.", limit=MAX_LINES)
    counted = (each for each in elements if _reason(fields, each) not in NOT_COUNTED)
    lines = [_line(fields, element, kind, position) for position, element in enumerate(counted, start=1)]
    return with_tax(lines, totals.tax)


def allowances_and_charges(fields: CiiFields, element: Element) -> tuple[Decimal | None, Decimal | None]:
    """The sums of the allowances and of the charges stated right below `element`; None where there are none."""
    sums: dict[bool, Decimal] = {}
    for each in fields.all(element, "ram:SpecifiedTradeAllowanceCharge"):
        amount = fields.amount(each, "ram:ActualAmount")
        charge = fields.truth(each, "ram:ChargeIndicator")
        if amount is not None and charge is not None:
            sums[charge] = sums.get(charge, ZERO) + amount
    return sums.get(False), sums.get(True)


def _reason(fields: CiiFields, element: Element) -> str | None:
    return fields.text(element, "ram:AssociatedDocumentLineDocument/ram:LineStatusReasonCode")


def _line(fields: CiiFields, element: Element, kind: str, position: int) -> Line:
    agreement, delivery, settlement = (
        fields.dialect.of_line(part) for part in ("TradeAgreement", "TradeDelivery", "TradeSettlement")
    )
    product, price = "ram:SpecifiedTradeProduct", f"{agreement}/ram:NetPriceProductTradePrice"
    quantities = tuple(f"{delivery}/ram:{name}" for name in QUANTITIES.get(kind, BILLED))
    stated = next((path for path in quantities if fields.text(element, path)), quantities[0])
    under = element.find(settlement, fields.namespaces)
    unit, base = fields.unit(element, stated), f"{price}/ram:BasisQuantity"
    price_base = price_base_in(unit, fields.decimal(element, base), fields.unit(element, base))
    if price_base is None:
        fields.prices_left_out.append(str(position))
    allowances, charges = (None, None) if under is None else allowances_and_charges(fields, under)

    def reference(section: str, name: str, field: str = "IssuerAssignedID") -> str | None:
        return fields.text(element, f"{section}/ram:{name}ReferencedDocument/ram:{field}")

    return Line(
        id=fields.text(element, "ram:AssociatedDocumentLineDocument/ram:LineID") or str(position),
        item_name=fields.text(element, f"{product}/ram:Name", limit=MAX_NAME),
        item_description=fields.text(element, f"{product}/ram:Description", limit=MAX_TEXT),
        buyer_item_id=fields.text(element, f"{product}/ram:BuyerAssignedID"),
        seller_item_id=fields.text(element, f"{product}/ram:SellerAssignedID"),
        standard_item_id=fields.text(element, f"{product}/ram:GlobalID"),
        unit=unit,
        quantity=fields.decimal(element, stated),
        price=fields.amount(element, f"{price}/ram:ChargeAmount") if price_base else None,
        price_base_quantity=price_base or ONE,
        allowances=allowances or ZERO,
        charges=charges or ZERO,
        amount=fields.amount(element, f"{settlement}/ram:{fields.dialect.line_summation}/ram:LineTotalAmount"),
        tax_percent=_tax_percent(fields, element, settlement),
        order_number=reference(agreement, "BuyerOrder"),
        order_line_id=reference(agreement, "BuyerOrder", "LineID"),
        despatch_number=reference(delivery, "DespatchAdvice"),
        despatch_line_id=reference(delivery, "DespatchAdvice", "LineID"),
        receipt_number=reference(delivery, "ReceivingAdvice"),
        receipt_line_id=reference(delivery, "ReceivingAdvice", "LineID"),
        invoice_number=reference(settlement, "Invoice"),
        invoice_line_id=reference(settlement, "Invoice", "LineID"),
        note=_note(fields, element),
    )


def _tax_percent(fields: CiiFields, element: Element, settlement: str) -> Decimal | None:
    """The line's rate in percent; several taxes on one item add up."""
    path = f"{settlement}/ram:ApplicableTradeTax/ram:{fields.dialect.percent}"
    stated = [rate for rate in (fields.decimal(each, ".") for each in fields.all(element, path)) if rate is not None]
    return sum(stated, ZERO) if stated else None


def _note(fields: CiiFields, element: Element) -> str | None:
    within = element.find("ram:AssociatedDocumentLineDocument", fields.namespaces)
    return None if within is None else " ".join(fields.notes(within)) or None
