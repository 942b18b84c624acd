"""Writes of offers: two people of the funder make one, and the supplier answers. Its acceptance is in acceptance.py."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from abs_platform.core import audit, clock, events
from abs_platform.core.errors import Conflict, Invalid, NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.financing import requests, selectors, two_people
from abs_platform.financing.models import Invitation, Offer, Programme, Request
from abs_platform.financing.states import (
    INVITATION_TRANSITIONS,
    OFFER_TRANSITIONS,
    OfferState,
    ProgrammeState,
    RequestState,
)
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.roles import Role
from abs_platform.rights.encumbrance import PLATFORM_ROLES

LONGEST_VALIDITY = timedelta(days=90)
LAPSING = (OfferState.PROPOSED, OfferState.OPEN, OfferState.ACCEPTANCE_PROPOSED)
AT_ONCE = 500
"""Offers and requests that one job lets lapse."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a funder offers; rates are fractions of one."""

    amount: Decimal
    maturity: date
    method: str
    recourse: bool
    annual_rate: Decimal
    fee_rate: Decimal
    day_count: str
    grace_days: int
    valid_until: datetime
    conditions: str = ""


@transaction.atomic
def propose(*, actor: Actor, invitation_id: UUID, draft: Draft) -> Offer:
    """Propose an offer on a request to a colleague. Raises Forbidden, NotFound, Conflict, Invalid."""
    programme = _programme_of(actor, invitation_id)
    request, invitation = requests.locked_invitation(actor, invitation_id)
    _check_terms(actor, request, programme, draft)
    invitation.state = target_of(INVITATION_TRANSITIONS, action="offer", state=invitation.state, roles=actor.roles)
    invitation.save(update_fields=["state"])
    try:
        with transaction.atomic():
            row = Offer.objects.create(
                invitation=invitation,
                currency=request.currency,
                maker_id=two_people.maker(actor),
                **{name: getattr(draft, name) for name in Draft.__slots__},
            )
    except IntegrityError as error:
        raise Conflict("offer_exists", "There is an offer on this request already. Withdraw it first.") from error
    _told(actor, row, "offer.proposed")
    return row


@transaction.atomic
def approve(*, actor: Actor, offer_id: UUID) -> Offer:
    """Put to the supplier what a colleague proposed. Raises Forbidden, NotFound, Conflict, Invalid."""
    programme, request, row = locked(actor, offer_id, Role.FINANCIER)
    _move(actor, row, "approve")
    check_open(request, row)
    _check_rights(actor, request, programme, amount=row.amount, maturity=row.maturity)
    row.checker_id = two_people.checker(actor, row.maker_id)
    row.save(update_fields=["state", "checker_id"])
    _told(actor, row, "offer.approved")
    return row


@transaction.atomic
def withdraw(*, actor: Actor, offer_id: UUID) -> Offer:
    """Take an offer back that is not being accepted. Raises Forbidden, NotFound, Conflict."""
    _, _, row = locked(actor, offer_id, Role.FINANCIER)
    _move(actor, row, "withdraw")
    row.save(update_fields=["state"])
    _reopen(row)
    _told(actor, row, "offer.withdrawn")
    return row


@transaction.atomic
def reject(*, actor: Actor, offer_id: UUID, reason: str = "") -> Offer:
    """The supplier does not take an offer; the funder may make another. Raises Forbidden, NotFound, Conflict."""
    _, _, row = locked(actor, offer_id, Role.SUPPLIER)
    _move(actor, row, "reject")
    row.reason = reason.strip()
    row.accepting_maker_id = None
    row.save(update_fields=["state", "reason", "accepting_maker_id"])
    _reopen(row)
    _told(actor, row, "offer.rejected")
    return row


@transaction.atomic
def propose_acceptance(*, actor: Actor, offer_id: UUID, amount: Decimal) -> Offer:
    """The supplier's first person wants it, and types the amount back. Raises Forbidden, NotFound, Conflict, Invalid."""
    _, request, row = locked(actor, offer_id, Role.SUPPLIER)
    _move(actor, row, "propose_acceptance")
    check_open(request, row)
    check_typed(row, amount)
    row.accepting_maker_id = two_people.maker(actor)
    row.save(update_fields=["state", "accepting_maker_id"])
    _told(actor, row, "offer.acceptance_proposed")
    return row


@transaction.atomic
def take_back_acceptance(*, actor: Actor, offer_id: UUID) -> Offer:
    """The supplier thinks again. Raises Forbidden, NotFound, Conflict."""
    _, _, row = locked(actor, offer_id, Role.SUPPLIER)
    _move(actor, row, "take_back_acceptance")
    row.accepting_maker_id = None
    row.save(update_fields=["state", "accepting_maker_id"])
    _told(actor, row, "offer.acceptance_taken_back")
    return row


def expire() -> int:
    """Let lapse what is past its time: offers, and requests whose day of repayment has come. Returns how many."""
    late = Offer.objects.filter(state__in=LAPSING, valid_until__lte=clock.now()).values_list("id", flat=True)
    over = Request.objects.filter(state=RequestState.SUBMITTED, until__lte=clock.today()).values_list("id", flat=True)
    done = 0
    for offer_id in list(late[:AT_ONCE]):
        done += _expire_offer(offer_id)
    for request_id in list(over[:AT_ONCE]):
        done += _expire_request(request_id)
    return done


@transaction.atomic
def _expire_offer(offer_id: UUID) -> bool:
    request_id = Offer.objects.values_list("invitation__request", flat=True).get(id=offer_id)
    Request.objects.select_for_update(no_key=True).get(id=request_id)
    row = Offer.objects.select_for_update(no_key=True, of=("self",)).select_related("invitation").get(id=offer_id)
    if row.state not in LAPSING:
        return False
    row.state = target_of(OFFER_TRANSITIONS, action="expire", state=row.state, roles=PLATFORM_ROLES)
    row.accepting_maker_id = None
    row.save(update_fields=["state", "accepting_maker_id"])
    _reopen(row)
    _told(PLATFORM, row, "offer.expired")
    return True


@transaction.atomic
def _expire_request(request_id: UUID) -> bool:
    row = Request.objects.select_for_update(no_key=True).get(id=request_id)
    if row.state != RequestState.SUBMITTED:
        return False
    requests.move(row, "expire", roles=PLATFORM_ROLES)
    requests.end(PLATFORM, row, "financing_request.expired")
    return True


def locked(actor: Actor, offer_id: UUID, side: Role) -> tuple[Programme, Request, Offer]:
    """An offer that the actor's organisation made (side: financier) or was made (supplier), with its programme and request,
    all locked in the order of requests.py. Raises Forbidden, NotFound.
    """
    actor.require(side)
    own = "invitation__programme__funder" if side == Role.FINANCIER else "invitation__request__supplier"
    known = selectors.offers(actor=actor).filter(id=offer_id, **{own: actor.home})
    ids = known.values_list("invitation__programme", "invitation__request").first()
    if ids is None:
        raise NotFound
    programme = Programme.objects.select_for_update(no_key=True).get(id=ids[0])
    request = Request.objects.select_for_update(no_key=True).get(id=ids[1])
    rows = Offer.objects.select_for_update(no_key=True, of=("self",)).select_related("invitation")
    row = rows.get(id=offer_id)
    row.invitation.programme, row.invitation.request = programme, request
    return programme, request, row


def _move(actor: Actor, row: Offer, action: str) -> None:
    row.state = target_of(OFFER_TRANSITIONS, action=action, state=row.state, roles=actor.roles)


def check_open(request: Request, row: Offer) -> None:
    """Raises Conflict where an offer cannot be taken any more."""
    if not selectors.is_open(request):
        raise Conflict("request_over", f"This request is {request.state}.", state=request.state)
    if row.valid_until <= clock.now():
        raise Conflict(
            "offer_expired", "This offer is past the time until which it was valid. Ask the funder for another."
        )


def check_typed(row: Offer, amount: Decimal) -> None:
    """Raises Invalid unless the amount that was typed back is the offer's."""
    if amount != row.amount:
        raise Invalid(
            "amount_not_repeated",
            "The amount that you typed is not the one that is offered. Compare them and type it again.",
            currency=row.currency,
        )


def _programme_of(actor: Actor, invitation_id: UUID) -> Programme:
    """The programme that was asked, locked. Raises Forbidden, NotFound."""
    actor.require(Role.FINANCIER)
    own = Invitation.objects.filter(id=invitation_id, programme__funder=actor.home)
    id = own.values_list("programme", flat=True).first()
    if id is None:
        raise NotFound
    return Programme.objects.select_for_update(no_key=True).get(id=id)


def _check_terms(actor: Actor, request: Request, programme: Programme, draft: Draft) -> None:
    now = clock.now()
    if not now < draft.valid_until <= now + LONGEST_VALIDITY:
        raise Invalid(
            "validity_invalid",
            f"An offer is valid until a time within {LONGEST_VALIDITY.days} days from now.",
            days=LONGEST_VALIDITY.days,
        )
    if draft.amount > request.amount:
        raise Invalid(
            "amount_above_request",
            f"The supplier asked for {request.amount}; offer at most that.",
            most=str(request.amount),
            currency=request.currency,
        )
    _check_rights(actor, request, programme, amount=draft.amount, maturity=draft.maturity)


def _check_rights(actor: Actor, request: Request, programme: Programme, *, amount: Decimal, maturity: date) -> None:
    """Raises Conflict where the programme rests or the funder may not see the rights any more, Invalid as requests.check."""
    check_active(programme)
    seen = selectors.requested_rights(request, actor=actor)
    if len(seen) < request.rights.count():
        raise Conflict(
            "consent_ended", "The supplier ended your access to rights of this request. Ask it, or decline the request."
        )
    rights = [each.right for each in seen]
    requests.check(rights, programme, amount=amount, until=maturity, supplier_id=request.supplier_id)


def check_active(programme: Programme) -> None:
    """Raises Conflict where a programme lends nothing now."""
    if programme.state != ProgrammeState.ACTIVE:
        raise Conflict(
            "programme_not_active", f"The programme is {programme.state}; it lends nothing now.", state=programme.state
        )


def _reopen(row: Offer) -> None:
    """The funder may answer the request anew."""
    invitation = row.invitation
    invitation.state = target_of(INVITATION_TRANSITIONS, action="reopen", state=invitation.state, roles=PLATFORM_ROLES)
    invitation.save(update_fields=["state"])


def _told(actor: Actor, row: Offer, verb: str) -> None:
    invitation = Invitation.objects.select_related("request", "programme").get(id=row.invitation_id)
    detail: dict[str, object] = {"request": str(invitation.request_id), "amount": str(row.amount)}
    audit.record(actor=actor, verb=verb, subject=SubjectRef("offer", row.id), detail=detail)
    supplier = invitation.request.supplier_id if row.checker_id else None
    events.notify([invitation.programme.funder_id, supplier], "offer", row.id)
