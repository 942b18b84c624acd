"""Audits by the clock and on request: one at a time for each channel, their verdicts kept, and what is wrong made visible."""

import logging
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from abs_platform.core import clock, jobs
from abs_platform.core.errors import Conflict, Forbidden, Invalid
from abs_platform.core.ids import uuid7
from abs_platform.core.models import AuditEntry, Job, JobState
from abs_platform.ledger import audits, services
from abs_platform.ledger.audit.report import Mode
from abs_platform.ledger.models import AuditRun, Channel
from abs_platform.parties import services as parties
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.roles import Role
from abs_platform.parties.selectors import operating_organisation
from abs_platform.risk.models import Alert, Severity
from tests.ledger.conftest import Ledger

OPERATOR = Actor(label="console", roles=frozenset({Role.OPERATOR}))


@pytest.fixture
def sealed(unanchored: Ledger) -> Ledger:
    unanchored.append(3)
    services.seal()
    Job.objects.all().delete()
    return unanchored


def request(mode: Mode = Mode.FULL) -> AuditRun:
    return audits.request(actor=OPERATOR, channel="main", mode=mode)


def test_an_audit_on_request_leaves_its_verdict_and_a_trail(sealed: Ledger) -> None:
    run = request()
    assert run.state == "running"
    assert AuditEntry.objects.filter(verb="audit.requested", subject_id=run.id, actor="console").count() == 1
    jobs.drain()
    run.refresh_from_db()
    assert (run.state, run.mode, run.size, run.row) == ("in_order", "full", 3, "")
    assert run.counts["leaves"] == 3 and run.finished_at is not None
    assert audits.trouble() == "" and not Alert.objects.exists()
    assert Job.objects.get(id=run.id).progress_done == 3


def test_only_an_operator_asks_and_only_for_a_channel_that_there_is(sealed: Ledger) -> None:
    officer = Actor(label="officer", roles=frozenset({Role.RISK_OFFICER}))
    with pytest.raises(Forbidden):
        audits.request(actor=officer, channel="main", mode=Mode.FULL)
    with pytest.raises(Forbidden):
        audits.runs(actor=officer)
    with pytest.raises(Invalid):
        audits.request(actor=OPERATOR, channel="other", mode=Mode.FULL)
    assert not AuditRun.objects.exists()


def test_one_audit_of_a_channel_runs_at_a_time(sealed: Ledger) -> None:
    first = request()
    with pytest.raises(Conflict):
        request(Mode.INCREMENTAL)
    audits.schedule(mode=Mode.INCREMENTAL)
    scheduled = Job.objects.get(key="main/incremental")
    assert jobs.run(scheduled.id)
    scheduled.refresh_from_db()
    assert (scheduled.state, scheduled.attempts) == (JobState.QUEUED, 0), "it comes again, and that is no failure"
    assert jobs.run(first.id)
    Job.objects.update(run_at=clock.now())
    assert jobs.run(scheduled.id)
    assert list(AuditRun.objects.order_by("id").values_list("mode", "state")) == [
        ("full", "in_order"), ("incremental", "in_order"),
    ]  # fmt: skip


def test_the_database_takes_no_second_running_audit_and_no_verdict_without_its_row(sealed: Ledger) -> None:
    channel = Channel.objects.get()
    AuditRun.objects.create(channel=channel, mode="full")
    for values in (
        {"mode": "full"},
        {"mode": "some", "state": "in_order", "finished_at": clock.now()},
        {"mode": "full", "state": "in_order"},
        {"mode": "full", "state": "wrong", "finished_at": clock.now()},
        {"mode": "full", "state": "in_order", "finished_at": clock.now(), "row": "leaf 1"},
        {"mode": "full", "state": "lost", "finished_at": clock.now()},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            AuditRun.objects.create(channel=channel, **values)


def test_the_clock_audits_every_channel_and_forgets_the_uneventful(sealed: Ledger) -> None:
    Channel.objects.create(name="other", origin="abs.local/other")
    long_ago = clock.now() - audits.KEEP_UNEVENTFUL * 2
    old = {"channel": Channel.objects.get(name="main"), "started_at": long_ago, "finished_at": long_ago}
    AuditRun.objects.create(mode="incremental", state="in_order", **old)
    kept = AuditRun.objects.create(mode="incremental", state="wrong", row="leaf 1", **old)
    jobs.sweep()
    jobs.drain(kinds=["ledger.audit_what_is_new", "ledger.audit"])
    assert set(AuditRun.objects.exclude(id=kept.id).values_list("channel__name", "mode", "state")) == {
        ("main", "full", "in_order"), ("other", "full", "in_order"),
    }, "the first audit has no memory to go on from"  # fmt: skip
    assert AuditRun.objects.filter(id=kept.id).exists()


def test_what_is_wrong_is_made_visible(sealed: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    network = parties.create_network(actor=PLATFORM, name="main")
    parties.create_organisation(
        actor=PLATFORM, network_id=network.id, name="console", roles=[Role.OPERATOR, Role.RISK_OFFICER]
    )
    jobs.drain()
    request()
    jobs.drain()
    sealed.tamper("UPDATE ledger_leaf SET hash = sha256('') WHERE index = 1")
    for _ in range(2):
        request()
        with caplog.at_level(logging.ERROR):
            jobs.drain()
    run = AuditRun.objects.order_by("-id")[0]
    assert (run.state, run.row) == ("wrong", "leaf 1") and run.detail
    assert any("WRONG: leaf 1" in record.message for record in caplog.records)
    assert audits.trouble().startswith("main: leaf 1: ")
    alert = Alert.objects.get()
    operator = operating_organisation()
    assert operator is not None
    assert (alert.rule, alert.severity, alert.network_id) == ("ledger_tampered", Severity.CRITICAL, operator.network_id)
    assert alert.detail["row"] == "leaf 1"


def test_what_a_full_audit_found_stands_until_a_full_audit_is_in_order(sealed: Ledger) -> None:
    """An incremental audit does not look there."""

    def ended(mode: str, state: str, **values: str) -> None:
        AuditRun.objects.create(
            channel=Channel.objects.get(), mode=mode, state=state, finished_at=clock.now(), **values
        )

    ended("full", "wrong", row="leaf 0", detail="is another one")
    for mode, state in (("incremental", "in_order"), ("full", "failed"), ("full", "unreachable")):
        ended(mode, state)
        assert audits.trouble() == "main: leaf 0: is another one", f"{mode} {state}"
    ended("full", "in_order")
    assert audits.trouble() == ""


def test_an_audit_that_cannot_be_made_says_so_and_does_not_block_the_next(sealed: Ledger, settings: Any) -> None:
    memory = settings.STATE_DIR / "audit" / "main.json"
    memory.parent.mkdir()
    memory.write_text("{")
    run = request()
    jobs.drain()
    run.refresh_from_db()
    assert run.state == "failed" and "damaged" in run.detail
    memory.unlink()
    given_up = AuditRun.objects.create(id=uuid7(), channel=Channel.objects.get(), mode="full")
    after = request()
    jobs.drain()
    given_up.refresh_from_db()
    after.refresh_from_db()
    assert (given_up.state, after.state) == ("failed", "in_order")


def test_a_run_taken_over_by_another_worker_has_one_verdict(sealed: Ledger) -> None:
    run = request()
    for _ in range(2):
        audits.perform(job_id=run.id, channel="main", mode=Mode.FULL, progress=lambda done, total: None)
    assert AuditRun.objects.count() == 1
    assert Job.objects.filter(kind="risk.audited").count() == 1
