"""Money goes out by two people, once every pledge stands, and every amount is in the journal."""

from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

import pytest

from abs_platform.core import clock
from abs_platform.core.errors import Conflict, DomainError, Forbidden, Invalid
from abs_platform.core.models import AuditEntry, Job
from abs_platform.financing import pledging, selectors
from abs_platform.financing.lending import journal, owing, payments, payouts, services
from abs_platform.financing.lending.models import Entry, Loan, LoanFact, Posting
from abs_platform.financing.models import Pledge
from abs_platform.ledger.models import Record
from abs_platform.rights.models import Right
from abs_platform.rights.services import compute
from abs_platform.risk.models import Alert
from tests.support.financing import ACCOUNT, proposal_now
from tests.support.lending import Lender

pytestmark = pytest.mark.usefixtures("db")


def is_balanced() -> bool:
    """Debits equal credits, over all books."""
    rows = Posting.objects.values_list("debit", "credit")
    return sum(debit for debit, _ in rows) == sum(credit for _, credit in rows) > 0


def test_paid_out_by_two_people_with_everything_that_tells_of_it(lender: Lender, right: Right) -> None:
    loan = lender.lend(right, principal=Decimal(100000))
    lender.propose(loan, "OUT-1")
    done = lender.disburse(loan)
    assert (done.state, done.bank_reference) == ("outstanding", "OUT-1")
    entry = Entry.objects.get(loan=loan)
    booked = {(each.account.code, each.debit, each.credit) for each in entry.postings.select_related("account")}
    zero = Decimal(0)
    assert booked == {
        ("principal_receivable", Decimal(100000), zero),
        ("cash", zero, Decimal(100000)),
        ("fee_receivable", Decimal(1000), zero),  # the fee falls due; the supplier gets the whole principal
        ("fee_income", zero, Decimal(1000)),
    }
    fact = LoanFact.objects.get(loan=loan)
    assert fact.template == "loan.disbursed/v1" and '"principal":"100000.0000"' in fact.statement.replace(" ", "")
    assert Record.objects.get(id=fact.record_id).subject_id == loan.id
    assert Job.objects.filter(kind="ledger.seal").exists()
    verbs = set(AuditEntry.objects.filter(subject_id=loan.id).values_list("verb", flat=True))
    assert verbs == {"loan.disbursement_proposed", "loan.disbursed"}


def test_one_person_or_a_program_is_not_two(lender: Lender, right: Right) -> None:
    loan = lender.lend(right)
    lender.propose(loan)
    with pytest.raises(Forbidden) as refused:
        lender.disburse(loan, by=lender.maker)
    assert refused.value.code == "second_person_needed"
    answer = lender.maker.program.send(
        "POST", f"financing/loans/{loan.id}/disburse", {"amount": "1000.00", "proposal": proposal_now(loan)}
    )
    assert (answer.status_code, b"person_needed" in answer.content) == (403, True)
    assert not Entry.objects.exists()


def test_nothing_is_lent_on_what_is_not_held_yet(lender: Lender, right: Right, other_right: Right) -> None:
    loan = lender.lend(right, other_right, is_registered=False)
    first, second = loan.pledges.order_by("id")
    pledging.registered(pledge_id=first.id)
    lender.propose(loan)
    refused_by("pledges_not_active", lambda: lender.disburse(loan))
    read = proposal_now(loan)
    assert not Entry.objects.exists()
    pledging.refused(pledge_id=second.id, reason="taken")
    loan.refresh_from_db()
    assert (loan.state, loan.bank_reference, loan.disbursed_on) == ("cancelled", "", None)
    refused_by(
        "state_conflict",
        lambda: services.disburse(actor=lender.checker.actor, loan_id=loan.id, amount=loan.principal, proposal=read),
    )


def refused_by(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(DomainError) as refused:
        act()
    assert refused.value.code == code


def test_what_a_disbursement_must_say(lender: Lender, right: Right) -> None:
    loan = lender.lend(right)
    actor = lender.maker.actor
    for day in (clock.today() + timedelta(days=2), clock.today() - timedelta(days=3)):
        refused_by(
            "day_out_of_range",
            lambda day=day: services.propose_disbursement(  # type: ignore[misc]  # mypy cannot infer a default's lambda
                actor=actor, loan_id=loan.id, payee_account=ACCOUNT, bank_reference="A", disbursed_on=day
            ),
        )
    lender.propose(loan, "A")
    refused_by(
        "amount_not_repeated",
        lambda: services.disburse(
            actor=lender.checker.actor, loan_id=loan.id, amount=Decimal("999.99"), proposal=proposal_now(loan)
        ),
    )
    taken_back = services.take_back_disbursement(actor=actor, loan_id=loan.id)
    assert (taken_back.state, taken_back.bank_reference, taken_back.disbursed_on) == ("awaiting", "", None)
    assert taken_back.payee_account == ""
    with pytest.raises(Invalid):
        services.propose_disbursement(
            actor=actor, loan_id=loan.id, payee_account=" ", bank_reference="A", disbursed_on=clock.today()
        )


EXCHANGED: dict[str, dict[str, object]] = {
    "account": {"payee_account": "6222 9999"},
    "day": {"disbursed_on": clock.today() - timedelta(days=1)},
    "reference": {"bank_reference": "B"},
}


@pytest.mark.parametrize("what", EXCHANGED)
def test_what_is_paid_out_is_what_was_read(what: str, lender: Lender, right: Right) -> None:
    """The disbursement is taken back and proposed anew, for the same amount, between reading and approving."""
    with clock.at(clock.now() - timedelta(days=2)):
        loan = lender.lend(right)
    maker, checker, address = lender.maker.browser, lender.checker.browser, f"financing/loans/{loan.id}"
    first = {"payee_account": ACCOUNT, "bank_reference": "A", "disbursed_on": clock.today()}

    def propose(**change: object) -> None:
        body = {name: str(value) for name, value in {**first, **change}.items()}
        maker.post(f"{address}/propose-disbursement", body)

    propose()
    read = checker.get(address)
    assert read["payee_account"] == ACCOUNT
    typed = {"amount": read["principal"], "proposal": read["proposal"]}
    maker.post(f"{address}/take-back-disbursement")
    propose(**EXCHANGED[what])
    assert checker.post(f"{address}/disburse", typed, status=409)["code"] == "proposal_changed"
    checker.post(f"{address}/disburse", {"amount": read["principal"]}, status=422)
    assert not Entry.objects.exists()
    maker.post(f"{address}/take-back-disbursement")
    propose()  # the same once more is what was read
    paid = checker.post(f"{address}/disburse", typed)
    assert (paid["state"], paid["proposal"], paid["payee_account"]) == ("outstanding", None, ACCOUNT)
    assert f'"payee_account":"{ACCOUNT}"' in LoanFact.objects.get(loan=loan).statement


def test_one_transfer_pays_out_one_loan(lender: Lender, right: Right, other_right: Right) -> None:
    first = lender.lend(right)
    lender.propose(first, "SAME")
    second = lender.lend(other_right)
    refused_by("bank_reference_used", lambda: lender.propose(second, "SAME"))


def test_a_cancelled_loan_sets_its_rights_free(lender: Lender, right: Right) -> None:
    loan = lender.lend(right)
    cancelled = services.cancel(actor=lender.maker.actor, loan_id=loan.id, reason="no longer needed")
    assert cancelled.state == "cancelled"
    assert list(loan.pledges.values_list("state", flat=True)) == ["released"]
    right.refresh_from_db()
    assert right.state == "free"


def test_a_payment_is_used_for_fee_interest_principal_in_turn(lender: Lender, right: Right) -> None:
    """10,000.00 at 6 % ACT/360, fee 1 %: after 30 days 100.00 fee and 50.00 interest come first."""
    start = clock.now() - timedelta(days=30)
    with clock.at(start):
        loan = lender.disbursed(right, principal=Decimal(10000))
    payment = lender.paid(loan, "4150.00")
    parts = {each.part: str(each.amount.quantize(Decimal("0.01"))) for each in payment.allocations.all()}
    assert parts == {"fee": "100.00", "interest": "50.00", "principal": "4000.00"}
    loan.refresh_from_db()
    owed = owing.owed(loan, clock.today())
    assert (owed.fee, owed.interest, owed.principal) == (0, 0, 6000)
    with clock.at(clock.now() + timedelta(days=60)):
        assert owing.owed(loan, clock.today()).interest == Decimal("60.00")
        last = lender.paid(loan, "6100.00")
        assert {each.part: each.amount for each in last.allocations.all()} == {
            "interest": 60, "principal": 6000, "surplus": 40,
        }  # fmt: skip
        loan.refresh_from_db()
        assert loan.state == "settled"
        assert owing.owed(loan, clock.today() + timedelta(days=50)).total == 0
        pay_out(lender, loan)
    assert is_balanced()
    held = journal.balance(loan=loan)
    assert held["cash"] == 100 + 50 + 60  # what was earned is what is there
    assert held["cash"] == held["fee_income"] + held["interest_income"]
    assert not any(held[account] for account in (*owing.RECEIVABLE.values(), "payable_to_supplier", "loss"))


def pay_out(lender: Lender, loan: Loan) -> None:
    """The surplus of 40.00 goes to the supplier, by two people, and not more."""
    maker, day = lender.maker.actor, clock.today()
    more = {"actor": maker, "loan_id": loan.id, "paid_on": day}
    refused_by("payout_above_payable", lambda: payouts.record(amount=Decimal("40.01"), bank_reference="B1", **more))
    payout = payouts.record(amount=Decimal("40.00"), bank_reference="B1", **more)
    refused_by("payout_above_payable", lambda: payouts.record(amount=Decimal("0.01"), bank_reference="B2", **more))
    refused_by("second_person_needed", lambda: payouts.confirm(actor=maker, payout_id=payout.id, amount=Decimal(40)))
    payouts.confirm(actor=lender.checker.actor, payout_id=payout.id, amount=Decimal(40))


def test_what_the_debtor_pays_settles_its_right_and_reduces_it(lender: Lender, right: Right) -> None:
    loan = lender.disbursed(right, principal=Decimal(10000))
    lender.paid(loan, "100.00", right=right, reference="D-1")
    right.refresh_from_db()
    assert right.base == Decimal("159053.72")
    assert right.reductions[-1] == {"reason": "payment", "amount": "100.00", "document": "D-1"}
    lender.paid(loan, "159053.72", right=right, reference="D-2")
    right.refresh_from_db()
    loan.refresh_from_db()
    assert (right.base, right.state, loan.state, loan.pledges.get().state) == (0, "settled", "settled", "settled")


def test_what_the_supplier_pays_back_releases_its_right(lender: Lender, right: Right) -> None:
    loan = lender.disbursed(right)
    lender.paid(loan, "1010.00")
    loan.refresh_from_db()
    right.refresh_from_db()
    assert (loan.state, loan.pledges.get().state) == ("settled", "released")
    assert (right.state, right.base) == ("free", Decimal("159153.72"))


def test_a_payment_is_undone_by_two_people_and_a_counter_entry(lender: Lender, right: Right) -> None:
    with clock.at(clock.now() - timedelta(days=30)):
        loan = lender.disbursed(right, principal=Decimal(10000))
    payment = lender.paid(loan, "5150.00", right=right, reference="D-1")
    right.refresh_from_db()
    assert right.base == Decimal("154003.72")
    payments.propose_reversal(actor=lender.maker.actor, payment_id=payment.id, reason="came back")
    refused_by("second_person_needed", lambda: payments.reverse(actor=lender.maker.actor, payment_id=payment.id))
    payments.reverse(actor=lender.checker.actor, payment_id=payment.id)
    right.refresh_from_db()
    loan.refresh_from_db()
    assert right.base == Decimal("159153.72")
    owed = owing.owed(loan, clock.today() + timedelta(days=30))
    assert (owed.fee, owed.principal) == (100, 10000)
    assert owed.interest == 50 + 50, "the money never came, so the whole principal bore interest"
    reversed_ = set(Entry.objects.filter(kind="reversal").values_list("reverses__effect", flat=True))
    assert reversed_ == {f"payment:{payment.id}", f"interest:payment:{payment.id}"}
    assert is_balanced()
    refused_by(
        "state_conflict",
        lambda: payments.propose_reversal(actor=lender.maker.actor, payment_id=payment.id, reason="again"),
    )
    lender.paid(loan, "10.00", right=right, reference="D-1")  # the reference is free again


def test_money_is_booked_in_the_sequence_in_which_it_came(lender: Lender, right: Right) -> None:
    with clock.at(clock.now() - timedelta(days=30)):
        loan = lender.disbursed(right, principal=Decimal(10000))
    early = lender.record(loan, "50", on=clock.today() - timedelta(days=10))
    late = lender.paid(loan, "200", on=clock.today() - timedelta(days=5))
    refused_by(
        "payment_out_of_order",
        lambda: payments.confirm(actor=lender.checker.actor, payment_id=early.id, amount=early.amount),
    )
    newest = lender.paid(loan, "10")
    refused_by(
        "payment_not_last",
        lambda: payments.propose_reversal(actor=lender.maker.actor, payment_id=late.id, reason="x"),
    )
    for each in (newest, late):
        payments.propose_reversal(actor=lender.maker.actor, payment_id=each.id, reason="x")
        payments.reverse(actor=lender.checker.actor, payment_id=each.id)
    payments.confirm(actor=lender.checker.actor, payment_id=early.id, amount=early.amount)
    lender.paid(loan, "200", on=clock.today() - timedelta(days=5), reference="again")
    assert is_balanced()


def test_days_between_two_payments_that_were_reversed_bear_interest_on_all_that_was_lent(
    lender: Lender, right: Right
) -> None:
    with clock.at(clock.now() - timedelta(days=30)):
        loan = lender.disbursed(right, principal=Decimal(10000))
    first = lender.paid(loan, "6150", on=clock.today() - timedelta(days=20))
    second = lender.paid(loan, "10", on=clock.today() - timedelta(days=10))
    for each in (second, first):
        payments.propose_reversal(actor=lender.maker.actor, payment_id=each.id, reason="x")
        payments.reverse(actor=lender.checker.actor, payment_id=each.id)
    owed = owing.owed(loan, clock.today())
    assert (owed.fee, owed.principal, owed.interest) == (100, 10000, 50), "30 days of 6 % on all of it"


def test_what_the_debtor_paid_on_a_right_lowers_what_it_carries_for_good(
    lender: Lender, right: Right, other_right: Right
) -> None:
    """Its payment goes to the fee, so no principal is back; a later payment by somebody else must not load it again."""
    rate, cent = Decimal("0.8"), Decimal("0.01")
    whole = sum((each.base * rate).quantize(cent, ROUND_DOWN) for each in (right, other_right))
    loan = lender.disbursed(right, other_right, principal=whole)
    before = Pledge.objects.get(loan=loan, right=right).held_for
    lender.paid(loan, "500", right=right)
    for payer in (None, other_right):
        lender.paid(loan, "100", right=payer)
        right.refresh_from_db()
        assert right.held_for is not None and right.held_for <= before - 500 * rate
        compute(trade_id=right.trade_id)
    assert not Alert.objects.filter(rule="encumbered_right_shrank").exists()


def test_what_is_recorded_twice_or_wrongly(lender: Lender, right: Right, other_right: Right) -> None:
    loan = lender.disbursed(right)
    payment = lender.record(loan, "10", reference="R-1")
    refused_by("bank_reference_used", lambda: lender.record(loan, "10", reference="R-1"))
    refused_by("amount_invalid", lambda: lender.record(loan, "10.001"))
    refused_by("amount_invalid", lambda: lender.record(loan, "NaN"))
    refused_by("right_not_of_loan", lambda: lender.record(loan, "10", right=other_right))
    refused_by("day_out_of_range", lambda: lender.record(loan, "10", on=clock.today() + timedelta(days=3)))
    rejected = payments.reject(actor=lender.checker.actor, payment_id=payment.id, reason="never came")
    assert rejected.state == "rejected"
    lender.record(loan, "10", reference="R-1")


def test_a_loan_that_will_not_come_back(lender: Lender, right: Right) -> None:
    """Two people book the loss; what comes in later comes back from it, and beyond it is the supplier's."""
    with clock.at(clock.now() - timedelta(days=100)):
        loan = lender.disbursed(right, principal=Decimal(10000), days=90, recourse=False)
    maker, checker = lender.maker.actor, lender.checker.actor
    services.propose_write_off(actor=maker, loan_id=loan.id, reason="insolvent")
    waiting = lender_payment_waits(lender, loan)
    assert waiting == "state_conflict"
    owed = Decimal(10000) + Decimal(100) + Decimal("166.67")
    refused_by("second_person_needed", lambda: services.write_off(actor=maker, loan_id=loan.id, amount=owed))
    refused_by("amount_not_repeated", lambda: services.write_off(actor=checker, loan_id=loan.id, amount=Decimal(1)))
    services.write_off(actor=checker, loan_id=loan.id, amount=owed)
    assert journal.balance(loan=loan)["loss"] == owed
    assert loan.pledges.get().state == "active", "the right stays held: it may still be paid"
    assert still_lent(loan) == 10000, "the money is out"
    lender.paid(loan, "266.67", right=right)
    assert journal.balance(loan=loan)["loss"] == still_lent(loan) == 10000
    lender.paid(loan, "1000.00", right=right)
    assert still_lent(loan) == 9000
    lender.paid(loan, "9001.00", right=right)
    assert still_lent(loan) == 0
    held = journal.balance(loan=loan)
    assert (held["loss"], held["payable_to_supplier"]) == (0, 1)
    loan.refresh_from_db()
    assert (loan.state, loan.pledges.get().state) == ("written_off", "released")
    assert is_balanced()


def still_lent(loan: Loan) -> Decimal:
    """What counts against the limit of its programme, by the programme's own page and for its supplier."""
    id = loan.offer.invitation.programme_id
    of_all, of_supplier = (selectors.lent(programme_ids=[id], supplier_id=one)[id] for one in (None, loan.supplier_id))
    assert of_all == of_supplier
    return of_all


def lender_payment_waits(lender: Lender, loan: Loan) -> str:
    """The code of why nothing is recorded on a loan that is being written off."""
    with pytest.raises(Conflict) as refused:
        lender.record(loan, "10")
    return refused.value.code


def test_a_loan_that_is_not_overdue_is_no_loss(lender: Lender, right: Right) -> None:
    loan = lender.disbursed(right)
    refused_by("not_overdue", lambda: services.propose_write_off(actor=lender.maker.actor, loan_id=loan.id, reason="x"))


def test_others_loans_are_not_there(lender: Lender, right: Right) -> None:
    loan = lender.disbursed(right)
    other = lender.world.factor.actor
    refused_by("not_found", lambda: services.take_back_disbursement(actor=other, loan_id=loan.id))
    with pytest.raises((Forbidden, Invalid)):
        services.take_back_disbursement(actor=lender.world.supplier.actor, loan_id=loan.id)
