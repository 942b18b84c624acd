"""Changing and destroying the keys that keep files closed. Nothing stops meanwhile: what is wrapped is wrapped anew, bit
by bit, and both versions open until none is left under the old one.

Rows are locked in one order: the master key's, then the organisation's keys, by version.
"""

import secrets
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction

from abs_platform.core import audit, clock, jobs
from abs_platform.core.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from abs_platform.core.jobs import RunningJob
from abs_platform.core.subjects import SubjectRef
from abs_platform.core.transitions import target_of
from abs_platform.integrations.kms import kms
from abs_platform.parties import keys
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.models import KeyDestruction, KeyPurpose, MasterKey, Organisation, OrganisationKey
from abs_platform.parties.roles import Role
from abs_platform.parties.selectors import key_context
from abs_platform.parties.states import DESTRUCTION, DestructionState

BATCH = 200


@transaction.atomic
def rotate_master(*, actor: Actor) -> int:
    """Make a new version of the master key, which wraps from now on; a job wraps anew what the others wrap.

    Returns its number. Raises Forbidden, Conflict while an earlier change goes on, Unavailable where the key-management
    system makes none.
    """
    actor.require(Role.OPERATOR)
    newest = lock_master()
    if MasterKey.objects.filter(retired_at=None).exclude(version=newest).exists():
        raise Conflict("rotation_running", "The last change of this key still goes on. Wait until it is done.")
    version = newest + 1
    try:
        kms().add_master(version)
    except OSError as error:
        raise Unavailable(
            "master_key_not_made",
            "The new master key could not be written beside the old one. Make the folder writable, or put it there.",
        ) from error
    MasterKey.objects.create(version=version)
    audit.record(actor=actor, verb="master_key.rotated", subject=_master_subject(version), detail={"version": version})
    jobs.enqueue(keys.REWRAP_KEYS, key="master")
    return version


def lock_master() -> int:
    """The newest version of the master key, which stays the newest, and in use, until the transaction ends."""
    return MasterKey.objects.select_for_update(no_key=True).latest("version").version


def rewrap_keys(*, job: RunningJob) -> None:
    """Wrap under the newest master key what older versions wrap, then retire these. Resumable, repeatable."""
    newest = MasterKey.objects.latest("version").version
    stale = OrganisationKey.objects.filter(wrapped__isnull=False, master_version__lt=newest).order_by("id")
    total = stale.count()
    done = 0
    while rows := list(stale[:BATCH]):
        for row in rows:
            context = key_context(row)
            wrapped = kms().wrap(kms().unwrap(bytes(row.wrapped or b""), context=context), context=context)
            # Only what was read is replaced: whoever retired or destroyed the key meanwhile was right.
            OrganisationKey.objects.filter(id=row.id, wrapped=row.wrapped).update(
                wrapped=wrapped, master_version=kms().version_of(wrapped)
            )
        done += len(rows)
        job.progress(done, max(total, done))
    kms().rewrap_own()
    for version in MasterKey.objects.filter(retired_at=None, version__lt=newest).values_list("version", flat=True):
        _retire_master(version)


@transaction.atomic
def _retire_master(version: int) -> None:
    MasterKey.objects.select_for_update().get(version=version)
    if OrganisationKey.objects.filter(wrapped__isnull=False, master_version=version).exists():
        raise jobs.Retry(timedelta(seconds=5), f"a key came in under version {version} meanwhile")
    MasterKey.objects.filter(version=version, retired_at=None).update(retired_at=clock.now())
    audit.record(
        actor=PLATFORM, verb="master_key.retired", subject=_master_subject(version), detail={"version": version}
    )
    transaction.on_commit(partial(kms().retire_master, version))


@transaction.atomic
def rotate_data_key(*, actor: Actor, organisation_id: UUID) -> int:
    """Make a new version of the key that wraps the keys of an organisation's files. Returns its number.

    Those who keep files wrap their keys anew (topic key.rotated). Raises Forbidden, NotFound, Gone where the keys were
    destroyed, Conflict while an earlier change goes on.
    """
    actor.require(Role.OPERATOR)
    lock_master()
    rows = _locked(organisation_id)
    live = [row for row in rows if row.wrapped is not None]
    if len(live) > 1:
        raise Conflict("rotation_running", "The last change of this key still goes on. Wait until it is done.")
    row = OrganisationKey(organisation_id=organisation_id, purpose=KeyPurpose.DATA, version=rows[-1].version + 1)
    row.wrapped = kms().wrap(secrets.token_bytes(16), context=key_context(row))
    row.master_version = kms().version_of(row.wrapped)
    row.save(force_insert=True)
    audit.record(
        actor=actor, verb="data_key.rotated", subject=_subject(organisation_id), detail={"version": row.version}
    )
    jobs.publish("key.rotated", {"organisation": str(organisation_id)}, key=str(organisation_id))
    return row.version


def _locked(organisation_id: UUID) -> list[OrganisationKey]:
    """All versions of an organisation's data key, by version. Raises NotFound, Gone."""
    rows = OrganisationKey.objects.select_for_update().filter(organisation_id=organisation_id, purpose=KeyPurpose.DATA)
    found = list(rows.order_by("version"))
    if not found:
        raise NotFound
    if found[-1].destroyed_at:
        raise keys.gone()
    return found


def lock_for_retirement(organisation_id: UUID, version: int) -> bool:
    """Let nobody begin to use a version until the transaction ends; False where it is the newest, or ended already."""
    rows = OrganisationKey.objects.select_for_update().filter(
        organisation_id=organisation_id, purpose=KeyPurpose.DATA, version=version, wrapped__isnull=False
    )
    return rows.exists() and version < keys.live_versions(organisation_id)[-1]


def retire_data_key(organisation_id: UUID, version: int) -> None:
    """Forget a version that wraps nothing any more. The caller holds it by `lock_for_retirement`, and has looked."""
    OrganisationKey.objects.filter(
        organisation_id=organisation_id, purpose=KeyPurpose.DATA, version=version, wrapped__isnull=False
    ).update(wrapped=None, retired_at=clock.now())
    audit.record(
        actor=PLATFORM, verb="data_key.retired", subject=_subject(organisation_id), detail={"version": version}
    )


@transaction.atomic
def request_destruction(*, actor: Actor, organisation_id: UUID, name: str, reason: str) -> KeyDestruction:
    """Ask that an organisation's data keys be destroyed. `name` is the organisation's, typed in.

    Raises Forbidden (programs too), NotFound, Invalid for another name or no reason, Gone, Conflict where it was asked.
    """
    actor.require(Role.OPERATOR)
    _locked(organisation_id)
    _check_name(organisation_id, name)
    person = _person(actor)
    if not reason.strip():
        raise Invalid("reason_missing", "Say why the key is to be destroyed.")
    if KeyDestruction.objects.filter(organisation_id=organisation_id, state=DestructionState.REQUESTED).exists():
        raise Conflict("destruction_requested", "The destruction of this key was asked for already.")
    row = KeyDestruction.objects.create(organisation_id=organisation_id, reason=reason.strip(), requested_by_id=person)
    audit.record(
        actor=actor,
        verb="data_key.destruction_requested",
        subject=_subject(organisation_id),
        detail={"reason": row.reason},
    )
    return row


@transaction.atomic
def destroy(*, actor: Actor, organisation_id: UUID, name: str) -> None:
    """Destroy every version of an organisation's data key, as another person asked for. There is no way back.

    Those who keep what was read from the files erase it (topic key.destroyed). Raises as `request_destruction` does, and
    Forbidden for whoever asked.
    """
    actor.require(Role.OPERATOR)
    _locked(organisation_id)
    row = _requested(organisation_id)
    person = _person(actor)
    if row.requested_by_id == person:
        raise Forbidden("second_person_needed", "You asked for this. Another operator has to carry it out.")
    _check_name(organisation_id, name)
    _decide(row, "destroy", actor)
    now = clock.now()
    data = OrganisationKey.objects.filter(organisation_id=organisation_id, purpose=KeyPurpose.DATA)
    data.filter(wrapped__isnull=False).update(wrapped=None, destroyed_at=now)
    audit.record(
        actor=actor, verb="data_key.destroyed", subject=_subject(organisation_id), detail={"reason": row.reason}
    )
    jobs.publish("key.destroyed", {"organisation": str(organisation_id)}, key=str(organisation_id))


@transaction.atomic
def withdraw_destruction(*, actor: Actor, organisation_id: UUID) -> None:
    """Take a request back. Raises Forbidden, NotFound, Gone, Conflict where there is none."""
    actor.require(Role.OPERATOR)
    _locked(organisation_id)
    row = _requested(organisation_id)
    _person(actor)
    _decide(row, "withdraw", actor)
    audit.record(actor=actor, verb="data_key.destruction_withdrawn", subject=_subject(organisation_id))


def _requested(organisation_id: UUID) -> KeyDestruction:
    rows = KeyDestruction.objects.select_for_update(no_key=True)
    row = rows.filter(organisation_id=organisation_id, state=DestructionState.REQUESTED).first()
    if row is None:
        raise Conflict(
            "destruction_not_requested", "Nobody has asked to destroy this key. Ask first; another confirms."
        )
    return row


def _decide(row: KeyDestruction, action: str, actor: Actor) -> None:
    row.state = target_of(DESTRUCTION, action=action, state=row.state, roles=actor.roles)
    row.decided_by_id = actor.person_id
    row.decided_at = clock.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])


def _person(actor: Actor) -> UUID:
    actor.require(Role.OPERATOR)
    if actor.is_program or actor.person_id is None:
        raise Forbidden("person_needed", "Two people destroy a key; a program cannot take part.")
    return actor.person_id


def _check_name(organisation_id: UUID, name: str) -> None:
    owner = Organisation.objects.get(id=organisation_id)
    if name.strip() != owner.name:
        raise Invalid("name_differs", f"Type the organisation's name exactly: {owner.name}.", name=owner.name)


def _subject(organisation_id: UUID) -> SubjectRef:
    return SubjectRef("organisation", organisation_id)


def _master_subject(version: int) -> SubjectRef:
    return SubjectRef("master_key", UUID(int=version))
