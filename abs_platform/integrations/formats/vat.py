"""A VAT invoice against itself: its arithmetic, its amount in words, its number, and who its parties say to be.

Sources: 中华人民共和国增值税法 (rates, tax); GB 32100-2015 (统一社会信用代码, check digit); 中国人民银行《支付结算办法》 annex 1 (amounts in words);
国家税务总局公告2024年第11号 (数电票: a number of 20 digits).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, localcontext

from stdnum.cn import ric, uscc

from abs_platform.integrations.formats import remarks as sums
from abs_platform.integrations.formats.model import ZERO, Extracted, Level, Line, Remark
from abs_platform.integrations.formats.rmb import amount_of

PRECISION = sums.PRECISION
# The invoicing systems admit 0.06 between a line's amount × rate and its tax.
LINE_TAX_TOLERANCE = Decimal("0.06")
SUM_TOLERANCE = sums.SUM_TOLERANCE
HUNDRED = Decimal(100)
# How the syntaxes of `cn` begin.
RECEIVERS_VIEW = "XBRL einv"
CHINESE = ("数电票", "VAT", "XBRL", "OFD", "PDF")
USCC_LENGTH = 18
# With the numbers from before 2015: an organisation's, one with a suffix, a trader's.
TAX_NUMBER_LENGTHS = (15, 17, USCC_LENGTH, 20)
YEARS_TO_CLAIM = 5

SHUDIAN_NUMBER = re.compile(r"[0-9]{20}", re.ASCII)
LEGACY_CODE = re.compile(r"[0-9]{10}|[0-9]{12}", re.ASCII)
LEGACY_NUMBER = re.compile(r"[0-9]{8}", re.ASCII)
CHECK_CODE = re.compile(r"[0-9]{20}|[0-9]{6}", re.ASCII)
CHECK_CODE_IN_NOTE = re.compile(r"校验码[:：]\s*(\S+)")
# GB 32100: registering authority, kind of organisation, administrative area, and no I, O, S, V, Z behind them.
LOOKS_LIKE_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Check:
    """What a VAT invoice states beside the business document: see `cn.stated.Stated`."""

    legacy_code: str = ""
    legacy_number: str = ""
    check_code: str = ""
    words: str = ""
    margin_taxed: bool = False


def remarks_of(extracted: Extracted, check: Check) -> tuple[Remark, ...]:
    """Every remark on a VAT invoice, header first, then by line. Sums that do not hold need a person's attention."""
    with localcontext() as context:
        context.prec = PRECISION
        general = (
            replace(each, level=Level.ATTENTION)
            if each.rule in sums.ARITHMETIC and each.level == Level.NOTICE
            else each
            for each in sums.remarks_of(extracted)
            # The receiver's view has none.
            if not (each.rule == "lines_missing" and extracted.syntax == RECEIVERS_VIEW)
        )
        return (*_number(extracted, check), *general, *_words(extracted, check), *tax_remarks(extracted, check))


def is_chinese(extracted: Extracted) -> bool:
    """Whether it was read from a carrier of a Chinese VAT invoice."""
    return extracted.syntax.startswith(CHINESE)


def date_remarks(extracted: Extracted, today: date) -> Iterator[Remark]:
    """An invoice from the future, one that was due before it was issued, or one so old that the claim is likely settled or
    barred (民法典 §188: three years)."""
    issued, due = extracted.issue_date, extracted.due_date
    if issued is None or extracted.kind not in sums.BILLS:
        return
    if due is not None and due < issued and extracted.total:
        detail = f"It is due on {due}, before it was issued on {issued}."
        params = {"found": due.isoformat(), "expected": issued.isoformat()}
        yield Remark("due_before_issue", detail, params, Level.ATTENTION, "due_date")
    # Somewhere it may be tomorrow already.
    if issued > today + timedelta(days=1):
        detail = f"The date {issued} lies in the future."
        yield Remark("date_in_future", detail, {"found": issued.isoformat()}, Level.ATTENTION, "issue_date")
    elif issued.year + YEARS_TO_CLAIM < today.year or (
        issued.year + YEARS_TO_CLAIM == today.year and (issued.month, issued.day) < (today.month, today.day)
    ):
        detail = f"The date {issued} lies more than {YEARS_TO_CLAIM} years back."
        yield Remark("date_long_ago", detail, {"found": issued.isoformat()}, Level.NOTICE, "issue_date")


def party_remarks(extracted: Extracted) -> Iterator[Remark]:
    """Identifiers of parties that look like a 统一社会信用代码 and have a wrong check digit: of any document.

    On a VAT invoice of China whatever has its 18 characters must be one, or a citizen's number.
    """
    chinese = is_chinese(extracted)
    for field, party in (("seller", extracted.seller), ("buyer", extracted.buyer)):
        stated = (party.company_id or "").strip().upper() if party else ""
        if not (chinese or LOOKS_LIKE_USCC.fullmatch(stated)):
            continue
        # Whoever issues VAT invoices is registered; who buys may be a foreigner.
        strange = chinese and field == "seller" and bool(stated) and len(stated) not in TAX_NUMBER_LENGTHS
        if company_id_holds(stated) and not strange:
            continue
        detail = f"“{stated[:40]}” is no valid 统一社会信用代码: its check digit or its characters are wrong."
        params = {"party": field, "found": stated[:40]}
        yield Remark("company_id_check_digit", detail, params, Level.ATTENTION, f"{field}.company_id")


def company_id_holds(stated: str) -> bool:
    """Whether a tax number may be right: a 统一社会信用代码 or citizen's number by its check digit, an old number by its length.

    Other identifiers (a foreigner's, none at all) have nothing to be checked by.
    """
    if len(stated) != USCC_LENGTH:
        return True
    return bool(uscc.is_valid(stated)) or bool(ric.is_valid(stated))


def check_code_note(check_code: str) -> str:
    """The note in which a document keeps a legacy invoice's 校验码."""
    return f"校验码：{check_code}"


def check_code_of(extracted: Extracted) -> str:
    """A legacy invoice's 校验码, kept in a note; empty where there is none."""
    found = (CHECK_CODE_IN_NOTE.search(note) for note in extracted.notes)
    return next((match[1] for match in found if match), "")


def _number(extracted: Extracted, check: Check) -> Iterator[Remark]:
    if not (check.legacy_code or check.legacy_number):
        if not SHUDIAN_NUMBER.fullmatch(extracted.number):
            detail = f"“{extracted.number[:40]}” is no number of a 数电票, which has 20 digits."
            yield Remark("number_shape", detail, {"found": extracted.number[:40]}, Level.REFUSED, "number")
        return
    if not LEGACY_CODE.fullmatch(check.legacy_code) or not LEGACY_NUMBER.fullmatch(check.legacy_number):
        found = f"{check.legacy_code[:20]} {check.legacy_number[:20]}"
        detail = f"“{found}” is no code (10 or 12 digits) and number (8 digits) of a VAT invoice."
        yield Remark("number_shape", detail, {"found": found}, Level.REFUSED, "number")
    if check.check_code and not CHECK_CODE.fullmatch(check.check_code):
        detail = f"The check code “{check.check_code[:40]}” has not 20 digits."
        yield Remark("check_code_shape", detail, {"found": check.check_code[:40]}, Level.ATTENTION, "notes")


def _words(extracted: Extracted, check: Check) -> Iterator[Remark]:
    total = extracted.totals.payable
    if not check.words or total is None:
        return
    spelt = amount_of(check.words)
    # A credit note's figures were turned; its words say (负数) before them or leave it to the title.
    if spelt is None or abs(spelt) != abs(total):
        detail = f"The amount in words, “{check.words[:60]}”, is not the amount in figures, {total:f}."
        params = {"expected": f"{total:f}", "found": check.words[:60]}
        yield Remark("amount_in_words", detail, params, Level.ATTENTION, "totals.payable")


def tax_remarks(extracted: Extracted, check: Check) -> Iterator[Remark]:
    """Taxes that are not amount × rate, and a sum that is not theirs."""
    taxes = [line.tax for line in extracted.lines]
    stated = extracted.totals.tax
    if taxes and None not in taxes and stated is not None:
        computed = sum((each for each in taxes if each is not None), ZERO)
        if abs(computed - stated) > SUM_TOLERANCE:
            detail = f"The tax is stated as {stated:f}, but that of the lines makes {computed:f}."
            params = {"expected": f"{computed:f}", "found": f"{stated:f}"}
            yield Remark("tax_total", detail, params, Level.ATTENTION, "totals.tax")
    if not check.margin_taxed:
        for position, line in enumerate(extracted.lines):
            yield from _line_tax(line, position)


def _line_tax(line: Line, position: int) -> Iterator[Remark]:
    if line.tax is None or line.tax_percent is None or line.amount is None:
        return
    computed = (line.amount * line.tax_percent / HUNDRED).quantize(Decimal("0.01"))
    if abs(computed - line.tax) > LINE_TAX_TOLERANCE:
        detail = (
            f"Line {line.id}: {line.tax_percent:f} % of {line.amount:f} makes {computed:f}, the tax is {line.tax:f}."
        )
        params = {"line": line.id, "expected": f"{computed:f}", "found": f"{line.tax:f}"}
        yield Remark("line_tax_arithmetic", detail, params, Level.ATTENTION, f"lines.{position}.tax")
