"""Reads of trades: what may be seen, and how its documents compare."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects

from abs_platform.consent import selectors as consent
from abs_platform.core.errors import NotFound
from abs_platform.core.prepared import IDS, Prepared
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import allowed_actions
from abs_platform.documents import selectors as documents
from abs_platform.documents.tax.models import TaxStatus
from abs_platform.integrations.formats.model import Extracted, Line, Totals, from_json
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role
from abs_platform.trade import rules
from abs_platform.trade.facts import DocumentFacts, TaxFacts, facts_of
from abs_platform.trade.matching import in_force
from abs_platform.trade.models import Trade, TradeDocument, TradeGroupPermission, TradeLine
from abs_platform.trade.states import TRANSITIONS, Confirmation

LINE_FIELDS = [
    field.name
    for field in TradeLine._meta.concrete_fields
    if field.name not in {"id", "document", "position", "line_id", "confirmed"}
]
"""The columns of a filed line that bear the names of formats.model.Line."""


def trades(*, actor: Actor) -> QuerySet[Trade]:
    """The trades that the actor may see now: its own, its project companies', and those opened to it."""
    if not actor.has(*documents.BUSINESS_ROLES):
        return Trade.objects.none()
    seen = Q(seller_id=actor.home) | Q(buyer_id=actor.home)
    if actor.has(Role.CORE_ENTERPRISE):
        seen |= Q(
            id__in=TradeGroupPermission.objects.filter(group__organisation=actor.home).values("content_object_id")
        )
    disclosed = consent.disclosed_to(actor=actor)
    if disclosed.owner_ids:
        seen |= Q(seller_id__in=disclosed.owner_ids)
    if ids := disclosed.ids("trade"):
        seen |= Q(id__in=ids)
    as_head_office = TradeGroupPermission.objects.filter(group__organisation=actor.home, content_object=OuterRef("id"))
    return Trade.objects.filter(seen).select_related("seller", "buyer").annotate(as_head_office=Exists(as_head_office))


def trade(*, actor: Actor, trade_id: UUID) -> Trade:
    """One trade that the actor may see. Raises NotFound."""
    row = trades(actor=actor).filter(id=trade_id).first()
    if row is None:
        raise NotFound
    return row


def buyers_of(seller_id: UUID) -> QuerySet[Any]:  # Any: a row of one column
    """Ids of the organisations that a seller's trades are with, as a subquery."""
    return Trade.objects.filter(seller=seller_id, buyer__isnull=False).values("buyer")


def by_disclosure(*, actor: Actor, row: Trade) -> bool:
    """Whether the actor sees the trade by consent alone."""
    return actor.home not in (row.seller_id, row.buyer_id) and not row.as_head_office  # type: ignore[attr-defined]  # annotated by trades()


def subject_of(row: Trade) -> SubjectRef:
    """The trade as consent and risk know it."""
    return SubjectRef("trade", row.id)


def label_of(row: Trade) -> str:
    """What to call a trade: its order number, else that it is provisional."""
    return row.order_number or f"provisional {row.id}"


@dataclass(frozen=True, slots=True)
class Filed:
    """A trade's documents and what each says."""

    documents: Sequence[TradeDocument]
    extracted: dict[UUID, Extracted]
    facts: Sequence[DocumentFacts]  # of the documents, in their order
    taxes: Mapping[UUID, TaxStatus]

    def of(self, document_id: UUID) -> DocumentFacts:
        """The facts of one of the documents."""
        return next(each for each in self.facts if str(each.id) == str(document_id))


@dataclass(frozen=True, slots=True)
class Facts(Filed):
    """And what they say together."""

    comparison: rules.Comparison


def compared(row: Trade) -> Facts:
    """Everything filed in a trade, compared."""
    return compared_each([row.id])[row.id]


def filed_among(ids: object) -> QuerySet[TradeDocument]:
    """What is filed in trades; `ids`: prepared.IDS. See `filed_each`."""
    return TradeDocument.objects.filter(trade__id__among=ids).select_related("document__tax").order_by("document_id")


_filed_documents = Prepared(lambda: filed_among(IDS))


def compared_each(trade_ids: Iterable[UUID]) -> dict[UUID, Facts]:
    """Everything filed in each of the trades, compared; a few queries for all, one more where a document was erased or
    confirmed in part."""
    ids = list(trade_ids)
    allowed = in_force.of_trades(ids)
    return {
        id: Facts(each.documents, each.extracted, each.facts, each.taxes, rules.compare(each.facts))
        for id, each in filed_each(ids, _filed_documents(ids), allowed).items()
    }


def filed_each(
    trade_ids: Iterable[UUID], documents: Iterable[TradeDocument], allowed: Mapping[UUID, in_force.Dated] | None = None
) -> dict[UUID, Filed]:
    """What the documents say that are filed in each of the trades (see `filed_among`), and nothing compared.

    `allowed`: the tolerances, which comparing takes.
    """
    filed: dict[UUID, list[TradeDocument]] = {id: [] for id in trade_ids}
    for doc in documents:
        filed[doc.trade_id].append(doc)
    by_line = [
        doc
        for rows in filed.values()
        for doc in rows
        if not doc.document.content or doc.confirmation == Confirmation.PARTIAL
    ]
    prefetch_related_objects(by_line, Prefetch("lines", TradeLine.objects.order_by("position")))
    return {id: _filed(rows, (allowed or {}).get(id, ())) for id, rows in filed.items()}


def _filed(filed: list[TradeDocument], allowed: in_force.Dated) -> Filed:
    extracted = {doc.document_id: said(doc) for doc in filed}
    taxes = {doc.document_id: doc.document.tax for doc in filed if hasattr(doc.document, "tax")}
    facts = [
        facts_of(
            extracted[doc.document_id],
            id=str(doc.document_id),
            # Of what was confirmed in part, that part is confirmed and nothing else counts.
            confirmation=Confirmation.CONFIRMED if doc.confirmation == Confirmation.PARTIAL else doc.confirmation,
            confirmed=confirmed_of(doc),
            is_rest_disputed=doc.rest_disputed,
            tax=_tax(taxes.get(doc.document_id)),
            tolerance=in_force.on(doc.issue_date, allowed),
        )
        for doc in filed
    ]
    return Filed(filed, extracted, facts, taxes)


def confirmed_of(doc: TradeDocument) -> dict[int, Decimal] | None:
    """How much of each line was confirmed, by position; None unless that is a part only."""
    if doc.confirmation != Confirmation.PARTIAL:
        return None
    return {line.position: line.confirmed for line in doc.lines.all() if line.confirmed is not None}


def said(doc: TradeDocument) -> Extracted:
    """What a filed document says; of one that was erased with its owner's key, what was filed: the buyer's record too."""
    if doc.document.content:
        return from_json(doc.document.content)
    lines = tuple(_recorded(line) for line in doc.lines.all())
    return Extracted(
        kind=doc.kind,
        number=doc.number,
        issue_date=doc.issue_date,
        currency=doc.currency or None,
        due_date=doc.due_date,
        order_number=next((line.order_number for line in lines if line.order_number), None),
        totals=Totals(payable=doc.total),
        lines=lines,
    )


def _recorded(row: TradeLine) -> Line:
    values = {name: getattr(row, name) for name in LINE_FIELDS}
    return Line(id=row.line_id, **{name: value for name, value in values.items() if value not in ("", None)})


def _tax(row: TaxStatus | None) -> TaxFacts | None:
    return TaxFacts(row.status, row.red_amount, tuple(row.red_numbers)) if row else None


def queue(*, actor: Actor) -> QuerySet[TradeDocument]:
    """The documents that the actor's organisation, as buyer, confirms or has confirmed. Raises Forbidden for others."""
    actor.require(Role.CORE_ENTERPRISE)
    return (
        TradeDocument.objects.filter(trade__buyer_id=actor.home)
        .exclude(confirmation=Confirmation.NOT_REQUIRED)
        .select_related(
            "trade",
            "trade__seller",
            "trade__buyer",
            "document",
            "document__owner",
        )
    )


def actions(*, actor: Actor, row: TradeDocument) -> list[str]:
    """What a person of the buyer can do with a filed document; nothing where its content was erased: nobody can look at it."""
    return [] if row.document.erased_at else allowed_actions(TRANSITIONS, state=row.confirmation, roles=actor.roles)


def queued(*, actor: Actor, document_id: UUID) -> TradeDocument:
    """One document of the queue. Raises NotFound."""
    row = queue(actor=actor).filter(document_id=document_id).first()
    if row is None:
        raise NotFound
    return row
