"""Which documents the tax office knows of, and how to ask for one. Pure Python."""

import re

from stdnum.cn import uscc

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
    return Query(
        number=extracted.number.strip(),
        code=getattr(extracted, "invoice_code", None) or "",
        check_code=getattr(extracted, "check_code", None) or "",
        issue_date=extracted.issue_date,
        amount=totals.tax_exclusive if totals.tax_exclusive is not None else totals.lines,
        total=totals.tax_inclusive if totals.tax_inclusive is not None else extracted.total,
        seller_id=seller_id(extracted),
        buyer_id=_tax_id(extracted.buyer.company_id) if extracted.buyer else "",
    )


def credited_numbers(extracted: Extracted) -> set[str]:
    """The numbers of the invoices that a credit note takes from."""
    lines = {line.invoice_number for line in extracted.lines if line.invoice_number}
    return {*extracted.invoice_numbers, *lines} if extracted.kind == "credit_note" else set()


def _tax_id(text: str | None) -> str:
    found = fold(text).upper()
    return found if TAX_ID.fullmatch(found) else ""
