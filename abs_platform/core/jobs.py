"""Background work: the row is the queue, Celery is the doorbell.

`enqueue` writes a row in the caller's transaction and rings Celery once that commits. A worker claims the row by lease
under a fencing token, runs the handler that settings.JOB_HANDLERS names, and finishes the row only while it still holds
the token. A beat sweep rings again for whatever is due or whose lease ran out, where fewer bells wait to be heard than that,
so that a lost message, a killed worker or an emptied Redis delays work and never loses it. Kinds that
settings.JOB_QUEUES names ring in a queue of their own, so
that what waits for others' systems keeps nothing else waiting. Handlers run at least once; each effect's own unique key
in the database makes it exactly once.

Jobs of one kind with the same key are interchangeable: whoever claims one takes every queued and due twin with it.

Jobs of one lane, an organisation's readings for instance, run one after the other, so that nobody's keep all workers: a
unique index in the database holds the lane, and whatever finishes rings for the next.

Periodic jobs are those that settings.JOB_SCHEDULE names with an interval: the sweep writes one row for each interval,
and a unique key in the database keeps it at one, however many sweeps there are.
"""

import logging
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from abs_platform.core import clock, crashpoints
from abs_platform.core.models import Job, JobState

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
KEEP_DONE = timedelta(days=1)
BACKOFF_LIMIT = timedelta(minutes=5)
SILENCE = timedelta(seconds=30)
TURN = timedelta(
    seconds=60
)  # a job whose lane is taken is rung for when it is free; should that be missed, so much later
LANE_TAKEN = "job_one_of_lane"  # the unique index
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # intervals are counted from here, so that every process cuts them alike


class Retry(Exception):
    """Raised by a handler whose work is not ready: come again after `after`. Counts as no failure."""

    def __init__(self, after: timedelta, reason: str) -> None:
        super().__init__(reason)
        self.after = after
        self.reason = reason


class _LaneTaken(Exception):
    """Another job of the lane runs."""


class LeaseLost(Exception):
    """Another worker took the job over; this one must stop."""


@dataclass(frozen=True, slots=True)
class RunningJob:
    """What a handler gets: the job's payload and key, and a way to tell progress."""

    id: UUID
    kind: str
    key: str
    payload: Mapping[str, Any]  # Any: JSON
    fence: int
    lane: str = ""

    def progress(self, done: int, total: int) -> None:
        """Show progress and extend the lease. Raises LeaseLost when another worker holds the job now."""
        self._extend(LEASE, progress_done=done, progress_total=total)

    def hold(self, duration: timedelta) -> None:
        """Extend the lease before work that can tell of no progress, as one transaction cannot. Raises LeaseLost."""
        self._extend(duration)

    def _extend(self, duration: timedelta, **shown: int) -> None:
        held = Job.objects.filter(id=self.id, fence=self.fence, state=JobState.RUNNING)
        if not held.update(lease_until=clock.now() + duration, **shown):
            raise LeaseLost(str(self.id))


Handler = Callable[[RunningJob], None]


def enqueue(
    kind: str,
    *,
    key: str = "",
    payload: Mapping[str, Any] | None = None,  # Any: JSON
    delay: timedelta = timedelta(0),
    lane: str = "",
) -> UUID:
    """Write a job in the present transaction and ring the bell at commit. Returns its id."""
    if kind not in settings.JOB_HANDLERS:
        raise KeyError(f"no handler for job kind {kind!r}")
    if not connection.in_atomic_block:
        raise RuntimeError("a job belongs into the transaction that needs it")
    job = Job.objects.create(kind=kind, key=key, lane=lane, payload=dict(payload or {}), run_at=clock.now() + delay)
    transaction.on_commit(partial(_ring, job.id, kind, delay))
    return job.id


def ensure(kind: str, *, key: str, payload: Mapping[str, Any] | None = None) -> None:
    """Enqueue a job unless one of that kind and key is queued or running."""
    if not Job.objects.filter(kind=kind, key=key, state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        enqueue(kind, key=key, payload=payload)


def publish(topic: str, payload: Mapping[str, Any], *, key: str = "", lane: str = "", once: bool = False) -> None:
    """Enqueue every job kind that settings.TOPICS subscribes to `topic`: how a layer speaks to those above it.

    `once`: not where such a job of that key waits, which then cannot begin before the present transaction ends.
    """
    for kind in settings.TOPICS[topic]:
        if not (once and _is_waiting(kind, key)):
            enqueue(kind, key=key, payload=payload, lane=lane)


def _is_waiting(kind: str, key: str) -> bool:
    """Whether a job waits that nobody is about to claim; it is kept from being claimed until the transaction ends."""
    waiting = Job.objects.select_for_update(skip_locked=True).filter(kind=kind, key=key, state=JobState.QUEUED)
    return waiting.first() is not None


class _Doorbell:
    """Rings Celery. When Redis does not answer, it stays silent for a while, since each attempt costs its caller seconds."""

    def __init__(self) -> None:
        self._silent_until = 0.0

    def ring(self, job_id: UUID, kind: str, delay: timedelta = timedelta(0)) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            current_app.send_task(
                "core.run_job",
                args=[str(job_id)],
                queue=_queue_of(kind),
                countdown=delay.total_seconds() or None,
                retry=False,
            )
        except OperationalError as error:
            self._silent_until = time.monotonic() + SILENCE.total_seconds()
            log.warning("doorbell not rung, the sweep will: %s", error)

    def unheard_in(self, queue: str) -> int:
        """How many bells no worker has heard yet; 0 where Redis does not answer."""
        with current_app.connection_or_acquire() as broker:
            try:
                waiting: int = broker.default_channel.queue_declare(queue=queue, passive=True).message_count
            except (*broker.connection_errors, *broker.channel_errors):  # nobody to ask, or nothing was ever rung there
                return 0
        return waiting


def _queue_of(kind: str) -> str:
    return str(settings.JOB_QUEUES.get(kind, current_app.conf.task_default_queue))


_doorbell = _Doorbell()
_ring = _doorbell.ring


def waiting_in(lane: str) -> int:
    """How many jobs of a lane wait for their turn."""
    return Job.objects.filter(lane=lane, state=JobState.QUEUED).count()


def claim(job_id: UUID) -> RunningJob | None:
    """Take the lease of a job that is due or abandoned; None when it is neither, its lane is taken or someone else is at it."""
    try:
        return _claim(job_id)
    except _LaneTaken:
        pass
    except IntegrityError as error:  # two at once
        if LANE_TAKEN not in str(error):
            raise
    lane = Job.objects.values_list("lane", flat=True).get(id=job_id)
    with transaction.atomic():
        Job.objects.filter(id=job_id, state=JobState.QUEUED).update(run_at=clock.now() + TURN)
        _call_next(lane)  # it may have become free meanwhile
    return None


def _call_next(lane: str) -> None:
    """Ring for the job of a lane that has waited longest, unless one runs. What failed or was not ready waits out its pause."""
    if not lane or _is_taken(lane):
        return
    waiting = Job.objects.filter(lane=lane, state=JobState.QUEUED, attempts=0, last_error="").order_by("id")
    if (job := waiting.first()) is not None:
        Job.objects.filter(id=job.id, state=JobState.QUEUED).update(run_at=clock.now())
        transaction.on_commit(partial(_ring, job.id, job.kind))


def _is_taken(lane: str) -> bool:
    return Job.objects.filter(lane=lane, state=JobState.RUNNING).exists()


def _claim(job_id: UUID) -> RunningJob | None:
    now = clock.now()
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(
                Q(state=JobState.QUEUED, run_at__lte=now) | Q(state=JobState.RUNNING, lease_until__lt=now),
                id=job_id,
            )
            .first()
        )
        if job is None:
            return None
        if job.state == JobState.QUEUED and job.lane and _is_taken(job.lane):
            raise _LaneTaken
        if job.state == JobState.RUNNING:  # its worker died; work that kills whoever takes it is given up in the end
            job.attempts += 1
            job.last_error = "the worker died or stopped answering"
            if job.attempts >= MAX_ATTEMPTS:
                job.state, job.lease_until, job.finished_at = JobState.FAILED, None, now
                job.save(update_fields=["state", "attempts", "last_error", "lease_until", "finished_at"])
                transaction.on_commit(partial(_call_next, job.lane))
                return None
        job.state = JobState.RUNNING
        job.fence += 1
        job.lease_until = now + LEASE
        job.save(update_fields=["state", "attempts", "last_error", "fence", "lease_until"])
        if job.key:
            twins = (
                Job.objects.select_for_update(skip_locked=True)
                .filter(kind=job.kind, key=job.key, state=JobState.QUEUED, run_at__lte=now)
                .values_list("id", flat=True)
            )
            Job.objects.filter(id__in=list(twins)).update(state=JobState.DONE, finished_at=now)
    return RunningJob(job.id, job.kind, job.key, job.payload, job.fence, job.lane)


def run(job_id: UUID, *, strict: bool = False) -> bool:
    """Claim and run one job. False when there was nothing to claim. `strict` re-raises what the handler raised."""
    job = claim(job_id)
    if job is None:
        return False
    handler: Handler = import_string(settings.JOB_HANDLERS[job.kind])
    try:
        handler(job)
        crashpoints.reach(f"job.{job.kind}")
    except Retry as retry:
        _settle(job, state=JobState.QUEUED, run_at=clock.now() + retry.after, last_error=retry.reason)
        _ring(job.id, job.kind, retry.after)
    except LeaseLost:
        log.warning("job %s %s was taken over by another worker", job.kind, job.id)
    except Exception as error:
        log.exception("job %s %s failed", job.kind, job.id)
        _fail(job, error)
        if strict:
            raise
    else:
        _settle(job, state=JobState.DONE, finished_at=clock.now(), last_error="")
    return True


def _settle(job: RunningJob, **changes: Any) -> None:
    """Change the row, but only while this worker's fencing token is the newest.

    In the same transaction the next of its lane is due, so that a worker which dies here leaves nobody waiting a turn.
    """
    with transaction.atomic():
        Job.objects.filter(id=job.id, fence=job.fence, state=JobState.RUNNING).update(lease_until=None, **changes)
        _call_next(job.lane)


def _fail(job: RunningJob, error: Exception) -> None:
    attempts = Job.objects.values_list("attempts", flat=True).get(id=job.id) + 1
    message = "".join(traceback.format_exception_only(error)).strip()[:2000]
    if attempts >= MAX_ATTEMPTS:
        _settle(job, state=JobState.FAILED, attempts=attempts, last_error=message, finished_at=clock.now())
        return
    after = min(timedelta(seconds=2**attempts), BACKOFF_LIMIT)
    _settle(job, state=JobState.QUEUED, attempts=attempts, last_error=message, run_at=clock.now() + after)


def retry_failed(job_id: UUID) -> bool:
    """Queue a failed job again. False when it is not failed."""
    revived = Job.objects.filter(id=job_id, state=JobState.FAILED).update(
        state=JobState.QUEUED, attempts=0, finished_at=None, run_at=clock.now()
    )
    if revived:
        kind = Job.objects.values_list("kind", flat=True).get(id=job_id)
        transaction.on_commit(partial(_ring, job_id, kind))
    return bool(revived)


def is_alive(job_id: UUID) -> bool:
    """Whether a job waits or runs."""
    return Job.objects.filter(id=job_id, state__in=[JobState.QUEUED, JobState.RUNNING]).exists()


def due(limit: int, chosen: Q = Q()) -> list[UUID]:  # noqa: B008  # an empty condition
    """Ids of jobs that are due or whose lease ran out, oldest first."""
    return [job_id for job_id, _ in _due(limit, chosen)]


def _due(limit: int, chosen: Q = Q()) -> list[tuple[UUID, str]]:  # noqa: B008  # an empty condition
    """Ids and kinds of what is due."""
    now = clock.now()
    ready = Q(state=JobState.QUEUED, run_at__lte=now) | Q(state=JobState.RUNNING, lease_until__lt=now)
    return list(Job.objects.filter(ready, chosen).order_by("run_at").values_list("id", "kind")[:limit])


def schedule() -> None:
    """Write the periodic jobs whose interval has begun. Those of intervals gone by are forgotten once they are done."""
    now = clock.now()
    for kind, interval in settings.JOB_SCHEDULE.items():
        begun = now - (now - _EPOCH) % interval
        if Job.objects.filter(kind=kind, scheduled_for=begun).exists():
            continue
        job = Job(kind=kind, key="periodic", scheduled_for=begun, run_at=now)
        Job.objects.bulk_create([job], ignore_conflicts=True)
        Job.objects.filter(kind=kind, scheduled_for__lt=begun, state=JobState.DONE).delete()


def sweep(limit: int = 200) -> int:
    """Write the periodic jobs, ring again for what is due and forget what was done long ago. Returns how often it rang.

    Where as many bells wait to be heard as jobs are due, the workers are busy and nothing was lost.
    """
    schedule()
    waiting: dict[str, list[tuple[UUID, str]]] = {}
    for job_id, kind in _due(limit):
        waiting.setdefault(_queue_of(kind), []).append((job_id, kind))
    unheard = [each for queue, due in waiting.items() if _doorbell.unheard_in(queue) < len(due) for each in due]
    for job_id, kind in unheard:
        _ring(job_id, kind)
    Job.objects.filter(state=JobState.DONE, finished_at__lt=clock.now() - KEEP_DONE, scheduled_for=None).delete()
    return len(unheard)


def drain(*, kinds: Sequence[str] = (), patience: timedelta = timedelta(0), strict: bool = True) -> int:
    """Run jobs in this process until none is left, waiting up to `patience` for those due later. Returns how many ran.

    With `kinds`, only jobs of these; those that a worker runs at the same time are waited for.
    """
    ran = 0
    deadline = time.monotonic() + patience.total_seconds()
    chosen = Q(kind__in=kinds) if kinds else Q()
    while True:
        waiting = due(100, chosen)
        for job_id in waiting:
            ran += run(job_id, strict=strict)
        if waiting:
            continue
        unfinished = Job.objects.filter(chosen, state__in=[JobState.QUEUED, JobState.RUNNING])
        if not unfinished.exists() or time.monotonic() > deadline:
            return ran
        time.sleep(0.05)
