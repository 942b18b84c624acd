"""Taking steps to the registry, each exactly once, whatever crashes or re-organises.

A round asks the chain without a transaction, then writes what it learnt in one. Steps that wait go out together, as one
batch under the number that our account is at in the contract: a transaction that comes twice, or from a database that was
set back, is refused there. How a transaction gets into a block stands in `ledger.sending`. A batch is settled when its
block is deep enough and was read again; then each of its steps is done or refused, and whoever waits for it is told.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from abs_platform.core import clock, crashpoints
from abs_platform.integrations.chains import ChainError, Contradiction, Draft, Receipt, Rejected
from abs_platform.integrations.registries import Kind, RegistryClient, Step
from abs_platform.ledger.anchoring import POLL_SECONDS, Busy, alone
from abs_platform.ledger.publishing import Rivalry, WrongChain
from abs_platform.ledger.sending import pursue, standing_block
from abs_platform.rights.models import Right
from abs_platform.rights.registry import contract, digests, outcomes
from abs_platform.rights.registry.models import (
    LIVE,
    OPEN,
    PLACED,
    Registry,
    RegistryBatch,
    RegistryEntry,
    RegistryTransaction,
)
from abs_platform.rights.registry.states import EntryState

LOCK = "rights.registry"
MOST_WEIGHT = 200
"""Of a batch: a step and each of its fingerprints weigh one. Gas: at most about 8 million."""
MOST_FINGERPRINTS = 150
"""That a pledge takes along; more are claimed after it."""
ORPHANS_PER_ROUND = 64
NUMBER_TAKEN = "UnexpectedNumber"  # the contract's own name for it

__all__ = ["Busy", "carry"]


def carry(*, patience: timedelta = timedelta(0)) -> bool:
    """Rounds until nothing is left to do or `patience` ran out. Returns whether something is.

    Raises Busy when another worker is at it, and ChainError after noting it for operators to see. Call it outside
    transactions.
    """
    deadline = time.monotonic() + patience.total_seconds()
    with alone(LOCK):
        while True:
            row = contract.known()
            if row is None:
                return False
            try:
                is_left = _round(row, contract.client_of(row))
            except ChainError as error:
                contract.note(error.reason, str(error))
                raise
            contract.note("", "")
            if not is_left or time.monotonic() > deadline:
                return is_left
            time.sleep(POLL_SECONDS)


def _round(row: Registry, client: RegistryClient) -> bool:
    if client.chain_id() != row.chain_id:
        raise WrongChain(f"chain {client.chain_id()} answers where chain {row.chain_id} was set up; run setup_registry")
    head = client.head()
    Registry.objects.update(head=head.number, head_seen_at=clock.now())
    account = client.account()
    _find_orphans(row, client)
    under_way = _open(row)
    if not under_way:
        batch = _prepare(row, client)
        under_way = [batch] if batch else []
    for batch in under_way:
        pursue(_BatchCargo(row, batch, client), client, account.sequence)
    return bool(_open(row)) or RegistryEntry.objects.filter(state=EntryState.PENDING).exists()


def _open(row: Registry) -> list[RegistryBatch]:
    """What is under way, in the order that the contract takes it."""
    return list(RegistryBatch.objects.filter(contract=row.contract, state__in=OPEN).order_by("number"))


def _live(row: Registry) -> int:
    """How many batches count in the contract, by our own book."""
    return RegistryBatch.objects.filter(contract=row.contract, state__in=LIVE).count()


# --- a new batch


def _prepare(row: Registry, client: RegistryClient) -> RegistryBatch | None:
    """Sign and store a transaction for the steps that wait. None when there are none, or another worker was faster."""
    number = _live(row)
    entries = _next_entries()
    if not entries:
        return None
    carried = client.carried(row.platform)
    if carried != number:
        raise Rivalry(
            f"the registry has carried out {carried} batches of our account, {number} are known here: another platform holds "
            "our key, or this database was rolled back"
        )
    try:
        draft = client.draft(number, [_step(entry) for entry in entries])
    except Rejected as refusal:
        if refusal.code != NUMBER_TAKEN:
            raise
        return None  # by another worker's, since the contract was asked
    signed = client.sign(draft)
    crashpoints.reach("registry.signed")
    with transaction.atomic():
        Registry.objects.select_for_update().get(id=row.id)
        ids = [entry.id for entry in entries]
        waiting = RegistryEntry.objects.filter(id__in=ids, state=EntryState.PENDING)
        if _open(row) or _live(row) != number or waiting.count() != len(ids):
            return None
        batch = RegistryBatch.objects.create(contract=row.contract, number=number)
        RegistryTransaction.objects.create(batch=batch, sequence=signed.sequence, transaction=signed.id, raw=signed.raw)
        waiting.update(state=EntryState.SENT, batch=batch, changed_at=clock.now())
    crashpoints.reach("registry.stored")
    return batch


def _next_entries() -> list[RegistryEntry]:
    """The steps that wait longest, as many as one transaction takes, each with its fingerprints."""
    chosen: list[RegistryEntry] = []
    weight = 0
    for entry in RegistryEntry.objects.filter(state=EntryState.PENDING).order_by("id")[:MOST_WEIGHT]:
        if entry.kind == "pledge" and entry.fingerprints is None:
            _make_ready(entry)
        weight += 1 + len(entry.fingerprints or ())
        if weight > MOST_WEIGHT and chosen:
            break
        chosen.append(entry)
    return chosen


def _make_ready(entry: RegistryEntry) -> None:
    """Find out what a pledged right rests on. It takes a while, so nobody's transaction waits for it."""
    right = Right.objects.select_related("trade").filter(id=entry.right_id).first()
    found = digests.fingerprints_of(right.trade)[:MOST_FINGERPRINTS] if right else []
    RegistryEntry.objects.filter(id=entry.id, fingerprints=None).update(fingerprints=found)
    entry.fingerprints = found


def _step(entry: RegistryEntry) -> Step:
    right = bytes(entry.digest)
    fingerprints = tuple(bytes(each) for each in entry.fingerprints or ())
    if entry.rung is not None:
        return Step(Kind.ATTEST, right, entry.rung.to_bytes(32, "big"))
    if entry.pledge_digest is not None:
        return Step(Kind[entry.kind.upper()], right, bytes(entry.pledge_digest), fingerprints)
    return Step(Kind[entry.kind.upper()], right, fingerprints=fingerprints)


# --- a batch under way


class _BatchCargo:
    """A batch on its way to a block."""

    name = "registry"

    def __init__(self, row: Registry, batch: RegistryBatch, client: RegistryClient) -> None:
        self._row = row
        self._batch = batch
        self._client = client

    @property
    def changed_at(self) -> datetime:
        return self._batch.changed_at

    @property
    def is_placed(self) -> bool:
        return self._batch.state in PLACED

    def stored(self) -> Sequence[RegistryTransaction]:
        return list(self._batch.transactions.order_by("-id"))

    def is_lost(self, last: RegistryTransaction, sequence: int) -> bool:
        """Below its nonce, and no transaction of an earlier batch fills the gap."""
        earlier = RegistryTransaction.objects.filter(
            batch__contract=self._row.contract,
            batch__state__in=OPEN,
            sequence__gte=sequence,
            sequence__lt=last.sequence,
        )
        return sequence < last.sequence and not earlier.exists()

    def draft(self) -> Draft:
        entries = self._batch.entries.order_by("id")
        return self._client.draft(self._batch.number, [_step(entry) for entry in entries])

    def store(self, draft: Draft) -> RegistryTransaction | None:
        signed = self._client.sign(draft)
        with transaction.atomic():
            Registry.objects.select_for_update().get(id=self._row.id)
            known = RegistryTransaction.objects.filter(transaction=signed.id)
            if not RegistryBatch.objects.filter(id=self._batch.id, state__in=OPEN).exists() or known.exists():
                return None
            return RegistryTransaction.objects.create(
                batch=self._batch, sequence=signed.sequence, transaction=signed.id, raw=signed.raw
            )

    def place(self, receipt: Receipt) -> None:
        """Read again that the block stands and what became of each step; settle at depth. Raises Contradiction where the
        answers do not agree; a re-organisation that is going on looks the same for a moment.
        """
        batch, client = self._batch, self._client
        head = client.head()
        refusals = client.refusals(receipt.transaction)
        carried = client.carried(self._row.platform)
        block = standing_block(receipt, client)
        if carried <= batch.number:
            raise Contradiction(
                f"a receipt says that batch {batch.number} is in block {block.number}; the registry denies it"
            )
        crashpoints.reach("registry.seen")
        place = outcomes.Place(block.time, block.number, block.hash, receipt.transaction)
        is_deep = head.number - block.number + 1 >= self._row.confirmations
        outcomes.include(batch_id=batch.id, place=place, refusals=refusals if is_deep else None)

    def abandon(self, reason: str) -> None:
        outcomes.abandon(batch_id=self._batch.id, reason=reason)

    def orphan(self) -> None:
        outcomes.orphan(batch_ids=[self._batch.id])

    def look_for(self, otherwise: str) -> None:
        """Under its number the contract took either this batch, whose transaction would be known, or another's."""
        if self._client.carried(self._row.platform) > self._batch.number:
            raise Rivalry(
                f"the registry has carried out batch {self._batch.number} of our account in a transaction that is not ours: "
                "another platform holds our key"
            )
        self.abandon(otherwise)


# --- re-organisations


def _find_orphans(row: Registry, client: RegistryClient) -> None:
    """Go back from the newest placed batch until one whose block still stands; those above it are orphans."""
    placed = RegistryBatch.objects.filter(contract=row.contract, state__in=PLACED).order_by("-number")
    lost = []
    for batch in placed[:ORPHANS_PER_ROUND]:
        block = client.block(batch.block or 0)
        if block is not None and block.hash == bytes(batch.block_hash or b""):
            break
        lost.append(batch.id)
    if lost:
        outcomes.orphan(batch_ids=lost)
