"""Where ciphertext lies: behind a Protocol, in a folder by default, in a bucket by setting. Plaintext never comes here."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings

from abs_platform.integrations import s3_storage
from abs_platform.integrations.file_storage import FileStorage
from abs_platform.integrations.storage_form import Bytes


class Draft(Protocol):
    """Bytes on their way into storage: whole after `commit`, gone after `discard`, and never half of either."""

    def write(self, data: Bytes) -> None:
        """Add bytes. They are taken before it returns: the buffer may be used again. Raises OSError."""
        ...

    def commit(self) -> None:
        """From here on `get` finds them, even after a power cut. Raises FileExistsError, OSError."""
        ...

    def discard(self) -> None:
        """Leave nothing of what was not committed; nothing to do where it was."""
        ...


class Storage(Protocol):
    """Write once, read, delete, by an opaque name. Where it cannot be reached or is full, each raises OSError."""

    def draft(self, name: str) -> Draft:
        """Begin to store under a name that must be free at the commit."""
        ...

    def get(self, name: str) -> Iterator[bytes]:
        """The stored bytes in chunks. Raises FileNotFoundError."""
        ...

    def delete(self, name: str) -> None:
        """Forget the bytes; no error when they are not there."""
        ...

    def stored_before(self, moment: datetime) -> Iterator[str]:
        """The names under which something has lain since before `moment`, in no order."""
        ...


def put(where: Storage, name: str, chunks: Iterable[Bytes]) -> None:
    """Store the chunks whole or not at all. Raises FileExistsError, OSError."""
    draft = where.draft(name)
    try:
        for chunk in chunks:
            draft.write(chunk)
        draft.commit()
    finally:
        draft.discard()


@cache
def storage() -> Storage:
    """The storage of this installation: the bucket that a setting names, else a folder."""
    if settings.STORAGE_URL:
        return s3_storage.connect(settings.STORAGE_URL, endpoint=settings.S3_ENDPOINT, region=settings.S3_REGION)
    return FileStorage(settings.STORAGE_DIR)
