"""Loans that have come as far as a test needs: by the services, as two people of each side would."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.financing.lending import payments, services
from abs_platform.financing.lending.models import Loan, Payment
from abs_platform.rights.models import Right
from tests.support.financing import ACCOUNT, Lending, proposal_now, register
from tests.support.world import Member, World


@dataclass(frozen=True)
class Lender:
    """A funder with two people: one proposes, one carries out."""

    way: Lending

    @property
    def world(self) -> World:
        return self.way.world

    @property
    def maker(self) -> Member:
        return self.way.funder

    @property
    def checker(self) -> Member:
        return self.way.funder2

    def lend(
        self,
        *rights: Right,
        principal: Decimal = Decimal(1000),
        days: int = 90,
        is_registered: bool = True,
        **terms: Any,  # Any: fields of an offer
    ) -> Loan:
        """A loan whose offer was accepted: fee 1 %, 6 % a year by ACT/360 unless `terms` say else, due after `days`."""
        invitation = self.way.invited(self.way.programme(), rights, str(principal))
        more = {"annual_rate": Decimal("0.06"), "fee_rate": Decimal("0.01"), "grace_days": 0, **terms}
        loan = self.way.accepted(self.way.offered(invitation, **more))
        if is_registered:
            register(loan)
        # The rights are due when they are due; what matters here is when the loan is.
        Loan.objects.filter(id=loan.id).update(due_date=clock.today() + timedelta(days=days))
        loan.refresh_from_db()
        return loan

    def disbursed(self, *rights: Right, **options: Any) -> Loan:
        """A loan that was paid out today."""
        loan = self.lend(*rights, **options)
        self.propose(loan)
        return self.disburse(loan)

    def disburse(self, loan: Loan, *, by: Member | None = None) -> Loan:
        """What is proposed now is paid out, by the second person unless `by` says else."""
        actor = (by or self.checker).actor
        return services.disburse(actor=actor, loan_id=loan.id, amount=loan.principal, proposal=proposal_now(loan))

    def propose(self, loan: Loan, reference: str = "") -> None:
        services.propose_disbursement(
            actor=self.maker.actor,
            loan_id=loan.id,
            payee_account=ACCOUNT,
            bank_reference=reference or f"OUT-{str(loan.id)[-6:]}",
            disbursed_on=clock.today(),
        )

    def record(
        self, loan: Loan, amount: str, *, right: Right | None = None, on: date | None = None, reference: str = ""
    ) -> Payment:
        """Money came in, from the debtor on `right` or else from the supplier."""
        return payments.record(
            actor=self.maker.actor,
            loan_id=loan.id,
            payer="debtor" if right else "supplier",
            right_id=right.id if right else None,
            amount=Decimal(amount),
            received_on=on or clock.today(),
            bank_reference=reference or f"IN-{str(uuid7())[-6:]}",
        )

    def paid(self, loan: Loan, amount: str, **more: Any) -> Payment:
        """`record`, confirmed by the second person."""
        payment = self.record(loan, amount, **more)
        return payments.confirm(actor=self.checker.actor, payment_id=payment.id, amount=payment.amount)


def lender_of(world: World) -> Lender:
    """The bank, with a second person of it, and one of the supplier's."""
    return Lender(Lending.at(world))
