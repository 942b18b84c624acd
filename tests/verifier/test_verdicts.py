"""Verdicts: what is valid, pending, unreachable, invalid; every failing link is named."""

import json

import pytest

from tests.verifier.builder import AUTHORITY, CONTENT, WITNESS, Case, make_case
from tests.verifier.checks import Chains, closed_port, failing, state, verify


def test_valid_on_both_chains(case: Case) -> None:
    verdict = verify(case)
    assert (verdict.verdict, verdict.exit_code, verdict.since) == ("valid", 0, "2026-11-23T05:49:12Z")
    assert [chain.state for chain in verdict.chains] == ["verified", "verified"]
    assert all(link.ok for link in verdict.links)
    assert [link.name for link in verdict.links] == [
        *("format", "file", "commitment", "log", "leaf", "checkpoint", "inclusion", "signature"),
        *(f"chain/{name}/{step}" for name in case.chains for step in ("id", "contract", "record", "block")),
    ]
    assert "2026-11-23T05:49:12Z" in verdict.sentence("en") and "business, regulator" in verdict.sentence("en")
    assert "有效" in verdict.sentence("zh") and "business、regulator" in verdict.sentence("zh")
    assert json.loads(json.dumps(verdict.as_json("zh")))["verdict"] == "valid"


@pytest.mark.parametrize("hash_name", ["sm3", "sha256"])
@pytest.mark.parametrize(("size", "index"), [(1, 0), (2, 1), (8, 7), (1000, 999)])
def test_valid_at_other_places(chains: Chains, hash_name: str, size: int, index: int) -> None:
    chains["business"].publish(b"", [])
    made = make_case({"business": chains["business"]}, size=size, index=index, hash_name=hash_name)
    assert verify(made).verdict == "valid"


def test_since_is_the_earliest_block(case: Case) -> None:
    case.chains["regulator"].time += 60
    try:
        case.bundle["anchors"][1]["time"] = "2026-11-23T05:50:12Z"
        assert verify(case).since == "2026-11-23T05:49:12Z"
    finally:
        case.chains["regulator"].time -= 60


def test_since_is_when_as_many_chains_as_are_required_show_it(case: Case) -> None:
    """One chain's early date is worth nothing to whoever asks for two."""
    case.chains["regulator"].time += 60
    try:
        case.bundle["anchors"][1]["time"] = "2026-11-23T05:50:12Z"
        assert verify(case, trust={**case.trust, "required": 2}).since == "2026-11-23T05:50:12Z"
    finally:
        case.chains["regulator"].time -= 60


def test_as_many_chains_as_required(case: Case) -> None:
    both = {**case.trust, "required": 2}
    assert verify(case, trust=both).verdict == "valid"
    verdict = verify(case, trust=both, rpc={"business": closed_port()})
    assert (verdict.verdict, verdict.since, state(verdict, "regulator")) == ("unreachable", None, "verified")
    assert "business could not be asked, and 2 chains are required" in verdict.sentence("en")
    bundle = case.copy()
    del bundle["anchors"][1]
    verdict = verify(case, bundle, trust=both)
    assert (verdict.verdict, state(verdict, "business")) == ("pending", "verified")
    assert "anchored on 1 of the 2 trusted chains" in verdict.sentence("en")
    case.chains["business"].overrides["eth_chainId"] = "0x1"
    assert verify(case, bundle, trust=both).verdict == "invalid"
    assert verify(case, trust={**case.trust, "required": 3}).verdict == "invalid"
    case.chains["business"].overrides = {}
    assert verify(case, trust={**case.trust, "required": 3}).verdict == "pending"


def test_a_time_stamp_is_not_checked_and_that_is_said(chains: Chains) -> None:
    made = make_case(chains, more=True)
    verdict = verify(made)
    assert verdict.verdict == "valid"
    (link,) = [link for link in verdict.links if link.name == f"timestamp/{AUTHORITY}"]
    assert link.ok is None and "openssl ts -verify" in link.detail("en") and "未核验" in link.detail("zh")
    assert f"Not checked here: the time-stamp of {AUTHORITY}" in verdict.sentence("en")
    assert [link.name for link in verdict.links][7:10] == ["signature", f"witness/{WITNESS}", f"timestamp/{AUTHORITY}"]


def test_without_a_file_only_the_record_is_judged(single: Case) -> None:
    verdict = verify(single, content=None)
    assert verdict.verdict == "valid" and not verdict.file_checked
    assert "no file was compared" in verdict.sentence("en") and "未比对文件" in verdict.sentence("zh")
    assert single.bundle["document"]["sm3"] in verdict.sentence("en")


def test_another_file(single: Case) -> None:
    for content in (CONTENT + b"\x00", CONTENT[:-1], b"", CONTENT[:-1] + b"!", CONTENT * 100_000):
        verdict = verify(single, content=content)
        assert (verdict.verdict, failing(verdict)) == ("invalid", ["file"])
        assert "file" in verdict.sentence("en") and "文件" in verdict.sentence("zh")
        assert state(verdict, "business") == "not_asked"
    assert single.chains["business"].asked == []


def test_every_failing_link_is_named(single: Case) -> None:
    bundle = single.copy()
    bundle["document"]["salt"] = "00" * 32
    bundle["inclusion"]["path"][0] = "00" * 32
    bundle["checkpoint"] = bundle["checkpoint"].replace("abs.test/main", "abs.test/side")
    bundle["log"]["origin"] = "abs.test/side"
    verdict = verify(single, bundle, content=b"other")
    assert failing(verdict) == ["file", "commitment", "log", "checkpoint"]
    for label in ("file:", "commitment:", "log:", "checkpoint:"):
        assert label in verdict.sentence("en")


def test_pending(single: Case) -> None:
    not_sequenced = {**single.copy(), "inclusion": None, "checkpoint": None, "anchors": []}
    not_anchored = {**single.copy(), "anchors": []}
    older_checkpoint = {**single.copy(), "inclusion": None, "anchors": []}
    not_signed_yet = {**single.copy(), "checkpoint": None, "anchors": []}
    for bundle in (not_sequenced, not_anchored, older_checkpoint, not_signed_yet):
        verdict = verify(single, bundle)
        assert (verdict.verdict, verdict.exit_code, verdict.since) == ("pending", 3, None)
        assert "Pending" in verdict.sentence("en") and "待上链" in verdict.sentence("zh")
        assert "no file was compared" in verify(single, bundle, content=None).sentence("en")
        assert verify(single, bundle, content=b"x").verdict == "invalid"
    assert single.chains["business"].asked == []
    wrong = not_anchored | {"checkpoint": not_anchored["checkpoint"].replace("\n11\n", "\n12\n")}
    assert failing(verify(single, wrong)) == ["inclusion", "signature"]


def test_a_chain_that_the_trust_file_does_not_name_proves_nothing(case: Case) -> None:
    case.trust["chains"] = case.trust["chains"][1:]
    verdict = verify(case)
    assert verdict.verdict == "valid"
    assert (state(verdict, "business"), state(verdict, "regulator")) == ("not_trusted", "verified")
    case.trust["chains"] = []
    verdict = verify(case)
    assert verdict.verdict == "pending"
    assert "does not name chain business, regulator" in verdict.sentence("en")
    assert case.chains["business"].asked == []


def test_a_trusted_chain_without_anchor_is_said(case: Case) -> None:
    bundle = case.copy()
    del bundle["anchors"][1]
    verdict = verify(case, bundle)
    assert (verdict.verdict, state(verdict, "regulator")) == ("valid", "no_anchor")


def test_unreachable(case: Case) -> None:
    verdict = verify(case, rpc={"business": closed_port(), "regulator": closed_port()})
    assert (verdict.verdict, verdict.exit_code) == ("unreachable", 4)
    assert "business, regulator" in verdict.sentence("en") and "无法判定" in verdict.sentence("zh")
    verdict = verify(case, rpc={"business": closed_port()})
    assert verdict.verdict == "valid"
    assert "Not reached: chain business" in verdict.sentence("en")
    assert (state(verdict, "business"), state(verdict, "regulator")) == ("unreachable", "verified")


def test_no_endpoint_is_known(single: Case) -> None:
    for rpc in (None, ...):
        entry = dict(single.trust["chains"][0])
        if rpc is None:
            entry["rpc"] = None
        else:
            del entry["rpc"]
        verdict = verify(single, trust={**single.trust, "chains": [entry]})
        assert verdict.verdict == "unreachable" and "--rpc" in verdict.chains[0].detail
