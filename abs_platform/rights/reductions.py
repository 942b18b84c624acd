"""What takes from the gross value of a right, each by name and for what it really took. Pure Python."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from abs_platform.rights.ladder import INVOICED, Standing
from abs_platform.rights.valuation import amount_of
from abs_platform.trade.facts import DocumentFacts
from abs_platform.trade.joining import Part

ZERO = Decimal(0)

ABOVE_INVOICE_TOTAL = "above_invoice_total"
PREPAID = "prepaid"
CREDIT_NOTE = "credit_note"
CREDIT_NOTE_OTHER_CURRENCY = "credit_note_other_currency"


@dataclass(frozen=True, slots=True)
class Reduction:
    """What takes from the base: `amount` is what it really took (as an input: what it may take at most).

    `document`: the number of the document that takes; "" where several do together.
    """

    reason: str
    amount: Decimal
    document: str


def reduced(
    gross: Decimal, standing: Standing, rung: int, deductions: Sequence[Reduction], unit: Decimal
) -> tuple[Decimal, tuple[Reduction, ...]]:
    """What is left of `gross` (a multiple of `unit`, the currency's smallest), and what took from it, in turn.

    What goes beyond the invoices, what they say is prepaid, credit notes, then deductions by reason and document.
    """
    left, taken = gross, []
    for each in _wanted(gross, standing, rung, deductions):
        # Bounded first: a figure beyond any trade cannot be rounded.
        amount = max(min(each.amount, left), ZERO).quantize(unit, rounding=ROUND_HALF_UP)
        if amount > 0:
            left -= amount
            taken.append(Reduction(each.reason, amount, each.document))
    return left, tuple(taken)


def _wanted(gross: Decimal, standing: Standing, rung: int, deductions: Sequence[Reduction]) -> Iterator[Reduction]:
    if rung >= INVOICED:
        yield from _above_invoice_total(gross, standing)
    if rung == INVOICED:
        yield from (
            Reduction(PREPAID, each.totals.prepaid, each.number)
            for each in standing.counting_invoices
            if each.totals.prepaid
        )
    yield from _credit_notes(gross, standing)
    yield from sorted(deductions, key=lambda each: (each.reason, each.document, each.amount))


def _above_invoice_total(gross: Decimal, standing: Standing) -> Iterator[Reduction]:
    """A receivable is not greater than what was invoiced (DOMAIN: invoice total ≥ receivable)."""
    invoices = standing.counting_invoices
    known = [total for each in invoices if (total := _invoice_total(each)) is not None]
    if known:
        number = invoices[0].number if len(invoices) == 1 else ""
        yield Reduction(ABOVE_INVOICE_TOTAL, gross - max(sum(known, ZERO), ZERO), number)


def _invoice_total(document: DocumentFacts) -> Decimal | None:
    """With tax, before what is prepaid; where it is stated twice, the lower. None where no amount is stated at all."""
    totals = document.totals
    payable = None if totals.payable is None else totals.payable + (totals.prepaid or ZERO)
    stated = [amount for amount in (totals.tax_inclusive, payable) if amount is not None]
    if stated:
        return min(stated)
    before_tax = totals.tax_exclusive if totals.tax_exclusive is not None else totals.lines
    return _sum_of_lines(document) if before_tax is None else before_tax + (totals.tax or ZERO)


def _credit_notes(gross: Decimal, standing: Standing) -> Iterator[Reduction]:
    """Every credit note, tax included, by date and number; disputed ones too: what may be credited is not lent on.

    One in another currency takes all: how much of the right it takes back cannot be said.
    """
    confirmed = standing.payment_confirmation
    notes = [each for each in standing.documents if each.kind == "credit_note"]
    open_notes = [each for each in notes if confirmed is None or each.id not in confirmed.considers]
    for each in open_notes:
        if standing.is_own(each):
            yield Reduction(CREDIT_NOTE, _credited(each), each.number)
    for each in open_notes:
        if not standing.is_own(each):
            yield Reduction(CREDIT_NOTE_OTHER_CURRENCY, gross, each.number)


def _credited(document: DocumentFacts) -> Decimal:
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
    stated = [figure for part in parts for figure in (amount_of(part), part.line.tax) if figure is not None]
    return sum(stated, ZERO) if stated else None
