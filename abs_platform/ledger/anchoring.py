"""The anchorer: takes the newest checkpoint to one chain, exactly once, whatever crashes or re-organises on the way.

`advance` is one short round that never waits: it asks the chain without a transaction, then writes what it learnt in one.
What makes it safe to repeat, and to run twice at once:

- a transaction's bytes are committed before they are sent, so after a crash the very same bytes go out again;
- at most one checkpoint is under way per chain, decided under the chain's row lock, so its nonce is nobody else's;
- the contract takes a checkpoint only under the index it expects, so a second one is refused there;
- an anchor counts when its block is deep enough and both the block's hash and the contract's entry were read again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from abs_platform.core import clock, jobs
from abs_platform.crypto.sm3 import sm3
from abs_platform.integrations import chains
from abs_platform.integrations.chains import Block, ChainClient, ChainError, Publication, Receipt, Rejected, Signed
from abs_platform.ledger import crashpoints
from abs_platform.ledger.models import Anchor, AnchorTransaction, Chain, Channel, Checkpoint
from abs_platform.ledger.states import LIVE, OPEN, PLACED, TRANSITIONS, after

RESEND_AFTER = timedelta(seconds=5)
ORPHANS_PER_ROUND = 64
POLL_SECONDS = 0.15


class Outcome(StrEnum):
    """What a round leaves behind."""

    DONE = "done"
    """Every checkpoint is anchored as far as it can be: nothing to do until there is a new one."""
    WAITING = "waiting"
    """A transaction is under way: come again soon."""


class Busy(Exception):
    """Another worker is at this chain."""


class Rivalry(ChainError):
    """The contract holds a checkpoint that is not ours: another publisher, or a database that was rolled back."""


class WrongChain(ChainError):
    """Another chain than the one set up answers at this address."""


def log_key(channel: Channel) -> bytes:
    """The name of the channel's log in contracts: SM3 of its origin."""
    return sm3(channel.origin.encode())


def anchor(*, chain: str, patience: timedelta = timedelta(0)) -> Outcome:
    """Bring the newest checkpoints to the chain: rounds until nothing is left to do or `patience` ran out.

    Raises Busy when another worker is at this chain, and ChainError as `advance`. Call it outside transactions.
    """
    deadline = time.monotonic() + patience.total_seconds()
    with _alone(chain):
        while True:
            outcome = advance(chain=chain)
            if outcome is Outcome.DONE or time.monotonic() > deadline:
                return outcome
            time.sleep(POLL_SECONDS)


@contextmanager
def _alone(chain: str) -> Iterator[None]:
    """Keep other workers from waiting for the same block. A courtesy to save workers: correctness does not rest on it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [f"ledger.anchor/{chain}"])
        if not cursor.fetchone()[0]:
            raise Busy(f"another worker is anchoring to {chain}")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"ledger.anchor/{chain}"])


def advance(*, chain: str) -> Outcome:
    """One round for one chain. Raises ChainError, after noting it on the chain's row for operators to see."""
    row = Chain.objects.get(name=chain)
    try:
        outcome = _round(row, chains.client(chain, contract=row.contract))
    except ChainError as error:
        Chain.objects.filter(id=row.id, trouble="").update(trouble_since=clock.now(), trouble=str(error))
        Chain.objects.filter(id=row.id).update(trouble=str(error))
        raise
    Chain.objects.filter(id=row.id).exclude(trouble="").update(trouble="", trouble_since=None)
    return outcome


def _round(chain: Chain, client: ChainClient) -> Outcome:
    if client.chain_id() != chain.chain_id:
        raise WrongChain(f"chain {client.chain_id()} answers where chain {chain.chain_id} was set up; run setup_ledger")
    head = client.head()
    Chain.objects.filter(id=chain.id).update(head=head.number, head_seen_at=clock.now())
    _find_orphans(chain, client)
    under_way = _open_anchors(chain)
    if not under_way:
        anchor = _prepare(chain, client)
        if anchor is None:
            return Outcome.DONE
        under_way = [anchor]
    for anchor in under_way:
        _pursue(anchor, client)
    return Outcome.WAITING if _open_anchors(chain) or _next_checkpoint(chain) else Outcome.DONE


def _open_anchors(chain: Chain) -> list[Anchor]:
    return list(Anchor.objects.filter(chain=chain, state__in=OPEN).order_by("index").select_related("chain", "channel"))


# --- a new anchor


def _next_checkpoint(chain: Chain) -> tuple[Checkpoint, int] | None:
    """The newest checkpoint that the chain does not have, of the channel that waits longest, and the size it has."""
    waiting = []
    for channel in Channel.objects.filter(chains=chain):
        newest = Checkpoint.objects.filter(channel=channel).select_related("channel").order_by("-size").first()
        covered = _live(chain, channel).aggregate(size=Max("size"))["size"] or 0
        if newest is not None and newest.size > covered:
            waiting.append((newest, covered))
    return min(waiting, key=lambda pair: pair[0].time, default=None)


def _live(chain: Chain, channel: Channel) -> QuerySet[Anchor]:
    return Anchor.objects.filter(chain=chain, channel=channel, contract=chain.contract, state__in=LIVE)


def _prepare(chain: Chain, client: ChainClient) -> Anchor | None:
    """Sign and store a transaction for the newest checkpoint. None when there is none to anchor."""
    following = _next_checkpoint(chain)
    if following is None:
        return None
    checkpoint, covered = following
    channel = checkpoint.channel
    # Ours are counted before the chain is asked: what another worker stores meanwhile must not look missing there.
    known = _live(chain, channel).values_list("state", flat=True)
    ours = len(known)
    if any(state in OPEN for state in known):
        return None  # another worker was faster
    index = client.count(log_key(channel))
    if index > ours:
        return _adopt(chain, channel, client, ours)
    if index < ours:
        raise Rivalry(f"the contract has {index} checkpoints of {channel.origin}, {ours} are known as anchored")
    records = checkpoint.size + _not_covered(checkpoint)
    publication = Publication(log_key(channel), index, checkpoint.size, bytes(checkpoint.root), records)
    signed = client.sign(client.draft(publication))
    crashpoints.reach("anchor.signed")
    anchor = _store(chain, checkpoint, first=covered, index=index, records=records, signed=signed)
    crashpoints.reach("anchor.stored")
    return anchor


def _not_covered(checkpoint: Checkpoint) -> int:
    """How many records the channel has taken in that the checkpoint does not cover: counted in one snapshot."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT count(*) FROM ledger_pendingrecord WHERE channel_id = %(channel)s)
                 + (SELECT max(size) FROM ledger_checkpoint WHERE channel_id = %(channel)s) - %(size)s
            """,
            {"channel": checkpoint.channel_id, "size": checkpoint.size},
        )
        return int(cursor.fetchone()[0])


def _store(
    chain: Chain, checkpoint: Checkpoint, *, first: int, index: int, records: int, signed: Signed | None
) -> Anchor | None:
    """Commit the anchor and its transaction, unless another worker was faster."""
    with transaction.atomic():
        locked = Chain.objects.select_for_update().get(id=chain.id)
        if locked.contract != chain.contract or _live(locked, checkpoint.channel).count() != index:
            return None
        if Anchor.objects.filter(chain=locked, state__in=OPEN).exists():
            return None
        anchor = Anchor.objects.create(
            channel=checkpoint.channel,
            chain=locked,
            checkpoint=checkpoint,
            contract=locked.contract,
            index=index,
            first=first,
            size=checkpoint.size,
            records=records,
        )
        if signed is not None:
            AnchorTransaction.objects.create(
                anchor=anchor, chain=locked, sequence=signed.sequence, transaction=signed.id, raw=signed.raw
            )
    return anchor


def _adopt(chain: Chain, channel: Channel, client: ChainClient, index: int) -> Anchor | None:
    """The contract has a checkpoint under `index` that we have no anchor for. Take it over when it is one of ours."""
    found = client.published(log_key(channel), index)
    if found is None:
        return None
    checkpoint = Checkpoint.objects.filter(channel=channel, size=found.size).select_related("channel").first()
    if checkpoint is None or bytes(checkpoint.root) != found.root:
        raise Rivalry(
            f"checkpoint {index} of {channel.origin} in contract {chain.contract} (size {found.size}) is not in this log: "
            "another publisher holds our key, or this database was rolled back"
        )
    covered = _live(chain, channel).aggregate(size=Max("size"))["size"] or 0
    return _store(chain, checkpoint, first=covered, index=index, records=found.records, signed=None)


# --- an anchor under way


def _pursue(anchor: Anchor, client: ChainClient) -> None:
    """Look where the anchor's transactions are and take the next step."""
    sent = list(anchor.transactions.order_by("-id"))
    for stored in sent:
        receipt = client.receipt(bytes(stored.transaction))
        if receipt is not None:
            _place(anchor, client, receipt)
            return
    if anchor.state in PLACED:
        _change(anchor.id, "orphan")
        return
    if not sent:
        _claim_published(anchor, client, "nothing of it is left on the chain")
        return
    _send(anchor, sent[0], client)


def _send(anchor: Anchor, stored: AnchorTransaction, client: ChainClient) -> None:
    if stored.sent_at is not None and clock.now() - stored.sent_at < RESEND_AFTER:
        return
    try:
        client.send(bytes(stored.raw))
    except Rejected as refusal:
        if refusal.code != "nonce_used":
            raise
        if client.receipt(bytes(stored.transaction)) is None:
            _claim_published(anchor, client, "another transaction has used its nonce")
        return
    crashpoints.reach("anchor.sent")
    AnchorTransaction.objects.filter(id=stored.id).update(sent_at=clock.now())


def _claim_published(anchor: Anchor, client: ChainClient, otherwise: str) -> None:
    """None of our transactions is on the chain. If the contract has the checkpoint all the same, that is as good."""
    found = client.published(log_key(anchor.channel), anchor.index)
    if found is not None and (found.size, found.root) == (anchor.size, bytes(anchor.checkpoint.root)):
        carrier = client.publisher_of(log_key(anchor.channel), anchor.index, found.block)
        receipt = client.receipt(carrier) if carrier else None
        if receipt is not None:
            _place(anchor, client, receipt)
        return
    _change(anchor.id, "abandon", reason=otherwise)


def _place(anchor: Anchor, client: ChainClient, receipt: Receipt) -> None:
    """A transaction is in a block: check that the block stands and that the contract has our root; settle at depth."""
    if not receipt.succeeded:
        _change(anchor.id, "abandon", reason=f"the contract refused the transaction in block {receipt.block}")
        return
    head = client.head()
    found = client.published(log_key(anchor.channel), anchor.index)
    block = client.block(receipt.block)
    if block is None or block.hash != receipt.block_hash:
        return  # a re-organisation is going on; the next round sees its end
    if found is None or (found.size, found.root) != (anchor.size, bytes(anchor.checkpoint.root)):
        _change(anchor.id, "abandon", reason=f"the contract does not hold the checkpoint after block {receipt.block}")
        return
    crashpoints.reach("anchor.seen")
    deep = head.number - block.number + 1 >= anchor.chain.confirmations
    _change(anchor.id, "include", block=block, carrier=receipt.transaction, settle=deep)


def _change(
    anchor_id: UUID,
    action: str,
    *,
    block: Block | None = None,
    carrier: bytes | None = None,
    reason: str = "",
    settle: bool = False,
) -> None:
    """Take one step of the table, if it is still to be taken, and tell who listens when the anchor is settled."""
    with transaction.atomic():
        anchor = Anchor.objects.select_for_update(of=("self",)).select_related("chain", "channel").get(id=anchor_id)
        if anchor.state not in TRANSITIONS[action].sources:
            return
        if block is not None and not settle and bytes(anchor.block_hash or b"") == block.hash:
            return  # still where it was, still not deep enough
        anchor.state = after(action, anchor.state)
        anchor.reason = reason
        if action == "orphan":
            anchor.orphaned += 1
            anchor.transactions.update(sent_at=None)
        if action in ("orphan", "include"):
            anchor.block = block.number if block else None
            anchor.block_hash = block.hash if block else None
            anchor.block_time = block.time if block else None
            anchor.transaction = carrier
        if settle:
            anchor.state = after("settle", anchor.state)
            payload = {
                "channel": anchor.channel.name,
                "chain": anchor.chain.name,
                "first": anchor.first,
                "size": anchor.size,
            }
            jobs.publish("ledger.anchored", payload)
        anchor.changed_at = clock.now()
        anchor.save()
    crashpoints.reach(f"anchor.{anchor.state}")


# --- re-organisations


def _find_orphans(chain: Chain, client: ChainClient) -> None:
    """Go back from the newest placed anchor until one whose block still stands; those above it are orphans.

    Blocks are linked, so where one stands all below it do: mostly this reads a single block.
    """
    for anchor in Anchor.objects.filter(chain=chain, state__in=PLACED).order_by("-block")[:ORPHANS_PER_ROUND]:
        block = client.block(anchor.block or 0)
        if block is not None and block.hash == bytes(anchor.block_hash or b""):
            return
        _change(anchor.id, "orphan")
