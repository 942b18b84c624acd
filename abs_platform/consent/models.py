"""Requests, grants, what contains what, and the log of every disclosed look."""

from django.db import models
from django.db.models import F, Q

from abs_platform.consent.states import GrantState, Purpose, RequestState
from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.core.models import append_only, one_of
from abs_platform.parties.models import Organisation


class AccessRequest(models.Model):
    """An organisation asks an owner to see its data: for which purpose, and for how many days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    requester = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="access_requests_made")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="access_requests_received")
    purpose = models.CharField(max_length=20, choices=[(p, p) for p in Purpose])
    purpose_note = models.CharField(max_length=500, blank=True, default="")
    days = models.PositiveIntegerField()
    order_number = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=10, choices=[(s, s) for s in RequestState], default=RequestState.REQUESTED)
    reason = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(requester=F("owner")), name="access_request_between_two"),
            one_of("state", RequestState, "access_request_state_known"),
            one_of("purpose", Purpose, "access_request_purpose_known"),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=366), name="access_request_days"),
            models.CheckConstraint(
                condition=Q(state="requested", decided_at__isnull=True)
                | ~Q(state="requested") & Q(decided_at__isnull=False),
                name="access_request_decided_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="access_request_owner"),
            models.Index(fields=["requester", "-id"], name="access_request_by"),
        ]


class Grant(models.Model):
    """An owner lets a grantee see: everything (`whole`) or the items listed, for one purpose, until a moment.

    `request`: what it answers; none where the owner opened something by itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.OneToOneField(AccessRequest, on_delete=models.PROTECT, null=True, related_name="grant")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="grants_given")
    grantee = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="grants_received")
    purpose = models.CharField(max_length=20, choices=[(p, p) for p in Purpose])
    whole = models.BooleanField()
    state = models.CharField(max_length=10, choices=[(s, s) for s in GrantState], default=GrantState.ACTIVE)
    salt = models.BinaryField(max_length=32)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="grant_period"),
            models.CheckConstraint(condition=~Q(grantee=F("owner")), name="grant_between_two"),
            models.CheckConstraint(
                condition=Q(state="active", revoked_at__isnull=True) | Q(state="revoked", revoked_at__isnull=False),
                name="grant_revoked_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["grantee", "valid_until"], name="grant_in_force", condition=Q(state="active")),
            models.Index(fields=["owner", "-id"], name="grant_owner"),
        ]


class GrantItem(models.Model):
    """One subject that a partial grant opens, with all that it contains."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="items")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    label = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "subject_kind", "subject_id"], name="grant_item_once")]


class Containment(models.Model):
    """Business applications say here what contains what (a trade its documents), so that consent never asks upwards."""

    id = models.BigAutoField(primary_key=True)
    container_kind = models.CharField(max_length=40)
    container_id = models.UUIDField()
    member_kind = models.CharField(max_length=40)
    member_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member_kind", "member_id"], name="member_of_one_container")]
        indexes = [models.Index(fields=["container_kind", "container_id"], name="containment_members")]


class Access(models.Model):
    """One look at an owner's data under a grant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=clock.now)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="accesses_suffered")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="accesses_made")
    person = models.CharField(max_length=200)
    person_ref = models.UUIDField(null=True)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="accesses")
    purpose = models.CharField(max_length=20)
    action = models.CharField(
        max_length=12, choices=[(a, a) for a in ("listed", "viewed", "previewed", "downloaded", "proof")]
    )
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    subject_label = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        triggers = append_only()
        constraints = [
            one_of("action", ("listed", "viewed", "previewed", "downloaded", "proof"), "access_action_known")
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="access_owner"),
            models.Index(fields=["grant", "-id"], name="access_grant"),
            models.Index(fields=["grant", "subject_id", "at"], name="access_subject"),
        ]
