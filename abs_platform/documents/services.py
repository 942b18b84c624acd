"""Writes of documents: reading, opening."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from abs_platform.consent import services as consent
from abs_platform.consent.selectors import Look
from abs_platform.core import audit, clock, events, jobs
from abs_platform.core.errors import Invalid, NotFound
from abs_platform.core.transactions import assert_no_transaction
from abs_platform.crypto import sm3
from abs_platform.documents import disclosing, keeping, rules, selectors, settling, verdicts
from abs_platform.documents.alike import services as near_duplicates
from abs_platform.documents.models import Document, Extraction
from abs_platform.documents.tax import services as tax
from abs_platform.integrations import formats
from abs_platform.integrations.formats import process
from abs_platform.integrations.formats.model import TRADE_KINDS, Extracted, Level, Party, Remark, to_json
from abs_platform.integrations.formats.reading import Reading, Verdict
from abs_platform.integrations.formats.remarks import ALREADY_FINANCED
from abs_platform.integrations.kms import kms
from abs_platform.integrations.previews import Page, previewer
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.models import Organisation
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.risk.services import Observation

log = logging.getLogger(__name__)

MAX_READ_BYTES = 64 << 20
"""Held in memory as a whole while it is read; larger files are kept as they are."""
MAX_PREVIEW_BYTES = 64 << 20
"""Held in memory as a whole while a page of it is drawn."""


def extract(*, document_id: UUID) -> None:
    """Read a kept file into typed fields, find what it repeats or contradicts, and tell the layers above. Idempotent."""
    row = Document.objects.select_related("owner").get(id=document_id)
    if row.extraction != Extraction.PENDING:
        return
    reading = _read(row)
    commitment = disclosing.prepare(row, to_json(reading.document)) if reading.document and _is_taken(reading) else None
    with transaction.atomic():
        lock_readings(row.owner_id)
        row = Document.objects.select_for_update().select_related("owner").get(id=document_id)
        if row.extraction != Extraction.PENDING:
            return
        row.format = reading.format
        if reading.format != "unknown":
            row.media_type = reading.media_type
        row.remarks = [asdict(remark) for remark in reading.remarks]
        take(row, reading.document)
        if commitment:
            disclosing.record(row, commitment)
        if reading.document and any(remark.rule == ALREADY_FINANCED for remark in reading.document.remarks):
            _report_financed(row)
        row.save()
        if reading.document and row.extraction == Extraction.EXTRACTED:
            near_duplicates.notice(document=row, extracted=reading.document)
        audit.record(
            actor=PLATFORM,
            verb="document.read",
            subject=selectors.subject_of(row),
            detail={
                "extraction": row.extraction,
                "verdict": row.verdict,
                "kind": row.kind,
                "attention": [item["code"] for item in row.attention],
            },
        )
        if reading.members and row.extraction == Extraction.ATTACHMENT and row.duplicate_of is None:
            lane = rules.reading_lane(row.owner_id)
            jobs.enqueue("documents.unpack", key=str(row.id), payload={"document": str(row.id)}, lane=lane)
        if settling.is_to_be_filed(row):
            if reading.document:
                tax.watch(document=row, extracted=reading.document)
            lane = rules.filing_lane(row.owner_id)
            jobs.publish("document.extracted", {"document": str(row.id)}, key=str(row.id), lane=lane)
        events.notify([row.owner_id, row.counterparty_id], "document", row.id)


def _read(row: Document) -> Reading:
    """What the kept file is. A reader's fault on a file that somebody made for it is a refusal: the worker goes on."""
    if row.size > MAX_READ_BYTES:
        return Reading("unknown", row.media_type, remarks=(_too_large_to_read(),))
    data = b"".join(keeping.plaintext(row))
    assert_no_transaction()
    try:
        reading = process.read(data, today=clock.today())
        rules.check_plausible(reading.document)
        rules.check_members(reading.members, limit=settings.MAX_FILE_BYTES)
    except formats.Refused as error:
        return _refused(error.code, error.detail, error.params)
    except (ArithmeticError, RecursionError, LookupError) as error:
        log.exception("document %s cannot be read", row.id)
        return _refused("unreadable", f"The file could not be read ({type(error).__name__}).", {})
    return reading


def read_again(row: Document) -> Reading:
    """What the kept file of a document that was read is."""
    return _read(row)


def _too_large_to_read() -> Remark:
    limit = str(MAX_READ_BYTES >> 20)
    return Remark(
        "too_large_to_read", f"Files above {limit} MB are kept and not read.", {"limit": limit}, Level.ATTENTION
    )


def _refused(code: str, detail: str, params: Mapping[str, object]) -> Reading:
    remark = Remark(code, detail, {name: str(value) for name, value in params.items()}, Level.REFUSED)
    return Reading("unknown", "application/octet-stream", remarks=(remark,))


def _is_taken(reading: Reading) -> bool:
    return reading.verdict != Verdict.REFUSED


def lock_readings(owner_id: UUID) -> None:
    """One reading at a time per owner: two copies of an invoice cannot both be its original."""
    Organisation.objects.select_for_update(no_key=True).get(id=owner_id)


def resolve(network_id: UUID, party: Party | None) -> Organisation | None:
    """Who of a network a party of a document is."""
    return parties.resolve(network_id=network_id, identifiers=party.identifiers()) if party else None


def take(
    row: Document,
    document: Extracted | None,
    *,
    content: dict[str, Any] | None = None,  # Any: JSON
    known: Callable[[UUID, Party | None], Organisation | None] = resolve,
    keyed: sm3.HmacSM3 | None = None,
    compare: bool = True,
) -> None:
    """Fill the row with what holds for its file now: fields, what it repeats or contradicts, verdict. The caller saves.

    Everything derived is derived anew, so that a correction leaves nothing of the reading before it. `content` is the
    document as JSON, where the caller has it. `known` tells who a party is, `keyed` is `fingerprinting()` of a caller with
    many; without `compare`, it is held against no other document: the caller does that. Runs under `lock_readings`.
    """
    row.content = row.issue_date = row.total = row.counterparty = row.duplicate_of = row.conflicts_with = None
    row.kind = row.number = row.currency = row.seller_name = row.buyer_name = ""
    row.fingerprint = row.number_key = row.number_shape = ""
    row.attention = []
    file_remarks = [Remark(**{**remark, "level": Level(remark["level"])}) for remark in row.remarks]
    broken = [remark for remark in (document.remarks if document else ()) if remark.level == Level.REFUSED]
    refusals = [remark for remark in file_remarks if remark.level == Level.REFUSED]
    if document:
        _take_fields(row, document, content or to_json(document))
    if refusals or broken:
        row.extraction = Extraction.REFUSED
        for remark in refusals:
            settling.mark(row, remark.rule, **{**remark.params, "detail": remark.detail})
        if broken:
            settling.mark(row, verdicts.RULES_BROKEN, count=str(len(broken)))
    elif document:
        row.extraction = Extraction.EXTRACTED
        _identify(row, document, known, keyed or fingerprinting())
    else:
        row.extraction = Extraction.ATTACHMENT
    if compare:
        _compare_with_earlier(row, document if row.extraction == Extraction.EXTRACTED else None)
        if row.extraction == Extraction.EXTRACTED:
            settling.relate([row])
    settling.settle(row)


def _take_fields(row: Document, extracted: Extracted, content: dict[str, Any]) -> None:  # Any: JSON
    row.content = content
    row.kind = extracted.kind
    row.number = extracted.number
    row.issue_date = extracted.issue_date
    row.currency = extracted.currency or ""
    row.total = extracted.total
    row.seller_name = extracted.seller.name if extracted.seller else ""
    row.buyer_name = extracted.buyer.name if extracted.buyer else ""


def fingerprinting() -> sm3.HmacSM3:
    """What makes the keys under which documents are found again."""
    return sm3.HmacSM3(kms().mac_key("fingerprint"))


def _identify(
    row: Document,
    extracted: Extracted,
    known: Callable[[UUID, Party | None], Organisation | None],
    keyed: sm3.HmacSM3,
) -> None:
    """Who the parties are here, and under which keys the document is found again."""
    network_id = row.owner.network_id
    seller = known(network_id, extracted.seller)
    if extracted.kind not in TRADE_KINDS:
        return
    if seller is None or seller.id != row.owner_id:
        settling.mark(row, verdicts.SELLER_NOT_YOU, seller=row.seller_name, owner=row.owner.name)
        return
    buyer = known(network_id, extracted.buyer)
    row.counterparty = buyer if buyer and buyer.id != row.owner_id else None
    if row.counterparty is None and extracted.buyer:
        settling.mark(row, verdicts.BUYER_UNKNOWN, buyer=row.buyer_name)
    row.fingerprint = keyed.of(formats.business_key(extracted).encode()).hex()
    row.number_key = keyed.of(rules.number_key(extracted, row.counterparty_id).encode()).hex()
    row.number_shape = keyed.of(rules.number_shape(extracted, row.counterparty_id).encode()).hex()


def _compare_with_earlier(row: Document, extracted: Extracted | None) -> None:
    """Mark the document as a repetition of an earlier one, or as contradicting it, and raise the alert."""
    # Whoever is read first is the original: files are read side by side, in no order that could be relied on.
    read = Document.objects.filter(owner_id=row.owner_id, duplicate_of__isnull=True, withdrawn_at=None).exclude(
        extraction=Extraction.PENDING
    )
    earlier = read.exclude(id=row.id).order_by("id")
    original = earlier.filter(digest=row.digest).first()
    conflicting = None
    if original is None and extracted and row.fingerprint:
        # The same invoice in another carrier says less or more; it is another document only where the two contradict.
        same_number = list(earlier.filter(number_key=row.number_key))
        original = next((each for each in same_number if not _contradicts(each, extracted)), None)
        conflicting = same_number[0] if same_number and original is None else None
    if original:
        row.duplicate_of = original
        settling.mark(row, "duplicate", original=str(original.id), filename=original.filename)
        if (row.kind or original.kind) in settling.INVOICES:
            _alert(row, original, "duplicate_invoice", Severity.HIGH)
    elif conflicting:
        row.fingerprint = ""
        row.conflicts_with = conflicting
        settling.mark(row, "number_conflict", original=str(conflicting.id), number=row.number)
        _alert(row, conflicting, "number_conflict", Severity.CRITICAL)
    elif row.number_shape and (alike := earlier.filter(number_shape=row.number_shape).first()):
        # Another document as far as anybody can tell, and the classic way to pass one off twice: filed, and reported.
        # Of every kind and whatever the amount; what else invoices may have in common is in `alike`.
        _alert(row, alike, "number_resembles", Severity.MEDIUM)


def _contradicts(row: Document, extracted: Extracted) -> bool:
    earlier = selectors.extracted_of(row)
    return earlier is None or formats.contradicts(earlier, extracted)


def _report_financed(row: Document) -> None:
    """Somebody states in the file itself that the claim was factored, sold or securitised."""
    detail = {"number": row.number, "kind": row.kind}
    _observe(row, "double_financing_flag", Severity.HIGH, detail)


def _alert(row: Document, earlier: Document, rule: str, severity: Severity) -> None:
    detail = {
        "number": row.number,
        "kind": row.kind,
        "earlier_received_at": earlier.received_at.isoformat(),
        "same_bytes": row.digest == earlier.digest,
    }
    _observe(row, rule, severity, detail)


def _observe(row: Document, rule: str, severity: Severity, detail: dict[str, Any]) -> None:  # Any: JSON
    risk.report(
        actor=PLATFORM,
        network_id=row.owner.network_id,
        observations=[
            Observation(
                rule=rule,
                severity=severity,
                key=f"{rule}:{row.id}",
                subject=selectors.subject_of(row),
                subject_label=selectors.label_of(row),
                organisation_ids=(row.owner_id, row.counterparty_id),
                amount=abs(row.total) if row.total is not None else None,
                currency=row.currency,
                detail=detail,
            )
        ],
    )


@transaction.atomic
def look(*, actor: Actor, document_id: UUID, action: str) -> Document:
    """One document for showing, downloading or proving; a look by consent goes into the owner's access log.

    Raises NotFound.
    """
    row = selectors.document(actor=actor, document_id=document_id)
    if not _shown([row], actor, action):
        raise NotFound
    return row


@transaction.atomic
def listed(*, actor: Actor, rows: Sequence[Document]) -> list[Document]:
    """The rows of a page that may be shown; the disclosed ones go into their owners' access logs."""
    return _shown(rows, actor, "listed")


def _shown(rows: Sequence[Document], actor: Actor, action: str) -> list[Document]:
    disclosed = [row for row in rows if selectors.by_disclosure(actor=actor, row=row)]
    if not disclosed:
        return list(rows)
    looks = [Look(row.owner_id, selectors.subject_of(row), selectors.label_of(row)) for row in disclosed]
    covered = consent.record_looks(actor=actor, action=action, looks=looks)
    hidden = {look.subject.id for look in looks if look.subject not in covered}
    return [row for row in rows if row.id not in hidden]


def content(*, actor: Actor, document_id: UUID) -> tuple[Document, Iterator[bytes]]:
    """The original bytes of a document, decrypted and authenticated chunk by chunk.

    Raises NotFound, Gone where the owner's key was destroyed, Damaged.
    """
    row = look(actor=actor, document_id=document_id, action="downloaded")
    return row, keeping.plaintext(row)


def preview(*, actor: Actor, document_id: UUID, page: int) -> Page:
    """A page of a document as a picture; a look at its content like a download. Raises NotFound, Invalid, Unavailable."""
    row = look(actor=actor, document_id=document_id, action="previewed")
    if row.size > MAX_PREVIEW_BYTES:
        raise Invalid("preview_too_large", "The file is too large to be shown. Download it to look at it.")
    return previewer().page(b"".join(keeping.plaintext(row)), page, whose=actor.home)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a document belongs, what that is called, and who the other side is; no trade for one that is in none."""

    document_id: UUID
    trade_id: UUID | None
    label: str
    counterparty_id: UUID | None
    head_office_id: UUID | None


_PLACE = """
    UPDATE documents_document document
    SET trade_id = given.trade_id, trade_label = given.label, counterparty_id = given.counterparty_id,
        head_office_id = given.head_office_id
    FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[], %s::uuid[])
        AS given(document_id, trade_id, label, counterparty_id, head_office_id)
    WHERE document.id = given.document_id
"""
_COLUMNS = attrgetter(*(each.name for each in fields(Placement)))


def place_all(placements: Iterable[Placement]) -> None:
    """Trade tells where documents belong. Runs inside trade's transaction."""
    columns = [list(column) for column in zip(*map(_COLUMNS, placements), strict=True)]
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(_PLACE, columns)


def relabel(*, trade_id: UUID, label: str) -> None:
    """Trade tells that a trade is called otherwise now. Runs inside trade's transaction."""
    Document.objects.filter(trade_id=trade_id).update(trade_label=label)


def announce(*, record_ids: Sequence[UUID]) -> None:
    """Tell those who see the documents of these ledger records that their state moved on."""
    with transaction.atomic():
        theirs = Q(record_id__in=record_ids) | Q(fields_record_id__in=record_ids)
        rows = Document.objects.filter(theirs).only("id", "owner_id", "counterparty_id")
        events.notify_all([([row.owner_id, row.counterparty_id], "document", row.id) for row in rows])
