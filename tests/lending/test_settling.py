"""A loan that is paid back settles all of its way: request, loan, pledge, notice, right; in the database too."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from abs_platform.core import clock
from abs_platform.core.models import AuditEntry
from abs_platform.financing.lending import services
from abs_platform.financing.lending.models import Loan
from abs_platform.financing.models import Invitation, Pledge, Request
from abs_platform.rights.models import Right
from tests.support.database import rolled_back
from tests.support.lending import Lender

pytestmark = pytest.mark.usefixtures("db")


def request_of(loan: Loan) -> Request:
    return Request.objects.get(invitations__offers__loan=loan)


def test_paid_back_is_settled_on_every_page(lender: Lender, right: Right, other_right: Right) -> None:
    loan = lender.disbursed(right, other_right, principal=Decimal(1000))
    request = request_of(loan)
    assert (request.state, request.settled_at) == ("accepted", None)
    # The debtor pays one right in full, to its holder; that pays the loan back with something left.
    lender.paid(loan, str(right.base), right=right)
    connection.check_constraints()  # what is deferred to the commit holds
    supplier, funder = lender.world.supplier.browser, lender.maker.browser
    for caller in (supplier, funder):
        seen = caller.get(f"financing/requests/{request.id}")
        assert (seen["state"], seen["allowed_actions"]) == ("settled", [])
        assert seen["settled_at"] > seen["decided_at"] > seen["submitted_at"]
        assert caller.get(f"financing/loans/{loan.id}")["state"] == "settled"
        states = {each["right"]: each["state"] for each in caller.rows("financing/pledges", loan=str(loan.id))}
        assert states == {str(right.id): "settled", str(other_right.id): "released"}
        [notice] = caller.rows("financing/notices")
        assert notice["state"] == "lifted"
    assert [row["id"] for row in supplier.rows("financing/requests", state="settled")] == [str(request.id)]
    # The right that was paid is over; the other one may be financed again.
    assert supplier.get(f"rights/{right.id}")["state"] == "settled"
    assert supplier.get(f"rights/{other_right.id}")["state"] == "free"
    assert AuditEntry.objects.filter(verb="financing_request.settled", subject_id=request.id).count() == 1
    again = lender.lend(other_right)
    assert (request_of(again).state, again.state) == ("accepted", "awaiting")
    # Whom the request was put to sees nothing by it any more.
    assert Invitation.objects.get(offers__loan=loan).grant.state == "revoked"


def test_a_loan_recovered_after_its_write_off_settles_its_request(lender: Lender, right: Right) -> None:
    loan = lender.disbursed(right, principal=Decimal(1000))
    past = clock.today() - timedelta(days=1)
    Loan.objects.filter(id=loan.id).update(disbursed_on=past - timedelta(days=9), due_date=past)
    services.propose_write_off(actor=lender.maker.actor, loan_id=loan.id, reason="insolvent")
    owed = lender.maker.browser.get(f"financing/loans/{loan.id}")["owed"]["total"]
    services.write_off(actor=lender.checker.actor, loan_id=loan.id, amount=Decimal(owed))
    assert request_of(loan).state == "accepted"  # the rights stay held
    lender.paid(loan, owed)
    loan.refresh_from_db()
    assert (loan.state, request_of(loan).state) == ("written_off", "settled")


def test_the_database_settles_all_or_nothing(lender: Lender, right: Right) -> None:
    loan = lender.disbursed(right, principal=Decimal(1000))
    request = request_of(loan)
    now = clock.now()
    with pytest.raises(IntegrityError, match="once its loan is paid back"), rolled_back():
        Request.objects.filter(id=request.id).update(state="settled", settled_at=now)
    with pytest.raises(IntegrityError, match="financing_request_settled_has_time"), rolled_back():
        Request.objects.filter(id=request.id).update(settled_at=now)
    with pytest.raises(IntegrityError, match="its request or a pledge is not"), rolled_back():
        Loan.objects.filter(id=loan.id).update(state="settled", ended_at=now)
        connection.check_constraints()
    with pytest.raises(IntegrityError, match="once its loan is paid back"), rolled_back():
        Loan.objects.filter(id=loan.id).update(state="settled", ended_at=now)
        Request.objects.filter(id=request.id).update(state="settled", settled_at=now)  # its pledge still holds
    lender.paid(loan, str(right.base), right=right)
    with pytest.raises(IntegrityError, match="is settled"), rolled_back():
        Request.objects.filter(id=request.id).update(state="accepted", settled_at=None)
    assert not Pledge.objects.filter(loan=loan, state__in=["registering", "active"]).exists()
