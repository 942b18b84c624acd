"""A round on a chain with a contract: takes the next checkpoint there, exactly once, whatever crashes or re-organises.

The round asks the chain without a transaction, then writes what it learnt in one. How a transaction gets into a block
stands in `sending`: whichever gets there counts, and the contract refuses a second, for it takes a checkpoint only under
the index that it expects. An anchor counts when its block is deep enough and block, hash, time and the contract's entry
were read again and agree.
"""

from datetime import datetime

from abs_platform.core import clock, crashpoints
from abs_platform.integrations import chains
from abs_platform.integrations.chains import (
    ChainClient,
    ChainError,
    Contradiction,
    Draft,
    Publication,
    Published,
    Receipt,
    Rejected,
)
from abs_platform.integrations.kms import FIRST_CHAIN_KEY
from abs_platform.ledger.anchors import (
    Next,
    Place,
    Sendable,
    change,
    log_key,
    next_checkpoint,
    open_anchors,
    orphan,
    records_taken_in,
    store,
    store_another,
)
from abs_platform.ledger.models import Anchor, AnchorTransaction, Chain, Checkpoint
from abs_platform.ledger.sending import pursue, refused_in, standing_block
from abs_platform.ledger.states import PLACED

ORPHANS_PER_ROUND = 64
INDEX_TAKEN = "UnexpectedIndex"  # the contract's own name for it


class Rivalry(ChainError):
    """The contract holds a checkpoint that is not ours: another publisher, or a database that was rolled back."""

    reason = "rival"


class WrongChain(ChainError):
    """Another chain than the one set up answers at this address."""

    reason = "wrong_chain"


def client_of(chain: Chain) -> ChainClient:
    """A client for the chain's contract that signs with its publisher's key."""
    key = chain.publisher.name if chain.publisher else FIRST_CHAIN_KEY
    return chains.client(chain.name, contract=chain.contract, key=key)


def publish(chain: Chain, client: ChainClient) -> bool:
    """One round. Returns whether something is left to do there. Raises ChainError."""
    if client.chain_id() != chain.chain_id:
        raise WrongChain(f"chain {client.chain_id()} answers where chain {chain.chain_id} was set up; run setup_ledger")
    head = client.head()
    account = client.account()
    Chain.objects.filter(id=chain.id).update(
        head=head.number, head_seen_at=clock.now(), sequence=account.sequence, balance=account.balance
    )
    _find_orphans(chain, client)
    under_way = open_anchors(chain)
    if not under_way:
        following = next_checkpoint(chain)  # ours are counted before the chain is asked: what another worker stores
        if following is None:  # meanwhile must not look missing there
            return False
        anchor = _prepare(chain, client, following)
        under_way = [anchor] if anchor else []
    for anchor in under_way:
        pursue(_AnchorCargo(anchor, client), client, account.sequence)
    return bool(open_anchors(chain)) or next_checkpoint(chain) is not None


# --- a new anchor


def _prepare(chain: Chain, client: ChainClient, following: Next) -> Anchor | None:
    """Sign and store a transaction for the next checkpoint. None when another worker was faster."""
    checkpoint = following.checkpoint
    count = client.count(log_key(checkpoint.channel))
    if count > following.index:
        return _adopt(chain, following, client)
    if count < following.index:
        raise Rivalry(
            f"the contract has {count} checkpoints of {checkpoint.channel.origin}, {following.index} are known as anchored"
        )
    records = records_taken_in(checkpoint)
    publication = Publication(
        log_key(checkpoint.channel), following.index, checkpoint.size, bytes(checkpoint.root), records
    )
    try:
        draft = client.draft(publication)
    except Rejected as refusal:
        if refusal.code != INDEX_TAKEN:
            raise
        return None  # by another worker's, since the contract was counted
    sendable = _signed(chain, client, draft)
    crashpoints.reach("anchor.signed")
    anchor = store(chain, following, records=records, sendable=sendable)
    crashpoints.reach("anchor.stored")
    return anchor


def _signed(chain: Chain, client: ChainClient, draft: Draft) -> Sendable:
    signed = client.sign(draft)
    return Sendable(signed.raw, signed.id, signed.sequence, chain.publisher)


def _adopt(chain: Chain, following: Next, client: ChainClient) -> Anchor | None:
    """The contract has a checkpoint under that index that we have no anchor for. Take it over when it is one of ours."""
    channel = following.checkpoint.channel
    found = client.published(log_key(channel), following.index)
    if found is None:
        return None
    checkpoint = Checkpoint.objects.filter(channel=channel, size=found.size).select_related("channel").first()
    if checkpoint is None or not _is_ours(found, checkpoint) or checkpoint.size <= following.covered:
        raise Rivalry(
            f"checkpoint {following.index} of {channel.origin} in contract {chain.contract} (size {found.size}) is not in "
            "this log: another publisher holds our key, or this database was rolled back"
        )
    return store(chain, Next(checkpoint, following.covered, following.index), records=found.records, sendable=None)


def _is_ours(found: Published, checkpoint: Checkpoint) -> bool:
    return (found.size, found.root) == (checkpoint.size, bytes(checkpoint.root)) and found.records >= found.size


# --- an anchor under way


class _AnchorCargo:
    """An anchor on its way to a block of its chain."""

    name = "anchor"

    def __init__(self, anchor: Anchor, client: ChainClient) -> None:
        self._anchor = anchor
        self._client = client

    @property
    def changed_at(self) -> datetime:
        return self._anchor.changed_at

    @property
    def is_placed(self) -> bool:
        return self._anchor.state in PLACED

    def stored(self) -> list[AnchorTransaction]:
        return list(self._anchor.transactions.order_by("-id"))

    def is_lost(self, last: AnchorTransaction, sequence: int) -> bool:
        chain = self._anchor.chain
        return last.key_id != chain.publisher_id or (sequence < last.sequence and _leaves_a_gap(last, sequence))

    def draft(self) -> Draft:
        anchor = self._anchor
        return self._client.draft(
            Publication(
                log_key(anchor.channel), anchor.index, anchor.size, bytes(anchor.checkpoint.root), anchor.records
            )
        )

    def store(self, draft: Draft) -> AnchorTransaction | None:
        return store_another(self._anchor, _signed(self._anchor.chain, self._client, draft))

    def place(self, receipt: Receipt) -> None:
        _place(self._anchor, self._client, receipt)

    def abandon(self, reason: str) -> None:
        change(self._anchor.id, "abandon", reason=reason)

    def orphan(self) -> None:
        orphan(self._anchor.chain, [self._anchor])

    def look_for(self, otherwise: str) -> None:
        _claim_published(self._anchor, self._client, otherwise)


def _leaves_a_gap(last: AnchorTransaction, sequence: int) -> bool:
    """Whether nothing of ours under way fills the nonces between the publisher's next one and this transaction's."""
    under_way = AnchorTransaction.objects.filter(
        chain=last.chain, anchor__in=[each.id for each in open_anchors(last.chain)], sequence__gte=sequence
    )
    return not under_way.filter(sequence__lt=last.sequence).exists()


def _claim_published(anchor: Anchor, client: ChainClient, otherwise: str) -> None:
    """None of our transactions is on the chain. If the contract has the checkpoint all the same, that is as good.

    Where it has it with another count of records, an earlier anchor's transaction came after all: a fresh anchor adopts it.
    """
    found = client.published(log_key(anchor.channel), anchor.index)
    if found is not None and _is_ours(found, anchor.checkpoint) and found.records == anchor.records:
        carrier = client.publisher_of(log_key(anchor.channel), anchor.index, found.block)
        receipt = client.receipt(carrier) if carrier else None
        if receipt is not None:
            _place(anchor, client, receipt)
        return
    change(anchor.id, "abandon", reason=otherwise)


def _place(anchor: Anchor, client: ChainClient, receipt: Receipt) -> None:
    """A transaction is in a block: read again that the block stands and that the contract has our root; settle at depth.

    Raises Contradiction where the answers do not agree; a re-organisation that is going on looks the same for a moment.
    """
    if not receipt.succeeded:
        change(anchor.id, "abandon", reason=refused_in(receipt))
        return
    head = client.head()
    found = client.published(log_key(anchor.channel), anchor.index)
    block = standing_block(receipt, client)
    if found is None or not _is_ours(found, anchor.checkpoint):
        raise Contradiction(
            f"a receipt says that checkpoint {anchor.index} of {anchor.channel.origin} is in block {receipt.block}, and the "
            "contract does not hold it"
        )
    if (found.block, found.time, found.records) != (block.number, block.time, anchor.records):
        raise Contradiction(f"contract and block {block.number} do not agree on checkpoint {anchor.index}")
    crashpoints.reach("anchor.seen")
    deep = head.number - block.number + 1 >= anchor.chain.confirmations
    place = Place(block.time, block.number, block.hash, receipt.transaction)
    change(anchor.id, "include", place=place, settle=deep)


# --- re-organisations


def _find_orphans(chain: Chain, client: ChainClient) -> None:
    """Go back from the newest placed anchor until one whose block still stands; those above it are orphans.

    Blocks are linked, so where one stands all below it do: mostly this reads a single block.
    """
    placed = Anchor.objects.filter(chain=chain, contract=chain.contract, state__in=PLACED).order_by("-block")
    lost = []
    for anchor in placed[:ORPHANS_PER_ROUND]:
        block = client.block(anchor.block or 0)
        if block is not None and block.hash == bytes(anchor.block_hash or b""):
            break
        lost.append(anchor)
    orphan(chain, lost)
