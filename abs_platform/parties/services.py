"""Writes of networks, organisations, people, programs and keys. Only the operator makes them."""

import secrets
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.contrib.auth import login
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest
from oauth2_provider.models import Application

from abs_platform.core import audit
from abs_platform.core.errors import Conflict, Invalid
from abs_platform.core.subjects import SubjectRef
from abs_platform.crypto import sm2
from abs_platform.integrations.formats.model import Party
from abs_platform.integrations.kms import kms
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.key_rotation import lock_master
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
from abs_platform.parties.roles import ALL_ROLES, Role
from abs_platform.parties.selectors import demo_person, key_context, organisation

SIGN_IN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ID_SCHEMES = ("company_id", "endpoint", "party_id")
MOST_IDENTIFIER = 200


def _operator(actor: Actor) -> None:
    if actor is not PLATFORM:
        actor.require(Role.OPERATOR)


@transaction.atomic
def create_network(*, actor: Actor, name: str) -> Network:
    """A new, empty supply-chain network. Raises Conflict when the name is taken."""
    _operator(actor)
    try:
        with transaction.atomic():
            network = Network.objects.create(name=name)
    except IntegrityError as error:
        raise Conflict("name_taken", "A network of that name exists. Choose another name.", name=name) from error
    audit.record(actor=actor, verb="network.created", subject=SubjectRef("network", network.id), detail={"name": name})
    return network


@transaction.atomic
def create_organisation(
    *,
    actor: Actor,
    network_id: UUID,
    name: str,
    roles: Iterable[str],
    identifiers: Sequence[tuple[str, str]] = (),
    name_en: str = "",
    listed: bool = False,
    parent_id: UUID | None = None,
) -> Organisation:
    """A new organisation with its keys. `identifiers` are (scheme, value), kept as parties in files are compared.

    Raises Invalid for an unknown network, parent, role or scheme or an empty identifier, Conflict when an identifier names another organisation.
    """
    _operator(actor)
    chosen = sorted(set(roles))
    if not chosen or not set(chosen) <= ALL_ROLES:
        raise Invalid("role_unknown", f"Choose roles among {', '.join(sorted(ALL_ROLES))}.", roles=chosen)
    named = _normalised(identifiers)
    # Held until the commit: of two organisations that claim one identifier at once, the second sees the first.
    if not Network.objects.select_for_update(no_key=True).filter(id=network_id).exists():
        raise Invalid("network_unknown", "There is no such network. Create it first.")
    if parent_id and not Organisation.objects.filter(id=parent_id, network_id=network_id).exists():
        raise Invalid("parent_unknown", "The parent organisation is not in this network.")
    _refuse_taken(network_id, named)
    group = Group.objects.create(name=f"organisation/{secrets.token_hex(16)}")
    row = Organisation.objects.create(
        network_id=network_id, name=name, name_en=name_en, roles=chosen, listed=listed, parent_id=parent_id, group=group
    )
    Identifier.objects.bulk_create(
        Identifier(organisation=row, network_id=network_id, scheme=scheme, value=value) for scheme, value in named
    )
    _add_key(row, KeyPurpose.SIGNING)
    _add_key(row, KeyPurpose.DATA)
    audit.record(
        actor=actor, verb="organisation.created", subject=SubjectRef("organisation", row.id), detail={"name": name}
    )
    return row


def _normalised(identifiers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The identifiers as files' parties are compared, each once. Raises Invalid for one that says nothing or too much."""
    found: dict[tuple[str, str], None] = {}
    for scheme, value in identifiers:
        stated = [pair for pair in _party(scheme, value).identifiers() if len(pair[1]) <= MOST_IDENTIFIER]
        if not stated:
            raise Invalid(
                "identifier_invalid",
                f"Give each identifier a value of 1 to {MOST_IDENTIFIER} characters, white space and invisibles apart.",
                scheme=scheme,
                value=value,
            )
        found[stated[0]] = None
    return list(found)


def _party(scheme: str, value: str) -> Party:
    """A party of which nothing but this identifier is known."""
    match scheme:
        case "company_id":
            return Party(name="", company_id=value)
        case "endpoint":
            return Party(name="", endpoint_id=value)
        case "party_id":
            return Party(name="", party_id=value)
        case "name":
            return Party(name=value)
        case _:
            raise Invalid("scheme_unknown", "Choose among company_id, endpoint, party_id and name.", scheme=scheme)


def _refuse_taken(network_id: UUID, identifiers: Sequence[tuple[str, str]]) -> None:
    """Raises Conflict when one names another organisation; a company_id is taken under whichever id scheme it stands."""
    for scheme, value in identifiers:
        rivals = Identifier.objects.filter(network_id=network_id, value=value)
        same = Q(scheme=scheme)
        if scheme == "company_id":
            same |= Q(scheme__in=ID_SCHEMES)
        elif scheme in ID_SCHEMES:
            same |= Q(scheme="company_id")
        if rivals.filter(same).exists():
            raise Conflict(
                "identifier_taken",
                f"{scheme} {value} already names an organisation of this network.",
                scheme=scheme,
                value=value,
            )


def _add_key(owner: Organisation, purpose: KeyPurpose) -> None:
    row = OrganisationKey(organisation=owner, purpose=purpose)
    if purpose is KeyPurpose.SIGNING:
        pair = sm2.generate()
        row.public, secret = pair.public, pair.private
    else:
        secret = secrets.token_bytes(16)
    lock_master()
    row.wrapped = kms().wrap(secret, context=key_context(row))
    row.master_version = kms().version_of(row.wrapped)
    row.save(force_insert=True)


def _check_roles(owner: Organisation, chosen: Sequence[str]) -> None:
    if not chosen or not set(chosen) <= set(owner.roles):
        raise Invalid("role_unknown", f"Choose among the organisation's roles: {', '.join(owner.roles)}.", roles=chosen)


def _check_account(person: Person, password: str) -> None:
    try:
        person.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise Invalid("username_invalid", " ".join(error.messages), fields=sorted(error.message_dict)) from error
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid("password_weak", " ".join(error.messages)) from error


@transaction.atomic
def create_person(
    *, actor: Actor, organisation_id: UUID | None, username: str, password: str, display_name: str, roles: Iterable[str]
) -> Person:
    """Somebody who can sign in and act for the organisation (or, without one, for nobody).

    Raises NotFound for an unknown organisation, Invalid for roles that it does not carry, a username that cannot be one
    or a password that is easily guessed, Conflict when the username is taken.
    """
    _operator(actor)
    owner = organisation(organisation_id) if organisation_id else None
    chosen = sorted(set(roles))
    if owner:
        _check_roles(owner, chosen)
    elif chosen:
        raise Invalid("role_unknown", "Somebody who acts for no organisation has no roles.", roles=chosen)
    _check_account(Person(username=username, display_name=display_name), password)
    try:
        with transaction.atomic():
            person = Person.objects.create_user(username=username, password=password, display_name=display_name)
    except IntegrityError as error:
        raise Conflict("name_taken", "That username is taken.", name=username) from error
    if owner:
        Membership.objects.create(person=person, organisation=owner, roles=chosen)
    audit.record(
        actor=actor, verb="person.created", subject=SubjectRef("person", person.id), detail={"username": username}
    )
    return person


@transaction.atomic
def create_api_client(
    *, actor: Actor, organisation_id: UUID, name: str, roles: Iterable[str]
) -> tuple[ApiClient, str, str]:
    """Client credentials for a program of the organisation: (client, client id, secret). The secret is told once only."""
    _operator(actor)
    owner = organisation(organisation_id)
    chosen = sorted(set(roles))
    _check_roles(owner, chosen)
    secret = secrets.token_urlsafe(32)
    application = Application.objects.create(
        name=name,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
    )
    client = ApiClient.objects.create(application=application, organisation=owner, name=name, roles=chosen)
    audit.record(
        actor=actor, verb="api_client.created", subject=SubjectRef("api_client", client.id), detail={"name": name}
    )
    return client, application.client_id, secret


def sign_in_to_demo(*, request: HttpRequest, username: str) -> Person:
    """Sign the request's browser in as a demonstration's account, without its password. Raises NotFound as demo_person does."""
    person = demo_person(username)
    login(request, person, backend=SIGN_IN_BACKEND)
    return person
