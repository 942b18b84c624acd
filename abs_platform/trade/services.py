"""Writes of trades: filing documents and joining loose ones. What the buyer signs is in signing.py.

Rows are locked in one order: the seller's organisation, its trade, its documents.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from guardian.shortcuts import assign_perm

from abs_platform.consent import services as consent
from abs_platform.consent.selectors import Look
from abs_platform.core import audit, clock, events, jobs
from abs_platform.core.errors import Conflict, NotFound
from abs_platform.documents import selectors as document_selectors
from abs_platform.documents import settling
from abs_platform.documents.models import Document
from abs_platform.integrations.formats.model import Extracted, from_json
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.models import Organisation
from abs_platform.parties.roles import Role
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.risk.services import Observation
from abs_platform.trade import filing, rules, selectors
from abs_platform.trade.matching import services as matching
from abs_platform.trade.models import Trade, TradeDocument, TradeLine
from abs_platform.trade.states import Confirmation, first_state

SEVERITY = {
    "order_cancelled": Severity.HIGH,
    "order_changed": Severity.HIGH,
    "invoiced_over_received": Severity.HIGH,
    "invoiced_over_ordered": Severity.HIGH,
    "received_over_ordered": Severity.HIGH,
    "item_differs": Severity.HIGH,
    "unit_price_differs": Severity.MEDIUM,
    "unit_missing": Severity.MEDIUM,
    "currency_differs": Severity.HIGH,
    "line_consumed_twice": Severity.HIGH,
    "amount_over_ordered": Severity.MEDIUM,
}


def _lock_seller(seller_id: UUID) -> None:
    """One filing at a time per seller: two documents of a new trade cannot both open it, no merge meets a join."""
    Organisation.objects.select_for_update(no_key=True).get(id=seller_id)


def _locked(trade_id: UUID) -> Trade:
    """A trade as it is now; a decision on it that is under way comes wholly before what follows, or wholly after it."""
    trades = Trade.objects.select_for_update(no_key=True, of=("self",))
    return trades.select_related("seller", "buyer", "buyer__parent").get(id=trade_id)


def file_document(*, document_id: UUID) -> None:
    """File an extracted document in its trade, compare, and have the right computed. Idempotent."""
    file_documents(document_ids=[document_id])


@transaction.atomic
def file_documents(*, document_ids: Sequence[UUID]) -> None:
    """File one owner's documents, and compare each of their trades once. Idempotent."""
    owner_id = Document.objects.values_list("owner_id", flat=True).get(id=document_ids[0])
    _lock_seller(owner_id)
    filed: dict[UUID, str] = {}
    documents = Document.objects.filter(id__in=document_ids, owner_id=owner_id).select_related("owner", "counterparty")
    for document in documents.order_by("id"):
        if _belongs(document) and not TradeDocument.objects.filter(document=document).exists():
            _file_in_its_trade(document)
            filed[document.id] = document.kind
    # Filing one may have moved another into the trade that it turned out to belong to.
    places: dict[UUID, list[UUID]] = {}
    rows = TradeDocument.objects.filter(document__in=list(filed)).order_by("trade_id", "document_id")
    for document_id, trade_id in rows.values_list("document_id", "trade_id"):
        places.setdefault(trade_id, []).append(document_id)
    for trade_id, ids in places.items():
        trade = _locked(trade_id)
        *others, last = [{"document": str(id), "kind": filed[id]} for id in ids]
        told: list[audit.Told] = [(selectors.subject_of(trade), dict(each)) for each in others]
        audit.record_all(actor=PLATFORM, verb="trade.document_filed", subjects=told)
        changed(PLATFORM, trade, "trade.document_filed", dict(last))


@transaction.atomic
def refile_document(*, document_id: UUID) -> None:
    """File a corrected document as what it says now, or take it out of its trade where it belongs into none. Idempotent.

    A document that somebody joined to a trade stays there unless it names another order or another buyer.
    """
    owner_id = Document.objects.values_list("owner_id", flat=True).get(id=document_id)
    _lock_seller(owner_id)
    document = Document.objects.select_related("owner", "counterparty").get(id=document_id)
    filed = TradeDocument.objects.filter(document=document).first()
    if filed and filed.decided_at is not None:  # what was decided on stays
        return
    belongs = _belongs(document)
    trade_id = filed.trade_id if filed else document.trade_id
    if trade_id:
        former = _locked(trade_id)
        if belongs and filing.may_stay(former, document):
            filing.reconsider(former, document)
        elif filing.leave(former, document):
            changed(PLATFORM, former, "trade.document_left", {"document": str(document.id)})
    if belongs:
        trade = _file_in_its_trade(document)
        changed(PLATFORM, trade, "trade.document_filed", {"document": str(document.id), "kind": document.kind})


def _belongs(document: Document) -> bool:
    return settling.is_to_be_filed(document) and filing.has_place(from_json(document.content or {}))


def _file_in_its_trade(document: Document) -> Trade:
    extracted = from_json(document.content or {})
    found = filing.find_or_open(document=document, extracted=extracted, buyer=document.counterparty)
    trade = _locked(found.id)
    _file(document, trade, extracted)
    if extracted.kind == "order":
        trade.provisional = False
        trade.ordered = extracted.total
        trade.currency = extracted.currency or ""
    trade.currency = trade.currency or extracted.currency or ""
    trade.save(update_fields=["provisional", "ordered", "currency"])
    if trade.buyer and trade.buyer.parent:
        assign_perm("trade.see_trade", trade.buyer.parent.group, trade)
    return trade


def _file(document: Document, trade: Trade, extracted: Extracted) -> None:
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
    rows = TradeLine.objects.bulk_create(
        TradeLine(
            document=filed,
            position=position,
            line_id=line.id,
            **{name: value for name in selectors.LINE_FIELDS if (value := getattr(line, name, None)) is not None},
        )
        for position, line in enumerate(extracted.lines)
    )
    matching.note(seller_id=trade.seller_id, filed=filed, rows=rows, lines=extracted.lines)
    filing.hold(trade, [document.id])


def changed(actor: Actor, trade: Trade, verb: str, detail: dict[str, object]) -> None:
    """After anything about a locked trade changed: compare anew, raise alerts, have the right computed, tell both sides."""
    facts = selectors.compared(trade)
    used_again = matching.settle(trade_id=trade.id, comparison=facts.comparison)
    trade.mismatches = len(facts.comparison.mismatches)
    trade.updated_at = clock.now()
    trade.save(update_fields=["mismatches", "updated_at"])
    risk.report(actor=actor, network_id=trade.network_id, observations=_observed(trade, facts, used_again))
    audit.record(actor=actor, verb=verb, subject=selectors.subject_of(trade), detail=detail)
    jobs.publish("trade.changed", {"trade": str(trade.id)}, key=str(trade.id))
    events.notify([trade.seller_id, trade.buyer_id], "trade", trade.id)


def _observed(trade: Trade, facts: selectors.Facts, used_again: Sequence[rules.Mismatch]) -> list[Observation]:
    totals: dict[str, Decimal | None] = {str(doc.document_id): doc.total for doc in facts.documents}
    observations = []
    for item in (*facts.comparison.mismatches, *used_again):
        total = totals.get(str(item.document_id))
        observations.append(
            Observation(
                rule=item.rule,
                severity=SEVERITY.get(item.rule, Severity.LOW),
                key=f"{item.rule}:{item.document_id}:{item.line}",
                subject=selectors.subject_of(trade),
                subject_label=selectors.label_of(trade),
                organisation_ids=(trade.seller_id, trade.buyer_id),
                amount=None if total is None else abs(total),
                currency=trade.currency,
                detail={"document": item.document, "line": item.line, "expected": item.expected, "found": item.found},
            )
        )
    return observations


@transaction.atomic
def attach(*, actor: Actor, document_id: UUID, trade_id: UUID) -> Document:
    """Join an own loose document to an own trade. Raises Forbidden, NotFound, and Conflict when it is not loose."""
    actor.require(Role.SUPPLIER)
    _lock_seller(actor.home)
    if not Trade.objects.filter(id=trade_id, seller_id=actor.home).exists():
        raise NotFound
    trade = _locked(trade_id)
    document = Document.objects.select_for_update(no_key=True).filter(id=document_id, owner_id=actor.home).first()
    if document is None:
        raise NotFound
    if not document.is_loose:
        raise Conflict(
            "not_loose", "Only a document that has been read, repeats no other and is in no trade can be joined."
        )
    filing.hold(trade, [document.id])
    changed(actor, trade, "trade.document_attached", {"document": str(document.id)})
    return document_selectors.document(actor=actor, document_id=document.id)


@transaction.atomic
def look(*, actor: Actor, trade_id: UUID) -> Trade:
    """One trade for showing; a look by consent goes into the owner's access log. Raises NotFound."""
    row = selectors.trade(actor=actor, trade_id=trade_id)
    if not _shown([row], actor, "viewed"):
        raise NotFound
    return row


@transaction.atomic
def listed(*, actor: Actor, rows: Sequence[Trade]) -> list[Trade]:
    """The rows of a page that may be shown; the disclosed ones go into their owners' access logs."""
    return _shown(rows, actor, "listed")


def _shown(rows: Sequence[Trade], actor: Actor, action: str) -> list[Trade]:
    disclosed = [row for row in rows if selectors.by_disclosure(actor=actor, row=row)]
    if not disclosed:
        return list(rows)
    looks = [Look(row.seller_id, selectors.subject_of(row), selectors.label_of(row)) for row in disclosed]
    covered = consent.record_looks(actor=actor, action=action, looks=looks)
    hidden = {look.subject.id for look in looks if look.subject not in covered}
    return [row for row in rows if row.id not in hidden]
