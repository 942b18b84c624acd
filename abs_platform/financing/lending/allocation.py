"""What a payment is used for, in turn. Pure Python."""

from collections.abc import Mapping
from decimal import Decimal

ZERO = Decimal(0)

FEE, INTEREST, PRINCIPAL, RECOVERY, SURPLUS = "fee", "interest", "principal", "recovery", "surplus"
# 民法典561: costs first, then interest, then the principal. What was written off comes back after these; the rest is the
# supplier's.
PARTS = (FEE, INTEREST, PRINCIPAL, RECOVERY, SURPLUS)


def allocate(amount: Decimal, owed: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The parts of `amount`, in turn, each at most what is owed of it, the rest as surplus; parts of nothing are left out.

    Raises ValueError for an amount that is not above zero, or a part that is owed less than nothing.
    """
    if amount <= 0 or any(each < 0 for each in owed.values()):
        raise ValueError("Only what is above zero can be allocated, to what is owed.")
    parts = {}
    left = amount
    for part in PARTS[:-1]:
        taken = min(left, owed.get(part, ZERO))
        if taken > 0:
            parts[part] = taken
            left -= taken
    if left > 0:
        parts[SURPLUS] = left
    return parts
