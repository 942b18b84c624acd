"""The supported amount of a trade (DOMAIN "Supported amount"): rung, base, rate, every reduction by name.

Pure Python, and the result depends on the facts only, not on their order. Base by rung: 1 the ordered quantity, 2 the
despatched, 3 the accepted (as far as ordered), 4 the lower of accepted and invoiced, 5 the confirmed amount; valued at
the unit value (line amount ÷ quantity, the lower of order and invoice where both are known; see `valuation`), plus
stated tax, less what `reductions` names and what was paid; never below zero.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from abs_platform.core.currencies import minor_unit
from abs_platform.rights.ladder import (
    ACCEPTED,
    INVOICED,
    PAYMENT_CONFIRMED,
    PaymentConfirmation,
    Standing,
    missing_for_next_rung,
    rung_of,
    standing_of,
    unit_of,
)
from abs_platform.rights.reductions import Reduction, reduced
from abs_platform.rights.valuation import AMOUNT_LIMIT, unit_value
from abs_platform.trade.facts import CONFIRMED, PRECISION, DocumentFacts

ZERO = Decimal(0)
# How finely a unit value is shown; amounts are computed from the exact one.
SHOWN_UNIT_VALUE = Decimal("0.000001")
CENT = Decimal("0.01")

NOT_PERFORMED = "not_performed"
AMOUNT_NOT_FIXED = "amount_not_fixed"
DUE_DATE_NOT_FIXED = "due_date_not_fixed"
DISPUTE_OPEN = "disputed"
CURRENCY_DIFFERS = "currency_differs"
NOTHING_LEFT = "nothing_left"

PRICE_CONFIRMATION = "price_confirmation"
DUE_DATE = "due_date"


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
    poolable: bool
    poolable_reasons: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Valued:
    """A line with whether a confirmed document prices it, and whether its amount is fixed."""

    line: ValuedLine
    is_confirmed: bool
    is_fixed: bool


def assess(
    documents: Sequence[DocumentFacts],
    rates: Mapping[int, Decimal],
    payment_confirmation: PaymentConfirmation | None = None,
    *,
    deductions: Sequence[Reduction] = (),
    verified_only: bool = False,
) -> Assessment:
    """The right that the facts support.

    `rates`: advance rate (0 to 1) by rung. `deductions`: payments, each what it may take at most.
    `verified_only`: invoices that the tax office can know of must be verified by it to lift to rung 4.
    Raises ValueError for a rate outside 0 to 1, or a deduction below zero.
    """
    standing = standing_of(documents, payment_confirmation, verified_only=verified_only)
    return assess_standing(standing, rates, deductions=deductions)


def assess_standing(
    standing: Standing,
    rates: Mapping[int, Decimal],
    *,
    rung: int | None = None,
    deductions: Sequence[Reduction] = (),
) -> Assessment:
    """`assess`, of facts in one currency; with `rung`, what they support on that one, though they reach a higher one."""
    if any(not 0 <= rate <= 1 for rate in rates.values()) or any(each.amount < 0 for each in deductions):
        raise ValueError("Rates lie between 0 and 1, and deductions are not negative.")
    with localcontext() as context:
        context.prec = PRECISION
        return _assess(standing, rung_of(standing) if rung is None else rung, rates, deductions)


def _assess(standing: Standing, rung: int, rates: Mapping[int, Decimal], deductions: Sequence[Reduction]) -> Assessment:
    confirmation = standing.payment_confirmation
    unit = minor_unit(standing.currency)
    nothing = _rounded(ZERO, unit)
    valued = list(_valued_lines(standing, rung, unit))
    if rung == PAYMENT_CONFIRMED and confirmation is not None:
        value, tax = confirmation.amount, ZERO
    else:
        value = sum((each.line.value or ZERO for each in valued), ZERO)
        tax = sum((each.line.tax or ZERO for each in valued), ZERO)
    plausible = _is_plausible(value) and _is_plausible(tax)
    value, tax = (_rounded(value, unit), _rounded(tax, unit)) if plausible else (nothing, nothing)
    gross = max(value + tax, nothing)
    base, reductions = reduced(gross, standing, rung, deductions, unit)
    rate = rates.get(rung, ZERO) if rung else ZERO
    due_date = _due_date(standing)
    supported = _rounded(rate * base, unit)
    amount_fixed = plausible and all(each.is_fixed for each in valued) and not _is_billed_doubtfully(standing, rung)
    reasons = tuple(_poolable_reasons(standing, supported, bool(reductions), amount_fixed, due_date))
    missing = [*missing_for_next_rung(standing, rung)]
    if not all(each.is_confirmed for each in valued):
        missing.append(PRICE_CONFIRMATION)
    if rung >= ACCEPTED and due_date is None:
        missing.append(DUE_DATE)
    return Assessment(
        rung=rung,
        rate=rate,
        currency=standing.currency,
        value=value,
        tax=tax,
        gross=gross,
        base=base,
        supported=supported,
        reductions=reductions,
        lines=tuple(each.line for each in valued),
        due_date=due_date,
        poolable=not reasons,
        poolable_reasons=reasons,
        missing=tuple(missing),
    )


def _rounded(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, rounding=ROUND_HALF_UP)


def _is_plausible(amount: Decimal) -> bool:
    return abs(amount) < AMOUNT_LIMIT


def _is_billed_doubtfully(standing: Standing, rung: int) -> bool:
    """Whether an invoice whose own sums do not hold, and that nobody confirmed, decides about the amount."""
    return rung == INVOICED and any(
        not each.is_sound and each.confirmation != CONFIRMED for each in standing.counting_invoices
    )


def _valued_lines(standing: Standing, rung: int, unit: Decimal) -> Iterator[_Valued]:
    """The rows that enter the base: none of a confirmed payment."""
    for row, quantity in standing.quantities.get(rung, {}).items():
        each = unit_value(row, standing)
        value = None if each.value is None else quantity * each.value
        tax = None if value is None or each.tax is None else quantity * each.tax
        plausible = all(_is_plausible(figure) for figure in (value, tax, quantity) if figure is not None)
        line = ValuedLine(
            order_line=row.order_line_id,
            item=row.label,
            quantity=quantity,
            unit=unit_of(row),
            unit_value=None if each.value is None else _shown(each.value),
            value=_rounded(value, unit) if plausible and value is not None else None,
            tax=_rounded(tax, unit) if plausible and tax is not None else None,
        )
        yield _Valued(line, each.is_confirmed, each.is_fixed and plausible)


def _shown(unit_value: Decimal) -> Decimal:
    """At most six decimals, at least two."""
    shown = _rounded(unit_value, SHOWN_UNIT_VALUE)
    return shown.quantize(CENT) if shown == shown.quantize(CENT) else shown.normalize()


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
    standing: Standing, supported: Decimal, is_reduced: bool, amount_fixed: bool, due_date: date | None
) -> Iterator[str]:
    """Why the right cannot enter a pool (AMAC 中基协发〔2025〕5号: performed, amount and payment time certain)."""
    if not standing.is_accepted:
        yield NOT_PERFORMED
    else:
        if not amount_fixed:
            yield AMOUNT_NOT_FIXED
        if due_date is None:
            yield DUE_DATE_NOT_FIXED
    if any(each.is_disputed for each in standing.documents):
        yield DISPUTE_OPEN
    if standing.has_other_currency:
        yield CURRENCY_DIFFERS
    if supported <= 0 and (is_reduced or (standing.is_accepted and amount_fixed)):
        yield NOTHING_LEFT
