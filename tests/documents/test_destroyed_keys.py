"""An organisation's key is destroyed: nobody reads its content any more, and what was proved stays proved."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F

from abs_platform.config import key_service
from abs_platform.core import clock
from abs_platform.core.errors import Conflict, DomainError, Forbidden, Gone, Invalid, NotFound
from abs_platform.core.ids import uuid7
from abs_platform.core.jobs import RunningJob
from abs_platform.core.models import AuditEntry
from abs_platform.documents import keeping
from abs_platform.documents.models import Document, DocumentVersion, InvoiceTrace, TaxStatus, TaxStatusChange
from abs_platform.documents.tax import services as tax
from abs_platform.ledger import setup
from abs_platform.ledger.models import Record
from abs_platform.parties import key_rotation, keys
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import KeyDestruction, MasterKey, OrganisationKey
from abs_platform.rights import services as rights
from abs_platform.trade.models import Trade
from tests.documents.test_upload import stored
from tests.support.database import rolled_back
from tests.support.keys import destroy, run_key_jobs
from tests.support.papers import Papers
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")

VERIFIER = Path(settings.BASE_DIR) / "abs_platform" / "verifier" / "abs_verify.py"


def verdict(bundle: dict[str, Any], data: bytes, folder: Path) -> dict[str, Any]:
    """What the verifier from outside says."""
    setup.write_trust_files()
    (folder / "bundle.json").write_text(json.dumps(bundle))
    (folder / "file").write_bytes(data)
    command = [
        sys.executable,
        VERIFIER,
        folder / "bundle.json",
        folder / "file",
        "--trust",
        settings.TRUST_FILE,
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def content(world: World, row: Document) -> bytes:
    return world.supplier.browser.file(str(row.id))


def test_a_destroyed_key_closes_the_content_and_the_proof_still_verifies(
    world: World, storage_folder: Path, tmp_path: Path
) -> None:
    data = Papers(number="SECRET-1").order()
    [row] = world.supplier.submit({"secret-order.xml": data})
    drain(seal=True)
    browser = world.supplier.browser
    proof = browser.get(f"documents/{row.id}/bundle")
    disclosed = browser.post(f"documents/{row.id}/disclosure", {"paths": ["/number"]})
    before = verdict(proof, data, tmp_path)
    others = world.castings.submit({"theirs.txt": b"theirs"})
    destroy(world)
    assert browser.send("GET", f"documents/{row.id}/file").status_code == 410
    run_key_jobs()

    answer = browser.send("GET", f"documents/{row.id}/file")
    assert answer.status_code == 410 and json.loads(answer.content)["code"] == "content_destroyed"
    shown = browser.get(f"documents/{row.id}")
    del shown["trade"]  # both parties' record, which stays
    assert "SECRET-1" not in json.dumps(shown) and "secret-order" not in json.dumps(shown)
    assert shown["erased_at"] and not {"download", "disclose"} & set(shown["allowed_actions"])
    erased = Document.objects.get(id=row.id)
    assert erased.content is None and erased.fields_seed is None and erased.erased_at
    assert not any(path.name == row.storage_name for path in stored(storage_folder))
    assert (
        browser.post(f"documents/{row.id}/disclosure", {"paths": ["/number"]}, status=410)["code"]
        == "content_destroyed"
    )
    assert browser.upload({"new.txt": b"new"}, status=422)["params"]["rejected"][0]["code"] == "content_destroyed"
    for version in OrganisationKey.objects.filter(organisation_id=row.owner_id, purpose="data"):
        assert version.wrapped is None

    after = browser.get(f"documents/{row.id}/bundle")
    assert {key: value for key, value in after.items() if key != "document"} == {
        key: value for key, value in proof.items() if key != "document"
    }
    assert verdict(after, data, tmp_path) == before
    assert (
        after["document"]["sm3"] == proof["document"]["sm3"] and after["document"]["salt"] == proof["document"]["salt"]
    )
    assert Record.objects.filter(id=row.fields_record_id).exists() and disclosed["record"]["id"] == str(
        row.fields_record_id
    )
    assert world.castings.browser.file(str(others[0].id)) == b"theirs", "others' files are untouched"
    assert AuditEntry.objects.filter(verb="document.erased", subject_id=row.id).count() == 1


def test_trades_go_on_with_what_was_filed_when_a_file_of_theirs_is_erased(world: World) -> None:
    [row] = world.supplier.submit({"order.xml": Papers(number="ORDER-1").order()})
    drain()
    trade_id = Trade.objects.get().id
    before = world.core.browser.get(f"trades/{trade_id}")
    destroy(world)
    run_key_jobs()
    rights.compute(trade_id=trade_id)
    after = world.core.browser.get(f"trades/{trade_id}")
    assert after["lines"] == before["lines"] and after["lines"]
    assert [each["number"] for each in after["documents"]] == ["ORDER-1"]
    sheet = world.core.browser.get(f"confirmations/{row.id}")
    assert sheet["allowed_actions"] == [] and sheet["trade"]["lines"] == before["lines"]
    assert world.core.browser.rows("confirmations")[0]["allowed_actions"] == []
    word = {"content_digest": sheet["content_digest"]}
    assert world.core.browser.post(f"confirmations/{row.id}/confirm", word, status=410)["code"] == "content_destroyed"
    typed = {"version": 0, "reason": "again", "fields": {"kind": "order", "number": "ORDER-1"}, "lines": []}
    answer = world.supplier.browser.post(f"documents/{row.id}/versions", typed, status=410)
    assert answer["code"] == "content_destroyed"


def test_nothing_that_the_tax_office_said_or_that_invoices_are_compared_by_is_left(world: World) -> None:
    [row] = world.supplier.submit({"invoice.xml": Papers(number="SECRET-4").invoice()})
    drain()
    red = {"status": "red_letter", "red_amount": 7, "red_numbers": ["SECRET-RED"]}
    TaxStatus.objects.update_or_create(document=row, defaults={**red, "checked_at": clock.now()})
    TaxStatusChange.objects.create(
        document=row, before="verified", **red, said={"remark": "for SECRET-4"}, provider="office"
    )
    told = TaxStatusChange.objects.filter(document=row, status="red_letter")
    with pytest.raises(DatabaseError), rolled_back(), transaction.atomic():
        told.update(said={}, red_numbers=[], red_amount=None)
    assert InvoiceTrace.objects.filter(document=row).exists()
    destroy(world)
    run_key_jobs()
    assert list(told.values_list("before", "status", "said", "red_numbers", "red_amount", "provider")) == [
        ("verified", "red_letter", {}, [], None, "office")
    ]
    assert not InvoiceTrace.objects.filter(owner=row.owner).exists()
    with pytest.raises(DatabaseError), rolled_back(), transaction.atomic():
        told.update(said={"remark": "invented"})
    browser = world.supplier.browser
    assert "SECRET" not in json.dumps(browser.get(f"documents/{row.id}")["tax"])
    TaxStatus.objects.update(next_check_at=clock.now())
    assert tax.sweep() == 0, "nobody is asked about it again"
    assert browser.post(f"documents/{row.id}/tax-check", status=410)["code"] == "content_destroyed"


def test_what_was_corrected_by_hand_is_erased_with_it(world: World) -> None:
    [row] = world.supplier.submit({"order.xml": Papers(number="SECRET-2").order()})
    for number, reason in ((0, ""), (1, "the number was SECRET-3")):
        DocumentVersion.objects.create(
            document=row,
            number=number,
            by="somebody",
            reason=reason,
            content=row.content,
            changes=[{"path": "/number", "from": "SECRET-2", "to": "SECRET-3"}],
            fields_seed=bytes(32),
            fields_record_id=uuid7(),
        )
    versions = DocumentVersion.objects.filter(document=row).order_by("number")
    with pytest.raises(DatabaseError), rolled_back(), transaction.atomic():
        versions.update(content=None, fields_seed=None, changes=[])
    destroy(world)
    run_key_jobs()
    assert list(versions.values_list("content", "fields_seed", "changes", "reason")) == [
        (None, None, [], ""),
        (None, None, [], "erased"),
    ]
    assert all(version.fields_record_id for version in versions), "what was recorded stays recorded"
    with pytest.raises(DatabaseError), rolled_back(), transaction.atomic():
        versions.update(content={"number": "invented"})
    with pytest.raises(DatabaseError), rolled_back(), transaction.atomic():
        versions.delete()


def test_a_file_that_waits_to_be_read_is_erased_too(world: World) -> None:
    world.supplier.browser.upload({"a.txt": b"a"})
    destroy(world)
    run_key_jobs()
    drain()
    [row] = Document.objects.filter(owner=world.supplier.organisation)
    assert (row.extraction, row.content) == ("attachment", None)


def test_it_takes_two_people_and_the_name(world: World) -> None:
    owner = world.supplier.organisation
    one, two = world.console.actor, world.operator.actor
    program = replace(one, person_id=None, is_program=True)

    def ask(actor: Actor, **changes: Any) -> None:
        wanted = {"organisation_id": owner.id, "name": owner.name, "reason": "because", **changes}
        key_service.request_destruction(actor=actor, **wanted)

    def confirm(actor: Actor, **changes: Any) -> None:
        key_service.destroy(actor=actor, **{"organisation_id": owner.id, "name": owner.name, **changes})

    refusals: list[tuple[Callable[[], None], type[DomainError], str]] = [
        (lambda: confirm(two), Conflict, "destruction_not_requested"),
        (lambda: ask(one, name="轴承"), Invalid, "name_differs"),
        (lambda: ask(one, reason=" "), Invalid, "reason_missing"),
        (lambda: ask(one, organisation_id=uuid7()), NotFound, "not_found"),
        (lambda: ask(program), Forbidden, "person_needed"),
        (lambda: ask(world.supplier.actor), Forbidden, "role_missing"),
        (lambda: ask(world.officer.actor), Forbidden, "role_missing"),
    ]
    for act, kind, code in refusals:
        with pytest.raises(kind) as refused:
            act()
        assert refused.value.code == code
    ask(one)
    for act, kind, code in [
        (lambda: ask(two), Conflict, "destruction_requested"),
        (lambda: confirm(one), Forbidden, "second_person_needed"),
        (lambda: confirm(program), Forbidden, "person_needed"),
        (lambda: confirm(two, name="another"), Invalid, "name_differs"),
    ]:
        with pytest.raises(kind) as refused:
            act()
        assert refused.value.code == code
    assert len(keys.live_versions(owner.id)) == 1
    key_rotation.withdraw_destruction(actor=one, organisation_id=owner.id)
    with pytest.raises(Conflict):
        confirm(two)
    ask(two)
    confirm(one)
    assert keys.live_versions(owner.id) == []
    for act in (lambda: ask(one), lambda: confirm(two)):
        with pytest.raises(Gone):
            act()
    with pytest.raises(Gone):
        key_rotation.rotate_data_key(actor=one, organisation_id=owner.id)
    assert list(KeyDestruction.objects.order_by("id").values_list("state", flat=True)) == ["withdrawn", "destroyed"]


def test_a_key_is_kept_while_somebody_may_rely_on_what_it_opens(world: World) -> None:
    order, *_ = world.supplier.submit(Papers(number="HOLD-1").all())
    world.core.decide(order)
    owner = world.supplier.organisation
    with pytest.raises(Conflict) as refused:
        key_service.request_destruction(
            actor=world.console.actor, organisation_id=owner.id, name=owner.name, reason="because"
        )
    assert refused.value.code == "rights_open" and refused.value.params["count"] == 1


@pytest.mark.parametrize(
    "act",
    [
        lambda: MasterKey.objects.all().delete(),
        lambda: MasterKey.objects.update(created_at=clock.now()),
        lambda: OrganisationKey.objects.all().delete(),
        lambda: OrganisationKey.objects.update(version=F("version") + 1),
        lambda: KeyDestruction.objects.all().delete(),
        lambda: KeyDestruction.objects.update(reason="another"),
    ],
)
def test_what_became_of_keys_is_not_rewritten(act: Callable[[], object], world: World) -> None:
    destroy(world)
    with pytest.raises(DatabaseError), rolled_back(), transaction.atomic():
        act()


def test_a_destroyed_key_cannot_be_put_back(world: World) -> None:
    before = bytes(OrganisationKey.objects.get(organisation=world.supplier.organisation, purpose="data").wrapped or b"")
    destroy(world)
    rows = OrganisationKey.objects.filter(organisation=world.supplier.organisation, purpose="data")
    with pytest.raises(DatabaseError), rolled_back(), transaction.atomic():
        rows.update(wrapped=before, destroyed_at=None)


def test_nothing_is_erased_while_the_key_is_there(world: World) -> None:
    world.supplier.submit({"a.txt": b"a"})
    job = RunningJob(uuid7(), "documents.erase", "", {}, 1)
    with pytest.raises(ValueError):
        keeping.erase(organisation_id=world.supplier.organisation.id, job=job)
    assert not Document.objects.filter(erased_at__isnull=False).exists()
