"""Shapes of alerts."""

from typing import Any

from rest_framework import serializers

from abs_platform.core.rest.fields import Body, Named, Subject, money, named, time
from abs_platform.core.transitions import allowed_actions
from abs_platform.parties.actor import Actor
from abs_platform.risk.models import Alert, Severity
from abs_platform.risk.states import TRANSITIONS, AlertState


class AlertOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    rule = serializers.CharField()
    severity = serializers.ChoiceField(choices=Severity.choices)
    state = serializers.ChoiceField(choices=[str(state) for state in AlertState])
    parties = Named(many=True)
    amount = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_blank=True)
    detail = serializers.DictField()
    subject = Subject()
    raised_at = serializers.DateTimeField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(allow_blank=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    allowed_actions = serializers.ListField(child=serializers.CharField())


class AlertQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=[str(state) for state in AlertState], required=False)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    rule = serializers.CharField(max_length=60, required=False)


class CloseIn(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=2000)


def alert_body(row: Alert, *, actor: Actor, names: dict[Any, str]) -> Body:
    """An alert for its officer."""
    return {
        "id": str(row.id),
        "rule": row.rule,
        "severity": row.severity,
        "state": row.state,
        "parties": [named(id, names.get(id, "")) for id in row.organisation_ids],
        "amount": money(row.amount, row.currency),
        "currency": row.currency,
        "detail": row.detail,
        "subject": {"kind": row.subject_kind, "id": str(row.subject_id), "label": row.subject_label},
        "raised_at": time(row.raised_at),
        "acknowledged_at": time(row.acknowledged_at),
        "acknowledged_by": row.acknowledged_by,
        "closed_at": time(row.closed_at),
        "closed_by": row.closed_by,
        "note": row.note,
        "allowed_actions": allowed_actions(TRANSITIONS, state=row.state, roles=actor.roles),
    }
