"""The Merkle log: appending, proving and verifying in memory, and sealing committed records in PostgreSQL.

Peers run in turn with the product, round by round: pymerkle's in-memory tree under the same hash (SHA-256, the one both
have) with the same entries; and PostgreSQL's own COPY of the same number of leaf rows into the same table, with its
indexes, checks and foreign keys, logged and committed. Every figure is a median.
"""

import hashlib
import random
import statistics
import struct
import time
import uuid
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pymerkle
from django.db import connection, transaction

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.crypto.merkle import Hasher, MemoryTree, verify_inclusion
from abs_platform.ledger import services
from abs_platform.ledger.entries import entry, to_milliseconds
from abs_platform.ledger.models import Channel, PendingRecord

NEEDS = ("postgres", "redis")

ROUNDS = 7
ENTRIES = 100_000
BATCH = 1_000
PROOFS = 2_000
RECORDS = 40_000

Progress = Callable[[str], None]
Figure = dict[str, Any]
_COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"


def figures(progress: Progress) -> list[Figure]:
    """append, append_sm3, prove, verify, integrate."""
    return [*_in_memory(progress), _integrate(progress)]


def _figure(name: str, unit: str, ours: list[float], peer: str, theirs: list[float], goal: str | None) -> Figure:
    """A figure where less time is better: the ratio is how many times faster than the peer."""
    value, peer_value = statistics.median(ours), statistics.median(theirs)
    ratio = statistics.median(their / our for our, their in zip(ours, theirs, strict=True))
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": peer,
        "peer_value": peer_value,
        "ratio": ratio,
        "goal": goal,
    }


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# --- in memory


def _entries() -> list[bytes]:
    moment = clock.now()
    return [
        entry(
            record_id=uuid7(),
            template="document/v1",
            time=moment,
            commitment=hashlib.sha256(number.to_bytes(8, "big")).digest(),
        )
        for number in range(ENTRIES)
    ]


def _grow(entries: list[bytes], append: Callable[[list[bytes]], bytes]) -> bytes:
    """Append in batches, with the root after each. Returns the last root."""
    root = b""
    for start in range(0, len(entries), BATCH):
        root = append(entries[start : start + BATCH])
    return root


def _ours(hash_name: str, entries: list[bytes]) -> tuple[MemoryTree, bytes]:
    hasher = Hasher(hash_name)
    tree = MemoryTree(hasher)
    return tree, _grow(entries, lambda batch: tree.append(hasher.leaves(batch)))


def _theirs(entries: list[bytes]) -> tuple[pymerkle.InmemoryTree, bytes]:
    tree = pymerkle.InmemoryTree(algorithm="sha256")

    def append(batch: list[bytes]) -> bytes:
        tree.append_entries(batch)
        root: bytes = tree.get_root()
        return root

    return tree, _grow(entries, append)


def _in_memory(progress: Progress) -> list[Figure]:
    entries = _entries()
    tree, root = _ours("sha256", entries)
    other, other_root = _theirs(entries)
    if root != other_root:
        raise RuntimeError("the two trees have different roots")
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in ("append", "prove", "verify")}
    sm3: list[float] = []
    leaf_hashes = tree.hasher.leaves(entries)
    for number in range(1, ROUNDS + 1):
        progress(f"in memory: round {number} of {ROUNDS}")
        times["append"][0].append(_timed(partial(_ours, "sha256", entries)))
        times["append"][1].append(_timed(partial(_theirs, entries)))
        sm3.append(_timed(partial(_ours, "sm3", entries)))
        indexes = random.Random(number).sample(range(ENTRIES), PROOFS)
        times["prove"][0].append(_timed(partial(_prove_ours, tree, indexes)))
        times["prove"][1].append(_timed(partial(_prove_theirs, other, indexes)))
        paths, proofs = _prove_ours(tree, indexes), _prove_theirs(other, indexes)
        times["verify"][0].append(_timed(partial(_verify_ours, tree.hasher, leaf_hashes, indexes, paths, root)))
        times["verify"][1].append(_timed(partial(_verify_theirs, leaf_hashes, indexes, proofs, root)))

    def per(name: str, side: int, count: int) -> list[float]:
        return [seconds / count * 1e6 for seconds in times[name][side]]

    return [
        _figure("append", "µs a record", per("append", 0, ENTRIES), "pymerkle", per("append", 1, ENTRIES), ">=7"),
        {
            "name": "append_sm3",
            "value": statistics.median(sm3) / ENTRIES * 1e6,
            "unit": "µs a record",
            "peer": None,
            "peer_value": None,
            "ratio": None,
            "goal": None,
        },
        _figure("prove", "µs a proof", per("prove", 0, PROOFS), "pymerkle", per("prove", 1, PROOFS), ">=12"),
        _figure("verify", "µs a proof", per("verify", 0, PROOFS), "pymerkle", per("verify", 1, PROOFS), None),
    ]


def _prove_ours(tree: MemoryTree, indexes: list[int]) -> list[list[bytes]]:
    return [tree.prove(index) for index in indexes]


def _prove_theirs(tree: pymerkle.InmemoryTree, indexes: list[int]) -> list[Any]:
    return [tree.prove_inclusion(index + 1) for index in indexes]


def _verify_ours(
    hasher: Hasher, hashes: list[bytes], indexes: list[int], paths: list[list[bytes]], root: bytes
) -> None:
    for index, path in zip(indexes, paths, strict=True):
        verify_inclusion(hasher, leaf_hash=hashes[index], index=index, size=ENTRIES, path=path, root=root)


def _verify_theirs(hashes: list[bytes], indexes: list[int], proofs: list[Any], root: bytes) -> None:
    for index, proof in zip(indexes, proofs, strict=True):
        pymerkle.verify_inclusion(hashes[index], root, proof)


# --- in the database


def _integrate(progress: Progress) -> Figure:
    """Committed pending records to committed leaves, tiles and signed checkpoints, against COPY of as many leaf rows."""
    channel = Channel.objects.create(name="bench", origin=f"abs.bench/{uuid.uuid4()}")
    peer = Channel.objects.create(name="bench-peer", origin=f"abs.bench/{uuid.uuid4()}")
    ours, theirs = [], []
    copied = 0
    for number in range(1, ROUNDS + 1):
        progress(f"in the database: round {number} of {ROUNDS}, {RECORDS:,} records each")
        _write_records(channel, pending=True)
        rows = _leaf_rows(peer, _write_records(peer, pending=False), first=copied)
        copied += RECORDS
        _settle_down()
        ours.append(_timed(partial(_seal_all, channel.name)))
        _settle_down()
        theirs.append(_timed(partial(_copy, "ledger_leaf", "channel_id, index, record_id, hash", rows)))
    if PendingRecord.objects.exists() or services.log_size(channel) != ROUNDS * RECORDS:
        raise RuntimeError("not everything was sealed")
    per_second = [[RECORDS / seconds for seconds in side] for side in (ours, theirs)]
    share = statistics.median(their / our for our, their in zip(ours, theirs, strict=True))
    return {
        "name": "integrate",
        "value": statistics.median(per_second[0]),
        "unit": "records/s",
        "peer": "COPY of the leaf rows",
        "peer_value": statistics.median(per_second[1]),
        "ratio": share,
        "goal": ">=0.35",
    }


def _seal_all(channel: str) -> None:
    while services.seal(channel=channel) is not None:
        pass


def _settle_down() -> None:
    """Leave neither side the other's dead rows and stale statistics."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ledger_pendingrecord")
        cursor.execute("VACUUM ANALYZE ledger_leaf")


def _write_records(channel: Channel, *, pending: bool) -> list[tuple[uuid.UUID, bytes]]:
    """Commit records, pending if so wanted. Returns their ids and leaf hashes."""
    hasher, moment = Hasher(channel.hash), to_milliseconds(clock.now())
    rows, result = [], []
    for _ in range(RECORDS):
        record_id = uuid7()
        commitment = hashlib.sha256(record_id.bytes).digest()
        text = entry(record_id=record_id, template="document/v1", time=moment, commitment=commitment)
        result.append((record_id, hasher.leaf(text)))
        rows.append(
            f"{record_id}\t{channel.id}\tdocument\t{record_id}\tdocument/v1\t{moment}\t\\\\x{commitment.hex()}\tbench\n"
        )
    columns = "id, channel_id, subject_kind, subject_id, template, time, commitment, actor"
    with transaction.atomic():
        _copy("ledger_record", columns, "".join(rows).encode(), binary=False)
        if pending:
            lines = (f"{channel.id}\t{record_id}\t\\\\x{leaf_hash.hex()}\n" for record_id, leaf_hash in result)
            _copy("ledger_pendingrecord", "channel_id, record_id, leaf_hash", "".join(lines).encode(), binary=False)
    return result


def _leaf_rows(channel: Channel, records: Iterable[tuple[uuid.UUID, bytes]], first: int) -> bytes:
    """The rows in PostgreSQL's binary COPY format, the fastest that it reads."""
    row = struct.Struct(">hi16siqi16si32s").pack
    channel_id = channel.id.bytes
    rows = [
        row(4, 16, channel_id, 8, first + offset, 16, record_id.bytes, 32, leaf_hash)
        for offset, (record_id, leaf_hash) in enumerate(records)
    ]
    return _COPY_HEADER + b"".join(rows) + _COPY_END


def _copy(table: str, columns: str, rows: bytes, *, binary: bool = True) -> None:
    form = " (FORMAT binary)" if binary else ""
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN{form}") as copy,
    ):
        copy.write(rows)
