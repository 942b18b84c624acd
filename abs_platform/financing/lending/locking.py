"""The one door by which rows of lending are locked: the loan first, then what belongs to it."""

from uuid import UUID

from abs_platform.core.errors import NotFound
from abs_platform.financing.lending.models import Loan, Payment, Payout
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import Role


def loan(actor: Actor, loan_id: UUID) -> Loan:
    """A loan that the actor's organisation gave. Raises Forbidden, NotFound."""
    actor.require(Role.FINANCIER)
    rows = Loan.objects.select_for_update(no_key=True, of=("self",)).select_related("funder", "supplier", "offer")
    row = rows.filter(id=loan_id, funder=actor.home).first()
    if row is None:
        raise NotFound
    return row


def payment(actor: Actor, payment_id: UUID) -> tuple[Loan, Payment]:
    """A payment on such a loan, with it. Raises Forbidden, NotFound."""
    actor.require(Role.FINANCIER)
    known = Payment.objects.filter(id=payment_id, loan__funder=actor.home).values_list("loan", flat=True).first()
    if known is None:
        raise NotFound
    row = loan(actor, known)
    return row, Payment.objects.select_for_update(no_key=True).get(id=payment_id)


def payout(actor: Actor, payout_id: UUID) -> tuple[Loan, Payout]:
    """A pay-out of such a loan, with it. Raises Forbidden, NotFound."""
    actor.require(Role.FINANCIER)
    known = Payout.objects.filter(id=payout_id, loan__funder=actor.home).values_list("loan", flat=True).first()
    if known is None:
        raise NotFound
    row = loan(actor, known)
    return row, Payout.objects.select_for_update(no_key=True).get(id=payout_id)
