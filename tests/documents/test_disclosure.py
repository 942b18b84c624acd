"""An owner shows some fields of a document and keeps the others; everybody else shows none."""

from typing import Any
from uuid import UUID

import pytest

from abs_platform.core import events
from abs_platform.core.models import AuditEntry
from abs_platform.crypto.fields import DisclosedField, Disclosure, InvalidDisclosure, verify
from abs_platform.documents import disclosing, services
from abs_platform.documents.models import Document
from abs_platform.ledger.models import Record
from tests.support.papers import Papers, line
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="PO-7", lines=(line(), line("2", price="77.31")))
SHOWN = ["/document/sm3", "/number", "/totals/payable", "/due_date"]


@pytest.fixture
def invoice(world: World) -> Document:
    *_, row = world.supplier.submit(PAPERS.all())
    return row


def disclosure_of(bundle: Any) -> Disclosure:
    return Disclosure(
        bundle["fields"]["count"],
        tuple(
            DisclosedField(
                each["path"], each["value"], bytes.fromhex(each["salt"]), each["index"],
                tuple(bytes.fromhex(node) for node in each["proof"]),
            )
            for each in bundle["fields"]["disclosed"]
        ),
    )  # fmt: skip


def test_reading_commits_to_the_fields_in_the_log(world: World, invoice: Document) -> None:
    record = Record.objects.get(id=invoice.fields_record_id)
    assert (record.template, record.subject_kind, record.subject_id) == ("fields/v1", "document", invoice.id)
    assert record.organisation_id == invoice.owner_id and record.person_id is None
    assert record.id != invoice.record_id
    listed = world.supplier.browser.get(f"documents/{invoice.id}/fields")
    found = {field["path"]: field["value"] for field in listed["fields"]}
    assert found["/document/sm3"] == invoice.digest
    assert (found["/number"], found["/lines/1/price"], found["/seller/name"]) == (
        "I-PO-7",
        "77.31",
        invoice.seller_name,
    )
    assert not any(path.startswith("/remarks") for path in found)
    assert listed["limit"] == 400
    assert "disclose" in world.supplier.browser.get(f"documents/{invoice.id}")["allowed_actions"]


def test_chosen_fields_are_proven_and_the_others_stay_closed(world: World, invoice: Document) -> None:
    pending = world.supplier.browser.post(f"documents/{invoice.id}/disclosure", {"paths": SHOWN})
    assert (pending["inclusion"], pending["anchors"]) == (None, [])
    drain(seal=True)
    bundle = world.supplier.browser.post(f"documents/{invoice.id}/disclosure", {"paths": [*SHOWN, "/number"]})
    assert bundle["format"] == "abs-proof-bundle/v1" and "document" not in bundle
    assert bundle["record"]["id"] == str(invoice.fields_record_id) and bundle["inclusion"]
    assert [field["path"] for field in bundle["fields"]["disclosed"]] == SHOWN
    disclosure = disclosure_of(bundle)
    commitment = bytes.fromhex(bundle["record"]["commitment"])
    verify(disclosure, commitment)
    assert {field.path: field.value for field in disclosure.disclosed}["/document/sm3"] == invoice.digest
    for kept in ("77.31", "bolt", invoice.seller_name, invoice.filename):
        assert kept not in str(bundle), "what was not chosen is in the bundle"
    bundle["fields"]["disclosed"][1]["value"] = "I-PO-8"
    with pytest.raises(InvalidDisclosure):
        verify(disclosure_of(bundle), commitment)


def test_a_disclosure_is_on_the_trail_with_what_was_shown(world: World, invoice: Document) -> None:
    world.supplier.browser.post(f"documents/{invoice.id}/disclosure", {"paths": SHOWN})
    entry = AuditEntry.objects.get(verb="document.disclosed")
    assert (entry.subject_id, entry.organisation_id) == (invoice.id, invoice.owner_id)
    assert entry.detail == {"paths": SHOWN, "record": str(invoice.fields_record_id)}


@pytest.mark.parametrize(
    ("paths", "code", "params"),
    [
        (["/number", "/nothing"], "field_unknown", {"path": "/nothing"}),
        (["/lines/0/rejected/"], "field_unknown", {"path": "/lines/0/rejected/"}),
        ([], "fields_number", {"limit": 400}),
        ([f"/x{n}" for n in range(401)], "fields_number", {"limit": 400}),
        (["x" * 401], "invalid_input", {}),
        ("/number", "invalid_input", {}),
    ],
    ids=["unknown", "nearly", "none", "too many", "too long", "no list"],
)  # fmt: skip
def test_what_cannot_be_disclosed_is_named_and_leaves_no_trace(
    paths: object, code: str, params: dict[str, object], world: World, invoice: Document
) -> None:
    problem = world.supplier.browser.post(f"documents/{invoice.id}/disclosure", {"paths": paths}, status=422)
    assert (problem["code"], problem["params"]) == (code, params)
    assert not AuditEntry.objects.filter(verb="document.disclosed").exists()


def test_a_bundle_that_no_verifier_would_read_is_not_made(
    world: World, invoice: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosing, "MAX_BUNDLE_BYTES", 1000)
    problem = world.supplier.browser.post(f"documents/{invoice.id}/disclosure", {"paths": SHOWN}, status=422)
    assert problem["code"] == "disclosure_too_large"


@pytest.mark.parametrize("data", [b"%PDF-1.7 x", PAPERS.order()[:900]], ids=["attachment", "refused"])
def test_what_was_not_read_has_no_fields(data: bytes, world: World) -> None:
    [row] = world.supplier.submit({"file": data})
    assert (row.fields_seed, row.fields_record_id) == (None, None)
    assert world.supplier.browser.get(f"documents/{row.id}/fields")["fields"] == []
    problem = world.supplier.browser.post(f"documents/{row.id}/disclosure", {"paths": ["/number"]}, status=409)
    assert problem["code"] == "fields_not_committed"
    assert "disclose" not in world.supplier.browser.get(f"documents/{row.id}")["allowed_actions"]


def test_a_stored_value_that_was_changed_is_not_passed_off_as_recorded(world: World, invoice: Document) -> None:
    content = {**(invoice.content or {}), "number": "I-PO-8"}
    Document.objects.filter(id=invoice.id).update(content=content)
    problem = world.supplier.browser.post(f"documents/{invoice.id}/disclosure", {"paths": ["/due_date"]}, status=409)
    assert problem["code"] == "fields_changed"


def test_the_same_invoice_twice_shares_nothing(world: World) -> None:
    first, second = world.supplier.submit({"a.xml": PAPERS.invoice(), "b.xml": PAPERS.invoice()})
    assert second.duplicate_of == first and first.content == second.content
    bundles = [
        world.supplier.browser.post(f"documents/{row.id}/disclosure", {"paths": SHOWN}) for row in (first, second)
    ]
    hashes = [{node for field in bundle["fields"]["disclosed"] for node in field["proof"]} for bundle in bundles]
    assert not hashes[0] & hashes[1]
    assert bundles[0]["record"]["commitment"] != bundles[1]["record"]["commitment"]


def test_either_record_tells_that_its_document_moved_on(
    world: World, invoice: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[UUID] = []
    monkeypatch.setattr(events, "notify_all", lambda messages: told.extend(id for _, _, id in messages))
    for record_id in (invoice.record_id, invoice.fields_record_id):
        services.announce(record_ids=[record_id])
    assert told == [invoice.id, invoice.id]


def test_without_its_seed_a_document_discloses_nothing_and_the_log_stays_whole(world: World, invoice: Document) -> None:
    drain(seal=True)
    before = list(Record.objects.order_by("id").values())
    Document.objects.filter(id=invoice.id).update(fields_seed=None, fields_record_id=None)
    problem = world.supplier.browser.post(f"documents/{invoice.id}/disclosure", {"paths": SHOWN}, status=409)
    assert problem["code"] == "fields_not_committed"
    assert list(Record.objects.order_by("id").values()) == before
