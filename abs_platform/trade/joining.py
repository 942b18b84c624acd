"""Which line of one document is which line of another.

By reference first (order line, or by way of a despatch, receipt or invoice line), then by item identifiers (buyer's,
seller's, standard), then by name, and where a line names no item at all, by quantity or price. What fits several rows
goes to the one that its own document has not used yet and that also agrees in unit, price and quantity.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from itertools import islice

from abs_platform.core.units import ratio, unit_code
from abs_platform.integrations.formats.model import Line, fold
from abs_platform.trade.facts import CONFIRMED, DISPUTED, PRECISION, DocumentFacts, DocumentId, stated_amount

# Of more rows that fit alike, this many are weighed against each other.
CANDIDATES = 32
# In larger trades, equal figures are chance.
MAX_ROWS_BY_FIGURES = 200

# Of a word in an alphabet, so many letters tell it from others; in Chinese and Japanese each character tells.
STEM = 4
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")

# What of a line is counted in its unit.
QUANTITIES = ("quantity", "rejected", "short", "oversupply", "backorder", "price_base_quantity")
ITEM_IDS = ("buyer_item_id", "seller_item_id", "standard_item_id")


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a document within a row. `position`: its place in the document.

    `stated`: the line as the document states it, where `line` gives its quantities in the row's unit.
    """

    document: DocumentFacts
    line: Line
    position: int = 0
    stated: Line | None = None
    unit: str = field(init=False)
    """The unit code; "" where none is stated."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", unit_code(self.line.unit))

    @property
    def amount(self) -> Decimal | None:
        """The line amount; where none is stated, what price and quantity make."""
        return stated_amount(self.line)

    def in_unit(self, unit: str) -> bool:
        """Whether its quantity may be in `unit`: where either is not stated, they are taken to agree."""
        return not self.unit or not unit or self.unit == unit

    def converted(self, unit: str) -> "Part":
        """With its quantities in `unit`, where that is a multiple of its own: one tonne is a thousand kilograms."""
        if self.in_unit(unit):
            return self
        with localcontext() as context:
            context.prec = PRECISION
            times = ratio(self.unit, unit)
            if times is None:
                return self
            line = self.line
            quantities = {name: value * times for name in QUANTITIES if (value := getattr(line, name)) is not None}
            return replace(self, line=replace(line, unit=unit, **quantities), stated=self.stated or line)


@dataclass(slots=True, eq=False)
class Row:
    """The lines that are one and the same across the documents."""

    order_number: str | None = None
    order_line_id: str | None = None
    parts: tuple[Part, ...] = ()
    used_by: set[DocumentId] = field(default_factory=set)
    unit: str = ""
    """The first unit stated along the ladder."""

    def add(self, part: Part) -> None:
        self.parts = (*self.parts, part.converted(self.unit))
        self.used_by.add(part.document.id)
        self.unit = self.unit or part.unit

    def of(self, kind: str) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.document.kind == kind)

    @property
    def label(self) -> str:
        return next((part.line.label for part in self.parts if part.line.label), "")


def join(documents: Sequence[DocumentFacts]) -> list[Row]:
    """The rows of a trade: the order's lines in its sequence, then one for every line that no order line knows."""
    known = sorted(documents, key=DocumentFacts.sort_key)
    table = _Table()
    for order in _spine(known):
        for position, line in enumerate(order.lines):
            table.open(Part(order, line, position), order_number=order.number, order_line_id=line.id)
    for document in known:
        if document.kind in ("despatch_advice", "receipt_advice", "invoice", "credit_note"):
            for position, line in enumerate(document.lines):
                table.place(Part(document, line, position))
    return table.rows


def _spine(documents: Iterable[DocumentFacts]) -> list[DocumentFacts]:
    """One order for each order number: confirmed before open before disputed, then the earliest."""
    standing = {CONFIRMED: 0, DISPUTED: 2}
    orders = sorted(
        (each for each in documents if each.kind == "order"),
        key=lambda order: (order.number, standing.get(order.confirmation, 1), order.sort_key()),
    )
    return list({order.number: order for order in reversed(orders)}.values())[::-1]


class _Table:
    """Rows with the indexes that find them."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        # Rows in sequence under each key; a dictionary, so that a row is in it once.
        self._by_key: dict[tuple[str, ...], dict[Row, None]] = {}
        # Rows under a key that a document has not been seen to use: a copy, kept only for keys of very many rows.
        self._unused: dict[tuple[tuple[str, ...], DocumentId], dict[Row, None]] = {}

    def open(self, part: Part, *, order_number: str | None, order_line_id: str | None) -> Row:
        row = Row(order_number=order_number, order_line_id=order_line_id)
        self.rows.append(row)
        if order_line_id is not None:
            self._index(("order_line", fold(order_line_id)), row)
        self._add(part, row)
        return row

    def place(self, part: Part) -> None:
        """Puts the line into the row that it belongs to, or into a new one."""
        row = self._find(part)
        if row is None:
            self.open(part, order_number=None, order_line_id=None)
        else:
            self._add(part, row)

    def _add(self, part: Part, row: Row) -> None:
        row.add(part)
        for key in _keys(part):
            self._index(key, row)

    def _index(self, key: tuple[str, ...], row: Row) -> None:
        self._by_key.setdefault(key, {})[row] = None

    def _find(self, part: Part) -> Row | None:
        for key in _references(part):
            rows = self._candidates(key, part)
            if key[0] == "order_line" and part.line.order_number:
                rows = [row for row in rows if fold(row.order_number) == fold(part.line.order_number)]
            if rows:
                return _best(part, rows)
        for key in _items(part):
            rows = [row for row in self._candidates(key, part) if key[0] != "name" or not _contradicts(part.line, row)]
            if rows:
                return _best(part, rows)
        return None if _names_an_item(part.line) else self._by_figures(part)

    def _candidates(self, key: tuple[str, ...], part: Part) -> list[Row]:
        """The rows under a key; of more than CANDIDATES, the first of those that the document has not used yet.

        Each used row is passed over once for each document, so that thousands of equal lines join in linear time.
        """
        rows = self._by_key.get(key, {})
        if len(rows) <= CANDIDATES:
            return list(rows)
        unused = self._unused.setdefault((key, part.document.id), dict(rows))
        found: list[Row] = []
        for row in list(unused):
            if part.document.id in row.used_by:
                del unused[row]
            elif len(found) < CANDIDATES:
                found.append(row)
            else:
                break
        return found or list(islice(rows, CANDIDATES))

    def _by_figures(self, part: Part) -> Row | None:
        """For a line that names no item: the one row of the same quantity or price, else the only row there is."""
        if len(self.rows) > MAX_ROWS_BY_FIGURES:
            return None
        unused = [row for row in self.rows if part.document.id not in row.used_by]
        for agrees in (_quantity_agrees, _price_agrees):
            rows = [row for row in unused if agrees(part, row)]
            if len(rows) == 1:
                return rows[0]
        return self.rows[0] if len(self.rows) == 1 and unused else None


def _keys(part: Part) -> list[tuple[str, ...]]:
    """Under what a row is found again by later lines."""
    line, document = part.line, part.document
    keys = [_reference(document.kind, document.number, line.id), *_items(part)]
    if document.kind != "order" and line.order_line_id:
        # While the order is missing, lines that refer to one of its lines find each other.
        keys.append(("order_line_referred", fold(line.order_number), fold(line.order_line_id)))
    return keys


def _references(part: Part) -> list[tuple[str, ...]]:
    line = part.line
    keys: list[tuple[str, ...]] = []
    if line.order_line_id:
        keys.append(("order_line", fold(line.order_line_id)))
    for kind, number, line_id in (
        ("despatch_advice", line.despatch_number, line.despatch_line_id),
        ("receipt_advice", line.receipt_number, line.receipt_line_id),
        ("invoice", line.invoice_number, line.invoice_line_id),
    ):
        if number and line_id:
            keys.append(_reference(kind, number, line_id))
    if line.order_line_id:
        keys.append(("order_line_referred", fold(line.order_number), fold(line.order_line_id)))
    return keys


def _reference(kind: str, number: str, line_id: str) -> tuple[str, ...]:
    return kind, fold(number), fold(line_id)


def _items(part: Part) -> list[tuple[str, ...]]:
    line = part.line
    keys: list[tuple[str, ...]] = [(scheme, fold(value)) for scheme in ITEM_IDS if (value := getattr(line, scheme))]
    if line.item_name or line.item_description:
        keys.append(("name", fold(line.item_name or line.item_description)))
    return keys


def _names_an_item(line: Line) -> bool:
    return bool(line.label)


def differs(line: Line, other: Line) -> bool:
    """Whether two lines name different items: by the identifiers that both state, else by names without a common word."""
    stated = [(fold(getattr(line, scheme)), fold(getattr(other, scheme))) for scheme in ITEM_IDS]
    both = [(one, another) for one, another in stated if one and another]
    if both:
        return all(one != another for one, another in both)
    names = [each.item_name or each.item_description for each in (line, other)]
    return all(names) and not _have_a_word_in_common(*(name or "" for name in names))


def _have_a_word_in_common(name: str, other: str) -> bool:
    """A word that begins like a word of the other, or a character of a script that does not part its words."""
    whole, other_whole = fold(name), fold(other)
    if whole in other_whole or other_whole in whole:
        return True
    words, others = (
        [word[:STEM] for word in WORD.findall(unicodedata.normalize("NFKC", each).casefold())] for each in (name, other)
    )
    return bool(set(words) & set(others))


def _contradicts(line: Line, row: Row) -> bool:
    """Equal names do not make one item of two whose identifiers of one scheme differ."""
    return any(
        (own := fold(getattr(line, scheme))) and (other := fold(getattr(part.line, scheme))) and own != other
        for part in row.parts
        for scheme in ITEM_IDS
    )


def _best(part: Part, rows: list[Row]) -> Row:
    """Narrows step by step, each step only while something is left; what remains is the first in sequence."""
    steps: tuple[Callable[[Part, Row], bool], ...] = (_is_unused, _unit_agrees, _price_agrees, _quantity_agrees)
    for agrees in steps:
        if len(rows) == 1:
            break
        rows = [row for row in rows if agrees(part, row)] or rows
    return rows[0]


def _is_unused(part: Part, row: Row) -> bool:
    return part.document.id not in row.used_by


def _unit_agrees(part: Part, row: Row) -> bool:
    return part.converted(row.unit).in_unit(row.unit)


def _price_agrees(part: Part, row: Row) -> bool:
    price = part.line.price
    return price is not None and any(price == each.line.price for each in row.parts)


def _quantity_agrees(part: Part, row: Row) -> bool:
    quantity = part.converted(row.unit).line.quantity
    return quantity is not None and any(quantity == each.line.quantity for each in row.parts)
