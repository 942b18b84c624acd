"""What recorded registrations ask for as time passes: an extension before they expire, a cancellation once nothing is held.

Filing stays manual; a registration that lapses unseen gives the first place away, and one that is left standing keeps the
supplier from financing elsewhere. 《动产和权利担保统一登记办法》 has it cancelled within ten working days.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Max

from abs_platform.core import clock
from abs_platform.rights.priority import selectors
from abs_platform.rights.priority.models import ZhongdengRegistration
from abs_platform.rights.registry import alerts
from abs_platform.rights.registry.models import RegistryEntry
from abs_platform.risk.models import Severity

SOON = timedelta(days=30)
LEFT = timedelta(days=14)
AT_ONCE = 500


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
    ended = _ended(row.pledge_id for row in rows if row.pledge_id)
    today = clock.today()
    for row in rows:
        until = selectors.expires_on(row)
        released = ended.get(row.pledge_id) if row.pledge_id else None
        if released is not None and released + LEFT <= today <= until:
            _report("zhongdeng_left_standing", row, severity=Severity.MEDIUM, cause=str(row.id), until=until)
        elif released is None and until - SOON <= today:
            _report(
                "zhongdeng_expiring", row, severity=Severity.HIGH, cause=f"{row.id}:{until.isoformat()}", until=until
            )


def _ended(pledge_ids: Iterable[UUID]) -> dict[UUID | None, date]:
    """Since when pledges hold nothing any more, of those that do not: released, refused, or their rights settled."""
    steps = RegistryEntry.objects.filter(pledge_id__in=list(pledge_ids))
    over = steps.filter(kind="pledge", active=False).values_list("pledge_id", flat=True)
    last = steps.filter(pledge_id__in=over).values_list("pledge_id").annotate(Max("changed_at"))
    return {pledge_id: moment.date() for pledge_id, moment in last}


def _report(rule: str, row: ZhongdengRegistration, *, severity: Severity, cause: str, until: date) -> None:
    alerts.report(
        rule=rule,
        key=f"{rule}:{cause}",
        right_id=row.right_id,
        severity=severity,
        label=row.number,
        detail={"number": row.number, "until": until.isoformat()},
    )
