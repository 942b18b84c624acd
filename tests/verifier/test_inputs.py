"""Inputs that cannot be read, or have not their form."""

import io
from typing import Any

import pytest

from abs_platform.verifier import abs_verify
from abs_platform.verifier.abs_verify import Unreadable
from tests.verifier.builder import Case, Json, make_case
from tests.verifier.checks import Chains, failing, state, verify


@pytest.mark.parametrize(
    "change",
    [
        {"format": "abs-trust/v2"},
        {"origin": ""},
        {"origin": None},
        {"hash": "md5"},
        {"hash": []},
        {"keys": []},
        {"keys": "x"},
        {"keys": [{"name": "k", "type": "rsa", "public": "00"}]},
        {"keys": [{"name": "k", "type": "ed25519", "public": "00"}]},
        {"keys": [{"name": "k", "type": "ed25519", "public": "01" + "00" * 31}]},
        {"keys": [{"name": "k", "type": "ed25519", "public": "ff" * 32}]},
        {"keys": [{"name": "k", "public": "00"}]},
        {"witnesses": None},
        {"witnesses": [{"name": "w", "type": "cosignature/v1", "public": "00" * 32}]},
        {"required": 0},
        {"required": "1"},
        {"required": None},
        {"keys": [{"name": "k", "type": "sm2-sm3", "public": "04" + "00" * 64}]},
        {"keys": [{"name": "k k", "type": "sm2-sm3", "public": "04" + "00" * 64}]},
        {"keys": [1]},
        {"chains": None},
        {"chains": [{"name": "a", "kind": "evm", "chain_id": "1", "contract": "0x"}]},
        {"chains": [{"name": "a", "kind": "evm", "chain_id": 1, "contract": "0x" + "00" * 20, "rpc": "file:///x"}]},
        {"chains": [{"name": "a", "kind": "evm", "chain_id": 1, "contract": "0x" + "00" * 20}] * 2},
    ],
)
def test_trust_files_that_cannot_be_used(single: Case, change: Json) -> None:
    with pytest.raises(Unreadable):
        verify(single, trust={**single.trust, **change})


def test_a_chain_of_another_kind_is_passed_over(single: Case) -> None:
    single.trust["chains"].append({"name": "tsa", "kind": "rfc3161"})
    single.bundle["anchors"].append({**single.bundle["anchors"][0], "chain": "tsa"})
    verdict = verify(single)
    assert (verdict.verdict, state(verdict, "tsa")) == ("valid", "not_trusted")


@pytest.mark.parametrize("bundle", [{}, {"format": "abs-proof-bundle/v2"}, {"format": None}, [], None, "x", 5])
def test_what_is_no_bundle(single: Case, bundle: Any) -> None:
    with pytest.raises(Unreadable):
        abs_verify.verify(bundle, single.trust)


@pytest.mark.parametrize("rpc", [{"other": "http://127.0.0.1/"}, {"business": "file:///etc/passwd"}, {"business": ""}])
def test_endpoints_that_make_no_sense(single: Case, rpc: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        verify(single, rpc=rpc)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a":1.5}',
        b'{"a":NaN}',
        b'{"a":1,"a":2}',
        b"[" * 100_000,
        b"1" * 5000,
        b'{"a":1e400}',
        b'{"a":"\\ud800"}',
    ],
)
def test_json_that_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        abs_verify.load_json(data, 1 << 20, "the bundle")


def test_json_that_is_too_large() -> None:
    with pytest.raises(Unreadable, match="larger"):
        abs_verify.load_json(b" " * 101, 100, "the bundle")


def test_a_file_that_cannot_be_read(single: Case) -> None:
    class Broken(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError("input/output error")

    with pytest.raises(Unreadable, match="input/output"):
        abs_verify.verify(single.bundle, single.trust, Broken())


def test_retired_keys_have_a_size(single: Case) -> None:
    for last_size in (-1, "11", None, 1.5):
        keys = [{**key, "last_size": last_size} for key in single.trust["keys"]]
        with pytest.raises(Unreadable):
            verify(single, trust={**single.trust, "keys": keys})


def test_halves_of_surrogate_pairs_are_refused_wherever_text_is_used(chains: Chains) -> None:
    """Such text comes from no file (load_json refuses it), but from a caller in Python it may."""
    case = make_case({"business": chains["business"]}, disclosed=("/number",), more=True)
    half = "\ud800"
    for path in (("fields", "disclosed", 0, "value"), ("fields", "disclosed", 0, "path"), ("checkpoint",)):
        bundle: Any = case.copy()
        place = bundle
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] += half
        assert verify(case, bundle).verdict == "invalid"
    with pytest.raises(Unreadable):
        verify(case, trust={**case.trust, "keys": [{**case.trust["keys"][0], "name": half}]})


STAMP = {"authority": "tsa.test", "time": "2026-11-23T05:49:15Z", "token": "AAAA"}


@pytest.mark.parametrize(
    "stamps",
    [
        None,
        {},
        [1],
        [{**STAMP, "authority": "a b"}],
        [{**STAMP, "time": "2026-02-30T00:00:00Z"}],
        [{**STAMP, "time": "2026-11-23T05:49:15+08:00"}],
        [{**STAMP, "token": "AA"}],
        [{**STAMP, "token": ""}],
        [{**STAMP, "token": "AA==\n"}],
        [STAMP, STAMP],
    ],
)
def test_time_stamps_that_have_not_their_form(single: Case, stamps: Any) -> None:
    assert failing(verify(single, {**single.copy(), "timestamps": stamps})) == ["format"]
    assert (
        verify(single, {**single.copy(), "timestamps": [{**STAMP, "time": "2026-11-23T05:49:15.25Z"}]}).verdict
        == "valid"
    )


def test_what_is_anchored_or_stamped_has_a_proof(single: Case) -> None:
    for more in ({}, {"anchors": [], "timestamps": [STAMP]}):
        bundle = {**single.copy(), **more, "inclusion": None}
        assert failing(verify(single, bundle)) == ["format"]


def test_a_chain_cannot_count_fewer_records_than_the_tree_has(single: Case) -> None:
    bundle = single.copy()
    bundle["anchors"][0]["records"] = 10
    assert failing(verify(single, bundle)) == ["format"]
