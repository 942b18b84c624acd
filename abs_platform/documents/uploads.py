"""Upload under limits: a file goes to an unnamed temporary file, and no further than the limit."""

import tempfile
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class BoundedUploadHandler(FileUploadHandler):
    """Keeps at most the limit's bytes of each file and one more, so that `size > limit` tells an oversized one.

    The temporary file has no name: the system forgets it with the process, even one that is killed.
    """

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
