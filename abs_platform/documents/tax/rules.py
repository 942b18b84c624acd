"""Which documents the tax office knows of, and how to ask for one. Pure Python."""

import re
from datetime import date

from stdnum.cn import uscc

from abs_platform.integrations.formats import vat
from abs_platform.integrations.formats.model import Extracted, fold
from abs_platform.integrations.tax.status import Query

TAXED = ("invoice", "credit_note")
TAX_ID = re.compile(r"[0-9A-HJ-NPQRTUWXY]{15}|[0-9A-HJ-NPQRTUWXY]{18}|[0-9A-HJ-NPQRTUWXY]{20}")


def applies(extracted: Extracted) -> bool:
    """Whether the Chinese tax office can know of it: an invoice, or a red-letter one, of a seller with a 信用代码."""
    return extracted.kind in TAXED and uscc.is_valid(seller_id(extracted))


def seller_id(extracted: Extracted) -> str:
    return _tax_id(extracted.seller.company_id) if extracted.seller else ""


def query_of(extracted: Extracted) -> Query:
    """How to ask for it."""
    totals = extracted.totals
    code, number = _code_and_number(extracted.number.strip(), extracted.issue_date)
    return Query(
        number=number,
        code=code,
        check_code=vat.check_code_of(extracted) if code else "",
        issue_date=extracted.issue_date,
        amount=totals.tax_exclusive if totals.tax_exclusive is not None else totals.lines,
        total=totals.tax_inclusive if totals.tax_inclusive is not None else extracted.total,
        seller_id=seller_id(extracted),
        buyer_id=_tax_id(extracted.buyer.company_id) if extracted.buyer else "",
    )


def _code_and_number(number: str, day: date | None) -> tuple[str, str]:
    """A legacy invoice's number is its code (10 or 12 digits) and 8 digits, read as one; a 数电票's 20 digits begin with the
    year of its issue."""
    is_digital = len(number) == 20 and (day is None or number.startswith(f"{day:%y}"))
    if not number.isdecimal() or len(number) not in (18, 20) or is_digital:
        return "", number
    return number[:-8], number[-8:]


def credited_numbers(extracted: Extracted) -> set[str]:
    """The numbers of the invoices that a credit note takes from."""
    lines = {line.invoice_number for line in extracted.lines if line.invoice_number}
    return {*extracted.invoice_numbers, *lines} if extracted.kind == "credit_note" else set()


def _tax_id(text: str | None) -> str:
    found = fold(text).upper()
    return found if TAX_ID.fullmatch(found) else ""
