"""A worker that is killed loses nothing and doubles nothing: the row is the queue, the database says what is done.

Celery's messages lie in Redis and die with the worker that took them; leases run out; beat rings again. That a lease has
run out is told to the database by the test, which does not wait a minute for it.
"""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from abs_platform.core import clock, jobs
from abs_platform.core.models import AuditEntry, Job, JobState
from abs_platform.documents.models import Document
from abs_platform.ledger.models import ChannelChain, Checkpoint, Leaf, PendingRecord, Record
from abs_platform.parties.models import Organisation
from abs_platform.rights.models import Right
from abs_platform.risk.models import Alert
from abs_platform.trade.models import Trade, TradeDocument
from tests.jobs_kill.worker import Worker, finished, unfinished, until
from tests.support.papers import Papers, line
from tests.support.world import World

TRADES = 6
SEED = 20261123


def papers(number: int) -> dict[str, bytes]:
    """Five files of a trade: one invoice is there twice, and bills more than arrived."""
    made = Papers(number=f"PO-{number}")
    files = {
        "order": made.order(),
        "despatch": made.despatch(),
        "receipt": made.receipt(line("1", "90", short=10)),
        "invoice": made.invoice(),
    }
    return {f"{kind}-{number}.xml": data for kind, data in files.items()} | {f"again-{number}.xml": files["invoice"]}


def fill(world: World) -> None:
    """Upload everything; nothing is read yet."""
    for number in range(TRADES):
        world.supplier.browser.upload(papers(number))


def problems() -> list[str]:
    """What was lost or doubled; nothing, when all went well."""
    found = []

    def expect(what: str, actual: object, wanted: object) -> None:
        if actual != wanted:
            found.append(f"{what}: {actual}, not {wanted}")

    expect("jobs not done", unfinished(), 0)
    expect("documents", Document.objects.count(), TRADES * 5)
    expect("unread documents", Document.objects.filter(extraction="pending").count(), 0)
    expect("times read", AuditEntry.objects.filter(verb="document.read").count(), TRADES * 5)
    expect("duplicates", Document.objects.exclude(duplicate_of=None).count(), TRADES)
    expect("documents filed", TradeDocument.objects.count(), TRADES * 4)
    expect("times filed", AuditEntry.objects.filter(verb="trade.document_filed").count(), TRADES * 4)
    expect("trades", Trade.objects.count(), TRADES)
    expect("trades of four documents", {trade.documents.count() for trade in Trade.objects.all()}, {4})
    expect("rights", Right.objects.count(), TRADES)
    expect(
        "alerts",
        # Equal amounts on one day nearly repeat each other; which is told as repeating which depends on who is read first.
        sorted(Alert.objects.exclude(rule="near_duplicate").values_list("rule", flat=True)),
        ["duplicate_invoice"] * TRADES + ["invoiced_over_received"] * TRADES,
    )
    records = TRADES * 5 * 2  # of each file, and of what was read from it
    expect("records", Record.objects.count(), records)
    fields = Record.objects.filter(id__in=Document.objects.values("fields_record_id"), template="fields/v1")
    expect("records of fields", fields.count(), TRADES * 5)
    expect("records without a place", PendingRecord.objects.count(), 0)
    expect("places in the log", list(Leaf.objects.order_by("index").values_list("index", flat=True)), [*range(records)])
    expect("records with a place", Leaf.objects.values("record").distinct().count(), records)
    newest = Checkpoint.objects.order_by("-size").first()
    expect("size of the newest checkpoint", newest and newest.size, records)
    return found


def leases_run_out() -> int:
    """A minute passes for every job that the dead worker held. Returns how many those are."""
    past = clock.now() - timedelta(seconds=1)
    return Job.objects.filter(state=JobState.RUNNING).update(lease_until=past)


@pytest.fixture
def world(committed_world: World, storage_folder: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Everybody; the log goes to no chain, and the workers' state folder is the storage's parent."""
    ChannelChain.objects.all().delete()
    cache._cache.get_client().delete("celery")
    return committed_world


@pytest.fixture
def start(tmp_path: Path):  # type: ignore[no-untyped-def]  # a generator of a factory
    workers: list[Worker] = []

    def begin() -> Worker:
        workers.append(Worker(tmp_path / "worker.log"))
        return workers[-1]

    yield begin
    for worker in workers:
        if worker.alive:
            worker.kill()


def kill_within_a_transaction(world: World, start: Callable[[], Worker]) -> None:
    """Hold the lock that reading a file needs, so that the worker hangs with half of its work written, and dies there."""
    with transaction.atomic():
        Organisation.objects.select_for_update().get(id=world.supplier.organisation.id)
        worker = start()
        assert until(lambda: waiting_for_a_lock() > 0, worker), "the worker does not work"
        worker.kill()
        assert not AuditEntry.objects.filter(verb="document.read").exists()


def kill_after_some_jobs(some: int, start: Callable[[], Worker]) -> None:
    """Kill the worker once it has finished some more jobs, wherever its threads are by then."""
    goal = finished() + some
    worker = start()
    assert until(lambda: finished() >= goal, worker), "the worker does not work"
    worker.kill()


def test_a_killed_worker_loses_nothing_and_doubles_nothing(world: World, start: Callable[[], Worker]) -> None:
    """Killed at its start within a transaction, then twice after a random number of jobs; the last one finishes."""
    fill(world)
    randomly = random.Random(SEED)
    kill_within_a_transaction(world, start)
    assert leases_run_out() > 0, "the worker held a job when it died"
    for _ in range(2):
        kill_after_some_jobs(randomly.randint(1, 12), start)
        assert unfinished(), "all was done before the kill"
        leases_run_out()
    last = start()
    assert until(lambda: not unfinished(), last)
    last.kill()
    assert problems() == []
    assert Job.objects.filter(fence__gt=1).exists(), "what the dead held was taken over"


def test_a_lost_job_or_a_doubled_effect_would_be_seen(world: World) -> None:
    """The check itself is checked: it passes when all goes well, and fails for one deleted row and one repeated effect."""
    fill(world)
    lost = Job.objects.filter(kind="documents.extract").order_by("id").first()
    assert lost is not None
    row = Job.objects.filter(id=lost.id).values().get()
    lost.delete()
    jobs.drain()
    found = problems()
    assert any(each.startswith("unread documents: 1") for each in found)
    assert any(each.startswith("documents filed") for each in found)
    Job.objects.create(**row)
    jobs.drain()
    assert problems() == []
    alert = Alert.objects.first()
    assert alert is not None
    alert.pk, alert.key = None, "again"
    alert.save(force_insert=True)
    assert [each.partition(":")[0] for each in problems()] == ["alerts"]


def waiting_for_a_lock() -> int:
    """How many connections of this database wait for a lock now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])
