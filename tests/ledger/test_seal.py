"""Records get dense places in the log, whoever writes and whoever seals at the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from abs_platform.core import clock, jobs
from abs_platform.core.ids import uuid7
from abs_platform.core.models import Job
from abs_platform.core.subjects import SubjectRef
from abs_platform.crypto import merkle
from abs_platform.ledger import keys, note, selectors, services
from abs_platform.ledger.audit import audit
from abs_platform.ledger.entries import entry
from abs_platform.ledger.models import Channel, Checkpoint, Leaf, PendingRecord, Record, Tile
from abs_platform.ledger.readers import StoredLog, frontier
from abs_platform.parties.actor import PLATFORM
from tests.ledger.conftest import Ledger


def in_thread(work: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    return run


def test_the_entry_says_what_the_format_says() -> None:
    moment = datetime(2026, 11, 23, 5, 0, 0, 123999, tzinfo=UTC)
    record_id = uuid7()
    text = entry(record_id=record_id, template="document/v1", time=moment, commitment=bytes(32)).decode()
    assert text == f"abs-record/v1\n{record_id}\ndocument/v1\n2026-11-23T05:00:00.123Z\n{'00' * 32}\n"


def test_a_sealed_record_is_proven_by_its_evidence(unanchored: Ledger) -> None:
    records = unanchored.append(300)
    assert set(selectors.positions([r.id for r in records]).values()) == {selectors.Position()}
    assert selectors.evidence(records[0].id)["inclusion"] is None
    unanchored.settle()
    unanchored.append(40)
    unanchored.settle()
    hasher = merkle.Hasher("sm3")
    signing = {algorithm: signer.public for algorithm, signer in keys.log_signers().items()}
    places = selectors.positions([record.id for record in records])
    for number in (0, 1, 255, 256, 299):
        record = records[number]
        assert (places[record.id].index, places[record.id].checkpoint_size) == (number, 300)
        proof = selectors.evidence(record.id)
        origin = proof["log"]["origin"]
        checkpoint = note.verify(proof["checkpoint"], origin=origin, name=origin, keys=signing)
        text = "abs-record/v1\n{id}\n{template}\n{time}\n{commitment}\n".format(**proof["record"])
        merkle.verify_inclusion(
            hasher,
            leaf_hash=hasher.leaf(text.encode()),
            index=proof["inclusion"]["index"],
            size=checkpoint.size,
            path=[bytes.fromhex(item) for item in proof["inclusion"]["path"]],
            root=checkpoint.root,
        )


def test_concurrent_appends_and_two_sequencers_lose_nothing(unanchored: Ledger) -> None:
    writers, rounds = 4, 12
    stop = threading.Event()

    def write() -> None:
        for number in range(rounds):
            with transaction.atomic():
                unanchored.append(1 + number % 5)
                if number % 4 == 3:
                    transaction.set_rollback(True)

    def sequence() -> None:
        while not stop.is_set() or PendingRecord.objects.exists():
            services.seal(limit=7)

    with ThreadPoolExecutor(writers + 2) as pool:
        sequencers = [pool.submit(in_thread(sequence)) for _ in range(2)]
        for writer in [pool.submit(in_thread(write)) for _ in range(writers)]:
            writer.result()
        stop.set()
        for sequencer in sequencers:
            sequencer.result()
    kept = writers * sum(1 + number % 5 for number in range(rounds) if number % 4 != 3)
    assert Record.objects.count() == kept
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(kept))
    report = audit()
    assert (report.wrong, report.leaves, report.pending) == (None, kept, 0)


def test_a_record_that_commits_late_is_not_lost(unanchored: Ledger) -> None:
    """Its row has a lower number than those that were sealed before it became visible."""
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            unanchored.append(1)
            written.set()
            assert go_on.wait(10)

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(in_thread(slow))
        assert written.wait(10)
        unanchored.append(3)
        sealed = services.seal()
        assert sealed is not None and (sealed.first, sealed.size) == (0, 3)
        go_on.set()
        late.result()
    sealed = services.seal()
    assert sealed is not None and (sealed.first, sealed.size) == (3, 4)


def test_sealing_again_changes_nothing(unanchored: Ledger) -> None:
    unanchored.append(2)
    assert services.seal() is not None
    assert services.seal() is None
    assert Checkpoint.objects.count() == 1


def test_stored_tiles_carry_the_tree_on(unanchored: Ledger) -> None:
    """After each batch the edge rebuilt from the database has the checkpoint's root, and proofs come from it."""
    channel, tree = Channel.objects.get(), merkle.MemoryTree(merkle.Hasher("sm3"))
    for count in (1, 254, 1, 1, 255, 700):
        unanchored.append(count)
        sealed = services.seal()
        assert sealed is not None
        leaves = Leaf.objects.filter(index__gte=sealed.first).order_by("index").values_list("hash", flat=True)
        assert tree.append(map(bytes, leaves)) == sealed.root == frontier(channel, sealed.size).root()
        prover = merkle.Prover(tree.hasher, StoredLog(channel), sealed.size)
        for index in range(0, sealed.size, 97):
            assert prover.inclusion(index) == tree.prove(index)
        for old in range(1, sealed.size, 97):
            assert prover.consistency(old) == merkle.Prover(tree.hasher, tree, sealed.size).consistency(old)
    assert Tile.objects.count() == 4
    with pytest.raises(LookupError):
        StoredLog(channel).read([(0, 5000)])


def test_whoever_listens_hears_which_leaves_came(unanchored: Ledger, settings: object) -> None:
    settings.TOPICS = {**settings.TOPICS, "ledger.recorded": ["ledger.seal"]}  # type: ignore[attr-defined]
    unanchored.append(3)
    Job.objects.all().delete()
    services.seal()
    assert [job.payload for job in Job.objects.all()] == [{"channel": "main", "first": 0, "size": 3}]


def test_what_does_not_fit_is_refused(unanchored: Ledger) -> None:
    subject = SubjectRef("document", uuid7())
    with pytest.raises(RuntimeError, match="transaction"):
        services.append(subject=subject, template="document/v1", commitment=bytes(32), actor=PLATFORM)
    with transaction.atomic():
        with pytest.raises(ValueError, match="32 bytes"):
            services.append(subject=subject, template="document/v1", commitment=bytes(31), actor=PLATFORM)
        with pytest.raises(ValueError, match="template"):
            services.append(subject=subject, template="no\nlines", commitment=bytes(32), actor=PLATFORM)


def test_a_record_says_its_time_to_the_millisecond(unanchored: Ledger) -> None:
    with clock.at(datetime(2026, 11, 23, 5, 0, 0, 123987, tzinfo=UTC)):
        (record,) = unanchored.append()
    record.refresh_from_db()
    assert record.time == datetime(2026, 11, 23, 5, 0, 0, 123000, tzinfo=UTC)


def test_the_database_refuses_to_change_the_log(unanchored: Ledger) -> None:
    unanchored.append(256)
    services.seal()
    for table in ("record", "leaf", "tile", "checkpoint"):
        for statement in ("DELETE FROM {}", "UPDATE {} SET channel_id = channel_id", "TRUNCATE {} CASCADE"):
            sql = statement.format(f"ledger_{table}")
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)


def test_the_database_refuses_checkpoints_that_do_not_follow(unanchored: Ledger) -> None:
    unanchored.append(2)
    services.seal()
    channel = Channel.objects.get()
    for first, size in ((2, 3), (0, 2), (1, 2)):
        with pytest.raises(DatabaseError), transaction.atomic():
            Checkpoint.objects.create(channel=channel, first=first, size=size, root=bytes(32), note="")


def test_appends_queue_one_job_for_the_channel(unanchored: Ledger) -> None:
    unanchored.append(1)
    unanchored.append(1)
    jobs.drain()
    assert Checkpoint.objects.get().size == 2
