"""Opening trades and loose documents to whoever asked: the business side of consent."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from abs_platform.consent import selectors as consent_selectors
from abs_platform.consent import services as consent
from abs_platform.consent.models import AccessRequest, Grant
from abs_platform.core.errors import NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.documents.models import Document
from abs_platform.parties.actor import Actor
from abs_platform.trade.models import Trade
from abs_platform.trade.selectors import label_of


@dataclass(frozen=True, slots=True)
class Candidates:
    """What an owner may open in answer to a request."""

    request: AccessRequest
    trades: Sequence[Trade]
    documents: Sequence[Document]


MOST = 500


def candidates(*, actor: Actor, request_id: UUID) -> Candidates:
    """The owner's newest trades and loose documents, at most 500 of each. Raises NotFound unless the request is to the actor."""
    request = consent_selectors.access_requests(actor=actor).filter(id=request_id, owner_id=actor.home).first()
    if request is None:
        raise NotFound
    trades = Trade.objects.filter(seller_id=actor.home).select_related("buyer").order_by("-id")[:MOST]
    loose = Document.objects.filter(
        owner_id=actor.home, trade_id__isnull=True, duplicate_of__isnull=True, withdrawn_at=None
    ).order_by("-id")[:MOST]
    return Candidates(request, list(trades), list(loose))


@transaction.atomic
def grant(
    *, actor: Actor, request_id: UUID, trade_ids: Sequence[UUID], document_ids: Sequence[UUID], whole: bool, days: int
) -> Grant:
    """Grant a request with the picked trades and documents, or everything. Raises NotFound when one is not the actor's own."""
    trades = {row.id: row for row in Trade.objects.filter(seller_id=actor.home, id__in=trade_ids)}
    documents = {row.id: row for row in Document.objects.filter(owner_id=actor.home, id__in=document_ids)}
    if len(trades) < len(set(trade_ids)) or len(documents) < len(set(document_ids)):
        raise NotFound
    items = [(SubjectRef("trade", id), label_of(trades[id])) for id in trades]
    items += [(SubjectRef("document", id), documents[id].filename) for id in documents]
    return consent.grant(actor=actor, request_id=request_id, items=items, whole=whole, days=days)
