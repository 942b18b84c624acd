"""Job handlers of rights."""

from uuid import UUID

from abs_platform.core.jobs import RunningJob
from abs_platform.rights import services


def compute(job: RunningJob) -> None:
    """Compute the right of the trade that changed."""
    services.compute(trade_id=UUID(job.payload["trade"]))


def reassess(job: RunningJob) -> None:
    """Compute anew the right that rests on a document."""
    services.reassess(document_id=UUID(job.payload["document"]))
