"""How trades look in replies, here and in the layers above; the confirmation desk in desk/replies.py."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Q
from rest_framework import serializers

from abs_platform.core.rest.fields import Body, Named, money, named, number, time
from abs_platform.documents.models import Document
from abs_platform.documents.replies import DocumentOut, document_bodies
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role
from abs_platform.trade import rules, selectors, statements
from abs_platform.trade.invoice_replies import ClearingOut, InvoiceOut, invoice_bodies
from abs_platform.trade.models import PaymentConfirmation, Signed, SignedDecision, Trade, TradeDocument
from abs_platform.trade.selectors import Facts
from abs_platform.trade.states import Confirmation


class Buyer(serializers.Serializer[Any]):
    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(allow_blank=True)


class TradeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    order_number = serializers.CharField(allow_blank=True)
    provisional = serializers.BooleanField()
    seller = Named()
    buyer = Buyer()
    currency = serializers.CharField(allow_blank=True)
    ordered = serializers.CharField(allow_null=True)
    documents = serializers.IntegerField()
    mismatches = serializers.IntegerField()
    pending_confirmations = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class DifferenceOut(serializers.Serializer[Any]):
    rule = serializers.CharField()
    document = serializers.CharField()
    document_id = serializers.UUIDField()
    line = serializers.CharField(allow_blank=True)
    expected = serializers.CharField()
    found = serializers.CharField()


class TradeRemark(serializers.Serializer[Any]):
    rule = serializers.CharField()
    document = serializers.CharField()
    detail = serializers.CharField()
    params = serializers.DictField()


class OpenQuantityOut(serializers.Serializer[Any]):
    document = serializers.CharField()
    line = serializers.CharField(allow_blank=True)
    quantity = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)


class FiledOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    document = DocumentOut()
    kind = serializers.CharField()
    number = serializers.CharField()
    issue_date = serializers.DateField(allow_null=True)
    total = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_blank=True)
    confirmation_state = serializers.ChoiceField(choices=[str(state) for state in Confirmation])
    rest_disputed = serializers.BooleanField(help_text="Confirmed in part, and the rest of it is disputed")
    deadline = serializers.DateTimeField(allow_null=True)
    allowed_actions = serializers.ListField(child=serializers.CharField())


class LineOut(serializers.Serializer[Any]):
    order_line = serializers.CharField(allow_blank=True)
    item = serializers.CharField(allow_blank=True)
    unit = serializers.CharField(allow_blank=True)
    ordered = serializers.CharField(allow_null=True)
    despatched = serializers.CharField(allow_null=True)
    received = serializers.CharField(allow_null=True)
    rejected = serializers.CharField(allow_null=True)
    short = serializers.CharField(allow_null=True)
    accepted = serializers.CharField(allow_null=True)
    invoiced = serializers.CharField(allow_null=True)
    credited = serializers.CharField(allow_null=True)
    order_price = serializers.CharField(allow_null=True)
    invoice_price = serializers.CharField(allow_null=True)
    differences = serializers.ListField(child=serializers.CharField())


class TimelineOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    params = serializers.DictField()


class SignedOut(serializers.Serializer[Any]):
    person = serializers.CharField()
    organisation = Named()
    at = serializers.DateTimeField()
    signature = serializers.CharField()
    public_key = serializers.CharField()
    custodial = serializers.BooleanField()
    statement = serializers.CharField()


class PaymentConfirmationOut(SignedOut):
    amount = serializers.CharField()
    currency = serializers.CharField()
    due_date = serializers.DateField()
    account = serializers.CharField()


class PaymentSheetOut(serializers.Serializer[Any]):
    content = serializers.CharField(help_text="What a payment confirmation is given over, canonical JSON")
    content_digest = serializers.CharField(help_text="SM3 of the content, hex; the confirmation names it")


class TradeFactsOut(TradeOut):
    documents = FiledOut(many=True)  # type: ignore[assignment]  # the documents themselves instead of their number
    attachments = DocumentOut(many=True)
    lines = LineOut(many=True)
    mismatches = DifferenceOut(many=True)  # type: ignore[assignment]  # the mismatches themselves
    remarks = TradeRemark(many=True)
    open_quantities = OpenQuantityOut(many=True)
    invoices = InvoiceOut(many=True)
    cleared_beyond = ClearingOut(many=True, help_text="Paid or credited beyond what the invoices bill")
    timeline = TimelineOut(many=True)
    payment_confirmation = PaymentConfirmationOut(allow_null=True)
    payment_sheet = PaymentSheetOut(allow_null=True)
    allowed_actions = serializers.ListField(child=serializers.CharField())


def trade_bodies(rows: Sequence[Trade]) -> list[Body]:
    """Trades for a list."""
    counts = {
        trade_id: (filed, pending)
        for trade_id, filed, pending in TradeDocument.objects.filter(trade__in=[row.id for row in rows])
        .values("trade_id")
        .annotate(filed=Count("document_id"), pending=Count("document_id", filter=Q(confirmation=Confirmation.PENDING)))
        .values_list("trade_id", "filed", "pending")
    }
    return [_trade(row, *counts.get(row.id, (0, 0))) for row in rows]


def _trade(row: Trade, filed: int, pending: int) -> Body:
    return {
        "id": str(row.id),
        "order_number": row.order_number,
        "provisional": row.provisional,
        "seller": named(row.seller_id, row.seller.name),
        "buyer": {
            "id": str(row.buyer_id) if row.buyer_id else None,
            "name": row.buyer_called,
        },
        "currency": row.currency,
        "ordered": money(row.ordered, row.currency),
        "documents": filed,
        "mismatches": row.mismatches,
        "pending_confirmations": pending,
        "updated_at": time(row.updated_at),
    }


def trade_facts_body(row: Trade, facts: Facts, *, actor: Actor) -> Body:
    """A trade with its documents, their lines side by side, and how they differ."""
    bodies = {body["id"]: body for body in document_bodies([doc.document for doc in facts.documents], actor=actor)}
    loose = Document.objects.filter(trade_id=row.id).exclude(id__in=[doc.document_id for doc in facts.documents])
    attachments = document_bodies(list(loose), actor=actor)
    pending = sum(doc.confirmation == Confirmation.PENDING for doc in facts.documents)
    payment = PaymentConfirmation.objects.select_related("organisation").filter(trade=row).first()
    decisions = (
        SignedDecision.objects.filter(document__trade=row).select_related("document", "organisation").order_by("at")
    )
    debtor = actor.has(Role.CORE_ENTERPRISE) and row.buyer_id == actor.organisation_id
    may_confirm_payment = debtor and payment is None and bool(row.order_number and row.currency)
    return {
        **_trade(row, len(facts.documents), pending),
        "documents": [
            {
                "id": str(doc.document_id),
                "document": bodies[str(doc.document_id)],
                "kind": doc.kind,
                "number": doc.number,
                "issue_date": doc.issue_date.isoformat() if doc.issue_date else None,
                "total": money(doc.total, doc.currency),
                "currency": doc.currency,
                "confirmation_state": doc.confirmation,
                "rest_disputed": doc.rest_disputed,
                "deadline": time(doc.deadline),
                "allowed_actions": selectors.actions(actor=actor, row=doc) if debtor else [],
            }
            for doc in facts.documents
        ],
        "attachments": attachments,
        "lines": [_line(line) for line in facts.comparison.lines],
        "mismatches": difference_bodies(facts.comparison.mismatches),
        "remarks": [
            {"rule": remark.rule, "document": doc.number, "detail": remark.detail, "params": remark.params}
            for doc in facts.documents
            for remark in facts.extracted[doc.document_id].remarks
        ],
        "open_quantities": [
            {"document": each.document, "line": each.line, "quantity": number(each.quantity), "unit": each.unit or ""}
            for each in facts.comparison.open_quantities
        ],
        **invoice_bodies(row, facts),
        "timeline": _timeline(facts, attachments, bodies, decisions, payment),
        "payment_confirmation": _payment(payment) if payment else None,
        "payment_sheet": _payment_sheet(row, facts) if may_confirm_payment else None,
        "allowed_actions": ["confirm_payment"] if may_confirm_payment else [],
    }


def _timeline(
    facts: Facts,
    attachments: list[Body],
    bodies: dict[str, Body],
    decisions: Iterable[SignedDecision],
    payment: PaymentConfirmation | None,
) -> list[Body]:
    """What happened in a trade, oldest first, by the platform's clock and the chains'."""
    events: list[Body] = []
    for doc in facts.documents:
        body = bodies[str(doc.document_id)]
        about = {"document_id": str(doc.document_id), "number": doc.number, "document_kind": doc.kind}
        events.append({"at": body["received_at"], "kind": "document_received", "params": about})
        events.extend(
            {
                "at": anchor["time"],
                "kind": "document_anchored",
                "params": {**about, "chain": anchor["chain"], "block": anchor["block"]},
            }
            for anchor in body["anchors"]
        )
    events.extend(
        {
            "at": body["received_at"],
            "kind": "attachment_joined",
            "params": {"document_id": body["id"], "filename": body["filename"]},
        }
        for body in attachments
    )
    events.extend(
        {
            "at": time(each.at),
            "kind": decided(each),
            "params": {
                "document_id": str(each.document_id),
                "number": each.document.number,
                "document_kind": each.document.kind,
                "organisation": each.organisation.name,
                "reason": each.reason,
            },
        }
        for each in decisions
    )
    if payment:
        about = {
            "amount": money(payment.amount, payment.currency) or "",
            "currency": payment.currency,
            "due_date": payment.due_date.isoformat(),
        }
        events.append({"at": time(payment.at), "kind": "payment_confirmed", "params": about})
    return sorted(events, key=lambda event: str(event["at"]))


def decided(row: SignedDecision) -> str:
    """What a decision came to, as timelines call it."""
    if row.decision == "dispute":
        return "disputed"
    return "confirmed" if row.lines is None else "confirmed_in_part"


def signed_body(row: Signed | SignedDecision) -> Body:
    """A signed statement with what it takes to verify it."""
    return {
        "person": row.person,
        "organisation": named(row.organisation_id, row.organisation.name),
        "at": time(row.at),
        "signature": bytes(row.signature or b"").hex(),
        "public_key": bytes(row.public_key).hex(),
        "custodial": row.custodial,
        "statement": row.statement,
    }


def _payment(row: PaymentConfirmation) -> Body:
    return {
        **signed_body(row),
        "amount": money(row.amount, row.currency),
        "currency": row.currency,
        "due_date": row.due_date.isoformat(),
        "account": row.account,
    }


def _payment_sheet(row: Trade, facts: Facts) -> Body:
    content = statements.payment_content(row, facts)
    return {"content": content, "content_digest": statements.digest_of(content)}


def _line(line: rules.LineComparison) -> Body:
    return {
        "order_line": line.order_line or "",
        "item": line.item or "",
        "unit": line.unit or "",
        "ordered": number(line.ordered),
        "despatched": number(line.despatched),
        "received": number(line.received),
        "rejected": number(line.rejected),
        "short": number(line.short),
        "accepted": number(line.accepted),
        "invoiced": number(line.invoiced),
        "credited": number(line.credited),
        "order_price": number(line.order_price),
        "invoice_price": number(line.invoice_price),
        "differences": list(line.differences),
    }


def difference_bodies(items: Iterable[rules.Mismatch]) -> list[Body]:
    """Differences, for lists and sheets."""
    return [
        {
            "rule": item.rule,
            "document": item.document,
            "document_id": str(item.document_id),
            "line": item.line or "",
            "expected": item.expected,
            "found": item.found,
        }
        for item in items
    ]
