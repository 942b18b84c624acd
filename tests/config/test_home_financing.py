"""Each side's first page names its next step on the way from a request to money and back, and nobody else's."""

from datetime import timedelta
from decimal import Decimal

import pytest

from abs_platform.core import clock
from abs_platform.financing import acceptance, notices, offers, programmes
from abs_platform.financing.lending import payouts
from abs_platform.financing.lending.models import Loan
from abs_platform.financing.models import Notice
from abs_platform.rights.models import Right
from abs_platform.rights.priority import services as priority
from tests.support.callers import Caller
from tests.support.financing import performed, programme_draft, register
from tests.support.lending import lender_of
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

FINANCING = {
    "accept_second", "answer_offers", "repay_loans", "check_money", "approve_offers", "approve_programmes", "loans_overdue",
    "disburse_loans", "answer_requests", "acknowledge_notices", "pay_dues", "rights_shrank", "rights_fell", "paid_elsewhere",
    "send_on", "cancel_registrations",
}  # fmt: skip


def steps(caller: Caller) -> dict[str, tuple[int, str]]:
    """What of financing waits for a caller: how many, and where."""
    return {
        task["code"]: (task["count"], task["link"])
        for task in caller.get("home")["tasks"]
        if task["code"] in FINANCING and task["count"]
    }


def financeable(caller: Caller) -> tuple[list[str], list[str]]:
    """What the first page says can be financed now, and the orders of the trades that the list says it of."""
    figures = [figure["value"] for figure in caller.get("home")["figures"] if figure["code"] == "financeable_now"]
    return figures, [row["order_number"] for row in caller.rows("trades", state="financeable")]


def test_from_the_request_to_money_and_back_each_side_sees_its_step(world: World) -> None:
    lender = lender_of(world)
    way, right = lender.way, performed(world, "HOME-1")
    maker, checker = lender.maker.browser, lender.checker.browser
    supplier, second, core = world.supplier.browser, way.supplier2.browser, world.core.browser
    later = clock.today() + timedelta(days=60)
    Right.objects.filter(id=right.id).update(due_date=later, expected_due_date=later)
    right.refresh_from_db()
    for caller in (maker, checker, supplier, core):
        assert steps(caller) == {}
    drafted = programmes.create(actor=lender.maker.actor, draft=programme_draft(world))
    drafted = programmes.propose(actor=lender.maker.actor, programme_id=drafted.id)
    assert steps(checker) == {"approve_programmes": (1, f"/programmes/{drafted.id}")}
    assert steps(maker) == {}  # who proposed it does not approve it
    programme = programmes.approve(
        actor=lender.checker.actor, programme_id=drafted.id, terms=programmes.terms_of(drafted)
    )

    invitation = way.invited(programme, [right])
    page = f"/financing/requests/{invitation.request_id}"
    assert steps(maker) == steps(checker) == {"answer_requests": (1, page)}
    assert steps(world.factor.browser) == {}
    offer = way.proposed(invitation)
    assert (steps(maker), steps(checker)) == ({"approve_offers": (1, page)}, {})
    offers.approve(actor=lender.maker.actor, offer_id=offer.id)
    assert steps(supplier) == steps(second) == {"answer_offers": (1, page)}
    way.accepting(offer)
    assert (steps(supplier), steps(second)) == ({"accept_second": (1, page)}, {})
    assert financeable(supplier) == (["904.00"], ["HOME-1"])
    loan = acceptance.accept(actor=world.supplier.actor, offer_id=offer.id, amount=offer.amount)
    assert financeable(supplier) == ([], []), "what is pledged is not financed again"

    at = f"/loans/{loan.id}"
    assert steps(maker) == steps(core) == {}  # not registered yet: nothing to pay out, nobody to tell
    register(loan)
    assert steps(maker) == {"disburse_loans": (1, at)}
    notice = Notice.objects.get(loan=loan)
    assert steps(core) == {"acknowledge_notices": (1, f"/notices/{notice.id}")}
    notices.acknowledge(actor=world.core.actor, notice_id=notice.id)
    lender.propose(loan)
    assert (steps(maker), steps(checker), steps(core)) == ({}, {"check_money": (1, at)}, {})
    lender.disburse(loan)
    assert steps(maker) == steps(checker) == steps(supplier) == {}
    today = clock.today()
    Loan.objects.filter(id=loan.id).update(disbursed_on=today - timedelta(days=9), due_date=today - timedelta(days=1))
    Right.objects.filter(id=right.id).update(due_date=today, expected_due_date=today)
    assert steps(supplier) == {"repay_loans": (1, at)}
    assert steps(core) == {"pay_dues": (1, "/obligations")}
    lender.record(loan, "10", right=right)
    assert steps(maker) == {"loans_overdue": (1, at)}
    assert steps(checker) == {"check_money": (1, at), "loans_overdue": (1, at)}
    assert steps(lender.checker.program) == {"loans_overdue": (1, at)}  # a program checks nothing
    next_step = checker.get("home")["next_step"]
    assert (next_step["code"], next_step["link"]) == ("check_money", at)
    told = {"amount": "50.00", "received_on": today.isoformat(), "reference": "PAST-1"}
    core.post(f"rights/{right.id}/collections", told, status=201)
    assert steps(lender.checker.program)["paid_elsewhere"] == (1, at)
    lender.paid(loan, str(Decimal(200)))
    assert "loans_overdue" not in steps(maker)


def test_what_is_left_once_a_loan_is_over_is_sent_on_and_its_registration_cancelled(world: World) -> None:
    lender = lender_of(world)
    loan = lender.disbursed(performed(world, "HOME-2"), principal=Decimal(800), fee_rate=Decimal(0))
    pledge = loan.pledges.get()
    maker, checker = lender.maker.browser, lender.checker.browser
    registration = priority.record_registration(
        actor=lender.maker.actor,
        right_id=pledge.right_id,
        number="12345678",
        registered_at=clock.now(),
        expires_on=clock.today() + timedelta(days=400),
        description="x",
        party="x",
        pledge_id=pledge.id,
    )
    assert steps(maker) == {}
    lender.paid(loan, "1000.00")
    at = f"/loans/{loan.id}"
    assert steps(maker) == steps(checker) == {"send_on": (1, at), "cancel_registrations": (1, "/loans")}
    assert steps(world.supplier.browser) == steps(world.factor.browser) == {}
    payouts.record(
        actor=lender.maker.actor, loan_id=loan.id, amount=Decimal(200), paid_on=clock.today(), bank_reference="OUT-1"
    )
    assert steps(maker) == {"cancel_registrations": (1, "/loans")}
    assert steps(checker) == {"check_money": (1, at), "cancel_registrations": (1, "/loans")}
    priority.record_amendment(
        actor=lender.maker.actor,
        registration_id=registration.id,
        kind="cancel",
        number="12345679",
        expires_on=None,
        description="",
    )
    assert steps(maker) == {}
