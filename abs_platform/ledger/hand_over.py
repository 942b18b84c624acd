"""A chain's contract passes from one publisher's key to the next: the old account names its successor, which takes over.

What to do next is read from the contract, never from our rows, so that a round may be repeated after any crash. Each
transaction is stored before it is sent; in doubt the same bytes go out again. The chain's row follows when the contract
has changed at the chain's depth; from then on the new key signs what is published. Anchors that were under way with the
old key are signed anew by the anchorer, or refused by the contract and made afresh: each counts once.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from abs_platform.core import audit, clock, crashpoints, jobs
from abs_platform.core.errors import Conflict, NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.integrations import chains
from abs_platform.integrations.accounts import address
from abs_platform.integrations.chains import ChainClient, Draft, Rejected
from abs_platform.ledger import anchoring, keys
from abs_platform.ledger.anchors import open_anchors
from abs_platform.ledger.key_models import OPEN, HandOver
from abs_platform.ledger.models import Chain
from abs_platform.ledger.publishing import Rivalry, WrongChain
from abs_platform.ledger.services import enqueue_anchors
from abs_platform.ledger.states import HAND_OVER, PLATFORM, HandOverState
from abs_platform.parties.actor import PLATFORM as PLATFORM_ACTOR
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role


def begin(*, chain: str, actor: Actor) -> HandOver:
    """Make the chain's next publisher key and have the contract passed on to it, in the background.

    Raises Forbidden, NotFound, and Conflict for a chain without contract or one that is being passed on already.
    """
    if actor is not PLATFORM_ACTOR:
        actor.require(Role.OPERATOR)
    with transaction.atomic():
        row = Chain.objects.select_for_update(of=("self",)).select_related("publisher").filter(name=chain).first()
        if row is None:
            raise NotFound
        if row.publisher is None or not row.contract:
            raise Conflict("chain_has_no_contract", f"Chain {chain} has no contract of ours; run setup_ledger first.")
        if _open(chain) is not None:
            raise Conflict("hand_over_under_way", f"Chain {chain} is being passed on to a new key already.")
        successor = keys.next_chain_key()
        successor.save(force_insert=True)
        handing = HandOver.objects.create(
            chain=row, contract=row.contract, predecessor=row.publisher, successor=successor
        )
        audit.record(
            actor=actor,
            verb="ledger.hand_over_begun",
            subject=SubjectRef("publisher_key", successor.id),
            detail={"chain": chain, "name": successor.name, "predecessor": row.publisher.name},
        )
        jobs.enqueue("ledger.hand_over", key=chain, payload={"chain": chain})
    return handing


def hand_over(*, chain: str, patience: timedelta = timedelta(0)) -> bool:
    """Rounds until the hand-over is done or `patience` ran out. Returns whether none is under way any more.

    Raises Busy when another worker is at this chain, and ChainError. Call it outside transactions.
    """
    deadline = time.monotonic() + patience.total_seconds()
    with anchoring.alone(chain):
        while True:
            handing = _open(chain)
            if handing is None:
                return True
            if handing.contract != handing.chain.contract:
                _change(handing, "abandon")
                continue
            _round(handing)
            if time.monotonic() > deadline:
                return _open(chain) is None
            time.sleep(anchoring.POLL_SECONDS)


def _open(chain: str) -> HandOver | None:
    handing = HandOver.objects.select_related("chain", "predecessor", "successor")
    return handing.filter(chain__name=chain, state__in=OPEN).first()


def _round(handing: HandOver) -> None:
    """Look at the contract and take the next step towards the new key."""
    chain = handing.chain
    old, new = (
        chains.client(chain.name, contract=chain.contract, key=key.name)
        for key in (handing.predecessor, handing.successor)
    )
    if old.chain_id() != chain.chain_id:
        raise WrongChain(f"chain {old.chain_id()} answers where chain {chain.chain_id} was set up; run setup_ledger")
    before, after = (address(bytes(key.public)) for key in (handing.predecessor, handing.successor))
    publisher, successor = old.publishers()
    if publisher == after:
        if old.publishers(depth=chain.confirmations)[0] == after:
            _finish(handing)
    elif publisher != before:
        raise Rivalry(
            f"contract {chain.contract} takes checkpoints from {publisher}, neither from {before} nor {after}"
        )
    elif successor == after:
        new.fund()
        _bring(handing, "take", new, new.draft_take_over)
    elif open_anchors(chain):
        anchoring.advance(chain=chain.name)  # what is under way with the old key's nonces ends first
    else:
        _bring(handing, "name", old, lambda: old.draft_successor(after))


def _bring(handing: HandOver, step: str, client: ChainClient, draft: Callable[[], Draft]) -> None:
    """Bring the step's transaction to the chain: the stored bytes while they may still count, else new ones."""
    renewed = draft
    if handing.raw is not None and handing.transaction is not None and handing.state == _state_after(handing, step):
        raw, id = bytes(handing.raw), bytes(handing.transaction)
        receipt = client.receipt(id)
        if receipt is None and _sent(client, raw):
            if clock.now() - handing.changed_at < settings.ANCHOR_STUCK_AFTER:
                return
            renewed = partial(client.raise_fees, raw)
        elif receipt is None:
            receipt = client.receipt(id)  # what has used its nonce may be itself, in a block that came just now
        if receipt is not None and receipt.succeeded:
            return  # the next look at the contract shows it
    signed = client.sign(renewed())
    crashpoints.reach("hand_over.signed")
    _change(handing, step, transaction_id=signed.id, raw=signed.raw)
    crashpoints.reach("hand_over.stored")
    _sent(client, signed.raw)
    crashpoints.reach("hand_over.sent")


def _sent(client: ChainClient, raw: bytes) -> bool:
    """Hand the bytes over. False where another transaction has used their nonce."""
    try:
        client.send(raw)
    except Rejected as refusal:
        if refusal.code != "nonce_used":
            raise
        return False
    return True


def _state_after(handing: HandOver, action: str) -> HandOverState:
    return HandOverState(target_of(HAND_OVER, action=action, state=handing.state, roles=frozenset({PLATFORM})))


def _change(handing: HandOver, action: str, *, transaction_id: bytes | None = None, raw: bytes | None = None) -> bool:
    """Take one step of the table. False where another worker was faster."""
    with transaction.atomic():
        locked = HandOver.objects.select_for_update().get(id=handing.id)
        if locked.state != handing.state:
            return False
        locked.state, locked.transaction, locked.raw = _state_after(locked, action), transaction_id, raw
        locked.changed_at = clock.now()
        locked.save()
    return True


def _finish(handing: HandOver) -> None:
    """The contract takes checkpoints from the new account only: let the new key publish, and retire the old one where
    no chain needs it any more.
    """
    with transaction.atomic():
        chain = Chain.objects.select_for_update().get(id=handing.chain_id)
        if not _change(handing, "finish"):
            return
        chain.publisher = handing.successor
        chain.sequence = chain.balance = None
        chain.save(update_fields=["publisher", "sequence", "balance"])
        if not Chain.objects.filter(publisher=handing.predecessor).exists():
            handing.predecessor.retired_at = clock.now()
            handing.predecessor.save(update_fields=["retired_at"])
        audit.record(
            actor=PLATFORM_ACTOR,
            verb="ledger.hand_over_done",
            subject=SubjectRef("publisher_key", handing.successor_id),
            detail={"chain": chain.name, "name": handing.successor.name, "predecessor": handing.predecessor.name},
        )
        enqueue_anchors([chain])
