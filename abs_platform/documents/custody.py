"""Keeping files: read once through SM3 and SM4-GCM into storage, and back again."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from abs_platform.crypto import sm3, sm4
from abs_platform.integrations.storage import storage
from abs_platform.parties import selectors as parties

CHUNK = 1 << 20


class Readable(Protocol):
    """What a file is read through: an open file, or an upload."""

    def read(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a file lies and how to open it."""

    digest: str
    size: int
    storage_name: str
    wrapped_key: bytes
    key_version: int


def keep(stream: Readable, *, owner_id: UUID) -> Kept:
    """Encrypt the stream under a fresh key into storage; only ciphertext is written."""
    version, wrapping_key = parties.data_key(owner_id)
    name = secrets.token_hex(32)
    key = secrets.token_bytes(16)
    digest = sm3.new()
    size = 0

    def read() -> Iterator[bytes]:
        nonlocal size
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    storage().put(name, sm4.encrypt_segments(read(), key))
    wrapped = sm4.wrap(wrapping_key, key, _context(name))
    return Kept(digest.hexdigest(), size, name, wrapped, version)


def read(*, owner_id: UUID, storage_name: str, wrapped_key: bytes, key_version: int) -> Iterator[bytes]:
    """The plaintext in chunks; each is authenticated before it is given out. Raises ValueError where it is not."""
    _, wrapping_key = parties.data_key(owner_id, key_version)
    key = sm4.unwrap(wrapping_key, wrapped_key, _context(storage_name))
    return sm4.decrypt_segments(storage().get(storage_name), key)


def forget(kept: Kept) -> None:
    """Delete what `keep` stored: the document that it was meant for was not recorded."""
    storage().delete(kept.storage_name)


def _context(name: str) -> bytes:
    return f"document/{name}".encode()
