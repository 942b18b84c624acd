"""The ledger's background work: jobs, and looks at the chains that need no job, for the next one follows in seconds."""

from datetime import timedelta

from celery import shared_task

from abs_platform.core import jobs
from abs_platform.integrations.chains import ChainError
from abs_platform.ledger import anchoring, audits, services, supervision
from abs_platform.ledger import hand_over as passing
from abs_platform.ledger.audit.report import Mode

PATIENCE = timedelta(seconds=8)
AGAIN = timedelta(seconds=1)
BUSY = timedelta(milliseconds=500)
TROUBLE = timedelta(seconds=15)


def seal(job: jobs.RunningJob) -> None:
    """Seal the channel's pending records, batch by batch, until none is left."""
    sealed = services.seal(channel=job.payload["channel"])
    first = sealed.first if sealed else 0
    while sealed is not None:
        job.progress(sealed.size - first, sealed.size - first)
        sealed = services.seal(channel=job.payload["channel"])


def anchor(job: jobs.RunningJob) -> None:
    """Take the newest checkpoints to one chain; come again while a transaction is under way or the chain has trouble."""
    try:
        outcome = anchoring.anchor(chain=job.payload["chain"], patience=PATIENCE)
    except anchoring.Busy as busy:
        raise jobs.Retry(BUSY, str(busy)) from None
    except ChainError as error:
        raise jobs.Retry(TROUBLE, str(error)) from error
    if outcome is not anchoring.Outcome.DONE:
        raise jobs.Retry(AGAIN, "waiting for the chain to take the transaction")


def hand_over(job: jobs.RunningJob) -> None:
    """Pass one chain's contract on to its next publisher's key; come again until the chain has taken both steps."""
    try:
        done = passing.hand_over(chain=job.payload["chain"], patience=PATIENCE)
    except anchoring.Busy as busy:
        raise jobs.Retry(BUSY, str(busy)) from None
    except ChainError as error:
        raise jobs.Retry(TROUBLE, str(error)) from error
    if not done:
        raise jobs.Retry(AGAIN, "waiting for the chain to take the transaction")


def audit(job: jobs.RunningJob) -> None:
    """Audit a channel; come again while another audit of it runs."""
    mode = Mode(job.payload["mode"])
    try:
        audits.perform(job_id=job.id, channel=job.payload["channel"], mode=mode, progress=job.progress)
    except audits.UnderWay as error:
        raise jobs.Retry(TROUBLE, str(error)) from None


def audit_what_is_new(job: jobs.RunningJob) -> None:
    """Every few minutes."""
    audits.schedule(mode=Mode.INCREMENTAL)


def audit_everything(job: jobs.RunningJob) -> None:
    """Once a day."""
    audits.schedule(mode=Mode.FULL)


@shared_task(name="ledger.watch", ignore_result=True)  # type: ignore[untyped-decorator]  # celery ships no types
def watch(chain: str) -> None:
    """Look at a chain: is what was anchored still there, is something left to do, how does it do?"""
    anchoring.watch(chain=chain)


@shared_task(name="ledger.supervise", ignore_result=True)  # type: ignore[untyped-decorator]  # celery ships no types
def supervise(chain: str) -> None:
    """Look on a chain for records that were counted there and never got a place in the log."""
    supervision.supervise(chain=chain)
