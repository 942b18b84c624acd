"""What is prepared gives what the queryset gives, run after run, on whatever plan the session keeps."""

import pytest
from django.db import DataError, connection, transaction
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from abs_platform.core.ids import uuid7
from abs_platform.core.prepared import IDS, Prepared, pipeline
from abs_platform.parties.models import Organisation
from abs_platform.rights.models import Collection, Right
from abs_platform.trade.models import Trade
from tests.support.papers import Papers
from tests.support.world import World, drain

by_id = Prepared(lambda: Organisation.objects.filter(id__among=IDS).select_related("network", "parent").order_by("id"))
whole = Prepared(
    lambda: (
        Trade.objects.filter(id__among=IDS)
        .select_related("seller", "buyer", "right")
        .annotate(is_paid=Exists(Collection.objects.filter(right__trade=OuterRef("pk"))))
    )
)
held = Prepared(lambda: Trade.objects.select_for_update(no_key=True).filter(id__among=IDS).only("id"))


def test_it_gives_the_rows_of_the_queryset_each_time(world: World) -> None:
    ids = list(Organisation.objects.values_list("id", flat=True))
    expected = list(Organisation.objects.select_related("network", "parent").order_by("id"))
    for _ in range(7):  # from the sixth on the server has it prepared
        with CaptureQueriesContext(connection) as queries:
            found = by_id(ids)
            named = [(each.name, each.network.name, each.parent and each.parent.name) for each in found]
        assert found == expected
        assert named == [(each.name, each.network.name, each.parent and each.parent.name) for each in expected]
        assert len(queries) == 1, "what was selected along is there, and the statement is counted like any other"
    assert by_id([ids[0], uuid7()]) == [Organisation.objects.get(id=ids[0])]
    assert by_id([]) == []


def test_what_is_not_there_and_what_is_annotated(world: World) -> None:
    world.supplier.submit({"order.xml": Papers(number="PO-1").order()})
    drain()
    trade = Trade.objects.get()
    Right.objects.filter(trade=trade).delete()
    (found,) = whole([trade.id])
    assert (found.seller, getattr(found, "right", None), found.is_paid) == (trade.seller, None, False)
    found.refresh_from_db()
    assert found.order_number == "PO-1"


def test_rows_are_held_until_the_transaction_ends(world: World) -> None:
    world.supplier.submit({"order.xml": Papers(number="PO-1").order()})
    drain()
    trade = Trade.objects.get()
    assert held([trade.id, uuid7()]) == [trade]
    with CaptureQueriesContext(connection) as queries:
        held([trade.id])
    assert "FOR NO KEY UPDATE" in queries[0]["sql"]


def test_what_is_asked_together_is_answered_together(world: World) -> None:
    world.supplier.submit({"order.xml": Papers(number="PO-1").order()})
    drain()
    trade = Trade.objects.get()
    for _ in range(7):
        with CaptureQueriesContext(connection) as queries, pipeline():
            locked, organisation, nothing = held.ask([trade.id]), by_id.ask([trade.seller_id]), by_id.ask([])
        assert (locked(), organisation(), nothing()) == ([trade], [trade.seller], [])
        assert len(queries) == 3


def test_what_cannot_be_asked_is_raised_as_ever(world: World) -> None:
    seller = world.supplier.organisation
    with pytest.raises(DataError), transaction.atomic(), pipeline():
        by_id.ask([seller.id])
        by_id.ask(["no id"])  # type: ignore[list-item]  # that is the case
        by_id.ask([seller.id])
    assert by_id([seller.id]) == [seller]
