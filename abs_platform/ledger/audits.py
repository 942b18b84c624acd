"""Audits as the platform runs them: asked for by an operator or by the clock, one at a time for each channel, kept as rows."""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from abs_platform.core import audit as trail
from abs_platform.core import clock, jobs
from abs_platform.core.errors import Conflict, Invalid
from abs_platform.core.subjects import SubjectRef
from abs_platform.ledger.audit import audit
from abs_platform.ledger.audit.recomputation import Progress
from abs_platform.ledger.audit.report import Mode, Report
from abs_platform.ledger.models import AuditRun, Channel
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role

log = logging.getLogger(__name__)

JOB = "ledger.audit"
RUNNING, IN_ORDER, WRONG, UNREACHABLE, FAILED = "running", "in_order", "wrong", "unreachable", "failed"
KEEP_UNEVENTFUL = timedelta(days=30)
"""How long incremental audits that found everything in order are kept; there is one every few minutes."""


class UnderWay(Exception):
    """Another audit of the channel runs."""


# --- reads


def runs(*, actor: Actor) -> QuerySet[AuditRun]:
    """Every audit, for the operator."""
    actor.require(Role.OPERATOR)
    return AuditRun.objects.select_related("channel")


def trouble() -> str:
    """What the newest audits found wrong, in words; empty when nothing is. A finding stands until an audit of the same mode
    finds all in order: an incremental one does not look everywhere, and one that failed or reached no chain clears nothing.
    """
    told = AuditRun.objects.filter(state__in=[WRONG, IN_ORDER]).select_related("channel")
    newest = told.order_by("channel", "mode", "-started_at").distinct("channel", "mode")
    found = {f"{run.channel.name}: {run.row}: {run.detail}": None for run in newest if run.state == WRONG}
    return "; ".join(found)


# --- writes


@transaction.atomic
def request(*, actor: Actor, channel: str, mode: Mode) -> AuditRun:
    """Have a channel audited in the background. Raises Forbidden, Invalid for an unknown channel, Conflict while one runs."""
    actor.require(Role.OPERATOR)
    if not Channel.objects.filter(name=channel).exists():
        raise Invalid("channel_unknown", f"There is no channel {channel!r}. Take one of those that the ledger lists.")
    job_id = jobs.enqueue(JOB, payload={"channel": channel, "mode": str(mode)})
    try:
        run = _begin(job_id, channel, mode)
    except UnderWay as error:
        raise Conflict("audit_running", f"{error}. Wait for its end, then ask again.") from error
    detail: dict[str, object] = {"channel": channel, "mode": str(mode)}
    trail.record(actor=actor, verb="audit.requested", subject=SubjectRef("audit", run.id), detail=detail)
    return run


@transaction.atomic
def schedule(*, mode: Mode) -> None:
    """Have every channel audited, and forget uneventful audits of long ago."""
    for channel in Channel.objects.order_by("name").values_list("name", flat=True):
        jobs.enqueue(JOB, key=f"{channel}/{mode}", payload={"channel": channel, "mode": str(mode)})
    uneventful = AuditRun.objects.filter(mode=Mode.INCREMENTAL, state=IN_ORDER)
    uneventful.filter(finished_at__lt=clock.now() - KEEP_UNEVENTFUL).delete()


def perform(*, job_id: UUID, channel: str, mode: Mode, progress: Progress) -> None:
    """Make the audit of a job and keep its verdict. May be repeated: a run that has ended stays as it is. Raises UnderWay."""
    run = _begin(job_id, channel, mode)
    if run.state != RUNNING:
        return
    try:
        report = audit(channel=channel, mode=mode, progress=progress)
    except jobs.LeaseLost:
        raise
    except Exception as error:
        log.exception("the audit of %s failed", channel)
        _end(run.id, FAILED, detail=f"{type(error).__name__}: {error}")
    else:
        _keep(run, report)


def _begin(job_id: UUID, channel: str, mode: Mode) -> AuditRun:
    """The row of the job's audit, which has the job's id. Raises UnderWay while another of the channel runs."""
    known = AuditRun.objects.select_related("channel").filter(id=job_id).first()
    if known is not None:
        return known
    for other in AuditRun.objects.filter(channel__name=channel, state=RUNNING):
        if not jobs.is_alive(other.id):
            _end(other.id, FAILED, detail="its job was given up on; the list of failed jobs says why")
    try:
        with transaction.atomic():
            return AuditRun.objects.create(id=job_id, channel=Channel.objects.get(name=channel), mode=mode)
    except IntegrityError as error:
        raise UnderWay(f"An audit of {channel} is under way") from error


@transaction.atomic
def _keep(run: AuditRun, report: Report) -> None:
    state = WRONG if report.wrong else UNREACHABLE if report.unreachable else IN_ORDER
    row, detail = (report.wrong["row"], report.wrong["detail"]) if report.wrong else ("", "")
    ended = _end(
        run.id, state, mode=report.mode, size=report.size, counts=report.counts(), row=row, detail=detail,
        unreachable=report.unreachable,
    )  # fmt: skip
    if not ended:
        return  # another worker was faster
    if report.wrong:
        log.error("the log of %s is WRONG: %s: %s", report.channel, row, detail)
    payload = {"run": str(run.id), "channel": report.channel, "state": state, "row": row, "detail": detail}
    jobs.publish("ledger.audited", payload)


def _end(run_id: UUID, state: str, **values: object) -> bool:
    """False when it has ended before."""
    running = AuditRun.objects.filter(id=run_id, state=RUNNING)
    return bool(running.update(state=state, finished_at=clock.now(), **values))
