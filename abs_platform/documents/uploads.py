"""Uploads go straight into custody: each file is encrypted and stored as it comes in; plaintext lies on no disk.

Whether it is taken is decided afterwards, for only then is it known whole. What nobody claimed leaves nothing, nor does
what breaks off: the view discards the handler, the request closes its files.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from rest_framework.request import Request

from abs_platform.core.errors import DomainError, Unavailable
from abs_platform.core.filenames import clean_filename
from abs_platform.documents import receiving
from abs_platform.documents.custody import Incoming


class ReceivedFile(UploadedFile):  # type: ignore[type-arg]  # it holds no bytes
    """A file of an upload. `incoming` is where it lies; None where it was empty, too large, or storage did not take it."""

    def __init__(self, name: str | None, size: int, incoming: Incoming | None, refusal: DomainError | None) -> None:
        super().__init__(file=io.BytesIO(), name=name, size=size)
        self.incoming = incoming
        self.refusal = refusal

    def came(self) -> Incoming:
        """Where it lies. Raises why it was not taken."""
        if self.refusal:
            raise self.refusal
        receiving.check_size(clean_filename(self.name or ""), self.size or 0)
        if self.incoming is None:
            raise Unavailable("upload_incomplete", "The upload broke off. Send the file again.")
        return self.incoming

    def close(self) -> None:
        """The request is over: forget what nobody claimed."""
        if self.incoming:
            self.incoming.discard()
        super().close()


class CustodyUploadHandler(FileUploadHandler):
    """Takes at most the limit's bytes of each file and one more, so that `size > limit` tells an oversized one."""

    chunk_size = 1 << 18

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own signature
        super().new_file(*args, **kwargs)
        self._size = 0
        self._incoming: Incoming | None = None
        self._refusal: DomainError | None = None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._refusal:
            return
        if self._size > settings.MAX_FILE_BYTES:
            self.discard()
            return
        try:
            if self._incoming is None:
                self._incoming = Incoming()
            self._incoming.take(raw_data)
        except DomainError as error:
            self._refuse(error)

    def file_complete(self, file_size: int) -> ReceivedFile:
        try:
            if self._incoming:
                self._incoming.finish()
        except DomainError as error:
            self._refuse(error)
        incoming, self._incoming = self._incoming, None
        return ReceivedFile(self.file_name, self._size, incoming, self._refusal)

    def upload_interrupted(self) -> None:
        self.discard()

    def discard(self) -> None:
        """Forget the file that is coming in."""
        incoming, self._incoming = getattr(self, "_incoming", None), None
        if incoming:
            incoming.discard()

    def _refuse(self, error: DomainError) -> None:
        self._refusal = error
        self.discard()


@contextmanager
def arriving(request: Request) -> Iterator[list[ReceivedFile]]:
    """The files of the form field `files`, taken into custody as they come. At the end, what nobody claimed is gone.

    Call it when the caller is known to be allowed to upload: the body is read here and not before.
    """
    handler = CustodyUploadHandler()
    request._request.upload_handlers = [handler]
    files: list[ReceivedFile] = []
    try:
        files = request.FILES.getlist("files")
        yield files
    finally:
        handler.discard()
        for _, several in request.FILES.lists():
            for file in several:
                file.close()


class BoundedUploadHandler(FileUploadHandler):
    """For other forms: a file goes to an unnamed temporary file, no further than the limit of ordinary files."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own signature
        super().new_file(*args, **kwargs)
        self._kept = 0
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="abs-upload-")  # noqa: SIM115  # closed by whoever takes the upload

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = settings.MAX_FILE_BYTES + 1 - self._kept
        self._kept += self._file.write(raw_data[:room]) if room > 0 else 0

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        self._file.seek(0)
        return UploadedFile(self._file, self.file_name, self.content_type, self._kept, self.charset)

    def upload_interrupted(self) -> None:
        self._file.close()
