"""What a row of the comparison comes to, which pieces its lines use and which line uses what was used up: worked out in Python
from the lines alone, to be held against what the database's definition says.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from abs_platform.integrations.formats.model import fold
from abs_platform.trade.joining import Part
from abs_platform.trade.rules import LineComparison

ZERO = Decimal(0)
Position = tuple[str, int]
"""A line: its document's id, and its place there."""
Piece = tuple[Position, Decimal, Position, Decimal, Decimal]
"""Of which line, from where, by which, up to where, of how much."""

KINDS = {3: "receipt_advice", 4: "invoice", 5: "credit_note"}


@dataclass(slots=True)
class Offer:
    """A line that has something to be used. `named`: how much those that name it want."""

    part: Part
    quantity: Decimal
    named: Decimal = ZERO
    used: Decimal = field(default=ZERO)


def position(part: Part) -> Position:
    return str(part.document.id), part.position


def offered(line: LineComparison, level: int) -> list[tuple[Part, Decimal]]:
    """The lines of a level that add up, in sequence, with what each has: of a receipt's what it accepts."""
    found = []
    for part in line.parts:
        quantity = part.line.accepted if level == 3 else part.line.quantity
        if (
            part.document.kind == KINDS[level]
            and part.document.counts
            and part.in_unit(line.unit)
            and (quantity or 0) > 0
        ):
            found.append((part, quantity or ZERO))
    return found


def pieces(line: LineComparison) -> list[Piece]:
    """First what names the line that it uses; then the rest of both sides, end to end."""
    return [piece for level in (3, 4) for piece in _laid(line, level)]


def _laid(line: LineComparison, level: int) -> Iterator[Piece]:
    offers = [Offer(part, quantity) for part, quantity in offered(line, level)]
    wanting = []
    for claim, quantity in offered(line, level + 1):
        taken = ZERO
        if offer := _named(claim, offers):
            taken = min(quantity, offer.quantity - offer.used)
            yield from _piece(offer, taken, claim)
        wanting.append((claim, quantity - taken))
    left = iter(offers)
    offer = next(left, None)
    for claim, rest in wanting:
        while rest > 0 and offer:
            taken = min(rest, offer.quantity - offer.used)
            yield from _piece(offer, taken, claim)
            rest -= taken
            if offer.used == offer.quantity:
                offer = next(left, None)


def _piece(offer: Offer, taken: Decimal, claim: Part) -> Iterator[Piece]:
    if taken > 0:
        yield position(offer.part), offer.used, position(claim), offer.used + taken, offer.quantity
        offer.used += taken


def _named(claim: Part, offers: Iterable[Offer]) -> Offer | None:
    said = claim.line
    number, line_id = (
        (said.receipt_number, said.receipt_line_id)
        if claim.document.kind == "invoice"
        else (said.invoice_number, said.invoice_line_id)
    )
    if not number or not line_id:
        return None
    wanted = fold(number), fold(line_id)
    return next((each for each in offers if (fold(each.part.document.number), fold(each.part.line.id)) == wanted), None)


def used_again_by(line: LineComparison) -> Position | None:
    """Of invoices before receipts before credit notes: the last that names what was used up, else the last of too much."""
    return _again(line, 4) or _too_much_received(line) or _again(line, 5)


def _again(line: LineComparison, level: int) -> Position | None:
    offers = [Offer(part, quantity) for part, quantity in offered(line, level - 1)]
    claims = offered(line, level)
    found = None
    for claim, quantity in claims:
        if offer := _named(claim, offers):
            before, offer.named = offer.named, offer.named + quantity
            if before > 0 and offer.named > offer.quantity * (1 + claim.document.tolerance.quantity):
                found = position(claim)
    if found or level == 5 or line.received is None or len(claims) < 2:
        return found
    billed = sum(quantity for _, quantity in claims)
    return position(claims[-1][0]) if billed > (line.accepted or ZERO) * (1 + _tolerance(line, 4)) else None


def _too_much_received(line: LineComparison) -> Position | None:
    receipts = offered(line, 3)
    if len(receipts) < 2 or line.accepted is None or line.ordered is None or not _is_ordered(line):
        return None
    return position(receipts[-1][0]) if line.accepted > line.ordered * (1 + _tolerance(line, 3)) else None


def _counting(line: LineComparison, kind: str) -> list[Part]:
    return [part for part in line.parts if part.document.kind == kind and part.document.counts]


def _tolerance(line: LineComparison, level: int) -> Decimal:
    return min((part.document.tolerance.quantity for part in _counting(line, KINDS[level])), default=ZERO)


def _is_ordered(line: LineComparison) -> bool:
    return bool(_counting(line, "order"))


def _in_one_currency(line: LineComparison, invoice: Part) -> bool:
    return len({each for each in (line.parts[0].document.currency, invoice.document.currency) if each}) < 2


def status(line: LineComparison) -> str:
    """The worst that there is to say of the row."""
    received, accepted, ordered, invoiced = line.received, line.accepted, line.ordered, line.invoiced
    more, less = 1 + _tolerance(line, 4), 1 - _tolerance(line, 4)
    may_bill = ordered if received is None else accepted or ZERO
    said: Sequence[tuple[str, bool]] = [
        ("not_ordered", not _is_ordered(line)),
        ("over_received", _over(accepted, ordered, 1 + _tolerance(line, 3))),
        ("over_invoiced", _over(invoiced, may_bill, more)),
        ("price_differs", any(_price_differs(line, part) for part in _counting(line, "invoice"))),
        ("amount_differs", _amount_differs(line)),
        ("invoice_first", received is None and (invoiced or 0) > 0),
        ("to_receive", received is None),
        ("rejected", (line.rejected or 0) > 0),
        ("short", accepted is not None and ordered is not None and accepted < ordered * (1 - _tolerance(line, 3))),
        ("to_invoice", (invoiced or ZERO) < (accepted or ZERO) * less),
    ]
    return next((name for name, holds in said if holds), "matched")


def _over(found: Decimal | None, limit: Decimal | None, times: Decimal) -> bool:
    return found is not None and limit is not None and found > limit * times


def _price_differs(line: LineComparison, invoice: Part) -> bool:
    order = line.parts[0]
    if not (_in_one_currency(line, invoice) and invoice.in_unit(line.unit)):
        return False
    ordered, billed = _price(order), _price(invoice)
    if ordered is None or billed is None:
        return False
    return abs(billed - ordered) > abs(ordered) * invoice.document.tolerance.price


def _price(part: Part) -> Decimal | None:
    if part.line.price is None or not part.line.price_base_quantity:
        return None
    return part.line.price / part.line.price_base_quantity


def _amount_differs(line: LineComparison) -> bool:
    invoices = _counting(line, "invoice")
    allowed = [part.document.tolerance.amount for part in invoices if part.document.tolerance.amount is not None]
    ordered = line.parts[0].amount
    if not allowed or ordered is None:
        return False
    billed = [part.amount for part in invoices if _in_one_currency(line, part) and part.amount is not None]
    return bool(billed) and sum(billed, ZERO) > ordered * (1 + min(allowed))
