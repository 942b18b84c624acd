"""Confirming in part: accepted quantities count, nothing else does."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_platform.integrations.formats.model import Extracted, Line
from abs_platform.rights.rules import assess
from abs_platform.trade.facts import DocumentFacts, facts_of
from abs_platform.trade.models import SignedDecision, TradeDocument, TradeLine
from tests.support.papers import Papers, line
from tests.support.signing_desk import digest_now
from tests.support.world import World, drain

PAPERS = Papers(number="PO-3", lines=(line("1", "100", "10.00"), line("2", "50", "2.00")))
RATES = {1: Decimal(1), 2: Decimal(1), 3: Decimal(1), 4: Decimal(1), 5: Decimal(1)}


def right(world: World) -> dict[str, object]:
    drain()
    [found] = world.supplier.browser.rows("rights")
    return dict(found)


@pytest.mark.usefixtures("db")
def test_only_the_confirmed_quantity_makes_value(world: World) -> None:
    [order, receipt] = world.supplier.submit({"o": PAPERS.order(), "r": PAPERS.receipt()})
    world.core.decide(order)
    core = world.core.browser
    sheet = core.get(f"confirmations/{receipt.id}")
    assert [(each["position"], each["stated"]) for each in sheet["lines"]] == [(0, "100"), (1, "50")]
    body = {"content_digest": sheet["content_digest"], "lines": [{"position": 0, "quantity": "60"}]}
    done = core.post(f"confirmations/{receipt.id}/confirm-part", body)
    assert (done["state"], done["rest_disputed"]) == ("partial", False)
    assert [each["confirmed"] for each in done["lines"]] == ["60", None]
    signed = json.loads(done["signatures"][0]["statement"])
    assert signed["lines"] == [{"position": 0, "line": "1", "quantity": "60"}], "the statement names them"
    assert right(world)["base"] == "678.00", "60 × 10.00 and 13 % tax; 60 of the 100, none of the 50"

    # A further part adds to it, and takes nothing back.
    body = {"content_digest": digest_now(world.core.actor, receipt.id), "lines": [{"position": 0, "quantity": "50"}]}
    assert core.post(f"confirmations/{receipt.id}/confirm-part", body, status=422)["code"] == "quantity_taken_back"
    body["lines"] = [{"position": 0, "quantity": "60"}, {"position": 1, "quantity": "50"}]
    core.post(f"confirmations/{receipt.id}/confirm-part", body)
    assert right(world)["base"] == "791.00"
    whole = core.post(f"confirmations/{receipt.id}/confirm", {"content_digest": body["content_digest"]})
    assert (whole["state"], whole["allowed_actions"]) == ("confirmed", [])
    assert right(world)["base"] == "1243.00"
    assert not TradeLine.objects.filter(confirmed__isnull=False).exists()
    assert list(SignedDecision.objects.filter(document_id=receipt.id).values_list("number", flat=True)) == [1, 2, 3]


@pytest.mark.usefixtures("db")
def test_the_rest_can_be_disputed_and_then_is_not_pooled(world: World) -> None:
    world.supplier.submit(PAPERS.all())
    rows = {row.kind: row for row in TradeDocument.objects.exclude(confirmation="not_required")}
    for kind in ("order", "receipt_advice"):
        world.core.decide(rows[kind].document)
    invoice = rows["invoice"].document_id
    body = {
        "content_digest": digest_now(world.core.actor, invoice),
        "lines": [{"position": 0, "quantity": "90"}],
        "rest_disputed": True,
    }
    path = f"confirmations/{invoice}/confirm-part"
    assert world.core.browser.post(path, body, status=422)["code"] == "reason_missing"
    done = world.core.browser.post(path, {**body, "reason_code": "quality", "reason": "ten are cracked"})
    assert (done["state"], done["rest_disputed"], done["has_thread"]) == ("partial", True, True)
    found = right(world)
    assert (found["rung"], found["base"]) == (4, "1017.00")
    assert "disputed" in str(found["poolable_reasons"])
    told = world.supplier.browser.get(f"trades/{rows['invoice'].trade_id}")
    assert told["timeline"][-1]["kind"] == "confirmed_in_part"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([{"position": 0, "quantity": "100.1"}], "quantity_above_stated"),
        ([{"position": 7, "quantity": "1"}], "line_unknown"),
        ([{"position": 0, "quantity": "0"}], "nothing_confirmed"),
        ([{"position": 0, "quantity": "1"}, {"position": 0, "quantity": "2"}], "line_twice"),
        ([{"position": 0, "quantity": "-1"}], "invalid_input"),
    ],
)
def test_a_part_is_a_part(lines: object, code: str, world: World) -> None:
    [order] = world.supplier.submit({"o": PAPERS.order()})
    body = {"content_digest": digest_now(world.core.actor, order.id), "lines": lines}
    refused = world.core.browser.post(f"confirmations/{order.id}/confirm-part", body, status=422)
    assert refused["code"] == code
    assert not SignedDecision.objects.exists()


@pytest.mark.usefixtures("db")
def test_of_a_receipt_what_it_accepts_is_confirmed(world: World) -> None:
    [receipt] = world.supplier.submit({"r": PAPERS.receipt(line("1", "100", rejected=10))})
    sheet = world.core.browser.get(f"confirmations/{receipt.id}")
    stated = sheet["lines"][0]["stated"]
    body = {"content_digest": sheet["content_digest"], "lines": [{"position": 0, "quantity": str(Decimal(stated) + 1)}]}
    refused = world.core.browser.post(f"confirmations/{receipt.id}/confirm-part", body, status=422)
    assert refused["code"] == "quantity_above_stated"


quantities = st.integers(1, 1000).map(Decimal)
prices = st.integers(1, 10_000).map(lambda cents: Decimal(cents) / 100)


@st.composite
def trades(draw: st.DrawFn) -> tuple[list[DocumentFacts], list[DocumentFacts], Decimal]:
    """A trade confirmed whole, the same confirmed in part, and what the part is worth."""
    kind = draw(st.sampled_from(["order", "receipt_advice", "invoice"]))
    lines = []
    for n in range(draw(st.integers(1, 4))):
        quantity, price = draw(quantities), draw(prices)
        lines.append(
            Line(
                id=str(n), item_name=f"item {n}", seller_item_id=f"I-{n}", unit="C62", quantity=quantity, price=price,
                amount=quantity * price, order_line_id=str(n),
            )
        )  # fmt: skip
    parts = {n: draw(st.integers(0, int(each.quantity or 0)).map(Decimal)) for n, each in enumerate(lines)}
    kinds = ["order"] if kind == "order" else ["order", "receipt_advice"] if kind == "receipt_advice" else [
        "order", "receipt_advice", "invoice",
    ]  # fmt: skip
    whole, part = [], []
    for each in kinds:
        extracted = Extracted(kind=each, number=each, currency="CNY", order_number="order", lines=tuple(lines))
        facts = facts_of(extracted, id=each, confirmation="confirmed")
        whole.append(facts)
        part.append(facts_of(extracted, id=each, confirmation="confirmed", confirmed=parts) if each == kind else facts)
    worth = sum((parts[n] * (each.price or 0) for n, each in enumerate(lines)), Decimal(0))
    return whole, part, worth


@given(trades())
def test_a_part_is_worth_its_quantities_and_never_more_than_the_whole(
    drawn: tuple[list[DocumentFacts], list[DocumentFacts], Decimal],
) -> None:
    whole, part, worth = drawn
    all_of_it = assess(whole, RATES)
    some = assess(part, RATES)
    assert some.base <= all_of_it.base
    kind = part[-1].kind
    if kind == "invoice" and not worth:
        return  # it lifts nothing then, and the receipt's rung stands
    if kind == "receipt_advice" and not worth:
        assert some.rung < 3, "nothing was accepted"
        return
    assert some.value == worth.quantize(Decimal("0.01"))


@given(trades())
def test_what_takes_back_counts_whole(drawn: tuple[list[DocumentFacts], list[DocumentFacts], Decimal]) -> None:
    """Leaving a discount out of a part would raise what is financed."""
    _, part, _ = drawn
    last = part[-1]
    discount = Line(id="d", item_name="discount", unit="C62", quantity=Decimal(1), amount=Decimal(-5))
    extracted = Extracted(kind=last.kind, number="x", currency="CNY", lines=(*last.lines, discount))
    facts = facts_of(extracted, id="x", confirmation="confirmed", confirmed={})
    assert facts.lines[-1] == discount
    assert all(not each.quantity and not each.amount for each in facts.lines[:-1])
    assert replace(facts, lines=()).counts
