"""Accounts: of organisations that there are, with roles that these carry, and passwords that hold."""

from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command

from abs_platform.core.errors import DomainError
from abs_platform.parties import services as parties
from abs_platform.parties.actor import PLATFORM
from abs_platform.parties.models import Person
from abs_platform.parties.selectors import actor_of_application, actor_of_person
from tests.support.world import PASSWORD, World

pytestmark = pytest.mark.usefixtures("db")


def make(organisation_id: UUID | None, *roles: str, username: str = "newcomer", password: str = PASSWORD) -> Person:
    return parties.create_person(
        actor=PLATFORM,
        organisation_id=organisation_id,
        username=username,
        password=password,
        display_name="New Comer",
        roles=roles,
    )


def test_a_person_is_of_an_organisation_that_there_is_with_roles_that_it_carries(world: World) -> None:
    supplier = world.supplier.organisation.id
    for organisation_id, roles in (
        (uuid4(), ["supplier"]),
        (supplier, ["operator"]),
        (supplier, []),
        (None, ["operator"]),
    ):
        with pytest.raises(DomainError):
            make(organisation_id, *roles)
    assert not Person.objects.filter(username="newcomer").exists()
    assert actor_of_person(make(supplier, "supplier")).roles == {"supplier"}


@pytest.mark.parametrize(
    ("username", "password", "code"),
    [
        ("newcomer", "short", "password_weak"),
        ("newcomer", "password1234", "password_weak"),
        ("", PASSWORD, "username_invalid"),
        ("a" * 151, PASSWORD, "username_invalid"),
        ("a\x00b", PASSWORD, "username_invalid"),
        ("a b", PASSWORD, "username_invalid"),
        ("supplier", PASSWORD, "name_taken"),
    ],
)
def test_accounts_that_would_not_hold_are_refused(world: World, username: str, password: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        make(world.supplier.organisation.id, "supplier", username=username, password=password)
    assert refused.value.code == code


def test_the_command_makes_somebody_who_can_sign_in(world: World) -> None:
    told = StringIO()
    options = {"organisation": world.core.id, "username": "li.na", "name": "李娜", "roles": "core_enterprise"}
    call_command("create_person", **options, stdout=told)
    person = Person.objects.get(username="li.na")
    assert person.check_password(told.getvalue().strip())
    actor = actor_of_person(person)
    assert (actor.label, actor.organisation_id, actor.roles) == (
        "李娜",
        world.core.organisation.id,
        {"core_enterprise"},
    )
    with pytest.raises(CommandError, match="roles"):
        call_command("create_person", **{**options, "username": "x", "roles": "supplier"}, stdout=told)
    with pytest.raises(CommandError, match="taken"):
        call_command("create_person", **options, stdout=told)


def test_a_program_is_told_from_a_person_of_the_same_name(world: World) -> None:
    client, _, _ = parties.create_api_client(
        actor=PLATFORM, organisation_id=world.core.organisation.id, name="李娜", roles=["core_enterprise"]
    )
    program = actor_of_application(client.application_id)
    assert program is not None
    assert (program.label, program.is_program) == ("program 李娜", True)
    assert not world.core.actor.is_program
