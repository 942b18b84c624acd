"""What the explorer's replies look like."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers

from abs_platform.core.rest.fields import Body, time
from abs_platform.ledger import explorer, life, public_log, selectors
from abs_platform.ledger.key_models import ALGORITHMS, PublisherKey
from abs_platform.ledger.models import STATES, Anchor, Checkpoint, Cosignature, Record

KINDS = ["evm", "rfc3161"]
WAITING = "waiting"
RECORD_STATES = ["received", "recorded", "anchored"]


class CheckpointHead(serializers.Serializer[Any]):
    size = serializers.IntegerField()
    root = serializers.CharField()  # type: ignore[assignment]  # the contract's name shadows DRF's attribute
    time = serializers.DateTimeField()


class CoveredOut(serializers.Serializer[Any]):
    chain = serializers.CharField()
    size = serializers.IntegerField(help_text="Leaves that the newest anchored checkpoint on this chain covers")


class ChannelOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    origin = serializers.CharField()
    hash = serializers.ChoiceField(choices=["sm3", "sha256"])
    size = serializers.IntegerField(help_text="Records that have their place")
    pending = serializers.IntegerField(help_text="Records that wait for one")
    required = serializers.IntegerField(help_text="On how many of its chains a record must be, to count as anchored")  # type: ignore[assignment]  # the contract's name shadows DRF's attribute
    anchored = serializers.IntegerField(help_text="Leaves that are on as many chains as required")
    newest = CheckpointHead(allow_null=True)
    chains = CoveredOut(many=True)


class ChannelsOut(serializers.Serializer[Any]):
    channels = ChannelOut(many=True)


class ChainOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    chain_id = serializers.IntegerField(allow_null=True)
    contract = serializers.CharField(allow_blank=True)
    publisher = serializers.CharField(allow_blank=True, help_text="The account that publishes there")
    state = serializers.ChoiceField(choices=["ok", "behind", "degraded", "not_set_up"])
    reason = serializers.CharField(allow_blank=True, help_text="Why it is degraded, as a code")
    detail = serializers.CharField(allow_blank=True, help_text="What is wrong, in words; for operators")
    head = serializers.IntegerField(allow_null=True)
    head_seen_at = serializers.DateTimeField(allow_null=True)
    lag = serializers.IntegerField(help_text="Records not yet anchored on this chain")
    waiting_since = serializers.DateTimeField(allow_null=True, help_text="Time of the oldest checkpoint of these")
    pending = serializers.IntegerField(help_text="Anchors under way on this chain")
    sequence = serializers.IntegerField(allow_null=True, help_text="The publisher's next nonce")
    balance = serializers.CharField(allow_null=True, help_text="The publisher's balance, smallest unit")
    reorganisations = serializers.IntegerField(help_text="How often one took an anchor away")


class ChainsOut(serializers.Serializer[Any]):
    chains = ChainOut(many=True)


class CheckpointAnchorOut(serializers.Serializer[Any]):
    """Where a checkpoint, or the smallest later one that covers it, stands on one chain."""

    chain = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    chain_id = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=STATES)
    size = serializers.IntegerField(help_text="Of the checkpoint that was brought to the chain")
    block = serializers.IntegerField(allow_null=True)
    time = serializers.DateTimeField(allow_null=True, help_text="The block's, or the authority's")
    tx = serializers.CharField(allow_null=True)


class AnchorDetailOut(CheckpointAnchorOut):
    contract = serializers.CharField(allow_blank=True)
    index = serializers.IntegerField(help_text="Its number in the contract, or among the authority's time-stamps")
    records = serializers.IntegerField(help_text="Records the log had taken in by then, as published with it")
    block_hash = serializers.CharField(allow_null=True)
    orphaned = serializers.IntegerField(help_text="How often a re-organisation took its block away")
    reason = serializers.CharField(allow_blank=True, help_text="Why it was given up")
    changed_at = serializers.DateTimeField()


class SignerOut(serializers.Serializer[Any]):
    algorithm = serializers.ChoiceField(choices=ALGORITHMS)
    name = serializers.CharField()


class SignerDetailOut(SignerOut):
    public = serializers.CharField(help_text="Hex")
    retired_at = serializers.DateTimeField(allow_null=True)


class CosignatureOut(serializers.Serializer[Any]):
    witness = serializers.CharField()
    time = serializers.DateTimeField(help_text="As the witness says")


class CheckpointOut(serializers.Serializer[Any]):
    channel = serializers.CharField()
    size = serializers.IntegerField()
    first = serializers.IntegerField(help_text="Leaves first … size-1 came with it")
    root = serializers.CharField()  # type: ignore[assignment]  # the contract's name shadows DRF's attribute
    time = serializers.DateTimeField()
    keys = SignerOut(many=True)
    cosignatures = CosignatureOut(many=True)
    anchors = CheckpointAnchorOut(many=True)


class CheckpointDetailOut(CheckpointOut):
    note = serializers.CharField()
    keys = SignerDetailOut(many=True)
    anchors = AnchorDetailOut(many=True)
    abandoned = AnchorDetailOut(many=True)
    previous = serializers.IntegerField(allow_null=True)
    next = serializers.IntegerField(allow_null=True)


class SubjectOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    id = serializers.UUIDField()


class PlaceOnChain(serializers.Serializer[Any]):
    chain = serializers.CharField()
    state = serializers.ChoiceField(choices=[WAITING, *STATES], help_text="waiting: nothing is on its way there yet")


class LedgerRecordOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    channel = serializers.CharField()
    template = serializers.CharField()
    time = serializers.DateTimeField()
    subject = SubjectOut()
    actor = serializers.CharField(help_text="Who had it made")
    state = serializers.ChoiceField(choices=RECORD_STATES)
    index = serializers.IntegerField(allow_null=True)
    checkpoint_size = serializers.IntegerField(allow_null=True)
    chains = PlaceOnChain(many=True)


class EventOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=life.EVENTS)
    time = serializers.DateTimeField(allow_null=True)
    chain = serializers.CharField(allow_null=True)
    params = serializers.DictField()


class LedgerRecordDetailOut(LedgerRecordOut):
    commitment = serializers.CharField()
    leaf_hash = serializers.CharField()
    required = serializers.IntegerField()  # type: ignore[assignment]  # the contract's name shadows DRF's attribute
    anchors = CheckpointAnchorOut(many=True)
    timeline = EventOut(many=True)


class RecordQuery(serializers.Serializer[Any]):
    channel = serializers.CharField(max_length=80, required=False)
    template = serializers.CharField(max_length=80, required=False)
    subject = serializers.UUIDField(required=False)
    index = serializers.IntegerField(min_value=0, max_value=explorer.LARGEST, required=False)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class SearchQuery(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=100)


class FoundAnchorOut(CheckpointAnchorOut):
    channel = serializers.CharField()


class FoundOut(serializers.Serializer[Any]):
    records = LedgerRecordOut(many=True)
    checkpoints = CheckpointOut(many=True)
    anchors = FoundAnchorOut(many=True)


def channel_body(state: explorer.ChannelState) -> Body:
    row, newest = state.channel, state.newest
    head = {"size": newest.size, "root": bytes(newest.root).hex(), "time": time(newest.time)} if newest else None
    return {
        "name": row.name,
        "origin": row.origin,
        "hash": row.hash,
        "size": newest.size if newest else 0,
        "pending": state.pending,
        "required": row.required,
        "anchored": state.anchored,
        "newest": head,
        "chains": [{"chain": chain, "size": size} for chain, size in state.covered.items()],
    }


def anchor_body(anchor: Anchor) -> Body:
    return {
        "chain": anchor.chain.name,
        "kind": anchor.chain.kind,
        "chain_id": anchor.chain.chain_id,
        "state": anchor.state,
        "size": anchor.size,
        "block": anchor.block,
        "time": time(anchor.block_time),
        "tx": _hex(anchor.transaction),
    }


def anchor_detail(anchor: Anchor) -> Body:
    return {
        **anchor_body(anchor),
        "contract": anchor.contract,
        "index": anchor.index,
        "records": anchor.records,
        "block_hash": _hex(anchor.block_hash),
        "orphaned": anchor.orphaned,
        "reason": anchor.reason,
        "changed_at": time(anchor.changed_at),
    }


def checkpoint_bodies(rows: Sequence[Checkpoint]) -> list[Body]:
    """Checkpoints of any channels, for a list; what belongs to them is fetched for all at once."""
    anchors: dict[tuple[UUID, int], list[Anchor]] = {}
    for channel in {row.channel_id: row.channel for row in rows}.values():
        indexes = [row.size - 1 for row in rows if row.channel_id == channel.id]
        anchors |= {
            (channel.id, index): over for index, over in explorer.covering(channel=channel, indexes=indexes).items()
        }
    cosigned: dict[UUID, list[Cosignature]] = {row.id: [] for row in rows}
    for cosignature in Cosignature.objects.filter(checkpoint__in=list(cosigned)).order_by("witness"):
        cosigned[cosignature.checkpoint_id].append(cosignature)
    return [
        {
            "channel": row.channel.name,
            "size": row.size,
            "first": row.first,
            "root": bytes(row.root).hex(),
            "time": time(row.time),
            "keys": [{"algorithm": key.algorithm, "name": key.name} for key in (row.sm2_key, row.ed25519_key)],
            "cosignatures": [{"witness": each.witness, "time": time(each.time)} for each in cosigned[row.id]],
            "anchors": [anchor_body(anchor) for anchor in anchors[row.channel_id, row.size - 1]],
        }
        for row in rows
    ]


def checkpoint_detail(row: Checkpoint) -> Body:
    [body] = checkpoint_bodies([row])
    [over] = explorer.covering(channel=row.channel, indexes=[row.size - 1]).values()
    previous, following = explorer.neighbours(row)
    return {
        **body,
        "note": public_log.note_of(row),
        "keys": [_signer(key) for key in (row.sm2_key, row.ed25519_key)],
        "anchors": [anchor_detail(anchor) for anchor in over],
        "abandoned": [anchor_detail(anchor) for anchor in explorer.abandoned(row)],
        "previous": previous,
        "next": following,
    }


def _signer(key: PublisherKey) -> Body:
    return {
        "algorithm": key.algorithm,
        "name": key.name,
        "public": bytes(key.public).hex(),
        "retired_at": time(key.retired_at),
    }


def record_bodies(rows: Sequence[Record]) -> list[Body]:
    """Records for a list; where each stands is fetched for all at once."""
    positions = selectors.positions([row.id for row in rows])
    chains = explorer.chains_of({row.channel_id for row in rows})
    return [_record_body(row, positions[row.id], chains[row.channel_id]) for row in rows]


def _record_body(row: Record, position: selectors.Position, chains: Sequence[str]) -> Body:
    states = {anchor.chain: anchor.state for anchor in position.anchors}
    return {
        "id": str(row.id),
        "channel": row.channel.name,
        "template": row.template,
        "time": time(row.time),
        "subject": {"kind": row.subject_kind, "id": str(row.subject_id)},
        "actor": row.actor,
        "state": "received" if position.index is None else "anchored" if position.is_anchored else "recorded",
        "index": position.index,
        "checkpoint_size": position.checkpoint_size,
        "chains": [{"chain": chain, "state": states.get(chain, WAITING)} for chain in chains],
    }


def record_detail(row: Record) -> Body:
    [body] = record_bodies([row])
    index = body["index"]
    placed = index is not None
    over = explorer.covering(channel=row.channel, indexes=[index])[index] if placed else []
    events = life.life(
        row,
        index=index,
        checkpoint=explorer.smallest_over(row.channel, index) if placed else None,
        attempts=explorer.attempts(row, index) if placed else (),
        cosignatures=explorer.cosignatures(row.channel, index) if placed else (),
    )
    return {
        **body,
        "commitment": bytes(row.commitment).hex(),
        "leaf_hash": explorer.leaf_hash(row).hex(),
        "required": row.channel.required,
        "anchors": [anchor_body(anchor) for anchor in over],
        "timeline": [
            {"kind": event.kind, "time": time(event.time), "chain": event.chain, "params": event.params}
            for event in events
        ],
    }


def found_body(found: explorer.Found) -> Body:
    return {
        "records": record_bodies(found.records),
        "checkpoints": checkpoint_bodies(found.checkpoints),
        "anchors": [{**anchor_body(anchor), "channel": anchor.channel.name} for anchor in found.anchors],
    }


def _hex(value: bytes | memoryview | None) -> str | None:
    return None if value is None else f"0x{bytes(value).hex()}"
