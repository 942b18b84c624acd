"""From a staged document to what it says and the bytes that say it."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from abs_platform.core.filenames import clean_filename
from abs_platform.crypto.canonical import canonical_json
from abs_platform.documents.importing import Draft
from abs_platform.imports.models import Batch, StagedDocument, StagedLine
from abs_platform.integrations.formats.model import ZERO, Extracted, Line, Party, Totals, to_json

FORMAT = "abs-imported-document/v1"
SYNTAX = "table"
CENT = Decimal("0.01")
PRECISION = 90
TEXTS = (
    "item_name", "item_description", "seller_item_id", "buyer_item_id", "unit", "order_number", "order_line_id",
    "despatch_number", "receipt_number", "invoice_number", "note",
)  # fmt: skip


def draft(batch: Batch, seller: Party, entry: StagedDocument, lines: Sequence[StagedLine]) -> Draft:
    """The document, as canonical JSON that names the table and the rows that it comes from.

    Amounts that a row leaves out are computed from what it states: quantity × price, amount × rate; sums are the lines'.
    """
    with localcontext() as context:
        context.prec = PRECISION
        extracted = _extracted(batch.kind, seller, entry, lines)
    content = to_json(extracted)
    source = {"sm3": batch.source.digest, "sheet": batch.sheet} if batch.source else {}
    rows = [line.row for line in lines if line.row is not None]
    body = {
        "format": FORMAT,
        "source": {**source, "rows": rows} if rows else source,
        "import": str(batch.id),
        "position": entry.position,
        "document": _stated(content),
    }
    name = clean_filename(f"{entry.number[:80]}.{batch.kind}.json")
    return Draft(filename=name, content=canonical_json(body), extracted=extracted, stated=content)


def _extracted(kind: str, seller: Party, entry: StagedDocument, staged: Sequence[StagedLine]) -> Extracted:
    lines = tuple(_line(each) for each in staged)
    orders = [line.order_number for line in lines if line.order_number]
    order = entry.order_number or (orders[0] if len(set(orders)) == 1 else None)
    paid = kind == "remittance_advice"
    return Extracted(
        kind=kind,
        number=entry.number,
        syntax=SYNTAX,
        issue_date=entry.issue_date,
        currency=entry.currency,
        seller=seller,
        buyer=Party(name=entry.buyer_name, company_id=entry.buyer_id or None),
        order_number=order if kind != "order" else None,
        despatch_numbers=_distinct(line.despatch_number for line in lines),
        receipt_numbers=_distinct(line.receipt_number for line in lines),
        invoice_numbers=_distinct(line.invoice_number for line in lines),
        contract_number=entry.contract_number or None,
        due_date=entry.due_date,
        payment_terms=entry.payment_terms or None,
        totals=_totals(entry, lines, paid=paid),
        lines=lines,
    )


def _distinct(numbers: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for number in numbers if number))  # type: ignore[attr-defined]  # an iterable of texts


def _plain(value: Decimal | None) -> Decimal | None:
    """Without the zeros that the column pads."""
    if value is None:
        return None
    text = format(value, "f")
    return Decimal(text.rstrip("0").rstrip(".") or "0") if "." in text else value


def _line(staged: StagedLine) -> Line:
    quantity, price = _plain(staged.quantity), _plain(staged.price)
    amount, tax, percent = _plain(staged.amount), _plain(staged.tax), _plain(staged.tax_percent)
    if amount is None and quantity is not None and price is not None:
        amount = (quantity * price).quantize(CENT, ROUND_HALF_UP)
    if tax is None and amount is not None and percent is not None:
        tax = (amount * percent / 100).quantize(CENT, ROUND_HALF_UP)
    return Line(
        id=staged.line_id or str(staged.position),
        quantity=quantity,
        rejected=_plain(staged.rejected) or ZERO,
        price=price,
        amount=amount,
        tax=tax,
        tax_percent=percent,
        **{name: getattr(staged, name).strip() or None for name in TEXTS},  # type: ignore[arg-type]  # texts, by their names
    )


def _totals(entry: StagedDocument, lines: Sequence[Line], *, paid: bool) -> Totals:
    """The lines' sums, where every line states its part; what the table states as the total is payable."""
    amounts = [line.amount for line in lines]
    taxes = [line.tax for line in lines]
    net = sum((amount for amount in amounts if amount is not None), ZERO) if None not in amounts else None
    tax = sum((each for each in taxes if each is not None), ZERO) if None not in taxes else None
    stated = _plain(entry.total)
    if paid:
        return Totals(payable=stated if stated is not None else net)
    gross = net + tax if net is not None and tax is not None else None
    return Totals(
        lines=net,
        tax_exclusive=net,
        tax=tax,
        tax_inclusive=gross,
        payable=stated if stated is not None else gross if gross is not None else net,
    )


def _stated(value: object) -> object:
    """Without what is not stated: nulls, empty lists and objects."""
    if isinstance(value, dict):
        kept = {name: _stated(each) for name, each in value.items()}
        return {name: each for name, each in kept.items() if each not in (None, [], {})}
    return [_stated(each) for each in value] if isinstance(value, list) else value
