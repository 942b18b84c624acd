"""UN/CEFACT Cross Industry Invoice, ZUGFeRD 1.0 and Order-X: invoices, credit and debit notes, orders and what follows.

Source: EN 16931-3-3 for where CII keeps what UBL keeps elsewhere. An invoice reads the same
whether it is written in CII or in UBL (see `ubl`).
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from lxml import etree

from abs_platform.integrations.formats.cii_lines import allowances_and_charges, lines_of
from abs_platform.integrations.formats.cii_syntax import DIALECTS, ORDER_X, CiiFields, Dialect
from abs_platform.integrations.formats.fields import MAX_NAME, MAX_TEXT, Element
from abs_platform.integrations.formats.model import ZERO, Extracted, Level, Party, Remark, Totals
from abs_platform.integrations.formats.profiles import WITHOUT_LINES, Profile, profile_of
from abs_platform.integrations.formats.reading import Reading
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.remarks import named, price_unit_differs, remarks_of
from abs_platform.integrations.formats.source import Source
from abs_platform.integrations.formats.type_codes import kind_of_bill, remarks_on

ORDERS = {"220": "order", "230": "order_change", "231": "order_response"}
# UNTDID 1373; what is accepted on conditions is neither.
ANSWERS = {"1": True, "8": False}

OTHER_ROLES = {
    "payee_party": "TradeSettlement/ram:PayeeTradeParty",
    "tax_representative_party": "TradeAgreement/ram:SellerTaxRepresentativeTradeParty",
    "invoicee_party": "TradeSettlement/ram:InvoiceeTradeParty",
}


class Cii:
    """CII D16B and later, ZUGFeRD 1.0, Order-X 1.0."""

    roots = frozenset(DIALECTS)

    def read(self, source: Source) -> Reading | None:
        dialect = DIALECTS.get(source.root_name)
        if dialect is None or source.root is None:
            return None
        document = _document(source.root, dialect)
        profile = profile_in(source.root)
        name = profile.name if profile.family else f"{dialect.syntax} {profile.name}".strip()
        return Reading(name, "application/xml", document)


def profile_in(root: Element) -> Profile:
    """The profile that a Cross Industry document states."""
    dialect = DIALECTS[str(root.tag)]
    path = f"rsm:{dialect.context}/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
    return profile_of(root.findtext(path, namespaces=dialect.namespaces))


def _document(root: Element, dialect: Dialect) -> Extracted:
    fields = CiiFields(root, dialect)
    document = _section(fields, f"rsm:{dialect.document}")
    numbers = fields.texts(document, "ram:ID")
    if len(set(numbers)) > 1:
        detail = f"The document states two numbers, {numbers[0][:40]} and another ({dialect.document}/ID)."
        raise Refused("stated_twice", detail, line=root.sourceline, name="ID")
    number = next(iter(numbers), None)
    if number is None:
        detail = f"The document has no number ({dialect.document}/ID), so nothing can refer to it."
        raise Refused("number_missing", detail, line=root.sourceline)
    code = fields.text(document, "ram:TypeCode")
    extracted = _header(fields, document, _kind(dialect, code), number)
    extracted = replace(extracted, lines=lines_of(fields, extracted.kind, extracted.totals))
    extracted = _with_references_of_lines(extracted)
    own = _reading_remarks(fields, extracted, code)
    return replace(extracted, remarks=(*own, *_of_profile(remarks_of(extracted), profile_in(root))))


def _of_profile(remarks: tuple[Remark, ...], profile: Profile) -> tuple[Remark, ...]:
    """Two profiles have no lines by design; the smaller one has no place for what was paid in advance either."""
    by_design = {"lines_missing"} if profile.level in WITHOUT_LINES else set()
    by_design |= {"payable_arithmetic"} if profile.level == "MINIMUM" else set()
    return tuple(replace(each, level=Level.NOTICE) if each.rule in by_design else each for each in remarks)


def _kind(dialect: Dialect, code: str | None) -> str:
    """What the type code says. Without one it is what its vocabulary is for; the rules of its profile say the rest."""
    if code is None:
        return "order" if dialect is ORDER_X else "invoice"
    kind = ORDERS.get(code) if dialect is ORDER_X else kind_of_bill(code)
    if kind is None:
        detail = f"The type code {code[:20]} says that this is neither an invoice nor a credit or debit note."
        raise Refused("type_code_unknown", detail, type_code=code[:20])
    return kind


def _section(fields: CiiFields, path: str) -> Element:
    """The element at `path`; an empty one where the document has none, so that nothing is found in it."""
    found = fields.root.find(path, fields.namespaces)
    return etree.Element("none") if found is None else found


def _header(fields: CiiFields, document: Element, kind: str, number: str) -> Extracted:
    dialect = fields.dialect
    agreement, delivery, settlement = (
        _section(fields, dialect.of_header(part)) for part in ("TradeAgreement", "TradeDelivery", "TradeSettlement")
    )
    terms = "ram:SpecifiedTradePaymentTerms"

    def numbers(section: Element, name: str) -> tuple[str, ...]:
        path = f"ram:{name}ReferencedDocument/ram:IssuerAssignedID"
        return tuple(dict.fromkeys(fields.texts(section, path)))

    is_order = kind in ("order", "order_change")
    return Extracted(
        kind=kind,
        number=number,
        syntax=dialect.syntax,
        version=profile_in(fields.root).name or None,
        issue_date=fields.date(document, "ram:IssueDateTime/udt:DateTimeString", "ram:IssueDateTime/udt:DateTime"),
        currency=fields.currency,
        seller=_party(fields, agreement, "ram:SellerTradeParty"),
        buyer=_party(fields, agreement, "ram:BuyerTradeParty"),
        others=_others(fields),
        order_number=None if kind == "order" else next(iter(numbers(agreement, "BuyerOrder")), None),
        despatch_numbers=numbers(delivery, "DespatchAdvice"),
        receipt_numbers=numbers(delivery, "ReceivingAdvice"),
        invoice_numbers=numbers(settlement, "Invoice"),
        contract_number=next(iter(numbers(agreement, "Contract")), None),
        due_date=max(fields.dates(settlement, f"{terms}/ram:DueDateDateTime/udt:DateTimeString"), default=None),
        payment_terms=" ".join(fields.texts(settlement, f"{terms}/ram:Description", MAX_TEXT)) or None,
        payee_account=_account(fields, settlement),
        delivery_date=_delivery_date(fields, delivery, is_order=is_order),
        accepted=ANSWERS.get(fields.text(document, "ram:StatusCode") or "") if kind == "order_response" else None,
        totals=_totals(fields, settlement),
        notes=fields.notes(document),
    )


def _party(fields: CiiFields, section: Element, path: str) -> Party | None:
    element = section.find(path, fields.namespaces)
    if element is None:
        return None
    organisation = "ram:SpecifiedLegalOrganization"
    party = Party(
        name=fields.text(element, f"{organisation}/ram:TradingBusinessName", "ram:Name", limit=MAX_NAME) or "",
        company_id=fields.text(element, f"{organisation}/ram:ID", "ram:SpecifiedTaxRegistration/ram:ID"),
        endpoint_id=fields.text(element, "ram:URIUniversalCommunication/ram:URIID"),
        party_id=fields.text(element, "ram:GlobalID", "ram:ID"),
    )
    return party if party.identifiers() else None


def _others(fields: CiiFields) -> tuple[tuple[str, Party], ...]:
    found = ((role, _party(fields, fields.root, fields.dialect.of_header(path))) for role, path in OTHER_ROLES.items())
    return tuple((role, party) for role, party in found if party is not None)


def _account(fields: CiiFields, settlement: Element) -> str | None:
    account = "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount"
    return fields.text(settlement, f"{account}/ram:IBANID", f"{account}/ram:ProprietaryID")


def _delivery_date(fields: CiiFields, delivery: Element, *, is_order: bool) -> date | None:
    name = "RequestedDeliverySupplyChainEvent" if is_order else "ActualDeliverySupplyChainEvent"
    return fields.date(delivery, f"ram:{name}/ram:OccurrenceDateTime/udt:DateTimeString")


def _totals(fields: CiiFields, settlement: Element) -> Totals:
    under = f"ram:{fields.dialect.summation}"

    def total(name: str) -> Decimal | None:
        return fields.amount(settlement, f"{under}/ram:{name}")

    allowances, charges = allowances_and_charges(fields, settlement)
    stated_allowances, stated_charges = total("AllowanceTotalAmount"), total("ChargeTotalAmount")
    return Totals(
        lines=total("LineTotalAmount"),
        allowances=allowances if stated_allowances is None else stated_allowances,
        charges=charges if stated_charges is None else stated_charges,
        tax_exclusive=total("TaxBasisTotalAmount"),
        tax=_tax(fields, settlement, under),
        tax_basis=_tax_basis(fields, settlement),
        tax_inclusive=total("GrandTotalAmount"),
        prepaid=total("TotalPrepaidAmount"),
        rounding=total("RoundingAmount"),
        payable=total("DuePayableAmount"),
    )


def _tax(fields: CiiFields, settlement: Element, under: str) -> Decimal | None:
    """The tax in the document's currency. EN 16931 (BT-111) allows a second total in the tax authority's currency."""
    authority = (fields.text(settlement, "ram:TaxCurrencyCode") or "").upper()
    elements = fields.all(settlement, f"{under}/ram:TaxTotalAmount")
    if authority and authority != fields.currency:
        elements = [each for each in elements if (each.get("currencyID") or "").strip().upper() != authority]
    elif authority:
        elements = elements[:1]
    amounts = [amount for each in elements for amount in fields.amounts(each, ".")]
    return sum(amounts, ZERO) if amounts else None


def _tax_basis(fields: CiiFields, settlement: Element) -> Decimal | None:
    """The sum of the taxable amounts; None unless all state one and are of one tax: a sum over two means nothing."""
    taxes = fields.all(settlement, "ram:ApplicableTradeTax")
    bases = [fields.amount(each, "ram:BasisAmount") for each in taxes]
    kinds = {fields.text(each, "ram:TypeCode") for each in taxes}
    stated = [base for base in bases if base is not None]
    return sum(stated, ZERO) if stated and len(stated) == len(bases) and len(kinds) == 1 else None


def _with_references_of_lines(extracted: Extracted) -> Extracted:
    """Lifts what only the lines say to the header, where trades are found."""
    lines = extracted.lines
    order_number = extracted.order_number
    if order_number is None and extracted.kind != "order":
        order_number = next((line.order_number for line in lines if line.order_number), None)
    return replace(
        extracted,
        order_number=order_number,
        despatch_numbers=_joined(extracted.despatch_numbers, [line.despatch_number for line in lines]),
        receipt_numbers=_joined(extracted.receipt_numbers, [line.receipt_number for line in lines]),
        invoice_numbers=_joined(extracted.invoice_numbers, [line.invoice_number for line in lines]),
    )


def _joined(of_header: tuple[str, ...], of_lines: list[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*of_header, *(number for number in of_lines if number)]))


def _reading_remarks(fields: CiiFields, extracted: Extracted, code: str | None) -> list[Remark]:
    """What only the file shows."""
    remarks = []
    dialect = fields.dialect
    if fields.truth(fields.root, f"rsm:{dialect.context}/ram:TestIndicator"):
        detail = "The document is marked as a test. It asks nobody to pay."
        remarks.append(Remark("test_document", detail))
    if dialect is not ORDER_X:
        remarks += remarks_on(code)
    if fields.foreign:
        found = named(f"{value} {currency}" for currency, value in sorted(fields.foreign.items()))
        detail = f"Amounts in another currency than the document's {extracted.currency} were not read: {found}."
        params = {"expected": extracted.currency or "", "found": found}
        remarks.append(Remark("currency_mixed", detail, params, Level.ATTENTION, "currency"))
    if fields.prices_left_out:
        remarks.append(price_unit_differs(fields.prices_left_out))
    if fields.imprecise:
        found = named(f"{text} ({day.isoformat()})" for text, day in sorted(fields.imprecise.items()))
        detail = f"Dates are stated as a month or a week; the last day counts: {found}."
        remarks.append(Remark("date_imprecise", detail, {"found": found}))
    due_dates = sorted({each.isoformat() for each in _due_dates(fields)})
    if len(due_dates) > 1:
        found = named(due_dates)
        counting = extracted.due_date.isoformat() if extracted.due_date else ""
        detail = f"Several due dates are stated: {found}; {counting} counts."
        remarks.append(Remark("several_due_dates", detail, {"expected": counting, "found": found}, field="due_date"))
    return remarks


def _due_dates(fields: CiiFields) -> list[date]:
    settlement = _section(fields, fields.dialect.of_header("TradeSettlement"))
    return fields.dates(settlement, "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString")
