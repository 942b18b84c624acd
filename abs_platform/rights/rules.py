"""The supported amount of a trade (DOMAIN "Supported amount"): rung, base, rate, every reduction by name.

Pure Python, and the result depends on the facts only, not on their order. Base by rung: 1 the ordered quantity, 2 the
despatched, 3 the accepted, 4 the lower of accepted and invoiced, 5 the confirmed amount; valued at the unit value (line
amount ÷ quantity, the lower of order and invoice where both are known), plus stated tax, less credit notes, payments
and what is consumed; never below zero.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from abs_platform.core.currencies import minor_unit
from abs_platform.rights.ladder import (
    ACCEPTED,
    DESPATCHED,
    INVOICED,
    NONE,
    ORDERED,
    PAYMENT_CONFIRMED,
    PaymentConfirmation,
    Standing,
    missing_for_next_rung,
    quantity_on,
    rung_of,
    standing_of,
)
from abs_platform.trade.facts import CONFIRMED, DISPUTED, DocumentFacts
from abs_platform.trade.joining import Part
from abs_platform.trade.rules import PRECISION, Comparison, LineComparison

__all__ = [
    "ACCEPTED", "DESPATCHED", "INVOICED", "NONE", "ORDERED", "PAYMENT_CONFIRMED",
    "Assessment", "PaymentConfirmation", "Reduction", "ValuedLine", "assess",
]  # fmt: skip

ZERO = Decimal(0)
# Beyond this no figure of a real trade lies; such a trade supports nothing until its figures are mended.
AMOUNT_LIMIT = Decimal(10) ** 15
# How finely a unit value is shown; amounts are computed from the exact one.
SHOWN_UNIT_VALUE = Decimal("0.000001")
CENT = Decimal("0.01")

NOT_PERFORMED = "not_performed"
AMOUNT_NOT_FIXED = "amount_not_fixed"
DUE_DATE_NOT_FIXED = "due_date_not_fixed"
DISPUTE_OPEN = "disputed"
CURRENCY_DIFFERS = "currency_differs"
NOTHING_LEFT = "nothing_left"
CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class Reduction:
    """What takes from the base: `amount` is what it really took (as an input: what it may take at most)."""

    reason: str
    amount: Decimal
    document: str


@dataclass(frozen=True, slots=True)
class ValuedLine:
    """How one row enters the base. value and tax are rounded to the currency; None where no document states them."""

    order_line: str | None
    item: str
    quantity: Decimal
    unit: str
    unit_value: Decimal | None
    value: Decimal | None
    tax: Decimal | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a trade supports: value + tax = gross, gross − reductions = base, rate × base = supported (half up)."""

    rung: int
    rate: Decimal
    currency: str | None
    value: Decimal
    tax: Decimal
    gross: Decimal
    base: Decimal
    supported: Decimal
    reductions: tuple[Reduction, ...]
    lines: tuple[ValuedLine, ...]
    due_date: date | None
    overdue: bool
    poolable: bool
    poolable_reasons: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _UnitValue:
    """Per one unit, exact. `fixed`: the core enterprise confirmed it, or an invoice states it undisputed."""

    value: Decimal | None
    tax: Decimal | None
    fixed: bool


def assess(
    comparison: Comparison,
    documents: Sequence[DocumentFacts],
    rates: Mapping[int, Decimal],
    payment_confirmation: PaymentConfirmation | None = None,
    *,
    today: date,
    deductions: Sequence[Reduction] = (),
) -> Assessment:
    """The right that the facts support.

    `rates`: advance rate (0 to 1) by rung. `deductions`: payments and consumed amounts, each what it may take at most.
    Raises ValueError for a rate outside 0 to 1, or a deduction below zero.
    """
    if any(not 0 <= rate <= 1 for rate in rates.values()) or any(each.amount < 0 for each in deductions):
        raise ValueError("Rates lie between 0 and 1, and deductions are not negative.")
    with localcontext() as context:
        context.prec = PRECISION
        return _assess(comparison, documents, rates, payment_confirmation, today, deductions)


def _assess(
    comparison: Comparison,
    documents: Sequence[DocumentFacts],
    rates: Mapping[int, Decimal],
    confirmation: PaymentConfirmation | None,
    today: date,
    deductions: Sequence[Reduction],
) -> Assessment:
    standing = standing_of(comparison, documents, confirmation)
    rung = rung_of(standing)
    unit = minor_unit(standing.currency)
    valued = [] if rung == PAYMENT_CONFIRMED else list(_valued_lines(standing, rung, unit))
    lines = tuple(line for line, _ in valued)
    if rung == PAYMENT_CONFIRMED and confirmation is not None:
        value, tax = _rounded(confirmation.amount, unit), _rounded(ZERO, unit)
    else:
        value = sum((line.value or ZERO for line in lines), _rounded(ZERO, unit))
        tax = sum((line.tax or ZERO for line in lines), _rounded(ZERO, unit))
    plausible = abs(value) < AMOUNT_LIMIT and abs(tax) < AMOUNT_LIMIT
    if not plausible:
        value = tax = _rounded(ZERO, unit)
    gross = max(value + tax, _rounded(ZERO, unit))
    base, reductions = _reduced(gross, [*_credit_notes(standing, unit), *_sorted(deductions)], unit)
    rate = rates.get(rung, ZERO) if rung else ZERO
    due_date = _due_date(standing)
    amount_fixed = plausible and all(fixed for _, fixed in valued)
    reasons = tuple(_poolable_reasons(standing, base, bool(reductions), amount_fixed, due_date))
    return Assessment(
        rung=rung,
        rate=rate,
        currency=standing.currency,
        value=value,
        tax=tax,
        gross=gross,
        base=base,
        supported=_rounded(rate * base, unit),
        reductions=tuple(reductions),
        lines=lines,
        due_date=due_date,
        overdue=due_date is not None and due_date < today,
        poolable=not reasons and rate > 0,
        poolable_reasons=reasons,
        missing=missing_for_next_rung(standing, rung)
        + (("due_date",) if rung >= ACCEPTED and due_date is None else ()),
    )


def _rounded(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, rounding=ROUND_HALF_UP)


def _valued_lines(standing: Standing, rung: int, unit: Decimal) -> Iterator[tuple[ValuedLine, bool]]:
    """The rows that enter the base, each with whether its value is fixed."""
    for row in standing.rows:
        quantity = quantity_on(rung, row, standing)
        if quantity <= 0:
            continue
        each = _unit_value(row, standing)
        line = ValuedLine(
            order_line=row.order_line,
            item=row.item,
            quantity=quantity,
            unit=row.unit,
            unit_value=None if each.value is None else _shown(each.value),
            value=None if each.value is None else _rounded(quantity * each.value, unit),
            tax=None if each.value is None or each.tax is None else _rounded(quantity * each.tax, unit),
        )
        yield line, each.fixed


def _shown(unit_value: Decimal) -> Decimal:
    """At most six decimals, at least two."""
    shown = _rounded(unit_value, SHOWN_UNIT_VALUE)
    return shown.quantize(CENT) if shown == shown.quantize(CENT) else shown.normalize()


def _unit_value(row: LineComparison, standing: Standing) -> _UnitValue:
    """Order and invoice, the lower of the two where both are known; value and tax each on its own."""
    orders = [part for part in row.parts if part.document.kind == "order" and part.document.counts]
    invoices = [part for part in standing.invoice_parts(row) if part.in_unit(row.unit)]
    values = [value for value in (_per_unit(orders, _amount), _per_unit(invoices, _amount)) if value is not None]
    taxes = [tax for tax in (_per_unit(orders, _tax), _per_unit(invoices, _tax)) if tax is not None]
    confirmed = any(part.document.confirmation == CONFIRMED for part in orders)
    return _UnitValue(
        value=min(values, default=None),
        tax=min(taxes, default=None),
        fixed=bool(values) and (confirmed or _per_unit(invoices, _amount) is not None),
    )


def _per_unit(parts: Iterable[Part], figure: Callable[[Part], Decimal | None]) -> Decimal | None:
    """Sum of the figure over sum of the quantities; None where no part states both."""
    amount = quantity = ZERO
    for part in parts:
        stated = figure(part)
        if stated is not None and part.line.quantity is not None:
            amount += stated
            quantity += part.line.quantity
    return amount / quantity if quantity else None


def _amount(part: Part) -> Decimal | None:
    """The line amount; where none is stated, what price and quantity make."""
    line = part.line
    if line.amount is not None or line.price is None or line.quantity is None:
        return line.amount
    return line.price * line.quantity / line.price_base_quantity


def _tax(part: Part) -> Decimal | None:
    return part.line.tax


def _credit_notes(standing: Standing, unit: Decimal) -> list[Reduction]:
    """Every credit note, tax included, by date and number; disputed ones too: what may be credited is not lent on.

    The greater of its total and its lines: the base values lines before the document's allowances, so a full credit
    must take as much.
    """
    confirmed = standing.payment_confirmation
    found = []
    for document in standing.of("credit_note"):
        if confirmed is not None and document.id in confirmed.considers:
            continue
        totals = document.totals
        parts = [Part(document, line) for line in document.lines]
        of_lines = sum(((_amount(part) or ZERO) + (_tax(part) or ZERO) for part in parts), ZERO)
        before_tax = totals.tax_exclusive if totals.tax_exclusive is not None else totals.lines
        stated = (
            totals.tax_inclusive,
            None if totals.payable is None else totals.payable + (totals.prepaid or ZERO),
            None if before_tax is None else before_tax + (totals.tax or ZERO),
        )
        of_document = next((amount for amount in stated if amount is not None), ZERO)
        found.append(Reduction(CREDIT_NOTE, _rounded(max(abs(of_document), abs(of_lines)), unit), document.number))
    return found


def _sorted(deductions: Sequence[Reduction]) -> list[Reduction]:
    return sorted(deductions, key=lambda each: (each.reason, each.document, each.amount))


def _reduced(gross: Decimal, wanted: Iterable[Reduction], unit: Decimal) -> tuple[Decimal, list[Reduction]]:
    """What is left, and what each really took; one that found nothing left to take is not named."""
    left, taken = gross, []
    for each in wanted:
        amount = min(_rounded(each.amount, unit), left)
        if amount > 0:
            left -= amount
            taken.append(Reduction(each.reason, amount, each.document))
    return left, taken


def _due_date(standing: Standing) -> date | None:
    """The day on which all is due: as confirmed, else the last of the invoices', else the order's.

    None unless each of these states one.
    """
    if standing.payment_confirmation is not None:
        return standing.payment_confirmation.due_date
    stating = standing.counting_invoices or [each for each in standing.of("order") if each.confirmation == CONFIRMED]
    dates = [each.due_date for each in stating]
    known = [each for each in dates if each is not None]
    return max(known) if known and len(known) == len(dates) else None


def _poolable_reasons(
    standing: Standing, base: Decimal, reduced: bool, amount_fixed: bool, due_date: date | None
) -> Iterator[str]:
    """Why the right cannot enter a pool (AMAC 中基协发〔2025〕5号: performed, amount and payment time certain)."""
    if not standing.is_accepted:
        yield NOT_PERFORMED
    else:
        if not amount_fixed:
            yield AMOUNT_NOT_FIXED
        if due_date is None:
            yield DUE_DATE_NOT_FIXED
    if any(each.confirmation == DISPUTED for each in standing.documents):
        yield DISPUTE_OPEN
    if standing.has_other_currency:
        yield CURRENCY_DIFFERS
    if base <= 0 and (reduced or (standing.is_accepted and amount_fixed)):
        yield NOTHING_LEFT
