"""Corrections: what a person writes over a reading is a version of its own. The file never changes.

Version 0 is what was read from the file, be it nothing. Each later one names who wrote it, when, why and which field went
from what to what, and is committed to in the ledger like the reading was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from abs_platform.core import audit, clock, events, jobs
from abs_platform.core.errors import Conflict, DomainError, Invalid
from abs_platform.documents import disclosing, edits, rules, selectors, services, settling, verdicts
from abs_platform.documents.models import Document, DocumentVersion, Extraction
from abs_platform.integrations.formats.model import Extracted, Level, from_json, to_json
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.parties import keys
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.roles import Role

Json = Mapping[str, Any]  # Any: JSON

MAX_AUDITED = 50
"""Of the paths that a version changes, so many are named in the trail; the version names all."""


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A version to be: its content (None: no fields) and the commitment to it, computed before any lock is held."""

    document: Extracted | None
    commitment: disclosing.Commitment | None
    changes: list[dict[str, str | None]]
    restores: int | None = None


def may_correct(actor: Actor, row: Document) -> bool:
    """Whether the actor can write over what was read of the document now."""
    return actor.has(Role.SUPPLIER) and row.owner_id == actor.organisation_id and _hindrance(row) is None


def versions(*, actor: Actor, document_id: UUID) -> QuerySet[DocumentVersion]:
    """The versions of a document, newest first; for its owner. Raises Forbidden, NotFound."""
    row = selectors.own_document(actor=actor, document_id=document_id)
    return DocumentVersion.objects.filter(document=row).order_by("-number")


def correct(
    *, actor: Actor, document_id: UUID, version: int, reason: str, header: Json, lines: Sequence[Json]
) -> Document:
    """Write `header` and `lines` (see edits.edited) over the version numbered `version`, and say why.

    On a file without fields this makes it a business document, typed in by the actor. Raises Forbidden, NotFound;
    Conflict where another version holds by now, the buyer has decided or the document repeats another; Invalid where
    nothing changes or a figure is beyond any document.
    """
    row = _open(actor, document_id, version)
    document = edits.revalidated(edits.edited(row.content, header, lines), _as_read(row), today=clock.today())
    if not document.kind or not (document.number or "").strip():
        raise Invalid("kind_and_number_needed", "Say what kind of document it is, and its number.")
    try:
        rules.check_plausible(document)
    except Refused as error:
        raise Invalid(error.code, error.detail, **error.params) from None
    return _write(actor, row, _proposal(row, document), reason)


def restore(*, actor: Actor, document_id: UUID, version: int, reason: str, number: int) -> Document:
    """Take up the content of version `number` again, as a further version. Raises as `correct`; Invalid for no such one."""
    row = _open(actor, document_id, version)
    earlier = DocumentVersion.objects.filter(document=row, number=number).first()
    if earlier is None or number == row.version:
        raise Invalid("version_unknown", "There is no such earlier version of this document.", number=number)
    document = from_json(earlier.content) if earlier.content else None
    if document and number:
        document = edits.revalidated(document, _as_read(row), today=clock.today())
    return _write(actor, row, replace(_proposal(row, document), restores=number), reason)


def _proposal(row: Document, document: Extracted | None) -> _Proposal:
    changed = edits.changes(row.content, to_json(document) if document else None)
    if not changed:
        raise Invalid("nothing_changed", "Nothing differs from what is there already.")
    is_refused = document is not None and any(remark.level == Level.REFUSED for remark in document.remarks)
    commitment = disclosing.prepare(row, to_json(document)) if document and not is_refused else None
    return _Proposal(document, commitment, changed)


def _open(actor: Actor, document_id: UUID, version: int) -> Document:
    """The document for correcting. Raises Forbidden, NotFound, Conflict, Gone."""
    row = selectors.own_document(actor=actor, document_id=document_id)
    _check(row, version)
    return row


def _check(row: Document, version: int) -> None:
    if hindrance := _hindrance(row):
        raise hindrance
    if row.version != version:
        raise Conflict(
            "version_changed",
            "Somebody corrected this document meanwhile. Look at the present version, then correct it.",
            version=row.version,
        )


def _hindrance(row: Document) -> DomainError | None:
    if row.erased_at is not None:
        return keys.gone()
    if row.extraction == Extraction.PENDING:
        return Conflict("not_read_yet", "The file is still being read. Wait a moment.")
    if row.withdrawn_at is not None:
        return Conflict("withdrawn", "This document was withdrawn with its import. Import or upload it again.")
    if row.buyer_decision:
        return Conflict(
            "already_decided",
            "The buyer has decided on this document as it is, so it stays so. Send a corrected document instead.",
        )
    if any(remark["level"] == Level.REFUSED for remark in row.remarks):
        return Conflict(
            "file_refused",
            "The file itself cannot be taken, whatever its fields. Export it again, or upload a scan and type it in.",
        )
    if row.duplicate_of_id is not None:
        return Conflict("is_duplicate", "It repeats an earlier document. Correct that one.")
    return None


def _as_read(row: Document) -> Extracted | None:
    """What was read from the file itself."""
    content = row.content
    if row.version:
        content = DocumentVersion.objects.values_list("content", flat=True).get(document=row, number=0)
    return from_json(content) if content else None


@transaction.atomic
def _write(actor: Actor, seen: Document, proposal: _Proposal, reason: str) -> Document:
    services.lock_readings(seen.owner_id)
    row = Document.objects.select_for_update(of=("self",)).select_related("owner").get(id=seen.id)
    _check(row, seen.version)
    if row.version == 0:
        _keep(row, by=PLATFORM.label)
    row.version += 1
    row.fields_seed = row.fields_record_id = None
    services.take(row, proposal.document)
    _label(row, actor)
    if row.duplicate_of_id is not None:
        row.trade_id, row.trade_label = None, ""
    if row.counterparty_id != seen.counterparty_id:
        row.head_office_id = None
    if proposal.commitment:
        disclosing.record(row, proposal.commitment)
    row.save()
    _keep(row, by=actor.label, reason=reason, changes=proposal.changes, restores=proposal.restores)
    audit.record(
        actor=actor,
        verb="document.corrected",
        subject=selectors.subject_of(row),
        detail={
            "version": row.version,
            "paths": [change["path"] for change in proposal.changes][:MAX_AUDITED],
            "changes": len(proposal.changes),
            "restores": proposal.restores,
            "record": str(row.fields_record_id) if row.fields_record_id else None,
            "verdict": row.verdict,
        },
    )
    jobs.publish("document.corrected", {"document": str(row.id)}, key=str(row.id))
    events.notify([seen.owner_id, seen.counterparty_id, row.counterparty_id], "document", row.id)
    return row


def _label(row: Document, actor: Actor) -> None:
    """Say that the fields are a person's word, until the buyer has confirmed them. The caller saves."""
    read = DocumentVersion.objects.values_list("content", flat=True).get(document=row, number=0)
    if row.content is None:
        row.typed_in_by = ""
    elif read is None:
        row.typed_in_by = row.typed_in_by or actor.label
        settling.mark(row, verdicts.TYPED_IN, by=row.typed_in_by)
    elif row.content != read:
        settling.mark(row, verdicts.CORRECTED, by=actor.label)
    settling.settle(row)


def _keep(
    row: Document,
    *,
    by: str,
    reason: str = "",
    changes: Sequence[Mapping[str, str | None]] = (),
    restores: int | None = None,
) -> None:
    DocumentVersion.objects.create(
        document=row,
        number=row.version,
        by=by,
        reason=reason,
        changes=list(changes),
        restores=restores,
        content=row.content,
        fields_seed=row.fields_seed,
        fields_record_id=row.fields_record_id,
    )
