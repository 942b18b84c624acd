"""Networks, organisations, their identifiers, keys and programs: made by the operator alone."""

from uuid import uuid4

import pgtrigger
import pytest
from django.db import ProgrammingError, transaction

from abs_platform.core.errors import Conflict, DomainError, Forbidden, Invalid
from abs_platform.core.models import AuditEntry
from abs_platform.crypto import sm2
from abs_platform.parties import selectors, services
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.models import Network, Organisation, OrganisationKey, Person
from abs_platform.parties.roles import ALL_ROLES
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")


def body(world: World, **more: object) -> dict[str, object]:
    return {
        "network": str(world.network.id),
        "name": "新供应商有限公司",
        "roles": ["supplier"],
        "identifiers": [{"scheme": "company_id", "value": "91new"}],
        **more,
    }


def test_an_organisation_is_registered_with_keys_of_its_own(world: World) -> None:
    made = world.console.browser.post("organisations", body(world, name_en="New Co", listed=True), status=201)
    assert made["identifiers"] == [{"scheme": "company_id", "value": "91new"}]
    keys = OrganisationKey.objects.filter(organisation_id=made["id"])
    assert sorted(key.purpose for key in keys) == ["data", "signing"]
    pair = selectors.signing_key(keys[0].organisation_id)
    assert sm2.verify(pair.public, b"x", sm2.sign(pair.private, b"x", public=pair.public))
    for key in keys:
        assert pair.private not in bytes(key.wrapped), "wrapped, not merely stored"
    assert world.bank.browser.rows("suppliers")[0]["name"] == "新供应商有限公司"


def test_a_key_cannot_be_passed_off_as_anothers(world: World) -> None:
    own, other = (OrganisationKey.objects.get(organisation=m.organisation, purpose="signing")
                  for m in (world.supplier, world.castings))  # fmt: skip
    with pytest.raises(ProgrammingError), transaction.atomic():
        OrganisationKey.objects.filter(id=own.id).update(wrapped=other.wrapped, public=other.public)
    # Nor where the database's own guard is out of the way: what is wrapped names whose it is.
    with pgtrigger.ignore("parties.OrganisationKey:only_ends"):
        OrganisationKey.objects.filter(id=own.id).update(wrapped=other.wrapped, public=other.public)
    with pytest.raises(ValueError):
        selectors.signing_key(world.supplier.organisation.id)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"network": str(uuid4())}, "network_unknown"),
        ({"parent": str(uuid4())}, "parent_unknown"),
        ({"roles": []}, "invalid_input"),
        ({"roles": ["king"]}, "invalid_input"),
        ({"name": ""}, "invalid_input"),
        ({"name": "x" * 201}, "invalid_input"),
        ({"identifiers": [{"scheme": "shoe_size", "value": "43"}]}, "invalid_input"),
        ({"identifiers": [{"scheme": "name", "value": ""}]}, "invalid_input"),
    ],
)
def test_what_cannot_be_is_refused_whole(more: dict[str, object], code: str, world: World) -> None:
    before = Organisation.objects.count()
    assert world.console.browser.post("organisations", body(world, **more), status=422)["code"] == code
    assert Organisation.objects.count() == before


def test_an_identifier_names_one_organisation_of_a_network(world: World) -> None:
    world.console.browser.post("organisations", body(world), status=201)
    before = Organisation.objects.count()
    taken = world.console.browser.post("organisations", body(world, name="another"), status=409)
    assert (taken["code"], taken["params"]["value"]) == ("identifier_taken", "91new")
    assert Organisation.objects.count() == before
    elsewhere = body(world, network=str(world.elsewhere.id))
    world.console.browser.post("organisations", elsewhere, status=201)


def test_a_parent_is_of_the_same_network(world: World) -> None:
    refused = world.console.browser.post("organisations", body(world, parent=world.stranger.id), status=422)
    assert refused["code"] == "parent_unknown"
    world.console.browser.post("organisations", body(world, parent=world.core.id), status=201)


def test_a_networks_name_is_its_own(world: World) -> None:
    world.console.browser.post("networks", {"name": "steel"}, status=201)
    assert world.console.browser.post("networks", {"name": "steel"}, status=409)["code"] == "name_taken"
    assert Network.objects.filter(name="steel").count() == 1


def test_the_most_decisive_identifier_decides(world: World) -> None:
    supplier, castings = world.supplier.organisation, world.castings.organisation
    code = supplier.identifiers.get(scheme="company_id").value
    name = castings.identifiers.get(scheme="name").value

    def resolve(*identifiers: tuple[str, str]) -> Organisation | None:
        return selectors.resolve(network_id=world.network.id, identifiers=identifiers)

    assert resolve(("company_id", code), ("name", name)) == supplier
    assert resolve(("endpoint", "unknown"), ("name", name)) == castings
    assert resolve(("company_id", "unknown"), ("name", name)) is None, "anybody can write a name beside a code"
    assert resolve(("endpoint", code)) is None, "a value counts under its own scheme only"
    assert resolve() is None
    assert selectors.resolve(network_id=world.elsewhere.id, identifiers=[("name", name)]) is None


@pytest.mark.parametrize("role", [*sorted(ALL_ROLES - {"operator"}), "none"])
def test_nobody_but_the_operator_makes_anything(role: str, world: World) -> None:
    actor = Actor("x", world.supplier.actor.person_id, world.operator.organisation.id, world.network.id,
                  frozenset({role} & ALL_ROLES))  # fmt: skip
    for act in (
        lambda: services.create_network(actor=actor, name="n"),
        lambda: services.create_organisation(actor=actor, network_id=world.network.id, name="n", roles=["supplier"]),
        lambda: services.create_person(
            actor=actor, organisation_id=None, username="n", password="long enough a word", display_name="", roles=[]
        ),
        lambda: services.create_api_client(
            actor=actor, organisation_id=world.supplier.organisation.id, name="n", roles=["supplier"]
        ),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_forged_platform_actor_is_not_the_platform(world: World) -> None:
    with pytest.raises(Forbidden):
        services.create_network(actor=Actor(label="platform"), name="n")


def test_a_username_is_taken_once(world: World) -> None:
    def create() -> Person:
        return services.create_person(
            actor=PLATFORM,
            organisation_id=world.supplier.organisation.id,
            username="zhang",
            password="a long password",
            display_name="张",
            roles=["supplier"],
        )

    create()
    with pytest.raises(Conflict):
        create()
    assert Person.objects.filter(username="zhang").count() == 1


@pytest.mark.parametrize("roles", [[], ["operator"], ["supplier", "financier"]])
def test_a_program_gets_roles_of_its_organisation_only(roles: list[str], world: World) -> None:
    with pytest.raises(Invalid):
        services.create_api_client(
            actor=PLATFORM, organisation_id=world.supplier.organisation.id, name="n", roles=roles
        )


def test_a_secret_is_told_once_and_kept_as_a_hash(world: World) -> None:
    client, _, secret = services.create_api_client(
        actor=PLATFORM, organisation_id=world.supplier.organisation.id, name="erp", roles=["supplier"]
    )
    assert secret not in client.application.client_secret
    assert len(secret) >= 43
    entry = AuditEntry.objects.get(verb="api_client.created", subject_id=client.id)
    assert secret not in str(entry.detail)


def test_every_error_says_what_is_wrong_and_what_to_do(world: World) -> None:
    with pytest.raises(DomainError) as refused:
        services.create_network(actor=world.supplier.actor, name="n")
    assert refused.value.code == "role_missing" and "Ask" in refused.value.detail
