"""What was read can be corrected, typed in and taken back; the file, and everything decided on, stays as it was."""

import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from abs_platform.core.errors import Conflict, Invalid
from abs_platform.core.models import AuditEntry
from abs_platform.crypto.fields import FieldTree
from abs_platform.documents import correcting, disclosing
from abs_platform.documents.models import Document, DocumentVersion
from abs_platform.ledger import selectors as ledger
from abs_platform.risk.models import Alert
from abs_platform.trade.models import Trade, TradeDocument
from tests.support.correcting import correct
from tests.support.papers import Papers, line
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="PO-7")


def photograph(color: str = "white") -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (40, 60), color).save(picture, "JPEG")
    return picture.getvalue()


def fields_of(data: Document) -> dict[str, Any]:
    content = dict(data.content or {})
    return {name: content[name] for name in ("kind", "number", "issue_date", "currency", "seller", "buyer", "totals")}


def codes(row: Document) -> list[str]:
    return [item["code"] for item in row.attention]


def test_a_correction_is_a_version_and_leaves_the_file_and_its_reading_as_they_were(world: World) -> None:
    _, invoice = world.supplier.submit({"o.xml": PAPERS.order(), "i.xml": PAPERS.invoice()})
    assert (invoice.verdict, invoice.version, codes(invoice)) == ("accepted", 0, [])
    before, digest, record = invoice.content, invoice.digest, invoice.fields_record_id

    row = correct(world.supplier, invoice, reason="date misread", issue_date="2026-03-20")
    assert (row.version, row.verdict, codes(row)) == (1, "attention", ["corrected"])
    assert str(row.issue_date) == "2026-03-20"
    assert row.digest == digest
    assert world.supplier.browser.file(str(row.id)) == PAPERS.invoice()

    read, corrected = DocumentVersion.objects.filter(document=row).order_by("number")
    assert (read.number, read.content, read.fields_record_id) == (0, before, record)
    assert corrected.changes == [{"path": "/issue_date", "from": "2026-03-13", "to": "2026-03-20"}]
    assert (corrected.by, corrected.reason) == (world.supplier.actor.label, "date misread")
    # Each version's fields are committed to in the ledger, and the commitment is the version's own.
    assert row.fields_record_id == corrected.fields_record_id != record
    for version in (read, corrected):
        tree = FieldTree(disclosing.fields_of(row.digest, version.content), bytes(version.fields_seed))
        assert ledger.evidence(version.fields_record_id)["record"]["commitment"] == tree.commitment.hex()
    entry = AuditEntry.objects.get(verb="document.corrected")
    assert (entry.person_id, entry.detail["version"], entry.detail["paths"]) == (
        world.supplier.actor.person_id,
        1,
        ["/issue_date"],
    )


def test_a_corrected_document_is_filed_as_what_it_says_now(world: World) -> None:
    _, invoice = world.supplier.submit({"o.xml": PAPERS.order(), "i.xml": PAPERS.invoice(order_number="PO-70")})
    assert Trade.objects.count() == 2
    row = correct(world.supplier, invoice, order_number="PO-7")
    [trade] = Trade.objects.all()
    assert (trade.order_number, row.trade_id) == ("PO-7", trade.id)
    filed = TradeDocument.objects.get(document=row)
    assert (filed.trade_id, filed.lines.count(), filed.number) == (trade.id, 1, "I-PO-7")
    # A number of the invoice alone changes: it stays where it is.
    assert correct(world.supplier, invoice, number="I-8").trade_id == trade.id
    assert TradeDocument.objects.get(document=row).number == "I-8"


def test_a_correction_that_makes_it_another_s_sale_takes_it_out_of_its_trade(world: World) -> None:
    order, invoice = world.supplier.submit({"o.xml": PAPERS.order(), "i.xml": PAPERS.invoice()})
    row = correct(world.supplier, invoice, seller={"name": "Somebody else", "company_id": "X"})
    assert "seller_not_you" in codes(row)
    assert (row.trade_id, row.counterparty_id) == (None, None)
    assert list(TradeDocument.objects.values_list("document_id", flat=True)) == [order.id]
    world.core.browser.get(f"documents/{row.id}", status=404)
    restored = correcting.restore(actor=world.supplier.actor, document_id=row.id, version=1, reason="not so", number=0)
    assert (restored.version, codes(restored), restored.verdict) == (2, [], "accepted")


def test_the_sums_are_checked_again(world: World) -> None:
    _, invoice = world.supplier.submit({"o.xml": PAPERS.order(), "i.xml": PAPERS.invoice()})
    row = correct(
        world.supplier, invoice, totals={"payable": "1.00"}, buyer={"name": "B", "company_id": "91330000MA2CDEMA1X"}
    )
    rules = {remark["rule"]: remark["field"] for remark in (row.content or {})["remarks"]}
    assert "payable_arithmetic" in rules
    assert rules["company_id_check_digit"] == "buyer.company_id"


def test_the_dates_are_checked_again(world: World) -> None:
    _, invoice = world.supplier.submit({"o.xml": PAPERS.order(), "i.xml": PAPERS.invoice()})
    row = correct(world.supplier, invoice, issue_date="2099-01-01")
    assert {remark["rule"] for remark in row.content["remarks"]} == {"date_in_future", "due_before_issue"}
    row = correct(world.supplier, row, due_date="2099-02-01")
    assert {remark["rule"] for remark in row.content["remarks"]} == {"date_in_future"}
    assert correct(world.supplier, row, issue_date="2026-03-13").content["remarks"] == []


def test_a_photograph_is_typed_in_and_taken_back(world: World) -> None:
    example, picture = world.supplier.submit({"i.xml": PAPERS.invoice(), "photo.jpg": photograph()})
    other = fields_of(example) | {"number": "I-99"}
    row = correct(world.supplier, picture, reason="typed in", lines=(example.content or {})["lines"], **other)
    assert (row.extraction, row.kind, row.number) == ("extracted", "invoice", "I-99")
    assert row.typed_in_by == world.supplier.actor.label
    assert row.verdict == "attention" and "typed_in" in codes(row)
    assert TradeDocument.objects.filter(document=row).exists()
    shown = world.core.browser.get(f"documents/{row.id}")
    assert shown["typed_in_by"] == row.typed_in_by
    assert [item["code"] for item in shown["attention"]] == ["typed_in"]

    world.supplier.browser.post(
        f"documents/{row.id}/versions", {"version": 1, "reason": "wrong file", "restores": 0}, status=201
    )
    back = Document.objects.get(id=row.id)
    assert (back.extraction, back.content, back.typed_in_by, back.verdict) == ("attachment", None, "", "attention")
    assert (back.fields_record_id, back.version) == (None, 2)


def test_what_is_typed_in_twice_is_found_by_what_it_says(world: World) -> None:
    example, picture = world.supplier.submit({"i.xml": PAPERS.invoice(), "photo.jpg": photograph()})
    lines = (example.content or {})["lines"]
    content = {name: value for name, value in (example.content or {}).items() if name in _HEADER}
    row = correct(world.supplier, picture, lines=lines, **content)
    assert (row.duplicate_of_id, codes(row)[0]) == (example.id, "duplicate")
    assert Alert.objects.filter(rule="duplicate_invoice", subject_id=row.id).exists()
    with pytest.raises(Conflict, match="repeats"):
        correct(world.supplier, row, number="I-8")


_HEADER = ("kind", "number", "issue_date", "currency", "seller", "buyer", "order_number", "due_date", "totals",
           "despatch_numbers", "receipt_numbers", "invoice_numbers", "contract_number", "delivery_date",
           "payment_terms", "payee_account", "notes")  # fmt: skip


def test_a_number_corrected_into_a_used_one_is_a_conflict_and_leaves_the_trade(world: World) -> None:
    papers = {
        "o.xml": PAPERS.order(),
        "a.xml": PAPERS.invoice(),
        "b.xml": PAPERS.invoice(line(price="9.00"), number="I-2"),
    }
    _, first, second = world.supplier.submit(papers)
    row = correct(world.supplier, second, number="I-PO-7")
    assert (row.conflicts_with_id, row.verdict) == (first.id, "attention")
    assert not TradeDocument.objects.filter(document=row).exists()
    assert correct(world.supplier, row, number="I-3").conflicts_with_id is None
    assert TradeDocument.objects.filter(document=row).exists()


def test_nobody_writes_over_what_the_buyer_decided_on(world: World) -> None:
    _, invoice = world.supplier.submit({"o.xml": PAPERS.order(), "i.xml": PAPERS.invoice()})
    corrected = correct(world.supplier, invoice, issue_date="2026-03-20")
    world.core.decide(corrected)
    row = Document.objects.get(id=invoice.id)
    assert (row.buyer_decision, row.verdict, row.attention) == ("confirm", "accepted", [])
    refused = world.supplier.browser.post(
        f"documents/{row.id}/versions", {"version": 1, "reason": "x", "fields": {}, "lines": []}, status=409
    )
    assert refused["code"] == "already_decided"
    assert "correct" not in world.supplier.browser.get(f"documents/{row.id}")["allowed_actions"]


def test_a_decision_names_the_version_that_was_shown(world: World) -> None:
    _, invoice = world.supplier.submit({"o.xml": PAPERS.order(), "i.xml": PAPERS.invoice()})
    sheet = world.core.browser.get(f"confirmations/{invoice.id}")
    correcting.correct(
        actor=world.supplier.actor,
        document_id=invoice.id,
        version=0,
        reason="x",
        header={"number": "I-8"},
        lines=(invoice.content or {})["lines"],
    )
    # Corrected, and not yet filed anew: nothing can be signed in between, whatever digest is named.
    between = world.core.browser.get(f"confirmations/{invoice.id}")
    for digest in (sheet["content_digest"], between["content_digest"]):
        world.core.browser.post(f"confirmations/{invoice.id}/confirm", {"content_digest": digest}, status=409)


def test_two_people_cannot_write_over_one_version(world: World) -> None:
    _, invoice = world.supplier.submit({"o.xml": PAPERS.order(), "i.xml": PAPERS.invoice()})
    correct(world.supplier, invoice, issue_date="2026-03-20")
    body = {"version": 0, "reason": "x", "fields": {"number": "I-9"}, "lines": []}
    refused = world.supplier.browser.post(f"documents/{invoice.id}/versions", body, status=409)
    assert (refused["code"], refused["params"]) == ("version_changed", {"version": 1})


def test_nothing_changed_and_nonsense_are_refused_by_field(world: World) -> None:
    _, invoice = world.supplier.submit({"o.xml": PAPERS.order(), "i.xml": PAPERS.invoice()})
    lines = (invoice.content or {})["lines"]
    with pytest.raises(Invalid, match="Nothing differs"):
        correct(world.supplier, invoice, lines=lines)
    path = f"documents/{invoice.id}/versions"

    def refused(fields: dict[str, Any], lines: list[dict[str, Any]]) -> set[str]:
        body = {"version": 0, "reason": "x", "fields": fields, "lines": lines}
        answer = world.supplier.browser.post(path, body, status=422)
        return {error["field"] for error in answer.get("errors", [])} or {answer["code"]}

    assert refused({"totals": {"payable": "1e5"}}, lines) == {"fields.totals.payable"}
    assert refused({"issue_date": "20.3.2026"}, lines) == {"fields.issue_date"}
    assert refused({"number": "I‮8"}, lines) == {"fields.number"}
    assert refused({"number": "\u0000"}, lines) == {"fields.number"}
    assert refused({"currency": "yuan"}, lines) == {"fields.currency"}
    assert refused({}, [{**lines[0], "amount": "ten"}]) == {"lines.0.amount"}
    assert refused({"number": ""}, lines) == {"kind_and_number_needed"}
    assert refused({"kind": "poem"}, lines) == {"fields.kind"}
    assert Document.objects.get(id=invoice.id).version == 0


def test_a_file_that_must_not_be_taken_cannot_be_talked_into_it(world: World) -> None:
    [row] = world.supplier.submit({"x.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'})
    assert (row.extraction, row.verdict) == ("refused", "refused")
    with pytest.raises(Conflict, match="file itself"):
        correct(world.supplier, row, lines=[], kind="invoice", number="1")


def test_versions_are_listed_in_as_many_queries_however_many_they_are(world: World) -> None:
    _, invoice = world.supplier.submit({"o.xml": PAPERS.order(), "i.xml": PAPERS.invoice()})
    counts = []
    for day in (20, 21, 22, 23):
        correct(world.supplier, invoice, issue_date=f"2026-03-{day}")
        with CaptureQueriesContext(connection) as asked:
            rows = world.supplier.browser.rows(f"documents/{invoice.id}/versions")
        counts.append((len(rows), len(asked)))
    assert [rows for rows, _ in counts] == [2, 3, 4, 5]
    assert len({asked for _, asked in counts}) == 1


def test_only_the_owner_sees_versions(world: World) -> None:
    _, invoice = world.supplier.submit({"o.xml": PAPERS.order(), "i.xml": PAPERS.invoice()})
    correct(world.supplier, invoice, issue_date="2026-03-20")
    rows = world.supplier.browser.rows(f"documents/{invoice.id}/versions")
    assert [row["number"] for row in rows] == [1, 0]
    assert rows[0]["changes"] == [{"path": "/issue_date", "from": "2026-03-13", "to": "2026-03-20"}]
    world.castings.browser.get(f"documents/{invoice.id}/versions", status=404)
    world.core.browser.get(f"documents/{invoice.id}/versions", status=403)
