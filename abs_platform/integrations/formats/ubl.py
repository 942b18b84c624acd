"""UBL 2.0 to 2.4: the documents of a trade, with their lines, and the header of every other UBL document.

Source: OASIS Universal Business Language; the kind is told by the root's namespace. Who is seller and who is buyer, and
how a document refers to others, follows DOMAIN "How a trade is found in files".
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from abs_platform.integrations.formats import ubl_attached
from abs_platform.integrations.formats.fields import UBL, Element
from abs_platform.integrations.formats.model import Extracted, Level, Party, Remark, Totals
from abs_platform.integrations.formats.reading import Reading
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.remarks import named, price_unit_differs, remarks_of
from abs_platform.integrations.formats.source import Source
from abs_platform.integrations.formats.type_codes import kind_of_bill, remarks_on
from abs_platform.integrations.formats.ubl_amounts import TOTALS, Amounts, totals_of
from abs_platform.integrations.formats.ubl_lines import lines_of, lines_of_several, prices_left_out
from abs_platform.integrations.formats.ubl_table import (
    BUYER_ROLES,
    DELIVERED,
    OTHER_ROLES,
    SELLER_ROLES,
    TABLES,
    WITHOUT_LINES,
)
from abs_platform.integrations.formats.xml_rows import Row

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

# UN/ECE 4343 and the codes of Peppol's order response.
ACCEPTED_CODES = {"AP": True, "29": True, "RE": False, "27": False}

# What says invoice, and nothing else, where others have a code of UNTDID 1001: UBL's own example; Peru, Colombia, Malaysia;
# Turkey.
OTHER_INVOICE_CODES = frozenset({"SalesInvoice", "01", "SATIS"})

# Where it is stated on which day something falls due.
DUE_DATES = ("means_due_dates", "due_dates", "terms_due_dates", "installment_due_dates")


class Ubl:
    """UBL 2.0 to 2.4."""

    roots = frozenset(KINDS)

    def read(self, source: Source) -> Reading | None:
        match = ANY_DOCUMENT.fullmatch(source.root_name)
        if match is None or source.root is None:
            return None
        kind = KINDS.get(source.root_name) or _snake(match[1])
        row = rows_of(source.root, kind)
        version = "UBL " + row.get("version", "2.x").removeprefix("UBL ")
        if source.root_name == ubl_attached.ROOT and (members := ubl_attached.documents_in(source.root)):
            return Reading(version, "application/xml", members=members)
        if kind not in KINDS.values() and "number" not in row:
            remark = Remark("number_missing", f"The {match[1]} has no number (cbc:ID); it is kept as an attachment.")
            return Reading(version, "application/xml", remarks=(replace(remark, level=Level.ATTENTION),))
        return Reading(version, "application/xml", _document(source.root, _kind_by_code(kind, row), row))


def _kind_by_code(kind: str, row: Row) -> str:
    """An invoice may say by its code that it is a credit or debit note (Saudi Arabia's do)."""
    return kind_of_bill(row.get("type_code", "")) or kind if kind == "invoice" else kind


def rows_of(root: Element, kind: str) -> Row:
    """The document as typed rows: its header, and in it those of its parties, taxes, totals and lines. Raises Refused."""
    header: Row = {}
    TABLES.get(kind, WITHOUT_LINES)(root, header)
    return header


def _document(root: Element, kind: str, row: Row) -> Extracted:
    if "number" not in row:
        detail = "The document has no number (cbc:ID), so nothing can refer to it."
        raise Refused("number_missing", detail, line=root.sourceline)
    _check_single(row)
    amounts = Amounts(row, root)
    totals = totals_of(row, amounts)
    extracted = _header(row, kind, amounts.currency, totals)
    extracted = replace(extracted, lines=lines_of(row.get("lines", []), kind, amounts, totals))
    extracted = _with_references_of_lines(row, extracted)
    return replace(extracted, remarks=(*_reading_remarks(row, amounts, extracted), *remarks_of(extracted)))


def _header(row: Row, kind: str, currency: str | None, totals: Totals) -> Extracted:
    stated = row.get
    seller, sellers = _first_party(row, SELLER_ROLES)
    buyer, buyers = _first_party(row, BUYER_ROLES)
    return Extracted(
        kind=kind,
        number=row["number"],
        version=stated("version"),
        uuid=stated("uuid"),
        issue_date=_first_date(row, "issue_dates"),
        currency=currency,
        seller=seller,
        buyer=buyer,
        others=(*sellers, *buyers, *_parties(row, OTHER_ROLES)),
        order_number=_order_number(row, kind),
        despatch_numbers=_distinct(stated("despatch_numbers", ())),
        receipt_numbers=_distinct(stated("receipt_numbers", ())),
        invoice_numbers=_distinct(stated("invoice_numbers", ())),
        contract_number=stated("contract_number") or stated("contract_id"),
        due_date=max(_due_dates(row), default=None),
        payment_terms=" ".join(stated("payment_terms", ())) or None,
        payee_account=stated("payee_account"),
        delivery_date=_first_date(row, *DELIVERED),
        accepted=_accepted(row),
        totals=totals,
        notes=(*stated("notes", ()), *stated("cancellation_notes", ())),
    )


def _check_single(row: Row) -> None:
    """Two dates, two sums or two sellers of one role: nobody could say which counts. Raises Refused."""
    several = [name for name in ("issue_dates", *TOTALS) if any(each != row[name][0] for each in row.get(name, ()))]
    roles = (*SELLER_ROLES, *BUYER_ROLES)
    several += [role for role in roles if len({_party(each) for each in row.get(role, ())}) > 1]
    if several:
        detail = f"What the document states once is stated several times, and differently: {several[0]}."
        raise Refused("stated_twice", detail, name=several[0])


def _first_date(row: Row, *names: str) -> date | None:
    return next((row[name][0] for name in names if name in row), None)


def _first_party(row: Row, roles: tuple[str, ...]) -> tuple[Party | None, list[tuple[str, Party]]]:
    """The party of the first role that names anybody, and the parties of the roles after it that are somebody else."""
    found = _parties(row, roles)
    if not found:
        return None, []
    chosen = found[0][1]
    return chosen, [(role, party) for role, party in found[1:] if party != chosen]


def _parties(row: Row, roles: tuple[str, ...]) -> list[tuple[str, Party]]:
    """Those that say who they are, with their role."""
    found = ((_snake(role), _party(each)) for role in roles for each in row.get(role, ()))
    return [(role, party) for role, party in found if party.identifiers()]


def _party(row: Row) -> Party:
    stated = row.get
    return Party(
        name=stated("name") or stated("registration_name") or stated("tax_name") or "",
        company_id=stated("company_id") or stated("tax_id"),
        endpoint_id=stated("endpoint_id"),
        party_id=stated("party_id"),
    )


def _snake(role: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in role).lstrip("_")


def _order_number(row: Row, kind: str) -> str | None:
    """The order referred to; an order's own predecessors and quotations are not meant."""
    if kind == "order":
        return None
    for reference in row.get("orders", ()):
        number: str = reference.get("number", "")
        # Peppol writes NA for "none" where only the seller's order number is known.
        if number and not (number.upper() == "NA" and "sales_number" in reference):
            return number
    return None


def _due_dates(row: Row) -> list[date]:
    """Every date on which something falls due; where there are several, the last is the day on which all is due."""
    return [each for name in DUE_DATES for each in row.get(name, ())]


def _accepted(row: Row) -> bool | None:
    stated: bool | None = row.get("accepted")
    return stated if stated is not None else ACCEPTED_CODES.get(row.get("response_code", ""))


def _with_references_of_lines(row: Row, extracted: Extracted) -> Extracted:
    """Lifts what only the lines say to the header, where trades are found."""
    lines = extracted.lines
    order_number = extracted.order_number
    if order_number is None and extracted.kind != "order":
        order_number = next((line.order_number for line in lines if line.order_number), None)
    invoice_numbers = _joined(extracted.invoice_numbers, [line.invoice_number for line in lines])
    if not invoice_numbers and extracted.kind == "credit_note":
        # What the credit answers to stands in for a missing billing reference.
        invoice_numbers = _distinct(row.get("answered_numbers", ()))
    return replace(
        extracted,
        order_number=order_number,
        despatch_numbers=_joined(extracted.despatch_numbers, [line.despatch_number for line in lines]),
        receipt_numbers=_joined(extracted.receipt_numbers, [line.receipt_number for line in lines]),
        invoice_numbers=invoice_numbers,
    )


def _joined(of_header: tuple[str, ...], of_lines: list[str | None]) -> tuple[str, ...]:
    return _distinct([*of_header, *(number for number in of_lines if number)])


def _distinct(numbers: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(numbers))


def _type_code_remarks(row: Row) -> Iterator[Remark]:
    code = row.get("type_code")
    yield from remarks_on(code)
    if code and code not in OTHER_INVOICE_CODES and kind_of_bill(code) is None:
        detail = (
            f"The type code {code[:20]} is none of UNTDID 1001. This was read as an invoice; look whether it is one."
        )
        yield Remark("type_code_unlisted", detail, {"type_code": code[:20]}, Level.ATTENTION, "kind")


def _reading_remarks(row: Row, amounts: Amounts, extracted: Extracted) -> list[Remark]:
    """What only the file shows: amounts and prices left out, several due dates, several documents for one line."""
    remarks = list(_type_code_remarks(row))
    if amounts.foreign:
        found = named(f"{value} {currency}" for currency, value in sorted(amounts.foreign.items()))
        detail = f"Amounts in another currency than the document's {extracted.currency} were not read: {found}."
        params = {"expected": extracted.currency or "", "found": found}
        remarks.append(Remark("currency_mixed", detail, params, Level.ATTENTION, "currency"))
    due_dates = sorted({each.isoformat() for each in _due_dates(row)})
    if len(due_dates) > 1:
        found = named(due_dates)
        counting = extracted.due_date.isoformat() if extracted.due_date else ""
        detail = f"Several due dates are stated: {found}; {counting} counts."
        remarks.append(Remark("several_due_dates", detail, {"expected": counting, "found": found}))
    orders = _joined((), [extracted.order_number, *(line.order_number for line in extracted.lines)])
    if len(orders) > 1 and extracted.kind != "order":
        found = named(orders)
        detail = f"Several orders are referred to; the document joins the first: {found}."
        remarks.append(Remark("several_orders", detail, {"found": found}))
    rows = row.get("lines", [])
    if without_price := prices_left_out(rows):
        remarks.append(price_unit_differs(without_price))
    if referring := lines_of_several(rows):
        found = named(referring)
        detail = f"Lines refer to several lines of other documents; the first counts: of the lines in place {found}."
        remarks.append(Remark("several_line_references", detail, {"found": found}, field="lines"))
    return remarks
