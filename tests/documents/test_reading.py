"""What becomes of a file once it is read: fields, attachments, refusals, repetitions, contradictions."""

import re
from uuid import uuid4

import pytest

from abs_platform.config.sample import make
from abs_platform.core.models import AuditEntry, Job
from abs_platform.documents import services
from abs_platform.documents.models import Document
from abs_platform.risk.models import Alert
from abs_platform.trade.models import Trade, TradeDocument
from tests.support.papers import Papers, line
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="PO-7")


def other_prefixes(data: bytes) -> bytes:
    return data.replace(b"cbc:", b"q:").replace(b"xmlns:cbc", b"xmlns:q").replace(b"cac:", b"w:").replace(
        b"xmlns:cac", b"xmlns:w"
    )  # fmt: skip


def other_white_space(data: bytes) -> bytes:
    return re.sub(rb">\s*<", b">\n\t\t<", data)


def signed(data: bytes) -> bytes:
    """With an enveloped signature, as a signing gateway adds it."""
    extension = (
        b'<ext:UBLExtensions xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2">'
        b"<ext:UBLExtension><ext:ExtensionContent><ds:Signature"
        b' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>'
        b"</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )
    head, tail = data.split(b"<cbc:UBLVersionID>", 1)
    return head + extension + b"<cbc:UBLVersionID>" + tail


REWRITTEN = {
    "the same bytes": lambda data: data,
    "other prefixes": other_prefixes,
    "other white space": other_white_space,
    "a signature": signed,
    "other prefixes in UTF-16": make.in_other_bytes,
    "a comment": lambda data: data + b"<!-- exported again -->",
}


@pytest.mark.parametrize("how", REWRITTEN)
def test_the_same_invoice_again_is_a_duplicate_however_it_is_written(how: str, world: World) -> None:
    data = PAPERS.invoice()
    again = REWRITTEN[how](data)
    assert (again == data) == (how == "the same bytes")
    original, repeated = world.supplier.submit({"invoice.xml": data}) + world.supplier.submit({"again.xml": again})
    assert original.duplicate_of is None
    assert repeated.duplicate_of == original
    assert [item["code"] for item in repeated.attention] == ["duplicate"]
    [alert] = Alert.objects.filter(rule="duplicate_invoice")
    assert (alert.subject_id, alert.amount, alert.severity) == (repeated.id, original.total, "high")
    assert alert.detail["same_bytes"] == (how == "the same bytes")
    assert TradeDocument.objects.filter(kind="invoice").count() == 1, "a duplicate enters no trade"
    shown = world.supplier.browser.get(f"documents/{repeated.id}")
    assert shown["duplicate_of"] == {"id": str(original.id), "filename": "invoice.xml"}
    assert "attach" not in shown["allowed_actions"]
    assert [row["id"] for row in world.supplier.browser.rows("documents", state="duplicate")] == [str(repeated.id)]
    world.core.browser.get(f"documents/{repeated.id}", status=404)


def test_a_duplicate_of_a_duplicate_points_to_the_original(world: World) -> None:
    first, second, third = world.supplier.submit({f"{n}.xml": PAPERS.invoice() for n in range(3)})
    assert (second.duplicate_of, third.duplicate_of) == (first, first)
    assert Alert.objects.filter(rule="duplicate_invoice").count() == 2


def test_a_repeated_order_is_a_duplicate_and_no_alarm(world: World) -> None:
    _, second = world.supplier.submit({"a.xml": PAPERS.order(), "b.xml": other_white_space(PAPERS.order())})
    assert second.duplicate_of
    assert not Alert.objects.exists()


def test_a_repeated_attachment_is_known_by_its_bytes(world: World) -> None:
    first, second = world.supplier.submit({"a.pdf": b"%PDF-1.7 x", "b.pdf": b"%PDF-1.7 x"})
    assert second.duplicate_of == first
    assert (first.extraction, first.kind, first.content) == ("attachment", "", None)


def test_one_number_with_another_content_is_a_contradiction(world: World) -> None:
    original, changed = world.supplier.submit({"a.xml": PAPERS.invoice(), "b.xml": PAPERS.invoice(line(price="11.00"))})
    assert changed.duplicate_of is None
    assert [item["code"] for item in changed.attention] == ["number_conflict"]
    assert changed.attention[0]["params"]["original"] == str(original.id)
    [alert] = Alert.objects.filter(rule="number_conflict")
    assert alert.severity == "critical"
    assert TradeDocument.objects.filter(kind="invoice").count() == 1


def test_two_suppliers_may_use_one_number(world: World) -> None:
    world.supplier.submit({"a.xml": PAPERS.invoice()})
    castings = Papers(number="PO-7", seller=world_company(world), lines=(line(price="99.00"),))
    [row] = world.castings.submit({"a.xml": castings.invoice()})
    assert (row.duplicate_of, [item["code"] for item in row.attention]) == (None, ["parties_unrelated"])
    assert not Alert.objects.exists()


def world_company(world: World) -> make.Company:
    """The company of the world's second supplier."""
    name, code = world.castings.organisation.name, world.castings.organisation.identifiers.get(scheme="company_id")
    return make.Company(name=name, credit_code=code.value.upper())


def test_one_invoice_number_to_two_buyers_is_a_conflict(world: World) -> None:
    project = make.Company(
        name=world.project.organisation.name,
        credit_code=world.project.organisation.identifiers.get(scheme="company_id").value.upper(),
    )
    rows = world.supplier.submit({"a.xml": PAPERS.invoice(), "b.xml": Papers(number="PO-7", buyer=project).invoice()})
    assert [item["code"] for item in rows[1].attention] == ["number_conflict"]
    assert Alert.objects.get().rule == "number_conflict"


def test_an_invoice_of_somebody_else_is_kept_and_counts_for_nothing(world: World) -> None:
    [row] = world.castings.submit({"a.xml": PAPERS.invoice()})
    assert row.extraction == "extracted"
    assert [item["code"] for item in row.attention] == ["seller_not_you"]
    assert row.counterparty_id is None
    assert not Trade.objects.exists()
    assert [d["id"] for d in world.castings.browser.rows("documents", state="attention")] == [str(row.id)]
    # It takes no number away from the real seller.
    [real] = world.supplier.submit({"a.xml": PAPERS.invoice()})
    assert [item["code"] for item in real.attention] == ["parties_unrelated"]


def test_an_identifier_of_another_network_names_nobody_here(world: World) -> None:
    world.stranger.submit(PAPERS.all())
    assert set(Trade.objects.values_list("buyer_id", flat=True)) == {None}
    assert world.core.browser.rows("trades") == []
    [right] = world.stranger.browser.rows("rights")
    assert "buyer_on_platform" in right["missing"]


@pytest.mark.parametrize(
    ("data", "extraction", "code"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "refused", "doctype"),
        (PAPERS.order().replace(b"<Order", b'<!DOCTYPE Order SYSTEM "file:///etc/passwd"><Order', 1), "refused", ""),
        (PAPERS.order()[:900], "refused", ""),
        (PAPERS.order().replace(b">1000.00<", b">a thousand<"), "refused", ""),
        (b'<?xml version="1.0"?><note xmlns="urn:x">hello</note>', "attachment", ""),
        (b"just text", "attachment", ""),
        (b"%PDF-1.7", "attachment", ""),
    ],
    ids=["entity", "doctype", "cut", "no-number", "other-xml", "text", "pdf"],
)
def test_what_cannot_be_read_is_kept_and_not_guessed(data: bytes, extraction: str, code: str, world: World) -> None:
    [row] = world.supplier.submit({"file.xml": data})
    shown = world.supplier.browser.get(f"documents/{row.id}")
    assert shown["extraction"] == extraction
    assert [item["code"] != "" for item in shown["attention"]] == ([True] if extraction == "refused" else [])
    if code:
        assert code in shown["attention"][0]["code"]
    assert world.supplier.browser.file(str(row.id)) == data
    assert (row.kind, row.content) == ("", None)
    assert not Trade.objects.exists()


def test_reading_twice_changes_nothing(world: World) -> None:
    row, again = world.supplier.submit({"a.xml": PAPERS.invoice(), "b.xml": PAPERS.invoice()})
    before = (Document.objects.values().get(id=again.id), AuditEntry.objects.count(), Job.objects.count())
    for document in (row, again):
        services.extract(document_id=document.id)
    assert (Document.objects.values().get(id=again.id), AuditEntry.objects.count(), Job.objects.count()) == before
    assert Alert.objects.count() == 1


def test_documents_are_found_by_what_one_knows_of_them(world: World) -> None:
    rows = world.supplier.submit(PAPERS.all() | {"note.txt": b"damaged crate"})
    browser = world.supplier.browser

    def found(**query: object) -> set[str]:
        return {row["filename"] for row in browser.rows("documents", **query)}

    assert found(kind="invoice") == {"invoice.xml"}
    assert found(kind="attachment") == {"note.txt"}
    assert found(search="i-po-7") == {"invoice.xml"}
    assert found(search=rows[0].digest.upper()) == {"order.xml"}
    assert found(ids=[rows[0].id, rows[3].id, uuid4()]) == {rows[0].filename, rows[3].filename}
    assert found(search="岚岳") == {"order.xml", "despatch.xml", "receipt.xml", "invoice.xml"}
    assert found(search="%") == found(search="_") - {"x"} == set()
    assert found(state="loose") == {"note.txt"}
    assert found(trade=str(rows[0].trade_id)) == {"order.xml", "despatch.xml", "receipt.xml", "invoice.xml"}
    browser.get("documents", kind="nonsense", status=422)


def test_a_bundle_waits_for_its_place_and_then_proves_it(world: World) -> None:
    [document] = world.supplier.browser.upload({"a.txt": b"evidence"})["documents"]
    pending = world.supplier.browser.get(f"documents/{document['id']}/bundle")
    assert (pending["inclusion"], pending["checkpoint"], pending["anchors"]) == (None, None, [])
    assert pending["document"]["sm3"] == document["digest"]
    drain(seal=True)
    sealed = world.supplier.browser.get(f"documents/{document['id']}/bundle")
    assert sealed["inclusion"]["size"] == sealed["inclusion"]["index"] + 1
    assert sealed["checkpoint"].startswith(f"{sealed['log']['origin']}\n")
    assert sealed["record"] == pending["record"]
