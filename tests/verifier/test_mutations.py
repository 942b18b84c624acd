"""Whatever is changed in a bundle that holds, it is never valid, and the verifier never breaks."""

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abs_platform.verifier import abs_verify
from abs_platform.verifier.abs_verify import Unreadable
from tests.verifier.builder import CONTENT, Case, make_case
from tests.verifier.checks import Chains
from tests.verifier.mutants import JUNK, found, mutated, mutated_note, places, replaced

calm = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
VERDICTS = {"valid", "pending", "unreachable", "invalid"}


def outcome(bundle: Any, case: Case) -> str:
    try:
        return abs_verify.verify(bundle, case.trust, io.BytesIO(CONTENT)).verdict
    except Unreadable:
        return "unreadable"


def meaning(bundle: Any) -> Any:
    """The bundle without what proves nothing: the file's name, the transaction, the case of an address's letters."""
    plain = json.loads(json.dumps(bundle))
    try:
        if "document" in plain:
            plain["document"]["filename"] = "" if isinstance(plain["document"]["filename"], str) else None
        for anchor in plain["anchors"]:
            anchor["tx"] = len(anchor["tx"])
            anchor["contract"] = anchor["contract"].lower()
    except (KeyError, TypeError, AttributeError):
        return bundle
    return plain


def implied(bundle: Any, original: Any) -> bool:
    """Whether the bundle says no more than the original: the same, in any order, with fewer fields, signers unknown."""
    changed, plain = meaning(bundle), meaning(original)
    for each in (changed, plain):
        if not isinstance(each, dict) or not isinstance(each.get("checkpoint"), str):
            return False
    body, _, lines = plain.pop("checkpoint").partition("\n\n")
    same_body, _, more_lines = changed.pop("checkpoint").partition("\n\n")
    if body != same_body or not set(lines.split("\n")) <= set(more_lines.split("\n")):
        return False
    if "fields" in plain:
        disclosed = changed["fields"].pop("disclosed")
        if not all(field in plain["fields"]["disclosed"] for field in disclosed):
            return False
        del plain["fields"]["disclosed"]
    return bool(changed == plain)


def test_every_value_replaced_or_missing(single: Case) -> None:
    assert outcome(single.bundle, single) == "valid"
    tried = 0
    for at in list(places(single.bundle)):
        changes = [replaced(single.bundle, at, junk) for junk in JUNK]
        changes.append(replaced(single.bundle, at, None, delete=True))
        old = found(single.bundle, at)
        if isinstance(old, int):
            changes += [replaced(single.bundle, at, old + 1), replaced(single.bundle, at, old - 1)]
        if isinstance(old, str):
            changes += [replaced(single.bundle, at, other) for other in (old + "0", old[:-1], old.upper(), " " + old)]
        if isinstance(old, list):
            changes += [replaced(single.bundle, at, old + old[:1]), replaced(single.bundle, at, old * 40)]
        for changed in changes:
            if meaning(changed) == meaning(single.bundle):
                continue
            verdict = outcome(changed, single)
            assert verdict in {"invalid", "pending", "unreadable"}, (at, verdict)
            assert verdict != "pending" or at[0] == "anchors", at
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
    assert outcome(changed, single) != "valid" or meaning(changed) == meaning(single.bundle)


@given(st.data())
@settings(parent=calm, max_examples=100)
def test_any_character_of_the_checkpoint_changed(single: Case, draw: st.DataObject) -> None:
    note = single.bundle["checkpoint"]
    at = draw.draw(st.integers(0, len(note) - 1))
    other = draw.draw(st.characters(max_codepoint=0x2100).filter(lambda c: c != note[at]))
    changed = {**single.bundle, "checkpoint": note[:at] + other + note[at + 1 :]}
    assert outcome(changed, single) == "invalid"


SEED = 20261126


def accepted(case: Case, number: int) -> int:
    """How many of so many changed bundles are called valid though they say something else.

    Each change has a seed of its own, so that one does not depend on how long the signatures in the others are.
    """
    wrongly = 0
    for turn in range(number):
        rng = random.Random(SEED + turn)
        if turn % 2:
            changed = mutated(case.bundle, rng)
        else:
            changed = {**case.bundle, "checkpoint": mutated_note(case.bundle["checkpoint"], rng)}
        wrongly += outcome(changed, case) == "valid" and not implied(changed, case.bundle)
    return wrongly


@pytest.mark.parametrize("disclosed", [(), ("/document/sm3", "/totals/payable", "/number")], ids=["file", "fields"])
def test_no_changed_bundle_is_accepted(chains: Chains, disclosed: tuple[str, ...]) -> None:
    case = make_case({"business": chains["business"]}, disclosed=disclosed)
    assert outcome(case.bundle, case) == "valid"
    assert accepted(case, 1_000) == 0


@pytest.mark.parametrize("link", ["_check_commitment", "_check_inclusion", "_check_signature"])
def test_with_a_link_left_out_some_are(single: Case, monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    """The changes above do reach every link: where one does not look, some come through."""
    monkeypatch.setattr(abs_verify, link, lambda *_: abs_verify.Link(link, True, "format_holds"))
    assert accepted(single, 600) > 0


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


readable = anything.map(lambda value: json.dumps(value).encode())


@given(st.binary(max_size=200) | readable, st.binary(max_size=200) | readable, st.booleans(), st.booleans())
@settings(parent=calm, max_examples=150)
def test_the_command_never_takes_any_input_for_its_own_fault(
    single: Case, tmp_path: Path, first: bytes, second: bytes, real_bundle: bool, real_trust: bool
) -> None:
    (tmp_path / "bundle").write_bytes(json.dumps(single.bundle).encode() if real_bundle else first)
    (tmp_path / "trust").write_bytes(json.dumps(single.trust).encode() if real_trust else second)
    (tmp_path / "file").write_bytes(first)
    arguments = [str(tmp_path / name) for name in ("bundle", "file")]
    assert abs_verify.main([*arguments, "--trust", str(tmp_path / "trust")]) in {2, 5}


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
