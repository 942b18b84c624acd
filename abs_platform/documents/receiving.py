"""Taking files in: what came is recorded in the ledger, or leaves nothing."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction

from abs_platform.core import audit, events, jobs
from abs_platform.core.errors import Invalid, TooLarge, TooSoon, Unavailable
from abs_platform.core.filenames import clean_filename
from abs_platform.crypto.commitments import commit
from abs_platform.documents import custody, keeping, rules, selectors
from abs_platform.documents.custody import Readable
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.media import media_type_of
from abs_platform.ledger import services as ledger
from abs_platform.parties import keys
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role

COMMITMENT_DOMAIN = "abs/document/v1"
RECORD_TEMPLATE = "document/v1"
RETRY_AFTER = 30
"""Seconds after which a sender whose queue was full may come again."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file came from that was a member of an archive: the archive's document, and which member it was."""

    container_id: UUID
    position: int


def receive(*, actor: Actor, filename: str, stream: Readable, size: int, place: Place | None = None) -> Document:
    """Keep a file that this process holds, as `take_in` does. `size` is in bytes. Raises as `take_in` does."""
    actor.require(Role.SUPPLIER)
    check_size(clean_filename(filename), size)
    with custody.bring(stream) as incoming:
        return take_in(actor=actor, filename=filename, incoming=incoming, place=place)


def take_in(*, actor: Actor, filename: str, incoming: custody.Incoming, place: Place | None = None) -> Document:
    """Record a file that came in and lies in storage: append its salted digest to the ledger, and have it read.

    Raises Invalid for an empty file, TooLarge beyond the limit, TooSoon while too many files wait to be read, Gone where the
    organisation's key was destroyed. A file that is refused is not claimed: whoever holds `incoming` discards it.
    """
    actor.require(Role.SUPPLIER)
    name = clean_filename(filename)
    check_size(name, incoming.size)
    if place is None:
        check_queue(actor.home)
    sealed = incoming.sealed or incoming.finish()
    for _ in range(keeping.ATTEMPTS):
        if document := _record(actor, name, sealed, custody.wrap(sealed, owner_id=actor.home), place):
            incoming.claim()
            return document
    raise Unavailable("key_changing", "The key of your files is being changed. Try again in a moment.")


def check_size(name: str, size: int) -> None:
    """Raises Invalid for an empty file, TooLarge beyond the limit."""
    if size == 0:
        raise Invalid("file_empty", "The file is empty. Choose the file again.", filename=name)
    if size > settings.MAX_FILE_BYTES:
        raise TooLarge(
            "file_too_large",
            f"A file may have {settings.MAX_FILE_BYTES} bytes at most.",
            filename=name,
            limit=settings.MAX_FILE_BYTES,
        )


def check_queue(owner_id: UUID) -> None:
    """Raises TooSoon while as many readings of the organisation wait as may. The files of an archive come in whole."""
    limit = settings.READING_QUEUE
    if jobs.waiting_in(rules.reading_lane(owner_id)) >= limit:
        raise TooSoon(
            "reading_queue_full",
            f"{limit} of your files wait to be read. Send more when some have been.",
            limit=limit,
            retry_after=RETRY_AFTER,
        )


@transaction.atomic
def _record(
    actor: Actor, name: str, sealed: custody.Sealed, key: custody.WrappedKey, place: Place | None
) -> Document | None:
    """None where the key's version was retired after it was taken."""
    if not keys.hold_data_key(actor.home, key.version):
        return None
    document = Document(
        owner_id=actor.home,
        uploaded_by=actor.label,
        filename=name,
        size=sealed.size,
        media_type=media_type_of(sealed.head),
        digest=sealed.digest,
        salt=secrets.token_bytes(32),
        storage_name=sealed.storage_name,
        wrapped_key=key.wrapped,
        key_version=key.version,
        container_id=place.container_id if place else None,
        position=place.position if place else None,
    )
    commitment = commit(COMMITMENT_DOMAIN, bytes(document.salt), bytes.fromhex(sealed.digest))
    subject = selectors.subject_of(document)
    document.record_id = ledger.append(subject=subject, template=RECORD_TEMPLATE, commitment=commitment, actor=actor).id
    document.save(force_insert=True)
    audit.record(
        actor=actor, verb="document.received", subject=subject, detail={"digest": sealed.digest, "size": sealed.size}
    )
    jobs.enqueue(
        "documents.extract",
        key=str(document.id),
        payload={"document": str(document.id)},
        lane=rules.reading_lane(document.owner_id),
    )
    events.notify([document.owner_id], "document", document.id)
    return document
