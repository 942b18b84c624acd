"""What a payment is used for, in turn. Pure Python."""

from collections.abc import Mapping
from decimal import Decimal

ZERO = Decimal(0)

FEE, INTEREST, PRINCIPAL, RECOVERY = "fee", "interest", "principal", "recovery"
SURPLUS, REFUND = "surplus", "refund"
# 民法典561: costs first, then interest, then the principal. What was written off comes back after these. Of the rest a debtor
# gets back what it did not owe (溢收款), and the supplier what is left (余款).
OWED = (FEE, INTEREST, PRINCIPAL, RECOVERY)
LEFT = (SURPLUS, REFUND)
PARTS = (*OWED, *LEFT)


def allocate(amount: Decimal, owed: Mapping[str, Decimal], *, overpaid: Decimal = ZERO) -> dict[str, Decimal]:
    """The parts of `amount`, in turn, each at most what is owed of it; of the rest the debtor gets back what it `overpaid`, and
    what is left is surplus. Parts of nothing are left out.

    Raises ValueError for an amount that is not above zero, or a part that is owed less than nothing.
    """
    if amount <= 0 or overpaid < 0 or any(each < 0 for each in owed.values()):
        raise ValueError("Only what is above zero can be allocated, to what is owed.")
    parts = {}
    left = amount
    for part in OWED:
        taken = min(left, owed.get(part, ZERO))
        if taken > 0:
            parts[part] = taken
            left -= taken
    back = min(left, overpaid)
    parts |= {part: each for part, each in ((SURPLUS, left - back), (REFUND, back)) if each > 0}
    return parts
