"""A payment goes to fee, interest, principal, in turn; nothing is lost, and the rest is the supplier's. How old debts are."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_platform.financing.lending import ageing
from abs_platform.financing.lending.allocation import OWED, allocate

amounts = st.decimals("0.01", "1000000", places=2)
owed = st.fixed_dictionaries({part: st.decimals("0", "1000000", places=2) for part in OWED})


@given(amounts, owed, st.decimals("0", "1000000", places=2))
def test_every_cent_goes_somewhere_and_no_part_gets_more_than_it_is_owed(
    amount: Decimal, owed: dict[str, Decimal], overpaid: Decimal
) -> None:
    parts = allocate(amount, owed, overpaid=overpaid)
    assert sum(parts.values()) == amount
    assert all(each > 0 for each in parts.values())
    assert all(parts[part] <= owed[part] for part in parts if part in OWED)
    left = amount - sum(parts.get(part, 0) for part in OWED)
    assert parts.get("refund", 0) == min(left, overpaid), "first what the debtor did not owe, then the supplier's"
    for before, after in pairwise([*OWED, "surplus"]):
        if parts.get(after):
            assert parts.get(before, 0) == owed[before], f"{before} comes before {after}"


def test_in_turn() -> None:
    owed = {"fee": Decimal(10), "interest": Decimal(5), "principal": Decimal(100)}
    assert allocate(Decimal(12), owed) == {"fee": Decimal(10), "interest": Decimal(2)}
    assert allocate(Decimal(120), owed) == {**owed, "surplus": Decimal(5)}


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_nothing_cannot_be_allocated(amount: str) -> None:
    with pytest.raises(ValueError, match="above zero"):
        allocate(Decimal(amount), {})


@given(st.integers(-1000, 1000))
def test_each_day_is_in_one_bucket_and_the_filter_of_that_bucket_finds_it(late: int) -> None:
    as_of = date(2026, 11, 27)
    due = as_of - timedelta(days=late)
    found = []
    for bucket in ageing.BUCKETS:
        earliest, latest = ageing.due_between(bucket, as_of)
        if (earliest is None or earliest <= due) and (latest is None or due <= latest):
            found.append(bucket)
    assert found == [ageing.bucket_of(due, as_of)]
