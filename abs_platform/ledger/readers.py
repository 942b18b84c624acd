"""The stored log as a HashReader: full tiles from their rows, the unfinished right edge from leaves and tile roots."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import IntegerField, Q, QuerySet, Value

from abs_platform.crypto.merkle import HASH_SIZE, TILE_HEIGHT, TILE_WIDTH, Frontier, Hasher, Node, unfinished_tiles
from abs_platform.ledger.models import Channel, Leaf, Tile

TileId = tuple[int, int]


class StoredLog:
    """Reads a channel's nodes; keeps the tiles that it has read for as long as it lives."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._hasher = Hasher(channel.hash)
        self._tiles: dict[TileId, list[bytes]] = {}

    def read(self, nodes: Sequence[Node]) -> list[bytes]:
        """See HashReader; one query for the full tiles and one for the unfinished ones."""
        wanted = {_tile_of(node) for node in nodes} - self._tiles.keys()
        if wanted:
            self._load(wanted)
        return [self._node(node) for node in nodes]

    def _node(self, node: Node) -> bytes:
        level, index = node
        height = level % TILE_HEIGHT
        start = (index << height) % TILE_WIDTH
        hashes = self._tiles[_tile_of(node)][start : start + (1 << height)]
        if len(hashes) != 1 << height:
            raise LookupError(f"node {index} of level {level} is not in the log of channel {self._channel.name}")
        while len(hashes) > 1:
            hashes = self._hasher.parents(hashes)
        return hashes[0]

    def _load(self, wanted: Iterable[TileId]) -> None:
        missing = set(wanted)
        full = Q()
        for level, index in missing:
            full |= Q(level=level, index=index)
        for level, index, hashes in (
            Tile.objects.filter(full, channel=self._channel).order_by().values_list("level", "index", "hashes")
        ):
            self._tiles[level, index] = split(bytes(hashes))
            missing.discard((level, index))
        self._tiles |= _unfinished_each(self._channel, missing)


def _tile_of(node: Node) -> TileId:
    level, index = node
    height = level % TILE_HEIGHT
    return level // TILE_HEIGHT, (index << height) // TILE_WIDTH


def split(hashes: bytes) -> list[bytes]:
    """A tile's bytes as single hashes."""
    return [hashes[start : start + HASH_SIZE] for start in range(0, len(hashes), HASH_SIZE)]


def tile(channel: Channel, *, level: int, index: int) -> list[bytes]:
    """The hashes that tile (level, index) has so far, all 256 where it is full."""
    full = Tile.objects.filter(channel=channel, level=level, index=index).values_list("hashes", flat=True).first()
    return unfinished(channel, level=level, index=index) if full is None else split(bytes(full))


def unfinished(channel: Channel, *, level: int, index: int) -> list[bytes]:
    """The hashes that tile (level, index) has so far: leaves at level 0, roots of the tiles below above that."""
    return _unfinished_each(channel, {(level, index)})[level, index]


def _unfinished_each(channel: Channel, wanted: Iterable[TileId]) -> dict[TileId, list[bytes]]:
    """As `unfinished`, for several in one query."""
    found: dict[TileId, dict[int, bytes]] = {tile_id: {} for tile_id in wanted}
    if not found:
        return {}
    parts = [_below(channel, level, index) for level, index in found]
    for level, index, below in parts[0].union(*parts[1:], all=True):
        found[level, index // TILE_WIDTH][index] = bytes(below)
    return {tile_id: [hashes[index] for index in sorted(hashes)] for tile_id, hashes in found.items()}


def _below(channel: Channel, level: int, index: int) -> QuerySet[Any, tuple[int, int, bytes]]:
    """What tile (level, index) is made of, each with that level and its own index."""
    span = {"channel": channel, "index__gte": index * TILE_WIDTH, "index__lt": (index + 1) * TILE_WIDTH}
    above = Value(level, output_field=IntegerField())
    if level == 0:
        return Leaf.objects.filter(**span).order_by().values_list(above, "index", "hash")
    return Tile.objects.filter(level=level - 1, **span).order_by().values_list(above, "index", "root")


def frontier(channel: Channel, size: int) -> Frontier:
    """The right edge of the stored log, which must have exactly `size` leaves. Raises ValueError when it has not."""
    edge = {(level, index): count for level, (count, index) in enumerate(unfinished_tiles(size))}
    found = _unfinished_each(channel, [tile_id for tile_id, count in edge.items() if count])
    edges = [found.get(tile_id, []) for tile_id in edge]
    return Frontier(Hasher(channel.hash), size, edges)
