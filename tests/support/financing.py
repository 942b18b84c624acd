"""Lending in a world: second people, programmes, requests, offers, loans; past HTTP, by the same services."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from abs_platform.core import clock
from abs_platform.financing import acceptance, offers, pledging, programmes, requests
from abs_platform.financing.lending import payments, payouts, services
from abs_platform.financing.lending.models import Loan, Payment
from abs_platform.financing.models import Invitation, Notice, Offer, Pledge, Programme, Request
from abs_platform.rights import collecting
from abs_platform.rights.models import Right
from tests.support.papers import Papers, line, not_due_yet
from tests.support.world import Member, World, drain

LIMIT = Decimal(1_000_000)
ACCOUNT = "江南示例银行 6222 0000"
ADVANCE_RATES = {rung: Decimal(rate) for rung, rate in ((3, "0.70"), (4, "0.80"), (5, "0.90"))}


def second(member: Member, username: str = "") -> Member:
    """Another person (and program) of the same organisation."""
    return Member(member.organisation, username or f"{member.username}-2", member.roles)


def performed(
    world: World,
    number: str,
    price: str = "10.00",
    *,
    seller: Member | None = None,
    confirmed: Sequence[str] = ("order", "receipt_advice", "invoice"),
) -> Right:
    """A right over 100 pieces whose papers the core enterprise confirmed, all of them: on rung 4."""
    seller = seller or world.supplier
    papers = Papers(number=number, lines=(line(price=price),), due=not_due_yet())
    for document in seller.submit(papers.all()):
        if document.kind in confirmed:
            world.core.decide(document)
    drain()
    return Right.objects.select_related("trade").get(trade__seller=seller.organisation, trade__order_number=number)


def programme_draft(world: World, **more: Any) -> programmes.Draft:  # Any: fields of a draft
    draft = programmes.Draft(
        core_enterprise=world.core.organisation.id,
        name="订单与应收融资",
        currency="CNY",
        limit=LIMIT,
        supplier_limit=LIMIT,
        min_rung=3,
        advance_rates=ADVANCE_RATES,
        max_tenor_days=365,
        grace_days=3,
        method="assignment",
        recourse=True,
        annual_rate=Decimal("0.0435"),
        fee_rate=Decimal("0.002"),
        day_count="ACT/360",
    )
    return replace(draft, **more)


def until_of(rights: Sequence[Right]) -> date:
    """A day of repayment after all of them are due."""
    return max([clock.today(), *(right.due_date for right in rights if right.due_date)]) + timedelta(days=30)


@dataclass
class Lending:
    """A funder and a supplier with two people each, who can be brought to any point on the way to a loan."""

    world: World
    funder: Member
    funder2: Member
    supplier2: Member

    @classmethod
    def at(cls, world: World) -> "Lending":
        """The bank lends to the supplier."""
        return cls(world, world.bank, second(world.bank), second(world.supplier))

    def programme(self, **more: Any) -> Programme:  # Any: fields of a draft
        """An active programme."""
        row = programmes.create(actor=self.funder.actor, draft=programme_draft(self.world, **more))
        row = programmes.propose(actor=self.funder.actor, programme_id=row.id)
        return programmes.approve(actor=self.funder2.actor, programme_id=row.id, terms=programmes.terms_of(row))

    def drafted(self, programme: Programme, rights: Sequence[Right], amount: str = "100.00") -> Request:
        """A request that is not submitted yet."""
        draft = requests.Draft([r.id for r in rights], [programme.id], Decimal(amount), until_of(rights))
        return requests.create(actor=self.world.supplier.actor, draft=draft)

    def invited(self, programme: Programme, rights: Sequence[Right], amount: str = "100.00") -> Invitation:
        """A submitted request."""
        row = self.drafted(programme, rights, amount)
        requests.submit(actor=self.world.supplier.actor, request_id=row.id)
        return Invitation.objects.get(request=row)

    def proposed(self, invitation: Invitation, **more: Any) -> Offer:  # Any: fields of a draft
        """An offer of all that was asked for, by the second person of the funder."""
        draft = offers.Draft(
            amount=invitation.request.amount,
            maturity=invitation.request.until,
            method="assignment",
            recourse=True,
            annual_rate=Decimal("0.0435"),
            fee_rate=Decimal("0.002"),
            day_count="ACT/360",
            grace_days=3,
            valid_until=clock.now() + timedelta(days=7),
        )
        return offers.propose(actor=self.funder2.actor, invitation_id=invitation.id, draft=replace(draft, **more))

    def offered(self, invitation: Invitation, **more: Any) -> Offer:  # Any: fields of a draft
        """An offer that the supplier may accept."""
        return offers.approve(actor=self.funder.actor, offer_id=self.proposed(invitation, **more).id)

    def accepting(self, offer: Offer) -> Offer:
        """An offer that the supplier's second person wants to accept."""
        return offers.propose_acceptance(actor=self.supplier2.actor, offer_id=offer.id, amount=offer.amount)

    def accepted(self, offer: Offer) -> Loan:
        """An offer that was accepted: pledges being registered, and a loan that waits for them."""
        self.accepting(offer)
        return acceptance.accept(actor=self.world.supplier.actor, offer_id=offer.id, amount=offer.amount)

    def lend(self, programme: Programme, rights: Sequence[Right], amount: str = "100.00") -> Loan:
        """All the way to a loan whose pledges are registered."""
        loan = self.accepted(self.offered(self.invited(programme, rights, amount)))
        register(loan)
        return loan


def register(loan: Loan) -> None:
    """The registry answers that it holds every pledge of a loan."""
    for pledge in Pledge.objects.filter(loan=loan).order_by("id"):
        pledging.registered(pledge_id=pledge.id)


def proposal_now(loan: Loan) -> str:
    """The digest of the disbursement that is proposed now."""
    return services.proposal_of(Loan.objects.get(id=loan.id))


@dataclass
class FinancingStage:
    """One of everything between the bank and the supplier that the API gives addresses to."""

    ids: dict[str, str]
    right: Right
    programme: Programme


def _loans(lending: Lending, programme: Programme) -> dict[str, Any]:  # Any: rows of many models
    """A loan that is out, with a payment on it, and the surplus of one that was paid back; what the supplier was paid."""
    right, world, today = performed(lending.world, "FIN-3"), lending.world, clock.today()
    maker, checker = lending.funder.actor, lending.funder2.actor

    def lend() -> Loan:
        loan = lending.lend(programme, [right])
        reference = f"OUT-{loan.id}"
        services.propose_disbursement(
            actor=maker, loan_id=loan.id, payee_account=ACCOUNT, bank_reference=reference, disbursed_on=today
        )
        return services.disburse(actor=checker, loan_id=loan.id, amount=loan.principal, proposal=proposal_now(loan))

    def pay(loan: Loan, amount: str) -> Payment:
        row = payments.record(
            actor=maker, loan_id=loan.id, payer="supplier", right_id=None, amount=Decimal(amount), received_on=today,
            bank_reference="IN-1",
        )  # fmt: skip
        return payments.confirm(actor=checker, payment_id=row.id, amount=row.amount)

    settled = lend()
    pay(settled, "200.00")
    payout = payouts.record(actor=maker, loan_id=settled.id, amount=Decimal(50), paid_on=today, bank_reference="BACK-1")
    payouts.confirm(actor=checker, payout_id=payout.id, amount=payout.amount)
    loan = lend()
    collection = collecting.tell(
        actor=world.supplier.actor, right_id=right.id, amount=Decimal(1), received_on=today, reference="PAID-1"
    )
    return {
        "loan": loan, "payment": pay(loan, "10.00"), "payout": payout, "paid_right": right, "collection": collection,
    }  # fmt: skip


def make_financing_stage(world: World) -> FinancingStage:
    """Play it."""
    lending = Lending.at(world)
    free, held = performed(world, "FIN-1"), performed(world, "FIN-2")
    programme = lending.programme()
    drafted = programmes.create(actor=world.bank.actor, draft=programme_draft(world))
    proposed = programmes.create(actor=world.bank.actor, draft=programme_draft(world))
    programmes.propose(actor=lending.funder2.actor, programme_id=proposed.id)
    suspended = lending.programme()
    programmes.suspend(actor=world.bank.actor, programme_id=suspended.id)
    invitation = lending.invited(programme, [free])
    loan = lending.lend(programme, [held])
    rows: dict[str, Any] = {  # Any: rows of many models
        **_loans(lending, programme),
        "programme": programme,
        "drafted_programme": drafted,
        "proposed_programme": proposed,
        "suspended_programme": suspended,
        "drafted_request": lending.drafted(programme, [free]),
        "financing_request": invitation.request,
        "invitation": invitation,
        "proposed_offer": lending.proposed(lending.invited(programme, [free])),
        "offer": lending.offered(lending.invited(programme, [free])),
        "accepting_offer": lending.accepting(lending.offered(lending.invited(programme, [free]))),
        "pledge": Pledge.objects.get(loan=loan),
        "notice": Notice.objects.get(loan=loan),
    }
    return FinancingStage({name: str(row.id) for name, row in rows.items()}, free, programme)
