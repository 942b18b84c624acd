"""What waits for somebody's next step: counts for the first page, in a number of queries that does not grow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Sum

from abs_platform.core import clock
from abs_platform.financing.dues import Side, dues
from abs_platform.financing.lending import payouts
from abs_platform.financing.lending.models import Loan, Payment, Payout, Posting
from abs_platform.financing.models import Invitation, Notice, Offer, Pledge, Programme
from abs_platform.financing.states import (
    HOLDING,
    LENT,
    InvitationState,
    LoanState,
    NoticeState,
    OfferState,
    PaymentState,
    PayoutState,
    PledgeState,
    ProgrammeState,
    RequestState,
)
from abs_platform.parties.actor import Actor
from abs_platform.rights.ladder import ACCEPTED
from abs_platform.rights.models import Collection
from abs_platform.rights.payments import DEBTOR, SUPPLIER
from abs_platform.rights.priority import selectors as priority
from abs_platform.rights.priority.models import ZhongdengRegistration

Row = TypeVar("Row", bound=Model)

SOON = timedelta(days=7)
MOST = 1000  # that are counted one by one


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many of a kind wait; `link` is where to see to them: the page of the one, where there is only one."""

    code: str
    count: int
    link: str


def of_supplier(actor: Actor) -> list[Waiting]:
    """Offers to answer, acceptances that the actor has to check, loans to pay back within a week or overdue."""
    offers = Offer.objects.filter(invitation__request__supplier=actor.home, valid_until__gt=clock.now())
    to_check = _by_another(offers.filter(state=OfferState.ACCEPTANCE_PROPOSED), "accepting_maker_id", actor)
    loans = Loan.objects.filter(supplier=actor.home, state__in=LENT, due_date__lte=clock.today() + SOON)
    return [
        _requests("accept_second", to_check),
        _requests("answer_offers", offers.filter(state=OfferState.OPEN)),
        _waiting("repay_loans", loans.values_list("id", flat=True), "/loans?state=lent", "/loans/{}"),
    ]


def of_funder(actor: Actor) -> list[Waiting]:
    """What endangers money that is lent, what is to be sent on or cancelled once a loan is over, what a colleague proposed and the actor has to check, requests to answer, loans to
    pay out.
    """
    mine = Loan.objects.filter(funder=actor.home)
    unregistered = Pledge.objects.filter(loan=OuterRef("pk")).exclude(state=PledgeState.ACTIVE)
    payable = mine.filter(~Exists(unregistered), state=LoanState.AWAITING)
    asked = Invitation.objects.filter(
        programme__funder=actor.home, state=InvitationState.OPEN, request__state=RequestState.SUBMITTED
    )
    proposed = Offer.objects.filter(invitation__programme__funder=actor.home, state=OfferState.PROPOSED)
    programmes = Programme.objects.filter(funder=actor.home, state=ProgrammeState.PROPOSED)
    overdue = mine.filter(state__in=LENT, due_date__lt=clock.today())
    held = Pledge.objects.filter(holder=actor.home, state__in=HOLDING)
    shrunk = held.filter(
        Q(right__held_for__gt=F("right__base") * F("right__held_rate"))
        | Q(right__held_for__gt=0) & ~Q(right__currency=F("right__held_currency"))
    )
    fell = held.filter(right__held_for__gt=0, right__rung__lt=F("right__held_rung"))
    told = Collection.objects.filter(
        right=OuterRef("right"),
        source__in=[SUPPLIER, DEBTOR],
        reverses=None,
        reversed_by=None,
        at__gte=OuterRef("created_at"),
    )
    return [
        _waiting("rights_shrank", shrunk.values_list("loan", flat=True), "/portfolio", "/loans/{}"),
        _waiting("rights_fell", fell.values_list("loan", flat=True), "/portfolio", "/loans/{}"),
        _waiting("paid_elsewhere", held.filter(Exists(told)).values_list("loan", flat=True), "/portfolio", "/loans/{}"),
        _waiting("check_money", _moves_to_check(actor), "/loans", "/loans/{}"),
        _requests("approve_offers", _by_another(proposed, "maker_id", actor)),
        _waiting(
            "approve_programmes",
            _by_another(programmes, "maker_id", actor).values_list("id", flat=True),
            "/programmes",
            "/programmes/{}",
        ),
        _waiting("send_on", _with_money_to_send_on(actor), "/loans?state=settled", "/loans/{}"),
        _waiting("cancel_registrations", _left_registered(actor), "/loans", "/loans"),
        _waiting("loans_overdue", overdue.values_list("id", flat=True), "/portfolio", "/loans/{}"),
        _waiting("disburse_loans", payable.values_list("id", flat=True), "/loans?state=awaiting", "/loans/{}"),
        _waiting(
            "answer_requests",
            asked.values_list("request", flat=True),
            "/financing/requests?state=submitted",
            "/financing/requests/{}",
        ),
    ]


def of_debtor(actor: Actor) -> list[Waiting]:
    """Notices to acknowledge, and what is owed within a week or overdue."""
    notices = Notice.objects.filter(debtor=actor.home, state=NoticeState.SENT)
    due = dues(actor=actor, side=Side.PAYABLE).filter(rung__gte=ACCEPTED, due_date__lte=clock.today() + SOON)
    return [
        _waiting("acknowledge_notices", notices.values_list("id", flat=True), "/notices", "/notices/{}"),
        _waiting("pay_dues", due.values_list("id", flat=True), "/obligations", "/obligations"),
    ]


def _moves_to_check(actor: Actor) -> Iterable[UUID]:
    """The loans with a move of money, or an undoing, that somebody else proposed."""
    loans = Loan.objects.filter(funder=actor.home)
    moved_in, moved_out = (model.objects.filter(loan__funder=actor.home) for model in (Payment, Payout))
    return chain(
        *(
            _by_another(rows, maker, actor).values_list(loan, flat=True)[:MOST]
            for rows, maker, loan in (
                (loans.filter(state=LoanState.DISBURSEMENT_PROPOSED), "maker_id", "id"),
                (loans.filter(state=LoanState.WRITE_OFF_PROPOSED), "write_off_maker_id", "id"),
                (moved_in.filter(state=PaymentState.RECORDED), "maker_id", "loan"),
                (moved_in.filter(state=PaymentState.REVERSAL_PROPOSED), "reversal_maker_id", "loan"),
                (moved_out.filter(state=PayoutState.RECORDED), "maker_id", "loan"),
            )
        )
    )


def _with_money_to_send_on(actor: Actor) -> list[UUID]:
    """The loans that hold money of the supplier's, or the debtor's, that no pay-out speaks of yet."""
    recorded = dict(
        Payout.objects.filter(loan__funder=actor.home, state=PayoutState.RECORDED)
        .values_list("loan")
        .annotate(Sum("amount"))
    )
    held = (
        Posting.objects.filter(account__owner=actor.home, account__code__in=payouts.ACCOUNTS.values())
        .values_list("entry__loan")
        .annotate(held=Sum("credit") - Sum("debit"))
        .filter(held__gt=0)[:MOST]
    )
    return [loan for loan, amount in held if amount > recorded.get(loan, 0)]


def _left_registered(actor: Actor) -> "QuerySet[ZhongdengRegistration, UUID]":
    """What the actor's organisation recorded as registered for pledges of its own that hold nothing any more."""
    over = Pledge.objects.filter(id=OuterRef("pledge_id"), holder=actor.home).exclude(state__in=HOLDING)
    return (
        ZhongdengRegistration.objects.filter(Exists(over), organisation=actor.home)
        .exclude(amendments__kind__in=priority.ENDING)
        .values_list("id", flat=True)
    )


def _by_another(rows: "QuerySet[Row]", maker: str, actor: Actor) -> "QuerySet[Row]":
    """Of what was proposed, what the actor may check: it takes another person than the maker, and no program."""
    if actor.is_program or actor.person_id is None:
        return rows.none()
    return rows.filter(~Q(**{maker: actor.person_id}))


def _requests(code: str, offers: "QuerySet[Offer]") -> Waiting:
    """Offers are answered on the page of their request."""
    found = offers.values_list("invitation__request", flat=True)
    return _waiting(code, found, "/financing/requests?state=submitted", "/financing/requests/{}")


def _waiting(code: str, ids: Iterable[UUID], all_at: str, one_at: str) -> Waiting:
    found = list(ids[:MOST] if isinstance(ids, QuerySet) else ids)
    where = set(found)
    return Waiting(code, len(found), one_at.format(where.pop()) if len(where) == 1 else all_at)
