"""Bringing something into a block, exactly once, whatever crashes or re-organises.

What is on its way (a checkpoint, a batch of a registry's steps) is a `Cargo`: it stores its signed transactions, and
knows what it means that one of them is in a block. What makes a round safe to repeat:

- a transaction's bytes are committed before they are sent, so after a crash the very same bytes go out again;
- one that the chain leaves lying is replaced under the same nonce, and one whose nonce can no longer come is signed
  anew: whichever gets into a block counts, and the contract refuses a second, for a transaction names the number that
  its content must get there.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from django.conf import settings

from abs_platform.core import clock, crashpoints
from abs_platform.integrations.chains import Block, Contradiction, Draft, Receipt, Rejected, TransactionSender
from abs_platform.ledger.chain_transactions import ChainTransaction

RESEND_AFTER = timedelta(seconds=5)
REPLACEMENTS = 16  # by then the fees are six and a half times the first ones: a person has to look

Stored = TypeVar("Stored", bound=ChainTransaction)


class Cargo(Protocol[Stored]):
    """What is on its way to a chain."""

    @property
    def name(self) -> str:
        """What its crash points are called by."""
        ...

    @property
    def changed_at(self) -> datetime:
        """When it last took a step."""
        ...

    @property
    def is_placed(self) -> bool:
        """Whether one of its transactions was seen in a block."""
        ...

    def stored(self) -> Sequence[Stored]:
        """Its transactions, the newest first."""
        ...

    def is_lost(self, last: Stored, sequence: int) -> bool:
        """Whether the last transaction cannot come any more, the account's next nonce being `sequence`."""
        ...

    def draft(self) -> Draft:
        """Its content as a new transaction."""
        ...

    def store(self, draft: Draft) -> Stored | None:
        """Sign and commit one more transaction; None when it is settled or the very same is there."""
        ...

    def place(self, receipt: Receipt) -> None:
        """One of its transactions succeeded in a block."""
        ...

    def abandon(self, reason: str) -> None:
        """None of its transactions can count."""
        ...

    def orphan(self) -> None:
        """Its block is gone, and with it its transaction."""
        ...

    def look_for(self, otherwise: str) -> None:
        """None of its transactions is known to the chain: find out whether its content is there all the same."""
        ...


def pursue(cargo: Cargo[Stored], client: TransactionSender, sequence: int) -> None:
    """Look where the transactions are and take the next step. `sequence`: the account's next nonce. Raises ChainError."""
    stored = cargo.stored()
    receipts = [receipt for each in stored if (receipt := client.receipt(bytes(each.transaction)))]
    placed = next((receipt for receipt in receipts if receipt.succeeded), None)
    if placed is not None:
        cargo.place(placed)
    elif receipts:
        cargo.abandon(refused_in(receipts[0]))
    elif cargo.is_placed:
        cargo.orphan()
    elif not stored:
        cargo.look_for("nothing of it is left on the chain")
    else:
        _send(cargo, _renewed(cargo, stored, client, sequence) or stored[0], client)


def refused_in(receipt: Receipt) -> str:
    """Why something is abandoned whose transaction failed."""
    return f"the contract refused the transaction in block {receipt.block}"


def standing_block(receipt: Receipt, client: TransactionSender) -> Block:
    """The receipt's block, read again. Raises Contradiction where the chain has another one there."""
    block = client.block(receipt.block)
    if block is None or block.hash != receipt.block_hash:
        raise Contradiction(f"the receipt names another block {receipt.block} than the chain has")
    return block


def _renewed(cargo: Cargo[Stored], stored: Sequence[Stored], client: TransactionSender, sequence: int) -> Stored | None:
    """Another transaction in the place of the last one, when that can never come or does not; stored already."""
    last = stored[0]
    waits = clock.now() - max(last.created_at, cargo.changed_at)
    if waits < RESEND_AFTER:
        return None
    if cargo.is_lost(last, sequence):
        draft = cargo.draft()
    elif sequence == last.sequence and waits >= settings.ANCHOR_STUCK_AFTER and len(stored) <= REPLACEMENTS:
        draft = client.raise_fees(bytes(last.raw))
    else:
        return None
    renewed = cargo.store(draft)
    crashpoints.reach(f"{cargo.name}.replaced")
    return renewed


def _send(cargo: Cargo[Stored], stored: Stored, client: TransactionSender) -> None:
    if stored.sent_at is not None and clock.now() - stored.sent_at < RESEND_AFTER:
        return
    try:
        client.send(bytes(stored.raw))
    except Rejected as refusal:
        if refusal.code != "nonce_used":
            raise
        if client.receipt(bytes(stored.transaction)) is None:
            cargo.look_for("another transaction has used its nonce")
        return
    crashpoints.reach(f"{cargo.name}.sent")
    type(stored)._default_manager.filter(pk=stored.pk).update(sent_at=clock.now())
