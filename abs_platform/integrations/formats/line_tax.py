"""Each line's share of the tax: stated, else by its rate, else its part of what the document states."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext

from abs_platform.integrations.formats.model import ZERO, Line

# A tax that we compute is no finer than this, whatever the currency.
COMPUTED_TAX = Decimal("0.01")
# A tax that we compute and that is greater than any amount that can be stated is left out.
TAX_LIMIT = Decimal(10) ** 15
# Enough for the product of three figures of any document.
PRECISION = 90
HUNDRED = Decimal(100)


def with_tax(lines: Sequence[Line], document_tax: Decimal | None) -> tuple[Line, ...]:
    """Each line with its tax: stated, else by its rate, else its share of what the document states and no line claims.

    The share is by line amount, and the shares add up to the figure shared.
    """
    with localcontext() as context:
        context.prec = PRECISION
        return tuple(_shared([_with_rated_tax(line) for line in lines], document_tax))


def _shared(rated: list[Line], document_tax: Decimal | None) -> list[Line]:
    open_amount = sum((line.amount for line in rated if line.tax is None and line.amount is not None), ZERO)
    if document_tax is None or not open_amount:
        return rated
    to_share = document_tax - sum((line.tax for line in rated if line.tax is not None), ZERO)
    if to_share < 0 < open_amount:
        return rated
    shared, amount_so_far, tax_so_far = [], ZERO, ZERO
    for line in rated:
        if line.tax is not None or line.amount is None:
            shared.append(line)
            continue
        amount_so_far += line.amount
        due = _rounded(to_share * amount_so_far / open_amount)
        shared.append(replace(line, tax=due - tax_so_far))
        tax_so_far = due
    plausible = all(line.tax is None or abs(line.tax) < TAX_LIMIT for line in shared)
    return shared if plausible else rated


def _with_rated_tax(line: Line) -> Line:
    if line.tax is not None or line.tax_percent is None or line.amount is None:
        return line
    tax = _rounded(line.amount * line.tax_percent / HUNDRED)
    return replace(line, tax=tax) if abs(tax) < TAX_LIMIT else line


def _rounded(tax: Decimal) -> Decimal:
    return tax.quantize(COMPUTED_TAX, rounding=ROUND_HALF_UP)
