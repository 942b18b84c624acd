"""Accepted, attention, refused: why, by field, and for whom; what repeats and contradicts side by side."""

from dataclasses import replace
from datetime import date

import pytest

from abs_platform.config.sample import make
from abs_platform.documents.models import Document
from abs_platform.integrations.formats import process
from abs_platform.integrations.formats.model import Level, Remark
from abs_platform.integrations.formats.reading import Reading
from abs_platform.trade.models import TradeDocument
from tests.support.correcting import correct
from tests.support.papers import Papers, line
from tests.support.stage import request_and_grant
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="PO-7")


def verdicts(rows: list[Document]) -> list[str]:
    return [row.verdict for row in rows]


def test_an_invoice_without_an_order_asks_for_one_until_it_comes(world: World) -> None:
    [invoice] = world.supplier.submit({"i.xml": PAPERS.invoice()})
    assert (invoice.verdict, invoice.attention[0]["code"]) == ("attention", "parties_unrelated")
    assert TradeDocument.objects.filter(document=invoice).exists(), "it is filed all the same"
    [order] = world.supplier.submit({"o.xml": PAPERS.order()})
    invoice.refresh_from_db()
    assert verdicts([invoice, order]) == ["accepted", "accepted"]


def test_a_buyer_nobody_knows_here_is_said_by_field(world: World) -> None:
    unknown = make.Company(name="Unknown Ltd", credit_code=make.credit_code("110000", "MA0NAB0D"))
    [order] = world.supplier.submit({"o.xml": Papers(number="PO-8", buyer=unknown).order()})
    shown = world.supplier.browser.get(f"documents/{order.id}")
    assert shown["verdict"] == "attention"
    assert shown["attention"] == [{"code": "buyer_unknown", "params": {"buyer": "Unknown Ltd"}, "field": "buyer"}]


def test_a_broken_rule_refuses_and_leaves_the_fields_to_be_corrected(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a validator of EN 16931 says it: the reading comes with a remark that refuses it."""
    read = process.read

    def strict(data: bytes, *, today: date) -> Reading:
        reading = read(data, today=today)
        document = reading.document
        if document is None or str(document.totals.payable) == "1000.00":
            return reading
        fatal = Remark("BR-CO-15", "BT-112 is not the sum.", {}, Level.REFUSED, "totals.tax_inclusive")
        return replace(reading, document=replace(document, remarks=(*document.remarks, fatal)))

    monkeypatch.setattr(process, "read", strict)
    [invoice] = world.supplier.submit({"i.xml": PAPERS.invoice()})
    assert (invoice.extraction, invoice.verdict, invoice.number) == ("refused", "refused", "I-PO-7")
    assert not TradeDocument.objects.exists()
    shown = world.supplier.browser.get(f"documents/{invoice.id}")
    assert shown["attention"][0] == {"code": "rules_broken", "params": {"count": "1"}, "field": ""}
    assert [r["rule"] for r in shown["remarks"] if r["level"] == "refused"] == ["BR-CO-15"]
    assert shown["fields"]["number"] == "I-PO-7" and "correct" in shown["allowed_actions"]
    # Another refused file of the same bytes is its duplicate; other bytes of the number take nothing.
    request_and_grant(world, world.bank, trades=[], whole=True)
    closed = world.bank.browser.get(f"documents/{invoice.id}")
    assert (closed["fields"], closed["lines"], closed["remarks"], closed["verdict"]) == ({}, [], [], None)

    row = correct(world.supplier, invoice, totals={"tax_inclusive": str(invoice.total)})
    # The field that the rule is about did not change: the rule still stands.
    assert (
        row.verdict == "refused" or row.content["totals"]["tax_inclusive"] != invoice.content["totals"]["tax_inclusive"]
    )
    row = correct(world.supplier, row, totals={"tax_inclusive": "1234.00"})
    assert (row.extraction, row.verdict) == ("extracted", "attention")
    assert TradeDocument.objects.filter(document=row).exists()


def test_the_list_is_asked_for_what_needs_a_person(world: World) -> None:
    papers = {
        "o.xml": PAPERS.order(),
        "i.xml": PAPERS.invoice(),
        "again.xml": PAPERS.invoice(),
        "bad.xml": b"<!DOCTYPE x><x/>",
    }
    world.supplier.submit(papers)
    rows = world.supplier.browser.rows
    assert {row["filename"] for row in rows("documents", state="review")} == {"bad.xml"}
    assert {row["filename"] for row in rows("documents", verdict="accepted")} == {"o.xml", "i.xml"}
    assert {row["filename"] for row in rows("documents", verdict="attention")} == {"again.xml"}
    assert {row["filename"] for row in rows("documents", verdict="refused")} == {"bad.xml"}
    # What a verdict says is asked of one's own documents alone.
    assert world.core.browser.rows("documents", verdict="accepted") == []
    assert {row["verdict"] for row in world.core.browser.rows("documents")} == {None}


def test_a_duplicate_beside_its_original(world: World) -> None:
    first, second = world.supplier.submit({"a.xml": PAPERS.invoice(), "b.xml": make.in_other_bytes(PAPERS.invoice())})
    found = world.supplier.browser.get(f"documents/{second.id}/comparison/{first.id}")
    assert (found["relation"], found["same_bytes"], found["differences"]) == ("duplicate", False, [])
    assert (found["earlier"]["id"], found["later"]["id"]) == (str(first.id), str(second.id))
    world.core.browser.get(f"documents/{second.id}/comparison/{first.id}", status=404)


def test_a_conflict_is_shown_to_both_sides(world: World) -> None:
    papers = {"o.xml": PAPERS.order(), "a.xml": PAPERS.invoice(), "b.xml": PAPERS.invoice(line(price="11.00"))}
    order, first, second = world.supplier.submit(papers)
    for caller in (world.supplier.browser, world.core.browser):
        for one, other in ((first, second), (second, first)):
            assert [link["id"] for link in caller.get(f"documents/{one.id}")["conflicts"]] == [str(other.id)]
        found = caller.get(f"documents/{first.id}/comparison/{second.id}")
        assert found["relation"] == "conflict"
        price = next(each for each in found["differences"] if each["path"] == "/lines/0/price")
        assert (price["from"], price["to"]) == ("10.00", "11.00")
    # Two documents that have nothing to do with each other are nothing to compare.
    world.supplier.browser.get(f"documents/{first.id}/comparison/{order.id}", status=404)
    # The buyer is told on the sheet of what it is asked to sign.
    sheet = world.core.browser.get(f"confirmations/{first.id}")
    assert [link["id"] for link in sheet["document"]["conflicts"]] == [str(second.id)]
    # A reader by consent learns of neither.
    request_and_grant(world, world.bank, trades=[first.trade_id])
    assert world.bank.browser.get(f"documents/{first.id}")["conflicts"] == []
    world.bank.browser.get(f"documents/{first.id}/comparison/{second.id}", status=404)


def test_a_buyer_never_learns_of_an_invoice_to_another_buyer(world: World) -> None:
    identifiers = world.project.organisation.identifiers
    project = make.Company(
        name=world.project.organisation.name, credit_code=identifiers.get(scheme="company_id").value.upper()
    )
    rows = world.supplier.submit({"a.xml": PAPERS.invoice(), "b.xml": Papers(number="PO-7", buyer=project).invoice()})
    assert rows[1].conflicts_with_id == rows[0].id
    shown = world.project.browser.get(f"documents/{rows[1].id}")
    assert (shown["attention"], shown["conflicts"]) == ([], [])
    assert str(rows[0].id) not in str(shown)
    world.project.browser.get(f"documents/{rows[1].id}/comparison/{rows[0].id}", status=404)


def test_a_stranger_s_invoice_of_the_same_number_changes_nothing_that_is_answered(world: World) -> None:
    """The same file is uploaded here with and without a stranger having sent it first: the replies are the same."""

    def answer(name: str, data: bytes) -> dict[str, object]:
        [row] = world.supplier.submit({name: data})
        shown = world.supplier.browser.get(f"documents/{row.id}")
        own = (
            "id",
            "received_at",
            "record",
            "number",
            "digest",
            "size",
            "trade",
            "fields",
            "filename",
            "log_index",
            "lines",
        )
        for moment in ("next_check_at", "asked_at"):
            shown["tax"].pop(moment)
        return {name: value for name, value in shown.items() if name not in own}

    alone = answer("a.xml", Papers(number="PO-1").invoice())
    world.stranger.submit({"theirs.xml": Papers(number="PO-2").invoice()})
    world.castings.submit({"theirs.xml": Papers(number="PO-2").invoice()})
    beside = answer("b.xml", Papers(number="PO-2").invoice())
    assert alone == beside
    theirs = Document.objects.get(owner=world.stranger.organisation)
    nothing = world.supplier.browser.send("GET", f"documents/{theirs.id}/comparison/{theirs.id}")
    invented = world.supplier.browser.send(
        "GET", f"documents/{'0' * 8}-0000-7000-8000-{'0' * 12}/comparison/{theirs.id}"
    )
    assert (nothing.status_code, nothing.content) == (invented.status_code, invented.content)
