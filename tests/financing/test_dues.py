"""What a debtor owes when, and what a supplier may expect, is read from the rights as they stand."""

from decimal import Decimal

import pytest

from abs_platform.config.sample import trade as sample
from abs_platform.rights.models import Right
from tests.support.papers import Papers
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")

YEAR = {"first": "2026-01-01", "last": "2026-12-31"}


def owe(world: World) -> Right:
    """The sample trade, its documents confirmed: 159,153.72 due on 2026-12-28."""
    for document in world.supplier.submit(sample.files()):
        if document.kind in ("order", "receipt_advice"):
            world.core.decide(document)
    drain()
    return Right.objects.get(trade__seller=world.supplier.organisation)


def test_both_sides_see_the_same_amount_on_the_same_day(world: World) -> None:
    right = owe(world)
    amount = str(right.base.quantize(Decimal("0.01")))
    day = {
        "due_date": "2026-12-28",
        "currency": "CNY",
        "amount": amount,
        "certain": amount,
        "count": 1,
    }
    for member, side in ((world.core, "payable"), (world.supplier, "receivable")):
        assert member.browser.get("financing/dues/calendar", side=side, **YEAR)["days"] == [day]
        [row] = member.browser.rows("financing/dues", side=side)
        assert (row["right"], row["due_date"], row["certain"]) == (str(right.id), "2026-12-28", True)
        assert row["payee"]["name"] == world.supplier.organisation.name, "nobody was told of an assignment"
        assert member.browser.rows("financing/dues", side=side, on="2026-12-27") == []
        assert member.browser.rows("financing/dues", side=side, undated="true") == []


def test_what_no_document_states_a_day_of_is_shown_apart(world: World) -> None:
    [order] = world.supplier.submit({"order.xml": Papers(number="PO-1").order()})
    world.core.decide(order)
    drain()
    [day] = world.core.browser.get("financing/dues/calendar", side="payable", **YEAR)["days"]
    assert (day["due_date"], day["certain"], day["count"]) == (None, "0.00", 1), "ordered, not yet accepted"
    assert world.core.browser.rows("financing/dues", side="payable") == []
    [row] = world.core.browser.rows("financing/dues", side="payable", undated="true")
    assert (row["due_date"], row["certain"]) == (None, False)


def test_what_is_settled_is_due_no_more(world: World) -> None:
    right = owe(world)
    Right.objects.filter(id=right.id).update(state="settled")
    assert world.core.browser.get("financing/dues/calendar", side="payable", **YEAR)["days"] == []
    assert world.core.browser.rows("financing/dues", side="payable") == []


def test_a_period_is_bounded(world: World) -> None:
    for first, last in (("2026-02-01", "2026-01-31"), ("2026-01-01", "2027-12-31")):
        body = world.core.browser.get("financing/dues/calendar", status=422, side="payable", first=first, last=last)
        assert body["code"] == "period_invalid"
