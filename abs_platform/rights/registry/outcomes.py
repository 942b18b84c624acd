"""What became of steps on the chain, written down: one transaction for each batch, its steps and whoever waits for them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from abs_platform.core import audit, clock, crashpoints, events, jobs
from abs_platform.core.subjects import SubjectRef
from abs_platform.integrations.chains import Contradiction
from abs_platform.parties.actor import PLATFORM
from abs_platform.rights.registry import alerts
from abs_platform.rights.registry.models import RegistryBatch, RegistryEntry
from abs_platform.rights.registry.states import BATCHES, ENTRIES, BatchState, EntryState, after
from abs_platform.trade.models import Trade

log = logging.getLogger(__name__)

NOWHERE = {"transaction": None, "block": None, "block_hash": None, "block_time": None}


@dataclass(frozen=True, slots=True)
class Place:
    """A block, and the transaction in it that carried a batch out."""

    time: datetime
    block: int
    block_hash: bytes
    transaction: bytes


def include(*, batch_id: int, place: Place, refusals: Sequence[str] | None) -> None:
    """The batch is in a block; with `refusals` (for each step the reason, empty for none) deep enough to count.

    Raises Contradiction where there are not as many answers as steps.
    """
    with transaction.atomic():
        batch = _locked(batch_id, "include")
        if batch is None or (refusals is None and bytes(batch.block_hash or b"") == place.block_hash):
            return
        batch.state = BatchState(after(BATCHES, "include", batch.state))
        batch.block, batch.block_hash, batch.block_time = place.block, place.block_hash, place.time
        batch.transaction = place.transaction
        if refusals is not None:
            _settle(batch, refusals)
        _save(batch)
    crashpoints.reach(f"registry.{batch.state}")


def orphan(*, batch_ids: Sequence[int]) -> None:
    """A re-organisation took these batches away. What was done is in doubt until it is done again."""
    with transaction.atomic():
        for batch_id in batch_ids:
            batch = _locked(batch_id, "orphan")
            if batch is None:
                continue
            log.warning("registry: a re-organisation took away batch %s", batch.number)
            batch.state = BatchState(after(BATCHES, "orphan", batch.state))
            _clear(batch)
            _save(batch)
            batch.transactions.update(sent_at=None)
            _step(batch, "doubt", [EntryState.DONE])
    crashpoints.reach("registry.orphaned")


def abandon(*, batch_id: int, reason: str) -> None:
    """None of the batch's transactions can count: its steps wait again."""
    with transaction.atomic():
        batch = _locked(batch_id, "abandon")
        if batch is None:
            return
        batch.state = BatchState(after(BATCHES, "abandon", batch.state))
        batch.reason = reason
        _clear(batch)
        _save(batch)
        rows = RegistryEntry.objects.filter(batch=batch).exclude(state=EntryState.REFUSED)
        rows.update(state=EntryState.PENDING, batch=None, changed_at=clock.now())
    crashpoints.reach("registry.abandoned")


def _locked(batch_id: int, action: str) -> RegistryBatch | None:
    """The batch, when the step is still to be taken."""
    batch = RegistryBatch.objects.select_for_update().get(id=batch_id)
    return batch if batch.state in BATCHES[action].sources else None


def _clear(batch: RegistryBatch) -> None:
    for name, value in NOWHERE.items():
        setattr(batch, name, value)


def _save(batch: RegistryBatch) -> None:
    batch.changed_at = clock.now()
    batch.save()


def _step(batch: RegistryBatch, action: str, states: Sequence[EntryState]) -> None:
    target = ENTRIES[action].target
    RegistryEntry.objects.filter(batch=batch, state__in=states).update(state=target, changed_at=clock.now())


def _settle(batch: RegistryBatch, refusals: Sequence[str]) -> None:
    entries = list(RegistryEntry.objects.select_for_update().filter(batch=batch).order_by("id"))
    if len(entries) != len(refusals):
        raise Contradiction(f"batch {batch.number} has {len(entries)} steps, and the registry tells of {len(refusals)}")
    batch.state = BatchState(after(BATCHES, "settle", batch.state))
    for entry, reason in zip(entries, refusals, strict=True):
        if entry.state == EntryState.REFUSED:
            continue  # told once; whatever became of it since is for the reconciliation to see
        entry.state = EntryState(after(ENTRIES, "refuse" if reason else "finish", entry.state))
        entry.reason = reason
        entry.active = entry.active and not reason
        entry.changed_at = clock.now()
        entry.save(update_fields=["state", "reason", "active", "changed_at"])
        _tell(entry)


def _tell(entry: RegistryEntry) -> None:
    refused = entry.state == EntryState.REFUSED
    payload = {
        "entry": entry.id,
        "right": str(entry.right_id),
        "kind": entry.kind,
        "pledge": str(entry.pledge_id or ""),
        "reason": entry.reason,
    }
    jobs.publish("registry.refused" if refused else "registry.done", payload, key=str(entry.id))
    if entry.kind in ("pledge", "release", "settle") or refused:
        audit.record(
            actor=PLATFORM,
            verb="right.registry_refused" if refused else "right.registry_done",
            subject=SubjectRef("right", entry.right_id),
            detail={"kind": entry.kind, "reason": entry.reason},
        )
        _notify(entry)
    if refused:
        alerts.refused(entry)


def _notify(entry: RegistryEntry) -> None:
    """Live events carry the trade, as those of a right's computation do."""
    trade = Trade.objects.filter(right=entry.right_id).first()
    if trade is not None:
        events.notify([trade.seller_id, trade.buyer_id, entry.holder_id], "right", trade.id)
