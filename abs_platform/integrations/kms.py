"""Key management behind a Protocol: whoever holds the master key wraps and unwraps, and makes the platform's own keys.

`FileKms` keeps the master key in an owner-readable file: enough for development and for an operator who mounts the file
from a vault. A hardware or cloud module takes its place by the same Protocol.
"""

import os
import secrets
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from abs_platform.crypto import ed25519, sm2, sm4

FIRST_CHAIN_KEY = "publisher"
"""Its file is named by a setting; keys that came after it lie wrapped beside the master key."""


class KeyManagement(Protocol):
    """What the platform asks of a key-management system."""

    def wrap(self, key: bytes, *, context: bytes) -> bytes:
        """`key` encrypted under the master key, bound to `context`."""
        ...

    def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """The key that `wrap` was given. Raises ValueError when the bytes or the context are not the ones wrapped."""
        ...

    def signing_key(self, name: str) -> sm2.SM2KeyPair:
        """The platform's SM2 signing key of that name, made at first use."""
        ...

    def ed25519_key(self, name: str) -> ed25519.Ed25519KeyPair:
        """The platform's Ed25519 signing key of that name, made at first use."""
        ...

    def mac_key(self, name: str) -> bytes:
        """The platform's 32-byte key of that name for keyed digests, made at first use."""
        ...

    def chain_key(self, name: str) -> bytes:
        """The platform's secp256k1 private key of that name, 32 bytes, made at first use."""
        ...


class FileKms:
    """Keys in files that only their owner can read."""

    def __init__(self, *, master_key_file: Path, chain_key_file: Path) -> None:
        self._master_file = master_key_file
        self._chain_file = chain_key_file

    @property
    def _master(self) -> bytes:
        return _read_or_make(self._master_file, 16)

    def wrap(self, key: bytes, *, context: bytes) -> bytes:
        return sm4.wrap(self._master, key, context)

    def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        return sm4.unwrap(self._master, wrapped, context)

    def signing_key(self, name: str) -> sm2.SM2KeyPair:
        context = f"signing-key/{name}".encode()
        file = self._master_file.parent / f"{name}.sm2"
        if not file.exists():
            pair = sm2.generate()
            _write_new(file, (self.wrap(pair.private, context=context) + pair.public).hex())
        stored = bytes.fromhex(file.read_text())
        wrapped, public = stored[:-65], stored[-65:]
        return sm2.SM2KeyPair(private=self.unwrap(wrapped, context=context), public=public)

    def ed25519_key(self, name: str) -> ed25519.Ed25519KeyPair:
        return ed25519.from_private(self._secret(name, "ed25519"))

    def mac_key(self, name: str) -> bytes:
        return self._secret(name, "mac")

    def chain_key(self, name: str) -> bytes:
        if name == FIRST_CHAIN_KEY:
            return _read_or_make(self._chain_file, 32)
        return self._secret(name, "chain")

    def _secret(self, name: str, kind: str) -> bytes:
        """32 random bytes, wrapped in the file `name`.`kind`."""
        context = f"{kind}-key/{name}".encode()
        file = self._master_file.parent / f"{name}.{kind}"
        if not file.exists():
            _write_new(file, self.wrap(secrets.token_bytes(32), context=context).hex())
        return self.unwrap(bytes.fromhex(file.read_text()), context=context)


def _read_or_make(file: Path, size: int) -> bytes:
    if not file.exists():
        _write_new(file, secrets.token_bytes(size).hex())
    key = bytes.fromhex(file.read_text().strip())
    if len(key) != size:
        raise ValueError(f"{file.name} must hold {size} bytes in hex")
    return key


def _write_new(file: Path, text: str) -> None:
    """Write a file that must not exist yet, whole or not at all; another process that was faster wins."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        try:
            file.hardlink_to(draft)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)


@cache
def kms() -> KeyManagement:
    """The key-management system of this installation."""
    return FileKms(master_key_file=settings.MASTER_KEY_FILE, chain_key_file=settings.CHAIN_KEY_FILE)
