"""The amounts of a UBL document in its own currency, and its totals."""

from collections.abc import Iterable
from decimal import Decimal

from abs_platform.integrations.formats.fields import (
    CURRENCY,
    Element,
    check_currency,
    currency_code,
    most_used_currency,
)
from abs_platform.integrations.formats.model import ZERO, Totals
from abs_platform.integrations.formats.xml_rows import Amount, Row

TOTALS = ("legal_totals", "anticipated_totals", "requested_totals", "quoted_totals")
ACCOUNT_TOTALS = ("total_payment", "total_balance")


class Amounts:
    """Tells the document's own amounts from others, which are left out and noted in `foreign`: the first by currency."""

    def __init__(self, header: Row, root: Element) -> None:
        """Settles the document's currency: stated, else that of the payable amount, else the most frequent."""
        self.foreign: dict[str, str] = {}
        self.currency = currency_code(header.get("currency")) or _payable_currency(header) or most_used_currency(root)

    def own(self, amount: Amount | None) -> Decimal | None:
        """The figure; None where it is in another currency. Raises Refused for what is no currency."""
        if amount is None:
            return None
        value, code = amount
        if not code or code == self.currency:
            return value
        currency = _capital(code)
        if currency and currency != self.currency:
            check_currency(currency)
        if currency and self.currency and currency != self.currency:
            self.foreign.setdefault(currency, format(value, "f"))
            return None
        return value

    def all_own(self, amounts: Iterable[Amount]) -> list[Decimal]:
        """The figures in the document's currency."""
        return [value for value in map(self.own, amounts) if value is not None]


def totals_of(header: Row, amounts: Amounts) -> Totals:
    """The document's own sums."""

    def total(name: str) -> Decimal | None:
        return amounts.own(_first_total(header, name))

    allowances, charges = allowances_and_charges(header, amounts)
    stated_allowances, stated_charges = total("allowances"), total("charges")
    payable = total("payable")
    return Totals(
        lines=total("lines"),
        allowances=allowances if stated_allowances is None else stated_allowances,
        charges=charges if stated_charges is None else stated_charges,
        tax_exclusive=total("tax_exclusive"),
        tax=_tax(header, amounts),
        tax_basis=_tax_basis(header, amounts),
        tax_inclusive=total("tax_inclusive"),
        prepaid=total("prepaid"),
        rounding=total("rounding"),
        payable=amounts.own(_account_total(header)) if payable is None else payable,
    )


def allowances_and_charges(row: Row, amounts: Amounts) -> tuple[Decimal | None, Decimal | None]:
    """The sums of the allowances and of the charges stated in a row; None where there are none."""
    sums: dict[bool, Decimal] = {}
    for each in row.get("allowances_and_charges", ()):
        amount, is_charge = amounts.own(each.get("amount")), each.get("is_charge")
        if amount is not None and is_charge is not None:
            sums[is_charge] = sums.get(is_charge, ZERO) + amount
    return sums.get(False), sums.get(True)


def _first_total(header: Row, name: str) -> Amount | None:
    return next((each[name] for kind in TOTALS for each in header.get(kind, ()) if name in each), None)


def _account_total(header: Row) -> Amount | None:
    return next((header[name] for name in ACCOUNT_TOTALS if name in header), None)


def _payable_currency(header: Row) -> str | None:
    """That of the first amount that is to be paid, else of the lines' sum, else of an account's total."""
    rows = [each for name in TOTALS for each in header.get(name, ())[:1]]
    stated = [each[name] for name in ("payable", "lines") for each in rows if name in each]
    stated += [header[name] for name in ACCOUNT_TOTALS if name in header]
    codes = (_capital(code) for _, code in stated)
    return next((code for code in codes if CURRENCY.fullmatch(code)), None)


def _capital(code: str) -> str:
    return code.strip().upper()


def _tax(header: Row, amounts: Amounts) -> Decimal | None:
    """The tax in the document's currency. EN 16931 (BT-111) allows a second total in the tax authority's currency."""
    taxes = [value for each in _own_tax_totals(header, amounts) for value in amounts.all_own(each.get("amounts", ()))]
    return sum(taxes, ZERO) if taxes else None


def _own_tax_totals(header: Row, amounts: Amounts) -> list[Row]:
    totals: list[Row] = header.get("tax_totals", [])
    foreign = (header.get("tax_currency") or "").upper()
    if not foreign:
        return totals
    if foreign == amounts.currency:
        # Saudi Arabia wants the second one all the same: the same tax, without its breakdown.
        return [each for each in totals if "subtotals" in each] or totals
    return [each for each in totals if all(_capital(code) != foreign for _, code in each.get("amounts", ()))]


def _tax_basis(header: Row, amounts: Amounts) -> Decimal | None:
    """The sum of the taxable amounts; None unless all state one and are of one tax: a sum over two means nothing."""
    subtotals = [subtotal for each in _own_tax_totals(header, amounts) for subtotal in each.get("subtotals", ())]
    bases = [amounts.own(each.get("basis")) for each in subtotals]
    schemes = {each.get("scheme") for each in subtotals}
    stated = [base for base in bases if base is not None]
    return sum(stated, ZERO) if stated and len(stated) == len(bases) and len(schemes) == 1 else None
