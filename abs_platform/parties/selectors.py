"""Reads of organisations, people and keys."""

import json
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from abs_platform.core.errors import NotFound
from abs_platform.crypto import sm2
from abs_platform.integrations.kms import kms
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import (
    ApiClient,
    Identifier,
    KeyPurpose,
    Membership,
    Network,
    Organisation,
    OrganisationKey,
    Person,
)
from abs_platform.parties.roles import Role


def actor_of_person(person: Person) -> Actor:
    """The Actor that a signed-in person is; without organisation and roles when nobody has given it any."""
    label = person.display_name or person.username
    membership = Membership.objects.select_related("organisation").filter(person=person).first()
    if membership is None:
        return Actor(label=label, person_id=person.id)
    roles = frozenset(membership.roles) & frozenset(membership.organisation.roles)
    return Actor(label, person.id, membership.organisation_id, membership.organisation.network_id, roles)


def actor_of_application(application_id: int) -> Actor | None:
    """The Actor that an OAuth2 application is, or None when it belongs to no organisation."""
    client = ApiClient.objects.select_related("organisation").filter(application_id=application_id).first()
    if client is None:
        return None
    roles = frozenset(client.roles) & frozenset(client.organisation.roles)
    return Actor(
        label=f"program {client.name}",
        person_id=client.id,
        organisation_id=client.organisation_id,
        network_id=client.organisation.network_id,
        roles=roles,
        is_program=True,
    )


def resolve(*, network_id: UUID, identifiers: Sequence[tuple[str, str]]) -> Organisation | None:
    """The organisation that the most decisive known of `identifiers` (scheme, value; decisive first) names.

    A stated company_id decides alone: a name or an address beside a code that nobody here bears is anybody's to write.
    """
    identifiers = [pair for pair in identifiers if pair[0] == "company_id"] or identifiers
    values = {value for _, value in identifiers}
    found = {
        (row.scheme, row.value): row.organisation
        for row in Identifier.objects.filter(network_id=network_id, value__in=values).select_related("organisation")
    }
    return next((found[pair] for pair in identifiers if pair in found), None)


def organisation(id: UUID) -> Organisation:
    """The organisation of that id, for services that hold it from a row they may see. Raises NotFound."""
    row = Organisation.objects.filter(id=id).first()
    if row is None:
        raise NotFound
    return row


def names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Organisations' names by id."""
    return dict(Organisation.objects.filter(id__in={id for id in ids if id}).values_list("id", "name"))


def people(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """What people and programs are called, by id, for colleagues of theirs."""
    wanted = {id for id in ids if id}
    if not wanted:
        return {}
    rows = Person.objects.filter(id__in=wanted).values_list("id", "display_name", "username")
    programs = ApiClient.objects.filter(id__in=wanted).values_list("id", "name")
    return {id: shown or username for id, shown, username in rows} | {id: f"program {name}" for id, name in programs}


def listed_suppliers(*, actor: Actor) -> QuerySet[Organisation]:
    """The suppliers of the actor's network that agreed to be found by financiers."""
    actor.require(Role.FINANCIER)
    return Organisation.objects.filter(network_id=actor.network, listed=True, roles__contains=[Role.SUPPLIER])


def core_enterprises(*, actor: Actor) -> QuerySet[Organisation]:
    """The other core enterprises of the actor's network, whose suppliers a financier may lend to."""
    actor.require(Role.FINANCIER)
    others = Organisation.objects.filter(network_id=actor.network, roles__contains=[Role.CORE_ENTERPRISE])
    return others.exclude(id=actor.home)


def networks(*, actor: Actor) -> QuerySet[Network]:
    """All networks, for the operator."""
    actor.require(Role.OPERATOR)
    return Network.objects.all()


def organisations(*, actor: Actor) -> QuerySet[Organisation]:
    """All organisations, for the operator."""
    actor.require(Role.OPERATOR)
    return Organisation.objects.select_related("network").prefetch_related("identifiers")


def operating_organisation() -> Organisation | None:
    """The organisation that runs the platform, once it is set up."""
    return Organisation.objects.filter(roles__contains=[Role.OPERATOR]).order_by("id").first()


def demo_accounts() -> list[dict[str, str]]:
    """Username, organisation and role of the demonstration's accounts, as the demo loader left them."""
    if not settings.DEMO_ACCOUNTS_FILE.exists():
        return []
    accounts = json.loads(settings.DEMO_ACCOUNTS_FILE.read_text())
    return [{key: account[key] for key in ("username", "organisation", "role")} for account in accounts]


def demo_person(username: str) -> Person:
    """A demonstration's account, in demo mode. Raises NotFound for any other, and outside demo mode."""
    known = [account["username"] for account in demo_accounts()] if settings.DEMO else []
    person = Person.objects.filter(username=username, username__in=known).first()
    if person is None:
        raise NotFound
    return person


def officers_of(network_id: UUID) -> list[UUID]:
    """Ids of the organisations of a network that watch its risks."""
    return list(
        Organisation.objects.filter(network_id=network_id, roles__contains=[Role.RISK_OFFICER]).values_list(
            "id", flat=True
        )
    )


def signing_key(organisation_id: UUID) -> sm2.SM2KeyPair:
    """The SM2 key held for an organisation (custodial), newest version."""
    row = OrganisationKey.objects.filter(organisation_id=organisation_id, purpose=KeyPurpose.SIGNING).latest("version")
    private = kms().unwrap(bytes(row.wrapped or b""), context=key_context(row))
    return sm2.SM2KeyPair(private=private, public=bytes(row.public or b""))


def key_context(row: OrganisationKey) -> bytes:
    """What a wrapped key is bound to, so that it cannot be passed off as another organisation's or purpose's."""
    return f"organisation-key/{row.organisation_id}/{row.purpose}/{row.version}".encode()
