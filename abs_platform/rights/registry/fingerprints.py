"""What an invoice or an order is recognised by on whichever platform. Pure Python; the keyed digests are `digests`'.

Several combinations of fields each make a fingerprint, so that changing one field does not make another invoice. One that
lacks a field makes none: what is not stated is nobody's.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from abs_platform.integrations.formats.model import Extracted, Party, fold

BACKING = ("order", "invoice")
LEAST_NUMBER = 8
"""A shorter number is many sellers': with the buyer and the date alone it would name other people's invoices."""

Combination = tuple[str, ...]


def combinations(said: Extracted, *, seller: str, buyer: str) -> Iterator[Combination]:
    """What a document is recognised by. `seller` and `buyer`: how each is identified (`identified`)."""
    number = _plain(said.number)
    amount = _amount(said.total, said.currency)
    if said.kind == "invoice":
        yield from _whole("number-seller-amount", number, seller, amount)
        if len(number) >= LEAST_NUMBER:
            yield from _whole("number-buyer-date", number, buyer, _date(said.issue_date))
        yield from _whole("seller-buyer-order-amount", seller, buyer, _plain(said.order_number), amount)
    if said.kind == "order":
        yield from _whole("order", seller, buyer, number, amount)
        yield from _whole("order-date", seller, buyer, number, _date(said.issue_date))


def identified(party: Party | None, company_id: str = "") -> str:
    """How a party is identified: by the legal identifier that the platform knows it by, else by the file's own words."""
    if company_id:
        return f"company_id:{company_id}"
    return ":".join(party.identifiers()[0]) if party and party.identifiers() else ""


def _whole(name: str, *fields: str) -> Iterator[Combination]:
    if all(fields):
        yield (name, *fields)


def _plain(number: str | None) -> str:
    """A number's letters and digits alone."""
    return "".join(character for character in fold(number) if character.isalnum())


def _amount(amount: Decimal | None, currency: str | None) -> str:
    """With two decimals, whatever the file writes."""
    if amount is None or not amount.is_finite():
        return ""
    return f"{amount.quantize(Decimal('0.01'))} {(currency or '').upper()}" if abs(amount) < Decimal(10) ** 16 else ""


def _date(day: date | None) -> str:
    return day.isoformat() if day else ""
