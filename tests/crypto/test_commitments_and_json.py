"""Commitments bind domain, salt and value; canonical JSON has one form for one value."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abs_platform.crypto import commitments
from abs_platform.crypto.canonical import MAX_INTEGER, canonical_json
from abs_platform.crypto.sm3 import sm3

SALT = bytes(range(32))
parts = st.tuples(st.text("ab/", min_size=1, max_size=4), st.binary(min_size=32, max_size=32), st.binary(max_size=4))


def test_the_bytes_that_are_digested() -> None:
    value = sm3(b"file")
    expected = sm3(b"\0\0\0\x0fabs/document/v1" + b"\0\0\0\x20" + SALT + b"\0\0\0\x20" + value)
    assert commitments.commit("abs/document/v1", SALT, value) == expected
    assert commitments.commit_document(SALT, value) == expected


@given(parts, parts)
def test_equal_only_when_all_parts_are(left: tuple[str, bytes, bytes], right: tuple[str, bytes, bytes]) -> None:
    assert (commitments.commit(*left) == commitments.commit(*right)) == (left == right)


def test_refused() -> None:
    for domain, salt in (("", SALT), ("d", SALT[:-1]), ("d", SALT + b"\0"), ("d", b"")):
        with pytest.raises(ValueError):
            commitments.commit(domain, salt, b"")
    with pytest.raises(ValueError):
        commitments.commit_document(SALT, b"short")


def test_salts_are_fresh() -> None:
    assert len({commitments.new_salt() for _ in range(100)}) == 100


def test_rfc_8785_strings_and_sorting() -> None:
    """RFC 8785 sections 3.2.2.2 and 3.2.3, without the floating-point numbers."""
    text = '"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/"'
    assert canonical_json(json.loads(text)) == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()
    unsorted = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    written = list(json.loads(canonical_json(unsorted)))
    assert written == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_plain_form() -> None:
    value = {"b": [1, True, None, (2,)], "a": {"é": "元"}}
    assert canonical_json(value) == '{"a":{"é":"元"},"b":[1,true,null,[2]]}'.encode()


def nest(depth: int) -> object:
    value: object = 0
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [1.0, math.nan, {"a": 1.5}, MAX_INTEGER + 1, -MAX_INTEGER - 1, {1: 2}, {"a": b"x"}, {1, 2}, "\ud800", {"\udc00": 1},
     nest(65), object()],
)  # fmt: skip
def test_values_without_canonical_form(value: object) -> None:
    with pytest.raises(ValueError):
        canonical_json(value)


scalars = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(max_size=8)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_round_trip_and_stability(value: object) -> None:
    written = canonical_json(value)
    assert json.loads(written) == value
    assert canonical_json(json.loads(written)) == written


@given(st.dictionaries(st.text(max_size=4), st.integers(0, 9)), st.randoms())
def test_order_of_insertion_does_not_matter(value: dict[str, int], random: object) -> None:
    items = list(value.items())
    random.shuffle(items)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert canonical_json(dict(items)) == canonical_json(value)
