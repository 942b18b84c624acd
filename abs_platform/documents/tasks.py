"""Job handlers of documents."""

from datetime import timedelta
from uuid import UUID

from abs_platform.core.jobs import RunningJob
from abs_platform.documents import keeping, services, unpacking
from abs_platform.documents.alike import services as alike
from abs_platform.documents.tax import services as tax
from abs_platform.ledger import selectors as ledger

LOOKING = timedelta(minutes=30)
"""The longest that a look at everything imported within an hour may take."""


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


def tax_status(job: RunningJob) -> None:
    """Ask the tax office about invoices."""
    tax.check_all(document_ids=[UUID(id) for id in job.payload["documents"]], progress=job.progress)


def tax_sweep(job: RunningJob) -> None:
    """Have the tax office asked about the invoices that are due."""
    tax.sweep()


def find_alike(job: RunningJob) -> None:
    """Look for invoices that nearly repeat another among those that were read side by side, or before there were traces."""
    job.hold(LOOKING)
    alike.trace_missing()
    alike.scan()


def follow_correction(job: RunningJob) -> None:
    """Have the tax office asked about a corrected invoice, and compare it anew."""
    document_id = UUID(job.payload["document"])
    tax.watch_again(document_id=document_id)
    alike.trace_again(document_id=document_id)


def rewrap(job: RunningJob) -> None:
    """Wrap the keys of an organisation's files under its new key."""
    keeping.rewrap(organisation_id=UUID(job.payload["organisation"]), job=job)


def sweep_storage(job: RunningJob) -> None:
    """Delete what uploads left in storage whose process was killed."""
    keeping.sweep()


def erase(job: RunningJob) -> None:
    """Erase what was read from the files of an organisation whose key was destroyed."""
    keeping.erase(organisation_id=UUID(job.payload["organisation"]), job=job)
