"""Documents that are made of a table's rows: kept, recorded and compared like uploaded ones, hundreds in a transaction.

Their bytes are canonical JSON that the platform writes and nobody needs to parse: what they say is given beside them.
"""

import dataclasses
import secrets
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from abs_platform.core import audit, clock, events, jobs
from abs_platform.core.errors import Forbidden, Unavailable
from abs_platform.core.inserting import insert_all
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transactions import assert_no_transaction
from abs_platform.crypto.commitments import commit
from abs_platform.documents import custody, disclosing, keeping, receiving, rules, selectors, services, settling
from abs_platform.documents.models import Document
from abs_platform.documents.tax import services as tax
from abs_platform.integrations.formats.model import Extracted, Party
from abs_platform.ledger import services as ledger
from abs_platform.ledger.services import Entry
from abs_platform.parties import keys
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.models import Organisation

MEDIA_TYPE = "application/json"
FORMAT = "table"
FILED_AT_ONCE = 500
"""Documents that trade files in one transaction, which locks their owner's filing."""
KEPT_AT_ONCE = 8
"""Files that are made durable at the same time."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document to be: its name, its bytes, and what they say, as JSON too (`to_json`)."""

    filename: str
    content: bytes
    extracted: Extracted
    stated: dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft whose bytes are kept and whose fields are committed to, but not yet recorded."""

    document: Document
    incoming: custody.Incoming
    draft: Draft
    fields: bytes


def bytes_of(document: Document) -> bytes:
    """The original bytes, for the background's own reading. Raises Gone, Damaged, Unavailable."""
    return b"".join(keeping.plaintext(document))


def prepare(*, actor: Actor, drafts: Sequence[Draft], source: Document | None) -> list[Prepared]:
    """Keep the bytes encrypted and compute the commitments. Outside of transactions; `forget` takes it back."""
    assert_no_transaction()
    owner = Organisation.objects.get(id=actor.home)
    key = keys.data_key(owner.id)
    brought = _bring([draft.content for draft in drafts])
    try:
        return [
            _prepared(actor, owner, key, draft, source, incoming)
            for draft, incoming in zip(drafts, brought, strict=True)
        ]
    except BaseException:
        for incoming in brought:
            incoming.discard()
        raise


def _bring(contents: Sequence[bytes]) -> list[custody.Incoming]:
    """Keep them all, or none. Side by side: most of the time goes into making each durable, and storage does many at once."""
    with ThreadPoolExecutor(KEPT_AT_ONCE, "keeping") as pool:
        coming = [pool.submit(custody.bring, BytesIO(content)) for content in contents]
    try:
        return [each.result() for each in coming]
    except BaseException:
        for each in coming:
            if each.exception() is None:
                each.result().discard()
        raise


def _prepared(
    actor: Actor,
    owner: Organisation,
    key: tuple[int, bytes],
    draft: Draft,
    source: Document | None,
    incoming: custody.Incoming,
) -> Prepared:
    sealed = incoming.sealed or incoming.finish()
    wrapped = custody.wrap_under(sealed, key)
    document = Document(
        owner=owner,
        uploaded_by=actor.label,
        filename=draft.filename,
        size=sealed.size,
        media_type=MEDIA_TYPE,
        digest=sealed.digest,
        salt=secrets.token_bytes(32),
        storage_name=sealed.storage_name,
        wrapped_key=wrapped.wrapped,
        key_version=wrapped.version,
        source=source,
    )
    commitment = disclosing.prepare(document, draft.stated)
    document.fields_seed = commitment.seed
    return Prepared(document, incoming, draft, commitment.value)


def forget(prepared: Sequence[Prepared]) -> None:
    """Delete what was kept of drafts that were not recorded."""
    for each in prepared:
        each.incoming.discard()


def record(*, actor: Actor, prepared: Sequence[Prepared]) -> list[Document]:
    """Record them in the ledger, compare them with what is there, and have them filed. Runs in the caller's transaction."""
    services.lock_readings(actor.home)
    for version in {each.document.key_version for each in prepared}:
        if not keys.hold_data_key(actor.home, version):
            raise Unavailable("key_changing", "The key of your files is being changed. Try again in a moment.")

    @cache
    def known(network_id: UUID, party: Party | None) -> Organisation | None:
        return services.resolve(network_id, party)

    keyed = services.fingerprinting()
    for each in prepared:
        each.document.format = FORMAT
        services.take(
            each.document, each.draft.extracted, content=each.draft.stated, known=known, keyed=keyed, compare=False
        )
    _append(actor, prepared)
    repeated = _perhaps_repeated(actor.home, prepared)
    others = [each.document for each in prepared if each.document.id not in repeated]
    settling.relate(others)
    for document in others:
        settling.settle(document)
    insert_all(others)
    for each in prepared:
        if each.document.id in repeated:
            services.take(each.document, each.draft.extracted, content=each.draft.stated, known=known)
            each.document.save(force_insert=True)
    documents = [each.document for each in prepared]
    tax.watch_all(
        read=((each.document, each.draft.extracted) for each in prepared if settling.is_to_be_filed(each.document))
    )
    _tell(actor, documents)
    return documents


def _append(actor: Actor, prepared: Sequence[Prepared]) -> None:
    files, fields = [], []
    for each in prepared:
        subject = selectors.subject_of(each.document)
        digest = bytes.fromhex(each.document.digest)
        commitment = commit(receiving.COMMITMENT_DOMAIN, bytes(each.document.salt), digest)
        files.append(Entry(subject, receiving.RECORD_TEMPLATE, commitment))
        fields.append(Entry(subject, disclosing.RECORD_TEMPLATE, each.fields))
    on_behalf = dataclasses.replace(PLATFORM, organisation_id=actor.home)
    of_files = ledger.append_all(files, actor=actor)
    of_fields = ledger.append_all(fields, actor=on_behalf)
    for each, file, read in zip(prepared, of_files, of_fields, strict=True):
        each.document.record_id, each.document.fields_record_id = file.id, read.id


def _perhaps_repeated(owner_id: UUID, prepared: Sequence[Prepared]) -> set[UUID]:
    """Those that share a key with a document that is there, or with another of these; the rest repeat nothing."""
    keys = ("digest", "number_key", "number_shape")
    there = Document.objects.filter(owner_id=owner_id, withdrawn_at=None)
    taken: set[UUID] = set()
    for key in keys:
        values = Counter(value for each in prepared if (value := getattr(each.document, key)))
        known = set(there.filter(**{f"{key}__in": list(values)}).values_list(key, flat=True))
        taken |= {
            each.document.id
            for each in prepared
            if (value := getattr(each.document, key)) and (value in known or values[value] > 1)
        }
    return taken


def _tell(actor: Actor, documents: Sequence[Document]) -> None:
    received: list[audit.Told] = []
    read: list[audit.Told] = []
    for row in documents:
        subject = selectors.subject_of(row)
        codes = [item["code"] for item in row.attention]
        received.append((subject, {"digest": row.digest, "size": row.size}))
        read.append(
            (
                subject,
                {"extraction": row.extraction, "verdict": row.verdict, "kind": row.kind, "attention": codes},
            )
        )
    audit.record_all(actor=actor, verb="document.received", subjects=received)
    audit.record_all(actor=PLATFORM, verb="document.read", subjects=read)
    sound = [str(row.id) for row in documents if settling.is_to_be_filed(row)]
    for first in range(0, len(sound), FILED_AT_ONCE):
        together = sound[first : first + FILED_AT_ONCE]
        lane = rules.filing_lane(actor.home)
        jobs.publish("document.extracted", {"documents": together}, key=together[0], lane=lane)
    events.notify_all([([row.owner_id, row.counterparty_id], "document", row.id) for row in documents])


def withdraw(*, actor: Actor, document_ids: Sequence[UUID]) -> None:
    """Take back own documents that no trade holds: they leave lists and comparisons, their records stay.

    Runs in the caller's transaction, which holds the owner's lock. Raises Forbidden for one that is not the actor's.
    """
    rows = Document.objects.filter(id__in=document_ids, owner_id=actor.home, withdrawn_at=None)
    found = dict(rows.values_list("id", "counterparty_id"))
    if len(found) < len(set(document_ids)):
        raise Forbidden("not_yours", "Only own documents that were not withdrawn yet can be withdrawn.")
    rows.update(withdrawn_at=clock.now(), fingerprint="", number_key="", number_shape="", trade_id=None, trade_label="")
    told: list[audit.Told] = [(SubjectRef("document", id), None) for id in found]
    audit.record_all(actor=actor, verb="document.withdrawn", subjects=told)
    events.notify_all([([actor.home, counterparty], "document", id) for id, counterparty in found.items()])


def repeated_by_others(*, document_ids: "Sequence[UUID] | QuerySet[Any, Any]") -> int:
    """How many documents outside of these repeat or contradict one of them."""
    related = Q(duplicate_of__in=document_ids) | Q(conflicts_with__in=document_ids)
    rows = Document.objects.filter(related, withdrawn_at=None)
    return rows.exclude(id__in=document_ids).count()
