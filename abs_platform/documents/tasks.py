"""Job handlers of documents."""

from uuid import UUID

from abs_platform.core.jobs import RunningJob
from abs_platform.documents import keeping, services
from abs_platform.ledger import selectors as ledger


def extract(job: RunningJob) -> None:
    """Read the document that was received."""
    services.extract(document_id=UUID(job.payload["document"]))


def announce(job: RunningJob) -> None:
    """Tell the owners of newly recorded or anchored documents."""
    payload = job.payload
    services.announce(
        record_ids=ledger.record_ids(channel=payload["channel"], first=payload["first"], size=payload["size"])
    )


def rewrap(job: RunningJob) -> None:
    """Wrap the keys of an organisation's files under its new key."""
    keeping.rewrap(organisation_id=UUID(job.payload["organisation"]), job=job)


def erase(job: RunningJob) -> None:
    """Erase what was read from the files of an organisation whose key was destroyed."""
    keeping.erase(organisation_id=UUID(job.payload["organisation"]), job=job)
