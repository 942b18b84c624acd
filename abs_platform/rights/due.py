"""When a right is due, and how surely that is known. Pure Python.

Certain is only a date that the debtor confirmed or a counting document states: this alone makes a right poolable. Else the
payment term that a document states in words gives an expected date; where no term is stated at all, the law's does: large
buyers pay small ones within 60 days of delivery (《保障中小企业款项支付条例》, 国务院令第802号, in force since 2025-06-01).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from abs_platform.rights.ladder import Standing
from abs_platform.trade.facts import CONFIRMED

MAX_DAYS = 365
MAX_TERM = 200  # characters of a term that are kept
_DAYS = re.compile(
    r"(?<![\d.,])(\d{1,3})\s*(?:个)?\s*(?:自然日|日历日|calendar days?|days?|天|日(?!期))", re.IGNORECASE
)
_UNCLEAR = re.compile(r"工作日|working|business|月结|月末|月底|end of|%|分期|instal", re.IGNORECASE)
_FROM_INVOICE = re.compile(r"发票|开票|invoice", re.IGNORECASE)
_FROM_DELIVERY = re.compile(r"验收|收货|到货|货到|交付|交货|入库|deliver|receipt|accept", re.IGNORECASE)


class Basis(StrEnum):
    """What a due date follows from."""

    PAYMENT_CONFIRMATION = "payment_confirmation"
    INVOICE = "invoice"
    ORDER = "order"
    TERM = "term"
    STATUTORY = "statutory"


CERTAIN = frozenset({Basis.PAYMENT_CONFIRMATION, Basis.INVOICE, Basis.ORDER})


@dataclass(frozen=True, slots=True)
class Terms:
    """A payment term as a document words it, with the document's kind and date."""

    kind: str
    text: str
    issue_date: date | None


@dataclass(frozen=True, slots=True)
class Due:
    """The day, and what it follows from; `term` are the words that it was reckoned from, "" where it is stated."""

    day: date
    basis: Basis
    term: str = ""

    @property
    def is_certain(self) -> bool:
        return self.basis in CERTAIN


def due_of(standing: Standing, certain: date | None, terms: Sequence[Terms], *, statutory_days: int) -> Due | None:
    """When the right is due. `certain`: the day that the facts state, if they do; `terms`: the most telling first.

    None while nothing was delivered, or where the words of a term are not understood: then nobody can say.
    """
    if certain is not None:
        return Due(certain, _basis_of_stated(standing))
    delivered = delivered_on(standing)
    for stated in terms:
        start = _start(stated, delivered)
        days = days_of(stated.text)
        day = None if days is None else _after(start, days)
        return Due(day, Basis.TERM, stated.text[:MAX_TERM]) if day else None
    day = _after(delivered, statutory_days)
    return Due(day, Basis.STATUTORY) if day else None


def _after(start: date | None, days: int) -> date | None:
    """None also beyond the last day that there is: a date of no real trade."""
    if start is None or start > date.max - timedelta(days=days):
        return None
    return start + timedelta(days=days)


def _basis_of_stated(standing: Standing) -> Basis:
    if standing.payment_confirmation is not None:
        return Basis.PAYMENT_CONFIRMATION
    return Basis.INVOICE if standing.counting_invoices else Basis.ORDER


def delivered_on(standing: Standing) -> date | None:
    """The day of the last receipt that the core enterprise confirmed; None unless each states one."""
    days = [each.issue_date for each in standing.of("receipt_advice") if each.confirmation == CONFIRMED]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def days_of(text: str) -> int | None:
    """The number of days in a payment term; None where it is not plainly one number of calendar days."""
    if _UNCLEAR.search(text):
        return None
    found = {int(days) for days in _DAYS.findall(text)}
    if len(found) != 1:
        return None
    [days] = found
    return days if days <= MAX_DAYS else None


def _start(stated: Terms, delivered: date | None) -> date | None:
    """From when a term runs: what its words name, else the document's date for an invoice and delivery for an order."""
    if _FROM_DELIVERY.search(stated.text):
        return delivered
    if stated.kind == "invoice":
        return stated.issue_date
    return None if _FROM_INVOICE.search(stated.text) else delivered
