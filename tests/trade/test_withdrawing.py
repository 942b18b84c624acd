"""Documents taken back out of trades that stay: each trade is what is left, in a number of queries that does not grow with them."""

from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from abs_platform.core.models import AuditEntry
from abs_platform.documents.models import Document
from abs_platform.trade import withdrawing
from abs_platform.trade.models import Trade, TradeKey, TradeMatch
from tests.support.filing import file
from tests.support.matches import derived, stored
from tests.support.world import World
from tests.trade.matching.test_matching import ORDER, receipt

pytestmark = pytest.mark.usefixtures("db")


def ordered_and_received(world: World, numbers: list[str]) -> list[UUID]:
    """The receipts' ids."""
    parties = {"owner": world.supplier.organisation, "buyer": world.core.organisation}
    found = []
    for number in numbers:
        file(replace(ORDER, number=number), **parties)
        found.append(file(replace(receipt("10", f"R-{number}"), order_number=number), **parties).id)
    return found


def test_trades_that_stay_are_what_is_left_of_them(world: World) -> None:
    receipts = ordered_and_received(world, ["PO-1", "PO-2"])
    with transaction.atomic():
        withdrawing.withdraw(actor=world.supplier.actor, document_ids=receipts)
    assert stored() == derived()
    assert list(TradeMatch.objects.values_list("rows", "value_accepted")) == [(1, 0), (1, 0)]
    assert sorted(TradeKey.objects.values_list("trade__order_number", "key")) == [
        ("PO-1", "order:po-1"),
        ("PO-2", "order:po-2"),
    ]
    assert AuditEntry.objects.filter(verb="trade.documents_withdrawn").count() == 2


def test_what_only_a_withdrawn_document_said_of_a_trade_goes_with_it(world: World) -> None:
    parties = {"owner": world.supplier.organisation, "buyer": world.core.organisation}
    despatched = receipt("10", "R-1", despatch_number="D-1", despatch_line_id="1")
    [order, left] = [file(each, **parties) for each in (ORDER, replace(despatched, order_number=None))]
    file(replace(despatched, number="R-2"), **parties)  # ties both together
    assert Trade.objects.count() == 1
    with transaction.atomic():
        withdrawing.withdraw(actor=world.supplier.actor, document_ids=[order.id, Document.objects.get(number="R-2").id])
    trade = Trade.objects.get()
    assert (trade.order_number, trade.provisional, trade.ordered) == ("", True, None)
    assert sorted(TradeKey.objects.values_list("key", flat=True)) == ["despatch:d-1", "receipt:r-1"]
    left.refresh_from_db()
    assert (left.trade_id, left.trade_label) == (trade.id, "")


def test_many_trades_take_as_many_queries_as_few(world: World) -> None:
    counts = []
    for prefix, count in (("W", 2), ("A", 3), ("B", 12)):  # the first fills caches
        receipts = ordered_and_received(world, [f"{prefix}-{number}" for number in range(count)])
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            withdrawing.withdraw(actor=world.supplier.actor, document_ids=receipts)
        counts.append(len(queries))
    assert counts[1] == counts[2], counts
