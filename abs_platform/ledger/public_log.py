"""What anybody may read of a log: checkpoints, tiles, entries and proofs, as far as a signed checkpoint covers them.

Everything but the newest checkpoint is for good once it is there: it may be kept by caches and mirrors for ever.
"""

from abs_platform.core.errors import NotFound
from abs_platform.crypto.merkle import TILE_WIDTH, Hasher, Prover
from abs_platform.ledger import readers, tiles
from abs_platform.ledger.entries import entry
from abs_platform.ledger.models import Channel, Checkpoint, Leaf
from abs_platform.ledger.services import log_size


def channel_named(name: str) -> Channel:
    """The channel of that name. Raises NotFound."""
    found = Channel.objects.filter(name=name).first()
    if found is None:
        raise NotFound
    return found


def checkpoint(channel: Channel, size: int | None = None) -> Checkpoint:
    """The checkpoint of that size; without one, the newest. Raises NotFound."""
    signed = Checkpoint.objects.filter(channel=channel).order_by("-size")
    found = (signed if size is None else signed.filter(size=size)).first()
    if found is None:
        raise NotFound
    return found


def note_of(checkpoint: Checkpoint) -> str:
    """The checkpoint as a signed note, with a line for each witness that has cosigned, ordered by their names."""
    lines = checkpoint.cosignatures.order_by("witness").values_list("line", flat=True)
    return checkpoint.note + "".join(f"{line}\n" for line in lines)


def tile(channel: Channel, level: int, place: tiles.Place) -> bytes:
    """The hashes of a tile in a row. Raises NotFound."""
    _check_covered(channel, level, place)
    return b"".join(readers.tile(channel, level=level, index=place.index)[: place.width])


def entries(channel: Channel, place: tiles.Place) -> bytes:
    """The leaf inputs under a tile of level 0, as C2SP tlog-tiles packs them. Raises NotFound."""
    _check_covered(channel, 0, place)
    first = place.index * TILE_WIDTH
    rows = (
        Leaf.objects.filter(channel=channel, index__gte=first, index__lt=first + place.width)
        .order_by("index")
        .values_list("record_id", "record__template", "record__time", "record__commitment")
    )
    return tiles.bundle(
        entry(record_id=record_id, template=template, time=time, commitment=bytes(commitment))
        for record_id, template, time, commitment in rows
    )


def _check_covered(channel: Channel, level: int, place: tiles.Place) -> None:
    if tiles.available(log_size(channel), level=level, index=place.index) < place.width:
        raise NotFound


def inclusion(channel: Channel, *, index: int, size: int) -> list[bytes]:
    """The path of leaf `index` to the root of the first `size` leaves (RFC 9162, section 2.1.3.1). Raises NotFound."""
    if not index < size <= log_size(channel):
        raise NotFound
    return Prover(Hasher(channel.hash), readers.StoredLog(channel), size).inclusion(index)


def consistency(channel: Channel, *, old_size: int, size: int) -> list[bytes]:
    """The proof that the first `old_size` of `size` leaves are what they were (RFC 9162, section 2.1.4.1).

    Raises NotFound.
    """
    if not 0 < old_size <= size <= log_size(channel):
        raise NotFound
    return Prover(Hasher(channel.hash), readers.StoredLog(channel), size).consistency(old_size)
