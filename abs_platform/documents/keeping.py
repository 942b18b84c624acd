"""Kept files: opening them, and what follows when an organisation's key changes or is destroyed, repeatable and resumable."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Case, QuerySet, Value, When

from abs_platform.core import audit, clock, events
from abs_platform.core.errors import Gone, Unavailable
from abs_platform.core.jobs import Retry, RunningJob
from abs_platform.documents import custody, selectors
from abs_platform.documents.alike.models import InvoiceTrace
from abs_platform.documents.custody import WrappedKey
from abs_platform.documents.models import Document, Extraction
from abs_platform.documents.tax import services as tax
from abs_platform.integrations.formats.reading import Verdict
from abs_platform.integrations.storage import storage
from abs_platform.parties import key_rotation, keys
from abs_platform.parties.actor import PLATFORM

log = logging.getLogger(__name__)

BATCH = 200
ERASED = "erased"
LEFT_FOR = timedelta(days=1)
"""No upload takes as long: what nobody names after it, nobody will."""
ATTEMPTS = 3  # with a key that is wrapped anew at that moment


def key_of(row: Document) -> WrappedKey:
    """The wrapped key of a document's file."""
    return WrappedKey(bytes(row.wrapped_key), row.key_version)


def plaintext(row: Document) -> Iterator[bytes]:
    """The original bytes of a document, decrypted and authenticated segment by segment.

    Raises Gone where the owner's key was destroyed, Damaged; Unavailable.
    """
    if row.erased_at:
        raise keys.gone()
    for _ in range(ATTEMPTS):
        try:
            key = custody.file_key(owner_id=row.owner_id, storage_name=row.storage_name, wrapped=key_of(row))
        except keys.KeyRetired:  # wrapped anew since the row was read
            row.refresh_from_db(fields=["wrapped_key", "key_version"])
        else:
            return custody.read(storage_name=row.storage_name, key=key)
    raise Unavailable("key_changing", "The key of this file is being changed. Try again in a moment.")


def rewrap(*, organisation_id: UUID, job: RunningJob) -> None:
    """Wrap the keys of an organisation's files under its newest key, then retire the older versions.

    The files are not touched. Until a version is retired, files open under it as under the new one.
    """
    try:
        version, key = keys.data_key(organisation_id)
    except Gone:
        return  # destroyed since: nothing is left to wrap
    stale = Document.objects.filter(owner_id=organisation_id, key_version__lt=version, erased_at=None)
    total, done = stale.count(), 0
    older: dict[int, bytes] = {}
    for rows in _batches(stale):
        for row in rows:
            if row.key_version not in older:
                older[row.key_version] = keys.data_key(organisation_id, row.key_version)[1]
            again = custody.rewrap(
                key_of(row), storage_name=row.storage_name, old=older[row.key_version], new=(version, key)
            )
            # Only what was read is replaced, so that two workers at it do each row once.
            Document.objects.filter(id=row.id, key_version=row.key_version).update(
                wrapped_key=again.wrapped, key_version=again.version
            )
        done += len(rows)
        job.progress(done, max(total, done))
    for old in keys.live_versions(organisation_id)[:-1]:
        _retire(organisation_id, old)


@transaction.atomic
def _retire(organisation_id: UUID, version: int) -> None:
    if not key_rotation.lock_for_retirement(organisation_id, version):
        return
    if Document.objects.filter(owner_id=organisation_id, key_version=version).exists():
        raise Retry(timedelta(seconds=1), f"a file came in under version {version} meanwhile")
    key_rotation.retire_data_key(organisation_id, version)


def erase(*, organisation_id: UUID, job: RunningJob) -> None:
    """Erase what was read from the files of an organisation whose key was destroyed, and delete the ciphertext.

    What the log needs to prove that a file existed, and what keeps an invoice from being used twice, stays: digest, salt,
    records and keyed fingerprints. Raises ValueError while the key is there.
    """
    if keys.live_versions(organisation_id):
        raise ValueError("the organisation's key is in use; nothing is erased")
    left = Document.objects.filter(owner_id=organisation_id, erased_at=None)
    total, done = left.count(), 0
    for rows in _batches(left):
        for row in rows:
            storage().delete(row.storage_name)
        _erase([row.id for row in rows])
        done += len(rows)
        job.progress(done, max(total, done))


@transaction.atomic
def _erase(ids: list[UUID]) -> None:
    for row in Document.objects.select_for_update().filter(id__in=ids, erased_at=None).order_by("id"):
        row.erased_at = clock.now()
        row.filename = f"erased-{row.id.hex[-8:]}"
        row.content = row.fields_seed = row.issue_date = row.total = None
        row.remarks = []
        row.number = row.seller_name = row.buyer_name = row.currency = ""
        row.attention = []
        if row.extraction == Extraction.PENDING:
            row.extraction, row.verdict = Extraction.ATTACHMENT, Verdict.ATTENTION
        row.save()
        row.versions.update(
            content=None,
            fields_seed=None,
            changes=[],
            reason=Case(When(number=0, then=Value("")), default=Value(ERASED)),
        )
        tax.erase(document_id=row.id)
        InvoiceTrace.objects.filter(document=row).delete()
        audit.record(actor=PLATFORM, verb="document.erased", subject=selectors.subject_of(row))
        events.notify([row.owner_id, row.counterparty_id], "document", row.id)


def sweep() -> int:
    """Delete the ciphertext that no document names: what uploads left whose process was killed. Returns how many files."""
    left = 0
    stored = storage().stored_before(clock.now() - LEFT_FOR)
    while names := list(islice(stored, BATCH)):
        named = set(Document.objects.filter(storage_name__in=names).values_list("storage_name", flat=True))
        for name in names:
            if name not in named:
                storage().delete(name)
                left += 1
    if left:
        log.warning("deleted %s stored files that no document names", left)
    return left


def _batches(rows: QuerySet[Document]) -> Iterator[list[Document]]:
    """All rows in the order of their ids, a batch at a time."""
    ordered = rows.order_by("id")
    batch = list(ordered[:BATCH])
    while batch:
        yield batch
        batch = list(ordered.filter(id__gt=batch[-1].id)[:BATCH])
