"""The lines of documents that each figure of a right comes from. Pure Python.

A row's quantity comes from the lines that count on the rung, bounded by what was ordered and, on rung 4, invoiced; its unit
value and its tax each from the lines that state the least. `roles` says which of these a line does; a line that does none is
left out. So whoever adds up the lines named gets the figure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext

from abs_platform.rights.ladder import ACCEPTED, DESPATCHED, INVOICED, ORDERED, Standing, unit_of
from abs_platform.rights.payments import PAYMENT
from abs_platform.rights.reductions import (
    ABOVE_INVOICE_TOTAL,
    CREDIT_NOTE,
    CREDIT_NOTE_OTHER_CURRENCY,
    PREPAID,
    Reduction,
)
from abs_platform.rights.tax_reductions import RED_LETTERED, TAKEN_OUT
from abs_platform.rights.totals import credited, invoice_total
from abs_platform.rights.valuation import unit_value
from abs_platform.trade.facts import CONFIRMED, PRECISION, DocumentFacts
from abs_platform.trade.joining import Part, Row

QUANTITY = "quantity"
LIMIT = "limit"
VALUE = "value"
TAX = "tax"


@dataclass(frozen=True, slots=True)
class Source:
    """One line of a document. `quantity`: of a receipt, what it accepts. `roles`: what it does for the row's figures."""

    document: str
    line: str
    item: str
    quantity: Decimal | None
    unit: str
    amount: Decimal | None
    tax: Decimal | None
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReductionSource:
    """A document that takes from a right, or bounds it: its whole amount."""

    document: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class RowSources:
    """The lines of one row of the calculation, along the ladder."""

    order_line: str | None
    item: str
    sources: tuple[Source, ...]


def rows_of(standing: Standing, rung: int) -> tuple[RowSources, ...]:
    """The rows that enter the calculation on a rung, in its sequence."""
    with localcontext() as context:
        context.prec = PRECISION
        return tuple(
            RowSources(row.order_line_id, row.label, tuple(_sources(row, standing, rung)))
            for row in standing.quantities.get(rung, {})
        )


def _sources(row: Row, standing: Standing, rung: int) -> Iterator[Source]:
    stated = unit_value(row, standing)
    for part in row.parts:
        roles = [role for role in (_role_in_quantity(part, row, standing, rung),) if role]
        roles += [VALUE] * (part in stated.value_parts) + [TAX] * (part in stated.tax_parts)
        if roles:
            yield Source(
                document=str(part.document.id),
                line=part.line.id,
                item=part.line.label,
                quantity=part.line.accepted if part.document.kind == "receipt_advice" else part.line.quantity,
                unit=part.unit,
                amount=part.amount,
                tax=part.line.tax,
                roles=tuple(roles),
            )


def _role_in_quantity(part: Part, row: Row, standing: Standing, rung: int) -> str:
    """Whether a line makes the row's quantity, bounds it, or neither ("")."""
    document = part.document
    if part.unit != unit_of(row) or part.line.quantity is None:
        return ""
    if document.kind == "order":
        makes = rung == ORDERED and document.counts and document.confirmation == CONFIRMED
        return QUANTITY if makes else LIMIT if rung > ORDERED else ""
    if document.kind == "despatch_advice":
        return QUANTITY if rung == DESPATCHED and document.counts else ""
    if document.kind == "receipt_advice":
        counts = document.counts and document.confirmation == CONFIRMED
        return QUANTITY if rung in (ACCEPTED, INVOICED) and counts else ""
    return LIMIT if rung == INVOICED and part in standing.invoice_parts(row) else ""


def behind(reduction: Reduction, standing: Standing) -> tuple[ReductionSource, ...]:
    """The documents that a reduction comes from; none for what no document of the trade says, such as a pledge's payment, or
    one that an advice filed in another trade tells.
    """
    return tuple(
        ReductionSource(str(each.id), _whole_amount(each))
        for each in standing.documents
        if _takes(each, reduction, standing)
    )


def _takes(document: DocumentFacts, reduction: Reduction, standing: Standing) -> bool:
    is_named = reduction.document in ("", document.number)
    if reduction.reason in (CREDIT_NOTE, CREDIT_NOTE_OTHER_CURRENCY):
        return document.kind == "credit_note" and is_named
    if reduction.reason in (ABOVE_INVOICE_TOTAL, PREPAID):
        return document.kind == "invoice" and document.counts and standing.is_own(document) and is_named
    if reduction.reason == PAYMENT:
        return document.kind == "remittance_advice" and document.number == reduction.document
    if reduction.reason in (*TAKEN_OUT.values(), RED_LETTERED):
        return document.kind == "invoice" and is_named
    return False


def _whole_amount(document: DocumentFacts) -> Decimal | None:
    return credited(document) if document.kind == "credit_note" else invoice_total(document)
