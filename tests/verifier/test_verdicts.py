"""Verdicts: what is valid, pending, unreachable, invalid; the failing link is named; no chain can talk its way in."""

import base64
import io
import json
import socket
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from abs_platform.crypto import sm2
from abs_platform.verifier import abs_verify
from abs_platform.verifier.abs_verify import Unreadable, Verdict
from tests.verifier import builder
from tests.verifier.builder import CONTENT, Case, Json, make_case
from tests.verifier.chain import FakeChain, send

Chains = dict[str, FakeChain]


def verify(case: Case, bundle: Json | None = None, content: bytes | None = CONTENT, **options: Any) -> Verdict:
    file = None if content is None else io.BytesIO(content)
    return abs_verify.verify(bundle or case.bundle, options.pop("trust", case.trust), file, **options)


def failing(verdict: Verdict) -> list[str]:
    return [link.name for link in verdict.links if link.ok is False]


def state(verdict: Verdict, name: str) -> str:
    return next(chain.state for chain in verdict.chains if chain.name == name)


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


def closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"


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


CONTRADICTIONS = {
    "chain id of the endpoint": ("eth_chainId", "0x1", "id"),
    "no contract": ("eth_getCode", "0x", "contract"),
    "no checkpoint": ("count", "0x" + "00" * 32, "record"),
    "too few checkpoints": ("count", f"0x{2:064x}", "record"),
    "other root": ("checkpoint", f"0x{11:064x}" + "00" * 32 + f"{4242:064x}{1795412952:064x}{11:064x}", "record"),
    "no such block": ("eth_getBlockByNumber", None, "block"),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_one_contradicting_chain_is_enough(case: Case, name: str) -> None:
    method, answer, step = CONTRADICTIONS[name]
    case.chains["regulator"].overrides[method] = answer
    verdict = verify(case)
    assert (verdict.verdict, failing(verdict)) == ("invalid", [f"chain/regulator/{step}"])
    assert (state(verdict, "business"), state(verdict, "regulator")) == ("verified", "contradicted")
    assert verdict.since is None and "regulator" in verdict.sentence("en")


@pytest.mark.parametrize("change", ["size", "root", "block", "time"])
def test_any_other_word_in_the_contract(single: Case, change: str) -> None:
    words = {"size": 11, "root": int.from_bytes(builder.root("sm3", single.leaves), "big")}
    words |= {"block": 4242, "time": 1795412952, "records": 11}
    words[change] += 1
    single.chains["business"].overrides["checkpoint"] = "0x" + "".join(f"{word:064x}" for word in words.values())
    assert verify(single).verdict == "invalid"


@pytest.mark.parametrize(("key", "value"), [("hash", "0x" + "00" * 32), ("number", "0x1"), ("timestamp", "0x1")])
def test_a_reorganised_block(single: Case, key: str, value: str) -> None:
    block = {"number": hex(4242), "hash": "0x" + "ab" * 32, "timestamp": hex(1795412952)}
    single.chains["business"].overrides["eth_getBlockByNumber"] = {**block, key: value}
    assert failing(verify(single)) == ["chain/business/block"]


@pytest.mark.parametrize(
    ("key", "value", "step"),
    [("chain_id", 1, "id"), ("contract", "0x" + "11" * 20, "contract")],
)
def test_an_anchor_that_differs_from_the_trust_file_is_invalid_even_offline(
    single: Case, key: str, value: object, step: str
) -> None:
    bundle = single.copy()
    bundle["anchors"][0][key] = value
    verdict = verify(single, bundle, rpc={"business": closed_port()})
    assert (verdict.verdict, failing(verdict)) == ("invalid", [f"chain/business/{step}"])


NONSENSE: dict[str, list[object]] = {
    "eth_chainId": [None, 31337, "31337", "0x", "0xzz", "0x" + "1" * 65, [], {}, True],
    "eth_getCode": [None, "", "0x1", "0xzz", 5, []],
    "count": [None, "0x", "0x01", "0x" + "0" * 65, "0x" + "zz" * 32, 3],
    "checkpoint": [None, "0x", "0x" + "00" * 127, "0x" + "00" * 129],
    "eth_getBlockByNumber": [[], "0x", 5, {}, {"hash": 1}, {"hash": "0x" + "ab" * 32, "number": 4242}],
}


@pytest.mark.parametrize("method", NONSENSE)
def test_nonsense_results_are_no_answer(single: Case, method: str) -> None:
    for nonsense in NONSENSE[method]:
        single.chains["business"].overrides = {method: nonsense}
        verdict = verify(single)
        assert verdict.verdict == "unreachable", nonsense


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b"<html>Bad gateway</html>", 502),
        (b"<html>hello</html>", 200),
        (b"\xff\xfe", 200),
        (b"[]", 200),
        (b"{}", 200),
        (b"null", 200),
        (b'{"jsonrpc":"2.0","id":2,"result":"0x7a69"}', 200),
        (b'{"jsonrpc":"2.0","id":1}', 200),
        (b'{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"execution reverted\\u001b[2J"}}', 200),
        (b'{"jsonrpc":"2.0","id":1,"error":"broken"}', 200),
        (b'{"id":1,"result":' + b"[" * 100_000, 200),
        (b'{"id":1,"result":' + b"9" * 100_000 + b"}", 200),
        (b"", 301),
    ],
)
def test_garbage_over_http(single: Case, body: bytes, status: int) -> None:
    def answer(handler: BaseHTTPRequestHandler, _: Any) -> None:
        if status == 301:
            handler.send_response(301)
            handler.send_header("Location", "http://127.0.0.1:1/")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        else:
            send(handler, body, status)

    single.chains["business"].raw = answer
    verdict = verify(single)
    assert verdict.verdict == "unreachable"
    assert "\x1b" not in json.dumps(verdict.as_json(), ensure_ascii=False)


def test_a_huge_reply_is_not_read(single: Case) -> None:
    sent = []

    def flood(handler: BaseHTTPRequestHandler, _: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b" " * (1 << 20))
            sent.append(1)

    single.chains["business"].raw = flood
    verdict = verify(single)
    assert verdict.verdict == "unreachable" and "larger" in verdict.chains[0].detail
    assert len(sent) < 100


def test_silence_and_trickling_end_in_time(case: Case) -> None:
    def silence(handler: BaseHTTPRequestHandler, _: Any) -> None:
        time.sleep(5)
        handler.close_connection = True

    def trickle(handler: BaseHTTPRequestHandler, _: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(50):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)

    case.chains["business"].raw, case.chains["regulator"].raw = silence, trickle
    started = time.monotonic()
    verdict = verify(case, seconds=0.3)
    assert verdict.verdict == "unreachable" and time.monotonic() - started < 3


def test_a_broken_connection(single: Case) -> None:
    def hang_up(handler: BaseHTTPRequestHandler, _: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        handler.close_connection = True

    single.chains["business"].raw = hang_up
    assert verify(single).verdict == "unreachable"


# --- the checkpoint


def with_note(case: Case, note: str) -> Verdict:
    return verify(case, {**case.copy(), "checkpoint": note})


def test_signed_by_others_only(single: Case) -> None:
    root = builder.root("sm3", single.leaves)
    stranger = sm2.generate()
    same_name = builder.signed_note(stranger, 11, root)
    other_name = builder.signed_note(single.key, 11, root, name="somebody")
    for note in (same_name, other_name):
        assert failing(with_note(single, note)) == ["signature"]


def test_a_cosigner_that_is_not_known_is_passed_over(single: Case) -> None:
    root = builder.root("sm3", single.leaves)
    cosigned = (
        single.bundle["checkpoint"] + builder.signed_note(sm2.generate(), 11, root, name="witness").split("\n")[-2]
    )
    assert with_note(single, cosigned + "\n").verdict == "valid"


def test_a_trusted_key_beside_a_wrong_line_of_its_own(single: Case) -> None:
    """signed-note: a wrong signature of a known key spoils the note, whatever else is there."""
    *head, line = single.bundle["checkpoint"].rstrip("\n").split("\n")
    dash, name, value = line.split(" ")
    blob = bytearray(base64.b64decode(value))
    blob[-1] ^= 1
    wrong = f"{dash} {name} {base64.b64encode(blob).decode()}"
    assert failing(with_note(single, "\n".join([*head, line, wrong]) + "\n")) == ["signature"]


def test_a_checkpoint_of_another_log(single: Case) -> None:
    root = builder.root("sm3", single.leaves)
    verdict = with_note(single, builder.signed_note(single.key, 11, root, origin="abs.test/other"))
    assert failing(verdict) == ["checkpoint"]


def test_a_signed_checkpoint_of_another_tree(single: Case) -> None:
    for size, root in ((11, bytes(32)), (12, builder.root("sm3", single.leaves))):
        assert failing(with_note(single, builder.signed_note(single.key, size, root))) == ["inclusion"]


def test_extension_lines_are_signed_and_allowed(single: Case) -> None:
    body = "\n".join(single.bundle["checkpoint"].split("\n")[:3]) + "\nextension\n"
    key_id = base64.b64decode(single.bundle["checkpoint"].split(" ")[-1])[:4]
    signature = base64.b64encode(key_id + sm2.sign(single.key.private, body.encode())).decode()
    assert with_note(single, f"{body}\n\u2014 {builder.KEY_NAME} {signature}\n").verdict == "valid"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: "",
        lambda note: note.rstrip("\n"),
        lambda note: note + "\n",
        lambda note: note.replace("\n\n", "\n"),
        lambda note: "\n" + note,
        lambda note: note.replace("\n11\n", "\n011\n"),
        lambda note: note.replace("\n11\n", "\n+11\n"),
        lambda note: note.replace("\n11\n", "\n１１\n"),
        lambda note: note.replace("\n11\n", "\n\n11\n"),
        lambda note: note.replace("=\n\n", "\n\n"),
        lambda note: note.replace("\u2014", "-"),
        lambda note: note.replace("\u2014 ", "\u2014  "),
        lambda note: note.replace("abs.test/main", "abs.test/main\t"),
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note + note.split("\n")[-2] + " x\n",
        lambda note: note + (note.split("\n")[-2] + "\n") * 64,
        lambda note: note.split("\n\n")[0] + "\n\n",
    ],
)
def test_malformed_notes(single: Case, spoil: Any) -> None:
    assert failing(with_note(single, spoil(single.bundle["checkpoint"]))) == ["checkpoint"]


# --- inputs that cannot be read


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
        {"keys": [{"name": "k", "type": "ed25519", "public": "00"}]},
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
    single.bundle["anchors"].append({"chain": "tsa", "token": "..."})
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
    [b"", b"{", b"\xff", b'{"a":1.5}', b'{"a":NaN}', b'{"a":1,"a":2}', b"[" * 100_000, b"1" * 5000, b'{"a":1e400}'],
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
