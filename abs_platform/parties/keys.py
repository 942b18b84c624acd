"""The keys held for organisations that wrap their files' keys, each wrapped by the master key."""

from uuid import UUID

from abs_platform.integrations.kms import kms
from abs_platform.parties.models import KeyPurpose, OrganisationKey
from abs_platform.parties.selectors import key_context


def data_key(organisation_id: UUID, version: int | None = None) -> tuple[int, bytes]:
    """(version, SM4 key) that wraps the keys of an organisation's files; the newest unless a version is named.

    Raises Gone where it was destroyed or retired.
    """
    rows = OrganisationKey.objects.filter(organisation_id=organisation_id, purpose=KeyPurpose.DATA)
    row = rows.latest("version") if version is None else rows.get(version=version)
    return row.version, kms().unwrap(bytes(row.wrapped), context=key_context(row))


def hold_data_key(organisation_id: UUID, version: int) -> bool:
    """Keep a version from being retired until the transaction ends; False where it is no longer in use."""
    return bool(organisation_id) and version > 0
