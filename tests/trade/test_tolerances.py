"""Tolerances are set by the buyer, from a day on, and hold on the page as in the matching."""

import re
from datetime import timedelta

import pytest

from abs_platform.core import clock
from abs_platform.core.models import AuditEntry
from abs_platform.trade.models import LineMatch, Tolerance
from tests.support.matches import derived, stored
from tests.support.papers import Papers, line
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

TODAY = clock.today()


def terms(world: World, **other: object) -> dict[str, object]:
    return {"seller": world.supplier.id, "quantity": "0.05", "price": "0.02", "effective_from": str(TODAY), **other}


@pytest.fixture
def trading(world: World) -> World:
    """An order, and an invoice of today for a little more and a little dearer than ordered."""
    papers = Papers(number="PO-9", lines=(line("1", "100", "10.00"),))
    invoice = papers.invoice(line("1", "104", "10.20"))
    today = re.sub(rb"(?<=<cbc:IssueDate>)[0-9-]+", str(TODAY).encode(), invoice)
    world.supplier.submit({"o": papers.order(), "i": today})
    return world


def mismatches(world: World) -> list[str]:
    [row] = world.core.browser.rows("trades")
    return [each["rule"] for each in world.core.browser.get(f"trades/{row['id']}")["mismatches"]]


def test_within_a_tolerance_nothing_differs(trading: World) -> None:
    assert mismatches(trading) == ["invoiced_over_ordered", "unit_price_differs"]
    said = trading.core.browser.post("tolerances", terms(trading), status=201)
    assert (said["quantity"], said["price"], said["amount"], said["set_by"]) == ("0.05", "0.02", None, "core person")
    assert mismatches(trading) == []
    assert trading.core.browser.rows("trades")[0]["mismatches"] == 0
    assert LineMatch.objects.get().status == "invoice_first"
    assert stored() == derived()
    assert AuditEntry.objects.filter(verb="tolerance.set").count() == 1
    for side in (trading.core, trading.supplier):
        assert [row["id"] for row in side.browser.rows("tolerances")] == [said["id"]]
    assert trading.castings.browser.rows("tolerances") == []


def test_beyond_it_everything_does(trading: World) -> None:
    trading.core.browser.post("tolerances", terms(trading, quantity="0.03", price="0.01"), status=201)
    assert mismatches(trading) == ["invoiced_over_ordered", "unit_price_differs"]


def test_one_that_holds_from_tomorrow_says_nothing_of_today(trading: World) -> None:
    tomorrow = str(TODAY + timedelta(days=1))
    trading.core.browser.post("tolerances", terms(trading, effective_from=tomorrow), status=201)
    assert mismatches(trading) == ["invoiced_over_ordered", "unit_price_differs"]


def test_what_was_different_yesterday_stays_so(trading: World) -> None:
    yesterday = str(TODAY - timedelta(days=1))
    refused = trading.core.browser.post("tolerances", terms(trading, effective_from=yesterday), status=422)
    assert refused["code"] == "effective_in_the_past"
    trading.core.browser.post("tolerances", terms(trading), status=201)
    again = trading.core.browser.post("tolerances", terms(trading, quantity="0.9"), status=409)
    assert again["code"] == "tolerance_set_already"
    assert Tolerance.objects.count() == 1


@pytest.mark.parametrize("share", ["1", "-0.01", "NaN", "5%"])
def test_a_share_lies_between_nothing_and_all(share: str, trading: World) -> None:
    trading.core.browser.post("tolerances", terms(trading, quantity=share), status=422)


def test_only_who_buys_from_a_supplier_sets_its_tolerance(trading: World) -> None:
    trading.supplier.browser.post("tolerances", terms(trading), status=403)
    trading.project.browser.post("tolerances", terms(trading), status=404)
    trading.core.browser.post("tolerances", terms(trading, seller=trading.stranger.id), status=404)
