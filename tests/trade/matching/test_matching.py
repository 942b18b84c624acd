"""What lines come to, what is consumed, and what is found that was used twice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from abs_platform.documents.models import Document
from abs_platform.documents.tax import services as tax
from abs_platform.integrations.formats.model import Extracted, Line
from abs_platform.integrations.tax.simulator import Simulator
from abs_platform.integrations.tax.status import Status
from abs_platform.risk.models import Alert
from abs_platform.trade import services as trades
from abs_platform.trade.matching import services as matching
from abs_platform.trade.matching import sql
from abs_platform.trade.models import Consumption, LineMatch, MatchLine, Tolerance, Trade, TradeLine, TradeMatch
from tests.support.filing import correct, document_of, file
from tests.support.matches import derived, stored
from tests.support.papers import Papers, line
from tests.support.tax import NUMBER, drain_all, tax_office
from tests.support.world import World

__all__ = ["tax_office"]

pytestmark = pytest.mark.usefixtures("db")

DAY = date(2026, 3, 1)
ORDER = Extracted(
    kind="order",
    number="PO-1",
    issue_date=DAY,
    currency="CNY",
    lines=(
        Line(id="1", item_name="steel", unit="TNE", quantity=Decimal(10), price=Decimal(4000), amount=Decimal(40000)),
    ),
)


def paper(kind: str, number: str, quantity: str, **line_fields: object) -> Extracted:
    """A document of one line that refers to the order's line."""
    said = {"id": "1", "item_name": "steel", "unit": "TNE", "order_line_id": "1", **line_fields}
    return Extracted(
        kind=kind,
        number=number,
        issue_date=DAY,
        currency="CNY",
        order_number="PO-1",
        lines=(Line(quantity=Decimal(quantity), **said),),  # type: ignore[arg-type]  # fields by name
    )


def submit(world: World, *papers: Extracted) -> LineMatch:
    for said in papers:
        file(said, owner=world.supplier.organisation, buyer=world.core.organisation)
    assert stored() == derived()
    return LineMatch.objects.get()


def receipt(quantity: str, number: str = "R-1", **fields: object) -> Extracted:
    return paper("receipt_advice", number, quantity, **fields)


def invoice(quantity: str, number: str = "I-1", **fields: object) -> Extracted:
    return paper("invoice", number, quantity, price=Decimal(4000), **fields)


@pytest.mark.parametrize(
    ("papers", "status"),
    [
        ((ORDER,), "to_receive"),
        ((receipt("10"),), "not_ordered"),
        ((ORDER, receipt("10")), "to_invoice"),
        ((ORDER, receipt("10"), invoice("10")), "matched"),
        ((ORDER, receipt("10000", unit="KGM"), invoice("10")), "matched"),
        ((ORDER, receipt("10000", unit="公斤"), invoice("10", unit="吨")), "matched"),
        ((ORDER, receipt("10000", unit="㎏"), invoice("10", unit="ＴＮＥ")), "matched"),
        ((ORDER, receipt("9"), invoice("9")), "short"),
        ((ORDER, receipt("10", rejected=Decimal(1)), invoice("9")), "rejected"),
        ((ORDER, invoice("10")), "invoice_first"),
        ((ORDER, receipt("9"), invoice("10")), "over_invoiced"),
        ((ORDER, receipt("11")), "over_received"),
        ((ORDER, receipt("10"), replace(invoice("10"), lines=(replace(invoice("10").lines[0], price=Decimal(4100)),))), "price_differs"),
    ],
)  # fmt: skip
def test_what_a_line_comes_to(world: World, papers: tuple[Extracted, ...], status: str) -> None:
    assert submit(world, *papers).status == status


def test_an_invoice_line_uses_what_a_receipt_accepted(world: World) -> None:
    row = submit(world, ORDER, receipt("6"), receipt("4", "R-2"), invoice("7"), invoice("3", "I-2"))
    assert (row.accepted, row.invoiced, row.uncovered, row.used_again_by) == (10000, 10000, 0, None)
    pieces = Consumption.objects.order_by("of__document__number", "starts")
    assert [
        (each.of.document.number, each.by.document.number, each.starts, each.ends)
        for each in pieces.select_related("of__document", "by__document")
    ] == [("R-1", "I-1", 0, 6000), ("R-2", "I-1", 0, 1000), ("R-2", "I-2", 1000, 4000)]


def test_named_lines_are_used_before_others(world: World) -> None:
    named = {"receipt_number": "R-2", "receipt_line_id": "1"}
    submit(world, ORDER, receipt("6"), receipt("4", "R-2"), invoice("4", **named), invoice("6", "I-2"))
    pieces = Consumption.objects.select_related("of__document", "by__document").order_by("of__document__number")
    assert [(each.of.document.number, each.by.document.number, each.ends) for each in pieces] == [
        ("R-1", "I-2", 6000),
        ("R-2", "I-1", 4000),
    ]


@pytest.mark.parametrize(
    "second",
    [
        invoice("10", "I-2"),
        invoice("1", "I-2"),
        invoice("0.5", "I-2", receipt_number="R-1", receipt_line_id="1"),
        invoice("500", "I-2", unit="KGM"),
    ],
    ids=["again", "in part", "by name", "in another unit"],
)
def test_a_receipt_line_is_not_billed_twice(world: World, second: Extracted) -> None:
    assert submit(world, ORDER, receipt("10"), invoice("10")).used_again_by is None
    assert not Alert.objects.filter(rule="line_consumed_twice").exists()
    assert submit(world, second).used_again_by is not None
    alert = Alert.objects.get(rule="line_consumed_twice")
    assert alert.detail["document"] == "I-2"
    assert TradeMatch.objects.get().consumed_twice == 1


def test_a_receipt_is_not_billed_under_two_orders(world: World) -> None:
    """Each trade by itself is in order."""
    named = {"receipt_number": "R-1", "receipt_line_id": "1"}
    submit(world, ORDER, receipt("10"), invoice("7", **named))
    other = replace(invoice("3", "I-2", **named), order_number="PO-2")
    file(other, owner=world.supplier.organisation, buyer=world.core.organisation)
    assert not Alert.objects.filter(rule="line_consumed_twice").exists(), "ten of ten are billed"
    more = replace(invoice("4", "I-3", **named), order_number="PO-3")
    file(more, owner=world.supplier.organisation, buyer=world.core.organisation)
    assert Alert.objects.get(rule="line_consumed_twice").detail["document"] == "I-3"


def test_what_is_filed_together_is_matched_together(world: World) -> None:
    named = {"receipt_number": "R-1", "receipt_line_id": "1"}
    under_another = replace(invoice("4", "I-3", **named), order_number="PO-3")
    papers = (ORDER, receipt("10"), invoice("7", **named), under_another)
    parties = {"owner": world.supplier.organisation, "buyer": world.core.organisation}
    documents = Document.objects.bulk_create(document_of(said, **parties) for said in papers)
    trades.file_documents(document_ids=[each.id for each in documents])
    assert stored() == derived()
    assert TradeMatch.objects.count() == 2
    assert Alert.objects.get(rule="line_consumed_twice").detail["document"] == "I-3"


def test_goods_are_not_received_twice(world: World) -> None:
    assert submit(world, ORDER, receipt("10"), receipt("10", "R-2")).used_again_by is not None
    assert Alert.objects.get(rule="line_consumed_twice").detail["document"] == "R-2"


def test_one_invoice_that_bills_too_much_is_no_second_use(world: World) -> None:
    row = submit(world, ORDER, receipt("9"), invoice("10"))
    assert (row.status, row.uncovered, row.used_again_by) == ("over_invoiced", 1000, None)


def test_a_tolerance_holds_from_its_day_on(world: World) -> None:
    Tolerance.objects.create(
        seller=world.supplier.organisation,
        buyer=world.core.organisation,
        quantity=Decimal("0.05"),
        price=Decimal("0.03"),
        amount=Decimal("0.10"),
        effective_from=DAY,
    )
    assert submit(world, ORDER, receipt("10.4"), invoice("10.9")).status == "matched"
    early = replace(invoice("10.9"), issue_date=date(2026, 2, 28))
    document = LineMatch.objects.get().trade.documents.get(kind="invoice").document
    correct(document, early)
    assert submit(world).status == "over_invoiced"
    assert stored() == derived()


def test_amounts_are_compared_where_a_tolerance_says_so(world: World) -> None:
    dear = invoice("10", amount=Decimal(42000))
    assert submit(world, ORDER, receipt("10"), dear).status == "matched"
    Tolerance.objects.create(
        seller=world.supplier.organisation,
        buyer=world.core.organisation,
        quantity=0,
        price=0,
        amount=Decimal("0.04"),
        effective_from=DAY,
    )
    document = LineMatch.objects.get().trade.documents.get(kind="invoice").document
    correct(document, dear)
    assert LineMatch.objects.get().status == "amount_differs"
    assert Alert.objects.get(rule="amount_over_ordered").detail["found"] == "42000.00"


def test_an_amount_counts_in_whatever_unit_it_is_billed(world: World) -> None:
    Tolerance.objects.create(
        seller=world.supplier.organisation,
        buyer=world.core.organisation,
        quantity=0,
        price=0,
        amount=Decimal("0.04"),
        effective_from=DAY,
    )
    dear = invoice("1", amount=Decimal(42000))
    by_the_hour = replace(dear, lines=tuple(replace(each, unit="HUR") for each in dear.lines))
    submit(world, ORDER, by_the_hour)
    assert LineMatch.objects.get().status == "amount_differs"
    assert Alert.objects.filter(rule="amount_over_ordered").exists()


def test_uploaded_papers_are_matched(world: World) -> None:
    papers = Papers(number="PO-9", lines=(line("1", "100", "10.00"), line("2", "40", "25.00")))
    world.supplier.submit(papers.all())
    assert sorted(LineMatch.objects.values_list("status", flat=True)) == ["matched", "matched"]
    assert stored() == derived()


def test_what_the_tax_office_takes_out_uses_nothing_from_then_on(world: World, tax_office: Simulator) -> None:
    papers = Papers(number="PO-9", lines=(line("1", "100", "10.00"),))
    said = {"order.xml": papers.order(), "receipt.xml": papers.receipt(), "invoice.xml": papers.invoice(number=NUMBER)}
    *_, invoiced = world.supplier.submit(said)
    drain_all()
    assert LineMatch.objects.get().status == "matched"
    assert Consumption.objects.count() == 1
    tax_office.tell(NUMBER, Status.VOIDED)
    tax.check(document_id=invoiced.id)
    drain_all()
    assert LineMatch.objects.get().status == "to_invoice"
    assert not Consumption.objects.exists()
    assert TradeMatch.objects.get().invoiced_amount == 0
    assert stored() == derived()


def test_the_function_in_the_database_is_the_present_text() -> None:
    """Otherwise: a migration that runs `sql.event_function()` again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'trade_match'")
        [(source,)] = cursor.fetchall()
    assert source in sql.event_function()


def recompute(*options: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("recompute_matches", *options, stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def test_recomputing_finds_what_was_changed_and_mends_nothing(world: World) -> None:
    row = submit(world, ORDER, receipt("10"), invoice("10"))
    assert recompute() == (0, "all is as stored\n")
    LineMatch.objects.update(accepted=9999)
    MatchLine.objects.filter(level=4).update(counts=False)
    before = stored()
    code, said = recompute()
    assert code == 1
    assert said == f"trade {row.trade_id}: 2 lines differ\ntrade {row.trade_id}: 2 rows differ\n"
    assert stored() == before, "it was mended in silence"
    assert Alert.objects.get(rule="match_differs").subject_id == row.trade_id


def test_an_operator_may_have_what_differs_replaced(world: World) -> None:
    submit(world, ORDER, receipt("10"), invoice("10"))
    before = stored()
    LineMatch.objects.update(accepted=9999)
    Consumption.objects.all().delete()
    assert recompute("--rebuild")[0] == 1
    assert stored() == before
    assert Alert.objects.filter(rule="match_differs").count() == 1


def test_what_was_filed_before_there_was_matching_is_matched_when_asked(world: World) -> None:
    submit(world, ORDER, receipt("10"), invoice("10"))
    before = stored()
    TradeMatch.objects.all().delete()
    LineMatch.objects.all().delete()
    Consumption.objects.all().delete()
    MatchLine.objects.all().delete()
    assert TradeLine.objects.count() == 3
    assert recompute("--fill") == (0, "3 documents matched that were filed before\nall is as stored\n")
    assert stored() == before


def rows_read() -> int:
    """How many rows of what is derived this transaction has read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables "
            "WHERE relname IN ('trade_linematch', 'trade_consumption', 'trade_tradematch')"
        )
        return int(cursor.fetchone()[0])


def test_an_event_reads_its_own_rows_however_many_there_are(world: World) -> None:
    match = submit(world, ORDER, receipt("10"), invoice("10"))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trade_linematch (line_id, trade_id, unit, uncovered, status) "
            "SELECT -n, md5((n / 40)::text)::uuid, '', 0, 'matched' FROM generate_series(1, 10000) n"
        )
        cursor.execute(
            "INSERT INTO trade_consumption (of_id, by_id, trade_id, starts, ends, available) "
            "SELECT -n, -n, md5((n / 40)::text)::uuid, 0, 1, 1 FROM generate_series(1, 10000) n"
        )
        cursor.execute("ANALYZE trade_linematch, trade_consumption, trade_matchline")
    before = rows_read()
    matching.match(trade_ids=[match.trade_id])
    assert rows_read() - before < 50


def test_pounds_with_many_digits_are_used_as_far_as_is_kept(world: World) -> None:
    """In kilograms they have more digits than a piece keeps: where it begins is nevertheless one figure, event after event."""
    of_pounds = {"unit": "LBR", "receipt_number": "R-1", "receipt_line_id": "1"}
    order = replace(ORDER, lines=(replace(ORDER.lines[0], unit="KGM"),))
    papers = [receipt("7.777777", unit="LBR"), *(invoice("3.333333", f"I-{n}", **of_pounds) for n in (1, 2))]
    submit(world, order, *papers)
    before = list(Consumption.objects.order_by("starts").values_list("starts", "ends"))
    matching.match(trade_ids=[Trade.objects.get().id])
    assert stored() == derived()
    assert list(Consumption.objects.order_by("starts").values_list("starts", "ends")) == before
    assert [ends - starts for starts, ends in before] == [Decimal("1.5119744154692")] * 2


def test_less_than_is_kept_is_used_by_nobody(world: World) -> None:
    """Else the buyer could not dispute the receipt beside it: all that is left of the invoice would fall to a speck."""
    order = replace(ORDER, lines=(replace(ORDER.lines[0], unit="KGM"),))
    papers = {
        said.number: file(said, owner=world.supplier.organisation, buyer=world.core.organisation)
        for said in (
            order,
            receipt("10", unit="KGM"),
            receipt("0.00000001", "R-2", unit="MGM"),
            invoice("10", unit="KGM"),
        )
    }
    assert world.core.decide(papers["R-1"], "dispute", "never came").confirmation == "disputed"
    assert stored() == derived()
    assert not Consumption.objects.exists()
