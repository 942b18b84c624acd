"""What an invoice bills and a credit note takes back, whatever of it is stated. Pure Python."""

from decimal import Decimal

from abs_platform.trade.facts import DocumentFacts
from abs_platform.trade.joining import Part

ZERO = Decimal(0)


def invoice_total(document: DocumentFacts) -> Decimal | None:
    """With tax, before what is prepaid; where it is stated twice, the lower. None where no amount is stated at all."""
    totals = document.totals
    payable = None if totals.payable is None else totals.payable + (totals.prepaid or ZERO)
    stated = [amount for amount in (totals.tax_inclusive, payable) if amount is not None]
    if stated:
        return min(stated)
    before_tax = totals.tax_exclusive if totals.tax_exclusive is not None else totals.lines
    return _sum_of_lines(document) if before_tax is None else before_tax + (totals.tax or ZERO)


def credited(document: DocumentFacts) -> Decimal:
    """The greater of its total and its lines: the base values lines before the document's allowances, so a full credit
    must take as much."""
    totals = document.totals
    before_tax = totals.tax_exclusive if totals.tax_exclusive is not None else totals.lines
    stated = (
        totals.tax_inclusive,
        None if totals.payable is None else totals.payable + (totals.prepaid or ZERO),
        None if before_tax is None else before_tax + (totals.tax or ZERO),
    )
    of_document = next((amount for amount in stated if amount is not None), ZERO)
    return max(abs(of_document), abs(_sum_of_lines(document) or ZERO))


def _sum_of_lines(document: DocumentFacts) -> Decimal | None:
    """Amounts and taxes; None where no line states either."""
    parts = [Part(document, line) for line in document.lines]
    stated = [figure for part in parts for figure in (part.amount, part.line.tax) if figure is not None]
    return sum(stated, ZERO) if stated else None
