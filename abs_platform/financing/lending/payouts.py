"""What was left of payments is the supplier's, or the debtor's who paid what it did not owe: it goes to them by a pay-out that
one person records and another confirms."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from abs_platform.core import clock, crashpoints
from abs_platform.core.currencies import check_amount
from abs_platform.core.errors import Conflict
from abs_platform.core.transitions import target_of
from abs_platform.financing import two_people
from abs_platform.financing.lending import journal, locking, rules
from abs_platform.financing.lending.models import Loan, Payout
from abs_platform.financing.lending.recording import attest, tell
from abs_platform.financing.states import PAYOUT_TRANSITIONS, PayoutState
from abs_platform.parties.actor import Actor

ZERO = Decimal(0)
ACCOUNTS = {"supplier": "payable_to_supplier", "debtor": "payable_to_debtor"}


def record(
    *, actor: Actor, loan_id: UUID, amount: Decimal, paid_on: date, bank_reference: str, payee: str = "supplier"
) -> Payout:
    """Say that surplus was sent to the supplier, or an overpayment back to the debtor.

    Raises NotFound, Forbidden, Invalid, Conflict for more than the payee is owed.
    """
    try:
        with transaction.atomic():
            loan = locking.loan(actor, loan_id)
            check_amount(amount, loan.currency)
            owed = left(loan, payee)
            if amount > owed:
                raise Conflict(
                    "payout_above_payable" if payee == "supplier" else "refund_above_refundable",
                    f"The {payee} is owed {owed} from this loan.",
                    payable=str(owed),
                    currency=loan.currency,
                )
            rules.check_day(paid_on, earliest=loan.lent_since, latest=clock.today())
            payout = Payout.objects.create(
                loan=loan,
                payee=payee,
                amount=amount,
                paid_on=paid_on,
                bank_reference=bank_reference,
                maker_id=two_people.maker(actor),
            )
            tell(actor, loan, "payout.recorded", _detail(payout))
    except IntegrityError as error:
        if "payout_bank_reference_once" not in str(error):
            raise
        raise Conflict(
            "bank_reference_used",
            "This bank reference is recorded already. If it is the same money, nothing is left to do; if not, check it.",
        ) from error
    return payout


def left(loan: Loan, payee: str) -> Decimal:
    """What of the payee's money no pay-out speaks of yet."""
    recorded = Payout.objects.filter(loan=loan, payee=payee, state=PayoutState.RECORDED)
    return journal.balance(loan=loan)[ACCOUNTS[payee]] - (recorded.aggregate(sum=Sum("amount"))["sum"] or ZERO)


def _detail(payout: Payout) -> dict[str, str]:
    return {
        "payout": str(payout.id),
        "payee": payout.payee,
        "amount": str(payout.amount),
        "paid_on": payout.paid_on.isoformat(),
        "bank_reference": payout.bank_reference,
    }


@transaction.atomic
def confirm(*, actor: Actor, payout_id: UUID, amount: Decimal) -> Payout:
    """Confirm what another person recorded; it stands in the journal. `amount`: typed back.

    Raises NotFound, Forbidden, Conflict, Invalid.
    """
    loan, payout = locking.payout(actor, payout_id)
    payout.state = target_of(PAYOUT_TRANSITIONS, action="confirm", state=payout.state, roles=actor.roles)
    checker_id = two_people.checker(actor, payout.maker_id)
    rules.check_typed(amount, payout.amount, loan.currency)
    payout.checker_id = checker_id
    payout.save(update_fields=["state", "checker_id"])
    crashpoints.reach("surplus.moved")
    journal.book(
        loan=loan,
        effect=f"payout:{payout.id}",
        kind="payout",
        booked_on=payout.paid_on,
        lines=[journal.debit(ACCOUNTS[payout.payee], payout.amount), journal.credit("cash", payout.amount)],
    )
    crashpoints.reach("surplus.booked")
    attest(actor, loan, "loan.paid_out", _detail(payout))
    return payout


@transaction.atomic
def reject(*, actor: Actor, payout_id: UUID, reason: str) -> Payout:
    """Say that what another person recorded was not sent like that. Raises NotFound, Forbidden, Conflict."""
    loan, payout = locking.payout(actor, payout_id)
    payout.state = target_of(PAYOUT_TRANSITIONS, action="reject", state=payout.state, roles=actor.roles)
    checker_id = two_people.checker(actor, payout.maker_id)
    payout.checker_id, payout.reason = checker_id, reason
    payout.save(update_fields=["state", "checker_id", "reason"])
    tell(actor, loan, "payout.rejected", {**_detail(payout), "reason": reason})
    return payout
