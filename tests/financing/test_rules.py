"""What a programme lends on which rights is arithmetic: never above what carries it, and spread without losing a cent."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_platform.financing import rules
from abs_platform.financing.rules import Claim, Conditions, Room

TODAY = date(2026, 3, 1)
UNTIL = TODAY + timedelta(days=90)
CENT = Decimal("0.01")
CONDITIONS = Conditions(
    debtor="core",
    currency="CNY",
    min_rung=3,
    advance_rates={3: Decimal("0.70"), 4: Decimal("0.80"), 5: Decimal("0.90")},
    max_tenor_days=180,
)
CLAIM = {
    "id": "1",
    "debtor": "core",
    "currency": "CNY",
    "rung": 4,
    "base": Decimal("1000.00"),
    "due_date": TODAY + timedelta(days=60),
    "is_free": True,
}
RIVAL = frozenset({"anotherbank"})

amounts = st.decimals(0, 10**9, places=2)
rungs = st.integers(0, 5)
claims = st.builds(
    Claim,
    id=st.just("1"),
    debtor=st.sampled_from(["core", "another", None]),
    currency=st.sampled_from(["CNY", "USD"]),
    rung=rungs,
    base=amounts,
    due_date=st.none() | st.dates(TODAY, TODAY + timedelta(days=400)),
    is_free=st.booleans(),
    goods_lent_on=st.booleans(),
    is_disputed=st.booleans(),
    rivals=st.sampled_from([frozenset(), RIVAL]),
)


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        ({"is_free": False}, rules.NOT_FREE),
        ({"goods_lent_on": True}, rules.GOODS_LENT_ON),
        ({"rivals": RIVAL}, rules.REGISTERED_ELSEWHERE),
        ({"is_disputed": True}, rules.DISPUTED),
        ({"due_date": TODAY - timedelta(days=1)}, rules.OVERDUE),
        ({"debtor": "another"}, rules.OTHER_DEBTOR),
        ({"debtor": None}, rules.OTHER_DEBTOR),
        ({"currency": "USD"}, rules.OTHER_CURRENCY),
        ({"rung": 2}, rules.RUNG_TOO_LOW),
        ({"base": Decimal(0)}, rules.NOTHING_LEFT),
        ({"due_date": None}, rules.DUE_DATE_MISSING),
        ({"due_date": UNTIL + timedelta(days=1)}, rules.DUE_AFTER_MATURITY),
    ],
)
def test_each_obstacle_stands_alone(change: dict[str, object], obstacle: str) -> None:
    assert rules.obstacles(Claim(**CLAIM), CONDITIONS, UNTIL, TODAY) == ()
    assert rules.obstacles(Claim(**{**CLAIM, **change}), CONDITIONS, UNTIL, TODAY) == (obstacle,)


def test_the_day_of_repayment_may_be_the_day_on_which_the_right_is_due() -> None:
    assert rules.obstacles(Claim(**{**CLAIM, "due_date": UNTIL}), CONDITIONS, UNTIL, TODAY) == ()


def test_a_right_that_is_due_today_is_not_overdue() -> None:
    assert rules.obstacles(Claim(**{**CLAIM, "due_date": TODAY}), CONDITIONS, UNTIL, TODAY) == ()


def test_ones_own_registration_stands_in_nobodys_way() -> None:
    own = replace(CONDITIONS, lender="anotherbank")
    assert rules.obstacles(Claim(**{**CLAIM, "rivals": RIVAL}), own, UNTIL, TODAY) == ()


def test_pre_financing_needs_no_due_date() -> None:
    early = Conditions("core", "CNY", 1, {1: Decimal("0.30")}, 180)
    assert rules.obstacles(Claim(**{**CLAIM, "rung": 1, "due_date": None}), early, UNTIL, TODAY) == ()


@pytest.mark.parametrize(("days", "obstacle"), [(-1, "tenor_passed"), (0, "tenor_passed"), (1, None), (180, None)])
def test_tenor(days: int, obstacle: str | None) -> None:
    assert rules.tenor_obstacle(TODAY + timedelta(days=days), TODAY, CONDITIONS) == obstacle
    assert rules.tenor_obstacle(TODAY + timedelta(days=181), TODAY, CONDITIONS) == "tenor_too_long"


@given(claims)
def test_a_right_carries_no_more_than_its_rate_of_its_base(claim: Claim) -> None:
    carried = rules.carried(claim, CONDITIONS)
    rate = CONDITIONS.advance_rates.get(claim.rung, Decimal(0))
    assert 0 <= carried <= rate * claim.base <= claim.base
    assert rate * claim.base - carried < CENT
    if claim.rung < CONDITIONS.min_rung:
        assert carried == 0


@given(st.lists(claims, max_size=5), amounts, amounts, amounts, amounts)
def test_the_most_keeps_the_supplier_s_limit_and_what_is_left_keeps_both(
    found: list[Claim], limit: Decimal, taken: Decimal, supplier_limit: Decimal, by_supplier: Decimal
) -> None:
    room = Room(limit, taken, supplier_limit, by_supplier)
    most = rules.most(found, CONDITIONS, room)
    assert 0 <= most <= sum(rules.carried(each, CONDITIONS) for each in found)
    assert not most or by_supplier + most <= supplier_limit
    assert not room.left or (taken + room.left <= limit and by_supplier + room.left <= supplier_limit)
    others_lent = Room(limit, taken + 1, supplier_limit, by_supplier)
    assert rules.most(found, CONDITIONS, others_lent) == most, "what others took is no supplier's business"


@given(st.lists(claims, max_size=4), amounts, st.dates(TODAY, UNTIL))
def test_what_may_be_asked_for_is_what_nothing_stands_in_the_way_of(
    found: list[Claim], limit: Decimal, until: date
) -> None:
    room = Room(limit, Decimal(0), limit, Decimal(0))
    judged = rules.judge(found, CONDITIONS, room, until=until, today=TODAY)
    assert judged.of_each == tuple(rules.obstacles(each, CONDITIONS, until, TODAY) for each in found)
    if judged.obstacles or any(judged.of_each):
        assert judged.most == 0
    else:
        assert judged.most == min(sum(judged.carried, Decimal(0)), limit)
    assert all(not carried for carried, stands in zip(judged.carried, judged.of_each, strict=True) if stands)


@given(st.lists(amounts, min_size=1, max_size=8), st.decimals(0, 1, places=6))
def test_shares_are_whole_and_none_is_above_what_carries_it(carrying: list[Decimal], part: Decimal) -> None:
    amount = (part * sum(carrying)).quantize(CENT, rounding="ROUND_DOWN")
    found = rules.shares(amount, carrying, CENT)
    assert sum(found) == amount
    assert all(0 <= share <= each for share, each in zip(found, carrying, strict=True))
    assert all(share == share.quantize(CENT) for share in found)


def test_more_than_the_rights_carry_is_not_spread() -> None:
    with pytest.raises(ValueError, match="more than"):
        rules.shares(Decimal(11), [Decimal(4), Decimal(6)], CENT)
