"""Raising and working alerts."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from abs_platform.core import audit, clock, events
from abs_platform.core.errors import NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.risk import selectors
from abs_platform.risk.models import Alert, Severity
from abs_platform.risk.states import TRANSITIONS


@transaction.atomic
def report(
    *,
    actor: Actor,
    network_id: UUID,
    rule: str,
    severity: Severity,
    key: str,
    subject: SubjectRef,
    subject_label: str,
    organisation_ids: Iterable[UUID | None],
    amount: Decimal | None = None,
    currency: str = "",
    detail: dict[str, object] | None = None,
) -> bool:
    """Raise an alert, once for each `key` of a network. Returns whether it is new."""
    alert = Alert(
        network_id=network_id,
        rule=rule,
        severity=severity,
        key=key,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_label=subject_label[:200],
        organisation_ids=list(dict.fromkeys(id for id in organisation_ids if id)),
        amount=amount,
        currency=currency,
        detail=detail or {},
    )
    Alert.objects.bulk_create([alert], ignore_conflicts=True)
    if not Alert.objects.filter(id=alert.id).exists():
        return False
    audit.record(
        actor=actor, verb="alert.raised", subject=SubjectRef("alert", alert.id), detail={"rule": rule, "key": key}
    )
    events.notify(parties.officers_of(network_id), "alert", alert.id)
    return True


@transaction.atomic
def acknowledge(*, actor: Actor, alert_id: UUID) -> Alert:
    """Take an alert in hand. Raises NotFound, Forbidden, Conflict."""
    alert = _locked(actor, alert_id)
    alert.state = target_of(TRANSITIONS, action="acknowledge", state=alert.state, roles=actor.roles)
    alert.acknowledged_at = clock.now()
    alert.acknowledged_by = actor.label
    return _saved(actor, alert, "alert.acknowledged", {})


@transaction.atomic
def close(*, actor: Actor, alert_id: UUID, note: str) -> Alert:
    """Close an alert with what was found. Raises NotFound, Forbidden, Conflict."""
    alert = _locked(actor, alert_id)
    alert.state = target_of(TRANSITIONS, action="close", state=alert.state, roles=actor.roles)
    alert.closed_at = clock.now()
    alert.closed_by = actor.label
    alert.note = note
    return _saved(actor, alert, "alert.closed", {"note": note})


def _locked(actor: Actor, alert_id: UUID) -> Alert:
    alert = selectors.alerts(actor=actor).select_for_update().filter(id=alert_id).first()
    if alert is None:
        raise NotFound
    return alert


def _saved(actor: Actor, alert: Alert, verb: str, detail: dict[str, object]) -> Alert:
    alert.save()
    audit.record(actor=actor, verb=verb, subject=SubjectRef("alert", alert.id), detail=detail)
    events.notify([actor.organisation_id], "alert", alert.id)
    return alert
