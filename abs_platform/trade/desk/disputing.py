"""What buyer and seller say to each other of a disputed document. A dispute ends by confirming, whole or in part."""

from uuid import UUID

from django.db import transaction

from abs_platform.core import audit, clock, events
from abs_platform.core.errors import Conflict, NotFound
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role
from abs_platform.trade import selectors
from abs_platform.trade.models import DisputeMessage, TradeDocument
from abs_platform.trade.states import Confirmation

# Of one document; who has more to say had better telephone.
MOST_MESSAGES = 500


def disputed(*, actor: Actor, document_id: UUID) -> TradeDocument:
    """A document that was disputed, of which the actor's organisation is buyer or seller. Raises NotFound."""
    rows = TradeDocument.objects.select_related("trade", "trade__seller", "trade__buyer", "document")
    row = rows.filter(document_id=document_id).first()
    if row is None or not _is_party(actor, row) or not was_disputed(row):
        raise NotFound
    return row


def was_disputed(row: TradeDocument) -> bool:
    """Whether a dispute on the document, or on the rest of it, is or was open."""
    return is_open(row) or row.decisions.exclude(reason="").exists()


def is_open(row: TradeDocument) -> bool:
    """Whether a dispute is open."""
    return row.confirmation == Confirmation.DISPUTED or row.rest_disputed


def _is_party(actor: Actor, row: TradeDocument) -> bool:
    as_seller = row.trade.seller_id == actor.organisation_id and actor.has(Role.SUPPLIER)
    as_buyer = row.trade.buyer_id == actor.organisation_id and actor.has(Role.CORE_ENTERPRISE)
    return actor.organisation_id is not None and (as_seller or as_buyer)


@transaction.atomic
def say(*, actor: Actor, document_id: UUID, text: str) -> DisputeMessage:
    """Add a message to an open dispute. Raises NotFound, Conflict when it has ended or is too long."""
    row = disputed(actor=actor, document_id=document_id)
    row = TradeDocument.objects.select_for_update(no_key=True, of=("self",)).select_related("trade").get(pk=row.pk)
    if not is_open(row):
        raise Conflict("dispute_ended", "This dispute has ended. Nothing more can be said here.")
    if row.messages.count() >= MOST_MESSAGES:
        raise Conflict("thread_full", f"A dispute holds {MOST_MESSAGES} messages.", limit=MOST_MESSAGES)
    message = DisputeMessage.objects.create(
        document=row, organisation_id=actor.home, person=actor.label, text=text.strip(), at=clock.now()
    )
    audit.record(
        actor=actor,
        verb="dispute.message",
        subject=selectors.subject_of(row.trade),
        detail={"document": str(document_id), "message": str(message.id)},
    )
    events.notify([row.trade.seller_id, row.trade.buyer_id], "confirmation", document_id)
    return message
