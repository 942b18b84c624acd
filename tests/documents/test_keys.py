"""Keys change, and files stay readable all the while."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from abs_platform.core.errors import Conflict
from abs_platform.core.ids import uuid7
from abs_platform.core.jobs import RunningJob
from abs_platform.core.models import AuditEntry
from abs_platform.documents import custody, keeping
from abs_platform.documents.models import Document
from abs_platform.integrations.kms import FileKms
from abs_platform.parties import key_rotation, keys
from abs_platform.parties.models import MasterKey, OrganisationKey
from tests.support.keys import run_key_jobs
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

VERIFIER = Path(settings.BASE_DIR) / "abs_platform" / "verifier" / "abs_verify.py"


def content(world: World, row: Document) -> bytes:
    return world.supplier.browser.file(str(row.id))


def test_an_organisation_s_key_changes_and_its_files_stay_readable(world: World) -> None:
    owner = world.supplier.organisation.id
    first, second = world.supplier.submit({"a.txt": b"a" * 10, "b.txt": b"b" * 10})
    assert key_rotation.rotate_data_key(actor=world.console.actor, organisation_id=owner) == 2
    assert content(world, first) == b"a" * 10, "while both versions are there"
    [third] = world.supplier.submit({"c.txt": b"c"})
    assert third.key_version == 2
    with pytest.raises(Conflict, match="still goes on"):
        key_rotation.rotate_data_key(actor=world.console.actor, organisation_id=owner)
    run_key_jobs()
    assert set(Document.objects.filter(owner_id=owner).values_list("key_version", flat=True)) == {2}
    assert keys.live_versions(owner) == [2]
    retired = OrganisationKey.objects.get(organisation_id=owner, purpose="data", version=1)
    assert retired.wrapped is None and retired.retired_at
    assert [content(world, row) for row in (first, second, third)] == [b"a" * 10, b"b" * 10, b"c"]
    verbs = AuditEntry.objects.filter(subject_id=owner, verb__startswith="data_key.").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == ["data_key.rotated", "data_key.retired"]


def test_a_row_that_was_read_before_its_key_changed_still_opens(world: World) -> None:
    [before] = world.supplier.submit({"a.txt": b"a"})
    key_rotation.rotate_data_key(actor=world.console.actor, organisation_id=before.owner_id)
    run_key_jobs()
    assert before.key_version == 1
    assert b"".join(keeping.plaintext(before)) == b"a"


def test_a_file_that_came_in_under_the_old_key_is_wrapped_under_the_new(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key was taken, then changed and retired, and only then was the document recorded."""
    owner = world.supplier.organisation.id
    wrap = custody.wrap
    taken = []

    def wrap_late(sealed: custody.Sealed, *, owner_id: Any) -> custody.WrappedKey:
        key = wrap(sealed, owner_id=owner_id)
        if not taken:
            key_rotation.rotate_data_key(actor=world.console.actor, organisation_id=owner)
            run_key_jobs()
        taken.append(key.version)
        return key

    monkeypatch.setattr(custody, "wrap", wrap_late)
    [row] = world.supplier.submit({"a.txt": b"a"})
    assert taken == [1, 2] and row.key_version == 2
    assert content(world, row) == b"a"


def test_rewrapping_goes_on_where_it_was_broken_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = world.supplier.submit({f"{n}.txt": bytes([n]) for n in range(5)})
    owner = rows[0].owner_id
    monkeypatch.setattr(keeping, "BATCH", 2)
    key_rotation.rotate_data_key(actor=world.console.actor, organisation_id=owner)

    class Killed(Exception):
        pass

    class Dying(RunningJob):
        def progress(self, done: int, total: int) -> None:
            raise Killed

    with pytest.raises(Killed):
        keeping.rewrap(organisation_id=owner, job=Dying(uuid7(), "documents.rewrap", "", {}, 1))
    versions = Document.objects.filter(owner_id=owner).order_by("id").values_list("key_version", flat=True)
    assert list(versions) == [2, 2, 1, 1, 1]
    assert keys.live_versions(owner) == [1, 2], "what still wraps something is not retired"
    assert [content(world, row) for row in rows] == [bytes([n]) for n in range(5)]
    run_key_jobs()
    assert list(versions.all()) == [2] * 5 and keys.live_versions(owner) == [2]


def test_the_master_key_changes_and_everything_stays_readable(world: World) -> None:
    [row] = world.supplier.submit({"a.txt": b"a"})
    version = key_rotation.rotate_master(actor=world.console.actor)
    with pytest.raises(Conflict, match="still goes on"):
        key_rotation.rotate_master(actor=world.console.actor)
    assert content(world, row) == b"a"
    run_key_jobs()
    assert set(OrganisationKey.objects.values_list("master_version", flat=True)) == {version}
    assert list(MasterKey.objects.filter(retired_at=None).values_list("version", flat=True)) == [version]
    assert content(world, row) == b"a"
    status = world.console.browser.get("storage/master-keys")
    assert status["versions"][0]["is_newest"] and status["versions"][0]["wraps"] == OrganisationKey.objects.count()
    assert status["versions"][1]["retired_at"] and status["versions"][1]["wraps"] == 0


def test_files_of_the_key_management_system_through_a_change(tmp_path: Path) -> None:
    kms = FileKms(master_key_file=tmp_path / "master.key", chain_key_file=tmp_path / "chain.key")
    signing, mac, chain, ed = (
        kms.signing_key("log").private, kms.mac_key("fingerprint"), kms.chain_key("publisher-2"), kms.ed25519_key("e")
    )  # fmt: skip
    old = kms.wrap(b"k" * 16, context=b"c")
    kms.add_master(2)
    kms.add_master(2)
    new = kms.wrap(b"k" * 16, context=b"c")
    assert (kms.version_of(old), kms.version_of(new)) == (1, 2)
    assert kms.unwrap(old, context=b"c") == kms.unwrap(new, context=b"c") == b"k" * 16
    with pytest.raises(ValueError):
        kms.unwrap(new, context=b"another")
    with pytest.raises(ValueError):
        kms.unwrap(new[:1] + (1).to_bytes(4, "big") + new[5:], context=b"c")
    kms.rewrap_own()
    kms.retire_master(1)
    kms.retire_master(1)
    assert sorted(path.name for path in tmp_path.glob("*.key")) == ["master.2.key", "retired.master.key"]
    again = FileKms(master_key_file=tmp_path / "master.key", chain_key_file=tmp_path / "chain.key")
    assert again.signing_key("log").private == signing and again.mac_key("fingerprint") == mac
    assert again.chain_key("publisher-2") == chain and again.ed25519_key("e") == ed
    assert again.unwrap(new, context=b"c") == b"k" * 16
    with pytest.raises(ValueError, match=r"restore master\.key"):
        again.unwrap(old, context=b"c")
    again.retire_master(2)
    assert (tmp_path / "master.2.key").exists(), "the newest is never retired"
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_what_was_wrapped_before_there_were_versions_opens(tmp_path: Path) -> None:
    kms = FileKms(master_key_file=tmp_path / "master.key", chain_key_file=tmp_path / "chain.key")
    versioned = kms.wrap(b"k" * 16, context=b"c")
    assert kms.unwrap(versioned[5:], context=b"c") == b"k" * 16 and kms.version_of(versioned[5:]) == 1
