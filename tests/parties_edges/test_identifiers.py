"""Whom a file names: one organisation at most, and never by anything beside a code that nobody here bears."""

import pytest

from abs_platform.core.errors import Conflict, Invalid
from abs_platform.integrations.formats.model import Party
from abs_platform.parties import services as parties
from abs_platform.parties.actor import PLATFORM
from abs_platform.parties.models import Organisation
from abs_platform.parties.selectors import resolve
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")
CODE = "91310000MA1K35XY7Q"


def register(world: World, *identifiers: tuple[str, str], name: str = "New Co") -> Organisation:
    return parties.create_organisation(
        actor=PLATFORM, network_id=world.network.id, name=name, roles=["supplier"], identifiers=identifiers
    )


def found(world: World, party: Party) -> Organisation | None:
    return resolve(network_id=world.network.id, identifiers=party.identifiers())


@pytest.mark.parametrize("written", [CODE, CODE.lower(), f" {CODE[:9]}\u200b{CODE[9:]} ", "９" + CODE[1:]])
def test_a_code_is_the_same_however_it_is_written(world: World, written: str) -> None:
    row = register(world, ("company_id", written), ("name", "  New   Co "))
    assert found(world, Party(name="", company_id=CODE)) == row
    assert found(world, Party(name="NEW CO")) == row
    for scheme in ("company_id", "endpoint", "party_id"):
        with pytest.raises(Conflict) as refused:
            register(world, (scheme, CODE), name="Impostor")
        assert refused.value.code == "identifier_taken"


@pytest.mark.parametrize("scheme", ["endpoint", "party_id"])
def test_nobody_registers_as_his_code_what_is_anothers_address(world: World, scheme: str) -> None:
    register(world, (scheme, CODE))
    with pytest.raises(Conflict):
        register(world, ("company_id", CODE), name="Impostor")


def test_one_organisation_may_bear_one_value_under_several_schemes(world: World) -> None:
    row = register(world, ("company_id", CODE), ("endpoint", CODE), ("company_id", CODE.lower()))
    assert row.identifiers.count() == 2


@pytest.mark.parametrize(
    ("scheme", "value"), [("company_id", "\u200b "), ("name", " "), ("lei", "x"), ("name", "ﷺ" * 100)]
)
def test_an_identifier_that_says_nothing_is_refused(world: World, scheme: str, value: str) -> None:
    with pytest.raises(Invalid):
        register(world, (scheme, value))


def test_a_code_that_nobody_bears_is_nobody_whatever_stands_beside_it(world: World) -> None:
    name = world.core.organisation.name
    assert found(world, Party(name=name)) == world.core.organisation
    assert found(world, Party(name=name, company_id="91000000FAKE00000X")) is None
    row = register(world, ("endpoint", "0088:7300010000001"), ("name", "New Co"))
    assert found(world, Party(name="", endpoint_id="0088:7300010000001")) == row
    assert found(world, Party(name="New Co", endpoint_id="0088:7300010000001", company_id=CODE)) is None
