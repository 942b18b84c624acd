"""Reads of loans, payments and pay-outs. A funder sees what it lent, a supplier what it borrowed."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from abs_platform.core.clock import BEIJING
from abs_platform.core.errors import NotFound
from abs_platform.financing.lending.models import Loan, Payment, Payout
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role


def _mine(actor: Actor, prefix: str = "") -> Q:
    actor.require(Role.FINANCIER, Role.SUPPLIER)
    found = Q(pk__in=[])
    if actor.has(Role.FINANCIER):
        found |= Q(**{f"{prefix}funder": actor.home})
    if actor.has(Role.SUPPLIER):
        found |= Q(**{f"{prefix}supplier": actor.home})
    return found


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
    rows = Payment.objects.filter(_mine(actor, "loan__"))
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
    return Payout.objects.filter(_mine(actor, "loan__")).select_related("loan", "loan__funder", "loan__supplier")


def payout(*, actor: Actor, payout_id: UUID) -> Payout:
    """One of them. Raises NotFound, Forbidden."""
    row = payouts(actor=actor).filter(id=payout_id).first()
    if row is None:
        raise NotFound
    return row
