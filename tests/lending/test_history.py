"""What either side reads of a loan's history."""

from datetime import timedelta
from decimal import Decimal

import pytest

from abs_platform.core import clock
from abs_platform.financing.history import WITHIN_ONE_SIDE
from abs_platform.financing.lending import owing, payments, payouts, services
from abs_platform.financing.lending.models import Loan
from abs_platform.rights.models import Right
from tests.support.callers import Caller
from tests.support.financing import performed
from tests.support.lending import Lender
from tests.support.world import Member

pytestmark = pytest.mark.usefixtures("db")


def test_what_one_side_proposes_to_itself_the_other_does_not_read(lender: Lender, right: Right) -> None:
    loan = lender.disbursed(right)
    lender.record(loan, "10")

    def read(member: Member) -> list[str]:
        return [each["verb"] for each in member.browser.get(f"financing/loans/{loan.id}")["history"]]

    banks, suppliers = read(lender.maker), read(lender.world.supplier)
    assert {"offer.proposed", "loan.disbursement_proposed", "payment.recorded"} <= set(banks)
    assert "offer.acceptance_proposed" in suppliers and "offer.acceptance_proposed" not in banks
    assert set(suppliers) & set(WITHIN_ONE_SIDE) == {"offer.acceptance_proposed"}
    common = [verb for verb in banks if verb not in WITHIN_ONE_SIDE]
    assert common == [verb for verb in suppliers if verb not in WITHIN_ONE_SIDE]
    assert {"offer.accepted", "loan.disbursed"} <= set(common)


def test_a_borrower_sees_a_loan_as_it_is_before_what_is_only_proposed(lender: Lender, right: Right) -> None:
    bank, supplier = lender.maker.browser, lender.world.supplier.browser
    with clock.at(clock.now() - timedelta(days=20)):
        loan = lender.lend(right, days=10)
        path = f"financing/loans/{loan.id}"
        lender.propose(loan)
    assert bank.get(path)["state"] == "disbursement_proposed"
    told = ("state", "proposal", "disbursed_on", "payee_account", "bank_reference")
    seen = supplier.get(path)
    assert [seen[name] for name in told] == ["awaiting", None, None, "", ""]
    assert states_of(supplier, "loans", "awaiting", "disbursement_proposed") == [["awaiting"], []]
    with clock.at(clock.now() - timedelta(days=20)):
        lender.disburse(loan)
    services.propose_write_off(actor=lender.maker.actor, loan_id=loan.id, reason="gone")
    assert supplier.get(path)["state"] == "outstanding"
    assert states_of(supplier, "loans", "outstanding", "write_off_proposed", "lent") == [
        ["outstanding"], [], ["outstanding"]
    ]  # fmt: skip
    assert states_of(bank, "loans", "outstanding", "write_off_proposed", "lent") == [
        [], ["write_off_proposed"], ["write_off_proposed"]
    ]  # fmt: skip


def test_a_borrower_sees_no_payment_that_is_only_proposed(lender: Lender, right: Right) -> None:
    bank, supplier = lender.maker.browser, lender.world.supplier.browser
    loan = lender.disbursed(right)
    waiting, wrong = lender.record(loan, "10"), lender.record(loan, "20")
    payments.reject(actor=lender.checker.actor, payment_id=wrong.id, reason="never came")
    assert len(bank.rows("financing/payments")) == 2 and supplier.rows("financing/payments") == []
    supplier.get(f"financing/payments/{waiting.id}", status=404)
    payments.confirm(actor=lender.checker.actor, payment_id=waiting.id, amount=waiting.amount)
    payments.propose_reversal(actor=lender.maker.actor, payment_id=waiting.id, reason="bounced")
    [seen] = supplier.rows("financing/payments")
    assert (seen["state"], seen["reason"]) == ("confirmed", "")
    assert states_of(supplier, "payments", "confirmed", "reversal_proposed") == [["confirmed"], []]
    surplus = lender.paid(lender.disbursed(performed(lender.world, "HIST-2"), principal=Decimal(500)), "2000")
    payout = payouts.record(
        actor=lender.maker.actor,
        loan_id=surplus.loan_id,
        amount=Decimal(5),
        paid_on=clock.today(),
        bank_reference="B-9",
    )
    assert len(bank.rows("financing/payouts")) == 1 and supplier.rows("financing/payouts") == []
    payouts.confirm(actor=lender.checker.actor, payout_id=payout.id, amount=payout.amount)
    assert [each["state"] for each in supplier.rows("financing/payouts")] == ["confirmed"]


def states_of(caller: Caller, kind: str, *states: str) -> list[list[str]]:
    """The states of what each filter finds."""
    return [[each["state"] for each in caller.rows(f"financing/{kind}", state=state)] for state in states]


def test_why_a_loan_is_to_be_written_off_its_borrower_reads_once_it_is(lender: Lender, right: Right) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        loan = lender.disbursed(right, days=10)
    bank, supplier = lender.maker.browser, lender.world.supplier.browser
    path = f"financing/loans/{loan.id}"
    services.propose_write_off(actor=lender.maker.actor, loan_id=loan.id, reason="gone")
    assert (bank.get(path)["write_off_reason"], supplier.get(path)["write_off_reason"]) == ("gone", "")
    row = Loan.objects.select_related("offer").get(id=loan.id)
    owed = owing.owed(row, clock.today()).total
    services.write_off(actor=lender.checker.actor, loan_id=loan.id, amount=owed)
    assert supplier.get(path)["write_off_reason"] == "gone"
