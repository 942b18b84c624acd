"""SM3 (GB/T 32905-2016, ISO/IEC 10118-3): 32-byte digests, by the OpenSSL behind hashlib.

Where Python's own OpenSSL was built without SM3, the one inside `cryptography` takes its place.
"""

import hashlib
from typing import Protocol, Self

from cryptography.hazmat.primitives import hashes, hmac

DIGEST_SIZE = 32
BLOCK_SIZE = 64


class HashObject(Protocol):
    """What is used of a hashlib object."""

    @property
    def digest_size(self) -> int: ...
    @property
    def block_size(self) -> int: ...
    @property
    def name(self) -> str: ...
    def update(self, data: bytes | bytearray | memoryview, /) -> None: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...
    def copy(self) -> Self: ...


class CryptographySM3:
    """SM3 of the `cryptography` package under hashlib's interface."""

    digest_size = DIGEST_SIZE
    block_size = BLOCK_SIZE
    name = "sm3"

    def __init__(self, state: hashes.Hash | None = None) -> None:
        self._state = hashes.Hash(hashes.SM3()) if state is None else state

    def update(self, data: bytes | bytearray | memoryview, /) -> None:
        self._state.update(data)

    def digest(self) -> bytes:
        return self._state.copy().finalize()

    def hexdigest(self) -> str:
        return self.digest().hex()

    def copy(self) -> Self:
        return type(self)(self._state.copy())


def _base() -> HashObject:
    try:
        return hashlib.new("sm3")
    except ValueError:
        return CryptographySM3()


# Copying an empty state is cheaper than looking the algorithm up by name each time.
_EMPTY = _base()


def new(data: bytes = b"") -> HashObject:
    """A running SM3 with hashlib's interface, already fed `data`."""
    state = _EMPTY.copy()
    if data:
        state.update(data)
    return state


def sm3(data: bytes) -> bytes:
    """The 32-byte SM3 digest of `data`."""
    state = _EMPTY.copy()
    state.update(data)
    return state.digest()


class HmacSM3:
    """HMAC-SM3 (GM/T 0042-2015) under one key: set up once, which is most of the work for short data."""

    def __init__(self, key: bytes) -> None:
        self._keyed = hmac.HMAC(key, hashes.SM3())

    def of(self, data: bytes) -> bytes:
        """The 32 bytes for `data`."""
        state = self._keyed.copy()
        state.update(data)
        return state.finalize()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """HMAC-SM3 of `data` under `key`: 32 bytes."""
    return HmacSM3(key).of(data)
