"""What either side reads of a loan's history."""

from datetime import timedelta

import pytest

from abs_platform.core import clock
from abs_platform.financing.history import WITHIN_ONE_SIDE
from abs_platform.financing.lending import owing, services
from abs_platform.financing.lending.models import Loan
from abs_platform.rights.models import Right
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
