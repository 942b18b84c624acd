"""Where an organisation's key was destroyed, nothing of what its imports said is left to read."""

import json

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from abs_platform.core import jobs
from abs_platform.documents.alike.models import InvoiceTrace
from abs_platform.imports.models import Batch, Correction, Row, SavedMapping, StagedDocument, StagedLine
from tests.imports import sheets
from tests.imports.test_bulk import invoice, send
from tests.imports.using import Import, work
from tests.support.database import rolled_back
from tests.support.keys import destroy, run_key_jobs
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

TABLES = (Batch, Row, Correction, StagedDocument, StagedLine, SavedMapping, InvoiceTrace)


def everything() -> str:
    """All that the tables hold, as text."""
    found = []
    with connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"SELECT to_jsonb(t) FROM {model._meta.db_table} t")  # a table's own name
            found += [row[0] if isinstance(row[0], str) else json.dumps(row[0]) for row in cursor.fetchall()]
    return "\n".join(found)


def test_what_was_imported_or_waits_to_be_is_erased(world: World) -> None:
    caller = world.supplier.browser
    imported = Import.of(caller, sheets.simple_invoices(2, prefix="SECRET-A"), name="SECRET.csv")
    imported.act("import")
    ready = Import.of(caller, sheets.simple_invoices(2, prefix="SECRET-B"))
    headers = ready.seen()["columns"]
    number = next(each["index"] for each in headers if each["field"] == "number")
    ready.correct(2, number, "SECRET-C")
    ready.map({each["field"]: each["index"] for each in headers if each["field"]}, save_as="SECRET-D")
    send(world.supplier.program, [invoice("SECRET-E")], hold="true")
    with pytest.raises(DatabaseError), rolled_back(), transaction.atomic():
        Correction.objects.update(before="", after="")
    theirs = Import.of(world.castings.browser, sheets.simple_invoices(1, prefix="THEIRS"))
    assert "SECRET" in everything()

    destroy(world)
    run_key_jobs()
    left = everything()
    assert "SECRET" not in left and "THEIRS" in left
    assert imported.seen()["state"] == "imported" and imported.seen()["counts"]["imported"] == 2
    assert len(imported.entries()) == 2
    assert (ready.seen()["state"], ready.seen()["problem"]["code"]) == ("failed", "content_destroyed")
    assert Correction.objects.get().by and theirs.rows()
    run_key_jobs()
    assert everything() == left


def test_nothing_more_is_taken_in_bulk(world: World) -> None:
    destroy(world)
    run_key_jobs()
    assert send(world.supplier.program, [invoice("LATE-1")], status=410)["code"] == "content_destroyed"
    assert not Batch.objects.exists()


def test_a_table_that_waits_to_be_read_when_the_key_goes_has_failed(world: World) -> None:
    caller = world.supplier.browser
    jobs_of = Import.of(caller, sheets.simple_invoices(1))
    Batch.objects.filter(id=jobs_of.id).update(state="reading")
    destroy(world)
    run_key_jobs()
    work()
    assert jobs_of.seen()["problem"]["code"] == "content_destroyed"
    assert not jobs.Job.objects.filter(kind="imports.erase", state="failed").exists()
