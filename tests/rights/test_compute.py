"""Rights follow from the trade's facts; computing again changes nothing, and everyone concerned sees the same."""

from datetime import timedelta
from decimal import Decimal

import pytest

from abs_platform.core import clock, jobs
from abs_platform.core.models import AuditEntry
from abs_platform.rights import services
from abs_platform.rights.models import Right
from abs_platform.trade.models import TradeDocument
from tests.support.papers import Papers, line
from tests.support.stage import request_and_grant
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="PO-4", lines=(line("1", "100", "10.00"),))


def confirm_all(world: World) -> None:
    for document in TradeDocument.objects.filter(confirmation="pending").order_by("document_id"):
        world.core.decide(document.document)


def values() -> dict[str, object]:
    return {key: value for key, value in Right.objects.values().get().items() if key != "computed_at"}


def test_computing_again_changes_nothing(world: World) -> None:
    world.supplier.submit(PAPERS.all())
    confirm_all(world)
    before, audited = values(), AuditEntry.objects.count()
    trade = TradeDocument.objects.first().trade_id
    for days in (1, 30):
        with clock.at(clock.now() + timedelta(days=days)):
            services.compute(trade_id=trade)
    assert values() == before
    assert AuditEntry.objects.count() == audited, "nothing changed, so nothing is told"


def test_a_trade_that_was_merged_away_needs_no_right(world: World) -> None:
    services.compute(trade_id=world.supplier.organisation.id)
    assert not Right.objects.exists()


def test_many_changes_at_once_are_computed_once(world: World) -> None:
    world.supplier.submit({"o": PAPERS.order()})
    trade = TradeDocument.objects.get().trade_id
    for _ in range(5):
        jobs.publish("trade.changed", {"trade": str(trade)}, key=str(trade))
    assert jobs.drain(kinds=["rights.compute"]) == 1


def test_a_credit_note_takes_and_says_so(world: World) -> None:
    world.supplier.submit(PAPERS.all())
    confirm_all(world)
    assert Right.objects.get().base == Decimal("1130.00")
    world.supplier.submit({"c": PAPERS.credit(line("1", "30", "10.00"))})
    right = Right.objects.get()
    assert right.base == Decimal("791.00")
    assert right.reductions == [{"reason": "credit_note", "amount": "339.00", "document": "C-PO-4"}]
    world.supplier.submit({"c": PAPERS.credit(line("1", "100", "10.00"), number="C-2")})
    right = Right.objects.get()
    assert (right.base, right.supported, right.poolable, right.poolable_reasons) == (0, 0, False, ["nothing_left"])
    assert right.financeable_since is not None, "that it once was is history"


def test_a_disputed_receipt_takes_back_the_acceptance(world: World) -> None:
    documents = world.supplier.submit(PAPERS.all())
    world.core.decide(documents[0])
    world.core.decide(documents[2], "dispute", "six are cracked")
    right = Right.objects.get()
    assert (right.rung, right.poolable) == (2, False)
    assert "disputed" in right.poolable_reasons
    world.core.decide(documents[2])
    assert Right.objects.get().rung == 4


def test_all_who_see_the_trade_see_the_same_right(world: World) -> None:
    [order, *_] = world.supplier.submit(PAPERS.all())
    confirm_all(world)
    request_and_grant(world, world.bank, trades=[order.trade_id])
    seen = [member.browser.rows("rights") for member in (world.supplier, world.core, world.bank)]
    assert seen[0] == seen[1] == seen[2]
    [right] = seen[0]
    for member in (world.supplier, world.core, world.bank):
        detail = member.browser.get(f"rights/{right['id']}")
        assert {name: detail[name] for name in right} == right
        shown = member.browser.get(f"trades/{order.trade_id}")["right"]
        assert shown == right
        [row] = member.browser.rows("trades")
        assert row["right"] == {key: right[key] for key in row["right"]}


def test_every_figure_opens_to_the_lines_it_comes_from(world: World) -> None:
    papers = Papers(number="PO-4", lines=(line("1", "100", "10.00"), line("2", "40", "25.50")))
    world.supplier.submit(papers.all())
    confirm_all(world)
    [right] = world.supplier.browser.rows("rights")
    values = sum(Decimal(each["value"]) + Decimal(each["tax"]) for each in right["lines"])
    reductions = sum(Decimal(each["amount"]) for each in right["reductions"])
    assert values - reductions == Decimal(right["base"])
    assert Decimal(right["supported"]) == Decimal(right["base"]) * Decimal(right["rate"])


def test_a_failed_computation_is_computed_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "compute_all", lambda *, trade_ids: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        world.supplier.submit({"o": PAPERS.order()})
    monkeypatch.undo()
    with clock.at(clock.now() + timedelta(minutes=1)):
        drain()
    assert Right.objects.count() == 1
