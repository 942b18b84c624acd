"""What an organisation recorded at 中登, told to it when it may not see the right any more."""

from datetime import timedelta

import pytest
from django.db import transaction

from abs_platform.core import clock
from abs_platform.core.ids import uuid7
from abs_platform.parties.actor import PLATFORM
from abs_platform.rights.priority import services
from abs_platform.rights.registry import services as registry
from tests.rights.claims import accepted_right, open_to_bank
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")


def test_who_lost_sight_of_a_right_is_not_told_who_amended_its_registration(world: World) -> None:
    right, holder = accepted_right(world), world.factor
    open_to_bank(world, right)
    row = services.record_registration(
        actor=world.bank.actor,
        right_id=right.id,
        number="0123456789",
        registered_at=clock.now() - timedelta(days=2),
        expires_on=clock.today() + timedelta(days=300),
        description="应收账款",
        party=world.bank.organisation.name,
    )
    with transaction.atomic():
        registry.pledge(actor=PLATFORM, right_id=right.id, pledge_id=uuid7(), holder_id=holder.organisation.id)
    said = f"changed for {holder.organisation.name}"
    services.record_amendment(
        actor=holder.actor, registration_id=row.id, kind="amend", number="7777777", description=said
    )
    [shown] = world.bank.browser.rows("zhongdeng")
    [amendment] = shown["amendments"]
    assert (amendment["recorded_by"], amendment["description"]) == (holder.organisation.name, said)
    with clock.at(clock.now() + timedelta(days=2)):  # the supplier let its grant run out
        [shown] = world.bank.browser.rows("zhongdeng")
        [amendment] = shown["amendments"]
        assert (amendment["number"], amendment["recorded_by"], amendment["description"]) == ("7777777", "", "")
        body = {"kind": "cancel", "number": "9123456789"}
        done = world.bank.browser.post(f"zhongdeng/{row.id}/amendments", body, status=201)
        assert done["amendments"][0]["recorded_by"] == "" != done["amendments"][1]["recorded_by"]
