"""Anchors in the database, whatever kind of chain they are for: which checkpoint is next, storing an anchor, its steps.

Nothing here talks to a chain. What makes it safe to run twice at once is the chain's row lock, under which it is decided
that one checkpoint is under way per chain, and the unique constraints below that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet

from abs_platform.core import clock, crashpoints, jobs
from abs_platform.crypto.sm3 import sm3
from abs_platform.ledger.key_models import PublisherKey
from abs_platform.ledger.models import Anchor, AnchorTransaction, Chain, Channel, Checkpoint
from abs_platform.ledger.states import LIVE, OPEN, TRANSITIONS, AnchorState, after


@dataclass(frozen=True, slots=True)
class Sendable:
    """What is sent to a chain, final to the byte: its 32-byte id, its nonce (0 where there are none), the key it needs."""

    raw: bytes
    id: bytes
    sequence: int = 0
    key: PublisherKey | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an anchor ended up: a block and the transaction that carries it, or an authority's token and its time."""

    time: datetime
    block: int | None = None
    block_hash: bytes | None = None
    transaction: bytes | None = None
    token: bytes | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """The checkpoint that a chain is to get. It has the `covered` leaves before it already, as its checkpoint `index`."""

    checkpoint: Checkpoint
    covered: int
    index: int


def log_key(channel: Channel) -> bytes:
    """The name of the channel's log in contracts: SM3 of its origin."""
    return sm3(channel.origin.encode())


def open_anchors(chain: Chain) -> list[Anchor]:
    """The chain's anchors under way, in the order that they must be placed in."""
    under_way = Anchor.objects.filter(chain=chain, state__in=OPEN).order_by("index")
    return list(under_way.select_related("chain__publisher", "channel", "checkpoint"))


def live(chain: Chain, channel: Channel) -> QuerySet[Anchor]:
    """The channel's anchors that stand, or still can, in the chain's present contract."""
    return Anchor.objects.filter(chain=chain, channel=channel, contract=chain.contract, state__in=LIVE)


def next_checkpoint(chain: Chain) -> Next | None:
    """What the chain is to get next, of the channel that waits longest; None when it has everything or is at one.

    It is the newest checkpoint that another of the channel's chains has or is getting, else the newest of all: so that
    chains of any speed meet at the same checkpoints, and a proof can show one checkpoint on several of them.
    """
    waiting = []
    for channel in Channel.objects.filter(chains=chain).prefetch_related("chains"):
        newest = Checkpoint.objects.filter(channel=channel).order_by("-size").first()
        known = live(chain, channel).aggregate(count=Count("id"), under_way=Count("id", filter=Q(state__in=OPEN)))
        if newest is None or known["under_way"]:
            continue
        covered = _covered(chain, channel)
        if newest.size <= covered:
            continue
        met = _met_elsewhere(chain, channel)
        chosen = met if met is not None and met.size > covered else newest
        chosen.channel = channel
        waiting.append(Next(chosen, covered, known["count"]))
    return min(waiting, key=lambda each: each.checkpoint.time, default=None)


def _covered(chain: Chain, channel: Channel) -> int:
    newest = live(chain, channel).order_by("-index").values_list("size", flat=True).first()
    return newest or 0


def _met_elsewhere(chain: Chain, channel: Channel) -> Checkpoint | None:
    others = [other for other in channel.chains.all() if other.id != chain.id]
    newest = [live(other, channel).order_by("-index").select_related("checkpoint").first() for other in others]
    return max((found.checkpoint for found in newest if found), key=lambda each: each.size, default=None)


def records_taken_in(checkpoint: Checkpoint) -> int:
    """How many records the channel has taken in, placed in the tree or not: counted in one snapshot."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT count(*) FROM ledger_pendingrecord WHERE channel_id = %(channel)s)
                 + (SELECT max(size) FROM ledger_checkpoint WHERE channel_id = %(channel)s)
            """,
            {"channel": checkpoint.channel_id},
        )
        return int(cursor.fetchone()[0])


def store(chain: Chain, following: Next, *, records: int, sendable: Sendable | None) -> Anchor | None:
    """Commit an anchor and what is to be sent for it, unless another worker was faster."""
    checkpoint = following.checkpoint
    with transaction.atomic():
        locked = Chain.objects.select_for_update().get(id=chain.id)
        if locked.contract != chain.contract or live(locked, checkpoint.channel).count() != following.index:
            return None
        if Anchor.objects.filter(chain=locked, state__in=OPEN).exists():
            return None
        anchor = Anchor.objects.create(
            channel=checkpoint.channel,
            chain=chain,
            checkpoint=checkpoint,
            contract=locked.contract,
            index=following.index,
            first=following.covered,
            size=checkpoint.size,
            records=records,
        )
        if sendable is not None:
            _add(anchor, sendable)
    return anchor


def store_another(anchor: Anchor, sendable: Sendable) -> AnchorTransaction | None:
    """Commit one more transaction for an anchor, unless it is settled or the very same is there."""
    with transaction.atomic():
        Chain.objects.select_for_update().get(id=anchor.chain_id)
        if not Anchor.objects.filter(id=anchor.id, state__in=OPEN).exists():
            return None
        if anchor.transactions.filter(transaction=sendable.id).exists():
            return None
        return _add(anchor, sendable)


def _add(anchor: Anchor, sendable: Sendable) -> AnchorTransaction:
    return AnchorTransaction.objects.create(
        anchor=anchor,
        chain=anchor.chain,
        sequence=sendable.sequence,
        transaction=sendable.id,
        raw=sendable.raw,
        key=sendable.key,
    )


def change(anchor_id: UUID, action: str, *, place: Place | None = None, reason: str = "", settle: bool = False) -> None:
    """Take one step of the table, if it is still to be taken, and tell who listens when the anchor is settled."""
    with transaction.atomic():
        state = _step(anchor_id, action, place=place, reason=reason, settle=settle)
    if state is not None:
        crashpoints.reach(f"anchor.{state}")


def orphan(chain: Chain, lost: Sequence[Anchor]) -> None:
    """A re-organisation took these anchors of the chain away, the newest first."""
    with transaction.atomic():
        taken = [_step(anchor.id, "orphan") for anchor in lost]
        if any(taken):
            Chain.objects.filter(id=chain.id).update(reorganisations=F("reorganisations") + 1)
    if any(taken):
        crashpoints.reach("anchor.orphaned")


def _step(
    anchor_id: UUID, action: str, *, place: Place | None = None, reason: str = "", settle: bool = False
) -> AnchorState | None:
    """The state that the step leads to, None when another worker has taken it. In the caller's transaction."""
    anchor = Anchor.objects.select_for_update(of=("self",)).select_related("chain", "channel").get(id=anchor_id)
    if anchor.state not in TRANSITIONS[action].sources:
        return None
    if place is not None and not settle and bytes(anchor.block_hash or b"") == place.block_hash:
        return None  # still where it was, still not deep enough
    state = after(action, anchor.state)
    anchor.reason = reason
    if action == "orphan":
        anchor.orphaned += 1
        anchor.transactions.update(sent_at=None)
    if action in ("orphan", "include"):
        anchor.block = place.block if place else None
        anchor.block_hash = place.block_hash if place else None
        anchor.block_time = place.time if place else None
        anchor.transaction = place.transaction if place else None
        anchor.token = place.token if place else None
    if settle:
        state = after("settle", state)
        payload = {
            "channel": anchor.channel.name,
            "chain": anchor.chain.name,
            "first": anchor.first,
            "size": anchor.size,
        }
        jobs.publish("ledger.anchored", payload)
    anchor.state = state
    anchor.changed_at = clock.now()
    anchor.save()
    return state
