"""Shapes of requests, grants and looks."""

from typing import Any

from rest_framework import serializers

from abs_platform.consent.models import Access, AccessRequest, Grant
from abs_platform.consent.states import GRANT_TRANSITIONS, REQUEST_TRANSITIONS, GrantState, Purpose, RequestState
from abs_platform.core import clock
from abs_platform.core.rest.fields import Body, Named, Subject, named, time
from abs_platform.core.transitions import allowed_actions
from abs_platform.parties.actor import Actor

PURPOSES = [str(purpose) for purpose in Purpose]


class AccessRequestIn(serializers.Serializer[Any]):
    owner = serializers.UUIDField()
    purpose = serializers.ChoiceField(choices=PURPOSES)
    purpose_note = serializers.CharField(max_length=500, allow_blank=True, default="")
    days = serializers.IntegerField(min_value=1, max_value=366)
    order_number = serializers.CharField(max_length=100, allow_blank=True, default="")


class DeclineIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class AccessRequestOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    requester = Named()
    owner = Named()
    purpose = serializers.ChoiceField(choices=PURPOSES)
    purpose_note = serializers.CharField(allow_blank=True)
    days = serializers.IntegerField()
    order_number = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=[str(state) for state in RequestState])
    reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    grant = serializers.UUIDField(allow_null=True)
    allowed_actions = serializers.ListField(child=serializers.CharField())


class GrantedTrade(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    order_number = serializers.CharField()


class GrantedDocument(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    filename = serializers.CharField()


class GrantOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    owner = Named()
    grantee = Named()
    purpose = serializers.ChoiceField(choices=PURPOSES)
    whole = serializers.BooleanField()
    trades = GrantedTrade(many=True)
    documents = GrantedDocument(many=True)
    valid_from = serializers.DateTimeField()
    valid_until = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=["active", "revoked", "expired"])
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_access_at = serializers.DateTimeField(allow_null=True)
    access_count = serializers.IntegerField()
    allowed_actions = serializers.ListField(child=serializers.CharField())


class AccessOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    person = serializers.CharField()
    organisation = Named()
    owner = Named()
    purpose = serializers.ChoiceField(choices=PURPOSES)
    action = serializers.ChoiceField(choices=["listed", "viewed", "previewed", "downloaded", "proof"])
    subject = Subject()
    grant = serializers.UUIDField()


class AccessQuery(serializers.Serializer[Any]):
    grant = serializers.UUIDField(required=False)


def request_body(row: AccessRequest, *, actor: Actor) -> Body:
    """A request for its requester or its owner."""
    grant = getattr(row, "grant", None)
    own = {"withdraw"} if row.requester_id == actor.organisation_id else {"grant", "decline"}
    return {
        "id": str(row.id),
        "requester": named(row.requester_id, row.requester.name),
        "owner": named(row.owner_id, row.owner.name),
        "purpose": row.purpose,
        "purpose_note": row.purpose_note,
        "days": row.days,
        "order_number": row.order_number,
        "state": row.state,
        "reason": row.reason,
        "created_at": time(row.created_at),
        "decided_at": time(row.decided_at),
        "grant": str(grant.id) if grant else None,
        "allowed_actions": [
            a for a in allowed_actions(REQUEST_TRANSITIONS, state=row.state, roles=actor.roles) if a in own
        ],
    }


def grant_body(row: Grant, *, actor: Actor) -> Body:
    """A grant for its owner or its grantee. Comes from selectors.grants, which counts its uses."""
    expired = row.state == GrantState.ACTIVE and row.valid_until <= clock.now()
    own = row.owner_id == actor.organisation_id and not expired
    items = list(row.items.all())
    return {
        "id": str(row.id),
        "owner": named(row.owner_id, row.owner.name),
        "grantee": named(row.grantee_id, row.grantee.name),
        "purpose": row.purpose,
        "whole": row.whole,
        "trades": [{"id": str(i.subject_id), "order_number": i.label} for i in items if i.subject_kind == "trade"],
        "documents": [{"id": str(i.subject_id), "filename": i.label} for i in items if i.subject_kind == "document"],
        "valid_from": time(row.valid_from),
        "valid_until": time(row.valid_until),
        "state": "expired" if expired else row.state,
        "revoked_at": time(row.revoked_at),
        "last_access_at": time(row.last_access_at),  # type: ignore[attr-defined]  # annotated by grants()
        "access_count": row.access_count,  # type: ignore[attr-defined]  # annotated by grants()
        "allowed_actions": allowed_actions(GRANT_TRANSITIONS, state=row.state, roles=actor.roles) if own else [],
    }


def access_body(row: Access) -> Body:
    """A look for the owner whose data it was, or the organisation that looked."""
    return {
        "id": str(row.id),
        "at": time(row.at),
        "person": row.person,
        "organisation": named(row.organisation_id, row.organisation.name),
        "owner": named(row.owner_id, row.owner.name),
        "purpose": row.purpose,
        "action": row.action,
        "subject": {"kind": row.subject_kind, "id": str(row.subject_id), "label": row.subject_label},
        "grant": str(row.grant_id),
    }
