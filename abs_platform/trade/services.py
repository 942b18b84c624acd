"""Writes of trades: filing documents and joining loose ones. What the buyer signs is in signing.py.

Rows are locked in one order: the seller's organisation, its trade, its documents.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from abs_platform.consent import services as consent
from abs_platform.consent.selectors import Look
from abs_platform.core import audit, clock, events, jobs
from abs_platform.core.errors import Conflict, NotFound
from abs_platform.documents import selectors as document_selectors
from abs_platform.documents.models import Document
from abs_platform.documents.rules import filing_lane
from abs_platform.documents.tax import services as tax
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.models import Organisation
from abs_platform.parties.roles import Role
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.risk.services import Observation
from abs_platform.trade import filing, placing, rules, selectors
from abs_platform.trade.matching import services as matching
from abs_platform.trade.models import AutomaticRule, Trade, TradeDocument

Change = tuple[Trade, Sequence[dict[str, object]]]
"""A trade, and the details of each thing that happened to it."""

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
    "paid_over_invoiced": Severity.HIGH,
    "credited_over_invoiced": Severity.MEDIUM,
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
    filed = placing.place(
        Document.objects.filter(id__in=document_ids, owner_id=owner_id, filed__isnull=True)
        .prefetch_related("owner", "counterparty__parent__group")
        .order_by("id")
    )
    elsewhere = changed_all(
        PLATFORM, "trade.document_filed", [(trade, [_told(each) for each in rows]) for trade, rows in filed]
    )
    clear_elsewhere(PLATFORM, elsewhere)


def _told(document: Document) -> dict[str, object]:
    return {"document": str(document.id), "kind": document.kind}


@transaction.atomic
def refile_document(*, document_id: UUID) -> None:
    """File a corrected document as what it says now, or take it out of its trade where it belongs into none. Idempotent.

    A document that somebody joined to a trade stays there unless it names another order or another buyer.
    """
    owner_id = Document.objects.values_list("owner_id", flat=True).get(id=document_id)
    _lock_seller(owner_id)
    document = Document.objects.select_related("owner", "counterparty__parent__group").get(id=document_id)
    filed = TradeDocument.objects.filter(document=document).first()
    if filed and filed.decided_at is not None:  # what was decided on stays
        return
    belongs = placing.belongs(document)
    trade_id = filed.trade_id if filed else document.trade_id
    may_stay = False
    elsewhere: set[UUID] = set()
    if trade_id:
        former = _locked(trade_id)
        may_stay = belongs and filing.may_stay(former, document)
        if may_stay:
            filing.reconsider(former, document)
        elif filing.leave(former, document):
            elsewhere |= changed(PLATFORM, former, "trade.document_left", {"document": str(document.id)})
    filed_anew = [(trade, [_told(each) for each in rows]) for trade, rows in placing.place([document])]
    elsewhere |= changed_all(PLATFORM, "trade.document_filed", filed_anew)
    if trade_id and all(trade.id != trade_id for trade, _ in filed_anew):
        if may_stay and Trade.objects.filter(id=trade_id).exists():  # its references lead elsewhere
            elsewhere |= changed(PLATFORM, _locked(trade_id), "trade.document_left", {"document": str(document.id)})
        else:  # it is gone, or has become another trade's: nothing stays stored of it
            elsewhere |= matching.match(trade_ids=[trade_id]).elsewhere
    clear_elsewhere(PLATFORM, elsewhere)


def changed(actor: Actor, trade: Trade, verb: str, detail: dict[str, object]) -> frozenset[UUID]:
    """After anything about a locked trade changed: compare anew, raise alerts, have the right computed, tell both sides.

    Returns the trades for `clear_elsewhere`, which who moved documents hands on.
    """
    return changed_all(actor, verb, [(trade, [detail])])


def changed_all(actor: Actor, verb: str, changes: Sequence[Change]) -> frozenset[UUID]:
    """`changed` for locked trades of one seller: each with the details of what happened to it."""
    if not changes:
        return frozenset()
    trades = [trade for trade, _ in changes]
    elsewhere = _compare_anew(actor, trades)
    told: list[audit.Told] = [(selectors.subject_of(trade), each) for trade, details in changes for each in details]
    audit.record_all(actor=actor, verb=verb, subjects=told)
    _publish(trades)
    _confirm_automatically(trades)
    _notify(trades)
    return elsewhere


def clear_elsewhere(actor: Actor, trade_ids: Iterable[UUID]) -> None:
    """After documents came or went under the seller's filing lock: the seller's trades that these pay, or that pay these, are
    cleared anew, and their rights computed. What else a trade is changes nothing in others.
    """
    rows = Trade.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=set(trade_ids)).order_by("id")
    if trades := list(rows.select_related("seller", "buyer", "buyer__parent")) if trade_ids else []:
        _compare_anew(actor, trades)
        _publish(trades)
        _notify(trades)


def _notify(trades: Sequence[Trade]) -> None:
    events.notify_all([([trade.seller_id, trade.buyer_id], "trade", trade.id) for trade in trades])


@transaction.atomic
def follow_tax_statuses(*, owner_id: UUID, within: Sequence[UUID] | None = None) -> list[UUID]:
    """The tax office said something new of an owner's documents: what was taken out counts no more, what came back counts again.

    Compares and matches anew the trades of some of them, whose ids it returns; a job of its own does the others. `within`: of
    documents in these trades alone. Whoever calls has the rights computed in the same transaction.
    """
    among = None if within is None else TradeDocument.objects.filter(trade__in=within).values("document_id")
    if among is not None and not tax.changed(owner_id=owner_id, among=among):
        return []
    _lock_seller(owner_id)  # no merge meanwhile
    changed = tax.changed(owner_id=owner_id, among=among)
    holding = TradeDocument.objects.filter(document_id__in=changed).values("trade_id")
    rows = Trade.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=holding).order_by("id")
    trades = list(rows.select_related("seller", "buyer", "buyer__parent"))
    tax.follow(owner_id=owner_id, document_ids=changed)  # after the trades, as whoever computes a right has it
    if trades:
        _compare_anew(PLATFORM, trades)
    return [trade.id for trade in trades]


def _compare_anew(actor: Actor, trades: Sequence[Trade]) -> frozenset[UUID]:
    """Compare and match locked trades of one seller as their documents stand now, and raise alerts.

    Where they use with another trade what is there once, the alert may be that trade's. Returns the trades in which
    something is paid by these, or that pay something in these.
    """
    found = selectors.compared_each(trade.id for trade in trades)
    matched = matching.settle_all(comparisons={id: facts.comparison for id, facts in found.items()})
    used_again = matching.told(matched)
    _settle(trades, {id: len(facts.comparison.mismatches) for id, facts in found.items()})
    others: list[Trade] = []
    if elsewhere := used_again.keys() - found.keys():
        others.extend(Trade.objects.filter(id__in=elsewhere).order_by("id"))
        found |= selectors.compared_each(elsewhere)
    seen = [
        each for trade in (*trades, *others) for each in _observed(trade, found[trade.id], used_again.get(trade.id, []))
    ]
    risk.report(actor=actor, network_id=trades[0].network_id, observations=seen)
    return matched.elsewhere


def _settle(trades: Sequence[Trade], mismatches: Mapping[UUID, int]) -> None:
    now = clock.now()
    alike: dict[int, list[UUID]] = {}  # most have none
    for trade in trades:
        trade.mismatches, trade.updated_at = mismatches[trade.id], now
        alike.setdefault(trade.mismatches, []).append(trade.id)
    for count, ids in alike.items():
        Trade.objects.filter(id__in=ids).update(mismatches=count, updated_at=now)


def _publish(trades: Sequence[Trade]) -> None:
    """Have the rights computed: a trade's own by a job that further changes share, those of many trades together."""
    if len(trades) == 1:
        only = str(trades[0].id)
        jobs.publish("trade.changed", {"trade": only}, key=only)
        return
    lane = filing_lane(trades[0].seller_id)
    jobs.publish("trade.changed", {"trades": [str(trade.id) for trade in trades]}, lane=lane)


def _confirm_automatically(trades: Sequence[Trade]) -> None:
    """Have looked at what a rule of the buyer may confirm, where there is one."""
    rules_in_force = AutomaticRule.objects.filter(
        seller=trades[0].seller_id, organisation__in={trade.buyer_id for trade in trades}, stopped_at=None
    )
    buyers = set(rules_in_force.values_list("organisation_id", flat=True))
    for trade in trades:
        if trade.buyer_id in buyers:
            jobs.enqueue("trade.confirm_automatically", payload={"trade": str(trade.id)}, key=str(trade.id))


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
    """Join an own loose document to an own trade. Raises Forbidden, NotFound, and Conflict when it is not loose or names
    another buyer.
    """
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
    if filing.names_another_buyer(trade, document):
        raise Conflict(
            "other_buyer", "The document names another buyer than the trade's. Join it to a trade with that one."
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
