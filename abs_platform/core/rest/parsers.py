"""Reading request bodies."""

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser

from abs_platform.core import nesting
from abs_platform.core.errors import TooLarge

MOST_DEEP = 32


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
