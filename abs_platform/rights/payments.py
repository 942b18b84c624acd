"""What was paid on a right, however often it is told: by its holder, the supplier, the debtor, or a remittance advice.

Pure Python. Two tellers speak of one payment where both give its reference, or else the same amount within a few days, unless
one of them says that it is another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from abs_platform.integrations.formats.model import fold
from abs_platform.rights.reductions import Reduction

ZERO = Decimal(0)
PAYMENT = "payment"
HOLDER, SUPPLIER, DEBTOR, REMITTANCE = "holder", "supplier", "debtor", "remittance"
SOURCES = (HOLDER, SUPPLIER, DEBTOR)
# A transfer shows in two parties' books within this many days.
DAYS_APART = 3


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody says that the debtor paid."""

    source: str
    reference: str
    amount: Decimal
    on: date | None
    is_another: bool = False  # than what others tell that is merely alike


@dataclass(slots=True)
class _Payment:
    """One payment, as one or several tell of it."""

    told: list[Told] = field(default_factory=list)

    def may_be(self, other: Told) -> bool:
        """Whether `other` speaks of it, too: nobody tells of one payment twice."""
        if any(each.source == other.source for each in self.told):
            return False
        return any(_same_reference(each, other) or _alike(each, other) for each in self.told)


def _same_reference(one: Told, other: Told) -> bool:
    return bool(fold(one.reference)) and fold(one.reference) == fold(other.reference)


def _alike(one: Told, other: Told) -> bool:
    if one.is_another or other.is_another or one.amount != other.amount or one.on is None or other.on is None:
        return False
    return abs((one.on - other.on).days) <= DAYS_APART


def payments(told: Iterable[Told]) -> list[Reduction]:
    """The payments that these speak of, each once; where tellers differ about an amount, the greatest counts.

    References decide before amounts, so that two payments of one amount on one day are two wherever they are named. The
    result does not depend on the sequence.
    """
    ordered = sorted(told, key=lambda each: (each.on or date.max, each.amount, each.source, each.reference))
    found: list[_Payment] = []
    left: list[Told] = []
    for each in ordered:
        named = next((one for one in found if _names(one, each)), None)
        if named:
            named.told.append(each)
        elif any(_same_reference(each, other) and other.source != each.source for other in ordered):
            found.append(_Payment([each]))
        else:
            left.append(each)
    for each in left:
        match = next((one for one in found if one.may_be(each)), None)
        if match:
            match.told.append(each)
        else:
            found.append(_Payment([each]))
    return [
        Reduction(PAYMENT, max(each.amount for each in one.told), one.told[0].reference)
        for one in found
        if max(each.amount for each in one.told) > 0
    ]


def _names(payment: _Payment, told: Told) -> bool:
    is_new = all(each.source != told.source for each in payment.told)
    return is_new and any(_same_reference(each, told) for each in payment.told)
