"""What somebody who confirms a document looks at, in money: what the organisation's limits are held against.

A supplier writes the sums of its documents, and a right is reckoned from their lines: so no sum counts below its lines.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext

from abs_platform.core.currencies import AMOUNT_LIMIT, minor_unit
from abs_platform.integrations.formats.model import Extracted, Line
from abs_platform.trade.facts import PRECISION, stated_amount
from abs_platform.trade.models import TradeDocument
from abs_platform.trade.selectors import Facts

ZERO = Decimal(0)
ORDER, RECEIPT = "order", "receipt_advice"


def worth_in(row: TradeDocument, facts: Facts) -> Decimal | None:
    """`worth_of` a filed document, with the facts of its trade."""
    orders = [said for id, said in facts.extracted.items() if id != row.document_id]
    return worth_of(facts.extracted[row.document_id], orders, ordered=row.trade.ordered)


def worth_of(said: Extracted, orders: Iterable[Extracted], *, ordered: Decimal | None) -> Decimal | None:
    """The most that confirming a document is about: its total, or what its lines add up to where that is more.

    A receipt makes worth what was `orders`ed, whatever amount it states itself; `ordered`: the trade's own sum, where no
    order is at hand. None where nothing is stated, or more than any real trade is.
    """
    found = [_of_document(said)]
    if said.kind == RECEIPT or found == [None]:
        found += [_of_document(each) for each in orders if each.kind == ORDER] or [ordered]
    known = [abs(each) for each in found if each is not None]
    most = max(known, default=None)
    return most if most is not None and most < AMOUNT_LIMIT else None


def _of_document(said: Extracted) -> Decimal | None:
    with localcontext() as context:
        context.prec = PRECISION
        lines = [amount for line in said.lines if (amount := _with_tax(line)) is not None]
        # What an order takes back lowers no right; of an invoice, its total bounds the right.
        counted = [amount for amount in lines if amount > 0] if said.kind == ORDER else lines
        summed, stated = sum(counted, ZERO), said.total
        if not lines:
            return stated
        unit = minor_unit(said.currency)
        # Each line may be rounded by half a unit, and its tax too.
        if stated is not None and summed <= abs(stated) + unit * len(lines):
            return stated
        return summed.quantize(unit, rounding=ROUND_HALF_UP)


def _with_tax(line: Line) -> Decimal | None:
    amount = stated_amount(line)
    return None if amount is None else amount + (line.tax or ZERO)
