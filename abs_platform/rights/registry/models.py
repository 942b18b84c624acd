"""What goes to the registry, what came back, and what was found when both sides were compared."""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.core.models import one_of
from abs_platform.ledger.chain_transactions import ChainTransaction, natural
from abs_platform.ledger.constraints import since, sized
from abs_platform.rights.registry import states
from abs_platform.rights.registry.states import BatchState, EntryState

# Plain strings, so that migrations do not refer to the enumerations.
ENTRY_STATES = [str(state) for state in EntryState]
BATCH_STATES = [str(state) for state in BatchState]
LIVE = [str(state) for state in states.LIVE]
OPEN = [str(state) for state in states.OPEN]
PLACED = [str(state) for state in states.PLACED]
KINDS = ["register", "attest", "pledge", "release", "settle", "claim"]
OF_A_PLEDGE = ["pledge", "release"]
RUN_STATES = ["running", "in_order", "differs", "unreachable"]
DIGEST = 32


class Registry(models.Model):
    """The contract that this platform takes its rights to, and what was last seen of its chain. There is one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    chain = models.CharField(max_length=80)  # its name in ABS_CHAINS
    chain_id = models.BigIntegerField()
    contract = models.CharField(max_length=100)
    platform = models.CharField(max_length=100)  # our account
    confirmations = models.PositiveIntegerField(default=1)
    head = models.BigIntegerField(null=True)
    head_seen_at = models.DateTimeField(null=True)
    trouble_reason = models.CharField(max_length=20, blank=True, default="")  # a code, `trouble` the words
    trouble = models.TextField(blank=True, default="")
    trouble_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="registry_one"),
            models.CheckConstraint(condition=Q(confirmations__gte=1), name="registry_confirmations_positive"),
            since("trouble", "trouble_since", "registry_trouble_has_time"),
        ]


class RegistryBatch(models.Model):
    """Steps that one transaction carries out, as our account's `number` in the contract."""

    id = models.BigAutoField(primary_key=True)
    contract = models.CharField(max_length=100)
    number = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=[(state, state) for state in BATCH_STATES], default="prepared")
    transaction = models.BinaryField(null=True)
    block = models.BigIntegerField(null=True)
    block_hash = models.BinaryField(null=True)
    block_time = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays", fields=["contract", "number", "created_at"]),
        ]
        indexes = [
            models.Index(fields=["number"], name="registry_batch_open", condition=Q(state__in=OPEN)),
            models.Index(fields=["-block"], name="registry_batch_placed", condition=Q(state__in=PLACED)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "number"], condition=Q(state__in=LIVE), name="registry_batch_one_per_number"
            ),
            one_of("state", BATCH_STATES, "registry_batch_state_known"),
            models.CheckConstraint(condition=Q(number__gte=0), name="registry_batch_number_natural"),
            models.CheckConstraint(
                condition=Q(
                    state__in=PLACED,
                    transaction__isnull=False,
                    block__isnull=False,
                    block_hash__isnull=False,
                    block_time__isnull=False,
                )
                | ~Q(state__in=PLACED) & Q(transaction=None, block=None, block_hash=None, block_time=None),
                name="registry_batch_placed_has_block",
            ),
            models.CheckConstraint(
                condition=Q(state="abandoned") & ~Q(reason="") | ~Q(state="abandoned") & Q(reason=""),
                name="registry_batch_abandoned_has_reason",
            ),
            sized("transaction", DIGEST, "registry_batch_transaction_size"),
            sized("block_hash", DIGEST, "registry_batch_block_hash_size"),
        ]


class RegistryTransaction(ChainTransaction):
    """A signed transaction of a batch, stored before it is sent so that in doubt the very same bytes go out again."""

    batch = models.ForeignKey(RegistryBatch, on_delete=models.PROTECT, related_name="transactions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transaction"], name="registry_transaction_once"),
            sized("transaction", DIGEST, "registry_transaction_id_size"),
            natural("registry_sequence_natural"),
        ]


def _of_kind(*kinds: str, **values: Any) -> Q:  # Any: a lookup's value
    return Q(kind__in=kinds, **values) | ~Q(kind__in=kinds) & ~Q(**values)


class RegistryEntry(models.Model):
    """One step, written in the transaction that it tells of. They go to the registry in the order of `id`.

    `right_id` and `pledge_id` are no foreign keys: what was told to others stays when a trade was merged away. `effect`
    names the step once and for all; `active` holds of a pledge from its writing until it is refused or released here.
    """

    id = models.BigAutoField(primary_key=True)
    right_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in KINDS])
    digest = models.BinaryField()  # by which the registry knows the right
    rung = models.PositiveSmallIntegerField(null=True)
    pledge_id = models.UUIDField(null=True)
    holder_id = models.UUIDField(null=True)  # the organisation pledged to
    pledge_digest = models.BinaryField(null=True)
    fingerprints = ArrayField(models.BinaryField(), null=True)  # of a pledge null until it is made ready
    effect = models.CharField(max_length=200, unique=True)
    active = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=[(state, state) for state in ENTRY_STATES], default="pending")
    reason = models.CharField(max_length=40, blank=True, default="")  # the contract's name of the error
    batch = models.ForeignKey(RegistryBatch, on_delete=models.PROTECT, null=True, related_name="entries")
    actor = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays",
                fields=[
                    "right_id",
                    "kind",
                    "digest",
                    "rung",
                    "pledge_id",
                    "holder_id",
                    "pledge_digest",
                    "effect",
                    "created_at",
                ],
            ),
            pgtrigger.Trigger(
                name="fingerprints_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__fingerprints__isnull=False)
                & pgtrigger.Q(old__fingerprints__df=pgtrigger.F("new__fingerprints")),
                func="RAISE EXCEPTION 'the fingerprints of step % stay', OLD.id;",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="registry_entry_waiting", condition=Q(state="pending")),
            models.Index(fields=["right_id", "id"], name="registry_entry_right"),
            models.Index(fields=["digest"], name="registry_entry_digest", condition=Q(kind="register")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["right_id"], condition=Q(active=True), name="registry_one_active_pledge"),
            one_of("kind", KINDS, "registry_entry_kind_known"),
            one_of("state", ENTRY_STATES, "registry_entry_state_known"),
            models.CheckConstraint(
                condition=Q(state="pending", batch=None) | ~Q(state="pending") & Q(batch__isnull=False),
                name="registry_entry_sent_has_batch",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(reason="") | ~Q(state="refused") & Q(reason=""),
                name="registry_entry_refused_has_reason",
            ),
            models.CheckConstraint(
                condition=_of_kind("attest", rung__isnull=False), name="registry_entry_attest_has_rung"
            ),
            models.CheckConstraint(condition=Q(rung=None) | Q(rung__lte=5), name="registry_entry_rung"),
            models.CheckConstraint(
                condition=Q(kind__in=OF_A_PLEDGE, pledge_id__isnull=False, pledge_digest__isnull=False)
                | ~Q(kind__in=OF_A_PLEDGE) & Q(pledge_id=None, pledge_digest=None),
                name="registry_entry_of_a_pledge",
            ),
            models.CheckConstraint(
                condition=_of_kind("pledge", holder_id__isnull=False), name="registry_entry_pledge_has_holder"
            ),
            models.CheckConstraint(
                condition=Q(kind="pledge")
                | Q(kind="claim", fingerprints__isnull=False)
                | ~Q(kind__in=["pledge", "claim"]) & Q(fingerprints=None),
                name="registry_entry_claim_has_fingerprints",
            ),
            models.CheckConstraint(
                condition=Q(active=False) | Q(kind="pledge") & ~Q(state="refused"), name="registry_entry_active"
            ),
            sized("digest", DIGEST, "registry_entry_digest_size"),
            sized("pledge_digest", DIGEST, "registry_entry_pledge_digest_size"),
        ]


class Reconciliation(models.Model):
    """One comparison of this database with the registry. `differences`: [{kind, right, here, there}], as found."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=12, choices=[(state, state) for state in RUN_STATES], default="running")
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    rights = models.PositiveIntegerField(default=0)  # compared
    pledges = models.PositiveIntegerField(default=0)  # active, on either side
    fingerprints = models.PositiveIntegerField(default=0)
    differences = models.JSONField(default=list)
    detail = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="reconciliation_newest")]
        constraints = [
            one_of("state", RUN_STATES, "reconciliation_state_known"),
            models.CheckConstraint(
                condition=Q(state="running", finished_at=None) | ~Q(state="running") & Q(finished_at__isnull=False),
                name="reconciliation_ended_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="differs") & ~Q(differences=[]) | ~Q(state="differs") & Q(differences=[]),
                name="reconciliation_differs_by_something",
            ),
        ]
