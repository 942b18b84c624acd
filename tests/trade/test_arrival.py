"""Documents arrive in any order and make the same trade, the same comparison and the same right."""

import random
from itertools import permutations
from typing import Any

import pytest

from abs_platform.rights.models import Right
from abs_platform.risk.models import Alert
from abs_platform.trade.models import Trade, TradeDocument
from tests.support.database import rolled_back
from tests.support.papers import Papers, line
from tests.support.published import enrol, published_files
from tests.support.world import Member, World

pytestmark = pytest.mark.usefixtures("db")

ORDERED = (line("1", "100", "10.00"), line("2", "40", "25.00"))
PAPERS = Papers(number="PO-9", lines=ORDERED)
FILES = {
    "order": PAPERS.order(),
    "response": PAPERS.response(),
    "despatch": PAPERS.despatch(),
    "receipt": PAPERS.receipt(line("1", "90", short=10), line("2", "40", rejected=5)),
    "invoice": PAPERS.invoice(line("1", "100", "10.00"), line("2", "40", "26.00")),
    "credit": PAPERS.credit(line("1", "10", "10.00")),
}

RANDOM = random.Random(20261123)
ALL = list(permutations(FILES))
ARRIVALS = [tuple(FILES), tuple(reversed(FILES)), *RANDOM.sample(ALL, 7)]


def seen(member: Member, *, confirmed_by: Member) -> list[Any]:
    """All that the supplier sees of its trades, without ids and times."""
    for document in TradeDocument.objects.filter(confirmation="pending").order_by("kind", "number"):
        confirmed_by.decide(document.document)
    found = []
    for row in member.browser.rows("trades"):
        trade = member.browser.get(f"trades/{row['id']}")
        right = trade["right"]
        found.append(
            {
                "trade": {key: trade[key] for key in ("order_number", "provisional", "currency", "ordered", "lines")},
                "documents": sorted((doc["kind"], doc["number"]) for doc in trade["documents"]),
                "mismatches": [{k: v for k, v in m.items() if k != "document_id"} for m in trade["mismatches"]],
                "counted": (row["documents"], row["mismatches"], row["pending_confirmations"]),
                "remarks": sorted(remark["rule"] for remark in trade["remarks"]),
                "open": trade["open_quantities"],
                "right": {
                    key: right[key]
                    for key in ("rung", "base", "supported", "rate", "poolable", "poolable_reasons", "reductions",
                                "missing", "lines", "due_date")
                },
            }
        )  # fmt: skip
    return found


@pytest.fixture(scope="module")
def in_order(module_world: World, django_db_blocker: object) -> list[Any]:
    with rolled_back():
        for name, data in FILES.items():
            module_world.supplier.submit({name: data})
        return seen(module_world.supplier, confirmed_by=module_world.core)


def test_in_order_the_trade_is_as_its_papers_say(in_order: list[Any]) -> None:
    [trade] = in_order
    assert trade["counted"] == (6, 3, 0)
    assert [(m["rule"], m["line"], m["expected"], m["found"]) for m in trade["mismatches"]] == [
        ("invoiced_over_received", "1", "90", "100"),
        ("invoiced_over_received", "2", "35", "40"),
        ("unit_price_differs", "2", "25.00", "26.00"),
    ]


@pytest.mark.parametrize("arrival", ARRIVALS, ids="-".join)
def test_the_order_of_arrival_does_not_matter(arrival: tuple[str, ...], in_order: list[Any], world: World) -> None:
    for name in arrival:
        world.supplier.submit({name: FILES[name]})
    assert seen(world.supplier, confirmed_by=world.core) == in_order
    assert Trade.objects.count() == Right.objects.count() == 1, "a provisional trade was left behind"


def test_all_at_once_is_the_same(in_order: list[Any], world: World) -> None:
    world.supplier.submit(dict(reversed(FILES.items())))
    assert seen(world.supplier, confirmed_by=world.core) == in_order


def test_alerts_are_raised_once_whatever_the_order(world: World) -> None:
    raised = []
    for arrival in ARRIVALS[:2]:
        with rolled_back():
            for name in arrival:
                world.supplier.submit({name: FILES[name]})
            seen(world.supplier, confirmed_by=world.core)
            raised.append(sorted(Alert.objects.values_list("rule", "subject_label")))
    assert raised[0] and all(each == raised[0] for each in raised)


PUBLISHED_ARRIVALS = [RANDOM.sample(range(8), 8) for _ in range(3)]


@pytest.mark.parametrize("arrival", PUBLISHED_ARRIVALS, ids=str)
def test_the_published_trade_in_any_order(arrival: list[int], world: World) -> None:
    files = list(published_files().items())
    seller, buyer = enrol(world)
    for position in arrival:
        seller.submit(dict([files[position]]))
    [trade] = seen(seller, confirmed_by=buyer)
    assert trade["counted"] == (7, 2, 0)
    assert [(m["rule"], m["document"], m["line"], m["expected"], m["found"]) for m in trade["mismatches"]] == [
        ("invoiced_over_received", "A00095678", "A", "90", "100"),
        ("unit_price_differs", "A00095678", "A", "100.00", "1.00"),
    ]
    assert (trade["right"]["supported"], trade["right"]["poolable_reasons"]) == ("0.00", ["nothing_left"])


def test_the_buyer_need_not_be_registered(world: World) -> None:
    """Its documents find each other all the same; only nobody can confirm them yet."""
    seller, buyer = enrol(world)
    buyer.organisation.identifiers.all().delete()
    seller.submit(published_files())
    [row] = seller.browser.rows("trades")
    assert (row["documents"], row["buyer"]["id"], row["buyer"]["name"]) == (7, None, "IYT Corporation")
    assert "buyer_on_platform" in row["right"]["missing"]
