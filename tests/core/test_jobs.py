"""The job queue: nothing is lost, nothing is done twice, whoever dies."""

import uuid
from datetime import datetime, timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction

from abs_platform.core import clock, jobs
from abs_platform.core.models import Job, JobState

ran: list[str] = []


def note(job: jobs.RunningJob) -> None:
    """A handler that writes down what it was given."""
    ran.append(job.payload["n"])


def fail(job: jobs.RunningJob) -> None:
    """A handler that cannot do its work."""
    raise ValueError("the disk is full")


def not_yet(job: jobs.RunningJob) -> None:
    """A handler whose work is not ready."""
    raise jobs.Retry(timedelta(seconds=30), "waiting for the chain")


@pytest.fixture(autouse=True)
def _handlers(settings: object, db: None) -> None:
    ran.clear()
    settings.JOB_HANDLERS = {kind: f"tests.core.test_jobs.{kind}" for kind in ("note", "fail", "not_yet")}  # type: ignore[attr-defined]
    settings.TOPICS = {"happened": ["note", "fail"]}  # type: ignore[attr-defined]
    settings.JOB_SCHEDULE = {}  # type: ignore[attr-defined]


def enqueue(kind: str = "note", *, n: str = "1", key: str = "", delay: timedelta = timedelta(0), lane: str = "") -> Job:
    with transaction.atomic():
        return Job.objects.get(id=jobs.enqueue(kind, payload={"n": n}, key=key, delay=delay, lane=lane))


def test_a_job_runs_once() -> None:
    job = enqueue()
    assert jobs.run(job.id)
    assert not jobs.run(job.id)
    assert ran == ["1"]
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert job.finished_at


def test_a_job_that_is_due_later_waits() -> None:
    job = enqueue(delay=timedelta(minutes=5))
    assert not jobs.run(job.id)
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert jobs.run(job.id)


def test_jobs_of_one_key_run_as_one_and_others_do_not() -> None:
    first, *_ = [enqueue(n=str(n), key="main") for n in range(3)]
    other = enqueue(n="other", key="else")
    assert jobs.run(first.id)
    assert ran == ["0"]
    assert jobs.due(10) == [other.id]


def test_a_job_enqueued_while_its_twin_runs_runs_afterwards() -> None:
    first = enqueue(n="first", key="main")
    running = jobs.claim(first.id)
    assert running
    second = enqueue(n="second", key="main")
    assert jobs.run(second.id)
    assert ran == ["second"]


def test_an_abandoned_job_is_taken_over_and_the_late_worker_cannot_finish_it() -> None:
    job = enqueue()
    abandoned = jobs.claim(job.id)
    assert abandoned
    assert not jobs.run(job.id), "the lease still holds"
    with clock.at(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        assert jobs.run(job.id)
        with pytest.raises(jobs.LeaseLost):
            abandoned.progress(1, 2)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert job.fence == 2
    assert ran == ["1"]


def test_a_failing_job_comes_again_later_and_is_given_up_in_the_end() -> None:
    job = enqueue("fail")
    moment = clock.now()
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        with clock.at(moment):
            assert jobs.run(job.id)
        job.refresh_from_db()
        assert job.attempts == attempt
        assert "the disk is full" in job.last_error
        moment = job.run_at
    assert job.state == JobState.FAILED
    assert not jobs.due(10)
    assert jobs.retry_failed(job.id)
    assert jobs.due(10) == [job.id]


def test_waiting_is_no_failure() -> None:
    job = enqueue("not_yet")
    assert jobs.run(job.id)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.last_error) == (JobState.QUEUED, 0, "waiting for the chain")
    assert job.run_at > clock.now()


def test_a_topic_reaches_every_subscriber() -> None:
    with transaction.atomic():
        jobs.publish("happened", {"n": "1"})
    assert sorted(Job.objects.values_list("kind", flat=True)) == ["fail", "note"]


def test_a_job_outside_a_transaction_or_without_handler_is_refused() -> None:
    with pytest.raises(KeyError):
        jobs.enqueue("unknown")


def test_every_kind_in_the_settings_has_a_handler(settings: object) -> None:
    from django.utils.module_loading import import_string

    from abs_platform.config import settings as own

    for kinds in own.TOPICS.values():
        assert set(kinds) <= set(own.JOB_HANDLERS)
    assert set(own.JOB_SCHEDULE) <= set(own.JOB_HANDLERS)
    for path in own.JOB_HANDLERS.values():
        assert callable(import_string(path))


def test_old_done_jobs_are_forgotten_and_waiting_ones_are_not() -> None:
    done, waiting = enqueue(n="a"), enqueue(n="b", delay=timedelta(days=30))
    jobs.run(done.id)
    with clock.at(clock.now() + jobs.KEEP_DONE + timedelta(minutes=1)):
        jobs.sweep()
    assert list(Job.objects.values_list("id", flat=True)) == [waiting.id]


def test_the_sweep_rings_again_only_for_what_no_bell_waits_for(settings: object) -> None:
    settings.JOB_QUEUES = {"note": "noted"}  # type: ignore[attr-defined]
    with current_app.connection_or_acquire() as broker:
        queue = broker.SimpleQueue("noted")
        queue.clear()
        for number in range(3):
            enqueue(n=str(number))  # in a transaction that never commits: nothing has rung yet
        assert jobs.sweep() == 3
        assert jobs.sweep() == 0, "three bells wait for three jobs"
        queue.get(block=False).ack()  # a worker heard one and died
        assert jobs.sweep() == 3
        queue.clear()  # Redis was emptied
        assert jobs.sweep() == 3
        queue.clear()


HOUR = timedelta(hours=1)


@pytest.fixture
def hourly(settings: object) -> datetime:
    """A job for every hour; the beginning of the present one."""
    settings.JOB_SCHEDULE = {"note": HOUR}  # type: ignore[attr-defined]
    return clock.now().replace(minute=0, second=0, microsecond=0)


def test_a_periodic_job_is_written_once_an_interval(hourly: datetime) -> None:
    for minute in (0, 1, 59, 60, 119):
        with clock.at(hourly + timedelta(minutes=minute)):
            jobs.sweep()
    assert list(Job.objects.order_by("scheduled_for").values_list("scheduled_for", flat=True)) == [
        hourly,
        hourly + HOUR,
    ]


def test_after_a_standstill_missed_intervals_run_as_one(hourly: datetime) -> None:
    for hour in range(3):
        with clock.at(hourly + hour * HOUR):
            jobs.sweep()
    with clock.at(hourly + 3 * HOUR):
        first, *rest = jobs.due(10)
        assert jobs.claim(first)
        assert len(rest) == 2 and jobs.due(10) == []


def test_a_done_periodic_job_is_kept_as_long_as_its_interval(hourly: datetime, settings: object) -> None:
    settings.JOB_SCHEDULE = {"note": timedelta(days=7)}  # type: ignore[attr-defined]
    week = timedelta(days=7)
    with clock.at(hourly):
        jobs.sweep()
        Job.objects.update(payload={"n": "1"})
        (only,) = jobs.due(1)
        jobs.run(only)
    (begun,) = Job.objects.values_list("scheduled_for", flat=True)
    for days in (2, 6):
        with clock.at(begun + timedelta(days=days)):
            jobs.sweep()
    assert list(Job.objects.values_list("id", flat=True)) == [only]
    with clock.at(begun + week):
        jobs.sweep()
    assert Job.objects.get().scheduled_for == begun + week


def test_two_sweeps_at_once_write_a_periodic_job_once(hourly: datetime) -> None:
    with clock.at(hourly):
        twin = Job(kind="note", key="periodic", scheduled_for=hourly)
        jobs.sweep()
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save(force_insert=True)
        Job.objects.bulk_create([twin], ignore_conflicts=True)
    assert Job.objects.count() == 1


def test_a_claim_of_nothing_is_nothing() -> None:
    assert jobs.claim(uuid.uuid4()) is None
    assert settings.JOB_HANDLERS


def test_jobs_of_one_lane_run_one_after_the_other_and_others_beside_them() -> None:
    first, second, third = (enqueue(n=n, lane="a") for n in "123")
    other = enqueue(n="4", lane="b")
    assert jobs.waiting_in("a") == 3
    running = jobs.claim(first.id)
    assert running is not None
    assert jobs.claim(second.id) is None
    second.refresh_from_db()
    assert second.run_at > clock.now(), "it waits without being asked again and again"
    assert jobs.claim(other.id) is not None
    with pytest.raises(IntegrityError, match="job_one_of_lane"), transaction.atomic():
        Job.objects.filter(id=third.id).update(state=JobState.RUNNING, lease_until=clock.now())
    jobs._settle(running, state=JobState.DONE, finished_at=clock.now())
    assert jobs.due(10) == [second.id, third.id] or jobs.due(10) == [third.id, second.id]
    assert jobs.run(second.id)
    assert ran == ["2"]


def test_a_lane_whose_worker_died_goes_on_when_the_lease_runs_out() -> None:
    first, second = enqueue(n="1", lane="a"), enqueue(n="2", lane="a")
    assert jobs.claim(first.id)
    assert jobs.claim(second.id) is None
    with clock.at(clock.now() + timedelta(minutes=2)):
        jobs.drain()
    assert ran == ["1", "2"]


def test_a_worker_that_dies_before_it_calls_the_next_of_its_lane_has_not_finished_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else everybody in the lane would wait out a turn although nobody runs."""
    first, second = enqueue(n="1", lane="a"), enqueue(n="2", lane="a")
    running = jobs.claim(first.id)
    assert running is not None
    assert jobs.claim(second.id) is None

    def die(lane: str) -> None:
        raise SystemExit

    with monkeypatch.context() as dying, pytest.raises(SystemExit):
        dying.setattr(jobs, "_call_next", die)
        jobs._settle(running, state=JobState.DONE, finished_at=clock.now())
    first.refresh_from_db()
    assert first.state == JobState.RUNNING
    jobs._settle(running, state=JobState.DONE, finished_at=clock.now())
    assert jobs.due(10) == [second.id]


def test_what_failed_or_was_not_ready_is_not_called_before_its_time() -> None:
    waiting, failing = enqueue("not_yet", lane="a"), enqueue("fail", lane="a")
    jobs.run(waiting.id)
    jobs.run(failing.id)
    assert jobs.run(enqueue(lane="a").id)
    assert jobs.due(10) == []


def test_what_is_published_once_waits_for_whoever_published_it_last(settings: object) -> None:
    settings.TOPICS = {"happened": ["note"]}  # type: ignore[attr-defined]
    with transaction.atomic():
        for _ in range(3):
            jobs.publish("happened", {"n": "1"}, key="k", once=True)
        jobs.publish("happened", {"n": "2"}, key="another", once=True)
    assert sorted(Job.objects.values_list("key", flat=True)) == ["another", "k"]
    for id in jobs.due(10):
        jobs.run(id)
    with transaction.atomic():
        jobs.publish("happened", {"n": "3"}, key="k", once=True)
    assert Job.objects.filter(key="k", state=JobState.QUEUED).count() == 1, "one that is done hears of nothing more"
