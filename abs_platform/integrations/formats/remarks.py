"""A document against itself: sums that do not hold and parts that are missing. A person should look; nothing is refused.

Source: EN 16931-1 BR-CO-10 to BR-CO-16 for what the sums of an invoice are; UBL 2.x for where they stand. The standard
has no rule on a line's own arithmetic; Peppol's R120 is what is compared here.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal, localcontext
from itertools import islice

from abs_platform.integrations.formats.model import TRADE_KINDS, ZERO, Extracted, Level, Line, Party, Remark

ALREADY_FINANCED = "already_financed"
"""That the claim was factored, sold or securitised, as the file itself says."""

# Rounding is no contradiction: one minor unit on a line, five on a sum of many.
LINE_TOLERANCE = Decimal("0.01")
SUM_TOLERANCE = Decimal("0.05")
# A unit price stated to the cent is right to half a cent.
PRICE_TOLERANCE = Decimal("0.005")
# Nobody pays fractions of these, and line amounts are rounded to the whole, whatever decimals ISO 4217 allows.
WHOLE_CURRENCIES = frozenset({"CLP", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "TWD", "VND"})

# Of what there may be any number of, a remark names so many.
MOST_NAMED = 20

PRICED = ("order", "order_change", "order_response", "invoice", "debit_note", "credit_note")
BILLS = ("invoice", "debit_note", "credit_note")
# Where a document without lines says less than it should.
ITEMISED = ("order", "order_change", "despatch_advice", "receipt_advice", *BILLS)
# Enough for the product of three figures of any document.
PRECISION = 90

# The sums that make the amount do not hold, so the document fixes none by itself.
ARITHMETIC = frozenset(
    {"line_arithmetic", "lines_total", "total_arithmetic", "tax_inclusive_arithmetic", "payable_arithmetic"}
)


def remarks_of(extracted: Extracted) -> tuple[Remark, ...]:
    """Every remark on the document, header first, then by line."""
    with localcontext() as context:
        context.prec = PRECISION
        return (*_missing(extracted), *_on_totals(extracted), *_on_lines(extracted))


def named(found: Iterable[str]) -> str:
    """The first of these, for a remark."""
    return ", ".join(islice(found, MOST_NAMED))


def price_unit_differs(lines: Iterable[str]) -> Remark:
    """Prices that say nothing of the quantity. `lines`: their positions, from 1."""
    found = named(lines)
    detail = f"Prices are for another unit than the quantity is in and were not read: of the lines in place {found}."
    return _attention("price_unit_differs", detail, "lines", {"found": found})


def _missing(extracted: Extracted) -> Iterator[Remark]:
    if extracted.issue_date is None:
        yield _attention("date_missing", "The document states no date.", "issue_date")
    # A waybill or an inventory report has its own parties.
    is_trade = extracted.kind in TRADE_KINDS
    if is_trade and extracted.seller is None:
        yield _attention("seller_missing", "The document names no seller.", "seller")
    if is_trade and extracted.buyer is None:
        yield _attention("buyer_missing", "The document names no buyer.", "buyer")
    if is_trade and extracted.seller and extracted.buyer:
        yield from _same_party(extracted.seller, extracted.buyer)
    if not extracted.lines and extracted.kind in ITEMISED:
        yield _attention("lines_missing", "The document has no lines.", "lines")
    if extracted.currency is None and extracted.kind in BILLS:
        yield _attention("currency_missing", "The document states no currency.", "currency")


def _same_party(seller: Party, buyer: Party) -> Iterator[Remark]:
    if seller.identifiers()[:1] == buyer.identifiers()[:1]:
        found = seller.identifiers()[0][1]
        detail = f"Seller and buyer are the same ({found})."
        yield _attention("parties_same", detail, "buyer", {"found": found})


def _attention(rule: str, detail: str, field: str, params: dict[str, str] | None = None) -> Remark:
    return Remark(rule, detail, params or {}, Level.ATTENTION, field)


def _on_totals(extracted: Extracted) -> Iterator[Remark]:
    totals = extracted.totals
    amounts = [line.amount for line in extracted.lines]
    if totals.lines is not None and amounts and None not in amounts:
        computed = sum((each for each in amounts if each is not None), ZERO)
        yield from _compared("lines_total", "The lines' sum", "lines", computed, totals.lines)
    if extracted.kind in BILLS and None in amounts:
        yield from _without_amount(extracted.lines)
    net = _net(extracted)
    if net is not None and totals.tax_exclusive is not None:
        yield from _compared("total_arithmetic", "The total before tax", "tax_exclusive", net, totals.tax_exclusive)
    yield from _tax_basis(extracted)
    yield from _payable(extracted)
    if extracted.kind == "invoice" and extracted.total is not None and extracted.total < 0:
        detail = f"The invoice is over {extracted.total:f}: it gives back, and claims nothing."
        yield Remark("total_negative", detail, {"found": f"{extracted.total:f}"}, Level.NOTICE, "totals.payable")


def _without_amount(lines: tuple[Line, ...]) -> Iterator[Remark]:
    """Lines of goods without an amount, or only such lines. One among others that holds nothing but words is a remark."""
    missing = [line for line in lines if line.amount is None]
    if len(missing) < len(lines):
        missing = [line for line in missing if line.quantity is not None or line.price is not None]
    if missing:
        found = named(line.id for line in missing)
        yield _attention("line_amounts_missing", f"Lines state no amount: {found}.", "lines", {"found": found})


def _net(extracted: Extracted) -> Decimal | None:
    """Lines less allowances plus charges, as stated in the totals."""
    totals = extracted.totals
    if totals.lines is None:
        return None
    return totals.lines - (totals.allowances or ZERO) + (totals.charges or ZERO)


def _tax_basis(extracted: Extracted) -> Iterator[Remark]:
    """The tax is on the amount before the document's allowance: the buyer pays tax on what it does not owe."""
    totals = extracted.totals
    net = totals.tax_exclusive if totals.tax_exclusive is not None else _net(extracted)
    if totals.tax_basis is None or net is None or not totals.allowances:
        return
    before_allowance = net + totals.allowances
    if abs(totals.tax_basis - net) > SUM_TOLERANCE >= abs(totals.tax_basis - before_allowance):
        detail = (
            f"The tax is computed on {totals.tax_basis:f}, the amount before the allowance of {totals.allowances:f}; "
            f"after it, {net:f} is owed."
        )
        params = {"expected": f"{net:f}", "found": f"{totals.tax_basis:f}"}
        yield _attention("tax_basis_before_allowance", detail, "totals.tax_basis", params)


def _payable(extracted: Extracted) -> Iterator[Remark]:
    totals = extracted.totals
    net = totals.tax_exclusive if totals.tax_exclusive is not None else _net(extracted)
    inclusive = totals.tax_inclusive
    rounding = totals.rounding or ZERO
    if net is not None and totals.tax is not None:
        if inclusive is not None:
            yield from _compared(
                "tax_inclusive_arithmetic",
                "The total with tax",
                "tax_inclusive",
                net + totals.tax,
                inclusive,
                rounding,
            )
        else:
            inclusive = net + totals.tax
    if totals.payable is None:
        return
    prepaid = totals.prepaid or ZERO
    # An order may announce its amount before tax.
    before_tax = net if extracted.kind not in BILLS or totals.tax is None else None
    accepted = [each for each in (inclusive, before_tax) if each is not None]
    if accepted and not any(_equal(each - prepaid, totals.payable, rounding) for each in accepted):
        yield from _compared(
            "payable_arithmetic", "The amount payable", "payable", accepted[0] - prepaid, totals.payable, rounding
        )


def _on_lines(extracted: Extracted) -> Iterator[Remark]:
    for index, line in enumerate(extracted.lines):
        path = f"lines.{index}"
        if extracted.kind in PRICED:
            yield from _line_arithmetic(line, path, extracted.currency)
        if extracted.kind not in BILLS and line.quantity is not None and line.quantity < 0:
            params = {"line": line.id, "found": f"{line.quantity:f}"}
            detail = f"Line {line.id}: the quantity is below zero."
            yield _attention("quantity_negative", detail, f"{path}.quantity", params)
        if line.quantity is not None and line.rejected > max(line.quantity, ZERO):
            detail = f"Line {line.id}: {line.rejected:f} rejected of {line.quantity:f} received."
            params = {"line": line.id, "expected": f"{line.quantity:f}", "found": f"{line.rejected:f}"}
            yield _attention("rejected_over_received", detail, f"{path}.rejected", params)


def _line_arithmetic(line: Line, path: str, currency: str | None) -> Iterator[Remark]:
    if line.quantity is None or line.price is None or line.amount is None:
        return
    gross = line.quantity * line.price
    net = gross / line.price_base_quantity - line.allowances + line.charges
    tolerance = Decimal(1) if currency in WHOLE_CURRENCIES else LINE_TOLERANCE
    computed = net.quantize(LINE_TOLERANCE)
    if abs(computed - line.amount) <= tolerance:
        return
    params = {"line": line.id, "expected": f"{computed:f}", "found": f"{line.amount:f}"}
    detail = (
        f"Line {line.id}: {line.quantity:f} × {line.price:f} per {line.price_base_quantity:f} makes {computed:f}, "
        f"but the line amount is {line.amount:f}."
    )
    if _is_explained(line, gross, net):
        yield Remark("line_reckoned_otherwise", detail, params, Level.NOTICE, f"{path}.amount")
    else:
        yield _attention("line_arithmetic", detail, f"{path}.amount", params)


def _is_explained(line: Line, gross: Decimal, net: Decimal) -> bool:
    """The amount is what one of the ways in which producers write lines makes of the same figures.

    A return with its quantity unsigned; allowances and charges stated, but within the price; the price restated as
    its own base quantity; a unit price rounded to the cent.
    """
    amount = line.amount or ZERO
    others = [-net, gross / line.price_base_quantity]
    if line.price_base_quantity == line.price:
        others.append(gross - line.allowances + line.charges)
    if any(abs(each - amount) <= LINE_TOLERANCE for each in others):
        return True
    rounding = abs((line.quantity or ZERO) / line.price_base_quantity) * PRICE_TOLERANCE
    # Beyond a percent it is no rounding, however small the price.
    return abs(net - amount) <= min(rounding, abs(amount) / 100) and line.price == _to_cents(line.price)


def _to_cents(price: Decimal | None) -> Decimal | None:
    return None if price is None else price.quantize(LINE_TOLERANCE)


def _compared(
    rule: str, name: str, field: str, computed: Decimal, stated: Decimal, rounding: Decimal = ZERO
) -> Iterator[Remark]:
    if not _equal(computed, stated, rounding):
        detail = f"{name} is stated as {stated:f}, but its parts make {computed:f}."
        yield _attention(rule, detail, f"totals.{field}", {"expected": f"{computed:f}", "found": f"{stated:f}"})


def _equal(computed: Decimal, stated: Decimal, rounding: Decimal) -> bool:
    """Equal within tolerance; a stated rounding may or may not be in the figure already."""
    return min(abs(computed - stated), abs(computed + rounding - stated)) <= SUM_TOLERANCE
