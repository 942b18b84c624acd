"""The log against one contract: what it holds is ours, and what we call anchored is there."""

from django.conf import settings
from django.db.models import QuerySet

from abs_platform.core import clock
from abs_platform.integrations import chains
from abs_platform.integrations.chains import ChainError, ChainReader, Published
from abs_platform.ledger import supervision
from abs_platform.ledger.anchors import log_key
from abs_platform.ledger.audit.memory import SeenChain
from abs_platform.ledger.audit.recomputation import Derived, Progress
from abs_platform.ledger.audit.report import Mode, Report, Wrong
from abs_platform.ledger.models import Anchor, Chain, Channel, Checkpoint
from abs_platform.ledger.states import LIVE, AnchorState


class ContractAudit:
    """One channel on one chain."""

    def __init__(
        self,
        log: Channel,
        chain: Chain,
        derived: Derived,
        seen: SeenChain | None,
        report: Report,
        progress: Progress,
        using: str,
    ) -> None:
        self._log = log
        self._chain = chain
        self._derived = derived
        self._seen = seen
        self._report = report
        self._progress = progress
        self._using = using
        self._key = log_key(log)
        self._client: ChainReader
        self._head = 0

    def run(self) -> SeenChain:
        """How far the contract was found in order. Raises Wrong, and ChainError when the chain cannot be asked."""
        self._same_contract()
        try:
            self._client = chains.reader(self._chain.name, contract=self._chain.contract)
        except ValueError as error:
            raise self._wrong(f"has a contract's address of no form: {self._chain.contract!r}") from error
        chain_id = self._client.chain_id()
        if chain_id != self._chain.chain_id:
            raise self._wrong(f"answers as chain {chain_id}, not {self._chain.chain_id}")
        count = self._client.count(self._key)
        start = self._start(count)
        # Read after the count: an anchor is stored before it is sent, so whatever the contract has is here by now.
        return self._compare(start, count, self._anchors(start))

    def _wrong(self, detail: str) -> Wrong:
        return Wrong(f"chain {self._chain.name}", detail)

    def _same_contract(self) -> None:
        """Another contract than last time is in order only when the one before is no longer there to be read."""
        if self._seen is None or self._seen.contract == self._chain.contract:
            return
        try:
            left = chains.reader(self._chain.name, contract=self._seen.contract).count(self._key)
        except ChainError:
            left = 0
        if left:
            raise self._wrong(
                f"has contract {self._chain.contract} here; contract {self._seen.contract} of the last audit is still "
                f"there and holds {left} of our checkpoints"
            )
        self._seen = None

    def _start(self, count: int) -> int:
        """The number of the first checkpoint to look at. A chain that holds fewer than before began anew: nothing counts."""
        if self._report.mode is Mode.FULL or self._seen is None or count < self._seen.checked:
            return 0
        return max(0, self._seen.checked - 1)

    # --- anchors

    def _live(self) -> QuerySet[Anchor]:
        return Anchor.objects.using(self._using).filter(channel=self._log, chain=self._chain, state__in=LIVE)

    def _anchors(self, start: int) -> dict[int, Anchor]:
        """The anchors from number `start` on, as far as they can be checked without the chain."""
        following = self._live().filter(index__gte=start)
        elsewhere = following.exclude(contract=self._chain.contract).order_by("index").first()
        if elsewhere is not None:
            raise Wrong(self._row(elsewhere.index), f"is in contract {elsewhere.contract}, which the chain's is not")
        anchors: dict[int, Anchor] = {}
        for anchor in following.select_related("checkpoint").order_by("index", "id"):
            checkpoint = anchor.checkpoint
            if anchor.index in anchors:
                raise Wrong(self._row(anchor.index), "is there twice")
            if (anchor.size, anchor.channel_id) != (checkpoint.size, checkpoint.channel_id):
                raise Wrong(self._row(anchor.index), f"is of size {anchor.size}, its checkpoint of {checkpoint.size}")
            before = anchors.get(anchor.index - 1)
            covered = 0 if anchor.index == 0 else before.size if before else anchor.first
            if anchor.first != covered:
                raise Wrong(self._row(anchor.index), f"begins at {anchor.first}, the one before it ends at {covered}")
            anchors[anchor.index] = anchor
        return anchors

    def _row(self, index: int) -> str:
        return f"anchor {index} on {self._chain.name}"

    # --- the contract

    def _compare(self, start: int, count: int, anchors: dict[int, Anchor]) -> SeenChain:
        self._head = self._client.head().number  # read after the anchors: what was deep enough then still is
        checked = start
        held: list[tuple[int, Published]] = []
        anchored = [index for index, anchor in anchors.items() if anchor.state == AnchorState.ANCHORED]
        for index in range(start, max([count, *(index + 1 for index in anchored)])):
            self._progress(self._derived.size, self._derived.size)  # that the audit lives
            anchor = anchors.get(index)
            found = self._client.published(self._key, index)
            if found is None:
                if index in anchored:
                    raise Wrong(self._row(index), "the contract has no such checkpoint")
                continue  # under way, or a re-organisation took it away meanwhile
            held.append((index, found))
            self._is_ours(index, found)
            if anchor is None and index < count:
                raise Wrong(self._row(index), f"is missing: the contract holds it since block {found.block}")
            if anchor is not None and anchor.state == AnchorState.ANCHORED:
                self._anchored(anchor, found)
                checked += checked == index
        self._none_omitted(held)
        return SeenChain(self._chain.contract, checked)

    def _none_omitted(self, held: list[tuple[int, Published]]) -> None:
        """The log has every record that was counted on the chain, once its time to get a place is over."""
        newest = Checkpoint.objects.using(self._using).filter(channel=self._log).order_by("-size")
        size = newest.values_list("size", flat=True).first() or 0
        found = supervision.omissions(held, size=size, now=clock.now(), delay=settings.MERGE_DELAY)
        if found:
            raise Wrong(f"chain {self._chain.name}, checkpoint {found[0].index}", str(found[0]))

    def _is_ours(self, index: int, found: Published) -> None:
        """What the contract holds is a checkpoint of this log."""
        ours = self._derived.roots.get(found.size) or self._stored_root(found.size)
        if found.root != ours:
            raise Wrong(
                f"chain {self._chain.name}, checkpoint {index}",
                f"the contract holds size {found.size} with root {found.root.hex()}, the log has "
                + (f"root {ours.hex()}" if ours else "no checkpoint of that size"),
            )

    def _stored_root(self, size: int) -> bytes | None:
        """The root of a checkpoint that was not derived: made after the snapshot, or before what is new. The latter is no
        matter of trust, since the contract must hold the same.
        """
        rows = Checkpoint.objects.using(self._using).filter(channel=self._log, size=size)
        root = rows.values_list("root", flat=True).first()
        return bytes(root) if root is not None else None

    def _anchored(self, anchor: Anchor, found: Published) -> None:
        """What we call anchored is in the contract as we say, in the block that we say, by the transaction that we say."""
        row = self._row(anchor.index)
        root = bytes(anchor.checkpoint.root)
        said = {"size": anchor.size, "root": root.hex(), "block": anchor.block, "records": anchor.records}
        held = {"size": found.size, "root": found.root.hex(), "block": found.block, "records": found.records}
        for name, value in held.items():
            if said[name] != value:
                raise Wrong(row, f"says {name} {said[name]}, the contract {value}")
        block = self._client.block(found.block)
        if block is None or block.hash != bytes(anchor.block_hash or b"") or block.time != anchor.block_time:
            raise Wrong(row, f"block {found.block} is another one on the chain")
        depth = self._head - found.block + 1
        if depth < self._chain.confirmations:
            raise Wrong(row, f"is called anchored and is only {depth} blocks deep, not {self._chain.confirmations}")
        if self._client.publisher_of(self._key, anchor.index, found.block) != bytes(anchor.transaction or b""):
            raise Wrong(row, "another transaction published it")
        self._report.anchors += 1
