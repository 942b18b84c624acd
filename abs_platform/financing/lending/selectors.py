"""Reads of loans, payments and pay-outs. A funder sees what it lent, a supplier what it borrowed, and nothing of what the
funder has only proposed to itself.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from abs_platform.core.clock import BEIJING
from abs_platform.core.errors import NotFound
from abs_platform.financing.lending.models import Loan, Payment, Payout
from abs_platform.financing.states import BEFORE_PROPOSAL, OWN
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role


def _mine(actor: Actor) -> Q:
    actor.require(Role.FINANCIER, Role.SUPPLIER)
    found = Q(pk__in=[])
    if actor.has(Role.FINANCIER):
        found |= Q(funder=actor.home)
    if actor.has(Role.SUPPLIER):
        found |= Q(supplier=actor.home)
    return found


def _moved(actor: Actor) -> Q:
    """Money that moved on these loans."""
    actor.require(Role.FINANCIER, Role.SUPPLIER)
    found = Q(pk__in=[])
    if actor.has(Role.FINANCIER):
        found |= Q(loan__funder=actor.home)
    if actor.has(Role.SUPPLIER):
        found |= Q(loan__supplier=actor.home) & ~Q(state__in=OWN)
    return found


def in_states(states: Iterable[str], *, actor: Actor, funder: str = "funder") -> Q:
    """The rows that are in one of these states as the actor is shown them (`replies`). `funder`: the path to it."""
    wanted = set(states)
    shown = [each for each in wanted if each not in BEFORE_PROPOSAL]
    proposed = [each for each, before in BEFORE_PROPOSAL.items() if before in wanted]
    is_own = Q(**{funder: actor.home})
    return is_own & Q(state__in=wanted) | ~is_own & Q(state__in=[*shown, *proposed])


def loans(*, actor: Actor) -> QuerySet[Loan]:
    """The loans that the actor's organisation gave or took, with their terms. Raises Forbidden for other roles."""
    return Loan.objects.filter(_mine(actor)).select_related(
        "funder", "supplier", "offer", "offer__invitation__programme__core_enterprise"
    )


def lent_on(day: date) -> Q:
    """The loans that were paid out by a day, and ended, if they did, only after it."""
    next_day = datetime.combine(day + timedelta(days=1), time(), BEIJING)
    return Q(disbursed_on__lte=day, checker_id__isnull=False) & (Q(ended_at=None) | Q(ended_at__gte=next_day))


def loan(*, actor: Actor, loan_id: UUID) -> Loan:
    """One of them. Raises NotFound, Forbidden."""
    row = loans(actor=actor).filter(id=loan_id).first()
    if row is None:
        raise NotFound
    return row


def payments(*, actor: Actor) -> QuerySet[Payment]:
    """What came in on these loans."""
    rows = Payment.objects.filter(_moved(actor))
    return rows.select_related("loan", "loan__funder", "loan__supplier", "right__trade__buyer").prefetch_related(
        "allocations"
    )


def payment(*, actor: Actor, payment_id: UUID) -> Payment:
    """One of them. Raises NotFound, Forbidden."""
    row = payments(actor=actor).filter(id=payment_id).first()
    if row is None:
        raise NotFound
    return row


def payouts(*, actor: Actor) -> QuerySet[Payout]:
    """What of it was paid on to the suppliers."""
    return Payout.objects.filter(_moved(actor)).select_related("loan", "loan__funder", "loan__supplier")


def payout(*, actor: Actor, payout_id: UUID) -> Payout:
    """One of them. Raises NotFound, Forbidden."""
    row = payouts(actor=actor).filter(id=payout_id).first()
    if row is None:
        raise NotFound
    return row
