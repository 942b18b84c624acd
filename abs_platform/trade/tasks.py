"""Job handlers of trade."""

from uuid import UUID

from abs_platform.core.jobs import RunningJob
from abs_platform.trade import services


def file_document(job: RunningJob) -> None:
    """File the document that was read."""
    services.file_document(document_id=UUID(job.payload["document"]))


def refile_document(job: RunningJob) -> None:
    """File the document that was corrected anew."""
    services.refile_document(document_id=UUID(job.payload["document"]))
