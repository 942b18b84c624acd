"""Job handlers of trade."""

from uuid import UUID

from abs_platform.core.jobs import RunningJob
from abs_platform.trade import services
from abs_platform.trade.desk import automatic


def file_document(job: RunningJob) -> None:
    """File the document that was read, or the documents that were imported together."""
    ids = job.payload.get("documents") or [job.payload["document"]]
    services.file_documents(document_ids=[UUID(id) for id in ids])


def refile_document(job: RunningJob) -> None:
    """File the document that was corrected anew."""
    services.refile_document(document_id=UUID(job.payload["document"]))


def confirm_automatically(job: RunningJob) -> None:
    """Confirm what a rule of the buyer allows to."""
    automatic.confirm_trade(trade_id=UUID(job.payload["trade"]))
