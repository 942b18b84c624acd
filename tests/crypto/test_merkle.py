"""The Merkle log's arithmetic against published vectors, a naive reference and another implementation."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abs_platform.crypto import merkle
from abs_platform.crypto.merkle import Frontier, Hasher, InvalidProof, MemoryTree, Prover
from tests.shared_data import shared

SHA256 = Hasher("sha256")
SM3 = Hasher("sm3")


def vectors(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in shared(f"04_merkle_tsa/rfc6962/{name}.jsonl").read_text().splitlines()]


def decoded(vector: dict[str, Any], *fields: str) -> Iterator[bytes]:
    return (base64.b64decode(vector[field] or "") for field in fields)


def path_of(vector: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(item) for item in vector["proof"] or []]


def test_published_inclusion_vectors() -> None:
    outcomes = set()
    for vector in vectors("inclusion"):
        root, leaf_hash = decoded(vector, "root", "leafHash")
        arguments = {"leaf_hash": leaf_hash, "index": vector["leafIdx"], "size": vector["treeSize"], "root": root}
        if vector["wantErr"]:
            with pytest.raises(InvalidProof):
                merkle.verify_inclusion(SHA256, path=path_of(vector), **arguments)
        else:
            merkle.verify_inclusion(SHA256, path=path_of(vector), **arguments)
        outcomes.add(vector["wantErr"])
    assert outcomes == {True, False}


def test_published_consistency_vectors() -> None:
    outcomes = set()
    for vector in vectors("consistency"):
        old_root, root = decoded(vector, "root1", "root2")
        arguments = {"old_size": vector["size1"], "old_root": old_root, "size": vector["size2"], "root": root}
        if vector["wantErr"]:
            with pytest.raises(InvalidProof):
                merkle.verify_consistency(SHA256, path=path_of(vector), **arguments)
        else:
            merkle.verify_consistency(SHA256, path=path_of(vector), **arguments)
        outcomes.add(vector["wantErr"])
    assert outcomes == {True, False}


# --- a reference that follows the recursive definitions of RFC 9162 word by word


def naive_root(hasher: Hasher, leaves: list[bytes]) -> bytes:
    if not leaves:
        return hasher.empty
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return hasher.node(naive_root(hasher, leaves[:k]), naive_root(hasher, leaves[k:]))


def naive_path(hasher: Hasher, index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if index < k:
        return [*naive_path(hasher, index, leaves[:k]), naive_root(hasher, leaves[k:])]
    return [*naive_path(hasher, index - k, leaves[k:]), naive_root(hasher, leaves[:k])]


def naive_consistency(hasher: Hasher, old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [naive_root(hasher, leaves)]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= k:
        return [*naive_consistency(hasher, old, leaves[:k], whole), naive_root(hasher, leaves[k:])]
    return [*naive_consistency(hasher, old - k, leaves[k:], False), naive_root(hasher, leaves[:k])]


def leaves_of(hasher: Hasher, size: int) -> list[bytes]:
    return hasher.leaves(str(number).encode() for number in range(size))


@pytest.mark.parametrize("hasher", [SHA256, SM3], ids=lambda hasher: hasher.name)
def test_every_proof_of_small_trees(hasher: Hasher) -> None:
    leaves = leaves_of(hasher, 40)
    tree = MemoryTree(hasher)
    tree.append(leaves)
    for size in range(1, 41):
        root = naive_root(hasher, leaves[:size])
        assert tree.root(size) == root
        prover = Prover(hasher, tree, size)
        for index in range(size):
            path = prover.inclusion(index)
            assert path == naive_path(hasher, index, leaves[:size])
            merkle.verify_inclusion(hasher, leaf_hash=leaves[index], index=index, size=size, path=path, root=root)
        for old in range(1, size + 1):
            path = prover.consistency(old)
            assert path == naive_consistency(hasher, old, leaves[:size])
            old_root = naive_root(hasher, leaves[:old])
            merkle.verify_consistency(hasher, old_size=old, old_root=old_root, size=size, root=root, path=path)


@settings(max_examples=60, deadline=None)
@given(batches=st.lists(st.integers(0, 700), max_size=8))
def test_a_frontier_appends_like_the_whole_tree(batches: list[int]) -> None:
    """Whatever the batches: same root, every full tile exactly once, and a frontier rebuilt from tiles goes on alike."""
    leaves = leaves_of(SM3, sum(batches))
    tree, frontier = MemoryTree(SM3), Frontier(SM3)
    tiles: dict[tuple[int, int], merkle.Tile] = {}
    for batch in batches:
        part = leaves[frontier.size : frontier.size + batch]
        root = tree.append(part)
        for tile in frontier.append(part):
            assert tiles.setdefault((tile.level, tile.index), tile) is tile
        assert frontier.root() == root == naive_root(SM3, leaves[: frontier.size])
        frontier = frontier.copy()
    assert sum(level == 0 for level, _ in tiles) == len(leaves) // 256
    for (level, index), tile in tiles.items():
        nodes = [(8 * level, 256 * index + offset) for offset in range(256)]
        assert b"".join(tree.read(nodes)) == tile.hashes
        assert tree.read([(8 * level + 8, index)]) == [tile.root]


def test_a_second_level_tile_is_cut() -> None:
    frontier = Frontier(SM3)
    leaves = leaves_of(SM3, 65_536 + 3)
    tiles = frontier.append(leaves)
    assert [tile.index for tile in tiles if tile.level == 1] == [0]
    assert [len(hashes) for hashes in frontier.unfinished] == [3, 0, 1]
    tree = MemoryTree(SM3)
    assert tree.append(leaves) == frontier.root()


def test_a_frontier_refuses_hashes_that_do_not_fit_its_size() -> None:
    with pytest.raises(ValueError, match="unfinished tiles"):
        Frontier(SM3, 5, [[b"\0" * 32] * 4])


@settings(max_examples=100, deadline=None)
@given(data=st.data(), size=st.integers(1, 500))
def test_a_changed_proof_is_refused(data: st.DataObject, size: int) -> None:
    leaves = leaves_of(SM3, size)
    tree = MemoryTree(SM3)
    root = tree.append(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = tree.prove(index)
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index) if size > 1 else st.just(size))
    with pytest.raises(InvalidProof):
        merkle.verify_inclusion(SM3, leaf_hash=leaves[index], index=other, size=size, path=path, root=root)
    if path:
        place, byte = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 31))
        changed = bytearray(path[place])
        changed[byte] ^= 1 << data.draw(st.integers(0, 7))
        mutated = [*path[:place], bytes(changed), *path[place + 1 :]]
        with pytest.raises(InvalidProof):
            merkle.verify_inclusion(SM3, leaf_hash=leaves[index], index=index, size=size, path=mutated, root=root)
        with pytest.raises(InvalidProof):
            merkle.verify_inclusion(SM3, leaf_hash=leaves[index], index=index, size=size, path=path[:-1], root=root)
    with pytest.raises(InvalidProof):
        merkle.verify_inclusion(
            SM3, leaf_hash=leaves[index], index=index, size=size, path=[*path, b"\0" * 32], root=root
        )


@settings(max_examples=40, deadline=None)
@given(data=st.data(), size=st.integers(1, 300))
def test_another_implementation_agrees(data: st.DataObject, size: int) -> None:
    entries = [str(number).encode() for number in range(size)]
    other = pymerkle.InmemoryTree.init_from_entries(entries, algorithm="sha256")
    tree = MemoryTree(SHA256)
    assert tree.append(SHA256.leaves(entries)) == other.get_root()
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    theirs = other.prove_inclusion(index + 1, size)
    assert tree.prove(index) == theirs.path[1:]
    assert tree.root(old) == other.get_root(old)
    merkle.verify_consistency(
        SHA256,
        old_size=old,
        old_root=other.get_root(old),
        size=size,
        root=other.get_root(),
        path=Prover(SHA256, tree, size).consistency(old),
    )


def test_proofs_of_what_is_not_there_are_refused() -> None:
    tree = MemoryTree(SM3)
    tree.append(leaves_of(SM3, 3))
    for index, size in ((3, 3), (-1, 3), (0, 4), (0, 0)):
        with pytest.raises(ValueError, match=r"no leaf|the tree has"):
            tree.prove(index, size)
    for old in (0, 4):
        with pytest.raises(ValueError, match="no consistency proof"):
            Prover(SM3, tree, 3).consistency(old)


def test_a_hash_must_give_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Hasher("sha512")
