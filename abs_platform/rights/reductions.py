"""What takes from the gross value of a right, each by name and for what it really took. Pure Python."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from abs_platform.rights import tax_reductions
from abs_platform.rights.ladder import ACCEPTED, INVOICED, Standing
from abs_platform.rights.totals import credited, invoice_total

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

    What the tax office took back, what goes beyond the invoices, what they say is prepaid, credit notes, then deductions by
    reason and document.
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
    if rung >= ACCEPTED:
        yield from (Reduction(*each) for each in tax_reductions.wanted(gross, standing))
    if rung >= INVOICED:
        yield from _above_invoice_total(gross, standing, rung)
    if rung == INVOICED:
        yield from (
            Reduction(PREPAID, each.totals.prepaid, each.number)
            for each in standing.counting_invoices
            if each.totals.prepaid
        )
    yield from _credit_notes(gross, standing)
    yield from sorted(deductions, key=lambda each: (each.reason, each.document, each.amount))


def _above_invoice_total(gross: Decimal, standing: Standing, rung: int) -> Iterator[Reduction]:
    """A receivable is not greater than what was invoiced (DOMAIN: invoice total ≥ receivable)."""
    invoices = standing.lifting_invoices if rung == INVOICED else standing.counting_invoices
    known = [total for each in invoices if (total := invoice_total(each)) is not None]
    if known:
        number = invoices[0].number if len(invoices) == 1 else ""
        yield Reduction(ABOVE_INVOICE_TOTAL, gross - max(sum(known, ZERO), ZERO), number)


def _credit_notes(gross: Decimal, standing: Standing) -> Iterator[Reduction]:
    """Every credit note, tax included, by date and number; disputed ones too: what may be credited is not lent on.

    One in another currency takes all: how much of the right it takes back cannot be said.
    """
    confirmed = standing.payment_confirmation
    notes = [each for each in standing.documents if each.kind == "credit_note"]
    open_notes = [each for each in notes if confirmed is None or each.id not in confirmed.considers]
    for each in open_notes:
        if standing.is_own(each):
            yield Reduction(CREDIT_NOTE, credited(each), each.number)
    for each in open_notes:
        if not standing.is_own(each):
            yield Reduction(CREDIT_NOTE_OTHER_CURRENCY, gross, each.number)
