"""What a carrier states of one invoice, as text; and the business document that it makes.

Every carrier (XML, XBRL, OFD, print) fills in what it has; from there on they are one, so that the same invoice has the same keys.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from abs_platform.integrations.formats import vat
from abs_platform.integrations.formats.cn import values
from abs_platform.integrations.formats.fields import MAX_NAME, MAX_TEXT
from abs_platform.integrations.formats.model import Extracted, Line, Party, Remark, Totals
from abs_platform.integrations.formats.refusal import Refused

CURRENCY = "CNY"
# The lines of the longest sales list are some thousands.
MAX_LINES = 5_000
# 《国家税务总局公告2024年第11号》: the note of a red-letter invoice names the blue one; legacy invoices name code and number.
ORIGINAL_IN_NOTE = (
    re.compile(r"被红冲蓝字数?电?子?发?票号码[:：]\s*([0-9]{8,20})"),
    re.compile(r"对应正数发票代码[:：]\s*([0-9]{10,12})\s*(?:发票)?号码[:：]\s*([0-9]{8})"),
    re.compile(r"对应(?:正数|蓝字)发票号码?[:：]\s*([0-9]{8,20})"),
)


@dataclass(frozen=True, slots=True)
class StatedParty:
    """Name and tax number as written; `account`: the number of its bank account."""

    name: str = ""
    tax_id: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class StatedLine:
    """One line as written."""

    name: str = ""
    specification: str = ""
    unit: str = ""
    quantity: str = ""
    price: str = ""
    amount: str = ""
    rate: str = ""
    tax: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """One invoice as written. `code` and `number`: of a legacy invoice; a 数电票 has its number of 20 digits alone.

    `red`: said to be a red-letter invoice; `originals`: what it takes back. `margin_taxed`: taxed on a part of the amount
    (差额征税), so that amount × rate is not the tax.
    """

    syntax: str
    version: str | None = None
    code: str = ""
    number: str = ""
    check_code: str = ""
    date: str = ""
    seller: StatedParty = StatedParty()
    buyer: StatedParty = StatedParty()
    net: str = ""
    tax: str = ""
    total: str = ""
    words: str = ""
    lines: tuple[StatedLine, ...] = ()
    notes: tuple[str, ...] = ()
    contract_number: str = ""
    red: bool = False
    originals: tuple[str, ...] = ()
    margin_taxed: bool = False
    remarks: tuple[Remark, ...] = ()


def assembled(stated: Stated) -> Extracted:
    """The business document. A red-letter invoice is a credit note, whose figures are what it credits, as in UBL.

    Raises Refused: number_missing, figure_invalid, day_invalid, text_too_long, text_invalid, too_many_lines.
    """
    number = values.bounded(stated.code + stated.number, 200, "number")
    if not stated.number:
        raise Refused("number_missing", "The invoice has no number, so nothing can refer to it.")
    if len(stated.lines) > MAX_LINES:
        raise Refused("too_many_lines", f"The invoice has more than {MAX_LINES} lines.", limit=MAX_LINES)
    totals = _totals(stated)
    red = stated.red or bool(stated.originals) or (totals.payable is not None and totals.payable < 0)
    stated_notes = (*stated.notes, vat.check_code_note(stated.check_code)) if stated.check_code else stated.notes
    notes = tuple(note for each in stated_notes if (note := values.bounded(each, MAX_TEXT, "note")))
    extracted = Extracted(
        kind="credit_note" if red else "invoice",
        number=number,
        syntax=stated.syntax,
        version=stated.version,
        issue_date=values.day(stated.date, "issue_date"),
        currency=CURRENCY,
        seller=_party(stated.seller),
        buyer=_party(stated.buyer),
        invoice_numbers=_originals(stated, notes) if red else (),
        contract_number=stated.contract_number or None,
        payee_account=stated.seller.account or None,
        totals=totals,
        lines=tuple(_line(each, position) for position, each in enumerate(stated.lines, start=1)),
        notes=notes,
    )
    with localcontext() as context:
        context.prec = vat.PRECISION
        if red:
            extracted = _credited(extracted)
        check = vat.Check(
            legacy_code=stated.code,
            legacy_number=stated.number if stated.code else "",
            check_code=stated.check_code,
            words=stated.words,
            margin_taxed=stated.margin_taxed,
        )
        return replace(extracted, remarks=(*stated.remarks, *vat.remarks_of(extracted, check)))


def _party(stated: StatedParty) -> Party | None:
    name = values.bounded(stated.name, MAX_NAME, "name")
    tax_id = values.bounded(stated.tax_id, 200, "tax number")
    party = Party(name=name, company_id=tax_id or None)
    return party if party.identifiers() else None


def _totals(stated: Stated) -> Totals:
    net = values.figure(stated.net, "totals.tax_exclusive")
    total = values.figure(stated.total, "totals.payable")
    return Totals(
        # 合计 is by its place on the invoice the sum of the column above it.
        lines=net if stated.lines else None,
        tax_exclusive=net,
        tax=values.tax(stated.tax, "totals.tax"),
        tax_inclusive=total,
        payable=total,
    )


def _line(stated: StatedLine, position: int) -> Line:
    at = f"lines.{position - 1}"
    words = [each for each in dict.fromkeys((stated.rate, stated.tax)) if values.exempt(each)]
    return Line(
        id=str(position),
        item_name=values.bounded(stated.name, MAX_NAME, f"{at}.item_name") or None,
        item_description=values.bounded(stated.specification, MAX_TEXT, f"{at}.item_description") or None,
        unit=values.bounded(stated.unit, 20, f"{at}.unit") or None,
        quantity=values.figure(stated.quantity, f"{at}.quantity"),
        price=values.figure(stated.price, f"{at}.price"),
        amount=values.figure(stated.amount, f"{at}.amount"),
        tax=values.tax(stated.tax, f"{at}.tax") if stated.tax else _no_tax(stated),
        tax_percent=values.percent(stated.rate, f"{at}.tax_percent"),
        note=" ".join(words) or None,
    )


def _no_tax(stated: StatedLine) -> Decimal | None:
    return Decimal(0) if values.exempt(stated.rate) else None


def _originals(stated: Stated, notes: tuple[str, ...]) -> tuple[str, ...]:
    if stated.originals:
        return stated.originals
    found = (match for note in notes for pattern in ORIGINAL_IN_NOTE if (match := pattern.search(note)))
    return tuple(dict.fromkeys("".join(match.groups()) for match in found))


def _credited(extracted: Extracted) -> Extracted:
    """A credit note says how much is credited; a red-letter invoice writes it below zero."""

    def turned(value: Decimal | None) -> Decimal | None:
        return None if value is None else value.copy_negate() if value else value

    totals = extracted.totals
    if totals.payable is None or totals.payable > 0:
        return extracted
    return replace(
        extracted,
        totals=replace(
            totals,
            lines=turned(totals.lines),
            tax_exclusive=turned(totals.tax_exclusive),
            tax=turned(totals.tax),
            tax_inclusive=turned(totals.tax_inclusive),
            payable=turned(totals.payable),
        ),
        lines=tuple(
            replace(line, quantity=turned(line.quantity), amount=turned(line.amount), tax=turned(line.tax))
            for line in extracted.lines
        ),
    )
