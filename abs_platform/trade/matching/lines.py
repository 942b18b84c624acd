"""A filed line as the matching sees it. Pure Python: digests of references, figures within the database's limits."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from uuid import UUID

from abs_platform.core.units import unit_code, unit_of
from abs_platform.crypto import sm3
from abs_platform.integrations.formats.model import Line, fold
from abs_platform.trade.facts import PRECISION

LEVELS = {"order": 1, "despatch_advice": 2, "receipt_advice": 3, "invoice": 4, "credit_note": 5}

# Beyond these no figure of a real trade lies, and the columns end: such a price or amount says nothing.
PRICE_LIMIT, PRICE_UNIT = Decimal(10) ** 20, Decimal(1).scaleb(-20)
AMOUNT_LIMIT, AMOUNT_UNIT = Decimal(10) ** 27, Decimal(1).scaleb(-13)


@dataclass(frozen=True, slots=True)
class Said:
    """The document that lines are of."""

    kind: str
    number: str
    issue_date: date | None
    currency: str | None


def digest(seller_id: UUID, *parts: str) -> UUID:
    """References are compared by digest: as narrow as an id, and equal only where all parts are (SM3, half of it)."""
    return UUID(bytes=sm3.sm3("\x1f".join((str(seller_id), *parts)).encode())[:16])


def match_lines(seller_id: UUID, said: Said, lines: Sequence[Line]) -> Iterator[dict[str, object]]:
    """The columns of each line's MatchLine, one for each of `lines`, in sequence. Raises KeyError for kinds without a level."""
    level = LEVELS[said.kind]
    counts = Counter(fold(line.id) for line in lines)
    with localcontext() as context:
        context.prec = PRECISION
        for position, line in enumerate(lines):
            unit = unit_of(unit_code(line.unit))
            yield {
                "level": level,
                "position": position,
                "number": said.number,
                "issue_date": said.issue_date,
                "currency": said.currency or "",
                "distinct_id": counts[fold(line.id)] == 1,
                **_references(seller_id, said, line),
                "unit": unit.base[:20],
                "factor": unit.factor if unit.base else None,
                "quantity": line.quantity,
                "accepted": line.accepted if said.kind == "receipt_advice" else None,
                "rejected": line.rejected,
                "short": line.short,
                "unit_price": _unit_price(line),
                "amount": _amount(line),
            }


def _references(seller_id: UUID, said: Said, line: Line) -> dict[str, UUID | None]:
    def of(prefix: str, number: str | None, line_id: str | None) -> UUID | None:
        return digest(seller_id, prefix, fold(number), fold(line_id)) if number and line_id else None

    number, line_id = (said.number, line.id) if said.kind == "order" else (line.order_number, line.order_line_id)
    return {
        "order_key": digest(seller_id, "order", fold(number)) if number else None,
        "order_line_key": digest(seller_id, "order_line", fold(line_id)) if line_id else None,
        "own_ref": of(said.kind, said.number, line.id) if said.kind != "order" else None,
        "despatch_ref": of("despatch_advice", line.despatch_number, line.despatch_line_id),
        "receipt_ref": of("receipt_advice", line.receipt_number, line.receipt_line_id),
        "invoice_ref": of("invoice", line.invoice_number, line.invoice_line_id),
    }


def _unit_price(line: Line) -> Decimal | None:
    if line.price is None or not line.price_base_quantity:
        return None
    return _within(line.price / line.price_base_quantity, PRICE_LIMIT, PRICE_UNIT)


def _amount(line: Line) -> Decimal | None:
    """The line amount; where none is stated, what price and quantity make."""
    amount = line.amount
    if amount is None and line.price is not None and line.quantity is not None and line.price_base_quantity:
        amount = line.price * line.quantity / line.price_base_quantity
    return None if amount is None else _within(amount, AMOUNT_LIMIT, AMOUNT_UNIT)


def _within(figure: Decimal, limit: Decimal, unit: Decimal) -> Decimal | None:
    return figure.quantize(unit) if abs(figure) < limit else None


def first_of_each(rows: Iterable[Sequence[int]]) -> dict[int, int]:
    """For the lines of each row: the first of them, under which the row is known."""
    return {line: row[0] for row in rows for line in row}
