"""Everything put in the place of what is stored, range by range over connections of their own, which needs commits."""

from dataclasses import replace
from decimal import Decimal

import pytest

from abs_platform.integrations.formats.model import Extracted, Line
from abs_platform.trade.matching import recomputing
from abs_platform.trade.models import Consumption, LineMatch, TradeMatch
from tests.support.filing import file
from tests.support.matches import derived, stored
from tests.support.world import World

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
            replace(referring, kind="invoice", number=f"I-{number}"),
        ):
            file(paper, owner=committed_world.supplier.organisation, buyer=committed_world.core.organisation)
    before = stored()
    assert [len(rows) for rows in before.values()] == [3, 3, 3]
    first, second, third = LineMatch.objects.order_by("trade_id")
    LineMatch.objects.filter(line_id=first.line_id).update(accepted=9999)
    LineMatch.objects.filter(line_id=second.line_id).update(trade_id=first.trade_id)  # stored under another trade
    Consumption.objects.filter(trade_id=third.trade_id).update(trade_id=first.trade_id)
    TradeMatch.objects.filter(trade_id=third.trade_id).delete()
    recomputing.rebuild()
    assert stored() == before == derived()
