"""Purchasing of real systems, matched: what each line comes to is what a direct computation says, and no row is lost."""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from abs_platform.integrations.formats.model import Extracted, Line
from abs_platform.trade.models import LineMatch, TradeMatch
from tests.shared_data import shared
from tests.support.bulk_filing import file_all
from tests.support.world import World

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.timeout(900)]

Row = dict[str, str]


def rows_of(name: str) -> list[Row]:
    path = shared(f"06_receivables/{name}")
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return list(csv.DictReader(text.splitlines()))


def load(world: World, papers: Iterator[Extracted], disputed: frozenset[str] = frozenset()) -> Counter[str]:
    """How many rows come to what."""
    file_all(papers, owner=world.supplier.organisation, buyer=world.core.organisation, disputed=disputed)
    return Counter(LineMatch.objects.values_list("status", flat=True))


def adventure_works(rows: list[Row]) -> Iterator[Extracted]:
    """An order, a receipt with what was rejected, and an invoice over what went into stock, for each purchase order."""
    orders = defaultdict(list)
    for row in rows:
        orders[row["PurchaseOrderID"]].append(row)
    for number, lines in orders.items():
        for kind, prefix, quantity in (
            ("order", "", "OrderQty"), ("receipt_advice", "R", "ReceivedQty"), ("invoice", "I", "StockedQty"),
        ):  # fmt: skip
            yield Extracted(
                kind=kind,
                number=f"{prefix}{number}",
                currency="USD",
                order_number=None if kind == "order" else number,
                lines=tuple(
                    Line(
                        id=row["PurchaseOrderDetailID"],
                        buyer_item_id=row["ProductID"],
                        quantity=Decimal(row[quantity]),
                        rejected=Decimal(row["RejectedQty"]) if kind == "receipt_advice" else Decimal(0),
                        price=Decimal(row["UnitPrice"]),
                        order_line_id=None if kind == "order" else row["PurchaseOrderDetailID"],
                    )
                    for row in lines
                ),
            )


def test_adventure_works(world: World) -> None:
    rows = rows_of("adventureworks_p2p/PurchaseOrderDetail.csv")
    expected: Counter[str] = Counter()
    for row in rows:
        ordered, stocked, rejected = (Decimal(row[name]) for name in ("OrderQty", "StockedQty", "RejectedQty"))
        expected[
            "over_received" if stocked > ordered else "rejected" if rejected else "short" if stocked < ordered else "matched"
        ] += 1  # fmt: skip
    found = load(world, adventure_works(rows))
    assert found == expected
    assert found.total() == len(rows)
    assert min(found[status] for status in ("matched", "short", "rejected")) > 0
    sums = LineMatch.objects.aggregate(accepted=Sum("accepted"), rejected=Sum("rejected"))
    assert sums == {
        "accepted": sum(Decimal(row["StockedQty"]) for row in rows),
        "rejected": sum(Decimal(row["RejectedQty"]) for row in rows),
    }
    assert TradeMatch.objects.aggregate(rows=Sum("rows")) == {"rows": len(rows)}


def bpi(rows: list[Row]) -> Iterator[Extracted]:
    """An item of an order, and a receipt and an invoice that count what was not cancelled, a piece for each."""
    for row in rows:
        item = row["po_item"]
        yield Extracted(kind="order", number=item, lines=(Line(id="1", item_name="item"),))
        for kind, prefix, count in (("receipt_advice", "R", net(row, "g")), ("invoice", "I", net(row, "i"))):
            if count:
                line = Line(id="1", item_name="item", quantity=Decimal(count), order_line_id="1")
                yield Extracted(kind=kind, number=f"{prefix}{item}", order_number=item, lines=(line,))


def net(row: Row, which: str) -> int:
    received, cancelled = ("goods_receipts", "gr_cancelled") if which == "g" else ("invoice_receipts", "ir_cancelled")
    return max(int(row[received]) - int(row[cancelled]), 0)


def test_bpi_2019(world: World) -> None:
    rows = rows_of("bpic2019/po_item_summary.csv.gz")
    expected: Counter[str] = Counter()
    for row in rows:
        goods, invoices = net(row, "g"), net(row, "i")
        if not goods:
            expected["invoice_first" if invoices else "to_receive"] += 1
        else:
            expected["over_invoiced" if invoices > goods else "to_invoice" if invoices < goods else "matched"] += 1
    found = load(world, bpi(rows))
    assert found == expected
    assert found.total() == len(rows)
    assert min(found[status] for status in ("matched", "invoice_first", "over_invoiced")) > 0
    sums = LineMatch.objects.aggregate(received=Sum("received"), invoiced=Sum("invoiced"))
    assert sums == {"received": sum(net(row, "g") for row in rows), "invoiced": sum(net(row, "i") for row in rows)}


def ibm(rows: list[Row]) -> Iterator[Extracted]:
    for row in rows:
        amount = Decimal(row["InvoiceAmount"])
        day, month, year = map(int, row["InvoiceDate"].split("/"))
        yield Extracted(
            kind="invoice",
            number=row["invoiceNumber"],
            issue_date=date(year, month, day),
            currency="USD",
            lines=(Line(id="1", item_name=row["customerID"], quantity=Decimal(1), amount=amount),),
        )


def test_ibm_receivables(world: World) -> None:
    """Invoices alone: nobody ordered, and what is disputed does not count."""
    rows = rows_of("ibm_ar/accounts_receivable.csv")
    disputed = frozenset(row["invoiceNumber"] for row in rows if row["Disputed"] == "Yes")
    found = load(world, ibm(rows), disputed)
    assert found == {"not_ordered": len(rows)}
    assert LineMatch.objects.filter(invoiced__isnull=True).count() == len(disputed) > 0
    undisputed = sum(Decimal(row["InvoiceAmount"]) for row in rows if row["invoiceNumber"] not in disputed)
    assert LineMatch.objects.aggregate(Sum("invoiced_amount")) == {"invoiced_amount__sum": undisputed}
