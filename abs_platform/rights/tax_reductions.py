"""What the tax office's word takes from a right: invoices that are worth nothing now, and red-letter ones. Pure Python.

A receivable is not greater than what is still validly invoiced. So an invoice that was issued anew for the same goods makes
good the one that was voided or red-lettered.
"""

from collections.abc import Iterator
from decimal import Decimal

from abs_platform.integrations.formats.model import fold
from abs_platform.rights.ladder import Standing
from abs_platform.rights.totals import credited, invoice_total
from abs_platform.trade.facts import RED_LETTER, DocumentFacts

ZERO = Decimal(0)

TAKEN_OUT = {
    "voided": "invoice_voided",
    "lost_control": "invoice_lost_control",
    "abnormal": "invoice_abnormal",
}
RED_LETTERED = "invoice_red_lettered"

Wanted = tuple[str, Decimal, str]
"""Reason, what it may take at most, the invoice's number."""


def wanted(gross: Decimal, standing: Standing) -> Iterator[Wanted]:
    """What is taken from `gross` where it rests on invoices, in turn: first those that are out, then red-letter ones.

    A credit note in the trade that is the red-letter invoice, or names the invoice it takes from, is counted with the
    credit notes, not here.
    """
    red = _taken_back(standing)
    billed = sum((_stated(each, gross) for each in standing.counting_invoices), ZERO)
    room = max(gross - billed, ZERO)
    for each in standing.of("invoice"):
        if each.is_taken_out and each.tax is not None:
            amount = min(_stated(each, gross), room)
            room -= amount
            gross -= amount
            yield TAKEN_OUT[each.tax.status], amount, each.number
    room = max(min(gross, billed) - (billed - sum((amount for _, amount in red), ZERO)), ZERO)
    for each, amount in red:
        yield RED_LETTERED, min(amount, room), each.number
        room -= min(amount, room)


def _taken_back(standing: Standing) -> list[tuple[DocumentFacts, Decimal]]:
    """Red-letter invoices with what was taken back of each and no credit note in the trade says."""
    notes = {each.id: (each, credited(each)) for each in standing.documents if each.kind == "credit_note"}
    found = []
    for invoice in standing.counting_invoices:
        if invoice.tax is None or invoice.tax.status != RED_LETTER:
            continue
        left = _red(invoice)
        red_numbers = {fold(number) for number in invoice.tax.red_numbers}
        for id, (note, unused) in notes.items():
            if fold(note.number) in red_numbers or fold(invoice.number) in note.invoice_numbers:
                used = min(unused, left)
                notes[id] = (note, unused - used)
                left -= used
        if left > 0:
            found.append((invoice, left))
    return found


def _red(invoice: DocumentFacts) -> Decimal:
    """What was taken back: as said, else the whole invoice."""
    stated = invoice.tax.red_amount if invoice.tax else None
    return abs(stated if stated is not None else invoice_total(invoice) or ZERO)


def _stated(invoice: DocumentFacts, gross: Decimal) -> Decimal:
    """The invoice's total; one that states no amount at all bounds nothing."""
    total = invoice_total(invoice)
    return gross if total is None else max(total, ZERO)
