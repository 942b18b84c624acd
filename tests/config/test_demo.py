"""The demonstration's story can be told, and leaves everybody something to do."""

from pathlib import Path

import pytest

from abs_platform.config.demo import cast, story
from abs_platform.parties import services as parties
from abs_platform.parties.actor import PLATFORM
from abs_platform.parties.models import Person
from tests.support.callers import Caller

pytestmark = pytest.mark.usefixtures("db")


def test_the_bank_has_offered_and_two_people_may_accept(storage_folder: Path) -> None:
    network = parties.create_network(actor=PLATFORM, name="demonstration")
    parties.create_organisation(
        actor=PLATFORM, network_id=network.id, name="operator", roles=["operator", "risk_officer"], identifiers=[]
    )
    players = cast.make({role.username: f"correct horse {role.username}" for role in cast.ROLES})
    story.tell(players)

    def browser(username: str) -> Caller:
        return Caller(person=Person.objects.get(username=username))

    clerk, director = browser("supplier"), browser("supplier-director")
    offer, accepted = clerk.rows("financing/offers")
    assert (accepted["state"], accepted["amount"]) == ("accepted", "60000.00")
    assert (offer["state"], offer["amount"], offer["currency"]) == ("open", "100000.00", "CNY")
    assert clerk.post(f"financing/offers/{offer['id']}/propose-acceptance", {"amount": offer["amount"]})
    assert director.post(f"financing/offers/{offer['id']}/accept", {"amount": offer["amount"]})["loan"]
    assert {row["state"] for row in browser("financier").rows("financing/programmes")} == {"active"}
    assert {row["state"] for row in browser("financier2-head").rows("financing/programmes")} == {"active"}
