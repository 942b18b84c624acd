"""Writes of networks, organisations, people, programs and keys. Only the operator makes them."""

import secrets
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from oauth2_provider.models import Application

from abs_platform.core import audit
from abs_platform.core.errors import Conflict, Invalid
from abs_platform.core.subjects import SubjectRef
from abs_platform.crypto import sm2
from abs_platform.integrations.kms import kms
from abs_platform.parties.actor import PLATFORM, Actor
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
from abs_platform.parties.selectors import key_context, organisation


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
    """A new organisation with its keys. `identifiers` are (scheme, normalised value).

    Raises Invalid for an unknown network, parent or role, Conflict when an identifier names another organisation.
    """
    _operator(actor)
    chosen = sorted(set(roles))
    if not chosen or not set(chosen) <= ALL_ROLES:
        raise Invalid("role_unknown", f"Choose roles among {', '.join(sorted(ALL_ROLES))}.", roles=chosen)
    if not Network.objects.filter(id=network_id).exists():
        raise Invalid("network_unknown", "There is no such network. Create it first.")
    if parent_id and not Organisation.objects.filter(id=parent_id, network_id=network_id).exists():
        raise Invalid("parent_unknown", "The parent organisation is not in this network.")
    group = Group.objects.create(name=f"organisation/{secrets.token_hex(16)}")
    row = Organisation.objects.create(
        network_id=network_id, name=name, name_en=name_en, roles=chosen, listed=listed, parent_id=parent_id, group=group
    )
    for scheme, value in dict.fromkeys(identifiers):
        try:
            with transaction.atomic():
                Identifier.objects.create(organisation=row, network_id=network_id, scheme=scheme, value=value)
        except IntegrityError as error:
            raise Conflict(
                "identifier_taken",
                f"{scheme} {value} already names an organisation of this network.",
                scheme=scheme,
                value=value,
            ) from error
    _add_key(row, KeyPurpose.SIGNING)
    _add_key(row, KeyPurpose.DATA)
    audit.record(
        actor=actor, verb="organisation.created", subject=SubjectRef("organisation", row.id), detail={"name": name}
    )
    return row


def _add_key(owner: Organisation, purpose: KeyPurpose) -> None:
    row = OrganisationKey(organisation=owner, purpose=purpose)
    if purpose is KeyPurpose.SIGNING:
        pair = sm2.generate()
        row.public, secret = pair.public, pair.private
    else:
        secret = secrets.token_bytes(16)
    row.wrapped = kms().wrap(secret, context=key_context(row))
    row.save(force_insert=True)


@transaction.atomic
def create_person(
    *, actor: Actor, organisation_id: UUID | None, username: str, password: str, display_name: str, roles: Iterable[str]
) -> Person:
    """Somebody who can sign in and act for the organisation (or, without one, for nobody). Raises Conflict when the username is taken."""
    _operator(actor)
    try:
        with transaction.atomic():
            person = Person.objects.create_user(username=username, password=password, display_name=display_name)
    except IntegrityError as error:
        raise Conflict("name_taken", "That username is taken.", name=username) from error
    if organisation_id:
        Membership.objects.create(person=person, organisation_id=organisation_id, roles=sorted(set(roles)))
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
    if not chosen or not set(chosen) <= set(owner.roles):
        raise Invalid("role_unknown", f"Choose among the organisation's roles: {', '.join(owner.roles)}.", roles=chosen)
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
