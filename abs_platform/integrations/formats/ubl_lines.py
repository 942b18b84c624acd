"""The lines of UBL documents, from their rows."""

from decimal import Decimal

from abs_platform.integrations.formats.line_tax import with_tax
from abs_platform.integrations.formats.line_units import in_unit, price_base_in
from abs_platform.integrations.formats.model import ONE, ZERO, Line, Totals
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.ubl_amounts import Amounts, allowances_and_charges
from abs_platform.integrations.formats.ubl_table import REFERENCES
from abs_platform.integrations.formats.xml_rows import Row

Reference = tuple[str | None, str | None]
"""The number of a document, and the line of it."""


def lines_of(rows: list[Row], kind: str, amounts: Amounts, totals: Totals) -> tuple[Line, ...]:
    """The document's lines in its own order, each with its tax. Raises Refused."""
    lines = [_line(row, kind, amounts, position) for position, row in enumerate(rows, start=1)]
    return with_tax(lines, totals.tax)


def _line(row: Row, kind: str, amounts: Amounts, position: int) -> Line:
    stated = row.get
    id = stated("id") or str(position)
    allowances, charges = allowances_and_charges(row, amounts)
    price_base = _price_base(row)
    order_number, order_line_id = _reference(row, "order_lines")
    despatch_number, despatch_line_id = _reference(row, "despatch_lines")
    receipt_number, receipt_line_id = _reference(row, "receipt_lines")
    invoice_number, invoice_line_id = _reference(row, "invoice_lines")
    return Line(
        id=id,
        item_name=stated("item_name"),
        item_description=stated("item_description"),
        buyer_item_id=stated("buyer_item_id"),
        seller_item_id=stated("seller_item_id"),
        standard_item_id=stated("standard_item_id"),
        unit=stated("unit"),
        quantity=stated("quantity"),
        rejected=_quantity(row, "rejected", id),
        short=_quantity(row, "short", id),
        oversupply=_quantity(row, "oversupply", id),
        backorder=_quantity(row, "backorder", id),
        price=amounts.own(stated("price")) if price_base else None,
        price_base_quantity=price_base or ONE,
        allowances=allowances or ZERO,
        charges=charges or ZERO,
        amount=_amount(row, amounts),
        tax=_stated_tax(row, amounts),
        tax_percent=_tax_percent(row),
        order_number=order_number,
        order_line_id=order_line_id,
        despatch_number=despatch_number,
        despatch_line_id=despatch_line_id,
        receipt_number=receipt_number,
        receipt_line_id=receipt_line_id,
        # What a credit note answers to stands in for a missing billing reference.
        invoice_number=invoice_number or (stated("answered_number") if kind == "credit_note" else None),
        invoice_line_id=invoice_line_id,
        note=" ".join(stated("notes", ())) or None,
    )


def _amount(row: Row, amounts: Amounts) -> Decimal | None:
    """The line's amount before tax; on an account, what it debits less what it credits."""
    amount = amounts.own(row.get("amount"))
    if amount is not None:
        return amount
    debit, credit = amounts.own(row.get("debit")), amounts.own(row.get("credit"))
    return None if debit is None and credit is None else (debit or ZERO) - (credit or ZERO)


def _quantity(row: Row, name: str, id: str) -> Decimal:
    """In the line's unit: what would be taken off as so many of another is refused."""
    value = row.get(name)
    if value is None:
        return ZERO
    unit, wanted = row.get(f"{name}_unit"), row.get("unit")
    found = in_unit(value, unit, wanted)
    if found is None:
        detail = (
            f"Line {id}: what is {name} is in {unit}, which cannot be exactly converted to the quantity's {wanted}."
        )
        raise Refused("unit_differs", detail, line_id=id, expected=wanted or "", found=unit or "")
    return found


def _price_base(row: Row) -> Decimal | None:
    return price_base_in(row.get("unit"), row.get("price_base_quantity"), row.get("price_base_unit"))


def prices_left_out(rows: list[Row]) -> list[str]:
    """By position, from 1, the lines whose price is for another unit than their quantity is in."""
    return [str(at) for at, row in enumerate(rows, start=1) if "price_base_unit" in row and _price_base(row) is None]


def _reference(row: Row, name: str) -> Reference:
    """What the first reference names, of one element: two mixed would name what nobody meant."""
    for each in row.get(name, ()):
        if each:
            return each.get("number"), each.get("lines", (None,))[0]
    return None, None


def lines_of_several(rows: list[Row]) -> list[str]:
    """By position, from 1, the lines that refer to several lines of one kind of document."""
    found = (
        at for at, row in enumerate(rows, start=1) for name in REFERENCES if name in row and _are_several(row[name])
    )
    return [str(at) for at in dict.fromkeys(found)]


def _are_several(references: list[Row]) -> bool:
    if len(references) == 1 and len(references[0].get("lines", ())) <= 1:  # nearly all
        return False
    named = {(each.get("number"), line) for each in references if each for line in each.get("lines", (None,))}
    return len(named) > 1


def _stated_tax(row: Row, amounts: Amounts) -> Decimal | None:
    """Tax totals of the line (invoices, credit notes), else its one figure (orders)."""
    taxes = amounts.all_own(row.get("taxes", ()))
    return sum(taxes, ZERO) if taxes else amounts.own(row.get("total_tax"))


def _tax_percent(row: Row) -> Decimal | None:
    """The line's rate in percent; several taxes on one item add up."""
    rates = row.get("item_rates") or row.get("category_rates") or row.get("subtotal_rates")
    return sum(rates, ZERO) if rates else None
