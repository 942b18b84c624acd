"""The log in PostgreSQL: taking in a million records, and what a proof and an audit cost as it grows."""

import random
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import override_settings

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.crypto.merkle import Hasher, Prover
from abs_platform.ledger import keys, services
from abs_platform.ledger.audit import audit
from abs_platform.ledger.audit.memory import Memory
from abs_platform.ledger.audit.recomputation import Derived
from abs_platform.ledger.audit.report import Mode
from abs_platform.ledger.audit.signatures import key_facts
from abs_platform.ledger.entries import entry, to_milliseconds
from abs_platform.ledger.models import Channel, PendingRecord, PublisherKey, Record
from abs_platform.ledger.readers import StoredLog, frontier
from tests.bench._measuring import Figure, Progress, share, timed

MANY, FEW = 1_000_000, 10_000
ROUNDS = 3
GROWTH_ROUNDS = 7
PROOFS = 50
INCREMENT = 1_000
LEAF_COLUMNS = "channel_id, index, record_id, hash"

# Leaf hashes are arbitrary here: the sequencer takes them as they are.
_MAKE_RECORDS = (
    """
    CREATE TEMP TABLE fresh ON COMMIT DROP AS
    SELECT uuidv7() AS id, sha256(number::text::bytea) AS hash FROM generate_series(1, %(count)s) number
    """,
    """
    INSERT INTO ledger_record (id, channel_id, subject_kind, subject_id, template, time, commitment, actor)
    SELECT id, %(channel)s, 'document', id, 'document/v1', date_trunc('milliseconds', now()), hash, 'bench' FROM fresh
    """,
)
_MAKE_PENDING = """
    INSERT INTO ledger_pendingrecord (channel_id, record_id, leaf_hash)
    SELECT %(channel)s, id, hash FROM fresh ORDER BY id
"""
_LEAF_ROWS = """
    COPY (SELECT '{channel}'::uuid, row_number() OVER (ORDER BY id) - 1, id, hash FROM fresh ORDER BY id)
    TO STDOUT (FORMAT binary)
"""


def figures(progress: Progress) -> list[Figure]:
    """integrate, proof_growth, audit_growth."""
    keys.establish()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # a million rows at once are more than the product ever asks for
    ours, theirs = [], []
    for number in range(1, ROUNDS + 1):
        progress(f"in the database: round {number} of {ROUNDS}, {MANY:,} records on either side")
        big = _channel(f"bench-{number}")
        _write_pending(big, MANY)
        peer = _channel(f"peer-{number}")
        rows = _leaf_rows(peer, MANY)
        _settle_down()
        ours.append(MANY / timed(partial(_seal_all, big)))
        _settle_down()
        theirs.append(MANY / timed(partial(_copy_in, rows)))
        if PendingRecord.objects.exists() or services.log_size(big) != MANY:
            raise RuntimeError("not everything was sealed")
    small = _channel("bench-small")
    _write_pending(small, FEW)
    _seal_all(small)
    _settle_down()
    return [
        share("integrate", "records/s", ours, "COPY of the leaf rows", theirs, ">=0.5"),
        _proof_growth(small, big, progress),
        _audit_growth(small, big, progress),
    ]


def _channel(name: str) -> Channel:
    return Channel.objects.create(name=name, origin=f"abs.bench/{uuid.uuid4()}")


def _settle_down() -> None:
    """Leave neither side the other's dead rows, stale statistics and unwritten pages."""
    with connection.cursor() as cursor:
        for table in ("record", "pendingrecord", "leaf"):
            cursor.execute(f"VACUUM ANALYZE ledger_{table}")


# --- a million records


def _write_pending(channel: Channel, count: int) -> None:
    """Commit records that wait for their places."""
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        _unchecked(cursor, "ledger_record", "ledger_pendingrecord"),
    ):
        for statement in (*_MAKE_RECORDS, _MAKE_PENDING):
            cursor.execute(statement, {"channel": channel.id, "count": count})


def _leaf_rows(channel: Channel, count: int) -> bytes:
    """Commit records; their leaf rows in PostgreSQL's binary COPY format, the fastest that it reads."""
    rows = BytesIO()
    with transaction.atomic(), connection.cursor() as cursor, _unchecked(cursor, "ledger_record"):
        for statement in _MAKE_RECORDS:
            cursor.execute(statement, {"channel": channel.id, "count": count})
        with cursor.copy(_LEAF_ROWS.format(channel=channel.id)) as copy:
            for block in copy:
                rows.write(block)
    return rows.getvalue()


@contextmanager
def _unchecked(cursor: CursorWrapper, *tables: str) -> Iterator[None]:
    """Without the tables' foreign keys, each row of which is a query: what is written here is right, and is not measured."""
    cursor.execute(
        """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
        """,
        [list(tables)],
    )
    found = cursor.fetchall()
    for table, name, _ in found:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in found:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition.removesuffix(' NOT VALID')} NOT VALID")


def _seal_all(channel: Channel) -> None:
    while services.seal(channel=channel.name) is not None:
        pass


def _copy_in(rows: bytes) -> None:
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(f"COPY ledger_leaf ({LEAF_COLUMNS}) FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.write(rows)


# --- what it costs as the log grows


@dataclass(frozen=True, slots=True)
class Growth:
    """Seconds at FEW and at MANY records, round by round."""

    few: list[float]
    many: list[float]

    def figure(self, name: str, unit: str, scale: float, goal: str) -> Figure:
        few, many = ([seconds * scale for seconds in side] for side in (self.few, self.many))
        return share(name, unit, many, f"at {FEW:,} records", few, goal)


def _proof_growth(small: Channel, big: Channel, progress: Progress) -> Figure:
    """One proof out of the stored tiles, each with a reader of its own, as a request makes it."""
    growth = Growth([], [])
    for number in range(1, GROWTH_ROUNDS + 1):
        progress(f"proofs: round {number} of {GROWTH_ROUNDS}")
        for channel, seconds in ((small, growth.few), (big, growth.many)):
            size = services.log_size(channel)
            indexes = random.Random(number).sample(range(size), PROOFS)
            seconds.append(timed(partial(_prove, channel, size, indexes)) / PROOFS)
    return growth.figure("proof_growth", "ms a proof", 1e3, "<=1.5")


def _prove(channel: Channel, size: int, indexes: list[int]) -> None:
    for index in indexes:
        Prover(Hasher(channel.hash), StoredLog(channel), size).inclusion(index)


def _audit_growth(small: Channel, big: Channel, progress: Progress) -> Figure:
    """An incremental audit after INCREMENT more records."""
    growth = Growth([], [])
    with tempfile.TemporaryDirectory() as folder, override_settings(STATE_DIR=Path(folder)):
        for channel in (small, big):
            _remember(channel)
        for number in range(1, GROWTH_ROUNDS + 1):
            progress(f"audits: round {number} of {GROWTH_ROUNDS}")
            for channel, seconds in ((small, growth.few), (big, growth.many)):
                _append(channel, INCREMENT)
                _seal_all(channel)
                seconds.append(timed(partial(_audit, channel)))
    return growth.figure("audit_growth", "ms an increment", 1e3, "<=1.2")


def _remember(channel: Channel) -> None:
    """Let the auditor know the log as if it had just found it in order: a full audit of a million takes its time."""
    edge = frontier(channel, services.log_size(channel))
    newest = Record.objects.filter(channel=channel).latest("id").id
    facts = {str(key.id): key_facts(key) for key in PublisherKey.objects.all()}
    derived = Derived(edge.size, {edge.size: edge.root()}, edge, newest, facts, frozenset())
    Memory(settings.STATE_DIR / "audit", channel.name).remember(derived.seen(channel, {}))


def _audit(channel: Channel) -> None:
    report = audit(channel=channel.name, mode=Mode.INCREMENTAL, using="default")
    if report.wrong or report.leaves != INCREMENT:
        raise RuntimeError(f"the audit looked at {report.leaves} leaves: {report.wrong}")


def _append(channel: Channel, count: int) -> None:
    """Commit records with their real leaf hashes."""
    hasher, moment = Hasher(channel.hash), to_milliseconds(clock.now())
    records = [
        Record(
            id=(record_id := uuid7()),
            channel=channel,
            subject_kind="document",
            subject_id=record_id,
            template="document/v1",
            time=moment,
            commitment=random.randbytes(32),
            actor="bench",
        )
        for _ in range(count)
    ]
    pending = [
        PendingRecord(
            channel=channel,
            record=record,
            leaf_hash=hasher.leaf(
                entry(record_id=record.id, template=record.template, time=record.time, commitment=record.commitment)
            ),
        )
        for record in records
    ]
    with transaction.atomic():
        Record.objects.bulk_create(records)
        PendingRecord.objects.bulk_create(pending)
