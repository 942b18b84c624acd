"""Verifying many proofs at once refuses exactly what verifying each alone refuses."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abs_platform.crypto.merkle import Hasher, InvalidProof, MemoryTree, verify_inclusion
from abs_platform.crypto.merkle_bulk import InclusionProof, verify_many

SM3 = Hasher("sm3")


def tree_of(size: int, hasher: Hasher = SM3) -> tuple[MemoryTree, list[bytes]]:
    leaves = hasher.leaves(str(number).encode() for number in range(size))
    tree = MemoryTree(hasher)
    tree.append(leaves)
    return tree, leaves


def proof_of(tree: MemoryTree, leaves: list[bytes], index: int) -> InclusionProof:
    return InclusionProof(index, leaves[index], tree.prove(index))


def refused_alone(tree: MemoryTree, proofs: list[InclusionProof]) -> list[int]:
    def holds(proof: InclusionProof) -> bool:
        index, leaf_hash, path = proof.index, proof.leaf_hash, proof.path
        try:
            verify_inclusion(tree.hasher, leaf_hash=leaf_hash, index=index, size=tree.size, path=path, root=tree.root())
        except InvalidProof:
            return False
        return True

    return [place for place, proof in enumerate(proofs) if not holds(proof)]


def refused_together(tree: MemoryTree, proofs: list[InclusionProof]) -> list[int]:
    return verify_many(tree.hasher, size=tree.size, root=tree.root(), proofs=proofs)


def flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data or b"\0")
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    return bytes(changed)


def flip_leaf(proof: InclusionProof, other: InclusionProof, randomly: random.Random) -> InclusionProof:
    return replace(proof, leaf_hash=flip(proof.leaf_hash, randomly.randrange(256)))


def flip_sibling(proof: InclusionProof, other: InclusionProof, randomly: random.Random) -> InclusionProof:
    if not proof.path:
        return flip_leaf(proof, other, randomly)
    path = list(proof.path)
    place = randomly.randrange(len(path))
    path[place] = flip(path[place], randomly.randrange(256))
    return replace(proof, path=path)


def move_the_border(proof: InclusionProof, other: InclusionProof, randomly: random.Random) -> InclusionProof:
    """The same bytes are hashed, cut in another place between the leaf and its sibling."""
    if not proof.path:
        return flip_leaf(proof, other, randomly)
    left, right = (proof.leaf_hash, proof.path[0])[:: -1 if proof.index & 1 else 1]
    moved = (left + right[:1], right[1:])[:: -1 if proof.index & 1 else 1]
    return replace(proof, leaf_hash=moved[0], path=[moved[1], *proof.path[1:]])


FRAUDS: list[Callable[[InclusionProof, InclusionProof, random.Random], InclusionProof]] = [
    flip_leaf,
    flip_sibling,
    move_the_border,
    lambda proof, other, randomly: replace(proof, path=other.path),
    lambda proof, other, randomly: replace(proof, index=other.index),
    lambda proof, other, randomly: replace(proof, leaf_hash=other.leaf_hash),
    lambda proof, other, randomly: replace(proof, index=proof.index + randomly.choice([-700, -1, 1, 2, 700, 1 << 70])),
    lambda proof, other, randomly: replace(proof, path=proof.path[:-1]),
    lambda proof, other, randomly: replace(proof, path=[*proof.path, bytes(32)]),
    lambda proof, other, randomly: replace(proof, path=list(reversed(proof.path))),
    lambda proof, other, randomly: replace(proof, path=[]),
    # An inner node passed off as a leaf, beside its own sibling or one level up.
    lambda proof, other, randomly: replace(proof, leaf_hash=(list(proof.path) or [b""])[-1]),
    lambda proof, other, randomly: replace(proof, index=proof.index >> 1, path=proof.path[1:]),
]


@settings(max_examples=300, deadline=None)
@given(size=st.integers(1, 600), count=st.integers(0, 60), frauds=st.integers(0, 8), seed=st.integers(0, 1 << 32))
def test_what_is_refused_alone_is_refused_among_many(size: int, count: int, frauds: int, seed: int) -> None:
    """Whatever the tree, the choice of leaves, their order and the frauds among them."""
    randomly = random.Random(seed)
    tree, leaves = tree_of(size)
    proofs = [proof_of(tree, leaves, randomly.randrange(size)) for _ in range(count)]
    for _ in range(frauds if proofs else 0):
        place = randomly.randrange(count)
        proofs[place] = randomly.choice(FRAUDS)(proofs[place], randomly.choice(proofs), randomly)
    assert refused_together(tree, proofs) == refused_alone(tree, proofs)


@pytest.mark.parametrize("hash_name", ["sm3", "sha256"])
def test_every_leaf_of_small_trees_holds(hash_name: str) -> None:
    for size in range(1, 70):
        tree, leaves = tree_of(size, Hasher(hash_name))
        proofs = [proof_of(tree, leaves, index) for index in range(size)]
        assert refused_together(tree, proofs) == []
        assert refused_together(tree, proofs[::-1]) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 11, 64])
@pytest.mark.parametrize("fraud", FRAUDS)
def test_one_wrong_proof_among_right_ones_is_named(
    size: int, fraud: Callable[[InclusionProof, InclusionProof, random.Random], InclusionProof]
) -> None:
    """At every place, beside a right proof of the same leaf too."""
    tree, leaves = tree_of(size)
    right = [proof_of(tree, leaves, index) for index in range(size)]
    randomly = random.Random(size)
    for place in range(size):
        wrong = fraud(right[place], right[(place + 1) % size], randomly)
        proofs = [*right, wrong]
        assert refused_together(tree, proofs) == refused_alone(tree, proofs)
        assert refused_together(tree, [*right[:place], wrong, *right[place + 1 :]]) == refused_alone(
            tree, [*right[:place], wrong, *right[place + 1 :]]
        )


def test_a_path_too_deep_for_the_right_edge_is_refused() -> None:
    """Whoever builds the tree can make a leaf's hash a node of his own; below it, no leaf of this tree can be."""
    _, leaves = tree_of(4)
    below = [bytes([number]) * 32 for number in range(3)]
    edge = SM3.node(SM3.node(below[0], below[1]), below[2])
    tree = MemoryTree(SM3)
    tree.append([*leaves, edge])
    too_deep = InclusionProof(4, below[0], [below[1], below[2], *tree.prove(4)])
    proofs = [proof_of(tree, [*leaves, edge], 3), too_deep]
    assert refused_together(tree, proofs) == refused_alone(tree, proofs) == [1]


def test_a_node_is_no_leaf_behind_siblings_of_no_size() -> None:
    """What the neighbour's path says of the fork, given out as a leaf under siblings that are no hashes."""
    tree, leaves = tree_of(8)
    for index in (2, 4, 6):
        path = tree.prove(index)
        fork = (index ^ (index - 1)).bit_length() - 1
        for nothing in (b"", bytes(31), bytes(33)):
            wrong = InclusionProof(index, tree.prove(index - 1)[fork], [*[nothing] * fork, *path[fork:]])
            proofs = [proof_of(tree, leaves, index - 1), wrong]
            assert refused_together(tree, proofs) == refused_alone(tree, proofs) == [1]


def test_a_leaf_beyond_the_tree_is_refused() -> None:
    """The last leaf's only sibling, given out as the leaf after it."""
    tree, leaves = tree_of(5)
    beyond = InclusionProof(5, tree.prove(4)[0], [leaves[4]])
    proofs = [proof_of(tree, leaves, 4), beyond]
    assert refused_together(tree, proofs) == refused_alone(tree, proofs) == [1]


def test_another_root_or_size_refuses_all() -> None:
    tree, leaves = tree_of(100)
    proofs = [proof_of(tree, leaves, index) for index in range(100)]
    everything = list(range(100))
    assert verify_many(SM3, size=100, root=bytes(32), proofs=proofs) == everything
    assert verify_many(SM3, size=356, root=tree.root(), proofs=proofs) == everything


def test_shared_nodes_are_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes it quick: a run of neighbours costs about a hash each, not one for each level."""
    tree, leaves = tree_of(512)
    proofs = [proof_of(tree, leaves, index) for index in range(512)]
    hashed = 0

    class Counting:
        def __init__(self, state: object) -> None:
            self._state = state

        def copy(self) -> object:
            nonlocal hashed
            hashed += 1
            return self._state.copy()  # type: ignore[attr-defined]  # a hashlib object

    hasher = Hasher("sm3")
    hasher._node = Counting(hasher._node)  # type: ignore[assignment]  # counts copies, one for each hash
    assert verify_many(hasher, size=512, root=tree.root(), proofs=proofs) == []
    assert hashed < 2 * 512
