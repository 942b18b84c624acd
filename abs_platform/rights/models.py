"""Computed rights: what a trade's facts support today, and why."""

import pgtrigger
from django.db import models
from django.db.models import Q

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.core.models import one_of
from abs_platform.core.money import amount_field, within_limits
from abs_platform.rights.registry.models import (
    Reconciliation,
    Registry,
    RegistryBatch,
    RegistryEntry,
    RegistryTransaction,
)
from abs_platform.rights.states import RightState
from abs_platform.trade.models import Trade

__all__ = ["Reconciliation", "Registry", "RegistryBatch", "RegistryEntry", "RegistryTransaction", "Right"]


class Right(models.Model):
    """The right of one trade, computed anew whenever its facts change. `calculation` opens every figure to its lines."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trade = models.OneToOneField(Trade, on_delete=models.CASCADE, related_name="right")
    rung = models.PositiveSmallIntegerField(default=0)
    base = amount_field(default=0)
    rate = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    supported = amount_field(default=0)
    currency = models.CharField(max_length=3, blank=True, default="")
    poolable = models.BooleanField(default=False)
    poolable_reasons = models.JSONField(default=list)
    reductions = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    calculation = models.JSONField(default=list)
    due_date = models.DateField(null=True)
    financeable_since = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=[(s, s) for s in RightState], default=RightState.FREE)
    encumbered_by = models.UUIDField(null=True)  # the pledge that holds it
    held_for = amount_field(null=True)  # what was lent on it and is not paid back
    held_rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)  # of its base, at which that was lent

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="kept_while_encumbered",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=RightState.ENCUMBERED),
            )
        ]
        constraints = [
            one_of("state", RightState, "right_state_known"),
            within_limits("held_for", "right_held_for"),
            models.CheckConstraint(
                condition=Q(
                    state="encumbered",
                    encumbered_by__isnull=False,
                    held_for__isnull=False,
                    held_rate__isnull=False,
                    held_rate__gt=0,
                    held_rate__lte=1,
                )
                | ~Q(state="encumbered") & Q(encumbered_by__isnull=True, held_for__isnull=True, held_rate__isnull=True),
                name="right_encumbered_by_a_pledge",
            ),
            within_limits("base", "right_base"),
            within_limits("supported", "right_supported"),
            models.CheckConstraint(condition=Q(supported__lte=models.F("base")), name="right_supported_within_base"),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=1), name="right_rate"),
            models.CheckConstraint(condition=Q(rung__lte=5), name="right_rung"),
            models.CheckConstraint(
                condition=Q(poolable=False) | Q(rung__gte=3, due_date__isnull=False, supported__gt=0),
                name="right_poolable_only_performed",
            ),
            models.CheckConstraint(
                condition=Q(supported=0) | Q(rung__gte=1, financeable_since__isnull=False),
                name="right_supported_has_rung",
            ),
        ]
