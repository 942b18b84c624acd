"""The keys held for organisations that wrap their files' keys, each wrapped by the master key: reads, and the two locks."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet

from abs_platform.core.errors import Gone
from abs_platform.integrations.kms import kms
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import KeyDestruction, KeyPurpose, MasterKey, Organisation, OrganisationKey
from abs_platform.parties.roles import Role
from abs_platform.parties.selectors import key_context
from abs_platform.parties.states import DestructionState

Json = dict[str, Any]  # Any: JSON
REWRAP_KEYS = "parties.rewrap_keys"


class KeyRetired(LookupError):
    """What it wrapped was wrapped anew under a later version."""


def data_key(organisation_id: UUID, version: int | None = None) -> tuple[int, bytes]:
    """(version, SM4 key) that wraps the keys of an organisation's files; the newest unless a version is named.

    Raises Gone where the organisation's keys were destroyed, KeyRetired for a version that is not in use any more.
    """
    rows = OrganisationKey.objects.filter(organisation_id=organisation_id, purpose=KeyPurpose.DATA)
    row = rows.latest("version") if version is None else rows.get(version=version)
    if row.destroyed_at:
        raise gone()
    if row.wrapped is None:
        raise KeyRetired(f"version {row.version} is retired")
    return row.version, kms().unwrap(bytes(row.wrapped), context=key_context(row))


def gone() -> Gone:
    """The answer wherever content is asked for that nobody can open any more."""
    return Gone(
        "content_destroyed",
        "The organisation's key was destroyed, so this content cannot be read by anybody any more. Its proofs still verify.",
    )


def hold_data_key(organisation_id: UUID, version: int) -> bool:
    """Keep a version from being retired or destroyed until the transaction ends; False where it was already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wrapped IS NOT NULL FROM parties_organisationkey"
            " WHERE organisation_id = %s AND purpose = 'data' AND version = %s FOR SHARE",
            [organisation_id, version],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def live_versions(organisation_id: UUID) -> list[int]:
    """The versions of an organisation's data key that open something, oldest first; the last is the one that wraps."""
    rows = OrganisationKey.objects.filter(
        organisation_id=organisation_id, purpose=KeyPurpose.DATA, wrapped__isnull=False
    )
    return list(rows.order_by("version").values_list("version", flat=True))


def master_keys(*, actor: Actor) -> list[Json]:
    """The versions of the master key, newest first, and how many organisations' keys each wraps. Raises Forbidden."""
    actor.require(Role.OPERATOR)
    wraps = dict(
        OrganisationKey.objects.filter(wrapped__isnull=False)
        .values_list("master_version")
        .annotate(count=Count("id"))
        .order_by()
    )
    rows = list(MasterKey.objects.order_by("-version"))
    return [
        {
            "version": row.version,
            "created_at": row.created_at,
            "retired_at": row.retired_at,
            "is_newest": row is rows[0],
            "wraps": wraps.get(row.version, 0),
        }
        for row in rows
    ]


def organisations_keys(*, actor: Actor, organisation_ids: list[UUID]) -> dict[UUID, Json]:
    """Where the data keys of these organisations stand. Raises Forbidden."""
    actor.require(Role.OPERATOR)
    data = OrganisationKey.objects.filter(organisation_id__in=organisation_ids, purpose=KeyPurpose.DATA)
    found: dict[UUID, Json] = {
        id: {"version": 0, "created_at": None, "live_versions": [], "destroyed_at": None, "destruction": None}
        for id in organisation_ids
    }
    for row in data.order_by("version"):
        each = found[row.organisation_id]
        each["version"], each["created_at"], each["destroyed_at"] = row.version, row.created_at, row.destroyed_at
        if row.wrapped is not None:
            each["live_versions"].append(row.version)
    open_ones = KeyDestruction.objects.filter(organisation_id__in=organisation_ids, state=DestructionState.REQUESTED)
    for request in open_ones.select_related("requested_by"):
        found[request.organisation_id]["destruction"] = {
            "requested_by": request.requested_by.display_name or request.requested_by.username,
            "requested_at": request.requested_at,
            "reason": request.reason,
            "is_yours": request.requested_by_id == actor.person_id,
        }
    return found


def holders(*, actor: Actor) -> QuerySet[Organisation]:
    """The organisations; for each a data key is held. Raises Forbidden."""
    actor.require(Role.OPERATOR)
    return Organisation.objects.all()
