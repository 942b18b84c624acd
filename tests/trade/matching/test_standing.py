"""What does not count says nothing, and every line of what is filed is noted."""

from dataclasses import replace
from decimal import Decimal

import pytest

from abs_platform.integrations.formats.model import Line
from abs_platform.parties.actor import PLATFORM
from abs_platform.trade import services as trades
from abs_platform.trade.matching import services as matching
from abs_platform.trade.models import LineMatch, MatchLine, TradeDocument, TradeMatch
from tests.support.matches import derived, stored
from tests.support.world import World
from tests.trade.matching.test_matching import ORDER, invoice, receipt, submit
from tests.trade.matching.test_used_again import dispute

pytestmark = pytest.mark.usefixtures("db")


def test_a_disputed_order_orders_nothing(world: World) -> None:
    assert submit(world, ORDER, receipt("10"), invoice("10")).status == "matched"
    trades.changed(PLATFORM, dispute("order", "PO-1"), "confirmation.dispute", {})
    assert stored() == derived()
    row, sums = LineMatch.objects.get(), TradeMatch.objects.get()
    assert (row.ordered, row.status) == (None, "not_ordered")
    assert (sums.matched, sums.differing) == (0, 1)


def test_the_price_of_a_disputed_invoice_differs_from_nothing(world: World) -> None:
    said = invoice("10", "I-2")
    dear = replace(said, lines=(replace(said.lines[0], price=Decimal(4100)),))
    assert submit(world, ORDER, receipt("10"), dear).status == "price_differs"
    trades.changed(PLATFORM, dispute("invoice", "I-2"), "confirmation.dispute", {})
    assert stored() == derived()
    assert submit(world, invoice("10")).status == "matched"


def test_a_line_that_is_not_noted_is_an_error(world: World) -> None:
    submit(world, ORDER)
    filed = TradeDocument.objects.get()
    rows, lines = list(filed.lines.all()), [*ORDER.lines, Line(id="2", quantity=Decimal(1))]
    MatchLine.objects.all().delete()
    with pytest.raises(ValueError, match="zip"):
        matching.note(seller_id=world.supplier.organisation.id, filed=filed, rows=rows, lines=lines)


def test_kinds_that_make_no_rows_are_filed_and_not_noted(world: World) -> None:
    submit(world, ORDER)
    changing = replace(ORDER, kind="order_change", number="CH-1", order_number="PO-1")
    assert submit(world, changing).status == "to_receive"
    assert MatchLine.objects.count() == 1
