"""Merkle trees of RFC 9162, section 2.1, with the hash function a parameter. Pure: no I/O, no Django.

A node is named by (level, index): level 0 are the leaves, node (l, i) covers the leaves [i·2^l, (i+1)·2^l). Only nodes
whose whole range lies inside the tree are ever stored; the ragged right edge is folded when asked for.

Tiles are those of C2SP tlog-tiles: tile (L, i) holds the 256 nodes (8·L, 256·i … 256·i+255), and its root is the node
(8·(L+1), i). Since a tile's root is kept with it, the roots of level L are the unfinished tile of level L+1.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Protocol

HASH_SIZE = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_SIZE = 1 << 63
"""Sizes stay within a signed 64-bit integer, which is what the database and the contract can hold."""

Node = tuple[int, int]

_ONE_SIZE = frozenset({HASH_SIZE})


class InvalidProof(ValueError):
    """The proof does not lead to the root, or has no meaning for the given index and sizes."""


class Hasher:
    """Leaf and node hashes under one hash function (RFC 9162, section 2.1.1: 0x00 for leaves, 0x01 for nodes).

    `name` is any 32-byte hash that hashlib knows, such as "sm3" or "sha256"; raises ValueError for another. A hash
    object is made once and copied for every digest, which spares the algorithm's look-up: twice as fast as hashlib.new.
    """

    def __init__(self, name: str) -> None:
        base = hashlib.new(name)
        if base.digest_size != HASH_SIZE:
            raise ValueError(f"{name} does not give {HASH_SIZE} bytes")
        self.name = name
        self.empty = base.digest()
        self._leaf = hashlib.new(name, b"\x00")
        self._node = hashlib.new(name, b"\x01")

    def leaf(self, entry: bytes) -> bytes:
        """The hash of a leaf whose content is `entry`."""
        state = self._leaf.copy()
        state.update(entry)
        return state.digest()

    def leaves(self, entries: Iterable[bytes]) -> list[bytes]:
        """The leaf hashes of many entries."""
        copy = self._leaf.copy
        hashes = []
        for entry in entries:
            state = copy()
            state.update(entry)
            hashes.append(state.digest())
        return hashes

    def node(self, left: bytes, right: bytes) -> bytes:
        """The hash of an inner node."""
        state = self._node.copy()
        state.update(left + right)
        return state.digest()

    def parents(self, nodes: Sequence[bytes]) -> list[bytes]:
        """The hashes of the nodes above `nodes`, taken in pairs; an odd last one has no parent yet."""
        copy = self._node.copy
        hashes = []
        each = iter(nodes)
        for left, right in zip(each, each, strict=False):
            state = copy()
            state.update(left + right)
            hashes.append(state.digest())
        return hashes

    def fold(self, edge: Sequence[bytes]) -> bytes:
        """The root above complete subtrees of growing height, the lowest (rightmost) first."""
        if not edge:
            return self.empty
        root = edge[0]
        for left in edge[1:]:
            root = self.node(left, root)
        return root


class HashReader(Protocol):
    """Where stored node hashes come from."""

    def read(self, nodes: Sequence[Node]) -> list[bytes]:
        """The hashes of complete nodes, in the order asked for. Raises LookupError when one is not stored."""
        ...


class MemoryTree:
    """A tree with all its complete nodes in memory: a HashReader that can be appended to."""

    def __init__(self, hasher: Hasher) -> None:
        self.hasher = hasher
        self._levels: list[list[bytes]] = [[]]
        self._prover: Prover | None = None

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0])

    def append(self, leaf_hashes: Iterable[bytes]) -> bytes:
        """Append leaves and return the new root."""
        levels = self._levels
        levels[0].extend(leaf_hashes)
        level = 0
        while len(levels[level]) > 1:
            if level + 1 == len(levels):
                levels.append([])
            above = levels[level + 1]
            above += self.hasher.parents(levels[level][2 * len(above) :])
            level += 1
        return self.root()

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves (all by default)."""
        return tree_root(self.hasher, self, self.size if size is None else size)

    def read(self, nodes: Sequence[Node]) -> list[bytes]:
        """See HashReader."""
        levels = self._levels
        return [levels[level][index] for level, index in nodes]

    def prove(self, index: int, size: int | None = None) -> list[bytes]:
        """The inclusion path of leaf `index` in the tree of the first `size` leaves (all by default)."""
        size = self.size if size is None else size
        if self._prover is None or self._prover.size != size:
            if size > self.size:
                raise ValueError(f"the tree has {self.size} leaves, not {size}")
            self._prover = Prover(self.hasher, self, size)
        return self._prover.inclusion(index)


@dataclass(frozen=True, slots=True)
class Tile:
    """A full tile: 256 hashes of 32 bytes in a row, and the hash of the node above them."""

    level: int
    index: int
    hashes: bytes
    root: bytes


@dataclass
class Frontier:
    """The right edge of a growing tree: enough to append and to tell the root, whatever the tree's size.

    `unfinished[L]` are the hashes of the unfinished tile of level L, fewer than 256 of them.
    """

    hasher: Hasher
    size: int = 0
    unfinished: list[list[bytes]] = field(default_factory=list)
    _edge: dict[int, bytes] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        counts = [count for count, _ in unfinished_tiles(self.size)]
        if [len(hashes) for hashes in self.unfinished] != counts:
            raise ValueError(f"a tree of {self.size} leaves has unfinished tiles of {counts} hashes")
        for tile_level, hashes in enumerate(self.unfinished):
            nodes: Sequence[bytes] = hashes
            level = tile_level * TILE_HEIGHT
            while nodes:
                if len(nodes) & 1:
                    self._edge[level] = nodes[-1]
                nodes = self.hasher.parents(nodes)
                level += 1

    def copy(self) -> "Frontier":
        """A frontier that goes on by itself from here."""
        return Frontier(self.hasher, self.size, [list(hashes) for hashes in self.unfinished])

    def append(self, leaf_hashes: Sequence[bytes]) -> list[Tile]:
        """Append leaves. Returns the tiles that became full, lower levels first."""
        tiles: list[Tile] = []
        nodes = list(leaf_hashes)
        position = self.size
        level = 0
        while nodes:
            if level % TILE_HEIGHT == 0:
                if level:
                    tiles += self._cut(level // TILE_HEIGHT - 1, position, nodes)
                if level // TILE_HEIGHT == len(self.unfinished):
                    self.unfinished.append([])
                self.unfinished[level // TILE_HEIGHT] += nodes
            if position & 1:
                nodes.insert(0, self._edge.pop(level))
            if len(nodes) & 1:
                self._edge[level] = nodes[-1]
            nodes = self.hasher.parents(nodes)
            position >>= 1
            level += 1
        self.size += len(leaf_hashes)
        return tiles

    def _cut(self, level: int, first: int, roots: Sequence[bytes]) -> list[Tile]:
        """Take the tiles (level, first …) that `roots` stand above out of the unfinished hashes."""
        hashes = self.unfinished[level]
        tiles = [
            Tile(level, first + n, b"".join(hashes[n * TILE_WIDTH : (n + 1) * TILE_WIDTH]), root)
            for n, root in enumerate(roots)
        ]
        del hashes[: len(roots) * TILE_WIDTH]
        return tiles

    def root(self) -> bytes:
        """The root of the tree as it stands; of no leaves, the hash of nothing."""
        return self.hasher.fold([self._edge[level] for level in sorted(self._edge)])


def unfinished_tiles(size: int) -> list[tuple[int, int]]:
    """For each tile level of a tree of `size` leaves: the number of hashes in its unfinished tile, and its index."""
    levels = []
    while size:
        levels.append((size % TILE_WIDTH, size // TILE_WIDTH))
        size //= TILE_WIDTH
    return levels


# --- which nodes make up a root or a proof


def edge_nodes(size: int) -> list[Node]:
    """The complete subtrees that a tree of `size` leaves falls into, the lowest (rightmost) first."""
    return [(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1]


class Prover:
    """Makes proofs in the tree of the first `size` leaves that `reader` holds.

    Above the fork, where the paths to a node and to the tree's right edge part, a proof depends on the fork's level
    alone; that tail is read and folded once and kept, so that many proofs in a tree cost little more than their reads.
    """

    def __init__(self, hasher: Hasher, reader: HashReader, size: int) -> None:
        if not 0 <= size <= MAX_SIZE:
            raise ValueError(f"no tree has {size} leaves")
        self.size = size
        self._hasher = hasher
        self._reader = reader
        self._tails: dict[int, list[bytes]] = {}

    def inclusion(self, index: int) -> list[bytes]:
        """The path of leaf `index` (RFC 9162, section 2.1.3.1). Raises ValueError when there is no such leaf."""
        if not 0 <= index < self.size:
            raise ValueError(f"no leaf {index} in a tree of {self.size}")
        fork = (index ^ self.size).bit_length() - 1
        nodes = [(level, (index >> level) ^ 1) for level in range(fork)]
        tail = self._tails.get(fork)
        return self._reader.read(nodes) + tail if tail is not None else self._read_with_tail(nodes, fork)

    def consistency(self, old_size: int) -> list[bytes]:
        """The proof that the first `old_size` leaves have not changed since (RFC 9162, section 2.1.4.1).

        Raises ValueError unless 0 < old_size ≤ size.
        """
        if not 0 < old_size <= self.size:
            raise ValueError(f"no consistency proof from {old_size} to {self.size}")
        if old_size == self.size:
            return []
        level = (old_size & -old_size).bit_length() - 1
        index = (old_size - 1) >> level
        fork = level + (index ^ (self.size >> level)).bit_length() - 1
        nodes = [(level, index)] if index else []
        nodes += [(height, (index >> height - level) ^ 1) for height in range(level, fork)]
        return self._read_with_tail(nodes, fork)

    def _read_with_tail(self, nodes: list[Node], fork: int) -> list[bytes]:
        """The nodes and, in the same read, the end of every proof that forks at this level: what lies right of the fork,
        folded into one, and then what lies left of it. Both are the complete subtrees of the tree's right edge, below and
        above the fork.
        """
        edge = [node for node in edge_nodes(self.size) if node[0] != fork]
        hashes = self._reader.read([*nodes, *edge])
        above = len(nodes) + sum(level < fork for level, _ in edge)
        right, left = hashes[len(nodes) : above], hashes[above:]
        tail = self._tails[fork] = [self._hasher.fold(right), *left] if right else left
        return hashes[: len(nodes)] + tail


def tree_root(hasher: Hasher, reader: HashReader, size: int) -> bytes:
    """The root of the first `size` leaves (RFC 9162, section 2.1.1)."""
    return hasher.fold(reader.read(edge_nodes(size)))


# --- verification


def root_of_inclusion(hasher: Hasher, *, leaf_hash: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that an inclusion path leads to (RFC 9162, section 2.1.3.2). Raises InvalidProof if it has none."""
    if not 0 <= index < size <= MAX_SIZE:
        raise InvalidProof(f"no leaf {index} in a tree of {size}")
    _check_hashes([leaf_hash, *path])
    inner = (index ^ (size - 1)).bit_length()
    if len(path) != inner + (index >> inner).bit_count():
        raise InvalidProof(f"a path of {len(path)} hashes does not fit leaf {index} of {size}")
    copy = hasher._node.copy
    root = leaf_hash
    left = index | -1 << inner  # a bit for each level: is the sibling on the left? Above `inner` all are.
    for sibling in path:
        state = copy()
        state.update(sibling + root if left & 1 else root + sibling)
        root = state.digest()
        left >>= 1
    return root


def verify_inclusion(
    hasher: Hasher, *, leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Raises InvalidProof unless `path` shows leaf `index` with `leaf_hash` in the tree of `size` leaves and `root`."""
    if not compare_digest(root_of_inclusion(hasher, leaf_hash=leaf_hash, index=index, size=size, path=path), root):
        raise InvalidProof("the path leads to another root")


def verify_consistency(
    hasher: Hasher, *, old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> None:
    """Raises InvalidProof unless `path` shows that the tree of `old_size` and `old_root` is the beginning of the tree
    of `size` and `root` (RFC 9162, section 2.1.4.2).
    """
    if not 0 < old_size <= size <= MAX_SIZE:
        raise InvalidProof(f"no consistency proof from {old_size} to {size}")
    _check_hashes([old_root, root, *path])
    if old_size == size:
        if path or not compare_digest(old_root, root):
            raise InvalidProof("trees of the same size have the same root and need no proof")
        return
    if not path:
        raise InvalidProof("the proof is empty")
    steps = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    index, last = old_size - 1, size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    old, new = steps[0], steps[0]
    for step in steps[1:]:
        if last == 0:
            raise InvalidProof("the proof is too long")
        if index & 1 or index == last:
            old, new = hasher.node(step, old), hasher.node(step, new)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            new = hasher.node(new, step)
        index, last = index >> 1, last >> 1
    if last != 0:
        raise InvalidProof("the proof is too short")
    if not compare_digest(old, old_root):
        raise InvalidProof("the proof leads to another old root")
    if not compare_digest(new, root):
        raise InvalidProof("the proof leads to another root")


def _check_hashes(hashes: Iterable[bytes]) -> None:
    if not _ONE_SIZE.issuperset(map(len, hashes)):
        raise InvalidProof(f"every hash of a proof has {HASH_SIZE} bytes")
