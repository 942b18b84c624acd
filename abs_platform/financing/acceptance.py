"""Accepting an offer: all its pledges, its loan and the notice to the debtor come to be together, or nothing does."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from abs_platform.core import audit, clock, crashpoints, events
from abs_platform.core.currencies import minor_unit
from abs_platform.core.errors import Conflict
from abs_platform.core.ids import uuid7
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.financing import notices, offers, pledging, requests, rules, selectors, two_people
from abs_platform.financing.lending.models import Loan
from abs_platform.financing.models import Offer, Pledge, Programme, Request, RequestedRight
from abs_platform.financing.states import OFFER_TRANSITIONS
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Organisation
from abs_platform.parties.roles import Role
from abs_platform.rights import encumbrance
from abs_platform.rights import services as computing
from abs_platform.rights.encumbrance import PLATFORM_ROLES, Hold
from abs_platform.rights.models import Right
from abs_platform.trade.signatories import OwnSignature, Signatory, ToSign


@dataclass(frozen=True, slots=True)
class _Opened:
    """An offer that may be accepted now, with all that it is about, locked."""

    programme: Programme
    request: Request
    offer: Offer
    rights: Sequence[Right]
    claims: Sequence[rules.Claim]


def accept(*, actor: Actor, offer_id: UUID, amount: Decimal, own: OwnSignature | None = None) -> Loan:
    """The supplier's second person accepts, and types the amount back: the rights are held for the funder, all or none.

    `own`: the signature over the notice by the supplier's own key. Money moves only once each pledge is registered
    (pledging.py). Raises Forbidden, NotFound, Conflict (where a right is not free any more, or supports less), Invalid.
    """
    actor.require(Role.SUPPLIER)
    signatory = Signatory(actor, own)
    with transaction.atomic():
        opened = _opened(actor, offer_id)
        programme, request, offer, rights = opened.programme, opened.request, opened.offer, opened.rights
        offers.check_typed(offer, amount)
        offer.accepted_at = clock.now()
        offer.save(update_fields=["state", "accepting_checker_id", "accepted_at"])
        loan = Loan.objects.create(
            offer=offer,
            funder_id=programme.funder_id,
            supplier_id=request.supplier_id,
            principal=offer.amount,
            currency=offer.currency,
            due_date=offer.maturity,
        )
        crashpoints.reach("accept.moved")
        pledges = _pledge(actor, offer, loan, rights, opened.claims, selectors.conditions(programme))
        crashpoints.reach("accept.pledged")
        requests.move(request, "accept", roles=PLATFORM_ROLES)
        requests.end(actor, request, "financing_request.accepted", keep=offer)
        notices.prepare(signatory, loan=loan, offer=offer, rights=rights)
        _told(actor, programme, offer, loan)
        crashpoints.reach("accept.notified")
        pledging.register(actor=actor, pledges=pledges)
        crashpoints.reach("accept.registering")
    crashpoints.reach("accept.committed")
    return loan


def to_sign(*, actor: Actor, offer_id: UUID) -> ToSign:
    """The exact words of the notice that `accept` would sign now, for a supplier with a key of its own. Raises as it does."""
    actor.require(Role.SUPPLIER)
    signatory = Signatory(actor)
    with transaction.atomic():
        opened = _opened(actor, offer_id)
        return ToSign(notices.statement(signatory, offer=opened.offer, rights=opened.rights), signatory.at)


def _opened(actor: Actor, offer_id: UUID) -> _Opened:
    """The offer with its next state and its checker. Raises Forbidden, NotFound, Conflict, Invalid."""
    programme, request, offer = offers.locked(actor, offer_id, Role.SUPPLIER)
    offer.state = target_of(OFFER_TRANSITIONS, action="accept", state=offer.state, roles=actor.roles)
    offer.accepting_checker_id = two_people.checker(actor, offer.accepting_maker_id)
    offers.check_open(request, offer)
    offers.check_active(programme)
    rights = _locked_rights(request)
    claims = requests.check(
        rights, programme, amount=offer.amount, until=offer.maturity, supplier_id=request.supplier_id
    )
    return _Opened(programme, request, offer, rights, claims)


def _locked_rights(request: Request) -> list[Right]:
    """The rights of a request as their facts make them now, whatever job has not come to them yet. Raises Conflict where
    one is gone.
    """
    # One acceptance of a supplier's at a time: what another is just lending on would not be seen.
    Organisation.objects.select_for_update(no_key=True).get(id=request.supplier_id)
    wanted = list(RequestedRight.objects.filter(request=request).values_list("right", flat=True))
    computing.bring_up_to_date(right_ids=wanted)
    rights = encumbrance.locked(wanted)
    if len(rights) < len(wanted) or not rights:
        raise Conflict("right_gone", "A right of this request is no longer there. Ask anew without it.")
    return rights


def _pledge(
    actor: Actor,
    offer: Offer,
    loan: Loan,
    rights: Sequence[Right],
    claims: Sequence[rules.Claim],
    conditions: rules.Conditions,
) -> list[Pledge]:
    carrying = [rules.carried(claim, conditions) for claim in claims]
    lent = rules.shares(loan.principal, carrying, minor_unit(loan.currency))
    pledges = [
        Pledge(
            id=uuid7(),
            right=right,
            loan=loan,
            holder_id=loan.funder_id,
            method=offer.method,
            base=right.base,
            held_for=amount,
        )
        for right, amount in zip(rights, lent, strict=True)
    ]
    encumbrance.encumber(
        actor=actor,
        holds=[
            Hold(
                pledge.right_id, pledge.id, pledge.held_for, loan.currency, rules.rate_of(claim, conditions), claim.rung
            )
            for pledge, claim in zip(pledges, claims, strict=True)
        ],
    )
    Pledge.objects.bulk_create(pledges)
    return pledges


def _told(actor: Actor, programme: Programme, offer: Offer, loan: Loan) -> None:
    detail: dict[str, object] = {"loan": str(loan.id), "amount": str(offer.amount), "currency": offer.currency}
    audit.record(actor=actor, verb="offer.accepted", subject=SubjectRef("offer", offer.id), detail=detail)
    events.notify([programme.funder_id, loan.supplier_id], "offer", offer.id)
    events.notify([programme.funder_id, loan.supplier_id], "loan", loan.id)
