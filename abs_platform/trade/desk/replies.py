"""How the confirmation desk looks in replies: queue, sheet, proposals, manifests, disputes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers

from abs_platform.core.rest.fields import Body, Named, money, named, number, time
from abs_platform.core.transitions import allowed_actions
from abs_platform.documents.replies import DocumentDetailOut, DocumentOut, TradeLink, detail_body, document_bodies
from abs_platform.parties.actor import Actor
from abs_platform.trade import selectors, statements
from abs_platform.trade.desk import disputing
from abs_platform.trade.desk import selectors as desk
from abs_platform.trade.desk.authority import limits_of, reader_of
from abs_platform.trade.desk.rules import needs_of
from abs_platform.trade.desk.selectors import Offer
from abs_platform.trade.desk.states import PROPOSALS, ProposalState
from abs_platform.trade.facts import stated_quantity, takes_back
from abs_platform.trade.models import DisputeMessage, Proposal, SignedDecision, SignedManifest, TradeDocument
from abs_platform.trade.replies import (
    DifferenceOut,
    SignedOut,
    TradeFactsOut,
    difference_bodies,
    signed_body,
    trade_facts_body,
)
from abs_platform.trade.selectors import Facts
from abs_platform.trade.signatories import own_key_of
from abs_platform.trade.states import Confirmation

STATES = [str(state) for state in Confirmation]


class PartOut(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    line = serializers.CharField(allow_blank=True)
    quantity = serializers.CharField()


class SignatureOut(SignedOut):
    decision = serializers.ChoiceField(choices=["confirm", "dispute"])
    reason = serializers.CharField(allow_blank=True)
    reason_code = serializers.CharField(allow_blank=True)
    on_behalf_of = serializers.CharField(allow_blank=True)
    lines = PartOut(many=True, allow_null=True)
    rest_disputed = serializers.BooleanField()
    content_digest = serializers.CharField()
    manifest = serializers.UUIDField(allow_null=True, help_text="Where one signature was made over many documents")


class NeedsOut(serializers.Serializer[Any]):
    people = serializers.IntegerField(help_text="How many people confirming takes by the organisation's limits")
    typed_amount = serializers.BooleanField(help_text="Whether the amount is typed back")
    amount = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_blank=True)


class QueuedOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    document = DocumentOut()
    trade = TradeLink()
    supplier = Named()
    amount = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=STATES)
    rest_disputed = serializers.BooleanField()
    mismatches = serializers.IntegerField()
    differences = DifferenceOut(many=True)
    content_digest = serializers.CharField()
    needs = NeedsOut()
    proposal = serializers.UUIDField(allow_null=True)
    deadline = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    allowed_actions = serializers.ListField(child=serializers.CharField())


class ConfirmableLine(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    line = serializers.CharField(allow_blank=True)
    item = serializers.CharField(allow_blank=True)
    unit = serializers.CharField(allow_blank=True)
    stated = serializers.CharField()
    confirmed = serializers.CharField(allow_null=True)


class SheetOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)
    rest_disputed = serializers.BooleanField()
    deadline = serializers.DateTimeField()
    document = DocumentDetailOut()
    trade = TradeFactsOut()
    statement = serializers.CharField()
    content_digest = serializers.CharField()
    differences = DifferenceOut(many=True)
    lines = ConfirmableLine(many=True, help_text="Those of which a part can be confirmed")
    needs = NeedsOut()
    proposal = serializers.UUIDField(allow_null=True)
    has_thread = serializers.BooleanField()
    own_key = serializers.BooleanField(help_text="Whether the organisation signs with a key of its own")
    signatures = SignatureOut(many=True)
    allowed_actions = serializers.ListField(child=serializers.CharField())


class MessageOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(allow_null=True)
    organisation = Named()
    person = serializers.CharField()
    text = serializers.CharField()
    reason_code = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()


class ThreadOut(serializers.Serializer[Any]):
    document = serializers.UUIDField()
    kind = serializers.CharField()
    number = serializers.CharField()
    open = serializers.BooleanField()
    messages = MessageOut(many=True)


class ProposedOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    number = serializers.CharField()
    supplier = Named()
    amount = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_blank=True)
    in_part = serializers.BooleanField()


class ProposalOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=[str(state) for state in ProposalState])
    people = serializers.IntegerField()
    amount = serializers.CharField()
    currency = serializers.CharField(allow_blank=True)
    typed_amount = serializers.BooleanField()
    own_key = serializers.BooleanField()
    maker = serializers.CharField()
    made_at = serializers.DateTimeField()
    checker = serializers.CharField(allow_blank=True)
    ended_by = serializers.CharField(allow_blank=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    manifest = serializers.UUIDField(allow_null=True)
    documents = ProposedOut(many=True)
    allowed_actions = serializers.ListField(child=serializers.CharField())


class ManifestOut(SignedOut):
    id = serializers.UUIDField()
    on_behalf_of = serializers.CharField(allow_blank=True)
    documents = serializers.IntegerField()


def queued_bodies(rows: Sequence[TradeDocument], *, actor: Actor) -> list[Body]:
    """Documents of the queue, each with what it differs in and the digest of what would be signed."""
    reader = reader_of(actor)
    facts = selectors.compared_each(row.trade_id for row in rows)
    offers = desk.offers(actor=reader, rows=rows, facts=facts)
    bodies = document_bodies([row.document for row in rows], actor=reader)
    found = []
    for row, body in zip(rows, bodies, strict=True):
        differences = statements.differences_of(row, facts[row.trade_id])
        found.append(
            {
                "id": str(row.document_id),
                "document": body,
                "trade": {"id": str(row.trade_id), "order_number": row.trade.order_number},
                "supplier": named(row.trade.seller_id, row.trade.seller.name),
                "amount": money(row.total, row.currency),
                "currency": row.currency,
                "mismatches": len(differences),
                "differences": difference_bodies(differences),
                "content_digest": statements.digest_of(statements.content_of(row, facts[row.trade_id])),
                "received_at": body["received_at"],
                **_standing(row, offers[row.document_id]),
            }
        )
    return found


def _standing(row: TradeDocument, offer: Offer) -> Body:
    currency = row.currency or row.trade.currency
    return {
        "state": row.confirmation,
        "rest_disputed": row.rest_disputed,
        "deadline": time(row.deadline),
        "needs": {
            "people": offer.needs.people,
            "typed_amount": offer.needs.typed,
            "amount": money(offer.amount, currency),
            "currency": currency,
        },
        "proposal": str(offer.proposal_id) if offer.proposal_id else None,
        "allowed_actions": list(offer.actions),
    }


def sheet_body(row: TradeDocument, facts: Facts, *, actor: Actor) -> Body:
    """Everything that the core enterprise's person sees before signing, and what was signed so far."""
    reader = reader_of(actor)
    content = statements.content_of(row, facts)
    decisions = row.decisions.select_related("organisation", "manifest", "manifest__organisation").order_by("number")
    return {
        "id": str(row.document_id),
        "document": detail_body(row.document, actor=reader),
        "trade": trade_facts_body(row.trade, facts, actor=reader),
        "statement": content,
        "content_digest": statements.digest_of(content),
        "differences": difference_bodies(statements.differences_of(row, facts)),
        "lines": _lines(row, facts),
        "has_thread": disputing.was_disputed(row),
        "own_key": own_key_of(reader.home) is not None,
        "signatures": [_signature(each) for each in decisions],
        **_standing(row, desk.offers(actor=reader, rows=[row], facts={row.trade_id: facts})[row.document_id]),
    }


def _lines(row: TradeDocument, facts: Facts) -> list[Body]:
    confirmed = selectors.confirmed_of(row) or {}
    return [
        {
            "position": position,
            "line": line.id,
            "item": line.label,
            "unit": line.unit or "",
            "stated": number(stated),
            "confirmed": number(confirmed.get(position)),
        }
        for position, line in enumerate(facts.extracted[row.document_id].lines)
        if (stated := stated_quantity(line, kind=row.kind)) is not None and stated > 0 and not takes_back(line)
    ]


def _signature(row: SignedDecision) -> Body:
    return {
        **signed_body(row.manifest or row),
        "decision": row.decision,
        "reason": row.reason,
        "reason_code": row.reason_code,
        "on_behalf_of": row.on_behalf_of,
        "lines": row.lines,
        "rest_disputed": row.rest_disputed,
        "content_digest": row.content_digest,
        "manifest": str(row.manifest_id) if row.manifest_id else None,
    }


def thread_body(row: TradeDocument) -> Body:
    """A dispute: the buyer's reasons and what both sides said, oldest first."""
    reasons = [
        _message(
            each.organisation_id,
            each.organisation.name,
            each.person,
            each.reason,
            at=time(each.at),
            code=each.reason_code,
        )
        for each in row.decisions.exclude(reason="").select_related("organisation")
    ]
    said = [message_body(each) for each in row.messages.select_related("organisation")]
    return {
        "document": str(row.document_id),
        "kind": row.kind,
        "number": row.number,
        "open": disputing.is_open(row),
        "messages": sorted([*reasons, *said], key=lambda each: str(each["at"])),
    }


def message_body(row: DisputeMessage) -> Body:
    """One message."""
    body = _message(row.organisation_id, row.organisation.name, row.person, row.text, at=time(row.at))
    return {**body, "id": str(row.id)}


def _message(organisation_id: UUID, name: str, person: str, text: str, *, at: str | None, code: str = "") -> Body:
    return {
        "id": None,
        "organisation": named(organisation_id, name),
        "person": person,
        "text": text,
        "reason_code": code,
        "at": at,
    }


def proposal_bodies(rows: Sequence[Proposal], *, actor: Actor) -> list[Body]:
    """Proposals with their documents and what the actor may do with each."""
    limits, executives = limits_of(actor.home)
    own_key = own_key_of(actor.home) is not None
    ids = {each["id"] for row in rows for each in row.choices}
    documents = {
        str(each.document_id): each
        for each in TradeDocument.objects.filter(document__in=ids).select_related("trade", "trade__seller")
    }
    held = {row.principal_id for row in desk.delegations(actor=actor) if row.delegate_id == actor.person_id}
    return [
        {
            "id": str(row.id),
            "state": row.state,
            "people": row.people,
            "amount": money(row.amount, row.currency),
            "currency": row.currency,
            "typed_amount": needs_of(limits, {row.currency: row.amount}).typed,
            "own_key": own_key,
            "maker": row.maker_name,
            "made_at": time(row.made_at),
            "checker": row.checker_name,
            "ended_by": row.ended_by,
            "ended_at": time(row.ended_at),
            "note": row.note,
            "manifest": str(row.manifest_id) if row.manifest_id else None,
            "documents": _proposed(row, documents),
            "allowed_actions": _proposal_actions(row, actor, held, executives),
        }
        for row in rows
    ]


def _proposed(row: Proposal, documents: Mapping[str, TradeDocument]) -> list[Body]:
    return [
        {
            "id": each["id"],
            "kind": document.kind,
            "number": document.number,
            "supplier": named(document.trade.seller_id, document.trade.seller.name),
            "amount": money(document.total, document.currency),
            "currency": document.currency,
            "in_part": each["lines"] is not None,
        }
        for each in row.choices
        if (document := documents.get(each["id"]))
    ]


def _proposal_actions(row: Proposal, actor: Actor, held: set[UUID], executives: frozenset[UUID]) -> list[str]:
    """What the actor may do, in its own right or one that it holds."""
    person = actor.person_id
    if person is None:
        return []
    voices = {row.maker, row.maker_right, row.checker, row.checker_right}
    rights = ({person} | held) - voices if person not in voices and not actor.is_program else set()
    is_maker = person in (row.maker, row.maker_right)
    may = {
        "check": bool(rights),
        "approve": bool(rights & executives),
        "decline": not is_maker and not actor.is_program,
        "withdraw": is_maker,
    }
    roles = reader_of(actor).roles
    return [action for action in allowed_actions(PROPOSALS, state=row.state, roles=roles) if may[action]]


def manifest_body(row: SignedManifest) -> Body:
    """A manifest with what it takes to verify it."""
    return {**signed_body(row), "id": str(row.id), "on_behalf_of": row.on_behalf_of, "documents": row.documents}
