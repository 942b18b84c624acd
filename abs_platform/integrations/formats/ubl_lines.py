"""The lines of UBL documents, from their rows."""

from decimal import Decimal

from abs_platform.integrations.formats.line_tax import with_tax
from abs_platform.integrations.formats.model import ONE, ZERO, Line, Totals
from abs_platform.integrations.formats.ubl_amounts import Amounts, allowances_and_charges
from abs_platform.integrations.formats.xml_rows import Row


def lines_of(rows: list[Row], kind: str, amounts: Amounts, totals: Totals) -> tuple[Line, ...]:
    """The document's lines in its own order, each with its tax."""
    lines = [_line(row, kind, amounts, position) for position, row in enumerate(rows, start=1)]
    return with_tax(lines, totals.tax)


def _line(row: Row, kind: str, amounts: Amounts, position: int) -> Line:
    stated = row.get
    allowances, charges = allowances_and_charges(row, amounts)
    return Line(
        id=stated("id") or str(position),
        item_name=stated("item_name"),
        item_description=stated("item_description"),
        buyer_item_id=stated("buyer_item_id"),
        seller_item_id=stated("seller_item_id"),
        standard_item_id=stated("standard_item_id"),
        unit=stated("unit"),
        quantity=stated("quantity"),
        rejected=stated("rejected", ZERO),
        short=stated("short", ZERO),
        oversupply=stated("oversupply", ZERO),
        backorder=stated("backorder", ZERO),
        price=amounts.own(stated("price")),
        # A base quantity of nothing would divide by zero: it is read as not stated.
        price_base_quantity=stated("price_base_quantity") or ONE,
        allowances=allowances or ZERO,
        charges=charges or ZERO,
        amount=_amount(row, amounts),
        tax=_stated_tax(row, amounts),
        tax_percent=_tax_percent(row),
        order_number=stated("order_number"),
        order_line_id=stated("order_line_id"),
        despatch_number=stated("despatch_number"),
        despatch_line_id=stated("despatch_line_id"),
        receipt_number=stated("receipt_number"),
        receipt_line_id=stated("receipt_line_id"),
        invoice_number=_invoice_number(row, kind),
        invoice_line_id=stated("invoice_line_id"),
        note=" ".join(stated("notes", ())) or None,
    )


def _amount(row: Row, amounts: Amounts) -> Decimal | None:
    """The line's amount before tax; on an account, what it debits less what it credits."""
    amount = amounts.own(row.get("amount"))
    if amount is not None:
        return amount
    debit, credit = amounts.own(row.get("debit")), amounts.own(row.get("credit"))
    return None if debit is None and credit is None else (debit or ZERO) - (credit or ZERO)


def _invoice_number(row: Row, kind: str) -> str | None:
    """What a credit note answers to stands in for a missing billing reference."""
    stated: str | None = row.get("invoice_number")
    return row.get("answered_number") if stated is None and kind == "credit_note" else stated


def _stated_tax(row: Row, amounts: Amounts) -> Decimal | None:
    """Tax totals of the line (invoices, credit notes), else its one figure (orders)."""
    taxes = amounts.all_own(row.get("taxes", ()))
    return sum(taxes, ZERO) if taxes else amounts.own(row.get("total_tax"))


def _tax_percent(row: Row) -> Decimal | None:
    """The line's rate in percent; several taxes on one item add up."""
    rates = row.get("item_rates") or row.get("category_rates") or row.get("subtotal_rates")
    return sum(rates, ZERO) if rates else None
