"""Searches at 中登 that showed nobody else's registration, and what eligibility makes of them."""

from datetime import timedelta

import pytest

from abs_platform.core import clock
from abs_platform.rights.models import Right
from abs_platform.rights.priority import services
from tests.rights.claims import accepted_right, open_to_bank
from tests.support.world import Member, World


def judged(member: Member, right: Right) -> str:
    body = member.browser.get(f"rights/{right.id}")
    return next(
        f"{each['outcome']} {each['reason']}"
        for each in body["eligibility"]["rules"]
        if each["rule"] == "not_registered_elsewhere"
    )


@pytest.fixture
def right(world: World) -> Right:
    return accepted_right(world)


def test_a_search_of_late_shows_that_nobody_else_registered_and_an_entry_that_somebody_did(
    world: World, right: Right
) -> None:
    open_to_bank(world, right)
    bank, path = world.bank.browser.send, f"rights/{right.id}/searches"
    assert judged(world.bank, right) == "unknown not_searched"
    long_ago = {"number": "12345678", "searched_at": (clock.now() - timedelta(days=31)).isoformat()}
    assert bank("POST", path, long_ago).status_code == 201
    assert judged(world.bank, right) == "unknown not_searched"
    lately = {"number": "12345679", "searched_at": (clock.now() - timedelta(days=1)).isoformat()}
    answer = bank("POST", path, lately)
    assert [row["number"] for row in answer.json()["searches"]] == ["12345678", "12345679"]
    assert judged(world.bank, right) == judged(world.supplier, right) == "pass registry_clean"
    assert bank("POST", path, lately).json()["code"] == "search_recorded"
    assert world.supplier.browser.send("POST", path, {**lately, "number": "12345680"}).status_code == 403
    tomorrow = {"number": "12345680", "searched_at": (clock.now() + timedelta(days=1)).isoformat()}
    assert bank("POST", path, tomorrow).json()["code"] == "in_the_future"
    services.record_registration(
        actor=world.bank.actor, right_id=right.id, number="0123456789", registered_at=clock.now() - timedelta(days=2),
        expires_on=clock.today() + timedelta(days=300), description="应收账款", party="别家保理", is_rival=True,
    )  # fmt: skip
    assert judged(world.bank, right) == "fail found_in_registry"
    assert bank("POST", path, {**lately, "number": "12345680"}).json()["code"] == "rivals_recorded"
