"""What the database itself refuses of the registry's rows, whatever program asks."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.rights.registry.models import (
    Reconciliation,
    Registry,
    RegistryBatch,
    RegistryEntry,
    RegistryTransaction,
)

pytestmark = pytest.mark.usefixtures("db")

HASH = b"\x01" * 32
PLACED: dict[str, Any] = {"transaction": HASH, "block": 1, "block_hash": HASH, "block_time": clock.now()}
PLEDGED: dict[str, Any] = {"kind": "pledge", "pledge_id": uuid7(), "pledge_digest": HASH, "holder_id": uuid7()}


def registry(**changes: Any) -> Registry:
    Registry.objects.all().delete()
    return Registry.objects.create(**{"chain": "x", "chain_id": 1, "contract": "0x1", "platform": "0x2", **changes})


def batch(**changes: Any) -> RegistryBatch:
    return RegistryBatch.objects.create(**{"contract": "0x1", "number": 0, **changes})


def sent(**changes: Any) -> RegistryTransaction:
    fields = {"sequence": 0, "transaction": HASH, "raw": b"x", **changes}
    return RegistryTransaction.objects.create(batch=fields.pop("batch", None) or batch(), **fields)


def entry(**changes: Any) -> RegistryEntry:
    fields = {"right_id": uuid7(), "kind": "register", "digest": HASH, "effect": secrets.token_hex(8), "actor": "x"}
    return RegistryEntry.objects.create(**{**fields, **changes})


def run(**changes: Any) -> Reconciliation:
    return Reconciliation.objects.create(**changes)


def twice(make: Callable[[], object]) -> None:
    make()
    make()


RIGHT = uuid7()
ILLEGAL: dict[str, Callable[[], object]] = {
    "registry_one": lambda: registry(id=2),
    "registry_confirmations_positive": lambda: registry(confirmations=0),
    "registry_trouble_has_time": lambda: registry(trouble="x"),
    "registry_batch_one_per_number": lambda: twice(batch),
    "registry_batch_state_known": lambda: batch(state="lost"),
    "registry_batch_number_natural": lambda: batch(number=-1),
    "registry_batch_placed_has_block": lambda: batch(state="settled"),
    "registry_batch_placed_has_block ": lambda: batch(**PLACED),
    "registry_batch_placed_has_block  ": lambda: batch(state="included", **{**PLACED, "block_time": None}),
    "registry_batch_abandoned_has_reason": lambda: batch(state="abandoned"),
    "registry_batch_abandoned_has_reason ": lambda: batch(reason="x"),
    "registry_batch_transaction_size": lambda: batch(state="settled", **{**PLACED, "transaction": b"x"}),
    "registry_batch_block_hash_size": lambda: batch(state="settled", **{**PLACED, "block_hash": b"x"}),
    "registry_transaction_once": lambda: [sent(batch=batch(number=number)) for number in (0, 1)],
    "registry_transaction_id_size": lambda: sent(transaction=b"x"),
    "registry_sequence_natural": lambda: sent(sequence=-1),
    "registry_one_active_pledge": lambda: twice(lambda: entry(right_id=RIGHT, active=True, **PLEDGED)),
    "registry_entry_kind_known": lambda: entry(kind="poem"),
    "registry_entry_state_known": lambda: entry(state="lost", batch=batch()),
    "registry_entry_sent_has_batch": lambda: entry(state="sent"),
    "registry_entry_sent_has_batch ": lambda: entry(batch=batch()),
    "registry_entry_refused_has_reason": lambda: entry(state="refused", batch=batch()),
    "registry_entry_refused_has_reason ": lambda: entry(reason="Taken"),
    "registry_entry_attest_has_rung": lambda: entry(kind="attest"),
    "registry_entry_attest_has_rung ": lambda: entry(rung=3),
    "registry_entry_rung": lambda: entry(kind="attest", rung=6),
    "registry_entry_of_a_pledge": lambda: entry(kind="release", pledge_id=uuid7()),
    "registry_entry_of_a_pledge ": lambda: entry(pledge_id=uuid7(), pledge_digest=HASH),
    "registry_entry_pledge_has_holder": lambda: entry(**{**PLEDGED, "holder_id": None}),
    "registry_entry_claim_has_fingerprints": lambda: entry(kind="claim"),
    "registry_entry_claim_has_fingerprints ": lambda: entry(fingerprints=[HASH]),
    "registry_entry_active": lambda: entry(active=True),
    "registry_entry_active ": lambda: entry(active=True, state="refused", reason="Taken", batch=batch(), **PLEDGED),
    "registry_entry_digest_size": lambda: entry(digest=b"x"),
    "registry_entry_pledge_digest_size": lambda: entry(**{**PLEDGED, "pledge_digest": b"x"}),
    "rights_registryentry_effect_key": lambda: twice(lambda: entry(effect="x")),
    "reconciliation_state_known": lambda: run(state="lost", finished_at=clock.now()),
    "reconciliation_ended_has_time": lambda: run(state="in_order"),
    "reconciliation_ended_has_time ": lambda: run(finished_at=clock.now()),
    "reconciliation_differs_by_something": lambda: run(state="differs", finished_at=clock.now()),
    "reconciliation_differs_by_something ": lambda: run(differences=[{"kind": "x"}]),
}


@pytest.mark.parametrize("name", ILLEGAL)
def test_the_database_refuses(name: str) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        ILLEGAL[name]()
    assert name.strip() in str(refused.value)


def test_what_was_told_to_others_stays() -> None:
    row = entry(fingerprints=[HASH], **PLEDGED)
    changes: list[dict[str, Any]] = [
        {"kind": "release"}, {"digest": b"\x02" * 32}, {"right_id": uuid7()}, {"pledge_id": uuid7()},
        {"pledge_digest": b"\x02" * 32}, {"holder_id": uuid7()}, {"effect": "another"}, {"fingerprints": None},
        {"fingerprints": [b"\x02" * 32]}, {"created_at": clock.now()},
    ]  # fmt: skip
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            RegistryEntry.objects.filter(id=row.id).update(**change)
    for rows in (RegistryEntry.objects.filter(id=row.id), RegistryBatch.objects.filter(id=batch().id)):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    RegistryEntry.objects.filter(id=row.id).update(state="refused", reason="Taken", batch=RegistryBatch.objects.get())
