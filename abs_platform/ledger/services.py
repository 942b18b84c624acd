"""Writes to the log: append a record, seal what is pending into leaves, tiles and a signed checkpoint."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from abs_platform.core import clock, crashpoints, jobs
from abs_platform.core.audit import AuditedActor
from abs_platform.core.ids import uuid7
from abs_platform.core.inserting import insert_all
from abs_platform.core.subjects import SubjectRef
from abs_platform.crypto.merkle import Hasher
from abs_platform.ledger import keys, note
from abs_platform.ledger.entries import COMMITMENT_SIZE, TEMPLATE, entry, to_milliseconds
from abs_platform.ledger.models import Chain, Channel, Checkpoint, PendingRecord, Record, Tile
from abs_platform.ledger.readers import frontier, split

MAIN = "main"
BATCH = 8192
"""Records sealed in one transaction: bounds how long the channel's lock is held (about a quarter of a second)."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Leaves first … size-1 were integrated under a checkpoint of that size."""

    first: int
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """What is recorded of a subject: its salted commitment (32 bytes) under a template, such as "document/v1".

    Raises ValueError for a commitment or template of another form.
    """

    subject: SubjectRef
    template: str
    commitment: bytes

    def __post_init__(self) -> None:
        if len(self.commitment) != COMMITMENT_SIZE:
            raise ValueError(f"a commitment has {COMMITMENT_SIZE} bytes, not {len(self.commitment)}")
        if not TEMPLATE.fullmatch(self.template):
            raise ValueError(f"{self.template!r} is no template name")


def append(
    *, subject: SubjectRef, template: str, commitment: bytes, actor: AuditedActor, channel: str = MAIN
) -> Record:
    """Record one entry; see `append_all`."""
    (record,) = append_all([Entry(subject, template, commitment)], actor=actor, channel=channel)
    return record


def append_all(entries: Iterable[Entry], *, actor: AuditedActor, channel: str = MAIN) -> list[Record]:
    """Record entries, in a number of queries that does not grow with theirs.

    Runs inside the caller's transaction: the records exist exactly if what they tell of does. Their places in the log
    follow in the background, in this order.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a record belongs into the transaction that it tells of")
    log = Channel.objects.get(name=channel)
    hasher = Hasher(log.hash)
    time = to_milliseconds(clock.now())
    records, pending = [], []
    for item in entries:
        record = Record(
            id=uuid7(),
            channel=log,
            subject_kind=item.subject.kind,
            subject_id=item.subject.id,
            template=item.template,
            time=time,
            commitment=item.commitment,
            person_id=actor.person_id,
            organisation_id=actor.organisation_id,
            actor=actor.label,
        )
        leaf_input = entry(record_id=record.id, template=item.template, time=time, commitment=item.commitment)
        records.append(record)
        pending.append(PendingRecord(channel=log, record=record, leaf_hash=hasher.leaf(leaf_input)))
    insert_all(records)
    insert_all(pending)
    if records:
        jobs.enqueue("ledger.seal", key=channel, payload={"channel": channel})
    return records


def seal(*, channel: str = MAIN, limit: int = BATCH) -> Sealed | None:
    """Give up to `limit` pending records their places and publish a signed checkpoint, in one transaction.

    The channel's row lock lets one sequencer at a time through. Pending rows are claimed, not read past a cursor, so a
    record whose transaction commits late is not lost. Returns None when nothing was pending.
    """
    with transaction.atomic():
        log = Channel.objects.select_for_update(no_key=True).get(name=channel)
        if not PendingRecord.objects.filter(channel=log).exists():
            return None
        size = log_size(log)
        edge = frontier(log, size)
        tiles = edge.append(_integrate_leaves(log.id, size, limit))
        Tile.objects.bulk_create(
            Tile(channel=log, level=tile.level, index=tile.index, hashes=tile.hashes, root=tile.root) for tile in tiles
        )
        sealed = Sealed(first=size, size=edge.size, root=edge.root())
        signers = keys.log_signers()
        signed = note.Checkpoint(log.origin, sealed.size, sealed.root)
        Checkpoint.objects.create(
            channel=log,
            first=sealed.first,
            size=sealed.size,
            root=sealed.root,
            note=note.sign(signed, name=log.origin, signers=signers.values()),
            sm2_key=signers[note.SM2].row,
            ed25519_key=signers[note.ED25519].row,
        )
        jobs.publish("ledger.recorded", {"channel": channel, "first": sealed.first, "size": sealed.size})
        enqueue_anchors(Chain.objects.filter(channels=log))
        crashpoints.reach("seal.signed")
    crashpoints.reach("seal.sealed")
    return sealed


def log_size(channel: Channel) -> int:
    """How many leaves the channel's log has: the size of its newest checkpoint."""
    newest = Checkpoint.objects.filter(channel=channel).order_by("-size").values_list("size", flat=True).first()
    return newest or 0


def enqueue_anchors(chains: Iterable[Chain]) -> None:
    """Queue a look at each chain that is ready; each has its own jobs, so a dead one holds up no other."""
    for chain in chains:
        if chain.is_ready:
            jobs.enqueue("ledger.anchor", key=chain.name, payload={"chain": chain.name})


def _integrate_leaves(channel_id: UUID, size: int, limit: int) -> list[bytes]:
    """Turn pending rows into leaves size, size+1, … Returns the leaf hashes in that order.

    One statement: rows that were carried here and back by COPY took longer. The hashes come back as one value, which
    spares a row for each.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH claimed AS (
                DELETE FROM ledger_pendingrecord
                WHERE channel_id = %(channel)s AND id <= (
                    SELECT max(id) FROM (
                        SELECT id FROM ledger_pendingrecord WHERE channel_id = %(channel)s ORDER BY id LIMIT %(limit)s
                    ) oldest
                )
                RETURNING id, record_id, leaf_hash
            ), placed AS (
                INSERT INTO ledger_leaf (channel_id, index, record_id, hash)
                SELECT %(channel)s, %(size)s + row_number() OVER (ORDER BY id) - 1, record_id, leaf_hash
                FROM claimed
                ORDER BY id
                RETURNING index, hash
            )
            SELECT min(index), max(index), count(*), string_agg(hash, ''::bytea ORDER BY index) FROM placed
            """,
            {"channel": channel_id, "size": size, "limit": limit},
        )
        first, last, count, hashes = cursor.fetchone()
    if (first, last) != (size, size + count - 1):
        raise RuntimeError("the new leaves are not dense")
    return split(bytes(hashes))
