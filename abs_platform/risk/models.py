"""Alerts: what the monitors saw, for officers to work."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.core.models import one_of
from abs_platform.core.money import amount_field, within_limits
from abs_platform.parties.models import Network
from abs_platform.risk.states import AlertState


class Severity(models.TextChoices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Alert(models.Model):
    """One observation that somebody should look at. `key` makes the same observation raise one alert, not many."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT)
    rule = models.CharField(max_length=60)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    state = models.CharField(max_length=12, choices=[(s, s) for s in AlertState], default=AlertState.OPEN)
    key = models.CharField(max_length=64)  # SM3 of what tells the observation from every other
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    subject_label = models.CharField(max_length=200)
    organisation_ids = ArrayField(models.UUIDField())
    amount = amount_field(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    detail = models.JSONField(default=dict)
    raised_at = models.DateTimeField(default=clock.now)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=200, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, blank=True, default="")
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "key"], name="alert_once"),
            models.CheckConstraint(
                condition=Q(state="open", acknowledged_at__isnull=True, closed_at__isnull=True)
                | Q(state="acknowledged", acknowledged_at__isnull=False, closed_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False),
                name="alert_state_has_times",
            ),
            within_limits("amount", "alert_amount"),
            one_of("severity", Severity.values, "alert_severity_known"),
        ]
        indexes = [models.Index(fields=["network", "state", "-id"], name="alert_queue")]
