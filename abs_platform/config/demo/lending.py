"""What is lent in the demonstration: a programme of each financier, and the bearings maker's request with the bank's offer."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from abs_platform.config.demo.cast import Player
from abs_platform.config.sample import trade as sample
from abs_platform.core import clock
from abs_platform.financing import offers, programmes, requests
from abs_platform.financing.models import Invitation, Programme
from abs_platform.rights.models import Right

ADVANCE_RATES = {3: Decimal("0.70"), 4: Decimal("0.80"), 5: Decimal("0.90")}
ASKED = Decimal("100000.00")


def tell(players: Mapping[str, Player]) -> None:
    """Play it through the same services that the API calls."""
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
    _asked(players, lender)


def _opened(maker: Player, checker: Player, draft: programmes.Draft) -> Programme:
    row = programmes.create(actor=maker.actor, draft=draft)
    row = programmes.propose(actor=maker.actor, programme_id=row.id)
    return programmes.approve(actor=checker.actor, programme_id=row.id, terms=programmes.terms_of(row))


def _asked(players: Mapping[str, Player], programme: Programme) -> None:
    """The sample trade's right supports it; the bank's second person has approved the offer, and the supplier decides."""
    supplier = players["supplier"].actor
    right = Right.objects.get(trade__seller=supplier.home, trade__order_number=sample.ORDER_NUMBER)
    until = max(clock.today(), right.due_date or clock.today()) + timedelta(days=30)
    draft = requests.Draft([right.id], [programme.id], ASKED, until, note="采购轴承钢，需在月底前付款")
    asked = requests.create(actor=supplier, draft=draft)
    requests.submit(actor=supplier, request_id=asked.id)
    offer = offers.propose(
        actor=players["financier"].actor,
        invitation_id=Invitation.objects.get(request=asked).id,
        draft=offers.Draft(
            amount=ASKED,
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
    offers.approve(actor=players["financier-head"].actor, offer_id=offer.id)
