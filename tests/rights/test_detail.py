"""A right's page: what it lacks, who must act, when it is due, whether it is eligible, and the lines behind its figures."""

from datetime import timedelta
from decimal import Decimal

import pytest

from abs_platform.core import clock
from abs_platform.rights import detail_replies
from abs_platform.rights.models import Right
from abs_platform.trade.models import Trade, TradeDocument
from tests.support.callers import Body
from tests.support.papers import Papers, line
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="PO-6", lines=(line("1", "100", "10.00"), line("2", "40", "25.50")))


def confirm(world: World, *kinds: str) -> None:
    for row in TradeDocument.objects.filter(kind__in=kinds, confirmation="pending"):
        world.core.decide(row.document)


def page(world: World) -> Body:
    found: Body = world.supplier.browser.get(f"rights/{Right.objects.get().id}")
    return found


def test_the_next_step_names_document_actor_and_deadline(world: World) -> None:
    [order] = world.supplier.submit({"o.xml": PAPERS.order()})
    step = page(world)["next_step"]
    assert (step["missing"], step["who"], step["organisation"]) == (
        "order_confirmation", "core_enterprise", world.core.organisation.name,
    )  # fmt: skip
    assert step["document"] == {"id": str(order.id), "kind": "order", "number": "PO-6"}
    assert step["asked_at"] < step["deadline"]
    confirm(world, "order")
    step = page(world)["next_step"]
    assert (step["missing"], step["who"], step["document"], step["deadline"]) == ("despatch", "supplier", None, None)
    world.supplier.submit({"r.xml": PAPERS.receipt()})
    step = page(world)["next_step"]
    assert (step["missing"], step["document"]["number"]) == ("receipt_confirmation", "G-PO-6")


def test_where_nothing_states_a_due_date_the_law_s_is_shown_as_such(world: World) -> None:
    world.supplier.submit({"o.xml": PAPERS.order(), "r.xml": PAPERS.receipt()})
    assert page(world)["due"] is None
    confirm(world, "order", "receipt_advice")
    right = page(world)
    assert right["due"] == {"day": "2026-05-10", "basis": "statutory", "is_certain": False, "term": ""}
    assert (right["due_date"], right["poolable_reasons"]) == (None, ["due_date_not_fixed"])
    world.supplier.submit({"i.xml": PAPERS.invoice()})
    right = page(world)
    assert right["due"] == {"day": "2026-05-12", "basis": "invoice", "is_certain": True, "term": ""}
    assert right["poolable"]


def test_each_rung_says_what_it_supports_and_what_it_would(world: World) -> None:
    world.supplier.submit({"o.xml": PAPERS.order(), "r.xml": PAPERS.receipt()})
    confirm(world, "order", "receipt_advice")
    right = page(world)
    assert [(each["rung"], each["is_held"], each["supported"]) for each in right["rungs"]] == [
        (1, True, "684.78"),
        (2, False, None),
        (3, True, "1597.82"),
        (4, False, "1826.08"),
        (5, False, "2054.34"),
    ]
    assert [each["fact"]["rung"] if each["fact"] else None for each in right["rungs"]] == [1, None, 3, None, None]
    assert [event["kind"] for event in right["timeline"]].count("rung_reached") == 2


def test_a_rung_names_its_fact_however_many_others_followed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.supplier.submit({"o.xml": PAPERS.order(), "r.xml": PAPERS.receipt()})
    confirm(world, "order", "receipt_advice")
    monkeypatch.setattr(detail_replies, "MAX_FACTS", 1)
    right = page(world)
    assert [each["rung"] for each in right["facts"]] == [3]
    assert [each["fact"]["rung"] if each["fact"] else None for each in right["rungs"]] == [1, None, 3, None, None]


def test_eligibility_says_what_is_in_the_way(world: World) -> None:
    world.supplier.submit(PAPERS.all())
    confirm(world, "order")
    verdicts = {each["rule"]: each for each in page(world)["eligibility"]["rules"]}
    assert (verdicts["performed"]["outcome"], verdicts["performed"]["remedy"]) == ("fail", "confirm_receipt")
    confirm(world, "receipt_advice", "invoice")
    eligibility = page(world)["eligibility"]
    assert {each["rule"]: each["outcome"] for each in eligibility["rules"] if each["outcome"] != "pass"} == {
        "invoice_verified": "fail",  # nobody has asked the tax office yet
        "not_registered_elsewhere": "unknown",
    }
    assert (eligibility["ruleset"], eligibility["eligible"]) == ("abs-eligibility/v2", False)


def test_every_figure_opens_to_lines_that_make_it(world: World) -> None:
    world.supplier.submit({**PAPERS.all(), "c.xml": PAPERS.credit(line("1", "30", "10.00"))})
    confirm(world, "order", "receipt_advice")
    right = page(world)
    figures = world.supplier.browser.get(f"rights/{right['id']}/figures")
    assert [{name: row[name] for name in right["lines"][0]} for row in figures["rows"]] == right["lines"]
    assert (figures["base"], figures["supported"]) == (right["base"], right["supported"])
    documents = {each["document"]: each for each in figures["documents"]}
    for row in figures["rows"]:
        roles = {documents[source["document"]]["kind"]: source["roles"] for source in row["sources"]}
        assert roles["receipt_advice"] == ["quantity"]
        assert "limit" in roles["order"] and "limit" in roles["invoice"]
        assert any("value" in each for each in roles.values())
    [reduction] = figures["reductions"]
    [source] = reduction["sources"]
    assert (documents[source["document"]]["number"], source["amount"]) == ("C-PO-6", "339.00")
    assert all(len(each["sm3"]) == 64 for each in documents.values())


def test_the_list_narrows_and_sorts(world: World) -> None:
    browser = world.supplier.browser
    small, large = Papers(number="S-1"), Papers(number="L-1", lines=(line("1", "900", "10.00"),))
    with clock.at(clock.now() - timedelta(days=1)):
        world.supplier.submit({**large.all()})
    world.supplier.submit({"o.xml": small.order()})
    confirm(world, "order", "receipt_advice")

    def numbers(**query: str) -> list[str]:
        return [row["order_number"] for row in browser.rows("rights", **query)]

    assert numbers() == ["S-1", "L-1"]
    assert numbers(sort="amount") == numbers(sort="due") == ["L-1", "S-1"]
    assert numbers(rung="4") == numbers(poolable="yes") == numbers(search="L-") == ["L-1"]
    assert numbers(state="free", buyer=world.core.id) == ["S-1", "L-1"]
    assert numbers(state="settled") == numbers(buyer=world.bank.id) == []
    assert numbers(due_from="2026-05-12", due_to="2026-05-12") == ["L-1"]
    assert browser.get("rights", status=422, sort="beauty")["code"] == "invalid_input"
    Trade.objects.update(buyer_name="as the papers call it")
    for listed in ("rights", "trades"):
        for name in ("as the papers", world.core.organisation.name):
            assert [row["order_number"] for row in browser.rows(listed, search=name)] == ["S-1", "L-1"]
    first = browser.get("rights", page_size=1, sort="due")
    assert Decimal(first["results"][0]["supported"]) > 0 and first["next"]
