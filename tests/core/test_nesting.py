"""JSON is measured before it is parsed, in time proportionate to its length."""

import json
import time
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from abs_platform.core.nesting import depth
from abs_platform.core.rest.parsers import FlatJSONParser

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=20,
)


def measured(value: object) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(measured, value), default=0) if isinstance(value, list) else 0


@given(JSON)
def test_it_is_as_deep_as_what_it_says(value: object) -> None:
    assert depth(json.dumps(value).encode()) == depth(json.dumps(value, ensure_ascii=False).encode()) == measured(value)


def test_quotes_that_never_close_take_no_longer_than_others() -> None:
    begun = time.process_time()
    assert depth(b'"' + b'\\"' * 500_000) == 0
    assert time.process_time() - begun < 5


def test_many_lines_are_no_depth() -> None:
    data = json.dumps({"lines": [{"id": str(n)} for n in range(5_000)]}).encode()
    assert len(FlatJSONParser().parse(BytesIO(data))["lines"]) == 5_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-7", "utf-16", "utf-16-le"])
def test_depth_cannot_be_written_in_an_encoding_that_hides_it(encoding: str) -> None:
    data = ("[" * 400 + "]" * 400).encode(encoding)
    if encoding == "utf-7":  # brackets as they may be written, not as Python writes them
        data = b"+" + b"AFsAWwBb" * 200 + b"-"
    with pytest.raises(ParseError):
        FlatJSONParser().parse(BytesIO(data), "application/json", {"encoding": encoding})
