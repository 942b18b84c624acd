"""The log in the database, derived again on one snapshot: records → leaves → tiles → roots → signed checkpoints.

No stored hash is believed: each is compared with one computed from the records. An incremental audit begins at the right
edge that the auditor remembers instead of at nothing; each of its queries is bounded by what came since.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from abs_platform.crypto.merkle import HASH_SIZE, TILE_WIDTH, Frontier, Hasher, unfinished_tiles
from abs_platform.crypto.merkle import Tile as FullTile
from abs_platform.ledger.audit.memory import Facts, Seen, SeenChain
from abs_platform.ledger.audit.report import Mode, Report, Wrong
from abs_platform.ledger.audit.signatures import check_cosignature, check_row, check_signed, key_facts
from abs_platform.ledger.audit.succession import Succession
from abs_platform.ledger.entries import entry
from abs_platform.ledger.key_models import PublisherKey
from abs_platform.ledger.models import Channel, Checkpoint, Cosignature, Leaf, PendingRecord, Record, Tile

CHUNK = 4096
NOTHING = UUID(int=0)

Progress = Callable[[int, int], None]
M = TypeVar("M", Leaf, Tile)


@dataclass(frozen=True, slots=True)
class Derived:
    """What the records say: the root at every checkpoint's size from `start` on, the right edge, and the facts of the keys."""

    start: int
    roots: dict[int, bytes]
    edge: Frontier
    watermark: UUID
    keys: dict[str, Facts]
    announced: frozenset[str]

    @property
    def size(self) -> int:
        """How many leaves the newest checkpoint covers."""
        return self.edge.size

    def seen(self, log: Channel, chains: dict[str, SeenChain]) -> Seen:
        """For the auditor's memory."""
        return Seen(
            origin=log.origin,
            hash=log.hash,
            size=self.size,
            root=self.roots[self.size].hex(),
            edge=[[each.hex() for each in tile] for tile in self.edge.unfinished],
            watermark=str(self.watermark),
            keys=self.keys,
            announced=sorted(self.announced),
            chains=chains,
        )


class Recomputation:
    """One pass over a channel, checkpoint by checkpoint, through the connection `using`, inside a transaction."""

    def __init__(self, log: Channel, seen: Seen | None, report: Report, progress: Progress, *, using: str) -> None:
        self._log = log
        self._seen = seen
        self._since = seen if report.mode is Mode.INCREMENTAL else None
        self._report = report
        self._progress = progress
        self._using = using
        self._hasher = Hasher(log.hash)
        self._edge = self._since.frontier() if self._since else Frontier(self._hasher)
        self._start = self._edge.size
        self._placed: set[UUID] = set()
        self._watermark = UUID(self._since.watermark) if self._since else NOTHING
        self._newest = self._watermark
        self._succession = Succession(self._since.announced if self._since else ())

    def run(self) -> Derived:
        """Raises Wrong."""
        keys = self._keys()
        roots = {self._start: self._edge.root()}
        stored = Checkpoint.objects.using(self._using).filter(channel=self._log)
        total = stored.order_by("-size").values_list("size", flat=True).first() or 0
        self._remembered(total)
        following = stored.filter(size__gt=self._start).select_related("channel", "sm2_key", "ed25519_key")
        for checkpoint in following.order_by("size").iterator(chunk_size=256):
            if checkpoint.first != self._edge.size:
                raise Wrong(f"checkpoint {checkpoint.size}", f"follows size {checkpoint.first}, not {self._edge.size}")
            check_row(checkpoint)
            while self._edge.size < checkpoint.size:
                self._leaves(checkpoint)
                self._progress(self._edge.size, total)
            roots[checkpoint.size] = self._edge.root()
            check_signed(checkpoint, roots[checkpoint.size])
            self._succession.pass_checkpoint(checkpoint)
            self._report.checkpoints += 1
        self._report.size, self._report.leaves = total, total - self._start
        self._cosignatures()
        self._strays()
        waiting = self._pending()
        self._lost(waiting)
        self._against_memory(roots)
        watermark = min(waiting, default=self._newest)
        return Derived(self._start, roots, self._edge, watermark, keys, frozenset(self._succession.announced))

    # --- what was seen before

    def _keys(self) -> dict[str, Facts]:
        """The facts of every publisher key; those seen before have not changed, but that one may have been retired."""
        keys = {str(key.id): key_facts(key) for key in PublisherKey.objects.using(self._using)}
        for id, before in (self._seen.keys if self._seen else {}).items():
            now = keys.get(id)
            if now is None:
                raise Wrong(f"key {before['name']}", "was seen before and is gone")
            changed = [fact for fact in before if before[fact] is not None and now[fact] != before[fact]]
            if changed:
                raise Wrong(f"key {before['name']}", f"was changed since the last audit: {', '.join(changed)}")
        return keys

    def _remembered(self, total: int) -> None:
        """The rows at the edge where an incremental audit goes on are those that were seen."""
        since = self._since
        if since is None:
            return
        if since.size > total:
            raise _rolled_back(since.size, total)
        row = Checkpoint.objects.using(self._using).filter(channel=self._log, size=since.size)
        checkpoint = row.select_related("channel", "sm2_key", "ed25519_key").first()
        if checkpoint is None:
            raise _rewritten(since)
        check_row(checkpoint)
        check_signed(checkpoint, bytes.fromhex(since.root))
        self._succession.pass_checkpoint(checkpoint)
        for level, (count, index) in enumerate(unfinished_tiles(since.size)):
            first = index * TILE_WIDTH
            stored = self._unfinished(level, first, first + count)
            for offset, remembered in enumerate(self._edge.unfinished[level]):
                if stored.get(first + offset) != remembered:
                    row_name = f"leaf {first + offset}" if level == 0 else f"tile {level - 1}/{first + offset}"
                    raise Wrong(row_name, "is another one than at the last audit")

    def _unfinished(self, level: int, first: int, end: int) -> dict[int, bytes]:
        span = {"channel": self._log, "index__gte": first, "index__lt": end}
        if level == 0:
            leaves = Leaf.objects.using(self._using).filter(**span)
            return {leaf.index: bytes(leaf.hash) for leaf in leaves}
        tiles = Tile.objects.using(self._using).filter(level=level - 1, **span).values_list("index", "root")
        return {index: bytes(root) for index, root in tiles}

    def _against_memory(self, roots: dict[int, bytes]) -> None:
        """After a full audit: the log that fits together still contains what was seen before."""
        if self._seen is None or self._since is not None:
            return
        if self._seen.size > self._edge.size:
            raise _rolled_back(self._seen.size, self._edge.size)
        if roots.get(self._seen.size, b"").hex() != self._seen.root:
            raise _rewritten(self._seen)

    # --- leaves and tiles

    def _leaves(self, checkpoint: Checkpoint) -> None:
        """Check the next leaves under a checkpoint, and the tiles that they fill."""
        start = self._edge.size
        end = min(checkpoint.size, start + CHUNK)
        hashes: list[bytes] = []
        for expected, (index, stored, record_id, derived) in zip(
            range(start, end), self._stored_leaves(start, end), strict=False
        ):
            if index != expected:
                break
            if stored != derived:
                self._edge.append(hashes)
                raise self._culprit(index, stored, derived, record_id, checkpoint)
            hashes.append(derived)
            if self._since is not None:
                self._placed.add(record_id)
            self._newest = max(self._newest, record_id)
        if len(hashes) < end - start:
            raise self._missing(start + len(hashes))
        self._tiles(self._edge.append(hashes))

    def _stored_leaves(self, start: int, end: int) -> Iterator[tuple[int, bytes, UUID, bytes]]:
        """Index, stored hash, record id and the hash derived from the record."""
        rows = (
            Leaf.objects.using(self._using)
            .filter(channel=self._log, index__gte=start, index__lt=end, record__channel=self._log)
            .order_by("index")
            .values_list("index", "hash", "record_id", "record__template", "record__time", "record__commitment")
        )
        for index, stored, record_id, template, time, commitment in rows:
            leaf_input = entry(record_id=record_id, template=template, time=time, commitment=bytes(commitment))
            self._succession.pass_record(template, bytes(commitment))
            yield index, bytes(stored), record_id, self._hasher.leaf(leaf_input)

    def _missing(self, index: int) -> Wrong:
        """Why there is no leaf `index` with a record of this channel."""
        leaf = Leaf.objects.using(self._using).filter(channel=self._log, index=index)
        record_id = leaf.values_list("record_id", flat=True).first()
        if record_id is None:
            return Wrong(f"leaf {index}", "is missing")
        if Record.objects.using(self._using).filter(id=record_id).exists():
            return Wrong(f"record {record_id}", f"is of another channel than leaf {index}, which was made from it")
        return Wrong(f"record {record_id}", f"is gone; leaf {index} was made from it")

    def _culprit(self, index: int, stored: bytes, derived: bytes, record_id: UUID, checkpoint: Checkpoint) -> Wrong:
        """Leaf and record disagree: the checkpoint tells which of them was changed, when nothing else was."""
        rest = Leaf.objects.using(self._using).filter(channel=self._log, index__gt=index, index__lt=checkpoint.size)
        following = [bytes(leaf_hash) for leaf_hash in rest.order_by("index").values_list("hash", flat=True)]
        for candidate, row, detail in (
            (stored, f"record {record_id}", f"was changed: leaf {index} was made from other content"),
            (derived, f"leaf {index}", f"is not the hash of its record {record_id}"),
        ):
            edge = self._edge.copy()
            edge.append([candidate, *following])
            if edge.root() == bytes(checkpoint.root):
                return Wrong(row, detail)
        return Wrong(f"leaf {index}", f"does not fit its record {record_id}, and later rows do not fit either")

    def _tiles(self, computed: list[FullTile]) -> None:
        for level in sorted({tile.level for tile in computed}):
            expected = [tile for tile in computed if tile.level == level]
            span = {"index__gte": expected[0].index, "index__lte": expected[-1].index}
            rows = Tile.objects.using(self._using).filter(channel=self._log, level=level, **span)
            stored = {row.index: (bytes(row.hashes), bytes(row.root)) for row in rows}
            for tile in expected:
                if tile.index not in stored:
                    raise Wrong(f"tile {level}/{tile.index}", "is missing")
                hashes, root = stored[tile.index]
                if hashes != tile.hashes:
                    place = next(n for n in range(len(tile.hashes)) if hashes[n : n + 1] != tile.hashes[n : n + 1])
                    raise Wrong(
                        f"tile {level}/{tile.index}", f"differs from byte {place} (hash {place // HASH_SIZE}) on"
                    )
                if root != tile.root:
                    raise Wrong(f"tile {level}/{tile.index}", "has another root than its hashes")
        self._report.tiles += len(computed)

    # --- what hangs on the checkpoints, and what hangs on nothing

    def _cosignatures(self) -> None:
        """Those of the checkpoints looked at, the remembered one included."""
        rows = Cosignature.objects.using(self._using).filter(
            checkpoint__channel=self._log, checkpoint__size__gte=self._start
        )
        for cosignature in rows.select_related("checkpoint").order_by("checkpoint__size", "id"):
            check_cosignature(cosignature)
            self._report.cosignatures += 1

    def _strays(self) -> None:
        """Leaves and tiles that no checkpoint leads to. Each query is a range of the key: an OR would read the whole log."""
        size = self._edge.size
        leaf = _outside(Leaf.objects.using(self._using).filter(channel=self._log), size)
        if leaf is not None:
            raise Wrong(f"leaf {leaf.index}", f"lies beyond the newest checkpoint of size {size}")
        tiles = Tile.objects.using(self._using).filter(channel=self._log)
        levels = len(unfinished_tiles(size))
        above = tiles.filter(level__gte=levels).order_by("level", "index")
        full = (_outside(tiles.filter(level=level), size // TILE_WIDTH ** (level + 1)) for level in range(levels))
        tile = next(filter(None, full), None) or above.first()
        if tile is not None:
            raise Wrong(f"tile {tile.level}/{tile.index}", "is not full by the leaves that there are")

    def _pending(self) -> set[UUID]:
        """Check what waits for its place. Returns the records' ids."""
        rows = PendingRecord.objects.using(self._using).filter(channel=self._log).select_related("record")
        waiting = set()
        for pending in rows.order_by("id"):
            record = pending.record
            leaf_input = entry(
                record_id=record.id, template=record.template, time=record.time, commitment=bytes(record.commitment)
            )
            if record.channel_id != self._log.id or bytes(pending.leaf_hash) != self._hasher.leaf(leaf_input):
                raise Wrong(f"record {record.id}", "was changed while pending, or its leaf hash was")
            waiting.add(record.id)
        self._report.pending = len(waiting)
        return waiting

    def _lost(self, waiting: set[UUID]) -> None:
        """Records are in the log or wait for their place."""
        records = Record.objects.using(self._using).filter(channel=self._log)
        if self._since is None:
            nowhere = records.exclude(leaf__channel=self._log).exclude(pending__channel=self._log)
            lost = nowhere.order_by("id").values_list("id", flat=True).first()
        else:
            lost = self._lost_lately(records, waiting)
        if lost is not None:
            raise Wrong(f"record {lost}", "is neither in the log nor pending")

    def _lost_lately(self, records: QuerySet[Record], waiting: set[UUID]) -> UUID | None:
        """As above, from the newest record on that the last audit knew: its id, for ids sort by age."""
        newer = records.filter(id__gte=self._watermark).order_by("id").values_list("id", flat=True)
        known = self._placed | waiting
        unknown = [id for id in newer.iterator() if id not in known]
        leaves = Leaf.objects.using(self._using).filter(channel=self._log, index__lt=self._start)
        placed = leaves.filter(record_id__in=unknown)
        return min(set(unknown) - set(placed.values_list("record_id", flat=True)), default=None)


def _outside(rows: QuerySet[M], end: int) -> M | None:
    """A row whose index is not among 0 … end-1."""
    beyond = rows.filter(index__gte=end).order_by("index").first()
    return beyond or rows.filter(index__lt=0).order_by("index").first()


def _rolled_back(size: int, total: int) -> Wrong:
    return Wrong(f"checkpoint {size}", f"was seen before and is gone: the log was rolled back to {total} leaves")


def _rewritten(seen: Seen) -> Wrong:
    return Wrong(f"checkpoint {seen.size}", f"had root {seen.root} before: the log was rewritten")
