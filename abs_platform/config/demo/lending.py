"""What is lent in the demonstration: a programme of each financier, a loan of the bank to the bearings maker that is paid back in
part, and another request of its with the bank's offer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from abs_platform.config.demo.cast import Player
from abs_platform.config.sample import trade as sample
from abs_platform.core import clock, jobs
from abs_platform.financing import acceptance, offers, programmes, requests
from abs_platform.financing.lending import payments, services
from abs_platform.financing.lending.models import Loan
from abs_platform.financing.models import Invitation, Offer, Pledge, Programme
from abs_platform.financing.states import PledgeState
from abs_platform.rights.models import Right

ADVANCE_RATES = {3: Decimal("0.70"), 4: Decimal("0.80"), 5: Decimal("0.90")}
ASKED = Decimal("100000.00")
LENT_ON = "LY-PO-2026-0398"
LENT = Decimal("60000.00")
REPAID = Decimal("12000.00")
PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Lent:
    """The bank's programme, and its loan whose pledge is on its way to the registry."""

    programme: Programme
    loan: Loan


def begin(players: Mapping[str, Player]) -> Lent:
    """Both programmes are opened, and the bearings maker takes the bank's offer. All by the same services that the API calls."""
    core = players["core"].actor.home
    bank = programmes.Draft(
        core_enterprise=core,
        name="岳岚集团供应链订单与应收质押融资",
        currency="CNY",
        limit=Decimal("20000000.00"),
        supplier_limit=Decimal("3000000.00"),
        min_rung=3,
        advance_rates=ADVANCE_RATES,
        max_tenor_days=365,
        grace_days=3,
        method="pledge",
        recourse=True,
        annual_rate=Decimal("0.0435"),
        fee_rate=Decimal("0.001"),
        day_count="ACT/360",
    )
    factor = programmes.Draft(
        core_enterprise=core,
        name="岳岚集团无追索应收保理",
        currency="CNY",
        limit=Decimal("8000000.00"),
        supplier_limit=Decimal("1000000.00"),
        min_rung=4,
        advance_rates={4: Decimal("0.85"), 5: Decimal("0.95")},
        max_tenor_days=180,
        grace_days=0,
        method="assignment",
        recourse=False,
        annual_rate=Decimal("0.0620"),
        fee_rate=Decimal("0.003"),
        day_count="ACT/365",
    )
    lender = _opened(players["financier"], players["financier-head"], bank)
    _opened(players["financier2"], players["financier2-head"], factor)
    return Lent(lender, _accepted(players, _offered(players, lender, LENT_ON, LENT, "备货用钢材款")))


def tell(players: Mapping[str, Player], lent: Lent) -> None:
    """What followed: the money, a first repayment, and the next request."""
    _offered(players, lent.programme, sample.ORDER_NUMBER, ASKED, "采购轴承钢，需在月底前付款")
    _paid_out(players, lent.loan)


def _opened(maker: Player, checker: Player, draft: programmes.Draft) -> Programme:
    row = programmes.create(actor=maker.actor, draft=draft)
    row = programmes.propose(actor=maker.actor, programme_id=row.id)
    return programmes.approve(actor=checker.actor, programme_id=row.id, terms=programmes.terms_of(row))


def _offered(
    players: Mapping[str, Player], programme: Programme, order_number: str, amount: Decimal, note: str
) -> Offer:
    """The supplier asks for money on the right of a trade; the bank's second person has approved the offer."""
    supplier = players["supplier"].actor
    right = Right.objects.get(trade__seller=supplier.home, trade__order_number=order_number)
    until = max(clock.today(), right.due_date or clock.today()) + timedelta(days=30)
    asked = requests.create(actor=supplier, draft=requests.Draft([right.id], [programme.id], amount, until, note=note))
    requests.submit(actor=supplier, request_id=asked.id)
    offer = offers.propose(
        actor=players["financier"].actor,
        invitation_id=Invitation.objects.get(request=asked).id,
        draft=offers.Draft(
            amount=amount,
            maturity=until,
            method=programme.method,
            recourse=programme.recourse,
            annual_rate=programme.annual_rate,
            fee_rate=programme.fee_rate,
            day_count=programme.day_count,
            grace_days=programme.grace_days,
            valid_until=clock.now() + timedelta(days=30),
            conditions="放款前须完成质押登记并取得核心企业签收的质押通知书",
        ),
    )
    return offers.approve(actor=players["financier-head"].actor, offer_id=offer.id)


def _accepted(players: Mapping[str, Player], offer: Offer) -> Loan:
    offers.propose_acceptance(actor=players["supplier"].actor, offer_id=offer.id, amount=offer.amount)
    return acceptance.accept(actor=players["supplier-director"].actor, offer_id=offer.id, amount=offer.amount)


def _paid_out(players: Mapping[str, Player], loan: Loan) -> None:
    """Where the registry holds the pledge by now; else the bank waits, as it would."""
    jobs.drain(kinds=("rights.registry", "financing.registered"), patience=PATIENCE, strict=False)
    if Pledge.objects.filter(loan=loan).exclude(state=PledgeState.ACTIVE).exists():
        return
    maker, checker = players["financier"].actor, players["financier-head"].actor
    proposed = services.propose_disbursement(
        actor=maker, loan_id=loan.id, payee_account="江南示例银行苏州分行 3201 0088 0000 6612",
        bank_reference="HYCB-FK-000431", disbursed_on=clock.today(),
    )  # fmt: skip
    services.disburse(actor=checker, loan_id=loan.id, amount=loan.principal, proposal=services.proposal_of(proposed))
    payment = payments.record(
        actor=maker, loan_id=loan.id, payer="supplier", right_id=None, amount=REPAID, received_on=clock.today(),
        bank_reference="HYCB-SK-000432",
    )  # fmt: skip
    payments.confirm(actor=checker, payment_id=payment.id, amount=REPAID)
