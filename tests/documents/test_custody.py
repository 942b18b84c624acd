"""Files on their way in and out: in order on any number of threads, whole or not at all, over both storages."""

import errno
import io
import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abs_platform.core import clock
from abs_platform.core.errors import Damaged, OutOfSpace, Unavailable
from abs_platform.core.rest import sending
from abs_platform.crypto import sm3, sm4
from abs_platform.documents import custody, keeping, sealing, uploads
from abs_platform.documents.models import Document
from abs_platform.documents.sealing import Sealing
from abs_platform.integrations.file_storage import FileDraft
from abs_platform.integrations.storage import storage
from tests.documents.test_upload import stored
from tests.support.bucket import Bucket, bucket
from tests.support.callers import Files
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

KEY = bytes(range(16))
SEGMENT = sm4.SEGMENT_SIZE


def sealed(pieces: list[bytes]) -> tuple[bytes, bytes]:
    """Ciphertext and digest."""
    written = bytearray()
    work = Sealing(KEY, written.extend)
    for piece in pieces:
        work.take(piece)
    digest = work.finish()
    return bytes(written), digest


@pytest.mark.parametrize("size", [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 9 * SEGMENT + 12_345])
@pytest.mark.parametrize("chunk", [1 << 16, 3_000_001])
def test_a_file_is_sealed_in_order(size: int, chunk: int) -> None:
    data = os.urandom(size)
    ciphertext, digest = sealed([data[at : at + chunk] for at in range(0, size, chunk)])
    assert b"".join(sm4.decrypt_segments([ciphertext], KEY)) == data
    assert digest == sm3.sm3(data)


@given(st.lists(st.integers(0, 2 * SEGMENT), max_size=4))
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_chunks_of_any_size(sizes: list[int]) -> None:
    pieces = [bytes([number]) * size for number, size in enumerate(sizes)]
    ciphertext, digest = sealed(pieces)
    assert b"".join(sm4.decrypt_segments([ciphertext], KEY)) == b"".join(pieces)
    assert digest == sm3.sm3(b"".join(pieces))


def test_a_chunk_s_buffer_may_be_used_again() -> None:
    written, buffer = bytearray(), bytearray(SEGMENT)
    work = Sealing(KEY, written.extend)
    for number in range(8):
        buffer[:] = bytes([number]) * SEGMENT
        work.take(buffer)
    work.finish()
    assert b"".join(sm4.decrypt_segments([bytes(written)], KEY)) == b"".join(bytes([n]) * SEGMENT for n in range(8))


@pytest.mark.parametrize("at", [1, 2, 9])
def test_an_error_of_the_writer_reaches_whoever_sends(at: int) -> None:
    count = 0

    def write(data: object) -> None:
        nonlocal count
        count += 1
        if count == at:
            raise OSError(errno.ENOSPC, "full")

    work = Sealing(KEY, write)
    with pytest.raises(OSError, match="full"):
        for _ in range(16):
            work.take(bytes(SEGMENT))
        work.finish()
    work.stop()
    after = count
    assert after <= at + sealing.WINDOW, "and little is written after it"


def test_no_more_than_a_window_is_held() -> None:
    """Whoever sends faster than is written waits."""
    done = 0
    lead = 0
    work: Sealing

    def write(data: object) -> None:
        nonlocal done, lead
        lead = max(lead, work._index - done)
        done += 1

    work = Sealing(KEY, write)
    for _ in range(16):
        work.take(bytes(SEGMENT))
    work.finish()
    assert lead <= sealing.WINDOW + 1


# --- uploads


@pytest.fixture
def streams_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that smaller files than in life are sent segment by segment."""
    monkeypatch.setattr(sending, "SENT_WHOLE", 2 * SEGMENT)


@pytest.mark.usefixtures("streams_early")
def test_a_large_file_goes_in_and_out(world: World) -> None:
    data = os.urandom(4 * SEGMENT + 7)
    [document] = world.supplier.browser.upload({"large.bin": data})["documents"]
    assert document["digest"] == sm3.sm3(data).hex()
    reply = world.supplier.browser.client.get(f"/api/v1/documents/{document['id']}/file")
    assert isinstance(reply, StreamingHttpResponse) and reply["Content-Length"] == str(len(data))
    assert reply["Content-Security-Policy"] == "sandbox; default-src 'none'" and "no-store" in reply["Cache-Control"]
    assert b"".join(reply.streaming_content) == data  # type: ignore[arg-type]  # of a synchronous client


@pytest.mark.usefixtures("streams_early")
def test_a_file_damaged_in_its_middle_breaks_off(world: World, storage_folder: Path) -> None:
    [row] = world.supplier.submit({"large.bin": bytes(4 * SEGMENT)})
    path = next(path for path in stored(storage_folder) if path.name == row.storage_name)
    damaged = bytearray(path.read_bytes())
    damaged[2 * SEGMENT + 1000] ^= 1
    path.write_bytes(damaged)
    reply = world.supplier.browser.client.get(f"/api/v1/documents/{row.id}/file")
    came = 0
    with pytest.raises(Damaged):
        for chunk in reply.streaming_content:  # type: ignore[union-attr]  # of a synchronous client
            came += len(chunk)
    assert came == 2 * SEGMENT < int(reply["Content-Length"])


@pytest.mark.usefixtures("streams_early")
def test_a_large_file_whose_beginning_is_damaged_is_a_plain_error(world: World, storage_folder: Path) -> None:
    [row] = world.supplier.submit({"large.bin": bytes(4 * SEGMENT)})
    path = next(path for path in stored(storage_folder) if path.name == row.storage_name)
    damaged = bytearray(path.read_bytes())
    damaged[100] ^= 1
    path.write_bytes(damaged)
    answer = world.supplier.browser.send("GET", f"documents/{row.id}/file")
    assert answer.status_code == 500 and b"file_damaged" in answer.content


@pytest.mark.parametrize("size", [10, 2 * SEGMENT])
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(errno.ENOSPC, 507, "storage_full"), (errno.EDQUOT, 507, "storage_full"), (errno.EIO, 503, "storage_unavailable")],
)
@pytest.mark.parametrize("when", ["write", "commit"])
def test_a_storage_that_does_not_take_it_says_so_and_nothing_is_kept(
    world: World, storage_folder: Path, monkeypatch: pytest.MonkeyPatch, error: int, status: int, code: str, size: int, when: str
) -> None:  # fmt: skip
    before = stored(storage_folder)

    def fail(*args: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(FileDraft, when, fail)
    answer = world.supplier.browser.upload({"a.bin": bytes(size)}, status=status)
    assert answer["code"] == code
    assert stored(storage_folder) == before and not Document.objects.exists()
    with pytest.raises((OutOfSpace, Unavailable)):
        custody.bring(io.BytesIO(bytes(size)))


def test_a_file_that_is_too_large_leaves_nothing_and_the_others_come(world: World, storage_folder: Path) -> None:
    before = len(stored(storage_folder))
    with override_settings(MAX_FILE_BYTES=2 * SEGMENT):
        answer = world.supplier.browser.upload({"a.bin": b"a", "large.bin": bytes(3 * SEGMENT), "b.bin": b"b"})
    assert [each["filename"] for each in answer["documents"]] == ["a.bin", "b.bin"]
    assert answer["rejected"][0]["code"] == "file_too_large"
    assert len(stored(storage_folder)) == before + 2


class Breaking(io.BytesIO):
    """A body whose connection breaks after some bytes."""

    def __init__(self, body: bytes, after: int) -> None:
        super().__init__(body)
        self._after = after

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= self._after:
            raise OSError("the connection broke")
        return super().read(size)


@pytest.mark.parametrize("after", [200, 2 * SEGMENT, 5 * SEGMENT])
def test_an_upload_that_breaks_off_leaves_nothing(world: World, storage_folder: Path, after: int) -> None:
    """In the first file, or in the second when the first lies whole."""
    before = stored(storage_folder)
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="%d.bin"\r\n\r\n%s\r\n'
        % (number, bytes(3 * SEGMENT))
        for number in range(2)
    )
    body = parts + b"--x--\r\n"
    caller = world.supplier.browser
    caller.client.raise_request_exception = False
    try:
        reply = caller.client.generic(
            "POST",
            "/api/v1/documents",
            data="",
            content_type="multipart/form-data; boundary=x",
            headers=caller.headers,
            **{"wsgi.input": Breaking(body, after), "CONTENT_LENGTH": str(len(body))},
        )
    finally:
        caller.client.raise_request_exception = True
    assert reply.status_code >= 400
    assert stored(storage_folder) == before and not Document.objects.exists()


def test_the_body_of_whoever_may_not_upload_is_not_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the body was read")

    monkeypatch.setattr(uploads.CustodyUploadHandler, "new_file", fail)
    monkeypatch.setattr(uploads.BoundedUploadHandler, "new_file", fail)
    for caller, status in [(world.anybody, 401), (world.bank.browser, 403), (world.bank.program, 403)]:
        assert caller.send("POST", "documents", Files({"a.txt": b"x"})).status_code == status
    forged = world.supplier.browser.client.post("/api/v1/documents", {"files": io.BytesIO(b"x")})
    assert forged.status_code == 403, "without the token against forged requests"


def test_unfinished_files_have_no_name(world: World, storage_folder: Path) -> None:
    """So a process that is killed in the middle leaves nothing either."""
    before = stored(storage_folder)
    incoming = custody.Incoming()
    for _ in range(12):
        incoming.take(bytes(SEGMENT))
    assert stored(storage_folder) == before
    incoming.discard()
    assert stored(storage_folder) == before


# --- the same in a bucket


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with bucket(tmp_path, monkeypatch) as found:
        with override_settings(STORAGE_URL=found.url, S3_ENDPOINT=found.endpoint, S3_REGION="cn-north-1"):
            storage.cache_clear()
            yield found
        storage.cache_clear()


def test_files_lie_encrypted_in_a_bucket(world: World, served: Bucket) -> None:
    small, large = b"nobody else may know" * 10, b"nobody else may know" * 1_000_000
    answer = world.supplier.browser.upload({"small.txt": small, "large.txt": large[:19_000_000]})
    assert [path.stat().st_size > 0 for path in served.objects()] == [True, True] and not served.leftovers()
    assert not any(b"nobody else" in path.read_bytes() for path in served.objects())
    first, second = (each["id"] for each in answer["documents"])
    assert world.supplier.browser.file(first) == small
    reply = world.supplier.browser.client.get(f"/api/v1/documents/{second}/file")
    assert b"".join(reply.streaming_content) == large[:19_000_000]  # type: ignore[arg-type]  # of a synchronous client


def test_a_refused_file_leaves_nothing_in_a_bucket(world: World, served: Bucket) -> None:
    with override_settings(MAX_FILE_BYTES=10_000_000):
        assert world.supplier.browser.upload({"large.bin": bytes(19_000_000)}, status=422)["code"] == "all_refused"
    assert world.supplier.browser.upload({"empty.bin": b""}, status=422)["code"] == "all_refused"
    assert not served.objects() and not served.leftovers()


def test_a_bucket_that_does_not_answer_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        with override_settings(STORAGE_URL="s3://files/x", S3_ENDPOINT=endpoint, S3_REGION="cn-north-1"):
            storage.cache_clear()
            answer = world.supplier.browser.upload({"a.txt": b"a"}, status=503)
        storage.cache_clear()
    assert answer["code"] == "storage_unavailable" and not Document.objects.exists()


def test_what_a_killed_process_left_is_deleted_after_a_day_and_nothing_else(world: World, storage_folder: Path) -> None:
    with clock.at(clock.now() + timedelta(days=2)):
        keeping.sweep()  # what tests before left as their rows were rolled back
    [row] = world.supplier.submit({"a.txt": b"kept"})
    sealed = custody.bring(io.BytesIO(b"recorded by nobody")).sealed
    assert sealed is not None
    left = sealed.storage_name
    foreign = storage_folder / "ab" / "notes.txt"
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_text("not ours")
    assert keeping.sweep() == 0, "it may be coming in just now"
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert keeping.sweep() == 1
        assert keeping.sweep() == 0
    assert foreign.exists()
    with pytest.raises(FileNotFoundError):
        next(storage().get(left))
    assert world.supplier.browser.file(str(row.id)) == b"kept"
