"""Who holds a right, by everything recorded of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from abs_platform.core import clock
from abs_platform.integrations.formats.model import fold
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Identifier
from abs_platform.parties.roles import Role
from abs_platform.rights import reading
from abs_platform.rights import selectors as rights
from abs_platform.rights.models import Right
from abs_platform.rights.priority import describing, rules
from abs_platform.rights.priority.models import DebtorNotice, ZhongdengAmendment, ZhongdengRegistration, ZhongdengSearch
from abs_platform.rights.priority.rules import Claimant, Ranking, Registration
from abs_platform.rights.registry.models import RegistryEntry
from abs_platform.rights.states import RightState

ENDING = ("cancel", "mistake")
SEARCH_DAYS = 30
"""For how long a search shows that nobody else registered the claim."""
RECORDERS = (Role.FINANCIER, Role.SUPPLIER)


@dataclass
class _Holder:
    """A claimant while the records are gathered. A later notice of the same party corrects the earlier one."""

    name: str
    ours: bool
    registrations: list[Registration] = field(default_factory=list)
    notified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """Everything recorded of a right, the oldest first, and what follows from it."""

    pledge: RegistryEntry | None
    registrations: Sequence[ZhongdengRegistration]
    notices: Sequence[DebtorNotice]
    searches: Sequence[ZhongdengSearch]
    ranking: Ranking


def records(*, right_id: UUID, on: date | None = None) -> Records:
    """What is on record of a right, for callers that may see it. `on`: as of which day registrations hold; today."""
    pledge = RegistryEntry.objects.filter(right_id=right_id, active=True).first()
    registrations = list(
        ZhongdengRegistration.objects.filter(right_id=right_id)
        .select_related("organisation")
        .prefetch_related(
            Prefetch("amendments", ZhongdengAmendment.objects.select_related("organisation").order_by("id"))
        )
        .order_by("registered_at", "id")
    )
    notices = list(DebtorNotice.objects.filter(right_id=right_id).select_related("organisation").order_by("id"))
    searches = list(
        ZhongdengSearch.objects.filter(right_id=right_id).select_related("organisation").order_by("searched_at", "id")
    )
    ranking = rules.rank(_claimants(right_id, pledge, registrations, notices, on=on or clock.today()))
    return Records(pledge, registrations, notices, searches, ranking)


def recorded(*, actor: Actor) -> QuerySet[ZhongdengRegistration]:
    """What the actor's own organisation recorded as registered, whether or not the rights are open to it still.

    Raises Forbidden for those who record nothing.
    """
    actor.require(*RECORDERS)
    rows = ZhongdengRegistration.objects.filter(organisation=actor.home).select_related("organisation")
    return rows.prefetch_related(
        Prefetch("amendments", ZhongdengAmendment.objects.select_related("organisation").order_by("id"))
    )


def held(*, actor: Actor, right_id: UUID) -> Right | None:
    """A right that the actor's organisation holds by a pledge here, whether or not its trade is open to it."""
    return _held(actor, [right_id]).select_related("trade", "trade__seller", "trade__buyer").first()


def open_to(*, actor: Actor, right_ids: Collection[UUID]) -> set[UUID]:
    """Those of these rights that the actor sees now: their trades are open to it, or it holds them by a pledge here."""
    seen = rights.rights(actor=actor).filter(id__in=right_ids)
    return {*seen.values_list("id", flat=True), *_held(actor, right_ids).values_list("id", flat=True)}


def _held(actor: Actor, right_ids: Collection[UUID]) -> QuerySet[Right]:
    """Those that the actor's organisation holds now: of one that was paid in full the last pledge stays active, and holds nothing."""
    if actor.organisation_id is None:
        return Right.objects.none()
    pledges = RegistryEntry.objects.filter(right_id__in=right_ids, active=True, holder_id=actor.organisation_id)
    return Right.objects.filter(id__in=pledges.values("right_id")).exclude(state=RightState.SETTLED)


def spoken_for(*, right_id: UUID, pledge_id: UUID | None, party: str) -> UUID | None:
    """Whose a record of this pledge, or of a party of this name, would be: a holder's here, or nobody's that is known."""
    pledges = RegistryEntry.objects.filter(right_id=right_id, kind="pledge")
    if pledge_id is not None:
        return pledges.filter(pledge_id=pledge_id).values_list("holder_id", flat=True).first()
    holder_id = pledges.filter(active=True).values_list("holder_id", flat=True).first()
    is_named = holder_id is not None and key(parties.names([holder_id]).get(holder_id, "")) == key(party)
    return holder_id if is_named else None


def key(name: str) -> str:
    """By which a party is one claimant, however its name is written."""
    return fold(name)


def rivals(*, right_ids: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    """By right, for whom it is registered at 中登 by what is on record, pledges here apart: the keys of those whose registration
    holds. Whoever recorded its own is a rival of every other lender.
    """
    found: dict[UUID, set[str]] = {id: set() for id in right_ids}
    rows = ZhongdengRegistration.objects.filter(right_id__in=right_ids, pledge_id=None)
    for row in rows.prefetch_related("amendments"):
        if not is_ended(row) and expires_on(row) >= clock.today():
            found[row.right_id].add(key(row.party))
    return {id: frozenset(parties) for id, parties in found.items()}


def registered_elsewhere(*, right_id: UUID) -> int | None:
    """For how many it is registered at 中登, pledges here apart; None where none is on record and no search of late showed it."""
    if found := rivals(right_ids=[right_id])[right_id]:
        return len(found)
    since = clock.now() - timedelta(days=SEARCH_DAYS)
    return 0 if ZhongdengSearch.objects.filter(right_id=right_id, searched_at__gte=since).exists() else None


def expires_on(row: ZhongdengRegistration) -> date:
    """The day up to which a registration holds, extensions counted."""
    return max([row.expires_on, *(each.expires_on for each in row.amendments.all() if each.expires_on)])


def is_ended(row: ZhongdengRegistration) -> bool:
    """Whether it was cancelled, or recorded by mistake."""
    return any(each.kind in ENDING for each in row.amendments.all())


def _claimants(
    right_id: UUID,
    pledge: RegistryEntry | None,
    registrations: Iterable[ZhongdengRegistration],
    notices: Iterable[DebtorNotice],
    *,
    on: date,
) -> list[Claimant]:
    holders: dict[str, _Holder] = {}

    def holder(name: str, *, ours: bool) -> _Holder:
        return holders.setdefault(key(name), _Holder(name, ours))

    pledged_to = _holders(right_id)

    def is_its_own(row: ZhongdengRegistration | DebtorNotice) -> bool:
        """Whether it speaks for itself: of who holds the pledge here nobody else's word counts, given before it or since."""
        if pledge is None or row.pledge_id is not None or key(row.party) != key(pledged_to[pledge.pledge_id]):
            return True
        return row.organisation_id == pledge.holder_id

    if pledge is not None:
        holder(pledged_to[pledge.pledge_id], ours=True)
    for row in registrations:
        if any(each.kind == "mistake" for each in row.amendments.all()) or not is_its_own(row):
            continue
        found = holder(pledged_to.get(row.pledge_id, row.party), ours=not row.is_rival)
        found.registrations.append(Registration(row.registered_at, expires_on(row), ended=is_ended(row)))
    for notice in filter(is_its_own, notices):
        found = holder(pledged_to.get(notice.pledge_id, notice.party), ours=not notice.is_rival)
        found.notified_at = notice.reached_at
    return [
        Claimant(each.name, each.ours, rules.in_force(each.registrations, on=on), each.notified_at)
        for each in holders.values()
    ]


def _holders(right_id: UUID) -> dict[UUID | None, str]:
    """To whom each pledge of a right is, or was."""
    pledges = dict(RegistryEntry.objects.filter(right_id=right_id, kind="pledge").values_list("pledge_id", "holder_id"))
    names = parties.names(pledges.values())
    return {pledge_id: names.get(holder_id, "") for pledge_id, holder_id in pledges.items() if holder_id}


def draft(right: Right) -> str:
    """The description of the claim for filing at 中登."""
    trade = right.trade
    codes = dict(
        Identifier.objects.filter(
            organisation_id__in=[id for id in (trade.seller_id, trade.buyer_id) if id], scheme="company_id"
        ).values_list("organisation_id", "value")
    )
    facts = reading.read(trade)
    counting = {str(each.id) for each in facts.standing.counting_invoices}
    return describing.description(
        creditor=describing.Named(trade.seller.name, codes.get(trade.seller_id, "").upper()),
        debtor=describing.Named(trade.buyer_called, codes.get(trade.buyer_id, "").upper() if trade.buyer_id else ""),
        order_number=trade.order_number,
        amount=right.base,
        currency=right.currency,
        due_date=right.due_date,
        invoices=[
            describing.InvoiceFacts(each.number, each.issue_date, each.total, each.currency or "")
            for id, each in facts.filed.extracted.items()
            if str(id) in counting
        ],
    )
