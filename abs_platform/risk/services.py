"""Raising and working alerts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from abs_platform.core import audit, clock, events
from abs_platform.core.errors import NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.crypto import sm3
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.risk import selectors
from abs_platform.risk.models import Alert, Severity
from abs_platform.risk.states import TRANSITIONS


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that an application noticed. `key` tells it from every other of its network."""

    rule: str
    severity: Severity
    key: str
    subject: SubjectRef
    subject_label: str
    organisation_ids: tuple[UUID | None, ...]
    amount: Decimal | None = None
    currency: str = ""
    detail: dict[str, object] = field(default_factory=dict)


@transaction.atomic
def report(*, actor: Actor, network_id: UUID, observations: Sequence[Observation]) -> int:
    """Raise an alert for each observation that has none yet. Returns how many are new."""
    alerts = [_alert(network_id, observation) for observation in observations]
    known = set(
        Alert.objects.filter(network_id=network_id, key__in=[a.key for a in alerts]).values_list("key", flat=True)
    )
    alerts = [alert for alert in alerts if alert.key not in known]
    if not alerts:
        return 0
    Alert.objects.bulk_create(alerts, ignore_conflicts=True)
    raised = set(Alert.objects.filter(id__in=[alert.id for alert in alerts]).values_list("id", flat=True))
    officers = parties.officers_of(network_id)
    new = [alert for alert in alerts if alert.id in raised]
    told: list[audit.Told] = [
        (SubjectRef("alert", alert.id), {"rule": alert.rule, "subject": str(alert.subject_id)}) for alert in new
    ]
    audit.record_all(actor=actor, verb="alert.raised", subjects=told)
    events.notify_all([(officers, "alert", alert.id) for alert in new])
    return len(raised)


def report_tampering(*, audit_id: UUID, channel: str, row: str, detail: str) -> None:
    """Raise an alert in the operating network: an audit found a row of the ledger other than what it was signed as."""
    operator = parties.operating_organisation()
    if operator is None:
        return  # before setup_operator has run there is nobody to tell
    observation = Observation(
        rule="ledger_tampered",
        severity=Severity.CRITICAL,
        key=f"ledger/{channel}/{row}",
        subject=SubjectRef("audit", audit_id),
        subject_label=f"{channel}: {row}",
        organisation_ids=(operator.id,),
        detail={"channel": channel, "row": row, "found": detail},
    )
    report(actor=PLATFORM, network_id=operator.network_id, observations=[observation])


def _alert(network_id: UUID, seen: Observation) -> Alert:
    return Alert(
        network_id=network_id,
        rule=seen.rule,
        severity=seen.severity,
        key=sm3.sm3(seen.key.encode()).hex(),
        subject_kind=seen.subject.kind,
        subject_id=seen.subject.id,
        subject_label=seen.subject_label[:200],
        organisation_ids=list(dict.fromkeys(id for id in seen.organisation_ids if id)),
        amount=seen.amount,
        currency=seen.currency,
        detail=seen.detail,
    )


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
    alert = selectors.alerts(actor=actor).select_for_update(no_key=True).filter(id=alert_id).first()
    if alert is None:
        raise NotFound
    return alert


def _saved(actor: Actor, alert: Alert, verb: str, detail: dict[str, object]) -> Alert:
    alert.save()
    audit.record(actor=actor, verb=verb, subject=SubjectRef("alert", alert.id), detail=detail)
    events.notify([actor.organisation_id], "alert", alert.id)
    return alert
