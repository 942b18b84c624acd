"""Money that comes in on a loan: recorded by one person, confirmed and allocated by another, reversed by two.

民法典561 gives the sequence: fee, interest, principal; what is left is the supplier's, or the debtor's where it paid what it did
not owe. Payments are booked in the sequence in which the money came, so that interest is what the principal of each day bears.
What comes in once the loan is over is left as a whole, and booked too.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from abs_platform.core import clock, crashpoints
from abs_platform.core.currencies import check_amount
from abs_platform.core.errors import Conflict, Invalid
from abs_platform.core.transitions import target_of
from abs_platform.financing import pledging, two_people
from abs_platform.financing.lending import journal, locking, owing, payouts, rules
from abs_platform.financing.lending.allocation import (
    FEE,
    INTEREST,
    LEFT,
    PRINCIPAL,
    RECOVERY,
    REFUND,
    SURPLUS,
    allocate,
)
from abs_platform.financing.lending.models import Allocation, Entry, Loan, Payment
from abs_platform.financing.lending.recording import attest, tell
from abs_platform.financing.models import Pledge
from abs_platform.financing.states import HOLDING, LOAN_TRANSITIONS, PAYMENT_TRANSITIONS, LoanState
from abs_platform.parties.actor import Actor
from abs_platform.rights import collecting
from abs_platform.rights import services as computing
from abs_platform.rights.encumbrance import PLATFORM_ROLES

ZERO = Decimal(0)
ACCOUNTS = {
    FEE: "fee_receivable",
    INTEREST: "interest_receivable",
    PRINCIPAL: "principal_receivable",
    RECOVERY: "loss",
    SURPLUS: payouts.ACCOUNTS["supplier"],
    REFUND: payouts.ACCOUNTS["debtor"],
}
# What comes in on a loan that was written off comes back from the loss; on one that is paid back it is owed to somebody else.
TAKING = (LoanState.OUTSTANDING, LoanState.WRITTEN_OFF, LoanState.SETTLED)


def record(
    *,
    actor: Actor,
    loan_id: UUID,
    payer: str,
    right_id: UUID | None,
    amount: Decimal,
    received_on: date,
    bank_reference: str,
) -> Payment:
    """Say that money came in: from the debtor on one of the loan's rights, or from the supplier. Another person confirms it.

    Raises NotFound, Forbidden, Conflict (also for a bank reference that is recorded already), Invalid.
    """
    try:
        with transaction.atomic():
            loan = locking.loan(actor, loan_id)
            if loan.state not in TAKING:
                raise Conflict("state_conflict", f"This loan is {loan.state}; nothing is paid on it.", state=loan.state)
            check_amount(amount, loan.currency)
            _check_right(loan, payer, right_id)
            rules.check_day(received_on, earliest=loan.lent_since, latest=clock.today())
            payment = Payment.objects.create(
                loan=loan,
                payer=payer,
                right_id=right_id,
                amount=amount,
                received_on=received_on,
                bank_reference=bank_reference,
                maker_id=two_people.maker(actor),
            )
            tell(actor, loan, "payment.recorded", _detail(payment))
    except IntegrityError as error:
        if "payment_bank_reference_once" not in str(error):
            raise
        raise Conflict(
            "bank_reference_used",
            "This bank reference is recorded already. If it is the same money, nothing is left to do; if not, check it.",
        ) from error
    return payment


def _check_right(loan: Loan, payer: str, right_id: UUID | None) -> None:
    if (payer == "debtor") != (right_id is not None):
        raise Invalid("right_needed", "A debtor pays on one of the loan's rights; a supplier on the loan.")
    if right_id is not None and not loan.pledges.filter(right=right_id).exists():
        raise Invalid("right_not_of_loan", "This right is not one that the loan was given on.")


def _detail(payment: Payment) -> dict[str, str]:
    return {
        "payment": str(payment.id),
        "payer": payment.payer,
        "amount": str(payment.amount),
        "received_on": payment.received_on.isoformat(),
        "bank_reference": payment.bank_reference,
    }


def _move(actor: Actor, payment: Payment, action: str) -> None:
    payment.state = target_of(PAYMENT_TRANSITIONS, action=action, state=payment.state, roles=actor.roles)


@transaction.atomic
def confirm(*, actor: Actor, payment_id: UUID, amount: Decimal) -> Payment:
    """Confirm what another person recorded: allocate it, book it, reduce the right, settle the loan where nothing is owed.

    `amount`: typed back. Raises NotFound, Forbidden, Invalid, Conflict (also for money that came before what is booked).
    """
    loan, payment = locking.payment(actor, payment_id)
    _move(actor, payment, "confirm")
    checker_id = two_people.checker(actor, payment.maker_id)
    rules.check_typed(amount, payment.amount, loan.currency)
    _check_takes(loan)
    day = _booking_day(loan, payment)
    if payment.right_id:  # whether it owed that much, the right has to say as it stands now
        computing.bring_up_to_date(right_ids=list(loan.pledges.values_list("right_id", flat=True)))
    pledging.lock_rights(loan)
    payment.checker_id = checker_id
    payment.save(update_fields=["state", "checker_id"])
    crashpoints.reach("repay.moved")
    owed = owing.book_interest(loan, until=day, cause=owing.effect_of_payment(payment.id))
    parts = allocate(payment.amount, owed.parts, overpaid=_overpaid(payment))
    Allocation.objects.bulk_create(Allocation(payment=payment, part=part, amount=each) for part, each in parts.items())
    journal.book(
        loan=loan,
        effect=owing.effect_of_payment(payment.id),
        kind="payment",
        booked_on=day,
        lines=[
            journal.debit("cash", payment.amount),
            *(journal.credit(ACCOUNTS[part], each) for part, each in parts.items()),
        ],
    )
    crashpoints.reach("repay.booked")
    attest(actor, loan, "loan.paid", {**_detail(payment), **{part: str(each) for part, each in parts.items()}})
    held = journal.balance(loan=loan)
    pledging.repaid(loan=loan, outstanding=owing.principal_out(loan, held))
    _collect(actor, loan, payment, payment.amount - parts.get(REFUND, ZERO))
    pledging.spread(loan=loan, outstanding=owing.principal_out(loan, held))
    _settle_if_paid(actor, loan, held)
    crashpoints.reach("repay.settled")
    return payment


def _booking_day(loan: Loan, payment: Payment) -> date:
    """The day by which a payment is booked: the one on which it came; once the loan is over or written off, none before what is
    booked, as no interest runs by then.

    Raises Conflict for what came before something that is booked, and can be reversed.
    """
    settled_until = owing.settled_until(loan)
    if payment.received_on < settled_until and loan.state == LoanState.OUTSTANDING:
        raise Conflict(
            "payment_out_of_order",
            f"Later money is booked until {settled_until}. Reverse that first, and book both by the day on which they came.",
            until=settled_until.isoformat(),
        )
    return max(payment.received_on, settled_until)


def _is_over(loan: Loan) -> bool:
    """Whether all of a loan that was paid out came back, so that nothing is held for it any more."""
    return not loan.pledges.filter(state__in=HOLDING).exists()


def _overpaid(payment: Payment) -> Decimal:
    """What of a payment its debtor did not owe on the right."""
    if payment.right_id is None:
        return ZERO
    return collecting.overpaid(
        right_id=payment.right_id,
        amount=payment.amount,
        currency=payment.loan.currency,
        received_on=payment.received_on,
        reference=payment.bank_reference,
    )


def _collect(actor: Actor, loan: Loan, payment: Payment, amount: Decimal) -> None:
    """What the debtor paid and does not get back reduces its right; once that is held for another loan, its holder is told."""
    if payment.right_id is None or not amount:
        return
    others = Pledge.objects.filter(right=payment.right_id, state__in=HOLDING).exclude(loan=loan)
    collecting.collect(
        actor=actor,
        right_id=payment.right_id,
        amount=amount,
        currency=loan.currency,
        received_on=payment.received_on,
        reference=payment.bank_reference,
        source="holder",
        cause=f"payment:{payment.id}",
        is_past_holder=others.exists(),
    )


def _check_takes(loan: Loan) -> None:
    if loan.state == LoanState.WRITE_OFF_PROPOSED:
        raise Conflict(
            "write_off_proposed", "A write-off of this loan is proposed. Take it back, or carry it out, before this."
        )
    if loan.state not in TAKING:
        raise Conflict("state_conflict", f"This loan is {loan.state}; nothing is paid on it.", state=loan.state)


def _settle_if_paid(actor: Actor, loan: Loan, held: Mapping[str, Decimal]) -> None:
    """Where nothing is owed any more, the loan is settled and its rights are not held any longer."""
    if any(held[account] for account in (*owing.RECEIVABLE.values(), "loss")):
        return
    if loan.state == LoanState.OUTSTANDING:
        loan.state = target_of(LOAN_TRANSITIONS, action="settle", state=loan.state, roles=PLATFORM_ROLES)
        loan.ended_at = clock.now()
        loan.save(update_fields=["state", "ended_at"])
        attest(actor, loan, "loan.settled", {"surplus": str(held["payable_to_supplier"])})
    if loan.pledges.filter(state__in=HOLDING).exists():
        pledging.settle(actor=actor, loan=loan)


@transaction.atomic
def reject(*, actor: Actor, payment_id: UUID, reason: str) -> Payment:
    """Say that what another person recorded did not come in like that. Raises NotFound, Forbidden, Conflict."""
    loan, payment = locking.payment(actor, payment_id)
    _move(actor, payment, "reject")
    checker_id = two_people.checker(actor, payment.maker_id)
    payment.checker_id, payment.reason = checker_id, reason
    payment.save(update_fields=["state", "checker_id", "reason"])
    tell(actor, loan, "payment.rejected", {**_detail(payment), "reason": reason})
    return payment


@transaction.atomic
def propose_reversal(*, actor: Actor, payment_id: UUID, reason: str) -> Payment:
    """Say why a confirmed payment was none. Raises NotFound, Forbidden, Conflict."""
    loan, payment = locking.payment(actor, payment_id)
    _move(actor, payment, "propose_reversal")
    _check_reversible(loan, payment)
    payment.reversal_maker_id, payment.reason = two_people.maker(actor), reason
    payment.save(update_fields=["state", "reversal_maker_id", "reason"])
    tell(actor, loan, "payment.reversal_proposed", {**_detail(payment), "reason": reason})
    return payment


def _check_reversible(loan: Loan, payment: Payment) -> None:
    """What ended the loan set its rights free, and what came later was reckoned on it: neither can be undone alone. What came
    once it was over can, while it is still here.
    """
    _check_takes(loan)
    if _is_over(loan):
        _check_still_here(loan, payment)
        return
    booked = Entry.objects.get(effect=owing.effect_of_payment(payment.id))
    later = Entry.objects.filter(loan=loan, kind__in=["payment", "write_off"], id__gt=booked.id, reversed_by=None)
    if later.exists():
        raise Conflict("payment_not_last", "Later money is booked on this loan. Reverse that first.")


def _check_still_here(loan: Loan, payment: Payment) -> None:
    parts = dict(payment.allocations.values_list("part", "amount"))
    if not parts.keys() <= set(LEFT):
        raise Conflict("loan_ended", "The loan's rights are not held any more, so its payments stay.")
    for part, payee in ((SURPLUS, "supplier"), (REFUND, "debtor")):
        if parts.get(part, ZERO) > payouts.left(loan, payee):
            raise Conflict(
                "surplus_paid_out",
                "What was left of this payment was sent on. Reject that pay-out, or ask for it back.",
            )


@transaction.atomic
def take_back_reversal(*, actor: Actor, payment_id: UUID) -> Payment:
    """Take a proposed reversal back. Raises NotFound, Forbidden, Conflict."""
    loan, payment = locking.payment(actor, payment_id)
    _move(actor, payment, "take_back_reversal")
    payment.reversal_maker_id, payment.reason = None, ""
    payment.save(update_fields=["state", "reversal_maker_id", "reason"])
    tell(actor, loan, "payment.reversal_taken_back", _detail(payment))
    return payment


@transaction.atomic
def reverse(*, actor: Actor, payment_id: UUID) -> Payment:
    """Undo a payment, as another person proposed: counter-entries take back what was booked for it, the interest up to its day
    too, and its allocations count no more. So interest runs as if the money had never come, and what came earlier can be
    booked by its day. Raises NotFound, Forbidden, Conflict.
    """
    loan, payment = locking.payment(actor, payment_id)
    _move(actor, payment, "reverse")
    checker_id = two_people.checker(actor, payment.reversal_maker_id)
    _check_reversible(loan, payment)
    pledging.lock_rights(loan)
    payment.reversal_checker_id = checker_id
    payment.save(update_fields=["state", "reversal_checker_id"])
    for cause in (owing.effect_of_payment(payment.id), owing.effect_of(owing.effect_of_payment(payment.id))):
        for booked in Entry.objects.filter(effect=cause):  # interest only where some had run
            journal.reverse(entry=booked, effect=f"reversal:{cause}", booked_on=clock.today())
    attest(actor, loan, "loan.payment_reversed", {**_detail(payment), "reason": payment.reason})
    if payment.right_id:
        collecting.take_back(actor=actor, cause=f"payment:{payment.id}")
    outstanding = owing.principal_out(loan, journal.balance(loan=loan))
    pledging.repaid(loan=loan, outstanding=outstanding)
    pledging.spread(loan=loan, outstanding=outstanding)
    return payment
