"""The auditor: derives the whole log again from its records and names the first row that does not fit.

records → entries → leaf hashes → leaves → tiles → roots → signed checkpoints → what the auditor saw last time → chains.
It believes no stored hash: each is compared with one computed from the records. What it saw last is kept in a file
outside the database, so that a database set back to an earlier state as a whole is seen as well.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from abs_platform.crypto.merkle import Frontier, Hasher
from abs_platform.crypto.merkle import Tile as FullTile
from abs_platform.integrations import chains
from abs_platform.integrations.chains import ChainClient, ChainError
from abs_platform.ledger import note
from abs_platform.ledger.anchoring import log_key
from abs_platform.ledger.entries import entry
from abs_platform.ledger.models import Anchor, Chain, Channel, Checkpoint, Leaf, PendingRecord, Record, Tile
from abs_platform.ledger.services import MAIN
from abs_platform.ledger.states import AnchorState

CHUNK = 4096

Progress = Callable[[int, int], None]


class Wrong(Exception):
    """The first row found wrong, and how."""

    def __init__(self, row: str, detail: str) -> None:
        super().__init__(f"{row}: {detail}")
        self.row = row
        self.detail = detail


@dataclass(slots=True)
class Report:
    """What was audited, and the verdict. `wrong` is {row, detail}; `unreachable` maps chains to why."""

    channel: str
    leaves: int = 0
    pending: int = 0
    tiles: int = 0
    checkpoints: int = 0
    anchors: int = 0
    wrong: dict[str, str] | None = None
    unreachable: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:  # Any: JSON
        """The report as JSON; "ok" is whether nothing is wrong."""
        return {"ok": self.wrong is None, **asdict(self)}


def audit(*, channel: str = MAIN, progress: Progress = lambda done, total: None) -> Report:
    """Audit one channel in full. Call it outside transactions; it writes nothing but its own memory."""
    report = Report(channel)
    log = Channel.objects.get(name=channel)
    memory = Memory(settings.STATE_DIR / "audit" / f"{channel}.json")
    try:
        roots = _audit_database(log, report, progress)
        memory.compare(roots)
        _audit_chains(log, roots, report)
    except Wrong as wrong:
        report.wrong = {"row": wrong.row, "detail": wrong.detail}
        return report
    if len(roots) > 1:
        memory.remember(roots)
    return report


# --- the database


def _audit_database(log: Channel, report: Report, progress: Progress) -> dict[int, bytes]:
    """Recompute everything on one snapshot. Returns the root at every checkpoint's size. Raises Wrong."""
    with transaction.atomic():
        if len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return _Recomputation(log, report, progress).run()


class _Recomputation:
    """One pass over a channel, checkpoint by checkpoint."""

    def __init__(self, log: Channel, report: Report, progress: Progress) -> None:
        self._log = log
        self._report = report
        self._progress = progress
        self._hasher = Hasher(log.hash)
        self._edge = Frontier(self._hasher)

    def run(self) -> dict[int, bytes]:
        roots = {0: self._edge.root()}
        stored = Checkpoint.objects.filter(channel=self._log).select_related("sm2_key", "ed25519_key")
        checkpoints = list(stored.order_by("size"))
        total = checkpoints[-1].size if checkpoints else 0
        for checkpoint in checkpoints:
            if checkpoint.first != self._edge.size:
                raise Wrong(f"checkpoint {checkpoint.size}", f"follows size {checkpoint.first}, not {self._edge.size}")
            while self._edge.size < checkpoint.size:
                self._leaves(checkpoint)
                self._progress(self._edge.size, total)
            roots[checkpoint.size] = self._edge.root()
            self._checkpoint(checkpoint, roots[checkpoint.size])
        self._strays(total)
        self._report.leaves, self._report.checkpoints = total, len(checkpoints)
        return roots

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
        if len(hashes) < end - start:
            raise Wrong(f"leaf {start + len(hashes)}", "is missing")
        self._tiles(self._edge.append(hashes))

    def _stored_leaves(self, start: int, end: int) -> Iterator[tuple[int, bytes, UUID, bytes]]:
        """Index, stored hash, record id and the hash derived from the record."""
        rows = (
            Leaf.objects.filter(channel=self._log, index__gte=start, index__lt=end)
            .order_by("index")
            .values_list("index", "hash", "record_id", "record__template", "record__time", "record__commitment")
        )
        for index, stored, record_id, template, time, commitment in rows:
            leaf_input = entry(record_id=record_id, template=template, time=time, commitment=bytes(commitment))
            yield index, bytes(stored), record_id, self._hasher.leaf(leaf_input)

    def _culprit(self, index: int, stored: bytes, derived: bytes, record_id: UUID, checkpoint: Checkpoint) -> Wrong:
        """Leaf and record disagree: the checkpoint tells which of them was changed, when nothing else was."""
        rest = Leaf.objects.filter(channel=self._log, index__gt=index, index__lt=checkpoint.size).order_by("index")
        following = [bytes(leaf_hash) for leaf_hash in rest.values_list("hash", flat=True)]
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
        if not computed:
            return
        for level in sorted({tile.level for tile in computed}):
            expected = [tile for tile in computed if tile.level == level]
            span = {"index__gte": expected[0].index, "index__lte": expected[-1].index}
            rows = Tile.objects.filter(channel=self._log, level=level, **span).values_list("index", "hashes", "root")
            stored = {index: (bytes(hashes), bytes(root)) for index, hashes, root in rows}
            for tile in expected:
                if tile.index not in stored:
                    raise Wrong(f"tile {level}/{tile.index}", "is missing")
                hashes, root = stored[tile.index]
                if hashes != tile.hashes:
                    place = next(n for n in range(len(tile.hashes)) if hashes[n : n + 1] != tile.hashes[n : n + 1])
                    raise Wrong(f"tile {level}/{tile.index}", f"differs from byte {place} (hash {place // 32}) on")
                if root != tile.root:
                    raise Wrong(f"tile {level}/{tile.index}", "has another root than its hashes")
        self._report.tiles += len(computed)

    def _checkpoint(self, checkpoint: Checkpoint, root: bytes) -> None:
        row = f"checkpoint {checkpoint.size}"
        if bytes(checkpoint.root) != root:
            raise Wrong(row, f"has root {bytes(checkpoint.root).hex()}, its leaves have {root.hex()}")
        try:
            public = {key.algorithm: bytes(key.public) for key in (checkpoint.sm2_key, checkpoint.ed25519_key)}
            signed = note.verify(checkpoint.note, origin=self._log.origin, name=self._log.origin, keys=public)
        except note.InvalidNote as error:
            raise Wrong(row, f"its note is not valid: {error}") from error
        if (signed.size, signed.root) != (checkpoint.size, root):
            raise Wrong(row, f"its note says size {signed.size} and root {signed.root.hex()}")

    def _strays(self, size: int) -> None:
        """Rows that nothing led to: leaves and tiles beyond the newest checkpoint, records that are nowhere."""
        beyond = Leaf.objects.filter(channel=self._log, index__gte=size).order_by("index").first()
        if beyond is not None:
            raise Wrong(f"leaf {beyond.index}", f"lies beyond the newest checkpoint of size {size}")
        if Tile.objects.filter(channel=self._log).count() != self._report.tiles:
            raise Wrong("tiles", f"there are more than the {self._report.tiles} that the leaves fill")
        lost = Record.objects.filter(channel=self._log, leaf=None, pending=None).order_by("id").first()
        if lost is not None:
            raise Wrong(f"record {lost.id}", "is neither in the log nor pending")
        for pending in PendingRecord.objects.filter(channel=self._log).select_related("record").order_by("id"):
            record = pending.record
            leaf_input = entry(
                record_id=record.id, template=record.template, time=record.time, commitment=bytes(record.commitment)
            )
            if bytes(pending.leaf_hash) != self._hasher.leaf(leaf_input):
                raise Wrong(f"record {record.id}", "was changed while pending, or its leaf hash was")
            self._report.pending += 1


# --- what was seen last time


class Memory:
    """The newest checkpoint that an audit found in order, in a file outside the database."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def compare(self, roots: dict[int, bytes]) -> None:
        """Raises Wrong when the log no longer contains what was seen before."""
        if not self._file.exists():
            return
        seen = json.loads(self._file.read_text())
        size, root = int(seen["size"]), bytes.fromhex(seen["root"])
        newest = max(roots)
        if size > newest:
            raise Wrong(
                f"checkpoint {size}", f"was seen before and is gone: the log was rolled back to {newest} leaves"
            )
        if roots.get(size) != root:
            raise Wrong(f"checkpoint {size}", f"had root {root.hex()} before: the log was rewritten")

    def remember(self, roots: dict[int, bytes]) -> None:
        """Keep the newest root for the next time."""
        size = max(roots)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps({"size": size, "root": roots[size].hex()}) + "\n")
        draft.replace(self._file)


# --- the chains


def _audit_chains(log: Channel, roots: dict[int, bytes], report: Report) -> None:
    for chain in Chain.objects.filter(channels=log).exclude(contract="").order_by("name"):
        try:
            client = chains.client(chain.name, contract=chain.contract)
            if client.chain_id() != chain.chain_id:
                raise Wrong(f"chain {chain.name}", f"answers as chain {client.chain_id()}, not {chain.chain_id}")
            _audit_contract(log, chain, client, roots)
            report.anchors += _audit_anchors(log, chain, client)
        except ChainError as error:
            report.unreachable[chain.name] = str(error)


def _audit_contract(log: Channel, chain: Chain, client: ChainClient, roots: dict[int, bytes]) -> None:
    """Every checkpoint that the contract holds is one of ours."""
    for index in range(client.count(log_key(log))):
        found = client.published(log_key(log), index)
        if found is None:
            break  # a re-organisation took it away meanwhile
        ours = roots.get(found.size) or _root_since(log, found.size)
        if found.root != ours:
            raise Wrong(
                f"chain {chain.name}, checkpoint {index}",
                f"the contract holds size {found.size} with root {found.root.hex()}, the log has "
                + (f"root {ours.hex()}" if ours else "no checkpoint of that size"),
            )


def _root_since(log: Channel, size: int) -> bytes | None:
    """The root of a checkpoint made after the snapshot was taken."""
    root = Checkpoint.objects.filter(channel=log, size=size).values_list("root", flat=True).first()
    return bytes(root) if root is not None else None


def _audit_anchors(log: Channel, chain: Chain, client: ChainClient) -> int:
    """Everything that we call anchored is in the contract, in the block that we say. Returns how many there are."""
    anchors = Anchor.objects.filter(channel=log, chain=chain, contract=chain.contract, state=AnchorState.ANCHORED)
    checked = 0
    for anchor in anchors.order_by("index").select_related("checkpoint"):
        row = f"anchor {anchor.index} on {chain.name}"
        found = client.published(log_key(log), anchor.index)
        if found is None:
            raise Wrong(row, "the contract has no such checkpoint")
        if (found.size, found.root, found.block) != (anchor.size, bytes(anchor.checkpoint.root), anchor.block):
            raise Wrong(row, f"the contract has size {found.size} from block {found.block} there")
        block = client.block(found.block)
        if block is None or block.hash != bytes(anchor.block_hash or b"") or block.time != anchor.block_time:
            raise Wrong(row, f"block {found.block} is another one on the chain")
        checked += 1
    return checked
