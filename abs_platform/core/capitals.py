"""大写: amounts of renminbi in words, as they stand where money is signed for."""

from decimal import Decimal

import cn2an

LIMIT = Decimal(10) ** 16  # as far as the words go


def in_capitals(amount: Decimal, currency: str) -> str:
    """人民币壹仟元整 for 1000 CNY; nothing for another currency, or beyond what has words."""
    if currency != "CNY" or not 0 <= amount < LIMIT:
        return ""
    return "人民币" + str(cn2an.an2cn(format(amount, ".2f"), "rmb"))
