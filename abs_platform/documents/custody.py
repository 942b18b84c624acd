"""Keeping files: read once through SM3 and SM4-GCM into storage, and back again."""

import errno
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol
from uuid import UUID

from abs_platform.core.errors import Damaged, OutOfSpace, Unavailable
from abs_platform.crypto import sm4
from abs_platform.crypto.errors import CryptoError
from abs_platform.crypto.sm4 import Bytes
from abs_platform.documents.sealing import Sealing
from abs_platform.integrations.formats import media
from abs_platform.integrations.storage import storage
from abs_platform.parties import keys

log = logging.getLogger(__name__)

CHUNK = 1 << 20
HEAD = media.HEAD
"""How many of a file's first bytes are remembered, to tell what it is."""


class Readable(Protocol):
    """What a file is read through."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file that lies whole in storage, and the key that opens it, which is nobody's yet."""

    digest: str
    size: int
    head: bytes
    storage_name: str
    key: bytes


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A file's key under its organisation's."""

    wrapped: bytes
    version: int


class Incoming:
    """A file that is coming in: encrypted under a fresh key and stored as it comes. What is not claimed leaves nothing.

    `take` its bytes, then `finish`; whoever records the document calls `claim`. Used as a context, it is discarded at
    the end unless it was claimed. Raises OutOfSpace and Unavailable where storage does not take it.
    """

    def __init__(self) -> None:
        self._name = secrets.token_hex(32)
        self._key = sm4.generate_key()
        self._head = b""
        self.size = 0
        self.sealed: Sealed | None = None
        self._claimed = False
        with _storing():
            self._draft = storage().draft(self._name)
        self._sealing = Sealing(self._key, self._draft.write)

    def take(self, chunk: Bytes) -> None:
        """The file's next bytes."""
        if len(self._head) < HEAD:
            self._head += bytes(chunk[: HEAD - len(self._head)])
        self.size += len(chunk)
        with _storing():
            self._sealing.take(chunk)

    def finish(self) -> Sealed:
        """The file ends here; when this returns, it lies whole and durable in storage."""
        with _storing():
            digest = self._sealing.finish()
            self._draft.commit()
        self.sealed = Sealed(digest.hex(), self.size, self._head, self._name, self._key)
        return self.sealed

    def claim(self) -> None:
        """A document stands for the file now: it stays."""
        self._claimed = True

    def discard(self) -> None:
        """Leave nothing of it, unless it was claimed."""
        if self._claimed:
            return
        self._sealing.stop()
        self._draft.discard()
        if self.sealed:
            self.sealed = None
            _forget(self._name)

    def __enter__(self) -> "Incoming":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()


def bring(stream: Readable) -> Incoming:
    """All of a stream, finished."""
    incoming = Incoming()
    try:
        while chunk := stream.read(CHUNK):
            incoming.take(chunk)
        incoming.finish()
    except BaseException:
        incoming.discard()
        raise
    return incoming


def wrap(sealed: Sealed, *, owner_id: UUID) -> WrappedKey:
    """The file's key under the newest key of the organisation that owns it from now on. Raises Gone."""
    return wrap_under(sealed, keys.data_key(owner_id))


def wrap_under(sealed: Sealed, newest: tuple[int, bytes]) -> WrappedKey:
    """The same, for many files in a row: `newest` is their owner's key, (version, key), fetched once."""
    version, wrapping_key = newest
    return WrappedKey(sm4.wrap(wrapping_key, sealed.key, _context(sealed.storage_name)), version)


def rewrap(wrapped: WrappedKey, *, storage_name: str, old: bytes, new: tuple[int, bytes]) -> WrappedKey:
    """A file's key under the next version of its organisation's; the file itself is not touched. Raises CryptoError."""
    version, wrapping_key = new
    context = _context(storage_name)
    return WrappedKey(sm4.wrap(wrapping_key, sm4.unwrap(old, wrapped.wrapped, context), context), version)


def file_key(*, owner_id: UUID, storage_name: str, wrapped: WrappedKey) -> bytes:
    """The key of a file. Raises Gone where the organisation's was destroyed, KeyRetired where the row is out of date,
    Damaged where the wrapped key is not this file's.
    """
    _, wrapping_key = keys.data_key(owner_id, wrapped.version)
    try:
        return sm4.unwrap(wrapping_key, wrapped.wrapped, _context(storage_name))
    except CryptoError as error:
        raise _damaged(storage_name) from error


def read(*, storage_name: str, key: bytes) -> Iterator[bytes]:
    """The plaintext in segments; each is authenticated before it is given out.

    Raises Damaged where the file is not what was stored or is missing, Unavailable where storage cannot be reached; each
    at the segment concerned.
    """
    try:
        yield from sm4.decrypt_segments(storage().get(storage_name), key)
    except (CryptoError, FileNotFoundError) as error:
        raise _damaged(storage_name) from error
    except OSError as error:
        log.exception("file %s cannot be read", storage_name)
        raise _unavailable() from error


def _damaged(storage_name: str) -> Damaged:
    log.exception("file %s is damaged or missing", storage_name)
    return Damaged(
        "file_damaged", "The stored file is damaged or missing. Tell the platform's operator, who has a backup."
    )


class _storing:  # a context manager, read as a verb
    """Storage's errors in words for whoever sends a file."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError):
            log.error("storage does not take a file: %s", error)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise OutOfSpace(
                    "storage_full",
                    "The platform's storage is full; nothing was kept. Tell its operator, then send again.",
                ) from error
            raise _unavailable() from error


def _unavailable() -> Unavailable:
    return Unavailable("storage_unavailable", "The platform's storage cannot be reached now. Try again in a minute.")


def _forget(name: str) -> None:
    try:
        storage().delete(name)
    except OSError:
        # Its key is in nobody's hands: what stays behind is noise that takes up room.
        log.exception("file %s, which no document stands for, could not be deleted", name)


def _context(name: str) -> bytes:
    return f"document/{name}".encode()
