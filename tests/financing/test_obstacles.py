"""What keeps a right out of a pool keeps it from being lent on too: a dispute, a day that passed, a rival at 中登."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from abs_platform.core import clock
from abs_platform.core.errors import DomainError
from abs_platform.financing.lending.models import Loan
from abs_platform.financing.models import Pledge, Programme
from abs_platform.rights.models import Right
from abs_platform.rights.priority import services as priority
from abs_platform.trade import selectors as trades
from abs_platform.trade import signing, statements
from tests.support.financing import ACCOUNT, Lending, performed, second, until_of
from tests.support.papers import Papers, line
from tests.support.world import World, drain

pytestmark = pytest.mark.usefixtures("db")


def dispute_receipt(world: World, right: Right) -> None:
    """Of one more delivery, so that what was accepted before supports as much as it did."""
    [document] = world.supplier.submit({"g": Papers(number="OB-1").receipt(line(quantity="1"), number="G-2")})
    row = trades.queued(actor=world.core.actor, document_id=document.id)
    seen = statements.digest_of(statements.content_of(row, trades.compared(row.trade)))
    signing.decide(
        actor=world.core.actor, document_id=row.document_id, decision="dispute", content_digest=seen, reason="rusty"
    )
    drain()


def file_rival(world: World, right: Right) -> None:
    """The supplier found it at 中登, and says so."""
    priority.record_registration(
        actor=world.supplier.actor,
        right_id=right.id,
        number="0123456789",
        registered_at=clock.now() - timedelta(days=2),
        expires_on=clock.today() + timedelta(days=300),
        description="应收账款",
        party="另一家保理有限公司",
        is_rival=True,
    )


def let_pass(world: World, right: Right) -> None:
    past = clock.today() - timedelta(days=1)
    Right.objects.filter(id=right.id).update(due_date=past, expected_due_date=past)


CASES: dict[str, Callable[[World, Right], None]] = {
    "disputed": dispute_receipt,
    "registered_elsewhere": file_rival,
    "overdue": let_pass,
}


@pytest.mark.parametrize("obstacle", CASES)
def test_it_stands_in_the_way_of_asking_offering_and_accepting(obstacle: str, world: World) -> None:
    lending, right = Lending.at(world), performed(world, "OB-1")
    programme = lending.programme()
    asked, offered, accepting = (lending.invited(programme, [right]) for _ in range(3))
    proposed = lending.proposed(offered)
    offer = lending.accepting(lending.offered(accepting))
    until = until_of([right])
    CASES[obstacle](world, right)

    clerk = world.supplier.browser
    [verdict] = clerk.get("financing/eligibility", rights=[str(right.id)], until=until.isoformat())["programmes"]
    assert (verdict["eligible"], verdict["most"], verdict["rights"][0]["carried"]) == (False, "0.00", "0.00")
    assert verdict["rights"][0]["obstacles"] == [obstacle]
    body = {
        "rights": [str(right.id)],
        "programmes": [str(programme.id)],
        "amount": "100.00",
        "until": until.isoformat(),
    }
    refused = clerk.post("financing/requests", body, status=422)
    assert (refused["code"], refused["params"]["order_number"]) == (f"right_{obstacle}", "OB-1")
    with pytest.raises(DomainError) as stopped:
        lending.proposed(asked)
    assert stopped.value.code == f"right_{obstacle}"
    for path, sent in (
        (f"financing/offers/{proposed.id}/approve", {}),
        (f"financing/offers/{offer.id}/accept", {"amount": "100.00"}),
    ):
        caller = clerk if "accept" in path else world.bank.browser
        assert caller.post(path, sent, status=422)["code"] == f"right_{obstacle}", path
    assert not Pledge.objects.exists()


@pytest.mark.parametrize("obstacle", CASES)
def test_it_stands_in_the_way_of_paying_out(obstacle: str, world: World) -> None:
    lending, right = Lending.at(world), performed(world, "OB-1")
    programme = lending.programme()
    loan = lending.lend(programme, [right])
    maker, checker = lending.funder, lending.funder2
    transfer = {"payee_account": ACCOUNT, "bank_reference": "OUT-1", "disbursed_on": clock.today().isoformat()}
    proposed = maker.browser.post(f"financing/loans/{loan.id}/propose-disbursement", transfer)
    CASES[obstacle](world, right)

    sent = {"amount": "100.00", "proposal": proposed["proposal"]}
    refused = checker.browser.post(f"financing/loans/{loan.id}/disburse", sent, status=422)
    assert (refused["code"], refused["params"]["order_number"]) == (f"right_{obstacle}", "OB-1")
    maker.browser.post(f"financing/loans/{loan.id}/take-back-disbursement")
    again = maker.browser.post(f"financing/loans/{loan.id}/propose-disbursement", transfer, status=422)
    assert again["code"] == f"right_{obstacle}"
    maker.browser.post(f"financing/loans/{loan.id}/cancel", {"reason": obstacle})


def test_how_much_others_took_of_a_programme_a_supplier_is_not_told(world: World) -> None:
    lending = Lending.at(world)
    programme = lending.programme(limit=Decimal(150), supplier_limit=Decimal(150))
    lent = lending.lend(programme, [performed(world, "OB-1")])
    Loan.objects.filter(id=lent.id).update(supplier=world.factor.organisation)
    right = performed(world, "OB-2")
    ask = {"rights": [str(right.id)], "until": until_of([right]).isoformat()}
    [verdict] = world.supplier.browser.get("financing/eligibility", **ask)["programmes"]
    assert (verdict["eligible"], verdict["most"]) == (True, "150.00")
    body = {**ask, "programmes": [str(programme.id)], "amount": "100.00"}
    refused = world.supplier.browser.post("financing/requests", body, status=422)
    assert (refused["code"], refused["params"]) == ("programme_limit", {"programme": programme.name})
    assert "50" not in refused["detail"]
    lending.drafted(programme, [right], "50.00")
    Programme.objects.filter(id=programme.id).update(limit=100, supplier_limit=100)
    refused = world.supplier.browser.post("financing/requests", body, status=422)
    assert (refused["code"], refused["params"]) == ("programme_limit", {"programme": programme.name}), "nothing is left"


def test_a_rival_that_ended_or_is_the_lender_itself_is_none(world: World) -> None:
    lending, right = Lending.at(world), performed(world, "OB-2")
    programme = lending.programme()
    file_rival(world, right)
    [row] = priority.ZhongdengRegistration.objects.all()
    with pytest.raises(DomainError):
        lending.drafted(programme, [right])
    with clock.at(clock.now() + timedelta(days=301)):  # the registration ran out, unextended
        assert right.due_date is not None
        Right.objects.filter(id=right.id).update(
            due_date=clock.today() + timedelta(days=1), expected_due_date=clock.today() + timedelta(days=1)
        )
        lending.drafted(programme, [Right.objects.get(id=right.id)])
    Right.objects.filter(id=right.id).update(due_date=right.due_date, expected_due_date=right.due_date)
    priority.record_amendment(actor=world.supplier.actor, registration_id=row.id, kind="cancel", number="9876543210")
    lending.drafted(programme, [right])
    priority.record_registration(
        actor=world.supplier.actor,
        right_id=right.id,
        number="1123456789",
        registered_at=clock.now(),
        expires_on=clock.today() + timedelta(days=300),
        description="应收账款",
        party=f" {world.bank.organisation.name} ",
        is_rival=True,
    )
    lending.drafted(programme, [right])


def test_what_a_funder_registered_for_itself_is_in_every_other_s_way(world: World) -> None:
    """The factor paid for the right elsewhere, filed it at 中登, and says so here without calling itself a rival."""
    lending, right = Lending.at(world), performed(world, "OB-3")
    theirs = Lending(world, world.factor, second(world.factor), lending.supplier2)
    programme, its_own = lending.programme(), theirs.programme()
    invitation = lending.invited(programme, [right])
    theirs.invited(its_own, [right])
    body = {
        "number": "0123456789", "party": world.factor.organisation.name, "description": "应收账款",
        "registered_at": "2026-01-31T10:00:00+08:00", "expires_on": (clock.today() + timedelta(days=300)).isoformat(),
    }  # fmt: skip
    world.factor.browser.post(f"rights/{right.id}/zhongdeng", body, status=201)
    with pytest.raises(DomainError) as stopped:
        lending.offered(invitation)
    assert stopped.value.code == "right_registered_elsewhere"
    theirs.drafted(its_own, [right])
