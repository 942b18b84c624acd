"""A trade's documents set against each other: what was ordered, moved, accepted and billed, and what differs.

Pure Python. The result depends on the documents only, never on their order of arrival. The order's lines are the spine;
a line of another document joins it by reference, else by what it says (see `joining`). Who calls leaves out duplicates.
Disputed documents are shown and do not count for quantities. Quantities are compared in the row's unit (see `core.units`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from abs_platform.integrations.formats.keys import plain
from abs_platform.trade.facts import PRECISION, DocumentFacts, DocumentId
from abs_platform.trade.joining import ITEM_IDS, Part, Row, differs, join

ZERO = Decimal(0)

INVOICED_OVER_RECEIVED = "invoiced_over_received"
INVOICED_OVER_ORDERED = "invoiced_over_ordered"
RECEIVED_OVER_ORDERED = "received_over_ordered"
DESPATCHED_OVER_ORDERED = "despatched_over_ordered"
RECEIVED_OVER_DESPATCHED = "received_over_despatched"
UNIT_PRICE_DIFFERS = "unit_price_differs"
AMOUNT_OVER_ORDERED = "amount_over_ordered"
UNIT_DIFFERS = "unit_differs"
UNIT_MISSING = "unit_missing"
CURRENCY_DIFFERS = "currency_differs"
ITEM_NOT_ORDERED = "item_not_ordered"
ITEM_DIFFERS = "item_differs"
# Seen by the matching of lines and the clearing of invoices (see matching/), reported as alerts.
LINE_CONSUMED_TWICE = "line_consumed_twice"
PAID_OVER_INVOICED = "paid_over_invoiced"
CREDITED_OVER_INVOICED = "credited_over_invoiced"
# By kind of the document that overtakes an order.
OVERTAKING = {"order_change": "order_changed", "order_cancellation": "order_cancelled"}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Two documents that disagree. `document` and `line` name the one that departs; `line` is "" for all of it.

    expected and found are text: quantities without trailing zeros, prices with at least two decimals, codes.
    """

    rule: str
    document: str
    line: str
    expected: str
    found: str
    document_id: DocumentId


@dataclass(frozen=True, slots=True)
class OpenQuantity:
    """What is still to come of an order line: `document` is the order's number."""

    document: str
    line: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class LineComparison:
    """One row of the comparison. Quantities are in `unit`; None where no counting document states one.

    `order_line` is None for what no order line is known of. Prices are per one unit. `parts`: the lines of the row.
    """

    order_number: str | None
    order_line: str | None
    item: str
    unit: str
    ordered: Decimal | None
    despatched: Decimal | None
    received: Decimal | None
    rejected: Decimal | None
    short: Decimal | None
    accepted: Decimal | None
    invoiced: Decimal | None
    credited: Decimal | None
    order_price: Decimal | None
    invoice_price: Decimal | None
    differences: tuple[str, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole trade: rows in the order's sequence, then what the order does not know."""

    lines: tuple[LineComparison, ...]
    mismatches: tuple[Mismatch, ...]
    open_quantities: tuple[OpenQuantity, ...]


@dataclass(frozen=True, slots=True)
class _Trade:
    """What the whole trade has; decides which rules apply to each row."""

    currency: str | None
    has_order: bool
    has_despatch: bool
    has_receipt: bool


def compare(documents: Sequence[DocumentFacts]) -> Comparison:
    """Compares the documents of one trade."""
    rows = join(documents)
    # The spine only: of several versions of one order, one counts.
    orders = {part.document.id: part.document for row in rows for part in row.of("order")}
    trade = _Trade(
        currency=next((each.currency for each in orders.values() if each.currency), None),
        has_order=bool(orders),
        has_despatch=_counts_any(documents, "despatch_advice"),
        has_receipt=_counts_any(documents, "receipt_advice"),
    )
    with localcontext() as context:
        context.prec = PRECISION
        found = [(row, list(_mismatches(row, trade))) for row in rows]
        return Comparison(
            lines=tuple(_line(row, mismatches) for row, mismatches in found),
            mismatches=(
                *_overtaken_orders(documents),
                *_currencies(documents, trade),
                *(each for _, mismatches in found for each in mismatches),
            ),
            open_quantities=tuple(_open_quantities(rows, trade)),
        )


def total(parts: Iterable[Part], unit: str, *, of: str = "quantity") -> Decimal | None:
    """The sum of a quantity over the counting parts of `unit`; None when none states it. `of`: a field of Line."""
    stated = [getattr(part.line, of) for part in parts if part.document.counts and part.in_unit(unit)]
    known = [quantity for quantity in stated if quantity is not None]
    return sum(known, ZERO) if known else None


def _counts_any(documents: Sequence[DocumentFacts], kind: str) -> bool:
    return any(each.kind == kind and each.counts for each in documents)


def _line(row: Row, mismatches: Sequence[Mismatch]) -> LineComparison:
    receipts = row.of("receipt_advice")
    unit = row.unit
    return LineComparison(
        order_number=row.order_number,
        order_line=row.order_line_id,
        item=row.label,
        unit=unit,
        ordered=total(row.of("order"), unit),
        despatched=total(row.of("despatch_advice"), unit),
        received=total(receipts, unit),
        rejected=total(receipts, unit, of="rejected"),
        short=total(receipts, unit, of="short"),
        accepted=total(receipts, unit, of="accepted"),
        invoiced=total(row.of("invoice"), unit),
        credited=total(row.of("credit_note"), unit),
        order_price=next((price for part in row.of("order") if (price := _unit_price(part)) is not None), None),
        invoice_price=next((price for part in row.of("invoice") if (price := _unit_price(part)) is not None), None),
        differences=tuple(dict.fromkeys(each.rule for each in mismatches)),
        parts=row.parts,
    )


def _unit_price(part: Part) -> Decimal | None:
    if part.line.price is None or not part.line.price_base_quantity:
        return None
    return part.line.price / part.line.price_base_quantity


def _mismatches(row: Row, trade: _Trade) -> Iterator[Mismatch]:
    yield from _quantities(row, trade)
    yield from _unit_prices(row)
    yield from _amounts(row)
    yield from _units(row)
    yield from _items(row)
    if trade.has_order and not row.of("order"):
        for part in (*row.of("despatch_advice"), *row.of("receipt_advice"), *row.of("invoice")):
            yield _mismatch(ITEM_NOT_ORDERED, part, expected="", found=part.line.label)


def _quantities(row: Row, trade: _Trade) -> Iterator[Mismatch]:
    orders, despatches = row.of("order"), row.of("despatch_advice")
    receipts, invoices = row.of("receipt_advice"), row.of("invoice")
    if orders:
        yield from _over(DESPATCHED_OVER_ORDERED, orders, despatches, required=True)
        yield from _over(RECEIVED_OVER_ORDERED, orders, receipts, of="accepted", required=True)
    if trade.has_despatch:
        yield from _over(RECEIVED_OVER_DESPATCHED, despatches, receipts)
    if trade.has_receipt:
        yield from _over(INVOICED_OVER_RECEIVED, receipts, invoices, limit_of="accepted")
    elif orders:
        yield from _over(INVOICED_OVER_ORDERED, orders, invoices, required=True)


def _over(
    rule: str,
    limiting: Sequence[Part],
    limited: Sequence[Part],
    *,
    of: str = "quantity",
    limit_of: str = "quantity",
    required: bool = False,
) -> Iterator[Mismatch]:
    """More in `limited` than in `limiting`, unit by unit; names the first document that takes the sum over the limit.

    No line in `limiting` at all is a limit of zero, unless `required`. What it states in other units, or without a
    quantity, cannot be compared. The limit gives way by the least tolerance that is in force on a date of `limited`.
    """
    counting = [part for part in limiting if part.document.counts]
    if required and not counting:
        return
    limits = _by_unit(counting, limit_of)
    by_unit: dict[str, list[tuple[Part, Decimal]]] = {}
    for part in limited:
        quantity = getattr(part.line, of)
        if part.document.counts and quantity is not None:
            by_unit.setdefault(part.unit, []).append((part, quantity))
    for unit, quantities in by_unit.items():
        limit = _in_unit(limits, unit)
        if limit is None and counting:
            continue
        limit = limit or ZERO
        bound = limit * (1 + min(part.document.tolerance.quantity for part, _ in quantities))
        found, crossing = ZERO, None
        for part, quantity in quantities:
            found += quantity
            if crossing is None and found > bound:
                crossing = part
        if crossing is not None and found > bound:
            yield _mismatch(rule, crossing, expected=plain(limit), found=plain(found))


def _by_unit(parts: Iterable[Part], of: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for part in parts:
        quantity = getattr(part.line, of)
        if quantity is not None:
            sums[part.unit] = sums.get(part.unit, ZERO) + quantity
    return sums


def _in_unit(sums: Mapping[str, Decimal], unit: str) -> Decimal | None:
    """The sum in a unit; where the unit is stated on one side only, the two are taken to agree."""
    fitting = [sums[each] for each in (unit, "") if each in sums] if unit else list(sums.values())
    return sum(fitting, ZERO) if fitting else None


def _unit_prices(row: Row) -> Iterator[Mismatch]:
    """Price ÷ base quantity, exactly; line amounts do not matter here."""
    for order in row.of("order")[:1]:
        for invoice in row.of("invoice"):
            ordered, invoiced = _unit_price(order), _unit_price(invoice)
            if ordered is None or invoiced is None or not _comparable(order, invoice):
                continue
            if abs(invoiced - ordered) > abs(ordered) * invoice.document.tolerance.price:
                yield _mismatch(UNIT_PRICE_DIFFERS, invoice, expected=_money(ordered), found=_money(invoiced))


def _amounts(row: Row) -> Iterator[Mismatch]:
    """What invoices bill in all, in whatever unit, against the order line's amount, where a tolerance says that amounts are
    compared.
    """
    orders = [part for part in row.of("order")[:1] if part.document.counts and part.amount is not None]
    invoices = [part for part in row.of("invoice") if part.document.counts]
    allowed = [part.document.tolerance.amount for part in invoices if part.document.tolerance.amount is not None]
    if not orders or not allowed or orders[0].amount is None:
        return
    ordered, found = orders[0].amount, ZERO
    for part in invoices:
        if _in_one_currency(orders[0], part) and part.amount is not None:
            found += part.amount
            if found > ordered * (1 + min(allowed)):
                yield _mismatch(AMOUNT_OVER_ORDERED, part, expected=_money(ordered), found=_money(found))
                return


def _comparable(one: Part, other: Part) -> bool:
    return _in_one_currency(one, other) and other.in_unit(one.unit)


def _in_one_currency(one: Part, other: Part) -> bool:
    return len({each.document.currency for each in (one, other) if each.document.currency}) < 2


def _units(row: Row) -> Iterator[Mismatch]:
    unit = row.unit
    for part in row.parts:
        if not part.in_unit(unit):
            yield _mismatch(UNIT_DIFFERS, part, expected=unit, found=part.line.unit or "")
        elif unit and not part.unit and part.line.quantity is not None:
            yield _mismatch(UNIT_MISSING, part, expected=unit, found="")


def _items(row: Row) -> Iterator[Mismatch]:
    """What a reference joined, and is called something else than what the order, or the first that names it, calls it."""
    named = [part for part in row.parts if part.line.label]
    for part in named[1:]:
        if differs(named[0].line, part.line):
            yield _mismatch(ITEM_DIFFERS, part, expected=_item(named[0], part), found=_item(part, named[0]))


def _item(part: Part, other: Part) -> str:
    """The item as the two can be told apart: the identifier that both state, else the name."""
    for scheme in ITEM_IDS:
        if getattr(other.line, scheme) and (stated := getattr(part.line, scheme)):
            return str(stated)
    return part.line.label


def _overtaken_orders(documents: Sequence[DocumentFacts]) -> Iterator[Mismatch]:
    for each in sorted(documents, key=DocumentFacts.sort_key):
        if each.counts and (rule := OVERTAKING.get(each.kind)):
            yield Mismatch(rule, each.number, "", each.order_number or "", each.number, each.id)


def _currencies(documents: Sequence[DocumentFacts], trade: _Trade) -> Iterator[Mismatch]:
    for each in sorted(documents, key=DocumentFacts.sort_key):
        if each.kind not in ("invoice", "credit_note"):
            continue
        if trade.currency and each.currency not in (None, "", trade.currency):
            yield Mismatch(CURRENCY_DIFFERS, each.number, "", trade.currency, each.currency or "", each.id)


def _open_quantities(rows: Sequence[Row], trade: _Trade) -> Iterator[OpenQuantity]:
    """Ordered less accepted; before the first receipt, less despatched."""
    for row in rows:
        ordered = total(row.of("order"), row.unit)
        if ordered is None:
            continue
        if trade.has_receipt:
            done = total(row.of("receipt_advice"), row.unit, of="accepted")
        else:
            done = total(row.of("despatch_advice"), row.unit)
        if ordered > (done or ZERO):
            yield OpenQuantity(row.order_number or "", row.order_line_id or "", ordered - (done or ZERO), row.unit)


def _mismatch(rule: str, part: Part, *, expected: str, found: str) -> Mismatch:
    return Mismatch(rule, part.document.number, part.line.id, expected, found, part.document.id)


def _money(price: Decimal) -> str:
    """A price with at least two decimals and no more than ten."""
    text = plain(round(price, 10))
    decimals = len(text.partition(".")[2])
    return text if decimals >= 2 else format(Decimal(text), ".2f")
