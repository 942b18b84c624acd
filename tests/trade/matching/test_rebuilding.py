"""Everything put in the place of what is stored, range by range over connections of their own, which needs commits; and
everything compared, while others file.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from abs_platform.integrations.formats.model import Extracted, Line, Totals
from abs_platform.trade.matching import recomputing, services, sql
from abs_platform.trade.models import Cleared, Clearing, Consumption, LineMatch, TradeMatch
from tests.support.filing import file
from tests.support.matches import derived, stored
from tests.support.world import World

ORDER = Extracted(
    kind="order",
    number="PO-1",
    currency="CNY",
    lines=(Line(id="1", item_name="steel", unit="TNE", quantity=Decimal(10), price=Decimal(4000)),),
)
NUMBERS = ("PO-1", "PO-2", "PO-3")


def test_ranges_that_are_matched_at_once_store_what_events_stored(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recomputing, "RANGE", 1)
    said = Line(id="1", item_name="steel", unit="TNE", quantity=Decimal(10), price=Decimal(4000), order_line_id="1")
    for number in NUMBERS:
        order = Extracted(kind="order", number=number, currency="CNY", lines=(replace(said, order_line_id=None),))
        referring = replace(order, order_number=number, lines=(said,))
        for paper in (
            order,
            replace(referring, kind="receipt_advice", number=f"R-{number}"),
            replace(referring, kind="invoice", number=f"I-{number}", totals=Totals(payable=Decimal(40_000))),
            Extracted(
                kind="remittance_advice",
                number=f"RA-{number}",
                lines=(Line(id="1", invoice_number=f"I-{number}", amount=Decimal(100)),),
            ),
        ):
            file(paper, owner=committed_world.supplier.organisation, buyer=committed_world.core.organisation)
    before = stored()
    assert [len(rows) for rows in before.values()] == [3, 3, 3, 3, 3]
    first, second, third = LineMatch.objects.order_by("trade_id")
    LineMatch.objects.filter(line_id=first.line_id).update(accepted=9999)
    LineMatch.objects.filter(line_id=second.line_id).update(trade_id=first.trade_id)  # stored under another trade
    Consumption.objects.filter(trade_id=third.trade_id).update(trade_id=first.trade_id)
    TradeMatch.objects.filter(trade_id=third.trade_id).delete()
    Cleared.objects.filter(trade_id=first.trade_id).update(trade_id=third.trade_id)
    Cleared.objects.filter(trade_id=second.trade_id).update(beyond=5)
    Clearing.objects.filter(trade_id=second.trade_id).update(trade_id=first.trade_id)
    recomputing.rebuild()
    assert stored() == before == derived()


def file_meanwhile(world: World, said: Extracted) -> None:
    """By somebody else, over a connection of its own."""

    def other() -> None:
        try:
            file(said, owner=world.supplier.organisation, buyer=world.core.organisation)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()


def once(doing: Callable[[], None]) -> Callable[[], None]:
    """At the first call alone."""
    left = [doing]
    return lambda: left.pop()() if left else None


def test_what_is_filed_during_a_rebuild_is_its_own_events_matter(committed_world: World) -> None:
    file(ORDER, owner=committed_world.supplier.organisation, buyer=committed_world.core.organisation)
    meanwhile = once(lambda: file_meanwhile(committed_world, replace(ORDER, number="PO-2")))

    def interrupted(execute: Callable[..., Any], text: str, *given: Any) -> Any:  # Any: what Django hands on
        if text in sql.emptied():  # the trades that there were are held
            meanwhile()
        return execute(text, *given)

    with connection.execute_wrapper(interrupted):
        recomputing.rebuild()
    assert stored() == derived()
    assert TradeMatch.objects.count() == 2


def test_what_is_filed_during_a_comparison_differs_from_nothing(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file(ORDER, owner=committed_world.supplier.organisation, buyer=committed_world.core.organisation)
    changed = LineMatch.objects.get()
    LineMatch.objects.update(ordered=9999)
    meanwhile = once(lambda: file_meanwhile(committed_world, replace(ORDER, number="PO-2")))
    place = services.place

    def interrupted(**given: Any) -> int:  # Any: its arguments
        meanwhile()
        return place(**given)

    monkeypatch.setattr(services, "place", interrupted)
    assert recomputing.differences() == [recomputing.Difference(changed.trade_id, "rows", 2)]
