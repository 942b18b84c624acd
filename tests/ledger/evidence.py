"""Which columns of the ledger's tables are evidence, so that the auditor must see every change to them; why others are not.

A column that stands in neither list fails a test: whoever adds one decides.
"""

from django.apps import apps
from django.db import models

from abs_platform.ledger.models import (
    Anchor,
    Chain,
    Channel,
    Checkpoint,
    Cosignature,
    Leaf,
    PendingRecord,
    PublisherKey,
    Record,
    Tile,
)

EVIDENCE: dict[type[models.Model], tuple[str, ...]] = {
    Channel: ("id", "name", "origin", "hash"),
    PublisherKey: ("id", "algorithm", "name", "public", "created_at", "retired_at"),
    Chain: ("id", "name", "kind", "chain_id", "contract"),
    Record: ("id", "channel_id", "template", "time", "commitment"),
    PendingRecord: ("channel_id", "record_id", "leaf_hash"),
    Leaf: ("channel_id", "index", "record_id", "hash"),
    Tile: ("channel_id", "level", "index", "hashes", "root"),
    Checkpoint: ("channel_id", "first", "size", "root", "note", "sm2_key_id", "ed25519_key_id"),
    Cosignature: ("checkpoint_id", "witness", "line", "time"),
    Anchor: (
        "channel_id", "chain_id", "checkpoint_id", "contract", "index", "first", "size", "records", "state",
        "transaction", "block", "block_hash", "block_time",
    ),
}  # fmt: skip

CONFIGURED = "comes from the environment; setup_ledger sets it again"
SEEN = "what was last seen of the chain, for operators; the auditor asks the chain itself"
SURROGATE = "a key for rows that refer to it, which are looked at; it is in nothing that is signed"
CLOCK = "our own clock's word, signed by nobody; times that count are in the entry, the cosignature and the block"
UNCOMMITTED = (
    "not in the entry: who acted is evidence in signed statements; the subject's own row holds the record's id"
)
SENDING = "the means to get something to a chain; what counts is what the contract holds, by which transaction"
TOKEN = "an authority's, not a chain's: see test_audit_tokens.py"
VERDICTS = "what audits found: their output"

NO_EVIDENCE: dict[str, dict[str, str]] = {
    "Channel": {"required": CONFIGURED, "created_at": CLOCK},
    "Chain": {
        "confirmations": CONFIGURED, "publisher_id": SEEN, "head": SEEN, "head_seen_at": SEEN, "sequence": SEEN,
        "balance": SEEN, "reorganisations": SEEN, "trouble": SEEN, "trouble_reason": SEEN, "trouble_since": SEEN,
        "omission": SEEN, "omission_since": SEEN,
    },
    "ChannelChain": {"id": CONFIGURED, "channel_id": CONFIGURED, "chain_id": CONFIGURED},
    "Record": {
        "subject_kind": UNCOMMITTED, "subject_id": UNCOMMITTED, "person_id": UNCOMMITTED,
        "organisation_id": UNCOMMITTED, "actor": UNCOMMITTED,
    },
    "PendingRecord": {"id": "the order of what has no place yet; nobody was promised one"},
    "Checkpoint": {"id": SURROGATE, "time": CLOCK},
    "Cosignature": {"id": SURROGATE, "received_at": CLOCK},
    "Anchor": {
        "id": SURROGATE, "token": TOKEN, "orphaned": SEEN, "reason": SEEN,
        "created_at": CLOCK, "changed_at": CLOCK,
    },
    "AnchorTransaction": {
        "id": SENDING, "anchor_id": SENDING, "chain_id": SENDING, "sequence": SENDING, "transaction": SENDING,
        "raw": SENDING, "key_id": SENDING, "created_at": SENDING, "sent_at": SENDING,
    },
    "HandOver": dict.fromkeys(
        (
            "id", "chain_id", "contract", "predecessor_id", "successor_id", "state", "transaction", "raw",
            "created_at", "changed_at",
        ),
        SENDING,
    ),
    "AuditRun": dict.fromkeys(("id", "channel_id", "mode", "state", "started_at", "finished_at", "size", "counts", "row", "detail", "unreachable"), VERDICTS),
}  # fmt: skip


def columns() -> set[tuple[str, str]]:
    """Every column of the ledger's tables."""
    return {
        (model.__name__, field.column)
        for model in apps.get_app_config("ledger").get_models()
        for field in model._meta.concrete_fields
        if field.column
    }


def decided() -> set[tuple[str, str]]:
    """The columns of both lists."""
    evidence = {(model.__name__, column) for model, names in EVIDENCE.items() for column in names}
    return evidence | {(model, column) for model, reasons in NO_EVIDENCE.items() for column in reasons}
