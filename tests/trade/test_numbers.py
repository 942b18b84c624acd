"""One number written in several ways is one number, whichever comes first; and no number is too long to file by."""

from dataclasses import replace

import pytest

from abs_platform.documents.rules import number_key
from abs_platform.integrations.formats.keys import business_key
from abs_platform.integrations.formats.model import Extracted, Party, from_json, to_json
from abs_platform.trade import services as trades
from abs_platform.trade.models import Trade, TradeDocument
from tests.support.filing import correct, document_of, file
from tests.support.world import World
from tests.trade.matching.test_matching import ORDER, invoice, receipt

pytestmark = pytest.mark.usefixtures("db")

LONG = "㍿" * 60
"""Folded, four characters for each."""


def file_without_buyer(said: Extracted, world: World) -> None:
    document = document_of(said, owner=world.supplier.organisation, buyer=world.core.organisation)
    document.counterparty, document.content = None, to_json(said)
    document.save()
    trades.file_document(document_id=document.id)


@pytest.mark.parametrize("comes_first", ["order", "invoice"])
def test_an_invoice_without_buyer_finds_the_order_whatever_comes_first(world: World, comes_first: str) -> None:
    steps = [
        lambda: file(
            replace(ORDER, buyer=Party(name="x")), owner=world.supplier.organisation, buyer=world.core.organisation
        ),
        lambda: file_without_buyer(replace(invoice("10"), order_number="po-1", buyer=None), world),
    ]
    for step in steps if comes_first == "order" else reversed(steps):
        step()
    trade = Trade.objects.get()
    assert (trade.order_number, trade.buyer_id) == ("PO-1", world.core.organisation.id)
    assert sorted(trade.documents.values_list("kind", flat=True)) == ["invoice", "order"]


def test_a_correction_that_writes_the_number_otherwise_leaves_the_document_where_it_is(world: World) -> None:
    parties = {"owner": world.supplier.organisation, "buyer": world.core.organisation}
    file(ORDER, **parties)
    # It names the order on its lines alone, and a receipt by which it is found.
    bill = file(invoice("10"), **parties)
    was = TradeDocument.objects.get(kind="invoice").trade_id
    correct(bill, replace(invoice("10"), order_number="ＰＯ-1"))
    assert TradeDocument.objects.get(kind="invoice").trade_id == was
    assert Trade.objects.get().order_number == "PO-1"


def test_a_number_that_folds_long_is_filed_and_found(world: World) -> None:
    parties = {"owner": world.supplier.organisation, "buyer": world.core.organisation}
    file(replace(ORDER, number=LONG), **parties)
    file(replace(receipt("10"), order_number="株式会社" * 60), **parties)
    file(replace(receipt("10", "R-2"), order_number=LONG + "1"), **parties)
    assert sorted(trade.documents.count() for trade in Trade.objects.all()) == [1, 2]


@pytest.mark.parametrize("unseen", ["\u200b", "\ufe0f", "\u034f", "\u3164", "\uffa0", "\u115f", "\u2800", "\U000e0100"])
def test_what_nobody_sees_makes_no_other_order(world: World, unseen: str) -> None:
    """Else one order, twice on a desk and alike to the eye, would be lent on twice."""
    parties = {"owner": world.supplier.organisation, "buyer": world.core.organisation}
    first = file(ORDER, **parties)
    second = file(replace(ORDER, number=f"PO{unseen}-1"), **parties)
    assert Trade.objects.get().order_number == "PO-1"
    assert business_key(replace(ORDER, number=f"PO{unseen}-1")) == business_key(ORDER)
    assert number_key(from_json(second.content or {}), None) == number_key(from_json(first.content or {}), None)
