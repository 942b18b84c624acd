"""Writes of trades: filing documents, the buyer's word on them, joining loose documents."""

import secrets
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from guardian.shortcuts import assign_perm

from abs_platform.consent import services as consent
from abs_platform.core import audit, clock, events, jobs
from abs_platform.core.errors import Conflict, Invalid, NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.crypto import sm2
from abs_platform.crypto.commitments import commit
from abs_platform.documents import selectors as document_selectors
from abs_platform.documents import services as documents
from abs_platform.documents.models import Document, Extraction
from abs_platform.integrations.formats.model import from_json
from abs_platform.ledger import services as ledger
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.models import Organisation
from abs_platform.parties.roles import Role
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.trade import filing, selectors, statements
from abs_platform.trade.models import PaymentConfirmation, SignedDecision, Trade, TradeDocument, TradeLine
from abs_platform.trade.states import TRANSITIONS, Confirmation, first_state

SEVERITY = {
    "invoiced_over_received": Severity.HIGH,
    "invoiced_over_ordered": Severity.HIGH,
    "unit_price_differs": Severity.MEDIUM,
    "currency_differs": Severity.HIGH,
}
LINE_FIELDS = tuple(
    field.name for field in TradeLine._meta.get_fields() if field.name not in {"id", "document", "position", "line_id"}
)


@transaction.atomic
def file_document(*, document_id: UUID) -> None:
    """File an extracted document in its trade, compare, and have the right computed. Idempotent."""
    document = Document.objects.select_related("owner").get(id=document_id)
    # One filing at a time per seller: two documents of a new trade cannot both open it.
    Organisation.objects.select_for_update(no_key=True).get(id=document.owner_id)
    if document.extraction != Extraction.EXTRACTED or TradeDocument.objects.filter(document=document).exists():
        return
    extracted = from_json(document.content or {})
    buyer = document.counterparty
    trade = filing.find_or_open(document=document, extracted=extracted, buyer=buyer)
    # A decision on this trade that is under way comes wholly before what follows, or wholly after it.
    Trade.objects.select_for_update(no_key=True).get(id=trade.id)
    now = clock.now()
    state = first_state(extracted.kind)
    filed = TradeDocument.objects.create(
        document=document,
        trade=trade,
        kind=extracted.kind,
        number=extracted.number,
        issue_date=extracted.issue_date,
        currency=extracted.currency or "",
        due_date=extracted.due_date,
        total=extracted.total,
        confirmation=state,
        deadline=now + timedelta(days=settings.CONFIRMATION_DAYS) if state == Confirmation.PENDING else None,
    )
    TradeLine.objects.bulk_create(
        TradeLine(
            document=filed,
            position=position,
            line_id=line.id,
            **{name: value for name in LINE_FIELDS if (value := getattr(line, name, None)) is not None},
        )
        for position, line in enumerate(extracted.lines)
    )
    if extracted.kind == "order":
        trade.provisional = False
        trade.ordered = extracted.total
        trade.currency = extracted.currency or ""
    trade.currency = trade.currency or extracted.currency or ""
    documents.place(
        document_id=document.id, trade_id=trade.id, label=trade.order_number, counterparty_id=trade.buyer_id
    )
    consent.contain(container=selectors.subject_of(trade), members=[SubjectRef("document", document.id)])
    if trade.buyer and trade.buyer.parent:
        assign_perm("trade.see_trade", trade.buyer.parent.group, trade)
    _changed(PLATFORM, trade, "trade.document_filed", {"document": str(document.id), "kind": extracted.kind})


def _changed(actor: Actor, trade: Trade, verb: str, detail: dict[str, object]) -> None:
    """After anything about a trade changed: compare anew, raise alerts, have the right computed, tell both sides."""
    facts = selectors.compared(trade)
    trade.mismatches = len(facts.comparison.mismatches)
    trade.updated_at = clock.now()
    trade.save()
    for item in facts.comparison.mismatches:
        risk.report(
            actor=actor,
            network_id=trade.network_id,
            rule=item.rule,
            severity=SEVERITY.get(item.rule, Severity.LOW),
            key=f"{item.rule}:{item.document_id}:{item.line}",
            subject=selectors.subject_of(trade),
            subject_label=selectors.label_of(trade),
            organisation_ids=[trade.seller_id, trade.buyer_id],
            amount=next(
                (
                    abs(doc.total)
                    for doc in facts.documents
                    if str(doc.document_id) == str(item.document_id) and doc.total is not None
                ),
                None,
            ),
            currency=trade.currency,
            detail={"document": item.document, "line": item.line, "expected": item.expected, "found": item.found},
        )
    audit.record(actor=actor, verb=verb, subject=selectors.subject_of(trade), detail=detail)
    jobs.publish("trade.changed", {"trade": str(trade.id)}, key=str(trade.id))
    events.notify([trade.seller_id, trade.buyer_id], "trade", trade.id)


def decide(*, actor: Actor, document_id: UUID, decision: str, content_digest: str, reason: str = "") -> TradeDocument:
    """Confirm or dispute a document: the core enterprise signs, with SM2, exactly the content that it was shown.

    `decision` is "confirm" or "dispute". Raises NotFound, Forbidden, Conflict (also when the content is no longer the
    one that `content_digest` names), Invalid when a dispute gives no reason.
    """
    actor.require(Role.CORE_ENTERPRISE)
    if decision == "dispute" and not reason.strip():
        raise Invalid("reason_missing", "Say why you dispute it, so that the supplier can mend it.")
    key = parties.signing_key(actor.home)
    organisation = parties.organisation(actor.home)
    with transaction.atomic():
        row = (
            selectors.queue(actor=actor).select_for_update(of=("self", "trade")).filter(document_id=document_id).first()
        )
        if row is None:
            raise NotFound
        row.confirmation = target_of(TRANSITIONS, action=decision, state=row.confirmation, roles=actor.roles)
        content = statements.content_of(row, selectors.compared(row.trade))
        if statements.digest_of(content) != content_digest:
            raise Conflict(
                "content_changed", "The content has changed since you opened it. Look at it again before you sign."
            )
        now = clock.now()
        statement = statements.decision_statement(
            content=content,
            decision=decision,
            reason=reason.strip(),
            actor=actor,
            organisation=organisation.name,
            at=now,
        )
        salt = secrets.token_bytes(32)
        record = ledger.append(
            subject=SubjectRef("document", row.document_id),
            template=f"confirmation.{decision}/v1",
            commitment=commit("abs/confirmation/v1", salt, statement.encode()),
            actor=actor,
        )
        SignedDecision.objects.create(
            document=row,
            decision=decision,
            reason=reason.strip(),
            statement=statement,
            content_digest=content_digest,
            signature=sm2.sign(key.private, statement.encode(), public=key.public),
            public_key=key.public,
            custodial=True,
            organisation=organisation,
            person=actor.label,
            salt=salt,
            record_id=record.id,
            at=now,
        )
        row.decided_at = now
        row.save(update_fields=["confirmation", "decided_at"])
        events.notify([row.trade.seller_id, row.trade.buyer_id], "confirmation", row.document_id)
        _changed(
            actor, row.trade, f"confirmation.{decision}", {"document": str(row.document_id), "reason": reason.strip()}
        )
    return row


def confirm_payment(
    *, actor: Actor, trade_id: UUID, amount: Decimal, due_date: date, account: str
) -> PaymentConfirmation:
    """Sign the payment confirmation of a trade (rung 5). Raises NotFound, Forbidden, Conflict when there is one, Invalid."""
    actor.require(Role.CORE_ENTERPRISE)
    key = parties.signing_key(actor.home)
    organisation = parties.organisation(actor.home)
    with transaction.atomic():
        trade = (
            Trade.objects.select_for_update(of=("self",))
            .select_related("seller")
            .filter(id=trade_id, buyer_id=actor.home)
            .first()
        )
        if trade is None:
            raise NotFound
        if PaymentConfirmation.objects.filter(trade=trade).exists():
            raise Conflict("already_confirmed", "The payment of this trade has been confirmed.")
        if amount <= 0:
            raise Invalid("amount_not_positive", "The amount must be above zero.")
        now = clock.now()
        statement = statements.payment_statement(
            trade=trade,
            amount=amount,
            due_date=due_date,
            account=account,
            actor=actor,
            organisation=organisation.name,
            at=now,
        )
        salt = secrets.token_bytes(32)
        record = ledger.append(
            subject=selectors.subject_of(trade),
            template="payment-confirmation/v1",
            commitment=commit("abs/payment-confirmation/v1", salt, statement.encode()),
            actor=actor,
        )
        row = PaymentConfirmation.objects.create(
            trade=trade,
            amount=amount,
            currency=trade.currency,
            due_date=due_date,
            account=account,
            statement=statement,
            signature=sm2.sign(key.private, statement.encode(), public=key.public),
            public_key=key.public,
            custodial=True,
            organisation=organisation,
            person=actor.label,
            salt=salt,
            record_id=record.id,
            at=now,
        )
        _changed(actor, trade, "payment.confirmed", {"amount": str(amount), "due_date": due_date.isoformat()})
    return row


@transaction.atomic
def attach(*, actor: Actor, document_id: UUID, trade_id: UUID) -> Document:
    """Join an own loose document to an own trade. Raises NotFound, Conflict when it already belongs to one."""
    document = Document.objects.select_for_update().filter(id=document_id, owner_id=actor.home).first()
    trade = Trade.objects.select_for_update(no_key=True).filter(id=trade_id, seller_id=actor.home).first()
    if document is None or trade is None:
        raise NotFound
    if document.trade_id:
        raise Conflict("already_in_trade", "This document belongs to a trade already.")
    documents.place(
        document_id=document.id, trade_id=trade.id, label=trade.order_number, counterparty_id=trade.buyer_id
    )
    consent.contain(container=selectors.subject_of(trade), members=[document_selectors.subject_of(document)])
    _changed(actor, trade, "trade.document_attached", {"document": str(document.id)})
    document.refresh_from_db()
    return document


@transaction.atomic
def look(*, actor: Actor, trade_id: UUID) -> Trade:
    """One trade for showing; a look by consent goes into the owner's access log. Raises NotFound."""
    row = selectors.trade(actor=actor, trade_id=trade_id)
    if selectors.by_disclosure(actor=actor, row=row):
        subject = (selectors.subject_of(row), selectors.label_of(row))
        consent.record_looks(actor=actor, owner_id=row.seller_id, action="viewed", subjects=[subject])
    return row


@transaction.atomic
def record_listing(*, actor: Actor, rows: list[Trade]) -> None:
    """Put the disclosed ones of a listed page into their owners' access logs."""
    by_owner: dict[UUID, list[tuple[SubjectRef, str]]] = {}
    for row in rows:
        if selectors.by_disclosure(actor=actor, row=row):
            by_owner.setdefault(row.seller_id, []).append((selectors.subject_of(row), selectors.label_of(row)))
    for owner_id, items in by_owner.items():
        consent.record_looks(actor=actor, owner_id=owner_id, action="listed", subjects=items)
