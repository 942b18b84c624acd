"""Storage in a folder."""

import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from abs_platform.core.transactions import assert_no_transaction
from abs_platform.integrations.storage_form import CHUNK, Bytes, check_name, is_name

FLUSH_EVERY = 32 << 20
"""A large file goes to the disk while it comes in: the last flush waits for these bytes at most."""

UNNAMED = os.O_TMPFILE


class FileStorage:
    """Files below one folder, in 256 subfolders by the last two characters of the name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, name: str) -> Path:
        check_name(name)
        return self._folder / name[-2:] / name

    def draft(self, name: str) -> "FileDraft":
        assert_no_transaction()
        path = self._path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return FileDraft(path)

    def get(self, name: str) -> Iterator[bytes]:
        with self._path(name).open("rb") as handle:
            while chunk := handle.read(CHUNK):
                yield chunk

    def delete(self, name: str) -> None:
        assert_no_transaction()
        self._path(name).unlink(missing_ok=True)

    def stored_before(self, moment: datetime) -> Iterator[str]:
        for folder in sorted(self._folder.glob("??")):
            with os.scandir(folder) as entries:
                for entry in entries:
                    if is_name(entry.name) and entry.stat().st_mtime < moment.timestamp():
                        yield entry.name


class FileDraft:
    """A file without a name until it is committed: the system forgets it with the process, even one that is killed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._named: Path | None = None
        try:
            self._file: int | None = os.open(path.parent, UNNAMED | os.O_WRONLY, 0o600)
        except OSError:  # a file system without unnamed files, such as NFS
            self._named = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            self._file = os.open(self._named, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._unflushed = 0

    def write(self, data: Bytes) -> None:
        file = self._open()
        left = memoryview(data)
        while left:
            left = left[os.write(file, left) :]
        self._unflushed += len(data)
        if self._unflushed >= FLUSH_EVERY:
            os.fdatasync(file)
            self._unflushed = 0

    def commit(self) -> None:
        assert_no_transaction()
        file = self._open()
        os.fsync(file)
        source = self._named or f"/proc/self/fd/{file}"
        os.link(source, self._path, src_dir_fd=file, follow_symlinks=True)  # with a descriptor, links are followed
        self.discard()
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def discard(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
            if self._named:
                self._named.unlink(missing_ok=True)

    def _open(self) -> int:
        if self._file is None:
            raise ValueError("the draft was committed or discarded")
        return self._file
