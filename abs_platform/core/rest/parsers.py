"""Reading request bodies."""

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from django.utils.http import parse_header_parameters
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser, MultiPartParser

from abs_platform.core import nesting
from abs_platform.core.errors import Invalid, TooLarge

MOST_DEEP = 32
END = 1024  # bytes


class FlatJSONParser(JSONParser):
    """JSON that is not nested without end: every level of nesting takes from the C stack, and all of it is the process's end."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:  # Any: JSON
        data = stream.read()
        if data.count(b"[") + data.count(b"{") > MOST_DEEP and nesting.depth(data) > MOST_DEEP:
            raise ParseError(f"JSON error: lists and objects lie in one another deeper than {MOST_DEEP}.")
        # JSON is UTF-8 (RFC 8259 §8.1), whatever the request says: in another encoding brackets are other bytes.
        return super().parse(BytesIO(data), media_type, {**(parser_context or {}), "encoding": "utf-8"})


class WholeFormParser(MultiPartParser):
    """A form with files that ended where it says that it ends: what breaks off is not taken for a shorter file."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:  # Any: DRF's own pair of data and files
        watched = _Watched(stream)
        found = super().parse(watched, media_type, parser_context)  # type: ignore[arg-type]  # Django only reads
        _, options = parse_header_parameters(media_type or "")
        if b"--" + options.get("boundary", "").encode() + b"--" not in watched.end:
            for _, files in found.files.lists():
                for file in files:
                    file.close()
            raise Invalid("upload_incomplete", "The upload broke off. Send the file again.")
        return found


class _Watched:
    """A stream whose last bytes are remembered: a boundary (70 characters at most, RFC 2046) and what may follow it."""

    def __init__(self, stream: IO[Any]) -> None:
        self._stream = stream
        self.end = b""

    def read(self, size: int | None = None) -> bytes:
        data = bytes(self._stream.read() if size is None else self._stream.read(size))
        self.end = (self.end + data[-END:])[-END:]
        return data


class ShortTextParser(BaseParser):
    """A few lines of UTF-8, as {"text": …}."""

    media_type = "text/plain"
    max_bytes = 1024

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        data = stream.read(self.max_bytes + 1)
        if len(data) > self.max_bytes:
            raise TooLarge("text_too_large", f"This takes at most {self.max_bytes} bytes.", limit=self.max_bytes)
        try:
            return {"text": str(data, "utf-8")}
        except UnicodeDecodeError as error:
            raise ParseError("The text is not UTF-8.") from error
