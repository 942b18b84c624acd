"""Job handlers of documents."""

from uuid import UUID

from abs_platform.core.jobs import RunningJob
from abs_platform.documents import services, unpacking
from abs_platform.ledger import selectors as ledger


def extract(job: RunningJob) -> None:
    """Read the document that was received."""
    services.extract(document_id=UUID(job.payload["document"]))


def unpack(job: RunningJob) -> None:
    """Receive the files of an archive."""
    unpacking.unpack(document_id=UUID(job.payload["document"]), job=job)


def announce(job: RunningJob) -> None:
    """Tell the owners of newly recorded or anchored documents."""
    payload = job.payload
    services.announce(
        record_ids=ledger.record_ids(channel=payload["channel"], first=payload["first"], size=payload["size"])
    )
