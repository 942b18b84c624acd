"""Money that comes in once nothing is owed: booked as owed to the supplier, or back to the debtor, and sent there."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from abs_platform.core import clock
from abs_platform.core.errors import Conflict
from abs_platform.financing import pledging
from abs_platform.financing.lending import journal, payments, payouts, services
from abs_platform.financing.lending.models import Loan, Payment, Posting
from abs_platform.rights.models import Right
from abs_platform.risk.models import Alert
from tests.support.lending import Lender

pytestmark = pytest.mark.usefixtures("db")

LIABILITIES = ("payable_to_supplier", "payable_to_debtor")


def parts_of(payment: Payment) -> dict[str, Decimal]:
    return {each.part: each.amount for each in payment.allocations.all()}


def owed_on(loan: Loan) -> tuple[Decimal, Decimal]:
    """To the supplier and to the debtor, by the journal, whose debits equal its credits."""
    connection.check_constraints()
    rows = Posting.objects.values_list("debit", "credit")
    assert sum(debit for debit, _ in rows) == sum(credit for _, credit in rows) > 0
    held = journal.balance(loan=loan)
    supplier, debtor = (held[account] for account in LIABILITIES)
    return supplier, debtor


def confirm(lender: Lender, payment: Payment) -> Payment:
    return payments.confirm(actor=lender.checker.actor, payment_id=payment.id, amount=payment.amount)


def test_a_second_payment_that_was_recorded_before_the_loan_was_settled_is_the_suppliers(
    lender: Lender, right: Right
) -> None:
    """The debtor pays its debt in two transfers of one day; the first is enough to pay the loan back."""
    loan = lender.disbursed(right, principal=Decimal(1000), fee_rate=Decimal(0))
    first = lender.record(loan, "100000.00", right=right)
    second = lender.record(loan, "59153.72", right=right)
    confirm(lender, first)
    loan.refresh_from_db()
    assert loan.state == "settled"
    body = lender.checker.browser.get(f"financing/payments/{second.id}")
    assert body["allowed_actions"] == ["confirm", "reject"]
    assert parts_of(confirm(lender, second)) == {"surplus": Decimal("59153.72")}
    assert owed_on(loan) == (Decimal("158153.72"), 0)
    right.refresh_from_db()
    assert (right.base, right.state) == (0, "free"), "nobody lends on what was paid already"


def test_what_the_debtor_pays_once_more_is_owed_back_to_it_and_refunded_by_two_people(
    lender: Lender, right: Right
) -> None:
    loan = lender.disbursed(right, principal=Decimal(1000), fee_rate=Decimal(0))
    lender.paid(loan, "159153.72", right=right)
    right.refresh_from_db()
    assert right.state == "settled"
    funder = lender.maker.browser
    assert "record_payment" in funder.get(f"financing/loans/{loan.id}")["allowed_actions"]
    assert parts_of(lender.paid(loan, "159153.72", right=right)) == {"refund": Decimal("159153.72")}
    assert owed_on(loan) == (Decimal("158153.72"), Decimal("159153.72"))
    assert right.collections.count() == 1, "what goes back to the debtor pays nothing"
    shown = lender.world.supplier.browser.get(f"financing/loans/{loan.id}")["owed"]
    assert (shown["payable"], shown["refundable"], shown["total"]) == ("158153.72", "159153.72", "0.00")
    refund = {"loan": str(loan.id), "payee": "debtor", "paid_on": clock.today().isoformat()}
    too_much = {**refund, "amount": "159153.73", "bank_reference": "BACK-1"}
    assert funder.post("financing/payouts", too_much, status=409)["code"] == "refund_above_refundable"
    row = funder.post("financing/payouts", {**refund, "amount": "159153.72", "bank_reference": "BACK-1"}, status=201)
    assert row["payee"] == "debtor"
    typed = {"amount": "159153.72"}
    assert funder.post(f"financing/payouts/{row['id']}/confirm", typed, status=403)["code"] == "second_person_needed"
    lender.checker.browser.post(f"financing/payouts/{row['id']}/confirm", typed)
    assert owed_on(loan) == (Decimal("158153.72"), 0), "what the supplier is owed is untouched"


def test_one_transfer_is_split_where_the_debtor_owed_a_part_of_it(lender: Lender, right: Right) -> None:
    loan = lender.disbursed(right, principal=Decimal(1000), fee_rate=Decimal(0))
    payment = lender.paid(loan, "160000.00", right=right)
    assert parts_of(payment) == {"principal": 1000, "surplus": Decimal("158153.72"), "refund": Decimal("846.28")}
    assert owed_on(loan) == (Decimal("158153.72"), Decimal("846.28"))
    right.refresh_from_db()
    assert (right.base, right.state) == (0, "settled")


def test_what_the_supplier_told_already_is_no_overpayment(lender: Lender, right: Right) -> None:
    """Both speak of one transfer, by its reference."""
    loan = lender.disbursed(right, principal=Decimal(1000), fee_rate=Decimal(0))
    told = {"amount": "159153.72", "received_on": clock.today().isoformat(), "reference": "D-1"}
    lender.world.supplier.browser.post(f"rights/{right.id}/collections", told, status=201)
    right.refresh_from_db()
    assert right.base == 0
    assert "refund" not in parts_of(lender.paid(loan, "159153.72", right=right, reference="D-1"))


def test_what_the_supplier_pays_on_a_settled_loan_is_its_own(lender: Lender, right: Right) -> None:
    loan = lender.disbursed(right, principal=Decimal(1000), fee_rate=Decimal(0))
    lender.paid(loan, "1000.00")
    earlier = lender.record(loan, "70.00", on=loan.lent_since)
    assert parts_of(confirm(lender, earlier)) == {"surplus": Decimal(70)}
    assert owed_on(loan) == (70, 0)


def test_money_of_an_earlier_day_than_what_settled_the_loan_is_booked_too(lender: Lender, right: Right) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        loan = lender.disbursed(right, principal=Decimal(1000), fee_rate=Decimal(0), annual_rate=Decimal(0))
    early = lender.record(loan, "300.00", on=clock.today() - timedelta(days=9))
    last = lender.paid(loan, "1000.00", on=clock.today() - timedelta(days=2))
    assert parts_of(confirm(lender, early)) == {"surplus": Decimal(300)}
    [entry] = loan.entries.filter(effect=f"payment:{early.id}")
    assert entry.booked_on == last.received_on, "no earlier than what is booked"


def test_a_payment_that_came_after_the_end_and_was_none_is_reversed_while_it_is_here(
    lender: Lender, right: Right
) -> None:
    loan = lender.disbursed(right, principal=Decimal(1000), fee_rate=Decimal(0))
    last = lender.paid(loan, "1000.00", right=right)
    late = lender.paid(loan, "100.00", right=right)
    maker, checker = lender.maker.actor, lender.checker.actor
    with pytest.raises(Conflict) as refused:
        payments.propose_reversal(actor=maker, payment_id=last.id, reason="x")
    assert refused.value.code == "loan_ended", "it paid the loan back"
    payments.propose_reversal(actor=maker, payment_id=late.id, reason="bounced")
    payout = payouts.record(
        actor=maker, loan_id=loan.id, amount=Decimal(1), paid_on=clock.today(), bank_reference="OUT"
    )
    with pytest.raises(Conflict) as refused:
        payments.reverse(actor=checker, payment_id=late.id)
    assert refused.value.code == "surplus_paid_out"
    payouts.reject(actor=checker, payout_id=payout.id, reason="not sent")
    payments.reverse(actor=checker, payment_id=late.id)
    assert owed_on(loan) == (0, 0)
    right.refresh_from_db()
    assert right.base == Decimal("158153.72"), "the right is as if it had never come"


def test_a_recovered_loan_takes_what_comes_later_too(lender: Lender, right: Right) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        loan = lender.disbursed(right, annual_rate=Decimal(0), fee_rate=Decimal(0), days=10)
    services.propose_write_off(actor=lender.maker.actor, loan_id=loan.id, reason="gone")
    services.write_off(actor=lender.checker.actor, loan_id=loan.id, amount=Decimal(1000))
    waiting = lender.record(loan, "5.00", on=clock.today() - timedelta(days=3))
    lender.paid(loan, "1000.00", right=right)
    assert parts_of(confirm(lender, waiting)) == {"surplus": Decimal(5)}
    assert owed_on(loan) == (5, 0)


def test_money_for_another_lender_of_the_right_by_now_raises_an_alert(lender: Lender, right: Right) -> None:
    loan = lender.disbursed(right, principal=Decimal(1000), fee_rate=Decimal(0))
    lender.paid(loan, "1000.00")
    again = lender.disbursed(right, principal=Decimal(2000))
    assert not Alert.objects.filter(rule="held_right_paid_elsewhere").exists()
    lender.paid(loan, "300.00", right=right, reference="D-9")
    alert = Alert.objects.get(rule="held_right_paid_elsewhere")
    assert alert.amount == 300
    assert again.pledges.get().state == "active"


# --- what the rights are held for


def held_for(loan: Loan) -> Decimal:
    """What all rights of a loan are held for together."""
    return sum((each.right.held_for or Decimal(0) for each in loan.pledges.select_related("right")), Decimal(0))


def test_what_was_written_off_is_still_held_for_and_raises_an_alert(lender: Lender, right: Right) -> None:
    """10,000.00 are lost, 2,000.00 of them come back: the right carries the other 8,000.00."""
    with clock.at(clock.now() - timedelta(days=20)):
        loan = lender.disbursed(
            right, principal=Decimal(10000), annual_rate=Decimal(0), fee_rate=Decimal("0.01"), days=10
        )
    services.propose_write_off(actor=lender.maker.actor, loan_id=loan.id, reason="gone")
    services.write_off(actor=lender.checker.actor, loan_id=loan.id, amount=Decimal(10100))
    lender.paid(loan, "100.00")
    right.refresh_from_db()
    assert right.held_for == 10000, "what came back was the fee"
    lender.paid(loan, "2000.00")
    right.refresh_from_db()
    assert right.held_for == 8000
    told = {"amount": "155000.00", "received_on": clock.today().isoformat(), "reference": "PAST"}
    lender.world.supplier.browser.post(f"rights/{right.id}/collections", told, status=201)
    alert = Alert.objects.get(rule="encumbered_right_shrank")
    assert alert.detail["expected"].startswith("8000")


@pytest.mark.parametrize("paid", ["500.00", "3000.00", "8000.00"])
def test_rights_are_held_for_all_that_is_out_however_much_one_of_them_was_paid(
    lender: Lender, right: Right, other_right: Right, paid: str
) -> None:
    """What the debtor pays on one of two is not carried by it any more; the other one carries the rest."""
    loan = lender.disbursed(right, other_right, principal=Decimal(100000), fee_rate=Decimal("0.02"))
    lender.paid(loan, paid, right=other_right)
    assert held_for(loan) == journal.balance(loan=loan)["principal_receivable"]
    for each in (right, other_right):
        each.refresh_from_db()
        assert each.held_for is not None and each.held_for <= each.carried_by_now
    assert not Alert.objects.filter(rule="encumbered_right_shrank").exists()


def test_what_is_out_and_nothing_carries_is_on_no_right(lender: Lender, right: Right, other_right: Right) -> None:
    """All that the rights carry is lent, and the debtor's money goes to the fee: each is held for all that it carries."""
    rate, cent = Decimal("0.8"), Decimal("0.01")
    whole = sum((each.base * rate).quantize(cent, "ROUND_DOWN") for each in (right, other_right))
    loan = lender.disbursed(right, other_right, principal=whole)
    lender.paid(loan, "500", right=right)
    for each in (right, other_right):
        each.refresh_from_db()
        assert each.held_for == each.carried_by_now.quantize(cent, "ROUND_DOWN")
    pledging.spread(loan=loan, outstanding=whole)
    assert held_for(loan) == whole - 400
