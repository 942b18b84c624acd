"""Reads of documents. What an actor may see is its own, what it takes part in, and what was opened to it."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from abs_platform.consent import selectors as consent
from abs_platform.core.errors import NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.documents.models import Document, Extraction
from abs_platform.integrations.formats import model as formats
from abs_platform.integrations.formats.model import Extracted
from abs_platform.integrations.formats.reading import Verdict
from abs_platform.ledger import selectors as ledger
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role

BUNDLE_FORMAT = "abs-proof-bundle/v1"
BUSINESS_ROLES = (Role.SUPPLIER, Role.CORE_ENTERPRISE, Role.FINANCIER)


def documents(*, actor: Actor) -> QuerySet[Document]:
    """The documents that the actor may see now."""
    if not actor.has(*BUSINESS_ROLES):
        return Document.objects.none()
    seen = Q(owner_id=actor.home) | Q(counterparty_id=actor.home, duplicate_of__isnull=True)
    if actor.has(Role.CORE_ENTERPRISE):
        seen |= Q(head_office_id=actor.home)
    disclosed = consent.disclosed_to(actor=actor)
    if disclosed.owner_ids:
        seen |= Q(owner_id__in=disclosed.owner_ids)
    if ids := disclosed.ids("document"):
        seen |= Q(id__in=ids)
    rows = Document.objects.filter(seen, withdrawn_at__isnull=True)
    return rows.select_related("owner", "duplicate_of", "container")


def to_review() -> Q:
    """Of one's own documents, those that want a look. A table whose rows became documents has had it."""
    made_of_it = Document.objects.filter(source=OuterRef("pk"), withdrawn_at=None)
    return Q(verdict__in=[Verdict.ATTENTION, Verdict.REFUSED], duplicate_of__isnull=True) & Q(~Exists(made_of_it))


def document(*, actor: Actor, document_id: UUID) -> Document:
    """One document that the actor may see; its owner also one that was withdrawn. Raises NotFound."""
    row = documents(actor=actor).filter(id=document_id).first()
    if row is None and actor.has(Role.SUPPLIER):
        own = Document.objects.filter(id=document_id, owner_id=actor.home, withdrawn_at__isnull=False)
        row = own.select_related("owner", "duplicate_of").first()
    if row is None:
        raise NotFound
    return row


def own_document(*, actor: Actor, document_id: UUID) -> Document:
    """One of the documents of the supplier that the actor acts for. Raises Forbidden, NotFound."""
    actor.require(Role.SUPPLIER)
    row = Document.objects.filter(id=document_id, owner_id=actor.home).first()
    if row is None:
        raise NotFound
    return row


def by_disclosure(*, actor: Actor, row: Document) -> bool:
    """Whether the actor sees the document by consent alone, so that the look belongs into the owner's access log."""
    return actor.home not in (row.owner_id, row.counterparty_id, row.head_office_id)


def subject_of(row: Document) -> SubjectRef:
    """The document as consent, risk and ledger know it."""
    return SubjectRef("document", row.id)


def label_of(row: Document) -> str:
    """What to call the document where it cannot be opened: its number, else its file name."""
    return row.number or row.filename


def extracted_of(row: Document) -> Extracted | None:
    """The typed content that was read from the file, if it is a business document."""
    return formats.from_json(row.content) if row.extraction == Extraction.EXTRACTED and row.content else None


def bundle(row: Document) -> dict[str, object]:
    """The document's proof bundle, abs-proof-bundle/v1 (see verifier/README.md)."""
    return {
        "format": BUNDLE_FORMAT,
        "document": {"filename": row.filename, "size": row.size, "sm3": row.digest, "salt": bytes(row.salt).hex()},
        **ledger.evidence(row.record_id),
    }
