"""A storm: many checkpoints to two chains through crashes at every named point, re-organisations, drops and lost messages.

At the end each chain holds what the ledger calls anchored, each checkpoint exactly once, and the newest on both. The two
negative controls break one rule each and do not come through.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from abs_platform.core import crashpoints
from abs_platform.integrations.chains import ChainError
from abs_platform.ledger import anchoring, anchors, publishing, sending, services, setup
from abs_platform.ledger.audit import audit
from abs_platform.ledger.models import Anchor, AnchorTransaction, Chain, Channel, Checkpoint
from tests.ledger.conftest import Crash, Ledger
from tests.ledger.nodes import Anvil, Proxy

SEED = 20261126
STEPS = 140
FEW_STEPS = 20  # where a rule is broken it takes no more
CALM = 60
NAMES = ("business", "regulator")
EARLY = ("anchor.signed", "anchor.stored", "anchor.sent")
LATE = ("anchor.sent", "anchor.seen", "anchor.included", "anchor.anchored")
POINTS = {*EARLY, *LATE, "anchor.orphaned", "anchor.replaced"}
DEEPEST = 6


@dataclass
class Sea:
    """A chain and the node in front of it, which loses what it is sent now and then."""

    name: str
    node: Anvil
    proxy: Proxy
    base: int = 0

    def reorganise(self, depth: int) -> bool:
        """Below the block where the contract is, nothing is taken away."""
        depth = min(depth, self.node.height - self.base)
        if depth > 0:
            self.node.reorganise(depth)
        return depth > 0

    def drop(self) -> bool:
        lying = self.node.lying()
        for transaction in lying:
            self.node.rpc("anvil_dropTransaction", transaction["hash"])
        return bool(lying)


@dataclass
class Storm:
    seas: list[Sea]
    ledger: Ledger
    settings: Any
    monkeypatch: pytest.MonkeyPatch
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    happened: Counter[str] = field(default_factory=Counter)

    def rage(self, steps: int) -> None:
        for _ in range(steps):
            self._step(self.chance.choice(self.seas))
        self._last_gust()

    def _last_gust(self) -> None:
        """Whatever the seed: a crash when a transaction has just been sent, and its block comes."""
        self.ledger.append()
        services.seal()
        for sea in self.seas:
            for _ in range(6):
                self._crash(sea, "anchor.sent")
                sea.node.mine()

    def _step(self, sea: Sea) -> None:
        action = self.chance.choices(
            ["record", "advance", "crash", "lose", "mine", "reorganise", "drop", "hurry"], [16, 18, 30, 4, 24, 8, 4, 8]
        )[0]
        if action == "lose":
            with sea.proxy.losing():
                self._advance(sea)
        elif action == "record":
            self.ledger.append(self.chance.randrange(1, 4))
            services.seal()
        elif action == "mine":
            sea.node.mine(self.chance.randrange(1, 3))
        elif action == "reorganise":
            action = action if sea.reorganise(self.chance.randrange(1, DEEPEST + 1)) else "nothing"
            if self.chance.random() < 0.7:
                self._crash(sea, "anchor.orphaned")
        elif action == "drop":
            action = action if sea.drop() else "nothing"
        elif action == "hurry":
            self._hurry(sea, self.chance.choice((None, "anchor.replaced", "anchor.sent")))
        elif action == "crash":
            under_way = Anchor.objects.filter(chain__name=sea.name, state__in=["prepared", "included", "orphaned"])
            self._crash(sea, self.chance.choice(LATE if under_way.exists() else EARLY))
        else:
            self._advance(sea)
        self.happened[action] += 1

    def _advance(self, sea: Sea) -> None:
        with suppress(ChainError):
            anchoring.advance(chain=sea.name)

    def _crash(self, sea: Sea, point: str) -> None:
        """The process dies in the next round, if that comes to this point."""

        def reach(name: str) -> None:
            if name == point:
                raise Crash(name)

        with self.monkeypatch.context() as patched:
            patched.setattr(crashpoints, "reach", reach)
            try:
                self._advance(sea)
            except Crash:
                self.happened[point] += 1

    def _hurry(self, sea: Sea, point: str | None) -> None:
        """What lies without a block has lain for too long."""
        self.settings.ANCHOR_STUCK_AFTER = timedelta(0)
        self._crash(sea, point) if point else self._advance(sea)
        self.settings.ANCHOR_STUCK_AFTER = timedelta(minutes=1)

    def end(self) -> None:
        """Everything comes to rest; one more re-organisation, and again; then all is as it must be."""
        self.settle()
        for sea in self.seas:
            sea.reorganise(DEEPEST)
        self.settle()
        self.check()

    def settle(self) -> None:
        """The wind drops: nothing is lost any more, and blocks come. Fails when the ledger does not come to rest."""
        for _ in range(CALM):
            for sea in self.seas:
                sea.node.mine()
            if all(anchoring.advance(chain=sea.name) is anchoring.Outcome.DONE for sea in self.seas):
                return
        raise AssertionError(f"no rest: {list(Anchor.objects.values_list('chain__name', 'state', 'index', 'reason'))}")

    def check(self) -> None:
        """What the contracts hold, read past the ledger, is what the ledger says."""
        channel = Channel.objects.get()
        key = anchors.log_key(channel)
        newest = Checkpoint.objects.order_by("-size")[0]
        for sea in self.seas:
            chain = Chain.objects.get(name=sea.name)
            client = publishing.client_of(chain)
            found = [client.published(key, index) for index in range(client.count(key))]
            held = [(item.size, item.root, item.block, item.records) for item in found if item]
            ours = Anchor.objects.filter(chain=chain, state="anchored").order_by("index").select_related("checkpoint")
            assert [(row.size, bytes(row.checkpoint.root), row.block, row.records) for row in ours] == held
            assert [row.index for row in ours] == list(range(len(held)))
            assert len({size for size, *_ in held}) == len(held), "a checkpoint is there twice"
            assert held[-1][:2] == (newest.size, bytes(newest.root))
            for row in ours:
                block = client.block(row.block or 0)
                assert block is not None and block.hash == bytes(row.block_hash or b"")
        assert not Anchor.objects.filter(state__in=["prepared", "included", "orphaned"]).exists()
        assert audit().wrong is None


@pytest.fixture
def storm(
    committed: None, keys: None, settings: Any, monkeypatch: pytest.MonkeyPatch, node: Anvil, proxy: Proxy
) -> Iterator[Storm]:
    second = Anvil(31401)
    other = Proxy(second.url)
    seas = [Sea(NAMES[0], node, proxy), Sea(NAMES[1], second, other)]
    settings.CHAINS = [{"name": sea.name, "kind": "evm", "url": sea.proxy.url, "confirmations": 2} for sea in seas]
    settings.CHANNELS = [{**settings.CHANNELS[0], "required": 2}]
    assert setup.prepare(say=lambda text: None) == []
    for sea in seas:
        sea.node.hold()
        sea.node.mine()
        sea.base = sea.node.height
    monkeypatch.setattr(sending, "RESEND_AFTER", timedelta(0))
    yield Storm(seas, Ledger(url=node.url), settings, monkeypatch)
    other.stop()
    second.stop()


@pytest.mark.timeout(400)  # half a minute on a machine that does nothing else
def test_every_checkpoint_comes_through_exactly_once(storm: Storm) -> None:
    storm.rage(STEPS)
    storm.end()
    missing = [what for what in (*POINTS, "reorganise", "drop", "lose") if not storm.happened[what]]
    assert not missing, f"the storm was too mild: {missing} of {storm.happened}"
    assert Anchor.objects.filter(orphaned__gt=0).exists()
    assert AnchorTransaction.objects.count() > Anchor.objects.filter(state="anchored").count()
    assert sum(Chain.objects.values_list("reorganisations", flat=True)) > 0


def test_without_looking_for_lost_blocks_it_would_not(storm: Storm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_find_orphans", lambda chain, client: None)
    storm.rage(FEW_STEPS)
    with pytest.raises((AssertionError, ChainError)):
        storm.end()


def test_without_storing_before_sending_it_would_not(storm: Storm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes go out first and are stored after; the crash between leaves a checkpoint that nobody knows of.

    That such a one is taken over when it is found (`_adopt`) is a second net, taken away here.
    """
    store: Callable[..., Anchor | None] = publishing.store

    def send_first(chain: Chain, following: Any, *, records: int, sendable: Any) -> Anchor | None:
        if sendable is not None:
            with suppress(ChainError):
                publishing.client_of(chain).send(sendable.raw)
            crashpoints.reach("anchor.sent")
        return store(chain, following, records=records, sendable=sendable)

    def no_net(chain: Chain, following: Any, client: Any) -> None:
        raise publishing.Rivalry("somebody else's")

    monkeypatch.setattr(publishing, "store", send_first)
    monkeypatch.setattr(publishing, "_adopt", no_net)
    storm.rage(FEW_STEPS)
    with pytest.raises((AssertionError, ChainError)):
        storm.end()
