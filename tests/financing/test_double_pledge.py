"""Sixteen clients accept offers on the same rights at once: each right is held once, and nothing is left half done."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from django.db import IntegrityError, connection
from django.db.models import Count

from abs_platform.core.errors import DomainError
from abs_platform.financing import acceptance
from abs_platform.financing.lending.models import Loan
from abs_platform.financing.models import Notice, Offer, Pledge, Request
from abs_platform.financing.states import HOLDING
from abs_platform.rights.models import Right
from abs_platform.trade.models import Trade
from tests.support.financing import Lending, performed
from tests.support.world import World

CLIENTS = 16


def race(lending: Lending, offers: list[Offer]) -> list[str]:
    """All accept at the same moment; what became of each."""
    gate = threading.Barrier(len(offers))

    def accept(offer: Offer) -> str:
        gate.wait()
        try:
            acceptance.accept(actor=lending.world.supplier.actor, offer_id=offer.id, amount=offer.amount)
        except DomainError as error:
            return error.code
        except IntegrityError as error:
            return "index" if "right_held_once" in str(error) else str(error)
        finally:
            connection.close()
        return "accepted"

    with ThreadPoolExecutor(len(offers)) as pool:
        return list(pool.map(accept, offers))


def test_one_right_is_held_once_whoever_asks(committed_world: World) -> None:
    lending = Lending.at(committed_world)
    programme = lending.programme()
    rights = [performed(committed_world, f"RACE-{n}") for n in range(3)]
    # Each wants two of three rights, in either order, so that any two want one in common.
    wanted = [[rights[n % 3], rights[(n + 1) % 3]][:: 1 if n % 2 else -1] for n in range(CLIENTS)]
    offers = [lending.accepting(lending.offered(lending.invited(programme, each))) for each in wanted]
    outcomes = race(lending, offers)
    assert sorted(set(outcomes)) == ["accepted", "right_not_free"], outcomes
    assert outcomes.count("accepted") == 1
    held = Pledge.objects.filter(state__in=HOLDING).values("right").annotate(times=Count("id"))
    assert [row["times"] for row in held] == [1, 1]
    assert Loan.objects.count() == Notice.objects.count() == 1
    assert Right.objects.filter(state="encumbered").count() == Trade.objects.filter(encumbered=True).count() == 2
    assert Request.objects.filter(state="accepted").count() == 1
    assert Offer.objects.filter(state="acceptance_proposed").count() == CLIENTS - 1


def test_the_index_alone_keeps_a_right_from_being_held_twice(committed_world: World) -> None:
    """Past every service: sixteen rows for one right, each for a loan of its own, inserted at once."""
    lending = Lending.at(committed_world)
    programme, right = lending.programme(), performed(committed_world, "ROW-1")
    offers = [lending.offered(lending.invited(programme, [right])) for _ in range(CLIENTS)]
    parties = {"funder": committed_world.bank.organisation, "supplier": committed_world.supplier.organisation}
    loans = [
        Loan.objects.create(offer=offer, principal=1, currency="CNY", due_date=offer.maturity, **parties)
        for offer in offers
    ]
    gate = threading.Barrier(CLIENTS)

    def insert(loan: Loan) -> str:
        gate.wait()
        try:
            Pledge.objects.create(right=right, loan=loan, holder=loan.funder, method="pledge", base=1, held_for=1)
        except IntegrityError as error:
            return "index" if "right_held_once" in str(error) else str(error)
        finally:
            connection.close()
        return "held"

    with ThreadPoolExecutor(CLIENTS) as pool:
        assert sorted(pool.map(insert, loans)) == ["held"] + ["index"] * (CLIENTS - 1)


def test_the_programme_s_limit_holds_when_two_are_accepted_at_once(committed_world: World) -> None:
    lending = Lending.at(committed_world)
    programme = lending.programme(limit=Decimal(150), supplier_limit=Decimal(150))
    offers = [
        lending.accepting(lending.offered(lending.invited(programme, [performed(committed_world, f"LIMIT-{n}")])))
        for n in range(2)
    ]
    assert sorted(race(lending, offers)) == ["accepted", "amount_above_most"]
