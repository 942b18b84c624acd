"""A right that somebody lent on keeps its trade, and what holds it follows the loan to its end."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from abs_platform.config.sample import make
from abs_platform.core import clock, jobs
from abs_platform.core.errors import Conflict, DomainError
from abs_platform.documents import receiving
from abs_platform.documents.models import Document, TaxStatus
from abs_platform.financing import offers, pledging, requests
from abs_platform.financing.lending import services
from abs_platform.financing.lending.models import Loan, Payment
from abs_platform.financing.models import Notice, Offer, Pledge
from abs_platform.parties.actor import PLATFORM
from abs_platform.rights import collecting, encumbrance
from abs_platform.rights import services as rights
from abs_platform.rights.models import Right
from abs_platform.rights.registry.models import RegistryEntry
from abs_platform.trade import withdrawing
from abs_platform.trade.models import Trade
from tests.support.financing import ADVANCE_RATES, Lending, performed, second, until_of
from tests.support.lending import lender_of
from tests.support.papers import DAY, Papers, not_due_yet
from tests.support.world import READING, World, drain

pytestmark = pytest.mark.usefixtures("db")


def told(right: Right) -> list[str]:
    """What the registry is to be told of pledges on a right."""
    kinds = RegistryEntry.objects.filter(right_id=right.id, kind__in=["pledge", "release", "settle"])
    return list(kinds.order_by("id").values_list("kind", flat=True))


def test_documents_behind_a_held_right_cannot_be_withdrawn(world: World) -> None:
    lending = Lending.at(world)
    right = performed(world, "EN-1")
    loan = lending.lend(lending.programme(), [right])
    ids = list(Document.objects.filter(trade_id=right.trade_id).values_list("id", flat=True))
    assert withdrawing.dependents(document_ids=ids)["right_encumbered"] == 1
    with pytest.raises(Conflict) as refused:
        withdrawing.withdraw(actor=world.supplier.actor, document_ids=ids)
    assert refused.value.code == "depended_on"
    pledging.release(actor=PLATFORM, loan=loan)
    assert "right_encumbered" not in withdrawing.dependents(document_ids=ids)


def test_a_trade_that_is_held_is_not_merged_into_another(world: World) -> None:
    """A credit note to the invoice stands alone, the order too; the invoice would make one of both."""
    papers = Papers(number="EN-2")
    [credit, _] = world.supplier.submit({"c": papers.credit(), "o": papers.order()})
    Trade.objects.filter(id=credit.trade_id).update(encumbered=True)
    world.supplier.submit({"i": papers.invoice()})
    assert Trade.objects.filter(id=credit.trade_id, order_number="").exists()
    credit.refresh_from_db()
    assert Document.objects.get(id=credit.id).trade_id == credit.trade_id


def test_a_cancelled_loan_lets_its_rights_go(world: World) -> None:
    lending = Lending.at(world)
    right = performed(world, "EN-3")
    loan = lending.lend(lending.programme(), [right])
    held = Right.objects.get(id=right.id)
    pledge = Pledge.objects.get(loan=loan)
    assert (held.state, held.encumbered_by, held.held_for) == ("encumbered", pledge.id, Decimal(100))
    assert (held.held_rate, held.held_rung) == (Decimal("0.8"), 4)
    timeline = world.core.browser.get(f"rights/{right.id}")["timeline"]
    assert [event["params"] for event in timeline if event["kind"] == "right_encumber"] == [{}], (
        "what was lent is not told"
    )
    pledging.release(actor=world.bank.actor, loan=loan)
    free = Right.objects.select_related("trade").get(id=right.id)
    assert (free.state, free.encumbered_by, free.held_for, free.trade.encumbered) == ("free", None, None, False)
    assert told(right) == ["pledge", "release"]
    assert Notice.objects.get(loan=loan).state == "lifted"
    assert Offer.objects.get(loan=loan).invitation.request.state == "cancelled"
    again = lending.lend(lending.programme(), [free])
    assert Pledge.objects.get(loan=again).state == "active"


@pytest.mark.parametrize(("payer", "state"), [("debtor", "settled"), ("supplier", "free")])
def test_whoever_paid_decides_what_becomes_of_the_right(payer: str, state: str, world: World) -> None:
    lending = Lending.at(world)
    right = performed(world, "EN-4")
    loan = lending.lend(lending.programme(), [right])
    Payment.objects.create(
        loan=loan,
        payer=payer,
        right=right if payer == "debtor" else None,
        amount=right.base,
        received_on=clock.today(),
        bank_reference="B-1",
        state="confirmed",
        maker_id=world.bank.actor.person_id,
        checker_id=lending.funder2.actor.person_id,
    )
    if payer == "debtor":
        collecting.collect(
            actor=world.bank.actor,
            right_id=right.id,
            amount=right.base,
            currency=right.currency,
            received_on=clock.today(),
            reference="B-1",
            source="holder",
            cause="payment:B-1",
        )
    Loan.objects.filter(id=loan.id).update(
        state="settled",
        disbursed_on=clock.today(),
        bank_reference="D-1",
        maker_id=world.bank.actor.person_id,
        checker_id=lending.funder2.actor.person_id,
        ended_at=clock.now(),
    )
    pledging.settle(actor=world.bank.actor, loan=loan)
    over = Right.objects.select_related("trade").get(id=right.id)
    assert (over.state, over.trade.encumbered) == (state, state == "settled")
    assert told(right) == ["pledge", "settle" if state == "settled" else "release"]
    assert Notice.objects.get(loan=loan).state == "lifted"
    assert [grant["state"] for grant in world.bank.browser.rows("grants")] == ["revoked"]
    if state == "settled":
        with pytest.raises(Conflict):
            hold = encumbrance.Hold(right.id, Pledge.objects.get(loan=loan).id, Decimal(1), "CNY", Decimal(1), 4)
            encumbrance.encumber(actor=PLATFORM, holds=[hold])


def test_what_is_paid_back_needs_less_to_carry_it(world: World) -> None:
    lending = Lending.at(world)
    right = performed(world, "EN-5")
    pledge = Pledge.objects.get(loan=lending.lend(lending.programme(), [right]))
    encumbrance.hold_for(pledge_id=pledge.id, amount=Decimal(40))
    assert Right.objects.get(id=right.id).held_for == 40


def test_when_every_funder_declines_the_request_is_declined_and_closed_to_them(world: World) -> None:
    bank = Lending.at(world)
    factor = Lending(world, world.factor, second(world.factor), bank.supplier2)
    right = performed(world, "EN-6")
    programmes = [bank.programme(), factor.programme()]
    draft = requests.Draft([right.id], [row.id for row in programmes], Decimal(100), until_of([right]))
    row = requests.create(actor=world.supplier.actor, draft=draft)
    requests.submit(actor=world.supplier.actor, request_id=row.id)
    for member in (world.bank, world.factor):
        seen = member.browser.get(f"financing/requests/{row.id}")
        [invitation] = seen["invitations"]
        assert len(seen["rights"]) == 1, "and nobody is told who else was asked"
        member.browser.post(f"financing/invitations/{invitation['id']}/decline", {"reason": "limit"})
        assert member.browser.get(f"financing/requests/{row.id}")["hidden_rights"] == 1
    row.refresh_from_db()
    assert row.state == "declined"


def test_an_accepted_offer_supersedes_the_others_and_ends_their_sight(world: World) -> None:
    bank = Lending.at(world)
    factor = Lending(world, world.factor, second(world.factor), bank.supplier2)
    right = performed(world, "EN-7")
    programmes = [bank.programme(), factor.programme()]
    draft = requests.Draft([right.id], [row.id for row in programmes], Decimal(100), until_of([right]))
    row = requests.create(actor=world.supplier.actor, draft=draft)
    requests.submit(actor=world.supplier.actor, request_id=row.id)
    invitations = {each.programme_id: each for each in row.invitations.all()}
    chosen = bank.offered(invitations[programmes[0].id])
    other = factor.offered(invitations[programmes[1].id], annual_rate=Decimal("0.03"))
    loan = bank.accepted(chosen)
    assert Offer.objects.get(id=other.id).state == "superseded"
    assert (Loan.objects.get().id, Pledge.objects.get().holder_id) == (loan.id, world.bank.organisation.id)
    assert len(world.bank.browser.rows("trades")) == 1, "it holds the right, and goes on seeing it"
    assert world.factor.browser.rows("trades") == []


def test_a_suspended_programme_lends_nothing(world: World) -> None:
    lending = Lending.at(world)
    programme, right = lending.programme(), performed(world, "EN-8")
    offer = lending.offered(lending.invited(programme, [right]))
    world.bank.browser.post(f"financing/programmes/{programme.id}/suspend")
    lending.accepting(offer)
    answer = world.supplier.browser.post(f"financing/offers/{offer.id}/accept", {"amount": "100.00"}, status=409)
    assert answer["code"] == "programme_not_active"
    until = until_of([right]).isoformat()
    assert world.supplier.browser.get("financing/eligibility", rights=[str(right.id)], until=until)["programmes"] == []


def test_a_right_that_lost_value_between_offer_and_acceptance_is_not_lent_on(world: World) -> None:
    lending = Lending.at(world)
    right = performed(world, "EN-9")
    offer = lending.accepting(lending.offered(lending.invited(lending.programme(), [right], "700.00")))
    world.supplier.submit({"c": Papers(number="EN-9").credit()})
    answer = world.supplier.browser.post(f"financing/offers/{offer.id}/accept", {"amount": "700.00"}, status=422)
    assert answer["code"] == "right_nothing_left"
    assert Right.objects.get(id=right.id).state == "free" and not Pledge.objects.exists()


def test_a_credit_note_whose_right_waits_to_be_computed_counts_at_once(world: World) -> None:
    lending = Lending.at(world)
    right = performed(world, "EN-11")
    offer = lending.accepting(lending.offered(lending.invited(lending.programme(), [right], "700.00")))
    credit = Papers(number="EN-11").credit()
    receiving.receive(actor=world.supplier.actor, filename="c.xml", stream=io.BytesIO(credit), size=len(credit))
    jobs.drain(kinds=[kind for kind in READING if kind != "rights.compute"])
    assert Right.objects.get(id=right.id).supported > 0, "nobody has come to it yet"
    answer = world.supplier.browser.post(f"financing/offers/{offer.id}/accept", {"amount": "700.00"}, status=422)
    assert answer["code"] == "right_nothing_left"
    assert not Pledge.objects.exists()


def test_what_the_tax_office_said_counts_at_once(world: World) -> None:
    """The invoice is voided while the offer is on the table, and no job has come to it yet."""
    lending = Lending.at(world)
    right = performed(world, "EN-12")
    offer = lending.accepting(lending.offered(lending.invited(lending.programme(min_rung=4), [right], "700.00")))
    TaxStatus.objects.filter(document__trade_id=right.trade_id, document__kind="invoice").update(
        status="voided", checked_at=clock.now(), to_follow=True
    )
    answer = world.supplier.browser.post(f"financing/offers/{offer.id}/accept", {"amount": "700.00"}, status=422)
    assert answer["code"] in ("right_nothing_left", "right_rung_too_low")
    assert not Pledge.objects.exists()


def _without_order(paper: bytes, receipt: str = "") -> bytes:
    """The paper without the order that it names; an invoice names the receipt instead."""
    named = (
        f"<cac:ReceiptDocumentReference><cbc:ID>{receipt}</cbc:ID></cac:ReceiptDocumentReference>" if receipt else ""
    )
    bare = re.sub(rb"<cac:OrderReference>.*?</cac:OrderReference>", b"", paper, flags=re.DOTALL)
    return bare.replace(b"<cac:AccountingSupplierParty>", named.encode() + b"<cac:AccountingSupplierParty>", 1)


@pytest.mark.parametrize("first", ["order", "goods"])
def test_goods_are_not_lent_on_by_their_order_and_again_by_papers_that_do_not_name_it(world: World, first: str) -> None:
    lending = Lending.at(world)
    early = {1: Decimal("0.3"), 2: Decimal("0.4"), **ADVANCE_RATES}
    programme = lending.programme(min_rung=1, advance_rates=early)
    papers = Papers(number="PRE-1")
    due, lines = clock.today() + timedelta(days=60), papers.lines
    receipt = make.receipt_xml(
        seller=papers.seller, buyer=papers.buyer, number="GR-77", issue_date=DAY, order_number="", despatch_number="",
        lines=lines,
    )  # fmt: skip
    invoice = make.invoice_xml(
        seller=papers.seller, buyer=papers.buyer, number="INV-77777777", issue_date=DAY, order_number="", lines=lines,
        due_date=due,
    )  # fmt: skip
    for document in world.supplier.submit(
        {"o": papers.order(), "r": _without_order(receipt), "i": _without_order(invoice, "GR-77")}
    ):
        world.core.decide(document)
    drain()
    by_order, by_goods = Right.objects.order_by("trade__provisional")
    assert (by_order.trade.order_number, by_goods.trade.order_number, by_goods.rung) == ("PRE-1", "", 4)
    with pytest.raises(DomainError) as both:
        lending.invited(programme, [by_order, by_goods], "100.00")
    assert both.value.code == "right_goods_lent_on"
    held, other = (by_order, by_goods) if first == "order" else (by_goods, by_order)
    offer = lending.accepting(lending.offered(lending.invited(programme, [other], "100.00")))
    lending.lend(programme, [held], "200.00")
    answer = world.supplier.browser.post(f"financing/offers/{offer.id}/accept", {"amount": "100.00"}, status=422)
    assert answer["code"] == "right_goods_lent_on"
    assert set(Pledge.objects.values_list("right", flat=True)) == {held.id}


def ask(lending: Lending, right: Right) -> None:
    """The supplier asks, and thinks again."""
    request = lending.invited(lending.programme(), [right]).request
    requests.withdraw(actor=lending.world.supplier.actor, request_id=request.id)


def lend(lending: Lending, right: Right) -> None:
    """The bank lends, and cancels the loan before any money is out."""
    loan = lending.lend(lending.programme(), [right])
    services.cancel(actor=lending.funder.actor, loan_id=loan.id, reason="thought better of it")


@pytest.mark.parametrize("once", [ask, lend])
def test_papers_that_tie_a_trade_to_its_order_are_filed_though_somebody_asked_or_lent_on_it(
    world: World, once: Callable[[Lending, Right], None]
) -> None:
    """What was asked and lent stays on record of the trade, which stays itself; else no paper could be filed beside it."""
    papers = Papers(number="TIE-1", due=not_due_yet())
    bare = {
        "r": _without_order(papers.receipt(number="GR-1")),
        "i": _without_order(papers.invoice(number="INV-1"), "GR-1"),
    }
    goods = world.supplier.submit(bare)
    for document in goods:
        world.core.decide(document)
    drain()
    right = Right.objects.get()
    once(Lending.at(world), right)
    named = b"<cac:ReceiptDocumentReference><cbc:ID>GR-1</cbc:ID></cac:ReceiptDocumentReference>"
    before = b"<cac:AccountingSupplierParty>"
    tying = papers.invoice(number="INV-2").replace(before, named + before, 1)
    [order, second_invoice] = world.supplier.submit({"o": papers.order(), "t": tying})
    assert second_invoice.trade_id == order.trade_id != right.trade_id


def test_a_right_that_grew_while_it_was_pledged_is_not_over_before_its_debtor_paid_all_of_it(world: World) -> None:
    right = performed(world, "EN-13")
    lender = lender_of(world)
    loan = lender.disbursed(right, principal=Decimal(100))
    Pledge.objects.filter(loan=loan).update(base=Decimal(200))  # a fifth of it had been accepted then
    lender.paid(loan, "300", right=right)
    loan.refresh_from_db()
    right.refresh_from_db()
    assert (loan.state, loan.pledges.get().state) == ("settled", "released")
    assert right.state == "free" and right.base > 0


def test_offers_are_bounded(world: World) -> None:
    lending = Lending.at(world)
    right = performed(world, "EN-10")
    right.due_date = right.expected_due_date = clock.today() + timedelta(days=60)
    right.save(update_fields=["due_date", "expected_due_date"])
    invitation = lending.invited(lending.programme(), [right])
    for change, code in (
        ({"amount": Decimal("100.01")}, "amount_above_request"),
        ({"amount": Decimal("99.999")}, "amount_invalid"),
        ({"valid_until": clock.now() + timedelta(days=91)}, "validity_invalid"),
        ({"valid_until": clock.now()}, "validity_invalid"),
        ({"maturity": clock.today() + timedelta(days=59)}, "right_due_after_maturity"),
        ({"maturity": clock.today() + timedelta(days=366)}, "tenor_too_long"),
    ):
        with pytest.raises(DomainError) as refused:
            lending.proposed(invitation, **change)
        assert refused.value.code == code
    lending.proposed(invitation)
    with pytest.raises(Conflict):
        lending.proposed(invitation)
    assert offers.expire() == 0


def test_the_tax_office_is_asked_more_often_about_what_is_pledged(world: World) -> None:
    lending = Lending.at(world)
    right = performed(world, "EN-11")
    status = TaxStatus.objects.get(document__trade_id=right.trade_id, document__kind="invoice")
    loan = lending.lend(lending.programme(), [right])
    status.refresh_from_db()
    assert status.reliance == "pledge"
    rights.compute(trade_id=right.trade_id)
    status.refresh_from_db()
    assert status.reliance == "pledge"
    pledging.release(actor=PLATFORM, loan=loan)
    status.refresh_from_db()
    assert status.reliance == "right"
