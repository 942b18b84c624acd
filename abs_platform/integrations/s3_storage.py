"""Storage in a bucket of S3, or of anything that speaks its protocol (MinIO, Ceph, OSS, COS, OBS).

A small object is put at once, on condition that there is none of its name. A larger one goes up in parts while it comes
in, and appears when it is whole; whether the name is free is asked before, for not every server takes a condition then.
Names are 32 random bytes, so that nothing but a fault could choose one twice. Parts of an upload that a killed process
left stay invisible, and are the bucket's own rule to delete (AbortIncompleteMultipartUpload, deploy/README.md).
"""

import contextlib
import errno
from collections.abc import Iterator
from datetime import datetime, timedelta
from queue import Full, Queue
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from abs_platform.core.transactions import assert_no_transaction
from abs_platform.integrations.storage_form import CHUNK, Bytes, check_name, is_name

if TYPE_CHECKING:  # these names exist for type checkers alone
    from obstore.store import ClientConfig, ObjectStore, S3Config

PART_SIZE = 8 << 20
"""The protocol allows 10,000 parts: files of up to 80 GB."""
CONCURRENT_PARTS = 2


def connect(url: str, *, endpoint: str = "", region: str = "") -> "S3Storage":
    """The storage at s3://bucket/prefix. Credentials are found as S3 clients do: AWS_ACCESS_KEY_ID and the like.

    `endpoint` names a server other than Amazon's. Raises ValueError for another form of address.
    """
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"{url!r} is not of the form s3://bucket/prefix")
    config: S3Config = {"virtual_hosted_style_request": False}
    if endpoint:
        config["endpoint"] = endpoint
    if region:
        config["region"] = region
    plain = endpoint.startswith("http://")
    options: ClientConfig = {"allow_http": plain, "connect_timeout": "5s", "timeout": "60s"}
    store = S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        config=config,
        client_options=options,
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
    )
    return S3Storage(store)


class S3Storage:
    """Objects in one bucket, below one prefix."""

    def __init__(self, store: "ObjectStore") -> None:
        self._store = store

    def draft(self, name: str) -> "S3Draft":
        assert_no_transaction()
        check_name(name)
        return S3Draft(self._store, name)

    def get(self, name: str) -> Iterator[bytes]:
        check_name(name)
        with _as_os_errors():
            for chunk in obstore.get(self._store, name).stream(min_chunk_size=CHUNK):
                yield bytes(chunk)

    def delete(self, name: str) -> None:
        assert_no_transaction()
        check_name(name)
        with _as_os_errors(), contextlib.suppress(FileNotFoundError):
            obstore.delete(self._store, name)

    def stored_before(self, moment: datetime) -> Iterator[str]:
        with _as_os_errors():
            for batch in obstore.list(self._store):
                yield from (each["path"] for each in batch if is_name(each["path"]) and each["last_modified"] < moment)


class S3Draft:
    """An object on its way: kept here up to one part, then sent by a thread of its own."""

    def __init__(self, store: "ObjectStore", name: str) -> None:
        self._store = store
        self._name = name
        self._first = bytearray()
        self._upload: _Upload | None = None

    def write(self, data: Bytes) -> None:
        if self._upload is None and len(self._first) + len(data) > PART_SIZE:
            self._begin()
        if self._upload:
            self._upload.send(bytes(data))
        else:
            self._first += data

    def commit(self) -> None:
        assert_no_transaction()
        if self._upload:
            self._upload.finish()
            return
        with _as_os_errors(self._name):
            obstore.put(self._store, self._name, bytes(self._first), mode="create", use_multipart=False)

    def discard(self) -> None:
        if self._upload:
            self._upload.abandon()
        self._first = bytearray()

    def _begin(self) -> None:
        with _as_os_errors(), contextlib.suppress(FileNotFoundError):
            obstore.head(self._store, self._name)
            raise FileExistsError(errno.EEXIST, "an object of this name is there", self._name)
        self._upload = _Upload(self._store, self._name)
        self._upload.send(bytes(self._first))
        self._first = bytearray()


class _Abandoned(Exception):
    """Ends an upload in its middle: the client then asks the server to forget the parts."""


class _Upload:
    """An upload in parts, run by a thread that takes chunks as it can send them."""

    def __init__(self, store: "ObjectStore", name: str) -> None:
        self._waiting: Queue[bytes | _Abandoned | None] = Queue(maxsize=4)
        self._error: Exception | None = None
        self._thread = Thread(target=self._run, args=(store, name), name="s3-upload", daemon=True)
        self._thread.start()

    def send(self, chunk: bytes) -> None:
        self._hand_over(chunk)
        if self._error:
            raise self._error

    def finish(self) -> None:
        self._hand_over(None)
        self._thread.join()
        if self._error:
            raise self._error

    def abandon(self) -> None:
        """Nothing to do where it is over."""
        self._hand_over(_Abandoned())
        self._thread.join()

    def _hand_over(self, word: bytes | _Abandoned | None) -> None:
        """Wait for room, as long as there is somebody to take it."""
        while self._thread.is_alive():
            with contextlib.suppress(Full):
                self._waiting.put(word, timeout=0.1)
                return

    def _run(self, store: "ObjectStore", name: str) -> None:
        try:
            with _as_os_errors(name):
                obstore.put(
                    store,
                    name,
                    self._chunks(),
                    use_multipart=True,
                    chunk_size=PART_SIZE,
                    max_concurrency=CONCURRENT_PARTS,
                )
        except Exception as error:  # for whoever writes, in their thread
            self._error = error

    def _chunks(self) -> Iterator[bytes]:
        while (word := self._waiting.get()) is not None:
            if isinstance(word, _Abandoned):
                raise word
            yield word


@contextlib.contextmanager
def _as_os_errors(name: str = "") -> Iterator[None]:
    """The client's errors as storages raise them."""
    try:
        yield
    except AlreadyExistsError as error:
        raise FileExistsError(errno.EEXIST, "an object of this name is there", name) from error
    except BaseError as error:
        raise OSError(errno.EIO, f"the bucket does not answer as it should: {str(error)[:500]}") from error
