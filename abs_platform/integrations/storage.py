"""Where ciphertext lies: behind a Protocol, on the file system by default. Plaintext never comes here."""

import os
import secrets
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from abs_platform.core.transactions import assert_no_transaction

CHUNK = 1 << 20


class Storage(Protocol):
    """Write once, read, delete, by an opaque name."""

    def put(self, name: str, chunks: Iterable[bytes]) -> int:
        """Store the chunks whole or not at all; returns the number of bytes. Raises FileExistsError."""
        ...

    def get(self, name: str) -> Iterator[bytes]:
        """The stored bytes in chunks. Raises FileNotFoundError."""
        ...

    def delete(self, name: str) -> None:
        """Forget the bytes; no error when they are not there."""
        ...


class FileStorage:
    """Files below one folder, in 256 subfolders by the first two characters of the name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, name: str) -> Path:
        if not name.isalnum():
            raise ValueError("a storage name is letters and digits")
        return self._folder / name[-2:] / name

    def put(self, name: str, chunks: Iterable[bytes]) -> int:
        assert_no_transaction()
        path = self._path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{name}.{secrets.token_hex(4)}")
        size = 0
        try:
            with draft.open("xb") as handle:
                for chunk in chunks:
                    size += handle.write(chunk)
                handle.flush()
                os.fsync(handle.fileno())
            path.hardlink_to(draft)
        finally:
            draft.unlink(missing_ok=True)
        return size

    def get(self, name: str) -> Iterator[bytes]:
        with self._path(name).open("rb") as handle:
            while chunk := handle.read(CHUNK):
                yield chunk

    def delete(self, name: str) -> None:
        assert_no_transaction()
        self._path(name).unlink(missing_ok=True)


@cache
def storage() -> Storage:
    """The storage of this installation."""
    return FileStorage(settings.STORAGE_DIR)
