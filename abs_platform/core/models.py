"""Jobs and the audit trail: what every application's writes leave behind."""

from collections.abc import Iterable, Mapping

import pgtrigger
from django.db import models

from abs_platform.core import clock
from abs_platform.core.ids import uuid7


def append_only() -> list[pgtrigger.Trigger]:
    """Triggers for a table whose rows stay for ever: UPDATE, DELETE and TRUNCATE are refused by the database."""
    return [
        pgtrigger.Protect(name="no_change", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'append only';",
        ),
    ]


def append_only_until_erased(values: Mapping[str, str], *, erased: str) -> list[pgtrigger.Trigger]:
    """`append_only`, but for one change: once the SQL condition `erased` on OLD holds, columns may take these SQL values."""
    set_so = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM ({value})" for column, value in values.items())
    columns = ", ".join(f"'{column}'" for column in values)
    no_change, no_truncate = append_only()
    no_change = pgtrigger.Trigger(
        name="no_change",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'UPDATE' AND {set_so}
                AND to_jsonb(NEW) - ARRAY[{columns}] = to_jsonb(OLD) - ARRAY[{columns}]
                AND {erased}
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'what was written here stays until its owner''s key is destroyed';
        """,
    )
    return [no_change, no_truncate]


def one_of(field: str, values: Iterable[str], name: str) -> models.CheckConstraint:
    """The database takes only these words for a field."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": sorted(map(str, values))}), name=name)


class JobState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(models.Model):
    """A piece of background work. The row is the queue; Celery only rings the bell (see jobs.py).

    `scheduled_for` is the beginning of the interval that a periodic job stands for; the others have none. Of the jobs of one
    `lane` one runs at a time; those without have none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=120, blank=True, default="")
    lane = models.CharField(max_length=120, blank=True, default="")
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    run_at = models.DateTimeField(default=clock.now)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    scheduled_for = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["run_at"], name="job_due", condition=models.Q(state="queued")),
            models.Index(fields=["lease_until"], name="job_lease", condition=models.Q(state="running")),
            models.Index(fields=["kind", "key"], name="job_same_key", condition=models.Q(state="queued")),
            models.Index(fields=["finished_at"], name="job_finished", condition=models.Q(state="done")),
            models.Index(
                fields=["lane", "id"],
                name="job_waiting_in_lane",
                condition=models.Q(state="queued") & ~models.Q(lane=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "scheduled_for"], name="job_once_per_interval"),
            models.UniqueConstraint(
                fields=["lane"], name="job_one_of_lane", condition=models.Q(state="running") & ~models.Q(lane="")
            ),
            models.CheckConstraint(
                condition=models.Q(state="running", lease_until__isnull=False)
                | ~models.Q(state="running") & models.Q(lease_until__isnull=True),
                name="job_running_has_lease",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["done", "failed"], finished_at__isnull=False)
                | models.Q(state__in=["queued", "running"], finished_at__isnull=True),
                name="job_ended_has_time",
            ),
        ]


class AuditEntry(models.Model):
    """Who did what to which subject, written in the transaction that did it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=clock.now)
    person_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=200)
    verb = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    detail = models.JSONField(default=dict)

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["subject_kind", "subject_id", "at"], name="audit_subject")]


class IdempotencyKey(models.Model):
    """A caller's key for one request of its organisation, and the answer once there is one (see idempotency.py)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation_id = models.UUIDField()
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)  # of the request
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    lease_until = models.DateTimeField(null=True)  # so long whoever claimed it is at it
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "key"], name="idempotency_key_once"),
            models.CheckConstraint(
                condition=models.Q(status__isnull=True, lease_until__isnull=False)
                | models.Q(status__isnull=False, lease_until__isnull=True),
                name="idempotency_answered_or_leased",
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "expires_at"], name="idempotency_expired")]
