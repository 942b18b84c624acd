"""What payments and credit notes say of invoices, as clearing.sql lays it against what these bill. Pure Python."""

from collections.abc import Iterator
from decimal import Decimal, localcontext
from uuid import UUID

from abs_platform.integrations.formats.model import Extracted, Line, fold
from abs_platform.trade.facts import PRECISION
from abs_platform.trade.matching.lines import AMOUNT_LIMIT, AMOUNT_UNIT, digest
from abs_platform.trade.matching.models import CLEARING

ZERO = Decimal(0)


def invoice_key(seller_id: UUID, number: str) -> UUID:
    """By which payments name a seller's invoice, however its number is written."""
    return digest(seller_id, "invoice", fold(number))


def items_of(seller_id: UUID, said: Extracted) -> Iterator[dict[str, object]]:
    """The columns of a document's items, in sequence; none for kinds that clear nothing."""
    if said.kind not in CLEARING:
        return
    with localcontext() as context:
        context.prec = PRECISION
        amounts = _paid(said) if said.kind == "remittance_advice" else _credited(said)
        stated = [(number, amount.quantize(AMOUNT_UNIT)) for number, amount in amounts if 0 < amount < AMOUNT_LIMIT]
    for position, (number, amount) in enumerate((number, amount) for number, amount in stated if amount > 0):
        yield {
            "position": position,
            "invoice_key": invoice_key(seller_id, number) if number else None,
            "amount": amount,
        }


def _paid(said: Extracted) -> list[tuple[str, Decimal]]:
    """By the invoice that is named: what its lines come to, and of none what the others do. Where no line names any, all of it."""
    stated = [(line, line.amount) for line in said.lines if line.amount is not None]
    if not (by_invoice := _by_invoice(stated)):
        return [(_sole(said.invoice_numbers), said.total or ZERO)]
    return [*by_invoice, ("", sum((amount for line, amount in stated if not fold(line.invoice_number)), ZERO))]


def _credited(said: Extracted) -> list[tuple[str, Decimal]]:
    """What is credited, with tax, on the one invoice that is named; where several are, what the lines say of each."""
    numbers = {fold(number): number for number in (*said.invoice_numbers, *_named(said)) if fold(number)}
    by_line = _by_invoice([(line, abs((line.amount or ZERO) + (line.tax or ZERO))) for line in said.lines])
    if len(numbers) > 1 and by_line:
        return by_line
    total = said.total if said.total is not None else sum((amount for _, amount in by_line), ZERO)
    return [(_sole(list(numbers.values())), abs(total))]


def _named(said: Extracted) -> Iterator[str]:
    return (line.invoice_number for line in said.lines if line.invoice_number)


def _by_invoice(amounts: list[tuple[Line, Decimal]]) -> list[tuple[str, Decimal]]:
    """Summed by the invoice that each line names; nothing of lines that name none."""
    sums: dict[str, tuple[str, Decimal]] = {}
    for line, amount in amounts:
        if line.invoice_number and (folded := fold(line.invoice_number)):
            number, before = sums.get(folded, (line.invoice_number, ZERO))
            sums[folded] = (number, before + amount)
    return list(sums.values())


def _sole(numbers: "list[str] | tuple[str, ...]") -> str:
    return numbers[0] if len({fold(number) for number in numbers}) == 1 and fold(numbers[0]) else ""
