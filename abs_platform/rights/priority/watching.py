"""What recorded registrations ask for as time passes: an extension before they expire, a cancellation once nothing is held.

Filing stays manual; a registration that lapses unseen gives the first place away, and one that is left standing keeps the
supplier from financing elsewhere. 《动产和权利担保统一登记办法》 has it cancelled within ten working days.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from abs_platform.core import clock
from abs_platform.rights.priority import selectors
from abs_platform.rights.priority.models import ZhongdengRegistration
from abs_platform.rights.registry import alerts
from abs_platform.rights.registry.models import RegistryEntry
from abs_platform.rights.registry.states import EntryState
from abs_platform.risk.models import Severity

SOON = timedelta(days=30)
LEFT = timedelta(days=14)
AT_ONCE = 500
SETTLED = None
"""Of no pledge: the step that ends whichever holds the right."""


def watch() -> None:
    """Raise an alert for each registration of ours that expires within 30 days, or was left standing; once for each cause."""
    rows = (
        ZhongdengRegistration.objects.filter(is_rival=False, pledge_id__isnull=False)
        .exclude(amendments__kind__in=selectors.ENDING)
        .prefetch_related("amendments")
        .order_by("id")
    )
    batch: list[ZhongdengRegistration] = []
    for row in rows.iterator(chunk_size=AT_ONCE):
        batch.append(row)
        if len(batch) == AT_ONCE:
            _look_at(batch)
            batch = []
    _look_at(batch)


def _look_at(rows: list[ZhongdengRegistration]) -> None:
    over = _over(row.right_id for row in rows)
    today = clock.today()
    for row in rows:
        until = selectors.expires_on(row)
        since = over.get((row.right_id, row.pledge_id)) or over.get((row.right_id, SETTLED))
        if since is not None and since + LEFT <= today <= until:
            _report("zhongdeng_left_standing", row, severity=Severity.MEDIUM, cause=str(row.id), until=until)
        elif since is None and until - SOON <= today:
            _report(
                "zhongdeng_expiring", row, severity=Severity.HIGH, cause=f"{row.id}:{until.isoformat()}", until=until
            )


def _over(right_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID | None], date]:
    """Since which day pledges, by right and pledge, hold nothing any more: released, else refused; or settled with the right."""
    steps = RegistryEntry.objects.filter(right_id__in=set(right_ids), kind__in=("pledge", "release", "settle"))
    since = {}
    for step in steps.order_by("id"):  # a pledge before its release
        if step.kind != "pledge":
            since[step.right_id, step.pledge_id] = clock.day_of(step.created_at)
        elif step.state == EntryState.REFUSED:  # which is final, and so its last change
            since[step.right_id, step.pledge_id] = clock.day_of(step.changed_at)
    return since


def _report(rule: str, row: ZhongdengRegistration, *, severity: Severity, cause: str, until: date) -> None:
    alerts.report(
        rule=rule,
        key=f"{rule}:{cause}",
        right_id=row.right_id,
        severity=severity,
        label=row.number,
        detail={"number": row.number, "until": until.isoformat()},
    )
