"""Reads of programmes, requests, offers, pledges and notices: what may this actor see?"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Prefetch, Q, QuerySet, Sum

from abs_platform.core.errors import NotFound
from abs_platform.financing import rules
from abs_platform.financing.lending import owing
from abs_platform.financing.lending.models import Allocation, Loan
from abs_platform.financing.models import Invitation, Notice, Offer, Pledge, Programme, Request, RequestedRight
from abs_platform.financing.states import COUNTING, LENT, LoanState, ProgrammeState, RequestState
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role
from abs_platform.rights.models import Right
from abs_platform.rights.priority import selectors as priority
from abs_platform.rights.rules import DISPUTE_OPEN
from abs_platform.rights.states import RightState
from abs_platform.trade import encumbering
from abs_platform.trade import selectors as trades

Row = TypeVar("Row", bound=Model)

NONE = Q(pk__in=[])
ZERO = Decimal(0)
# What is lent or about to be.
BINDING = (LoanState.AWAITING, LoanState.DISBURSEMENT_PROPOSED, *LENT)


def programmes(*, actor: Actor) -> QuerySet[Programme]:
    """A funder's own; a supplier's: those open to it, and those it was ever in; a core enterprise's: those about itself. Of
    what a funder has not opened, or is changing, the others see nothing.
    """
    opened = ~Q(state__in=[ProgrammeState.DRAFT, ProgrammeState.PROPOSED])
    seen = NONE
    if actor.has(Role.FINANCIER):
        seen |= Q(funder=actor.home)
    if actor.has(Role.SUPPLIER):
        asked = Invitation.objects.filter(request__supplier=actor.home, request__submitted_at__isnull=False)
        seen |= Q(id__in=open_to(actor.home).values("id")) | Q(id__in=asked.values("programme")) & opened
    if actor.has(Role.CORE_ENTERPRISE):
        seen |= Q(core_enterprise=actor.home) & opened
    return Programme.objects.filter(seen).select_related("funder", "core_enterprise")


def open_to(supplier_id: UUID) -> QuerySet[Programme]:
    """The programmes that a supplier may ask now: active, another's, and about somebody it sells to."""
    buyers = trades.buyers_of(supplier_id)
    active = Programme.objects.select_related("funder").filter(state=ProgrammeState.ACTIVE, core_enterprise__in=buyers)
    return active.exclude(funder=supplier_id)


def programme(*, actor: Actor, programme_id: UUID) -> Programme:
    """One programme that the actor may see. Raises NotFound."""
    return _one(programmes(actor=actor), programme_id)


def requests(*, actor: Actor) -> QuerySet[Request]:
    """A supplier's own; a funder's: those that were put to its programmes."""
    seen, invited = NONE, Invitation.objects.none()
    if actor.has(Role.SUPPLIER):
        seen |= Q(supplier=actor.home)
        invited = Invitation.objects.all()
    if actor.has(Role.FINANCIER):
        own = Invitation.objects.filter(programme__funder=actor.home)
        seen |= Q(id__in=own.values("request"), submitted_at__isnull=False)
        # Whom else a supplier asked is its own business.
        invited = Invitation.objects.filter(Q(programme__funder=actor.home) | Q(request__supplier=actor.home))
    invited = invited.select_related("programme", "programme__funder", "programme__core_enterprise").order_by("id")
    # An offer that two people of the funder have not made yet is none for anybody else.
    invited = invited.prefetch_related(Prefetch("offers", Offer.objects.filter(checker_id__isnull=False)))
    return Request.objects.filter(seen).select_related("supplier").prefetch_related(Prefetch("invitations", invited))


def request(*, actor: Actor, request_id: UUID) -> Request:
    """One request that the actor may see. Raises NotFound."""
    return _one(requests(actor=actor), request_id)


def requested_rights(row: Request, *, actor: Actor) -> list[RequestedRight]:
    """The rights of a request that the actor may see now: a funder those whose trades are open to it."""
    rows = RequestedRight.objects.filter(request=row).select_related(
        "right", "right__trade", "right__trade__seller", "right__trade__buyer"
    )
    if row.supplier_id != actor.home:
        rows = rows.filter(right__trade__in=trades.trades(actor=actor).values("id"))
    return list(rows.order_by("id"))


def offers(*, actor: Actor) -> QuerySet[Offer]:
    """A funder's own; a supplier's: those on its requests that two people of the funder made."""
    seen = NONE
    if actor.has(Role.FINANCIER):
        seen |= Q(invitation__programme__funder=actor.home)
    if actor.has(Role.SUPPLIER):
        seen |= Q(invitation__request__supplier=actor.home, checker_id__isnull=False)
    return Offer.objects.filter(seen).select_related(
        "invitation",
        "invitation__request",
        "invitation__request__supplier",
        "invitation__programme",
        "invitation__programme__funder",
        "loan",
    )


def offer(*, actor: Actor, offer_id: UUID) -> Offer:
    """One offer that the actor may see. Raises NotFound."""
    return _one(offers(actor=actor), offer_id)


def pledges(*, actor: Actor) -> QuerySet[Pledge]:
    """A holder's, a supplier's own, and once they are registered those on what a core enterprise owes."""
    seen = NONE
    if actor.has(Role.FINANCIER):
        seen |= Q(holder=actor.home)
    if actor.has(Role.SUPPLIER):
        seen |= Q(right__trade__seller=actor.home)
    if actor.has(Role.CORE_ENTERPRISE):
        seen |= Q(right__trade__buyer=actor.home, registered_at__isnull=False)
    return Pledge.objects.filter(seen).select_related(
        "holder", "loan", "right", "right__trade", "right__trade__seller", "right__trade__buyer"
    )


def pledge(*, actor: Actor, pledge_id: UUID) -> Pledge:
    """One pledge that the actor may see. Raises NotFound."""
    return _one(pledges(actor=actor), pledge_id)


def notices(*, actor: Actor) -> QuerySet[Notice]:
    """A debtor's, once they were sent; those of a supplier's and of a funder's own loans."""
    seen = NONE
    if actor.has(Role.CORE_ENTERPRISE):
        seen |= Q(debtor=actor.home, sent_at__isnull=False)
    if actor.has(Role.SUPPLIER):
        seen |= Q(loan__supplier=actor.home)
    if actor.has(Role.FINANCIER):
        seen |= Q(loan__funder=actor.home)
    return Notice.objects.filter(seen).select_related(
        "debtor", "loan", "loan__supplier", "loan__funder", "acknowledgement"
    )


def notice(*, actor: Actor, notice_id: UUID) -> Notice:
    """One notice that the actor may see. Raises NotFound."""
    return _one(notices(actor=actor), notice_id)


def lent(*, programme_ids: Sequence[UUID], supplier_id: UUID | None = None) -> dict[UUID, Decimal]:
    """By programme, the principal that is lent or promised and not paid back, written off or not; of one supplier, or of all."""
    loans = Loan.objects.filter(state__in=BINDING, offer__invitation__programme__in=programme_ids)
    if supplier_id:
        loans = loans.filter(supplier=supplier_id)
    back = Allocation.objects.filter(part="principal", payment__loan__in=loans, payment__state__in=COUNTING)
    of_loan, of_payment = "offer__invitation__programme", "payment__loan__offer__invitation__programme"
    found = dict(loans.order_by().values_list(of_loan).annotate(Sum("principal")))
    paid = dict(back.order_by().values_list(of_payment).annotate(Sum("amount")))
    lost = _lost(programme_ids, supplier_id)
    return {id: found.get(id, ZERO) - paid.get(id, ZERO) + lost.get(id, ZERO) for id in programme_ids}


def _lost(programme_ids: Sequence[UUID], supplier_id: UUID | None) -> dict[UUID, Decimal]:
    """By programme, the principal in what was written off and did not come back: that money is out."""
    loans = Loan.objects.filter(state=LoanState.WRITTEN_OFF, offer__invitation__programme__in=programme_ids)
    if supplier_id:
        loans = loans.filter(supplier=supplier_id)
    rows = list(loans.select_related("offer__invitation"))
    found: dict[UUID, Decimal] = {}
    for loan, out in owing.principal_out_each(rows).items():
        programme_id = loan.offer.invitation.programme_id
        found[programme_id] = found.get(programme_id, ZERO) + out
    return found


def room(row: Programme, *, supplier_id: UUID) -> rules.Room:
    """A programme's limits as they are taken now."""
    return rooms([row], supplier_id=supplier_id)[row.id]


def rooms(rows: Sequence[Programme], *, supplier_id: UUID) -> dict[UUID, rules.Room]:
    """`room` of many, in a number of queries that does not grow with theirs."""
    ids = [row.id for row in rows]
    taken, by_supplier = lent(programme_ids=ids), lent(programme_ids=ids, supplier_id=supplier_id)
    return {
        row.id: rules.Room(
            limit=row.limit,
            taken=taken[row.id],
            supplier_limit=row.supplier_limit,
            taken_by_supplier=by_supplier[row.id],
        )
        for row in rows
    }


def conditions(row: Programme) -> rules.Conditions:
    """A programme as the rules see it."""
    return rules.Conditions(
        debtor=str(row.core_enterprise_id),
        currency=row.currency,
        min_rung=row.min_rung,
        advance_rates={int(rung): Decimal(rate) for rung, rate in row.advance_rates.items()},
        max_tenor_days=row.max_tenor_days,
        lender=priority.key(row.funder.name),
    )


def claims(rows: Sequence[Right]) -> list[rules.Claim]:
    """Rights of one supplier, with their trades, as the rules see them before anything is lent."""
    sharing = encumbering.sharing_goods(row.trade for row in rows)
    rivals = priority.rivals(right_ids=[row.id for row in rows])
    return [replace(claim(row), goods_lent_on=row.trade_id in sharing, rivals=rivals[row.id]) for row in rows]


def claim(row: Right) -> rules.Claim:
    """A right, with its trade, by itself."""
    return rules.Claim(
        id=str(row.id),
        debtor=str(row.trade.buyer_id) if row.trade.buyer_id else None,
        currency=row.currency,
        rung=row.rung,
        base=row.base,
        due_date=row.due_date,
        is_free=row.state == RightState.FREE,
        is_disputed=DISPUTE_OPEN in row.poolable_reasons,
    )


def own_rights(*, actor: Actor, right_ids: Sequence[UUID]) -> list[Right]:
    """A supplier's rights of these ids, by id. Raises Forbidden, and NotFound where one is not its own."""
    actor.require(Role.SUPPLIER)
    rows = Right.objects.filter(id__in=right_ids, trade__seller=actor.home)
    found = list(rows.select_related("trade", "trade__seller", "trade__buyer").order_by("id"))
    if len(found) < len(set(right_ids)):
        raise NotFound
    return found


def is_open(row: Request) -> bool:
    """Whether funders may still answer it."""
    return row.state == RequestState.SUBMITTED


def _one(rows: "QuerySet[Row]", id: UUID) -> Row:
    row = rows.filter(id=id).first()
    if row is None:
        raise NotFound
    return row
