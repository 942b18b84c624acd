"""The tree in memory beside pymerkle's: the same entries, the same hash (SHA-256, the one that both have)."""

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pymerkle

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.crypto.merkle import Hasher, MemoryTree, verify_inclusion
from abs_platform.crypto.merkle_bulk import InclusionProof, verify_many
from abs_platform.ledger.entries import entry
from tests.bench._measuring import Figure, Progress, faster, plain, timed

ROUNDS = 7
ENTRIES = 100_000
BATCH = 1_000
PROOFS = 2_000
BULK = 10_000

PEER = "pymerkle"


@dataclass(slots=True)
class Side:
    """Seconds for each round, ours and the peer's."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def measure(self, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
        self.ours.append(timed(ours))
        self.theirs.append(timed(theirs))

    def figure(self, name: str, unit: str, count: int, goal: str | None) -> Figure:
        ours, theirs = ([seconds / count * 1e6 for seconds in side] for side in (self.ours, self.theirs))
        return faster(name, unit, ours, PEER, theirs, goal)


@dataclass(frozen=True, slots=True)
class Proofs:
    """The proofs of some leaves in both trees. Each has bytes of its own, as proofs have that came from outside."""

    indexes: Sequence[int]
    ours: list[InclusionProof]
    theirs: list[Any]  # Any: pymerkle is untyped


def figures(progress: Progress) -> list[Figure]:
    """append, append_sm3, prove, verify, verify_hashing, bulk_verify, bulk_verify_scattered."""
    entries = _entries()
    tree, root = _grown("sha256", entries)
    other, other_root = _grown_theirs(entries)
    if root != other_root:
        raise RuntimeError("the two trees have different roots")
    leaf_hashes = tree.hasher.leaves(entries)
    start = (ENTRIES - BULK) // 2
    run = _proofs(tree, other, leaf_hashes, range(start, start + BULK))
    scattered = _proofs(tree, other, leaf_hashes, sorted(random.Random(0).sample(range(ENTRIES), BULK)))
    append, prove, verify, bulk, bulk_scattered = Side(), Side(), Side(), Side(), Side()
    sm3: list[float] = []
    hashing: list[float] = []
    for number in range(1, ROUNDS + 1):
        progress(f"in memory: round {number} of {ROUNDS}")
        append.measure(partial(_grown, "sha256", entries), partial(_grown_theirs, entries))
        sm3.append(timed(partial(_grown, "sm3", entries)) / ENTRIES * 1e6)
        some = random.Random(number).sample(range(ENTRIES), PROOFS)
        prove.measure(partial(_prove, tree, some), partial(_prove_theirs, other, some))
        chosen = _proofs(tree, other, leaf_hashes, some)
        verify.measure(partial(_verify, tree, chosen, root), partial(_verify_theirs, leaf_hashes, chosen, root))
        hashing.append(timed(partial(_hash_only, tree, chosen)) / PROOFS * 1e6)
        for side, proofs in ((bulk, run), (bulk_scattered, scattered)):
            side.measure(partial(_verify_all, tree, proofs, root), partial(_verify_theirs, leaf_hashes, proofs, root))
    return [
        append.figure("append", "µs a record", ENTRIES, ">=10"),
        plain("append_sm3", sorted(sm3)[ROUNDS // 2], "µs a record"),
        prove.figure("prove", "µs a proof", PROOFS, ">=15"),
        verify.figure("verify", "µs a proof", PROOFS, ">=3"),
        faster("verify_hashing", "µs a proof", hashing, PEER, [each / PROOFS * 1e6 for each in verify.theirs]),
        bulk.figure("bulk_verify", "µs a proof", BULK, ">=15"),
        bulk_scattered.figure("bulk_verify_scattered", "µs a proof", BULK, None),
    ]


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


def _grown(hash_name: str, entries: list[bytes]) -> tuple[MemoryTree, bytes]:
    hasher = Hasher(hash_name)
    tree = MemoryTree(hasher)
    return tree, _grow(entries, lambda batch: tree.append(hasher.leaves(batch)))


def _grown_theirs(entries: list[bytes]) -> tuple[pymerkle.InmemoryTree, bytes]:
    tree = pymerkle.InmemoryTree(algorithm="sha256")

    def append(batch: list[bytes]) -> bytes:
        tree.append_entries(batch)
        root: bytes = tree.get_root()
        return root

    return tree, _grow(entries, append)


def _prove(tree: MemoryTree, indexes: Sequence[int]) -> list[list[bytes]]:
    return [tree.prove(index) for index in indexes]


def _prove_theirs(tree: pymerkle.InmemoryTree, indexes: Sequence[int]) -> list[Any]:
    return [tree.prove_inclusion(index + 1) for index in indexes]


def _proofs(tree: MemoryTree, other: pymerkle.InmemoryTree, leaf_hashes: list[bytes], indexes: Sequence[int]) -> Proofs:
    ours = [InclusionProof(index, leaf_hashes[index], _copied(tree.prove(index))) for index in indexes]
    theirs = _prove_theirs(other, indexes)
    for proof in theirs:
        proof.path = _copied(proof.path)
    return Proofs(indexes, ours, theirs)


def _copied(path: list[bytes]) -> list[bytes]:
    return [bytes(bytearray(each)) for each in path]


def _verify(tree: MemoryTree, proofs: Proofs, root: bytes) -> None:
    for proof in proofs.ours:
        verify_inclusion(
            tree.hasher, leaf_hash=proof.leaf_hash, index=proof.index, size=ENTRIES, path=proof.path, root=root
        )


def _verify_theirs(leaf_hashes: list[bytes], proofs: Proofs, root: bytes) -> None:
    for index, proof in zip(proofs.indexes, proofs.theirs, strict=True):
        pymerkle.verify_inclusion(leaf_hashes[index], root, proof)


def _hash_only(tree: MemoryTree, proofs: Proofs) -> None:
    """The calls of hashlib that a verification cannot do without, and nothing else: what is left to gain by better code."""
    copy = tree.hasher._node.copy
    for proof in proofs.ours:
        node = proof.leaf_hash
        for sibling in proof.path:
            state = copy()
            state.update(sibling + node)
            node = state.digest()


def _verify_all(tree: MemoryTree, proofs: Proofs, root: bytes) -> None:
    if verify_many(tree.hasher, size=ENTRIES, root=root, proofs=proofs.ours):
        raise RuntimeError("a right proof was refused")
