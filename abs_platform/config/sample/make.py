"""Makes UBL 2.1 documents for samples and demonstrations: same input, same bytes.

Amounts follow from the lines: line amount = quantity × price, tax by the line's rate, both rounded half up to 0.01.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree
from stdnum.cn import uscc

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CAC = UBL + "CommonAggregateComponents-2"
CBC = UBL + "CommonBasicComponents-2"

CENT = Decimal("0.01")
ZERO = Decimal(0)
HUNDRED = Decimal(100)

Element = etree._Element


@dataclass(frozen=True, slots=True)
class Company:
    """A party. `credit_code` is its 统一社会信用代码; `account` and `bank` appear on its invoices."""

    name: str
    credit_code: str
    city: str = ""
    street: str = ""
    bank: str = ""
    account: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A line of any kind. `quantity` is what the kind says; `order_line` the order's line where it is not `id`.

    rejected and short: receipts only. backorder: despatches only.
    """

    id: str
    name: str
    quantity: Decimal
    price: Decimal = ZERO
    unit: str = "C62"
    specification: str = ""
    seller_item_id: str = ""
    buyer_item_id: str = ""
    tax_percent: Decimal = Decimal(13)
    order_line: str = ""
    rejected: Decimal = ZERO
    short: Decimal = ZERO
    backorder: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        return _cents(self.quantity * self.price)

    @property
    def tax(self) -> Decimal:
        return _cents(self.amount * self.tax_percent / HUNDRED)


def credit_code(region: str, body: str) -> str:
    """A 统一社会信用代码 of a company (GB 32100): "91", 6 digits of region, 8 characters of GB 11714, both check digits."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(int(character, 36) * weight for character, weight in zip(body, weights, strict=True)) % 11
    without_check = f"91{region}{body}" + ("X" if rest == 10 else str(rest % 11))
    return without_check + str(uscc.calc_check_digit(without_check))


def order_xml(
    *,
    seller: Company,
    buyer: Company,
    number: str,
    issue_date: date,
    lines: Sequence[SampleLine],
    currency: str = "CNY",
    delivery_date: date | None = None,
    payment_terms: str = "",
    contract_number: str = "",
) -> bytes:
    """采购订单: UBL Order."""
    root = _document("Order", number, issue_date)
    _basic(root, "DocumentCurrencyCode", currency)
    if contract_number:
        _basic(_aggregate(root, "Contract"), "ID", contract_number)
    _party(root, "BuyerCustomerParty", buyer)
    _party(root, "SellerSupplierParty", seller)
    if delivery_date:
        period = _aggregate(_aggregate(root, "Delivery"), "RequestedDeliveryPeriod")
        _basic(period, "EndDate", delivery_date.isoformat())
    if payment_terms:
        _basic(_aggregate(root, "PaymentTerms"), "Note", payment_terms)
    _sums(root, "AnticipatedMonetaryTotal", lines, currency)
    for line in lines:
        item = _aggregate(_aggregate(root, "OrderLine"), "LineItem")
        _basic(item, "ID", line.id)
        _quantity(item, "Quantity", line.quantity, line.unit)
        _amount(item, "LineExtensionAmount", line.amount, currency)
        _amount(item, "TotalTaxAmount", line.tax, currency)
        _price(item, line, currency)
        _item(item, line)
    return _bytes(root)


def order_response_xml(
    *,
    seller: Company,
    buyer: Company,
    number: str,
    issue_date: date,
    order_number: str,
    accepted: bool = True,
) -> bytes:
    """订单确认: UBL OrderResponseSimple, by the seller."""
    root = _document("OrderResponseSimple", number, issue_date)
    _basic(root, "AcceptedIndicator", "true" if accepted else "false")
    _basic(_aggregate(root, "OrderReference"), "ID", order_number)
    _party(root, "SellerSupplierParty", seller)
    _party(root, "BuyerCustomerParty", buyer)
    return _bytes(root)


def despatch_xml(
    *,
    seller: Company,
    buyer: Company,
    number: str,
    issue_date: date,
    order_number: str,
    lines: Sequence[SampleLine],
) -> bytes:
    """发货单: UBL DespatchAdvice."""
    root = _document("DespatchAdvice", number, issue_date)
    _basic(_aggregate(root, "OrderReference"), "ID", order_number)
    _party(root, "DespatchSupplierParty", seller)
    _party(root, "DeliveryCustomerParty", buyer)
    for line in lines:
        element = _aggregate(root, "DespatchLine")
        _basic(element, "ID", line.id)
        _quantity(element, "DeliveredQuantity", line.quantity, line.unit)
        if line.backorder:
            _quantity(element, "BackorderQuantity", line.backorder, line.unit)
        _order_line(element, line, order_number)
        _item(element, line)
    return _bytes(root)


def receipt_xml(
    *,
    seller: Company,
    buyer: Company,
    number: str,
    issue_date: date,
    order_number: str,
    lines: Sequence[SampleLine],
    despatch_number: str = "",
) -> bytes:
    """收货单: UBL ReceiptAdvice, by the buyer. A line's `quantity` is what was received, `rejected` included."""
    root = _document("ReceiptAdvice", number, issue_date)
    _basic(_aggregate(root, "OrderReference"), "ID", order_number)
    if despatch_number:
        _basic(_aggregate(root, "DespatchDocumentReference"), "ID", despatch_number)
    _party(root, "DeliveryCustomerParty", buyer)
    _party(root, "DespatchSupplierParty", seller)
    for line in lines:
        element = _aggregate(root, "ReceiptLine")
        _basic(element, "ID", line.id)
        _quantity(element, "ReceivedQuantity", line.quantity, line.unit)
        if line.short:
            _quantity(element, "ShortQuantity", line.short, line.unit)
        if line.rejected:
            _quantity(element, "RejectedQuantity", line.rejected, line.unit)
        _order_line(element, line, order_number)
        _item(element, line)
    return _bytes(root)


def invoice_xml(
    *,
    seller: Company,
    buyer: Company,
    number: str,
    issue_date: date,
    order_number: str,
    lines: Sequence[SampleLine],
    due_date: date | None = None,
    currency: str = "CNY",
    payment_terms: str = "",
) -> bytes:
    """发票: UBL Invoice."""
    root = _document("Invoice", number, issue_date)
    if due_date:
        _basic(root, "DueDate", due_date.isoformat())
    _basic(root, "InvoiceTypeCode", "380")
    _basic(root, "DocumentCurrencyCode", currency)
    if order_number:
        _basic(_aggregate(root, "OrderReference"), "ID", order_number)
    _party(root, "AccountingSupplierParty", seller)
    _party(root, "AccountingCustomerParty", buyer)
    _payment(root, seller, due_date, payment_terms)
    _sums(root, "LegalMonetaryTotal", lines, currency)
    for line in lines:
        element = _billed_line(root, "InvoiceLine", "InvoicedQuantity", line, currency)
        if order_number:
            _order_line(element, line, order_number)
        _taxed_item(element, line, currency)
    return _bytes(root)


def credit_note_xml(
    *,
    seller: Company,
    buyer: Company,
    number: str,
    issue_date: date,
    invoice_number: str,
    lines: Sequence[SampleLine],
    currency: str = "CNY",
    reason: str = "",
) -> bytes:
    """红字（冲红）: UBL CreditNote for lines of an invoice."""
    root = _document("CreditNote", number, issue_date)
    if reason:
        _basic(root, "Note", reason)
    _basic(root, "DocumentCurrencyCode", currency)
    _basic(_aggregate(_aggregate(root, "BillingReference"), "InvoiceDocumentReference"), "ID", invoice_number)
    _party(root, "AccountingSupplierParty", seller)
    _party(root, "AccountingCustomerParty", buyer)
    _sums(root, "LegalMonetaryTotal", lines, currency)
    for line in lines:
        element = _billed_line(root, "CreditNoteLine", "CreditedQuantity", line, currency)
        _taxed_item(element, line, currency)
    return _bytes(root)


def in_other_bytes(document: bytes) -> bytes:
    """The same document, written otherwise: other prefixes, no indentation, UTF-16. What it says is untouched."""
    original = etree.fromstring(
        document, etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    )
    namespace = etree.QName(original).namespace
    root = etree.Element(original.tag, nsmap={"doc": str(namespace), "a": CAC, "b": CBC})
    _copy_children(original, root)
    return _serialised(root, "UTF-16")


def _copy_children(source: Element, target: Element) -> None:
    target.text = source.text
    for child in source:
        _copy_children(
            child, etree.SubElement(target, child.tag, {str(name): str(value) for name, value in child.items()})
        )


def _document(kind: str, number: str, issue_date: date) -> Element:
    namespaces: dict[str | None, str] = {None: f"{UBL}{kind}-2", "cac": CAC, "cbc": CBC}
    root = etree.Element(f"{{{UBL}{kind}-2}}{kind}", nsmap=namespaces)  # type: ignore[arg-type]  # stubs: no default namespace
    _basic(root, "UBLVersionID", "2.1")
    _basic(root, "ID", number)
    _basic(root, "IssueDate", issue_date.isoformat())
    return root


def _bytes(root: Element) -> bytes:
    return _serialised(root, "UTF-8", pretty=True)


def _serialised(root: Element, encoding: str, *, pretty: bool = False) -> bytes:
    written = etree.tostring(root, xml_declaration=True, encoding=encoding, pretty_print=pretty)
    return written if isinstance(written, bytes) else written.encode(encoding)


def _basic(parent: Element, name: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{CBC}}}{name}", attributes).text = text


def _aggregate(parent: Element, name: str) -> Element:
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def _amount(parent: Element, name: str, amount: Decimal, currency: str) -> None:
    _basic(parent, name, f"{amount:f}", currencyID=currency)


def _quantity(parent: Element, name: str, quantity: Decimal, unit: str) -> None:
    _basic(parent, name, f"{quantity:f}", unitCode=unit)


def _party(parent: Element, role: str, company: Company) -> None:
    party = _aggregate(_aggregate(parent, role), "Party")
    _basic(_aggregate(party, "PartyName"), "Name", company.name)
    if company.city:
        address = _aggregate(party, "PostalAddress")
        if company.street:
            _basic(address, "StreetName", company.street)
        _basic(address, "CityName", company.city)
        _basic(_aggregate(address, "Country"), "IdentificationCode", "CN")
    entity = _aggregate(party, "PartyLegalEntity")
    _basic(entity, "RegistrationName", company.name)
    _basic(entity, "CompanyID", company.credit_code, schemeID="USCC")


def _order_line(parent: Element, line: SampleLine, order_number: str) -> None:
    reference = _aggregate(parent, "OrderLineReference")
    _basic(reference, "LineID", line.order_line or line.id)
    _basic(_aggregate(reference, "OrderReference"), "ID", order_number)


def _item(parent: Element, line: SampleLine, *, taxed: bool = False) -> None:
    item = _aggregate(parent, "Item")
    if line.specification:
        _basic(item, "Description", line.specification)
    _basic(item, "Name", line.name)
    if line.buyer_item_id:
        _basic(_aggregate(item, "BuyersItemIdentification"), "ID", line.buyer_item_id)
    if line.seller_item_id:
        _basic(_aggregate(item, "SellersItemIdentification"), "ID", line.seller_item_id)
    if taxed:
        _tax_category(_aggregate(item, "ClassifiedTaxCategory"), line.tax_percent)


def _tax_category(category: Element, percent: Decimal) -> None:
    _basic(category, "ID", "S" if percent else "Z")
    _basic(category, "Percent", f"{percent:f}")
    _basic(_aggregate(category, "TaxScheme"), "ID", "VAT")


def _price(parent: Element, line: SampleLine, currency: str) -> None:
    price = _aggregate(parent, "Price")
    _amount(price, "PriceAmount", line.price, currency)
    _quantity(price, "BaseQuantity", Decimal(1), line.unit)


def _billed_line(root: Element, name: str, quantity_name: str, line: SampleLine, currency: str) -> Element:
    element = _aggregate(root, name)
    _basic(element, "ID", line.id)
    _quantity(element, quantity_name, line.quantity, line.unit)
    _amount(element, "LineExtensionAmount", line.amount, currency)
    return element


def _taxed_item(element: Element, line: SampleLine, currency: str) -> None:
    _amount(_aggregate(element, "TaxTotal"), "TaxAmount", line.tax, currency)
    _item(element, line, taxed=True)
    _price(element, line, currency)


def _payment(root: Element, seller: Company, due_date: date | None, payment_terms: str) -> None:
    if seller.account:
        means = _aggregate(root, "PaymentMeans")
        _basic(means, "PaymentMeansCode", "30")
        if due_date:
            _basic(means, "PaymentDueDate", due_date.isoformat())
        account = _aggregate(means, "PayeeFinancialAccount")
        _basic(account, "ID", seller.account)
        _basic(account, "Name", seller.name)
        if seller.bank:
            _basic(_aggregate(account, "FinancialInstitutionBranch"), "Name", seller.bank)
    if payment_terms:
        _basic(_aggregate(root, "PaymentTerms"), "Note", payment_terms)


def _sums(root: Element, name: str, lines: Sequence[SampleLine], currency: str) -> None:
    """TaxTotal, by rate, and the monetary total."""
    net = sum((line.amount for line in lines), _cents(ZERO))
    tax = sum((line.tax for line in lines), _cents(ZERO))
    tax_total = _aggregate(root, "TaxTotal")
    _amount(tax_total, "TaxAmount", tax, currency)
    for percent in sorted({line.tax_percent for line in lines}):
        taxed = [line for line in lines if line.tax_percent == percent]
        subtotal = _aggregate(tax_total, "TaxSubtotal")
        _amount(subtotal, "TaxableAmount", sum((line.amount for line in taxed), ZERO), currency)
        _amount(subtotal, "TaxAmount", sum((line.tax for line in taxed), ZERO), currency)
        _tax_category(_aggregate(subtotal, "TaxCategory"), percent)
    total = _aggregate(root, name)
    _amount(total, "LineExtensionAmount", net, currency)
    _amount(total, "TaxExclusiveAmount", net, currency)
    _amount(total, "TaxInclusiveAmount", net + tax, currency)
    _amount(total, "PayableAmount", net + tax, currency)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
