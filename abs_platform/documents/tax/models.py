"""Where each invoice stands with the tax office, and every change of it."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.core.models import append_only_until_erased, one_of
from abs_platform.core.money import amount_field, within_limits

# Plain strings, so that migrations do not refer to the enumeration.
STATUSES = ["not_verified", "verified", "duplicate", "voided", "lost_control", "red_letter", "abnormal"]
DOCUMENT_ERASED = "EXISTS (SELECT FROM documents_document d WHERE d.id = OLD.document_id AND d.erased_at IS NOT NULL)"
_RED_ONLY = Q(status="red_letter") | Q(red_amount__isnull=True, red_numbers=[])


class Reliance(models.TextChoices):
    """What depends on the status; how often it is asked follows from it."""

    NONE = "none"
    RIGHT = "right"
    PLEDGE = "pledge"


def _red_numbers() -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.CharField(max_length=200), default=list)


class TaxStatus(models.Model):
    """The standing of one invoice that the tax office can know of; a document without a row is none of those.

    `checked_at`: the last answer; `next_check_at`: when it is due again; `red_amount`: with tax, of a red-letter one, null
    where all of it is taken back and the invoice states no total. A provider's failures change no status.
    """

    document = models.OneToOneField("documents.Document", models.CASCADE, primary_key=True, related_name="tax")
    status = models.CharField(max_length=12, choices=[(name, name) for name in STATUSES], default="not_verified")
    red_amount = amount_field(null=True)
    red_numbers = _red_numbers()
    provider = models.CharField(max_length=253, blank=True, default="")
    reliance = models.CharField(max_length=6, choices=Reliance.choices, default=Reliance.NONE)
    checked_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(default=clock.now)
    asked_at = models.DateTimeField(
        null=True
    )  # when an upload, a correction or a person last had it asked at once, or in turn
    failures = models.PositiveIntegerField(default=0)  # in a row, since the last answer
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")
    to_follow = models.BooleanField(default=False)  # it changed, and trades and rights have not followed yet

    class Meta:
        constraints = [
            one_of("status", STATUSES, "tax_status_known"),
            one_of("reliance", Reliance.values, "tax_status_reliance_known"),
            models.CheckConstraint(
                condition=Q(status="not_verified") | Q(checked_at__isnull=False), name="tax_status_was_answered"
            ),
            models.CheckConstraint(condition=_RED_ONLY, name="tax_status_red_only"),
            models.CheckConstraint(
                condition=Q(red_amount__isnull=True) | Q(red_amount__gt=0), name="tax_status_red_positive"
            ),
            within_limits("red_amount", "tax_status_red_amount"),
            models.CheckConstraint(
                condition=Q(failures=0, failed_at__isnull=True, error="")
                | Q(failures__gt=0, failed_at__isnull=False) & ~Q(error=""),
                name="tax_status_failure_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["next_check_at"], name="tax_status_due", condition=~Q(status="voided")),
            models.Index(fields=["failed_at"], name="tax_status_failed", condition=Q(failures__gt=0)),
            models.Index(fields=["document"], name="tax_status_to_follow", condition=Q(to_follow=True)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="for_good",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=["voided", "red_letter"])
                & pgtrigger.Q(old__status__df=pgtrigger.F("new__status")),
                func="RAISE EXCEPTION 'what is voided or red-lettered stays so';",
            )
        ]


class TaxStatusChange(models.Model):
    """From which status to which, when, and what the provider said."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey("documents.Document", models.PROTECT, related_name="tax_changes")
    before = models.CharField(max_length=12, choices=[(name, name) for name in STATUSES])
    status = models.CharField(max_length=12, choices=[(name, name) for name in STATUSES])
    red_amount = amount_field(null=True)
    red_numbers = _red_numbers()
    provider = models.CharField(max_length=253)
    said = models.JSONField(default=dict)  # short texts by name
    at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = append_only_until_erased(
            {"said": "'{}'", "red_numbers": "'{}'", "red_amount": "NULL"}, erased=DOCUMENT_ERASED
        )
        constraints = [
            one_of("before", STATUSES, "tax_change_before_known"),
            one_of("status", STATUSES, "tax_change_status_known"),
            models.CheckConstraint(
                condition=~Q(before=models.F("status")) | Q(status="red_letter"), name="tax_change_changes"
            ),
            models.CheckConstraint(condition=_RED_ONLY, name="tax_change_red_only"),
            within_limits("red_amount", "tax_change_red_amount"),
        ]
        indexes = [models.Index(fields=["document", "-id"], name="tax_change_document")]
