"""A payment above the limits is signed once as many people as these ask for entered the same, each alone."""

import json
from typing import Any

import pytest

from abs_platform.crypto import sm2
from abs_platform.trade.models import PaymentConfirmation, PaymentEntry, Trade
from tests.support.papers import Papers, line
from tests.support.signing_desk import colleague, limits, own_key
from tests.support.world import Member, World

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def trade(world: World) -> Trade:
    papers = Papers(number="PO-3", lines=(line("1", "100", "1000.00"),))  # 113,000.00 with tax
    world.supplier.submit({"order.xml": papers.order(), "invoice.xml": papers.invoice()})
    return Trade.objects.get()


def entered(member: Member, trade: Trade, status: int, *, path: str = "", by: str = "browser", **other: object) -> Any:
    """The answer to one person's, or program's, entry."""
    body = {
        "content_digest": member.payment_digest(trade.id), "amount": "113000.00", "due_date": "2027-01-31",
        "account": "6222 0001", **other,
    }  # fmt: skip
    return getattr(member, by).post(f"trades/{trade.id}/payment-confirmations{path}", body, status=status)


def test_one_person_confirms_no_payment_above_the_limit(world: World, trade: Trade) -> None:
    checker = colleague(world, "checker")
    limits(world, checker, one=1000)
    assert entered(world.core, trade, 403, by="program")["code"] == "person_needed"
    waiting = {"people": 2, "entered": 1, "differs": False}
    for _ in range(2):
        assert entered(world.core, trade, 202) == waiting, "who enters it twice is one person"
    for other in ({"account": "6222 0002"}, {"amount": "112999.99"}, {"due_date": "2027-02-28"}):
        assert entered(checker, trade, 202, **other) == {**waiting, "differs": True}
    assert not PaymentConfirmation.objects.exists()
    entered(checker, trade, 201)
    signed = PaymentConfirmation.objects.get()
    assert json.loads(signed.statement)["people"] == [
        {"part": "maker", "name": "core person"},
        {"part": "checker", "name": "checker person"},
    ]


def test_above_the_second_limit_one_of_three_is_an_executive(world: World, trade: Trade) -> None:
    second, third, executive = (colleague(world, name) for name in ("second", "third", "executive"))
    limits(world, second, one=100, two=1000, executives=(executive,))
    for count, member in enumerate((world.core, second, third), start=1):
        assert entered(member, trade, 202) == {"people": 3, "entered": count, "differs": False}
    entered(executive, trade, 201)
    assert json.loads(PaymentConfirmation.objects.get().statement)["people"][-1]["part"] == "executive"


def test_who_corrects_an_entry_stands_behind_the_former_no_more(world: World, trade: Trade) -> None:
    checker = colleague(world, "checker")
    limits(world, checker, one=1000)
    wrong, corrected = {"account": "6222 0002"}, {"account": "6222 0003"}
    entered(world.core, trade, 202, **wrong)
    entered(world.core, trade, 202, **corrected)
    assert entered(checker, trade, 202, **wrong) == {"people": 2, "entered": 1, "differs": True}
    entered(checker, trade, 201, **corrected)


def test_who_may_confirm_no_more_agreed_to_nothing(world: World, trade: Trade) -> None:
    checker, gone = colleague(world, "checker"), colleague(world, "gone")
    limits(world, checker, one=1000)
    entered(gone, trade, 202)
    membership = PaymentEntry.objects.get().person.membership
    membership.roles = []
    membership.save()
    assert entered(checker, trade, 202)["entered"] == 1
    entered(world.core, trade, 201)


def test_the_last_of_them_signs_with_the_own_key(world: World, trade: Trade) -> None:
    checker = colleague(world, "checker")
    limits(world, checker, one=1000)
    pair = own_key(world, checker)
    assert entered(world.core, trade, 409, path="/to-sign")["code"] == "more_people_needed"
    entered(world.core, trade, 202)
    told = entered(checker, trade, 200, path="/to-sign")
    own = {"signature": pair.sign(told["statement"].encode()).hex(), "at": told["at"]}
    entered(checker, trade, 201, own=own)
    row = PaymentConfirmation.objects.get()
    assert not row.custodial and sm2.verify(pair.public, row.statement.encode(), bytes(row.signature))


def test_up_to_the_limit_one_person_suffices(world: World, trade: Trade) -> None:
    limits(world, colleague(world, "checker"), one=113000)
    entered(world.core, trade, 201)
    assert "people" not in json.loads(PaymentConfirmation.objects.get().statement)
