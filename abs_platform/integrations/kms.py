"""Key management behind a Protocol: whoever holds the master key wraps and unwraps, and makes the platform's own keys.

`FileKms` keeps the master key in an owner-readable file: enough for development and for an operator who mounts the file
from a vault. A hardware or cloud module takes its place by the same Protocol.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from abs_platform.crypto import ed25519, sm2, sm4

FIRST_CHAIN_KEY = "publisher"
"""Its file is named by a setting; keys that came after it lie wrapped beside the master key."""

_VERSIONED = b"\x02"  # || version of the master key (4) || what sm4.wrap gives; sm4.wrap's own begin with 1
_OWN_KINDS = ("sm2", "ed25519", "mac", "chain")


class KeyManagement(Protocol):
    """What the platform asks of a key-management system."""

    def wrap(self, key: bytes, *, context: bytes) -> bytes:
        """`key` encrypted under the newest version of the master key, bound to `context`."""
        ...

    def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """The key that `wrap` was given. Raises ValueError when the bytes or the context are not the ones wrapped."""
        ...

    def version_of(self, wrapped: bytes) -> int:
        """The version of the master key under which these bytes were wrapped."""
        ...

    def add_master(self, version: int) -> None:
        """Have this version of the master key, and wrap under it from now on; nothing to do where there is one.

        Older versions still unwrap. Raises OSError where none can be made here.
        """
        ...

    def rewrap_own(self) -> None:
        """Wrap the platform's own keys anew, under the newest version. Repeatable."""
        ...

    def retire_master(self, version: int) -> None:
        """Use this version no more: nothing is wrapped under it. Nothing to do where it was retired."""
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
    """Keys in files that only their owner can read.

    Version 1 of the master key lies in `master.key`, version 2 beside it in `master.2.key`. A retired version's file is
    renamed to `retired.…`: the platform reads it no more, and whoever keeps backups of the database decides when it goes.
    """

    def __init__(self, *, master_key_file: Path, chain_key_file: Path) -> None:
        self._master_file = master_key_file
        self._chain_file = chain_key_file

    def _file_of(self, version: int) -> Path:
        first = self._master_file
        return first if version == 1 else first.with_name(f"{first.stem}.{version}{first.suffix}")

    def _newest(self) -> int:
        """The newest version there is; the first is made at first use."""
        first = self._master_file
        numbers = (
            path.name[len(first.stem) + 1 : -len(first.suffix)] for path in first.parent.glob(f"{first.stem}.*.key")
        )
        newest = max((int(number) for number in numbers if number.isdecimal()), default=1)
        if newest == 1:
            _read_or_make(first, 16)
        return newest

    def _master(self, version: int) -> bytes:
        file = self._file_of(version)
        if not file.exists():
            raise ValueError(f"version {version} of the master key is not here; restore {file.name} beside the others")
        return _read_or_make(file, 16)

    def wrap(self, key: bytes, *, context: bytes) -> bytes:
        version = self._newest()
        return _VERSIONED + version.to_bytes(4, "big") + sm4.wrap(self._master(version), key, context)

    def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        bare = wrapped[5:] if wrapped[:1] == _VERSIONED else wrapped
        return sm4.unwrap(self._master(self.version_of(wrapped)), bare, context)

    def version_of(self, wrapped: bytes) -> int:
        """What was wrapped before there were versions names none: it is the first."""
        return int.from_bytes(wrapped[1:5], "big") if wrapped[:1] == _VERSIONED else 1

    def add_master(self, version: int) -> None:
        _read_or_make(self._file_of(version), 16)

    def rewrap_own(self) -> None:
        newest = self._newest()
        for kind in _OWN_KINDS:
            for file in sorted(self._master_file.parent.glob(f"*.{kind}")):
                stored = bytes.fromhex(file.read_text())
                wrapped, public = (stored[:-65], stored[-65:]) if kind == "sm2" else (stored, b"")
                if self.version_of(wrapped) < newest:
                    context = _own_context(kind, file.stem)
                    again = self.wrap(self.unwrap(wrapped, context=context), context=context)
                    _replace(file, (again + public).hex())

    def retire_master(self, version: int) -> None:
        file = self._file_of(version)
        if version < self._newest() and file.exists():
            file.rename(file.with_name(f"retired.{file.name}"))

    def signing_key(self, name: str) -> sm2.SM2KeyPair:
        context = _own_context("sm2", name)
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
        context = _own_context(kind, name)
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


def _own_context(kind: str, name: str) -> bytes:
    return f"{'signing' if kind == 'sm2' else kind}-key/{name}".encode()


def _write_new(file: Path, text: str) -> None:
    """Write a file that must not exist yet, whole or not at all; another process that was faster wins."""
    with _draft(file, text) as draft, contextlib.suppress(FileExistsError):
        file.hardlink_to(draft)


def _replace(file: Path, text: str) -> None:
    """Put a file in the place of another: whoever reads finds the one or the other, whole."""
    with _draft(file, text) as draft:
        draft.rename(file)


@contextlib.contextmanager
def _draft(file: Path, text: str) -> Iterator[Path]:
    """A durable file beside `file`, gone at the end unless it was renamed."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


@cache
def kms() -> KeyManagement:
    """The key-management system of this installation."""
    return FileKms(master_key_file=settings.MASTER_KEY_FILE, chain_key_file=settings.CHAIN_KEY_FILE)
