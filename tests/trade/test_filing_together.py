"""Documents that are filed together make what they make one by one, in a number of queries that does not grow with them."""

import io
import random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abs_platform.config.demo import cast
from abs_platform.core import jobs
from abs_platform.core.models import AuditEntry, Job
from abs_platform.documents import receiving
from abs_platform.documents.models import Document
from abs_platform.rights import services as rights
from abs_platform.rights.models import Right
from abs_platform.trade import services
from abs_platform.trade.models import Trade, TradeDocument, TradeGroupPermission, TradeKey, TradeMatch
from tests.support.database import rolled_back
from tests.support.papers import Papers, line
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")

RANDOM = random.Random(20261127)


def papers_of(number: str) -> dict[str, bytes]:
    papers = Papers(number=number, lines=(line("1", "100", "10.00"),))
    return {
        f"{number}-order": papers.order(),
        f"{number}-despatch": papers.despatch(),
        f"{number}-receipt": papers.receipt(line("1", "90", short=10)),
        f"{number}-invoice": papers.invoice(line("1", "100", "11.00")),
        f"{number}-credit": papers.credit(line("1", "10", "10.00")),
    }


TWO = [*papers_of("PO-1").items(), *papers_of("PO-2").items()]
ARRIVALS = [TWO, TWO[::-1], *(RANDOM.sample(TWO, len(TWO)) for _ in range(4))]


def read(world: World, files: dict[str, bytes]) -> list[UUID]:
    """Have files read, and nothing filed."""
    rows = [
        receiving.receive(actor=world.supplier.actor, filename=name, stream=io.BytesIO(data), size=len(data))
        for name, data in files.items()
    ]
    jobs.drain(kinds=["documents.extract"])
    Job.objects.filter(kind="trade.file").delete()
    return [row.id for row in rows]


def made() -> list[Any]:
    """What stands in the database of trades, without ids and times."""
    return [
        (
            (trade.order_number, trade.provisional, trade.currency, trade.ordered, trade.mismatches, trade.buyer_key),
            sorted(TradeKey.objects.filter(trade=trade).values_list("key", flat=True)),
            sorted(TradeDocument.objects.filter(trade=trade).values_list("number", "kind", "confirmation", "total")),
            sorted(Document.objects.filter(trade_id=trade.id).values_list("filename", "trade_label", "counterparty")),
            list(TradeMatch.objects.filter(trade=trade).values_list("rows", "matched", "differing", "invoiced_amount")),
            list(Right.objects.filter(trade=trade).values_list("rung", "base", "supported", "missing", "calculation")),
        )
        for trade in Trade.objects.order_by("order_number")
    ]


@pytest.mark.parametrize("arrival", ARRIVALS, ids=range(len(ARRIVALS)))
def test_together_is_as_one_by_one(arrival: list[tuple[str, bytes]], world: World) -> None:
    with rolled_back():
        for id in read(world, dict(arrival)):
            services.file_document(document_id=id)
        drain()
        one_by_one = made()
    ids = read(world, dict(arrival))
    services.file_documents(document_ids=ids)
    services.file_documents(document_ids=ids)
    drain()
    assert made() == one_by_one
    assert len(one_by_one) == 2
    told = AuditEntry.objects.filter(verb="trade.document_filed").values_list("detail__document", flat=True)
    assert sorted(told) == sorted(map(str, ids))


def test_many_trades_take_as_many_queries_as_few(world: World) -> None:
    counts = []
    for prefix, count in (("W", 2), ("A", 9), ("B", 11)):  # the first fills caches
        ids = read(world, {f"{prefix}{n}": Papers(number=f"{prefix}-{n}").invoice() for n in range(count)})
        with CaptureQueriesContext(connection) as filing:
            services.file_documents(document_ids=ids)
        trade_ids = list(TradeDocument.objects.filter(document__in=ids).values_list("trade_id", flat=True))
        with CaptureQueriesContext(connection) as computing:
            rights.compute_all(trade_ids=trade_ids)
        counts.append((len(filing), len(computing)))
    assert counts[1] == counts[2]
    assert Trade.objects.count() == Right.objects.count() == 22


def test_a_head_office_sees_what_was_filed_together(world: World) -> None:
    ids = read(world, {f"{n}": Papers(number=f"PO-{n}", buyer=cast.PROJECT).order() for n in range(3)})
    services.file_documents(document_ids=ids)
    assert TradeGroupPermission.objects.filter(group=world.core.organisation.group).count() == 3
    assert set(Document.objects.values_list("head_office", flat=True)) == {world.core.organisation.id}
