"""The platform's own keys, and how a chain's contract passes from one to the next."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.crypto.merkle import HASH_SIZE
from abs_platform.ledger import states
from abs_platform.ledger.constraints import sized

# Plain strings, so that migrations do not refer to the enumeration.
ALGORITHMS = ["sm2-sm3", "ed25519", "secp256k1"]
STATES = [str(state) for state in states.HandOverState]
OPEN = [str(state) for state in states.HAND_OVER_OPEN]


class PublisherKey(models.Model):
    """A key of the platform that signs checkpoints (sm2-sm3, ed25519) or transactions (secp256k1). The private part is in
    the key-management system under `name`; a retired key's rows stay, for what it signed stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    algorithm = models.CharField(max_length=10, choices=[(name, name) for name in ALGORITHMS])
    name = models.CharField(max_length=80, unique=True)
    public = models.BinaryField(unique=True)
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="only_retires",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.retired_at IS NOT NULL OR (NEW.id, NEW.algorithm, NEW.name, NEW.public, NEW.created_at)
                        IS DISTINCT FROM (OLD.id, OLD.algorithm, OLD.name, OLD.public, OLD.created_at)
                    THEN
                        RAISE EXCEPTION 'key % only retires, once', OLD.name;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(algorithm__in=ALGORITHMS), name="publisher_key_algorithm_known"),
            models.CheckConstraint(
                condition=Q(retired_at=None) | Q(retired_at__gt=F("created_at")), name="publisher_key_retired_later"
            ),
            models.UniqueConstraint(
                fields=["algorithm"],
                condition=Q(retired_at=None) & ~Q(algorithm="secp256k1"),
                name="publisher_key_one_active",
            ),
        ]


class HandOver(models.Model):
    """A chain's contract on its way from one publisher's key to the next. `raw` is the present step's signed transaction
    and `transaction` its id, stored before it is sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chain = models.ForeignKey("ledger.Chain", on_delete=models.PROTECT, db_index=False, related_name="+")
    contract = models.CharField(max_length=100)
    predecessor = models.ForeignKey(PublisherKey, on_delete=models.PROTECT, related_name="+")
    successor = models.OneToOneField(PublisherKey, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES], default=OPEN[0])
    transaction = models.BinaryField(null=True)
    raw = models.BinaryField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain"], condition=Q(state__in=OPEN), name="hand_over_one_open"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="hand_over_state_known"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="hand_over_changes_the_key"),
            models.CheckConstraint(
                condition=Q(state__in=["naming", "taking"], raw__isnull=False, transaction__isnull=False)
                | ~Q(state__in=["naming", "taking"]) & Q(raw=None, transaction=None),
                name="hand_over_step_has_transaction",
            ),
            sized("transaction", HASH_SIZE, "hand_over_transaction_size"),
        ]
