"""Whatever dies, and when: an acceptance, its pledges' way to the chain and a pay-out go on to the same end, once.

One loan on two rights, taken all the way by processes that are killed at one crash point after the other; after each death
nothing may be torn, and the next process goes on.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction

from abs_platform.core import clock, crashpoints
from abs_platform.core.errors import Conflict
from abs_platform.financing import acceptance, pledging
from abs_platform.financing.lending import journal, payments, payouts, services
from abs_platform.financing.lending.models import Entry, Loan
from abs_platform.financing.models import Notice, Offer, Pledge
from abs_platform.rights.registry.models import RegistryEntry
from tests.registry.conftest import Book
from tests.support.dying import Mortal, dies
from tests.support.financing import ACCOUNT, Lending, performed, proposal_now
from tests.support.lending import Lender
from tests.support.once import differences, hear, problems, time_passes

IN_ACCEPTANCE = ("accept.moved", "accept.pledged", "accept.notified", "accept.registering")
IN_A_WORKER = (
    "registry.signed", "registry.stored", "registry.sent", "registry.seen", "registry.settled", "job.rights.registry",
    "pledge.registered", "job.financing.registered",
)  # fmt: skip
IN_A_PAY_OUT = ("disburse.moved", "disburse.booked", "disburse.recorded")
IN_A_PAYMENT = ("repay.moved", "repay.booked", "repay.settled")
WITH_THE_SURPLUS = ("surplus.moved", "surplus.booked")


@pytest.fixture
def lending(book: Book) -> Lending:
    return Lending.at(book.world)


def accepting(lending: Lending, number: str) -> Offer:
    """An offer on two rights that the supplier's second person is about to accept."""
    rights = [performed(lending.world, f"{number}-{n}") for n in range(2)]
    offer = lending.accepting(lending.offered(lending.invited(lending.programme(), rights, "1000.00")))
    hear()
    return offer


def accept(lending: Lending, offer: Offer) -> None:
    acceptance.accept(actor=lending.world.supplier.actor, offer_id=offer.id, amount=offer.amount)


def disburse(lending: Lending, loan: Loan) -> None:
    services.disburse(actor=lending.funder2.actor, loan_id=loan.id, amount=loan.principal, proposal=proposal_now(loan))


def propose(lending: Lending, loan: Loan) -> None:
    services.propose_disbursement(
        actor=lending.funder.actor, loan_id=loan.id, payee_account=ACCOUNT, bank_reference=f"OUT-{loan.id}",
        disbursed_on=clock.today(),
    )  # fmt: skip


def test_death_at_every_crash_point(lending: Lending) -> None:
    offer = accepting(lending, "KILL")
    for point in IN_ACCEPTANCE:
        assert dies(lambda: accept(lending, offer), at=point), point
        assert problems() == [] and not Loan.objects.exists(), point
    assert dies(lambda: accept(lending, offer), at="accept.committed")
    assert problems() == []
    with pytest.raises(Conflict):
        accept(lending, offer)
    loan = Loan.objects.get()

    for point in IN_A_WORKER:
        assert dies(hear, at=point), point
        assert problems() == [], point
        time_passes()
    assert not Mortal(hear).was_killed()
    assert set(Pledge.objects.values_list("state", flat=True)) == {"active"}
    assert Notice.objects.get().state == "sent"

    propose(lending, loan)
    for point in IN_A_PAY_OUT:
        assert dies(lambda: disburse(lending, loan), at=point), point
        assert problems() == [] and not Entry.objects.exists(), point
    assert dies(lambda: disburse(lending, loan), at="disburse.committed")
    with pytest.raises(Conflict):
        disburse(lending, loan)

    assert problems() == [] and differences() == []
    assert Loan.objects.get().state == "outstanding" and Entry.objects.get().kind == "disbursement"
    assert set(RegistryEntry.objects.values_list("state", flat=True)) == {"done"}


def test_death_while_money_comes_back(lending: Lending) -> None:
    lender = Lender(lending)
    loan = lender.disbursed(performed(lending.world, "BACK", price="100.00"))
    hear()
    payment = lender.record(loan, "5000")
    for point in IN_A_PAYMENT:
        confirm = partial(payments.confirm, actor=lender.checker.actor, payment_id=payment.id, amount=payment.amount)
        assert dies(confirm, at=point), point
        assert problems() == [] and Entry.objects.get().kind == "disbursement", point
    confirm()
    payout = payouts.record(
        actor=lender.maker.actor, loan_id=loan.id, amount=Decimal(3000), paid_on=clock.today(), bank_reference="BACK"
    )
    for point in WITH_THE_SURPLUS:
        confirm = partial(payouts.confirm, actor=lender.checker.actor, payout_id=payout.id, amount=payout.amount)
        assert dies(confirm, at=point), point
        assert problems() == [] and not Entry.objects.filter(kind="payout").exists(), point
    confirm()
    assert problems() == [] and Loan.objects.get().state == "settled"
    assert Entry.objects.filter(kind="payout").count() == 1


def _late(write: Callable[..., object], **told: object) -> None:
    crashpoints.reach("late")
    with transaction.atomic():
        write(**told)


def test_money_and_pledges_written_apart_would_be_seen(lending: Lending, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check itself is checked: an entry and a registration after the commit instead of within it, and death between."""
    offer = accepting(lending, "APART")
    registered = pledging.register
    with monkeypatch.context() as patched:
        patched.setattr(pledging, "register", lambda **told: transaction.on_commit(lambda: _late(registered, **told)))
        assert dies(lambda: accept(lending, offer), at="late")
    assert {each.partition(":")[0] for each in problems()} == {"pledge without registration"}
    loan = Loan.objects.get()
    with transaction.atomic():
        pledging.register(actor=lending.world.supplier.actor, pledges=list(loan.pledges.all()))
    hear()
    propose(lending, loan)
    booked = journal.book
    with monkeypatch.context() as patched:
        patched.setattr(journal, "book", lambda **told: transaction.on_commit(lambda: _late(booked, **told)))
        assert dies(lambda: disburse(lending, loan), at="late")
    assert {each.partition(":")[0] for each in problems()} == {"money without entry"}
    assert Loan.objects.get().state == "outstanding" and loan.principal == Decimal(1000)
