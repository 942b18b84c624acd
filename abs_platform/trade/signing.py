"""What the core enterprise signs: its decision on a document, and the payment confirmation of a trade.

The key is the one held for the organisation, so that the signature is custodial and labelled so, or one that it holds
itself: then it fetches the exact words (`to_sign`), and brings the signature.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from abs_platform.core import clock
from abs_platform.core.currencies import check_amount
from abs_platform.core.errors import Conflict, Invalid, NotFound
from abs_platform.documents import settling as documents
from abs_platform.parties.actor import Actor
from abs_platform.trade import filing, selectors, statements
from abs_platform.trade.desk import daily, deciding, entering
from abs_platform.trade.desk.authority import Authority, DeskSignatory, authority_of
from abs_platform.trade.desk.choices import Choice
from abs_platform.trade.desk.entering import PaymentTerms, Waiting
from abs_platform.trade.models import PaymentConfirmation, SignedManifest, Trade, TradeDocument
from abs_platform.trade.services import changed
from abs_platform.trade.signatories import OwnSignature, ToSign


def decide(
    *,
    actor: Actor,
    document_id: UUID,
    decision: str,
    content_digest: str,
    reason: str = "",
    reason_code: str = "",
    quantities: Mapping[int, Decimal] | None = None,
    rest_disputed: bool = False,
    amount: Decimal | None = None,
    on_behalf_of: UUID | None = None,
    own: OwnSignature | None = None,
) -> TradeDocument:
    """Confirm (whole, or the `quantities` of some lines) or dispute a document: the core enterprise signs, with SM2,
    exactly the content that it was shown.

    `decision` is "confirm" or "dispute". `amount`: typed back, where the policy asks for it. `own`: the signature by the
    organisation's own key. Raises NotFound, Forbidden, Conflict (also when the content is no longer the one that
    `content_digest` names, or when it takes more than one person), Invalid when a dispute gives no reason.
    """
    signatory = DeskSignatory(authority_of(actor, on_behalf_of), own)
    choice = Choice(document_id, decision, content_digest, quantities, rest_disputed, reason_code, reason)
    with transaction.atomic():
        [each] = deciding.opened(signatory.authority, [choice])
        _check_alone(signatory.authority, [each], amount)
        deciding.sign_one(signatory, each, statement=deciding.statement_of_one(signatory, each))
        daily.note(signatory.authority, deciding.acts_of([each]))
    return each.row


def confirm_many(
    *,
    actor: Actor,
    choices: Sequence[Choice],
    amount: Decimal | None = None,
    on_behalf_of: UUID | None = None,
    own: OwnSignature | None = None,
) -> SignedManifest:
    """Confirm up to 500 documents, each whole or in part, under one signature: all of them or none.

    Raises as `decide`; Conflict "documents_refused" tells what is wrong with which of several.
    """
    signatory = DeskSignatory(authority_of(actor, on_behalf_of), own)
    with transaction.atomic():
        found = deciding.opened(signatory.authority, choices)
        _check_alone(signatory.authority, found, amount)
        row = deciding.sign_manifest(signatory, found, statement=deciding.manifest_statement(signatory, found))
        daily.note(signatory.authority, deciding.acts_of(found))
    return row


def to_sign(*, actor: Actor, choices: Sequence[Choice], alone: bool, on_behalf_of: UUID | None = None) -> ToSign:
    """The exact words that `decide` (`alone`) or `confirm_many` would sign now, for whoever signs with a key of its own.

    Raises as they do.
    """
    signatory = DeskSignatory(authority_of(actor, on_behalf_of))
    with transaction.atomic():
        found = deciding.opened(signatory.authority, choices)
        deciding.check_alone(deciding.needs(signatory.authority, found))
        daily.check(signatory.authority, deciding.acts_of(found))
        if alone:
            [each] = found
            return ToSign(deciding.statement_of_one(signatory, each), signatory.at)
        return ToSign(deciding.manifest_statement(signatory, found), signatory.at)


def _check_alone(authority: Authority, found: Sequence[deciding.Opened], amount: Decimal | None) -> None:
    needed = deciding.needs(authority, found)
    deciding.check_alone(needed)
    daily.check(authority, deciding.acts_of(found))
    deciding.check_typed(needed, found, amount)


def confirm_payment(
    *,
    actor: Actor,
    trade_id: UUID,
    content_digest: str,
    amount: Decimal,
    due_date: date,
    account: str,
    own: OwnSignature | None = None,
) -> PaymentConfirmation | Waiting:
    """Sign the payment confirmation of a trade (rung 5) over the content that `content_digest` names; or, where the limits ask
    for more people, keep what was entered until enough of them entered the same.

    Raises NotFound, Forbidden, Conflict when there is one or the trade is not known well enough, Invalid for an amount
    that is not positive, finer than the currency, or above what was invoiced, or a due date before that was issued.
    """
    signatory = DeskSignatory(authority_of(actor), own)
    terms = PaymentTerms(content_digest, amount, due_date, account)
    with transaction.atomic():
        trade, facts, content = _payment(signatory, trade_id, terms)
        agreed = entering.agreement(signatory.authority, trade, terms)
        if agreed.waiting:
            entering.enter(signatory.authority, trade, terms)
            return agreed.waiting
        signed = signatory.sign(
            _payment_statement(signatory, trade, terms, content, agreed),
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
            credit_notes=sorted(str(doc.document_id) for doc in facts.documents if doc.kind == "credit_note"),
            at=clock.now(),
            **signed,
        )
        if not agreed.people:
            daily.note(signatory.authority, [entering.act_of(trade, terms)])
        documents.paid(trade_id=trade.id)
        changed(actor, trade, "payment.confirmed", {"amount": str(amount), "due_date": due_date.isoformat()})
    return row


def payment_to_sign(*, actor: Actor, trade_id: UUID, terms: PaymentTerms) -> ToSign:
    """The exact words that `confirm_payment` would sign now. Raises as it does; Conflict where it signs nothing yet."""
    signatory = DeskSignatory(authority_of(actor))
    with transaction.atomic():
        trade, _, content = _payment(signatory, trade_id, terms)
        agreed = entering.agreement(signatory.authority, trade, terms)
        if agreed.waiting:
            raise Conflict(
                "more_people_needed",
                f"By your organisation's limits {agreed.waiting.people} people have to enter this payment. Send it unsigned.",
                people=agreed.waiting.people,
            )
        return ToSign(_payment_statement(signatory, trade, terms, content, agreed), signatory.at)


def _payment(signatory: DeskSignatory, trade_id: UUID, terms: PaymentTerms) -> tuple[Trade, selectors.Facts, str]:
    """The trade, locked, its facts, and the content that its payment is confirmed over."""
    trades = Trade.objects.select_for_update(no_key=True, of=("self",)).select_related("seller", "buyer")
    trade = trades.filter(id=trade_id, buyer_id=signatory.actor.home).first()
    if trade is None:
        raise NotFound
    facts = selectors.compared(trade)
    _check_payment(trade, facts, terms)
    content = statements.payment_content(trade, facts)
    is_current = all(filing.is_current(doc, facts.extracted[doc.document_id]) for doc in facts.documents)
    if statements.digest_of(content) != terms.content_digest or not is_current:
        raise Conflict("content_changed", deciding.CONTENT_CHANGED)
    return trade, facts, content


def _payment_statement(
    signatory: DeskSignatory, trade: Trade, terms: PaymentTerms, content: str, agreed: entering.Agreement
) -> str:
    return statements.payment_statement(
        content=content,
        currency=trade.currency,
        amount=terms.amount,
        due_date=terms.due_date,
        account=terms.account,
        actor=signatory.actor,
        organisation=signatory.organisation.name,
        at=signatory.at,
        people=agreed.people,
    )


def _check_payment(trade: Trade, facts: selectors.Facts, terms: PaymentTerms) -> None:
    amount = terms.amount
    if PaymentConfirmation.objects.filter(trade=trade).exists():
        raise Conflict("already_confirmed", "The payment of this trade has been confirmed.")
    if not trade.order_number or not trade.currency:
        raise Conflict("trade_not_known", "The order or the currency of this trade is not known yet.")
    check_amount(amount, trade.currency)
    invoiced = [doc.total for doc in facts.documents if doc.kind == "invoice" and doc.total is not None]
    if invoiced and amount > sum(invoiced):
        raise Invalid(
            "amount_above_invoices",
            "The amount is above what was invoiced.",
            invoiced=str(sum(invoiced)),
            currency=trade.currency,
        )
    issued = _issued_on(facts)
    if issued is not None and terms.due_date < issued:
        raise Invalid(
            "due_date_before_document",
            f"The due date is before {issued}, the date of what is to be paid. Correct the due date.",
            field="due_date",
            earliest=issued.isoformat(),
        )


def _issued_on(facts: selectors.Facts) -> date | None:
    """When what is to be paid was invoiced; where nothing was or no invoice is dated, ordered. The first day of several."""
    for kind in ("invoice", "order"):
        days = [doc.issue_date for doc in facts.documents if doc.kind == kind and doc.issue_date is not None]
        if days:
            return min(days)
    return None
