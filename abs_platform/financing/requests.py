"""Writes of requests: a supplier asks for money on its rights, and funders' answers that are no offer.

Rows are locked in one order: the programme, the request, its offers, then trades and rights (rights.encumbrance).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from abs_platform.consent import services as consent
from abs_platform.consent.selectors import Look
from abs_platform.consent.states import Purpose
from abs_platform.core import audit, clock, events
from abs_platform.core.currencies import minor_unit
from abs_platform.core.errors import Conflict, Invalid, NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.financing import rules, selectors
from abs_platform.financing.models import Invitation, Offer, Programme, Request, RequestedRight
from abs_platform.financing.states import (
    INVITATION_TRANSITIONS,
    OFFER_TRANSITIONS,
    REQUEST_TRANSITIONS,
    InvitationState,
)
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Organisation
from abs_platform.parties.roles import Role
from abs_platform.rights.encumbrance import PLATFORM_ROLES
from abs_platform.rights.models import Right
from abs_platform.trade import selectors as trades

MOST_RIGHTS = 200
MOST_PROGRAMMES = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """What a supplier asks: on which rights, of which programmes, how much, until when."""

    rights: Sequence[UUID]
    programmes: Sequence[UUID]
    amount: Decimal
    until: date
    note: str = ""


@transaction.atomic
def create(*, actor: Actor, draft: Draft) -> Request:
    """Draft a request. Raises Forbidden, NotFound, and Invalid where a programme cannot lend this on these rights."""
    actor.require(Role.SUPPLIER)
    rights, programmes = _checked(actor, draft)
    row = Request.objects.create(
        supplier_id=actor.home,
        amount=draft.amount,
        currency=programmes[0].currency,
        until=draft.until,
        note=draft.note,
    )
    _put(row, rights, programmes)
    _told(actor, row, "financing_request.drafted")
    return row


@transaction.atomic
def change(*, actor: Actor, request_id: UUID, draft: Draft) -> Request:
    """State a draft anew. Raises Forbidden, NotFound, Conflict, Invalid."""
    row = locked_own(actor, request_id)
    move(row, "change", roles=actor.roles)
    rights, programmes = _checked(actor, draft)
    row.amount, row.currency, row.until, row.note = draft.amount, programmes[0].currency, draft.until, draft.note
    row.save()
    row.rights.all().delete()
    row.invitations.all().delete()
    _put(row, rights, programmes)
    _told(actor, row, "financing_request.changed")
    return row


@transaction.atomic
def submit(*, actor: Actor, request_id: UUID) -> Request:
    """Put a draft to the funders of its programmes. That opens the rights' trades, and nothing else, to each of them until
    the request ends: a grant of consent, which the supplier can revoke.

    Raises Forbidden, NotFound, Conflict, and Invalid where a programme cannot lend this on these rights any more.
    """
    row = locked_own(actor, request_id)
    move(row, "submit", roles=actor.roles)
    draft = _draft_of(row)
    rights, _ = _checked(actor, draft)
    row.submitted_at = clock.now()
    row.save()
    row.rights.all().delete()  # what they support may have changed since the draft
    _put_rights(row, rights)
    items = [(trades.subject_of(right.trade), trades.label_of(right.trade)) for right in rights]
    for invitation in row.invitations.select_related("programme").order_by("id"):
        grant = consent.open_unasked(
            actor=actor,
            grantee_id=invitation.programme.funder_id,
            purpose=Purpose.FINANCING,
            items=items,
            valid_until=_end_of(row.until + timedelta(days=1)),
        )
        invitation.grant = grant
        invitation.save(update_fields=["grant"])
    _told(actor, row, "financing_request.submitted", amount=str(row.amount), currency=row.currency)
    return row


@transaction.atomic
def withdraw(*, actor: Actor, request_id: UUID) -> Request:
    """Ask no more; what funders offered meanwhile lapses. Raises Forbidden, NotFound, Conflict."""
    row = locked_own(actor, request_id)
    move(row, "withdraw", roles=actor.roles)
    end(actor, row, "financing_request.withdrawn")
    return row


@transaction.atomic
def decline(*, actor: Actor, invitation_id: UUID, reason: str) -> Invitation:
    """A funder will not lend on a request, and says why. When all have declined, the request is declined.

    Raises Forbidden, NotFound, Conflict, Invalid.
    """
    if not reason.strip():
        raise Invalid("reason_missing", "Say why you decline, so that the supplier knows what to do.")
    request, invitation = locked_invitation(actor, invitation_id)
    invitation.state = target_of(INVITATION_TRANSITIONS, action="decline", state=invitation.state, roles=actor.roles)
    invitation.reason = reason.strip()
    invitation.save(update_fields=["state", "reason"])
    end_grant(actor, invitation)
    _told(actor, request, "financing_request.answered", reason=invitation.reason)
    if not request.invitations.exclude(state=InvitationState.DECLINED).exists():
        move(request, "decline", roles=PLATFORM_ROLES)
        end(actor, request, "financing_request.declined")
    return invitation


@transaction.atomic
def look(*, actor: Actor, request_id: UUID) -> tuple[Request, list[RequestedRight]]:
    """One request with the rights that the actor may see; a funder's look at each goes into the supplier's access log.

    Raises NotFound.
    """
    row = selectors.request(actor=actor, request_id=request_id)
    rights = selectors.requested_rights(row, actor=actor)
    if row.supplier_id == actor.home:
        return row, rights
    looks = {each.id: _look(each.right) for each in rights}
    covered = consent.record_looks(actor=actor, action="viewed", looks=list(looks.values()))
    return row, [each for each in rights if looks[each.id].subject in covered]


def _look(right: Right) -> Look:
    return Look(right.trade.seller_id, trades.subject_of(right.trade), trades.label_of(right.trade))


def locked_own(actor: Actor, request_id: UUID) -> Request:
    """A supplier's own request, locked. Raises Forbidden, NotFound."""
    actor.require(Role.SUPPLIER)
    row = Request.objects.select_for_update(no_key=True).filter(id=request_id, supplier=actor.home).first()
    if row is None:
        raise NotFound
    return row


def locked_invitation(actor: Actor, invitation_id: UUID) -> tuple[Request, Invitation]:
    """A submitted request and what it asks of one of the funder's programmes, locked. Raises Forbidden, NotFound, Conflict."""
    actor.require(Role.FINANCIER)
    own = Invitation.objects.filter(programme__funder=actor.home, request__submitted_at__isnull=False)
    request_id = own.filter(id=invitation_id).values_list("request", flat=True).first()
    if request_id is None:
        raise NotFound
    request = Request.objects.select_for_update(no_key=True).get(id=request_id)
    if not selectors.is_open(request):
        raise Conflict(
            "request_over", f"This request is {request.state}, so that nothing can be answered.", state=request.state
        )
    rows = Invitation.objects.select_for_update(no_key=True, of=("self",)).select_related("programme")
    return request, rows.get(id=invitation_id)


def move(row: Request, action: str, *, roles: frozenset[str]) -> None:
    """Take a request along its table, and note when it was decided, and settled."""
    row.state = target_of(REQUEST_TRANSITIONS, action=action, state=row.state, roles=roles)
    if action == "settle":
        row.settled_at = clock.now()
    elif action not in ("change", "submit"):
        row.decided_at = clock.now()


def end(actor: Actor, row: Request, verb: str, *, keep: Offer | None = None) -> None:
    """After a locked request was decided: every offer on it but `keep` lapses, and nobody but `keep`'s funder sees in."""
    row.save()
    kept = keep.invitation_id if keep else None
    for offer in Offer.objects.select_for_update(no_key=True).filter(invitation__request=row).order_by("id"):
        if offer.id != (keep.id if keep else None):
            _supersede(actor, offer)
    for invitation in row.invitations.order_by("id"):
        if invitation.id != kept:
            end_grant(actor, invitation)
    _told(actor, row, verb)


def _supersede(actor: Actor, offer: Offer) -> None:
    """An offer lapses because its request is over; nothing where it is over itself."""
    if offer.state not in OFFER_TRANSITIONS["supersede"].sources:
        return
    offer.state = target_of(OFFER_TRANSITIONS, action="supersede", state=offer.state, roles=PLATFORM_ROLES)
    offer.accepting_maker_id = None
    offer.save(update_fields=["state", "accepting_maker_id"])
    audit.record(actor=actor, verb="offer.superseded", subject=SubjectRef("offer", offer.id))


def end_grant(actor: Actor, invitation: Invitation) -> None:
    """The funder sees the rights of the request no more."""
    if invitation.grant_id:
        consent.end(actor=actor, grant_id=invitation.grant_id)


def _checked(actor: Actor, draft: Draft) -> tuple[list[Right], list[Programme]]:
    """The rights and programmes of a draft. Raises NotFound, and Invalid naming the first that does not fit."""
    if not 1 <= len(set(draft.rights)) <= MOST_RIGHTS or not 1 <= len(set(draft.programmes)) <= MOST_PROGRAMMES:
        raise Invalid(
            "request_size",
            f"A request is on 1 to {MOST_RIGHTS} rights, and put to 1 to {MOST_PROGRAMMES} programmes.",
            rights=MOST_RIGHTS,
            programmes=MOST_PROGRAMMES,
        )
    rights = selectors.own_rights(actor=actor, right_ids=draft.rights)
    found = selectors.open_to(actor.home).filter(id__in=draft.programmes).order_by("id")
    programmes = list(found)
    if len(programmes) < len(set(draft.programmes)):
        raise NotFound
    if len({row.currency for row in programmes}) > 1:
        raise Invalid("currencies_differ", "These programmes lend in different currencies. Ask them one by one.")
    for programme in programmes:
        check(rights, programme, amount=draft.amount, until=draft.until, supplier_id=actor.home)
    return rights, programmes


def check(
    rights: Sequence[Right], programme: Programme, *, amount: Decimal, until: date, supplier_id: UUID
) -> list[rules.Claim]:
    """Raises Invalid, saying what stands in the way, unless the programme can lend the amount on these rights until then."""
    conditions = selectors.conditions(programme)
    unit = minor_unit(conditions.currency)
    if amount <= 0 or amount != amount.quantize(unit):
        raise Invalid("amount_invalid", f"The amount must be above zero and a multiple of {unit}.", unit=str(unit))
    claims = selectors.claims(rights)
    room = selectors.room(programme, supplier_id=supplier_id)
    found = rules.judge(claims, conditions, room, until=until, today=clock.today())
    for obstacle in found.obstacles:
        if obstacle == rules.NO_ROOM:  # said last, after what stands in the way of each
            continue
        raise Invalid(
            obstacle,
            f"The day of repayment must be within {conditions.max_tenor_days} days from now.",
            days=conditions.max_tenor_days,
            programme=programme.name,
        )
    check_rights(rights, programme, found.of_each)
    if room.left > 0 and amount > found.most:
        raise Invalid(
            "amount_above_most",
            f"The programme {programme.name} can lend at most {found.most} on these rights now.",
            most=str(found.most),
            currency=conditions.currency,
            programme=programme.name,
        )
    if amount > room.left:
        raise Invalid(
            "programme_limit",
            f"The limit of the programme {programme.name} does not allow this amount now. Ask for less, or ask its funder.",
            programme=programme.name,
        )
    return claims


def check_rights(rights: Sequence[Right], programme: Programme, found: Sequence[Sequence[str]]) -> None:
    """Raises Invalid naming the first right that something was found against. `found`: what, of each."""
    for right, obstacles in zip(rights, found, strict=True):
        for obstacle in obstacles[:1]:
            order = trades.label_of(right.trade)
            raise Invalid(
                f"right_{obstacle}",
                f"The programme {programme.name} cannot lend on the right of order {order}: {obstacle}.",
                right=str(right.id),
                order_number=order,
                programme=programme.name,
            )


def _draft_of(row: Request) -> Draft:
    return Draft(
        rights=list(row.rights.values_list("right", flat=True)),
        programmes=list(row.invitations.values_list("programme", flat=True)),
        amount=row.amount,
        until=row.until,
        note=row.note,
    )


def _put(row: Request, rights: Sequence[Right], programmes: Sequence[Programme]) -> None:
    _put_rights(row, rights)
    Invitation.objects.bulk_create(Invitation(request=row, programme=programme) for programme in programmes)


def _put_rights(row: Request, rights: Sequence[Right]) -> None:
    RequestedRight.objects.bulk_create(
        RequestedRight(request=row, right=right, base=right.base, rung=right.rung, due_date=right.due_date)
        for right in rights
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.BEIJING)


def _told(actor: Actor, row: Request, verb: str, **detail: Any) -> None:  # Any: JSON
    funders = Organisation.objects.filter(programmes_funded__invitations__request=row).distinct()
    told = list(funders.values_list("id", flat=True)) if row.submitted_at else []
    audit.record(actor=actor, verb=verb, subject=SubjectRef("financing_request", row.id), detail=detail)
    events.notify([row.supplier_id, *told], "financing_request", row.id)
