"""The background's part: a worker that dies in the middle, a job that runs twice, an import of thousands of rows."""

from unittest import mock

import pytest
from django.db.models import Q

from abs_platform.core import jobs
from abs_platform.core.models import Job, JobState
from abs_platform.documents.models import Document
from abs_platform.documents.tax import services as tax
from abs_platform.documents.tax.models import TaxStatus
from abs_platform.imports import steps
from abs_platform.imports.models import Batch, Row, StagedDocument
from abs_platform.integrations.storage import storage
from abs_platform.integrations.tax.simulator import Simulator
from abs_platform.integrations.tax.status import Status
from abs_platform.ledger.models import Record
from tests.imports import sheets
from tests.imports.using import IMPORTING, Import, work
from tests.support.tax import drain_all, tax_office
from tests.support.world import World

__all__ = ["tax_office"]


def _stored() -> int:
    return sum(1 for each in storage()._folder.rglob("*") if each.is_file())  # type: ignore[attr-defined]  # FileStorage


def test_a_worker_that_dies_between_chunks_is_carried_on_by_the_next(world: World) -> None:
    with mock.patch.object(steps, "CHUNK", 2):
        found = Import.of(world.supplier.browser, sheets.simple_invoices(5))
        found.caller.post(f"imports/{found.id}/import")
        calls = 0
        record = steps.documents.record

        def dying(**arguments: object) -> object:
            nonlocal calls
            calls += 1
            if calls == 2:
                raise MemoryError("the worker dies")
            return record(**arguments)  # type: ignore[arg-type]  # as given

        before = _stored()
        with mock.patch.object(steps.documents, "record", dying), pytest.raises(MemoryError):
            jobs.drain(kinds=IMPORTING)
        seen = found.seen()
        assert (seen["state"], seen["counts"]["imported"]) == ("importing", 2)
        assert _stored() == before + 2  # nothing is left of what was not recorded
        batch = Batch.objects.get()
        steps.carry_out(actor=world.supplier.actor, batch_id=batch.id, progress=lambda done, total: None)
        steps.carry_out(actor=world.supplier.actor, batch_id=batch.id, progress=lambda done, total: None)
    assert found.seen()["counts"]["imported"] == 5
    made = Document.objects.filter(source=batch.source)
    assert made.count() == len(set(made.values_list("number", flat=True))) == 5
    assert Record.objects.filter(subject_id__in=made.values("id"), template="document/v1").count() == 5


def test_steps_that_run_twice_do_nothing_the_second_time(world: World) -> None:
    found = Import.of(world.supplier.browser, sheets.simple_invoices(2))
    batch = Batch.objects.get()
    for step in (steps.read, steps.check):
        step(actor=world.supplier.actor, batch_id=batch.id)
    steps.withdraw(actor=world.supplier.actor, batch_id=batch.id, hold=lambda duration: None)
    assert (found.seen()["state"], Row.objects.count()) == ("ready", 3)
    found.act("import")
    found.act("undo")
    steps.withdraw(actor=world.supplier.actor, batch_id=batch.id, hold=lambda duration: None)
    assert found.seen()["state"] == "undone"


def test_thousands_of_rows_are_checked_and_staged(world: World) -> None:
    found = Import.of(world.supplier.browser, sheets.as_csv(sheets.simple_invoices(1_500, lines=2)))
    assert found.seen()["counts"] == {"rows": 3_001, "wrong": 0, "documents": 1_500, "imported": 0}
    assert found.rows(start=2_990, page_size=100)[0]["number"] == 2_990
    found.caller.post(f"imports/{found.id}/import")
    batch = Batch.objects.select_related("source", "owner").get()
    steps._stage(batch)
    staged = StagedDocument.objects.order_by("position")
    assert staged.count() == 1_500
    assert [row.position for row in staged[:3]] == [2, 4, 6]


def test_the_tax_office_is_asked_about_what_is_imported_too(world: World) -> None:
    found = Import.of(world.supplier.browser, sheets.simple_invoices(3))
    found.act("import")
    [*entries] = found.entries()
    caller = world.supplier.browser
    assert [caller.get(f"documents/{entry['document']}")["tax_status"] for entry in entries] == ["not_verified"] * 3
    assert tax.sweep() == 3


def test_what_the_tax_office_says_of_an_import_is_followed_a_few_at_a_time(
    world: World, tax_office: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tax, "FOLLOWED_TOGETHER", 2)
    found = Import.of(world.supplier.browser, sheets.simple_invoices(5))
    found.act("import")
    for entry in found.entries():
        tax_office.tell(entry["number"], Status.VERIFIED)
    assert tax.sweep() == 5
    asking = Job.objects.get(kind=tax.JOB)
    jobs.run(asking.id)
    [following] = Job.objects.filter(kind="rights.reassess", state=JobState.QUEUED)
    assert TaxStatus.objects.filter(to_follow=True).count() == 5, "each answer rang for all"
    jobs.run(following.id)
    assert TaxStatus.objects.filter(to_follow=True).count() == 3
    drain_all()
    assert not TaxStatus.objects.filter(to_follow=True).exists()
    assert set(TaxStatus.objects.values_list("status", flat=True)) == {"verified"}


def test_an_import_tells_how_many_of_its_documents_wait_to_be_filed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "CHUNK", 2)
    found = Import.of(world.supplier.browser, sheets.simple_invoices(5))
    world.supplier.browser.post(f"imports/{found.id}/import", None)
    jobs.drain(kinds=("imports.carry_out",))
    assert (found.seen()["state"], found.seen()["filing"]) == ("imported", 5)
    first, *_ = jobs.due(1, Q(kind="trade.file"))
    jobs.run(first)
    assert found.seen()["filing"] == 3
    work()
    assert found.seen()["filing"] == 0


def test_what_is_imported_is_recorded_and_proven_like_an_upload(world: World) -> None:
    found = Import.of(world.supplier.browser, sheets.simple_invoices(1))
    found.act("import")
    work()
    [entry] = found.entries()
    caller = world.supplier.browser
    data = caller.file(entry["document"])
    assert data.startswith(b'{"document":{')
    bundle = caller.get(f"documents/{entry['document']}/bundle")
    assert bundle["document"]["size"] == len(data)
    paths = [row["path"] for row in caller.get(f"documents/{entry['document']}/fields")["fields"]]
    assert {"/number", "/totals/payable", "/lines/0/amount", "/document/sm3"} <= set(paths)
