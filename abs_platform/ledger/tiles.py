"""Addresses and bytes of C2SP tlog-tiles: what a log publishes as small files that never change. Pure.

    tile/<L>/<N>[.p/<W>]        256 (or W) hashes of level L in a row
    tile/entries/<N>[.p/<W>]    256 (or W) leaf inputs, each behind its length in two bytes, big-endian

N stands in groups of three digits, all but the last behind an x: tile 1234067 is x001/x234/067.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from abs_platform.crypto.merkle import TILE_HEIGHT, TILE_WIDTH

ENTRIES = "entries"
MAX_ENTRY = (1 << 16) - 1
_ADDRESS = re.compile(r"((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class NoTile(ValueError):
    """The text is no tile's address, or not the one that the specification gives it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Tile `index` of some level, as far as its first `width` hashes or entries."""

    index: int
    width: int = TILE_WIDTH

    def __str__(self) -> str:
        """The end of its address, such as x001/x234/067.p/8."""
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        return "/".join(groups) + ("" if self.width == TILE_WIDTH else f".p/{self.width}")


def parse(text: str) -> Place:
    """The place that an address ends in. Raises NoTile: each tile has one address, with no more digits than it needs."""
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise NoTile(f"{text!r} is no tile's number")
    index = int(found[1].replace("x", "").replace("/", ""))
    width = int(found[2]) if found[2] else TILE_WIDTH
    place = Place(index, width)
    if str(place) != text or width > TILE_WIDTH:
        raise NoTile(f"{text!r} is not how a tile's number is written")
    return place


def available(size: int, *, level: int, index: int) -> int:
    """How many hashes tile (level, index) has in a tree of `size` leaves, 0 to 256; entries count as level 0."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - index * TILE_WIDTH))


def places(size: int, *, level: int = 0) -> Iterator[Place]:
    """The tiles that a tree of `size` leaves has at a level: the full ones, then the unfinished one."""
    count = size >> TILE_HEIGHT * level
    for index in range(count // TILE_WIDTH):
        yield Place(index)
    if count % TILE_WIDTH:
        yield Place(count // TILE_WIDTH, count % TILE_WIDTH)


def levels(size: int) -> range:
    """The levels at which a tree of `size` leaves has tiles."""
    return range((size.bit_length() + TILE_HEIGHT - 1) // TILE_HEIGHT)


def bundle(entries: Iterable[bytes]) -> bytes:
    """Leaf inputs as an entry tile holds them. Raises ValueError for one of more than 65,535 bytes."""
    pieces = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise ValueError(f"an entry of {len(entry)} bytes fits no entry tile")
        pieces += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(pieces)
