"""Job handlers of rights."""

from datetime import timedelta
from uuid import UUID

from abs_platform.core.jobs import Retry, RunningJob
from abs_platform.integrations.chains import ChainError
from abs_platform.rights import services
from abs_platform.rights.priority import watching
from abs_platform.rights.registry import carrying, reconciling
from abs_platform.rights.registry import services as registry

PATIENCE = timedelta(seconds=8)
AGAIN = timedelta(seconds=1)
BUSY = timedelta(milliseconds=500)
TROUBLE = timedelta(seconds=15)


def compute(job: RunningJob) -> None:
    """Compute the right of the trade that changed, or those of the trades that changed together."""
    services.compute_all(trade_ids=[UUID(id) for id in job.payload.get("trades") or [job.payload["trade"]]])


def reassess(job: RunningJob) -> None:
    """Compute anew the rights that rest on an owner's documents of which the tax office said something new."""
    services.reassess(owner_id=UUID(job.payload["owner"]))


def carry(job: RunningJob) -> None:
    """Take steps to the registry; come again while a transaction is under way or the chain has trouble."""
    try:
        is_left = carrying.carry(patience=PATIENCE)
    except carrying.Busy as busy:
        raise Retry(BUSY, str(busy)) from None
    except ChainError as error:
        raise Retry(TROUBLE, str(error)) from error
    if is_left:
        raise Retry(AGAIN, "waiting for the chain to take the transaction")


def watch(job: RunningJob) -> None:
    """Look once whether what was carried out still stands; whatever is wrong is noted, and the next look follows."""
    try:
        carrying.carry()
    except (carrying.Busy, ChainError):
        return


def claim(job: RunningJob) -> None:
    """Claim what a pledged right has come to rest on."""
    registry.claim(right_id=UUID(job.payload["right"]))


def watch_registrations(job: RunningJob) -> None:
    """Tell which registrations at 中登 are to be extended or cancelled."""
    watching.watch()


def reconcile(job: RunningJob) -> None:
    """Compare the database with the registry, now and then or because somebody asked."""
    run = job.payload.get("run")
    reconciling.reconcile(run_id=UUID(run) if run else None)
