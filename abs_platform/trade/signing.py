"""What the core enterprise signs: its decision on a document, and the payment confirmation of a trade.

The key is the one held for the organisation, so the signature is custodial and labelled so.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from abs_platform.core import clock, events
from abs_platform.core.currencies import minor_unit
from abs_platform.core.errors import Conflict, Invalid, NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.crypto import commitments
from abs_platform.documents import settling as documents
from abs_platform.ledger import services as ledger
from abs_platform.parties import keys
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Organisation
from abs_platform.parties.roles import Role
from abs_platform.trade import filing, selectors, statements
from abs_platform.trade.models import PaymentConfirmation, SignedDecision, Trade, TradeDocument
from abs_platform.trade.services import changed
from abs_platform.trade.states import TRANSITIONS

CONTENT_CHANGED = "The content has changed since you opened it. Look at it again before you sign."


class _Signatory:
    """An organisation that signs by the hand of an actor. Its key is fetched before any transaction begins."""

    def __init__(self, actor: Actor) -> None:
        actor.require(Role.CORE_ENTERPRISE)
        self.actor = actor
        self.organisation: Organisation = parties.organisation(actor.home)
        self._key = parties.signing_key(actor.home)

    def sign(
        self, statement: str, *, subject: SubjectRef, template: str, domain: str
    ) -> dict[str, Any]:  # Any: columns
        """Sign a statement and record its salted commitment in the ledger; the columns of a Signed row."""
        salt = commitments.new_salt()
        record = ledger.append(
            subject=subject,
            template=template,
            commitment=commitments.commit(domain, salt, statement.encode()),
            actor=self.actor,
        )
        return {
            "statement": statement,
            "signature": self._key.sign(statement.encode()),
            "public_key": self._key.public,
            "custodial": True,
            "organisation": self.organisation,
            "person": self.actor.label,
            "salt": salt,
            "record_id": record.id,
        }


def decide(*, actor: Actor, document_id: UUID, decision: str, content_digest: str, reason: str = "") -> TradeDocument:
    """Confirm or dispute a document: the core enterprise signs, with SM2, exactly the content that it was shown.

    `decision` is "confirm" or "dispute". Raises NotFound, Forbidden, Conflict (also when the content is no longer the
    one that `content_digest` names), Invalid when a dispute gives no reason.
    """
    why = reason.strip()
    if decision == "dispute" and not why:
        raise Invalid("reason_missing", "Say why you dispute it, so that the supplier can mend it.")
    signatory = _Signatory(actor)
    with transaction.atomic():
        row = _locked_document(actor, document_id)
        if row.document.erased_at:
            raise keys.gone()
        row.confirmation = target_of(TRANSITIONS, action=decision, state=row.confirmation, roles=actor.roles)
        facts = selectors.compared(row.trade)
        content = statements.content_of(row, facts)
        # Until a correction is filed, the trade's columns and the document's fields are of two versions.
        if statements.digest_of(content) != content_digest or not filing.is_current(
            row, facts.extracted[row.document_id]
        ):
            raise Conflict("content_changed", CONTENT_CHANGED)
        row.decided_at = clock.now()
        statement = statements.decision_statement(
            content=content,
            decision=decision,
            reason=why,
            actor=actor,
            organisation=signatory.organisation.name,
            at=row.decided_at,
        )
        signed = signatory.sign(
            statement,
            subject=SubjectRef("document", row.document_id),
            template=f"confirmation.{decision}/v1",
            domain="abs/confirmation/v1",
        )
        SignedDecision.objects.create(
            document=row, decision=decision, reason=why, content_digest=content_digest, at=row.decided_at, **signed
        )
        row.save(update_fields=["confirmation", "decided_at"])
        [version] = [each.document.version for each in facts.documents if each.document_id == row.document_id]
        documents.decided(document_id=row.document_id, version=version, decision=decision)
        events.notify([row.trade.seller_id, row.trade.buyer_id], "confirmation", row.document_id)
        changed(actor, row.trade, f"confirmation.{decision}", {"document": str(row.document_id), "reason": why})
    return row


def _locked_document(actor: Actor, document_id: UUID) -> TradeDocument:
    """The document with its trade locked before it, in the order that filing locks them. Raises NotFound."""
    trade_id = selectors.queued(actor=actor, document_id=document_id).trade_id
    Trade.objects.select_for_update(no_key=True).filter(id=trade_id).first()
    rows = selectors.queue(actor=actor).filter(document_id=document_id, trade_id=trade_id)
    row = rows.select_for_update(no_key=True, of=("self",)).first()
    if row is None:  # it moved to another trade meanwhile
        raise Conflict("content_changed", CONTENT_CHANGED)
    return row


def confirm_payment(
    *, actor: Actor, trade_id: UUID, content_digest: str, amount: Decimal, due_date: date, account: str
) -> PaymentConfirmation:
    """Sign the payment confirmation of a trade (rung 5) over the content that `content_digest` names.

    Raises NotFound, Forbidden, Conflict when there is one or the trade is not known well enough, Invalid for an amount
    that is not positive, finer than the currency, or above what was invoiced.
    """
    signatory = _Signatory(actor)
    with transaction.atomic():
        trades = Trade.objects.select_for_update(no_key=True, of=("self",)).select_related("seller", "buyer")
        trade = trades.filter(id=trade_id, buyer_id=actor.home).first()
        if trade is None:
            raise NotFound
        facts = selectors.compared(trade)
        _check_payment(trade, facts, amount)
        now = clock.now()
        considered = sorted(str(doc.document_id) for doc in facts.documents if doc.kind == "credit_note")
        content = statements.payment_content(trade, facts)
        is_current = all(filing.is_current(doc, facts.extracted[doc.document_id]) for doc in facts.documents)
        if statements.digest_of(content) != content_digest or not is_current:
            raise Conflict("content_changed", CONTENT_CHANGED)
        statement = statements.payment_statement(
            content=content,
            currency=trade.currency,
            amount=amount,
            due_date=due_date,
            account=account,
            actor=actor,
            organisation=signatory.organisation.name,
            at=now,
        )
        signed = signatory.sign(
            statement,
            subject=selectors.subject_of(trade),
            template="payment-confirmation/v1",
            domain="abs/payment-confirmation/v1",
        )
        row = PaymentConfirmation.objects.create(
            trade=trade,
            amount=amount,
            currency=trade.currency,
            due_date=due_date,
            account=account,
            credit_notes=considered,
            at=now,
            **signed,
        )
        documents.paid(trade_id=trade.id)
        changed(actor, trade, "payment.confirmed", {"amount": str(amount), "due_date": due_date.isoformat()})
    return row


def _check_payment(trade: Trade, facts: selectors.Facts, amount: Decimal) -> None:
    if PaymentConfirmation.objects.filter(trade=trade).exists():
        raise Conflict("already_confirmed", "The payment of this trade has been confirmed.")
    if not trade.order_number or not trade.currency:
        raise Conflict("trade_not_known", "The order or the currency of this trade is not known yet.")
    unit = minor_unit(trade.currency)
    if amount <= 0 or amount != amount.quantize(unit):
        raise Invalid("amount_invalid", f"The amount must be above zero and a multiple of {unit}.", unit=str(unit))
    invoiced = [doc.total for doc in facts.documents if doc.kind == "invoice" and doc.total is not None]
    if invoiced and amount > sum(invoiced):
        raise Invalid(
            "amount_above_invoices",
            "The amount is above what was invoiced.",
            invoiced=str(sum(invoiced)),
            currency=trade.currency,
        )
