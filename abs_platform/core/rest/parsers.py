"""Reading request bodies."""

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MOST_BRACKETS = 500


class FlatJSONParser(JSONParser):
    """JSON that is not nested without end: every level of nesting takes from the C stack, and all of it is the process's end."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:  # Any: JSON
        data = stream.read()
        if data.count(b"[") + data.count(b"{") > MOST_BRACKETS:
            raise ParseError(f"JSON error: more than {MOST_BRACKETS} lists and objects in one request.")
        return super().parse(BytesIO(data), media_type, parser_context)
