"""Money that somebody would like to have twice, sooner, or on nothing; and what a past lender would like to go on seeing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from abs_platform.config.sample.make import Company, credit_code
from abs_platform.core import clock
from abs_platform.core.errors import Conflict, NotFound
from abs_platform.financing import programmes, requests
from abs_platform.financing.lending import journal, owing, payments, services
from abs_platform.financing.lending.models import Entry, Loan, Payment
from abs_platform.financing.models import Programme, RequestedRight
from abs_platform.rights import holding, reading
from abs_platform.rights.models import Right
from abs_platform.rights.services import compute
from abs_platform.risk.models import Alert
from abs_platform.trade import selectors as trades
from abs_platform.trade import signing, statements
from tests.lending.conftest import DUE
from tests.rights.rules_of_collections import told as tell
from tests.support.financing import Lending, programme_draft, register, second
from tests.support.lending import Lender
from tests.support.papers import Papers, not_due_yet
from tests.support.world import drain

pytestmark = pytest.mark.usefixtures("db")


def parts_of(payment: Payment) -> dict[str, Decimal]:
    return {each.part: each.amount for each in payment.allocations.all()}


def reversed_by_two(lender: Lender, payment: Payment) -> None:
    payments.propose_reversal(actor=lender.maker.actor, payment_id=payment.id, reason="never came")
    payments.reverse(actor=lender.checker.actor, payment_id=payment.id)


def test_a_payment_that_never_came_leaves_the_next_one_no_surplus(lender: Lender, right: Right) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        loan = lender.disbursed(right, principal=Decimal(1000), fee_rate=Decimal(0))
    reversed_by_two(lender, lender.paid(loan, "900.00", on=clock.today() - timedelta(days=15)))
    real = lender.paid(loan, "900.00", on=clock.today() - timedelta(days=10))
    interest = Decimal("1.67")  # of 1,000.00 at 6 % for ten days, in one span: what came in between never came
    assert parts_of(real) == {"interest": interest, "principal": 900 - interest}
    assert journal.balance(loan=loan)["payable_to_supplier"] == 0


def test_what_was_owed_on_a_day_stays_so_whatever_is_reversed_later(lender: Lender, right: Right) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        loan = lender.disbursed(right, principal=Decimal(1000), fee_rate=Decimal(0))
    payment = lender.paid(loan, "900.00", on=clock.today() - timedelta(days=10))
    days = [clock.today() - timedelta(days=days) for days in (11, 10, 5, 1)]
    loan.refresh_from_db()
    then = [owing.owed(loan, day) for day in days]
    assert then[2].interest == Decimal("0.08"), "of the 101.67 that were left, for five days"
    reversed_by_two(lender, payment)
    assert [owing.owed(loan, day) for day in days] == then
    assert owing.owed(loan, clock.today()).total == Decimal("1003.33")


def test_what_came_before_a_loan_was_written_off_comes_back_from_the_loss(lender: Lender, right: Right) -> None:
    with clock.at(clock.now() - timedelta(days=20)):
        loan = lender.disbursed(right, annual_rate=Decimal(0), fee_rate=Decimal(0), days=10)
    services.propose_write_off(actor=lender.maker.actor, loan_id=loan.id, reason="gone")
    services.write_off(actor=lender.checker.actor, loan_id=loan.id, amount=Decimal(1000))
    late = lender.paid(loan, "400.00", on=clock.today() - timedelta(days=5))
    assert parts_of(late) == {"recovery": Decimal(400)}
    held = journal.balance(loan=loan)
    assert (held["principal_receivable"], held["loss"]) == (0, 600)
    assert journal.balance(loan=loan, as_of=clock.today() - timedelta(days=1))["loss"] == 0, "nothing was lost yet"


def test_what_came_before_a_write_off_is_booked_with_it_and_can_be_reversed(lender: Lender, right: Right) -> None:
    """Nobody reverses a write-off, so what came before it and is told later cannot wait for that."""
    with clock.at(clock.now() - timedelta(days=20)):
        loan = lender.disbursed(right, fee_rate=Decimal(0), days=10)
    services.propose_write_off(actor=lender.maker.actor, loan_id=loan.id, reason="gone")
    services.write_off(actor=lender.checker.actor, loan_id=loan.id, amount=Decimal("1003.33"))
    later = lender.paid(loan, "400.00", on=clock.today() - timedelta(days=3))
    earlier = lender.paid(loan, "100.00", on=clock.today() - timedelta(days=5))
    assert (parts_of(later), parts_of(earlier)) == ({"recovery": Decimal(400)}, {"recovery": Decimal(100)})
    assert journal.balance(loan=loan)["loss"] == Decimal("503.33")
    assert journal.balance(loan=loan, as_of=clock.today() - timedelta(days=1))["loss"] == 0, "nothing was lost yet"
    reversed_by_two(lender, earlier)
    reversed_by_two(lender, later)
    assert journal.balance(loan=loan)["loss"] == Decimal("1003.33")


def test_no_counter_entry_is_booked_before_what_it_takes_back(lender: Lender, right: Right) -> None:
    """At one in the morning in Beijing it is still yesterday in UTC."""
    loan = lender.disbursed(right)
    with clock.at(datetime.combine(clock.today() + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=17)):
        payment = lender.paid(loan, "100.00", on=clock.today())
        reversed_by_two(lender, payment)
        days = Entry.objects.filter(loan=loan, kind="reversal").values_list("booked_on", flat=True)
        assert set(days) == {payment.received_on}


def test_nothing_is_paid_out_on_a_right_that_shrank_since_it_was_pledged(lender: Lender, right: Right) -> None:
    shrunk, loan = Right.objects.filter(id=right.id), lender.lend(right)
    shrunk.update(base=Decimal(1000), supported=0, poolable=False)
    with pytest.raises(Conflict, match="carries 800") as refused:
        lender.propose(loan)
    assert refused.value.code == "right_shrank"
    shrunk.update(base=right.base)
    lender.propose(loan)
    shrunk.update(base=0)
    with pytest.raises(Conflict, match="carries 0"):
        lender.disburse(loan)
    assert not Entry.objects.exists()
    assert Loan.objects.get(id=loan.id).state == "disbursement_proposed"


def test_nothing_is_paid_out_on_a_right_that_fell_below_the_rung_it_was_lent_on(lender: Lender) -> None:
    """What was accepted is worth what it was; but the debtor disputes the invoice that made the funder lend, a moment ago."""
    way, core = lender.way, lender.world.core
    papers = {row.kind: row for row in lender.world.supplier.submit(Papers(number="FELL-1", due=not_due_yet()).all())}
    for kind in ("order", "receipt_advice"):
        core.decide(papers[kind])
    right = Right.objects.get(trade__order_number="FELL-1")
    loan = way.lend(way.programme(min_rung=4), [right])
    row = trades.queued(actor=core.actor, document_id=papers["invoice"].id)
    seen = statements.digest_of(statements.content_of(row, trades.compared(row.trade)))
    signing.decide(
        actor=core.actor, document_id=row.document_id, decision="dispute", content_digest=seen, reason="never ordered"
    )
    with pytest.raises(Conflict, match="carries 0") as refused:
        lender.propose(loan)
    assert refused.value.code == "right_shrank"


def test_a_right_that_rose_before_it_was_lent_on_carries_less_once_it_fell_again(lender: Lender, right: Right) -> None:
    way = lender.way
    invitation = way.invited(way.programme(), [right], "1000.00")
    RequestedRight.objects.update(rung=3)  # on which it was asked; the invoice came since
    loan = way.accepted(way.offered(invitation))
    register(loan)
    Right.objects.update(rung=3, base=Decimal(1300), supported=0, poolable=False)
    with pytest.raises(Conflict, match=r"carries 910\.00") as refused:  # 70 %, not the 80 % of rung 4
        lender.propose(loan)
    assert refused.value.code == "right_shrank"


def test_nothing_is_paid_out_on_as_many_yen_as_there_were_yuan(lender: Lender, right: Right) -> None:
    loan = lender.lend(right)
    Right.objects.update(currency="JPY")  # the debtor confirmed what was corrected
    with pytest.raises(Conflict, match="carries 0") as refused:
        lender.propose(loan)
    assert refused.value.code == "right_shrank"


def test_who_lent_in_yuan_is_told_where_the_right_is_in_yen_by_now(lender: Lender, right: Right) -> None:
    loan = lender.disbursed(right)
    Right.objects.update(currency="JPY")
    right.refresh_from_db()
    [seen] = holding.endangered(right.trade, right)
    assert (seen.rule, seen.amount, seen.currency) == ("encumbered_right_shrank", loan.principal, "CNY")
    assert dangers(lender) == {"rights_shrank": f"/loans/{loan.id}"}


def test_a_payment_in_another_currency_takes_nothing_from_a_right(lender: Lender, right: Right) -> None:
    """It was told while the right was in yuan; its documents were corrected since."""
    tell(right, currency="JPY")
    assert reading.read(right.trade).paid == []
    tell(right, currency="CNY")
    assert [each.amount for each in reading.read(right.trade).paid] == [1]


def test_who_lent_is_told_where_only_the_rung_fell(lender: Lender) -> None:
    """The debtor disputes the invoice after the money is out: as much is accepted as before, and less of it is sure."""
    way, core = lender.way, lender.world.core
    papers = {row.kind: row for row in lender.world.supplier.submit(Papers(number="FELL-2", due=not_due_yet()).all())}
    for kind in ("order", "receipt_advice"):
        core.decide(papers[kind])
    right = Right.objects.get(trade__order_number="FELL-2")
    loan = way.lend(way.programme(min_rung=4), [right])
    lender.propose(loan)
    lender.disburse(loan)
    core.decide(papers["invoice"], "dispute", "never ordered")
    drain()
    right.refresh_from_db()
    assert (right.rung, right.held_rung) == (3, 4) and right.carried_by_now > loan.principal
    rules = Alert.objects.filter(subject_id=right.trade_id, rule__startswith="encumbered_right")
    assert rules.values_list("rule", "severity").get() == ("encumbered_right_fell", "high")
    compute(trade_id=right.trade_id)
    assert rules.count() == 1, "once"
    assert dangers(lender) == {"rights_fell": f"/loans/{loan.id}"}
    row = Loan.objects.select_related("offer").get(id=loan.id)
    lender.paid(loan, str(owing.owed(row, clock.today()).total))
    assert dangers(lender) == {}


def dangers(lender: Lender) -> dict[str, str]:
    """What the lender's first page says endangers its money, and where."""
    tasks = lender.maker.browser.get("home")["tasks"]
    return {each["code"]: each["link"] for each in tasks if each["count"] and each["code"].startswith("rights_")}


def test_who_was_paid_back_learns_no_more_of_the_right(lender: Lender, right: Right) -> None:
    loan = lender.disbursed(right, fee_rate=Decimal(0))
    path = f"financing/pledges/{loan.pledges.get().id}"
    told = {"base_now": "159153.72", "rung": 4, "due_date": DUE.isoformat(), "right_state": "encumbered"}
    assert told.items() <= lender.maker.browser.get(path).items()
    lender.paid(loan, "1000.00")
    assert dict.fromkeys(told) == {name: lender.maker.browser.get(path)[name] for name in told}
    assert lender.world.supplier.browser.get(path)["right_state"] == "free"


@pytest.mark.parametrize("payer", ["supplier", "debtor"])
def test_who_held_a_right_reads_no_more_of_who_would_win(lender: Lender, right: Right, payer: str) -> None:
    loan = lender.disbursed(right)
    path = f"rights/{right.id}/priority"
    assert lender.maker.browser.get(path)["pledged"]["mine"]
    lender.paid(loan, str(right.base), right=right if payer == "debtor" else None)
    lender.maker.browser.get(path, status=404)


def test_nobody_lends_to_itself_or_on_its_own_debts(lender: Lender) -> None:
    house = lender.world.member("house", None, "core_enterprise", "financier")
    with pytest.raises(NotFound):
        programmes.create(actor=house.actor, draft=programme_draft(lender.world, core_enterprise=house.organisation.id))
    company = Company(name="供应与融资公司", credit_code=credit_code("110000", "MA0DEM77"))
    both = lender.world.member("both", company, "supplier", "financier")
    way = Lending(lender.world, both, second(both), second(both, "both-3"))
    for document in both.submit(Papers(number="PO-9", seller=company, due=not_due_yet()).all()):
        if document.kind in ("order", "receipt_advice"):
            lender.world.core.decide(document)
    drain()
    right = Right.objects.get(trade__seller=both.organisation)
    draft = requests.Draft([right.id], [way.programme().id], Decimal(100), right.due_date + timedelta(days=1))
    with pytest.raises(NotFound):
        requests.create(actor=both.actor, draft=draft)


def test_a_programme_that_lent_keeps_its_debtor_and_its_currency(lender: Lender, right: Right) -> None:
    """Else its funder could turn to whom money was lent, and count yuan against a limit in dollars."""
    lender.disbursed(right)
    row, maker, world = Programme.objects.get(), lender.maker.actor, lender.world
    for act in (programmes.suspend, programmes.resume, programmes.send_back):
        act(actor=maker, programme_id=row.id)
    assert not world.supplier.browser.rows("financing/programmes"), "what is being changed is its funder's own"
    for other in ({"core_enterprise": world.project.organisation.id}, {"currency": "USD"}):
        with pytest.raises(Conflict) as refused:
            programmes.change(actor=maker, programme_id=row.id, draft=programme_draft(world, **other))
        assert refused.value.code == "programme_in_use"
    programmes.change(actor=maker, programme_id=row.id, draft=programme_draft(world, limit=Decimal(2_000_000)))


@pytest.mark.parametrize("edge", ["0001-01-01", "9999-12-31"])
def test_no_day_leads_out_of_the_calendar(lender: Lender, right: Right, edge: str) -> None:
    lender.disbursed(right)
    for path in (
        "dues/calendar?side=receivable&first={}&last={}", "dues?side=receivable&on={}", "statements?until={}",
        "statements?since={}", "statements/export?since={}", "loans?lent_on={}", "loans/export?due_until={}",
        "portfolio?as_of={}", "trial-balance?as_of={}",
    ):  # fmt: skip
        for member in (lender.world.supplier, lender.maker):
            answer = member.browser.send("GET", f"financing/{path.format(edge, edge)}")
            assert answer.status_code in (403, 422), path
