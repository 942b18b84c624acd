"""One contract, two storages: a folder, and a bucket of a server that speaks S3's protocol."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abs_platform.integrations import file_storage, s3_storage
from abs_platform.integrations.file_storage import FileStorage
from abs_platform.integrations.storage import Storage, put
from tests.support.bucket import bucket


class Kept:
    """A storage, and what lies in it: whole objects, and anything else."""

    def __init__(self, storage: Storage, everything: Callable[[], list[Path]]) -> None:
        self.storage = storage
        self.everything = everything


@pytest.fixture(params=["folder", "folder without unnamed files", "bucket"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    if request.param == "bucket":
        monkeypatch.setattr(s3_storage, "PART_SIZE", 5 << 20)
        with bucket(tmp_path, monkeypatch) as served:
            storage = s3_storage.connect(served.url, endpoint=served.endpoint, region="cn-north-1")
            yield Kept(storage, lambda: served.objects() + served.leftovers())
        return
    if request.param != "folder":
        monkeypatch.setattr(file_storage, "UNNAMED", 1 << 30)  # a flag that no file system knows
    yield Kept(FileStorage(tmp_path / "storage"), lambda: [path for path in tmp_path.rglob("*") if path.is_file()])


def name() -> str:
    return secrets.token_hex(32)


def got(storage: Storage, of: str) -> bytes:
    return b"".join(storage.get(of))


@pytest.mark.parametrize("size", [0, 1, 1 << 20, 5 << 20, (5 << 20) + 1, 23_000_000])
def test_what_is_put_is_got(kept: Kept, size: int) -> None:
    data, key = secrets.token_bytes(size), name()
    put(kept.storage, key, (data[at : at + 1_000_003] for at in range(0, size, 1_000_003)))
    assert got(kept.storage, key) == data
    assert len(kept.everything()) == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pieces=st.lists(st.binary(max_size=2_000), max_size=6))
def test_pieces_of_any_size(kept: Kept, pieces: list[bytes]) -> None:
    key = name()
    put(kept.storage, key, pieces)
    assert got(kept.storage, key) == b"".join(pieces)
    kept.storage.delete(key)


@pytest.mark.parametrize("size", [10, 6 << 20])
def test_nothing_is_written_over(kept: Kept, size: int) -> None:
    key = name()
    put(kept.storage, key, [b"first"])
    with pytest.raises(FileExistsError):
        put(kept.storage, key, [bytes(size)])
    assert got(kept.storage, key) == b"first"
    assert len(kept.everything()) == 1


@pytest.mark.parametrize("size", [10, 6 << 20, 23_000_000])
def test_what_is_not_committed_leaves_nothing(kept: Kept, size: int) -> None:
    key = name()
    draft = kept.storage.draft(key)
    for _ in range(0, size, 1 << 20):
        draft.write(bytes(min(size, 1 << 20)))
    draft.discard()
    draft.discard()
    with pytest.raises(FileNotFoundError):
        got(kept.storage, key)
    assert kept.everything() == []


def test_an_error_on_the_way_leaves_nothing(kept: Kept) -> None:
    class Broken(Exception):
        pass

    def pieces() -> Iterator[bytes]:
        for _ in range(12):
            yield bytes(1 << 20)
        raise Broken

    with pytest.raises(Broken):
        put(kept.storage, name(), pieces())
    assert kept.everything() == []


def test_a_buffer_may_be_used_again(kept: Kept) -> None:
    key, buffer = name(), bytearray(b"first")
    draft = kept.storage.draft(key)
    draft.write(buffer)
    buffer[:] = b"secon"
    draft.write(memoryview(buffer))
    draft.commit()
    draft.discard()
    assert got(kept.storage, key) == b"firstsecon"


def test_deleting(kept: Kept) -> None:
    key = name()
    put(kept.storage, key, [b"data"])
    kept.storage.delete(key)
    kept.storage.delete(key)
    with pytest.raises(FileNotFoundError):
        got(kept.storage, key)
    assert kept.everything() == []


@pytest.mark.parametrize("bad", ["../up", "a/b", "", ".", "名", "a b"])
def test_a_name_leads_nowhere_else(kept: Kept, bad: str) -> None:
    for act in (lambda: kept.storage.draft(bad), lambda: got(kept.storage, bad), lambda: kept.storage.delete(bad)):
        with pytest.raises(ValueError):
            act()
    assert kept.everything() == []


def test_a_server_that_is_not_there_is_an_os_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    storage = s3_storage.connect("s3://files/x", endpoint="http://127.0.0.1:9", region="cn-north-1")
    with pytest.raises(OSError):
        put(storage, name(), [b"a"])
    with pytest.raises(OSError):
        put(storage, name(), [bytes(1 << 20)] * 20)
    with pytest.raises(OSError):
        got(storage, name())


@pytest.mark.parametrize("url", ["s3://", "http://bucket/x", "bucket", "s3://bucket/x?y", ""])
def test_an_address_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        s3_storage.connect(url)


def test_names_are_listed_by_how_long_something_has_lain_under_them(kept: Kept) -> None:
    names = {name() for _ in range(3)}
    for each in names:
        put(kept.storage, each, [b"x"])
    put(kept.storage, "backup1", [b"no name of ours"])
    now = datetime.now(UTC)
    assert set(kept.storage.stored_before(now - timedelta(minutes=1))) == set()
    assert set(kept.storage.stored_before(now + timedelta(minutes=1))) == names
