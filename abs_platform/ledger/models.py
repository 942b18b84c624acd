"""The log's tables. Records, leaves, tiles and checkpoints are only ever inserted into; the database sees to it."""

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.core.models import append_only
from abs_platform.crypto.merkle import HASH_SIZE, TILE_WIDTH
from abs_platform.ledger import states
from abs_platform.ledger.chain_transactions import ChainTransaction, natural
from abs_platform.ledger.constraints import since, sized
from abs_platform.ledger.key_models import PublisherKey
from abs_platform.ledger.states import AnchorState
from abs_platform.ledger.triggers import FOLLOWS, KEYS_IN_FORCE, OF_ITS_CHECKPOINT, on_insert

# Plain strings, so that migrations do not refer to the enumeration.
STATES = [str(state) for state in AnchorState]
LIVE = [str(state) for state in states.LIVE]
OPEN = [str(state) for state in states.OPEN]
PLACED = [str(state) for state in states.PLACED]
ANCHORED = str(AnchorState.ANCHORED)
ABANDONED = str(AnchorState.ABANDONED)
EVM, RFC3161 = "evm", "rfc3161"
AUDIT_MODES = ["full", "incremental"]
AUDIT_STATES = ["running", "in_order", "wrong", "unreachable", "failed"]
UNPLACED = [str(AnchorState.PREPARED), str(AnchorState.ORPHANED)]


class Channel(models.Model):
    """An application's isolated log. The row is also the sequencer's lock."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80, unique=True)
    origin = models.CharField(max_length=200, unique=True)
    hash = models.CharField(max_length=10, choices=[("sm3", "SM3"), ("sha256", "SHA-256")], default="sm3")
    required = models.PositiveSmallIntegerField(default=1)  # of its chains, for a record to count as anchored
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = [pgtrigger.ReadOnly(name="stays", fields=["name", "origin", "hash"])]  # what every checkpoint says
        constraints = [
            models.CheckConstraint(condition=Q(name__regex=r"^[a-z0-9-]+$"), name="channel_name_plain"),
            models.CheckConstraint(condition=Q(origin__regex=r"^[^\s+]+$"), name="channel_origin_plain"),
            models.CheckConstraint(condition=Q(hash__in=["sm3", "sha256"]), name="channel_hash_known"),
            models.CheckConstraint(condition=Q(required__gte=1), name="channel_required_positive"),
        ]


class Chain(models.Model):
    """A chain or time-stamp authority that checkpoints go to, and what was last seen of it; its URL is in ABS_CHAINS."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20)
    chain_id = models.BigIntegerField(null=True)
    contract = models.CharField(max_length=100, blank=True, default="")
    confirmations = models.PositiveIntegerField(default=1)
    head = models.BigIntegerField(null=True)
    head_seen_at = models.DateTimeField(null=True)
    publisher = models.ForeignKey(PublisherKey, on_delete=models.PROTECT, null=True, related_name="chains")
    sequence = models.BigIntegerField(null=True)  # the publisher's next nonce, as last seen
    balance = models.DecimalField(max_digits=78, decimal_places=0, null=True)  # of the publisher, smallest unit
    reorganisations = models.PositiveIntegerField(default=0)  # that took one of our anchors away
    trouble_reason = models.CharField(max_length=20, blank=True, default="")  # a code, `trouble` the words
    trouble = models.TextField(blank=True, default="")
    trouble_since = models.DateTimeField(null=True)
    omission = models.TextField(blank=True, default="")  # what supervision found missing from the log, in words
    omission_since = models.DateTimeField(null=True)
    channels = models.ManyToManyField(Channel, through="ChannelChain", related_name="chains")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(confirmations__gte=1), name="chain_confirmations_positive"),
            models.CheckConstraint(condition=Q(kind__in=["evm", "rfc3161"]), name="chain_kind_known"),
            models.CheckConstraint(
                condition=Q(trouble="", trouble_reason="") | ~Q(trouble="") & ~Q(trouble_reason=""),
                name="chain_trouble_has_reason",
            ),
            since("omission", "omission_since", "chain_omission_has_time"),
            models.CheckConstraint(
                condition=~Q(kind="evm") | Q(contract="") | Q(chain_id__isnull=False),
                name="chain_contract_has_chain_id",
            ),
            since("trouble", "trouble_since", "chain_trouble_has_time"),
        ]

    @property
    def is_ready(self) -> bool:
        """Whether checkpoints can go there."""
        return bool(self.contract) or self.kind == RFC3161


class ChannelChain(models.Model):
    """The channel's checkpoints go to the chain."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "chain"], name="channel_once_per_chain")]


class Record(models.Model):
    """Somebody committed to something at a time: the salted commitment of a subject, under a template."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    template = models.CharField(max_length=80)
    time = models.DateTimeField()
    commitment = models.BinaryField()
    person_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=200)

    class Meta:
        triggers = append_only()
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="record_subject"),
            models.Index(
                fields=["organisation_id", "-id"], name="record_owner", condition=Q(organisation_id__isnull=False)
            ),
        ]
        constraints = [
            sized("commitment", HASH_SIZE, "record_commitment_size"),
            models.CheckConstraint(
                condition=Q(template__regex=r"^[a-z0-9][a-z0-9._/-]*$"), name="record_template_plain"
            ),
            models.CheckConstraint(
                condition=Q(
                    Exact(
                        F("time"),
                        Func(models.Value("milliseconds"), F("time"), models.Value("UTC"), function="date_trunc"),
                    )
                ),
                name="record_time_milliseconds",
            ),
        ]


class PendingRecord(models.Model):
    """A record that waits for its place in the log, with its leaf hash ready. The row goes when the leaf comes."""

    id = models.BigAutoField(primary_key=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, db_index=False)
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="pending")
    leaf_hash = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["channel", "id"], name="pending_order")]
        constraints = [sized("leaf_hash", HASH_SIZE, "pending_hash_size")]


class Leaf(models.Model):
    """A record's place in the log."""

    pk = models.CompositePrimaryKey("channel_id", "index")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, db_index=False)
    index = models.BigIntegerField()
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="leaf")
    hash = models.BinaryField()

    class Meta:
        triggers = append_only()
        constraints = [
            models.CheckConstraint(condition=Q(index__gte=0), name="leaf_index_natural"),
            sized("hash", HASH_SIZE, "leaf_hash_size"),
        ]


class Tile(models.Model):
    """A full tile of 256 hashes (C2SP tlog-tiles) and the node above it, which is one hash of the level above.

    Unfinished tiles are not stored: level 0 follows from the leaves, level L+1 from the roots of level L.
    """

    pk = models.CompositePrimaryKey("channel_id", "level", "index")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, db_index=False)
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()
    root = models.BinaryField()

    class Meta:
        triggers = append_only()
        constraints = [
            models.CheckConstraint(condition=Q(index__gte=0, level__lte=7), name="tile_coordinates"),
            sized("hashes", HASH_SIZE * TILE_WIDTH, "tile_full"),
            sized("root", HASH_SIZE, "tile_root_size"),
        ]


class Checkpoint(models.Model):
    """The log at a size, signed. `first` is the size of the checkpoint before: leaves first … size-1 came with it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, db_index=False)
    first = models.BigIntegerField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    sm2_key = models.ForeignKey(PublisherKey, on_delete=models.PROTECT, related_name="+")
    ed25519_key = models.ForeignKey(PublisherKey, on_delete=models.PROTECT, related_name="+")
    time = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = [
            *append_only(),
            on_insert("follows", FOLLOWS),
            on_insert("keys_in_force", KEYS_IN_FORCE),
        ]
        constraints = [
            models.UniqueConstraint(fields=["channel", "size"], name="checkpoint_once_per_size"),
            models.UniqueConstraint(fields=["channel", "first"], name="checkpoint_one_successor"),
            models.CheckConstraint(condition=Q(first__gte=0, first__lt=F("size")), name="checkpoint_grows"),
            sized("root", HASH_SIZE, "checkpoint_root_size"),
        ]
        indexes = [models.Index(fields=["root"], name="checkpoint_root")]


class Cosignature(models.Model):
    """A witness has seen the checkpoint and found it consistent with all it saw before (C2SP tlog-cosignature)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=100)
    line = models.CharField(max_length=300)  # the note's signature line, without its newline
    time = models.DateTimeField()  # as the witness says
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "witness"], name="cosignature_once"),
            models.CheckConstraint(
                condition=Q(line__regex=r"^— [^\s+]+ [A-Za-z0-9+/=]+$"), name="cosignature_line_form"
            ),
        ]


class Anchor(models.Model):
    """A checkpoint on its way to, or on, one chain. `index` is its number in the chain's contract, or among the
    time-stamps of an authority. `records`: how many the log had taken in by then, as published with it.

    Leaves first … size-1 are those that the chain did not cover before. `token` is a time-stamp authority's answer (DER);
    `block_time` is then its time.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, db_index=False)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, db_index=False)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="anchors")
    contract = models.CharField(max_length=100)
    index = models.BigIntegerField()
    first = models.BigIntegerField()
    size = models.BigIntegerField()
    records = models.BigIntegerField()
    state = models.CharField(
        max_length=10, choices=[(state, state) for state in STATES], default=str(AnchorState.PREPARED)
    )
    transaction = models.BinaryField(null=True)
    block = models.BigIntegerField(null=True)
    block_hash = models.BinaryField(null=True)
    block_time = models.DateTimeField(null=True)
    token = models.BinaryField(null=True)
    orphaned = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = [
            pgtrigger.ReadOnly(
                name="stays",
                fields=[
                    "channel",
                    "chain",
                    "checkpoint",
                    "contract",
                    "index",
                    "first",
                    "size",
                    "records",
                    "created_at",
                ],
            ),
            on_insert("of_its_checkpoint", OF_ITS_CHECKPOINT),
        ]
        indexes = [
            models.Index(fields=["chain", "index"], name="anchor_open", condition=Q(state__in=OPEN)),
            models.Index(fields=["channel", "chain", "size"], name="anchor_cover", condition=Q(state=ANCHORED)),
            models.Index(fields=["channel", "chain", "size", "id"], name="anchor_by_size"),
            models.Index(fields=["block"], name="anchor_block"),
            models.Index(fields=["transaction"], name="anchor_transaction"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "checkpoint"], condition=Q(state__in=LIVE), name="anchor_one_per_checkpoint"
            ),
            models.UniqueConstraint(
                fields=["chain", "channel", "contract", "index"],
                condition=Q(state__in=LIVE),
                name="anchor_one_per_index",
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="anchor_state_known"),
            models.CheckConstraint(condition=Q(index__gte=0, first__gte=0, first__lt=F("size")), name="anchor_range"),
            models.CheckConstraint(condition=Q(records__gte=F("size")), name="anchor_counts_its_leaves"),
            models.CheckConstraint(
                condition=~Q(state__in=PLACED)
                | Q(block_time__isnull=False, transaction__isnull=False, block__isnull=False, block_hash__isnull=False)
                & Q(token=None)
                | Q(block_time__isnull=False, transaction=None, block=None, block_hash=None) & Q(token__isnull=False),
                name="anchor_placed_has_block",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=UNPLACED)
                | Q(transaction=None, block=None, block_hash=None, block_time=None, token=None),
                name="anchor_unplaced_has_none",
            ),
            models.CheckConstraint(
                condition=Q(state=ABANDONED) & ~Q(reason="") | ~Q(state=ABANDONED) & Q(reason=""),
                name="anchor_abandoned_has_reason",
            ),
            sized("transaction", HASH_SIZE, "anchor_transaction_size"),
            sized("block_hash", HASH_SIZE, "anchor_block_hash_size"),
        ]


class AnchorTransaction(ChainTransaction):
    """A signed transaction of an anchor, or a request to a time-stamp authority, stored before it is sent so that in doubt
    the very same bytes go out again.
    """

    anchor = models.ForeignKey(Anchor, on_delete=models.PROTECT, related_name="transactions")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, db_index=False)
    key = models.ForeignKey(PublisherKey, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "transaction"], name="anchor_transaction_once"),
            sized("transaction", HASH_SIZE, "anchor_transaction_id_size"),
            natural("anchor_sequence_natural"),
        ]


class AuditRun(models.Model):
    """One audit of a channel: what was checked and the verdict. `row` and `detail` name the first wrong row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, db_index=False)
    mode = models.CharField(max_length=12, choices=[(mode, mode) for mode in AUDIT_MODES])
    state = models.CharField(max_length=12, choices=[(state, state) for state in AUDIT_STATES], default="running")
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    size = models.BigIntegerField(default=0)  # of the log, as audited
    counts = models.JSONField(default=dict)  # rows checked, by kind
    row = models.CharField(max_length=200, blank=True, default="")
    detail = models.TextField(blank=True, default="")
    unreachable = models.JSONField(default=dict)  # chain: why

    class Meta:
        indexes = [models.Index(fields=["channel", "-started_at"], name="audit_run_newest")]
        constraints = [
            models.UniqueConstraint(fields=["channel"], condition=Q(state="running"), name="audit_run_one_at_a_time"),
            models.CheckConstraint(condition=Q(mode__in=AUDIT_MODES), name="audit_run_mode_known"),
            models.CheckConstraint(condition=Q(state__in=AUDIT_STATES), name="audit_run_state_known"),
            models.CheckConstraint(
                condition=Q(state="running", finished_at=None) | ~Q(state="running") & Q(finished_at__isnull=False),
                name="audit_run_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="wrong") & Q(row="") | Q(state="wrong") & ~Q(row=""), name="audit_run_wrong_has_row"
            ),
        ]
