"""Whatever is changed in a bundle that holds, it is never valid, and the verifier never breaks."""

import copy
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abs_platform.verifier import abs_verify
from abs_platform.verifier.abs_verify import Unreadable
from tests.verifier.builder import CONTENT, Case

calm = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
VERDICTS = {"valid", "pending", "unreachable", "invalid"}


def outcome(bundle: Any, case: Case) -> str:
    try:
        return abs_verify.verify(bundle, case.trust, io.BytesIO(CONTENT)).verdict
    except Unreadable:
        return "unreadable"


def meaning(bundle: Any) -> Any:
    """The bundle without what proves nothing: the file's name, the transaction, the case of an address's letters."""
    plain = copy.deepcopy(bundle)
    try:
        plain["document"]["filename"] = "" if isinstance(plain["document"]["filename"], str) else None
        for anchor in plain["anchors"]:
            anchor["tx"] = len(anchor["tx"])
            anchor["contract"] = anchor["contract"].lower()
    except (KeyError, TypeError, AttributeError):
        return bundle
    return plain


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in the bundle."""
    if at:
        yield at
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*at, key))


def replaced(bundle: Any, at: tuple[Any, ...], value: Any, delete: bool = False) -> Any:
    changed = copy.deepcopy(bundle)
    parent = changed
    for key in at[:-1]:
        parent = parent[key]
    if delete:
        del parent[at[-1]]
    else:
        parent[at[-1]] = value
    return changed


JUNK: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2**53,
    10**30,
    1.5,
    "",
    "0",
    "0x",
    "\x00",
    "é" * 300,
    "00" * 32,
    [],
    {},
    [None],
    [[]],
]


def test_every_value_replaced_or_missing(single: Case) -> None:
    assert outcome(single.bundle, single) == "valid"
    tried = 0
    for at in list(places(single.bundle)):
        changes = [replaced(single.bundle, at, junk) for junk in JUNK]
        changes.append(replaced(single.bundle, at, None, delete=True))
        old: Any = single.bundle
        for key in at:
            old = old[key]
        if isinstance(old, int):
            changes += [replaced(single.bundle, at, old + 1), replaced(single.bundle, at, old - 1)]
        if isinstance(old, str):
            changes += [replaced(single.bundle, at, other) for other in (old + "0", old[:-1], old.upper(), " " + old)]
        if isinstance(old, list):
            changes += [replaced(single.bundle, at, old + old[:1]), replaced(single.bundle, at, old * 40)]
        for changed in changes:
            if meaning(changed) == meaning(single.bundle):
                continue
            found = outcome(changed, single)
            assert found in {"invalid", "pending", "unreadable"}, (at, found)
            assert found != "pending" or at[0] == "anchors", at
            tried += 1
    assert tried > 500


@given(st.data())
@settings(parent=calm, max_examples=250)
def test_any_byte_changed(single: Case, draw: st.DataObject) -> None:
    data = bytearray(json.dumps(single.bundle, ensure_ascii=False).encode())
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at] = draw.draw(st.integers(0, 255).filter(lambda byte: byte != data[at]))
    try:
        changed = abs_verify.load_json(bytes(data), abs_verify.MAX_BUNDLE_BYTES, "the bundle")
    except Unreadable:
        return
    found = outcome(changed, single)
    assert found != "valid" or meaning(changed) == meaning(single.bundle)


@given(st.data())
@settings(parent=calm, max_examples=100)
def test_any_character_of_the_checkpoint_changed(single: Case, draw: st.DataObject) -> None:
    note = single.bundle["checkpoint"]
    at = draw.draw(st.integers(0, len(note) - 1))
    other = draw.draw(st.characters(max_codepoint=0x2100).filter(lambda c: c != note[at]))
    changed = {**single.bundle, "checkpoint": note[:at] + other + note[at + 1 :]}
    assert outcome(changed, single) == "invalid"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(st.data(), anything)
@settings(parent=calm, max_examples=150)
def test_anything_anywhere(single: Case, draw: st.DataObject, value: Any) -> None:
    for where in ("bundle", "trust"):
        target = getattr(single, where)
        changed = replaced(target, draw.draw(st.sampled_from(list(places(target)))), value)
        bundle, trust = (changed, single.trust) if where == "bundle" else (single.bundle, changed)
        try:
            verdict = abs_verify.verify(bundle, trust, io.BytesIO(CONTENT), seconds=0.5)
        except Unreadable:
            continue
        assert verdict.verdict in VERDICTS
        assert verdict.sentence("en") and verdict.sentence("zh") and json.dumps(verdict.as_json("zh"))
        if where == "bundle" and verdict.verdict == "valid":
            assert meaning(bundle) == meaning(single.bundle)


@given(st.binary(max_size=300))
@settings(parent=calm, max_examples=100)
def test_arbitrary_bytes_as_json(data: bytes) -> None:
    try:
        abs_verify.load_json(data, 1000, "the bundle")
    except Unreadable as refused:
        assert str(refused).isprintable()


@pytest.mark.parametrize("method", ["eth_chainId", "eth_getCode", "count", "checkpoint", "eth_getBlockByNumber"])
@given(answer=anything)
@settings(parent=calm, max_examples=25)
def test_a_chain_that_answers_anything(single: Case, method: str, answer: Any) -> None:
    chain = single.chains["business"]
    chain.overrides = {method: answer}
    assert outcome(single.bundle, single) in {"invalid", "unreachable"}


@pytest.mark.parametrize(
    ("data", "readable"),
    [
        (json.dumps({"note": '\\"[{' * 2_000}).encode(), True),
        (b"[" * 1_001, False),
        (b'"[", ' + b"[" * 1_001, False),
        (b'"\\"", ' + b"{" * 1_001, False),
        (b'"\\' * 500_000, False),
        (b'"a' + b'\\"' * 500_000, False),
    ],
    ids=["within-a-text", "lists", "after-a-text", "after-a-quote", "texts-without-end", "one-text-without-end"],
)
def test_brackets_count_outside_of_texts_and_in_linear_time(data: bytes, readable: bool) -> None:
    try:
        abs_verify.load_json(data, 1 << 21, "input")
        assert readable
    except Unreadable:
        assert not readable
