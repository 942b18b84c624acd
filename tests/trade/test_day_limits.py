"""Frauds by one person against the limits of the desk: many small pieces, small payments, two rights at once."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from abs_platform.config.demo import cast
from abs_platform.core import clock
from abs_platform.core.errors import DomainError
from abs_platform.trade import signing
from abs_platform.trade.desk import delegating
from abs_platform.trade.desk.entering import Waiting
from abs_platform.trade.desk.rules import Act, of_a_day
from abs_platform.trade.models import LoneConfirmation, PaymentConfirmation, TradeDocument
from tests.support.papers import Papers, line
from tests.support.signing_desk import colleague, digest_now, limits
from tests.support.world import Member, World

pytestmark = pytest.mark.usefixtures("db")


def orders(world: World, *prices: str) -> list[UUID]:
    """Orders over 100 pieces (13 % tax), by what a piece costs."""
    files = {f"{n}": Papers(number=f"DAY-{n}", lines=(line(price=price),)).order() for n, price in enumerate(prices)}
    return [document.id for document in world.supplier.submit(files)]


def confirm(member: Member, document_id: UUID, on_behalf_of: UUID | None = None) -> str:
    """ "" where it was confirmed, else the code of the refusal."""
    digest = digest_now(member.actor, document_id)
    try:
        signing.decide(
            actor=member.actor,
            document_id=document_id,
            decision="confirm",
            content_digest=digest,
            on_behalf_of=on_behalf_of,
        )
    except DomainError as error:
        return error.code
    return ""


def test_a_large_amount_is_not_confirmed_in_many_small_pieces(world: World) -> None:
    second = colleague(world, "second")
    limits(world, second, one=2500)
    first, next_one, too_much = orders(world, "10.00", "10.00", "10.00")  # 1,130 each
    assert confirm(world.core, first) == confirm(world.core, next_one) == ""
    assert confirm(world.core, too_much) == "day_limit_reached"
    assert TradeDocument.objects.get(document=too_much).confirmation == "pending"
    # Together, under one signature: no way round it either; proposed, a second person signs.
    body = {"documents": [{"id": str(too_much), "content_digest": digest_now(world.core.actor, too_much)}]}
    assert world.core.browser.post("confirmations/manifests", body, status=409)["code"] == "day_limit_reached"
    proposal = world.core.browser.post("confirmations/proposals", body, status=201)
    second.browser.post(f"confirmations/proposals/{proposal['id']}/check", {})
    assert TradeDocument.objects.get(document=too_much).confirmation == "confirmed"


def test_neither_another_right_nor_a_program_opens_a_second_limit(world: World) -> None:
    second, helper = colleague(world, "second"), colleague(world, "helper")
    limits(world, second, one=2500)
    first, next_one, third = orders(world, "10.00", "10.00", "10.00")
    delegating.delegate(actor=world.core.actor, delegate_id=helper.person_id, until=clock.today())
    assert confirm(world.core, first) == confirm(helper, next_one) == ""
    # The helper's own and its principal's acts both count where it acts in the other's right.
    assert confirm(helper, third, world.core.person_id) == "day_limit_reached"
    assert confirm(second, third) == ""  # who confirmed nothing yet has its own limit


def test_the_papers_of_one_trade_count_once_and_other_suppliers_apart(world: World) -> None:
    limits(world, colleague(world, "second"), one=1200)
    papers = Papers(number="DAY-9", lines=(line(price="10.00"),))
    files = world.supplier.submit(papers.all())
    for document in files:
        if document.kind in ("order", "receipt_advice", "invoice"):
            assert confirm(world.core, document.id) == "", document.kind  # the same 1,130 three times
    theirs = Papers(number="DAY-1", seller=cast.CASTINGS, lines=(line(price="10.00"),)).order()
    [other] = world.castings.submit({"o": theirs})
    assert confirm(world.core, other.id) == ""
    assert LoneConfirmation.objects.count() == 4


def pay(member: Member, trade_id: UUID, amount: str) -> PaymentConfirmation | Waiting:
    return signing.confirm_payment(
        actor=member.actor,
        trade_id=trade_id,
        content_digest=member.payment_digest(trade_id),
        amount=Decimal(amount),
        due_date=date(2027, 1, 31),
        account="6200000000000418018",
    )


def test_small_payments_add_up_too(world: World) -> None:
    second = colleague(world, "second")
    limits(world, second, one=1000)
    files = {f"{n}": Papers(number=f"PAY-{n}", lines=(line(price="20.00"),)).order() for n in range(2)}
    first, next_one = (document.trade_id for document in world.supplier.submit(files))
    assert first and next_one
    assert isinstance(pay(world.core, first, "600.00"), PaymentConfirmation)
    waiting = pay(world.core, next_one, "600.00")
    assert isinstance(waiting, Waiting) and (waiting.people, waiting.entered) == (2, 1)
    assert not PaymentConfirmation.objects.filter(trade=next_one).exists()
    assert isinstance(pay(second, next_one, "600.00"), PaymentConfirmation), (
        "who confirmed nothing yet has its own limit"
    )


def test_what_a_day_comes_to() -> None:
    seller, trade, other = UUID(int=1), UUID(int=2), UUID(int=3)

    def act(trade: UUID, subject: int, kind: str, amount: int | None) -> Act:
        return Act(seller, trade, UUID(int=subject), kind, None if amount is None else Decimal(amount), "CNY")

    order, invoices = act(trade, 10, "order", 100), [act(trade, 11, "invoice", 70), act(trade, 12, "invoice", 60)]
    assert of_a_day([order, *invoices]) == {seller: {"CNY": Decimal(130)}}  # the kind that adds up to most
    assert of_a_day([order, order, act(other, 13, "order", -5)]) == {seller: {"CNY": Decimal(105)}}
    assert of_a_day([order, act(other, 14, "receipt_advice", None)]) == {seller: {"CNY": None}}
    assert of_a_day([]) == {}
