"""What chains answer: no chain can talk its way in, and none that fails us decides anything."""

import json
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.verifier.builder import Case
from tests.verifier.chain import send
from tests.verifier.checks import closed_port, failing, state, verify

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


@pytest.mark.parametrize("change", ["size", "root", "block", "time", "records"])
def test_any_other_word_in_the_contract(single: Case, change: str) -> None:
    words = {"size": 11, "root": int.from_bytes(single.root, "big")}
    words |= {"block": 4242, "time": 1795412952, "records": 13}
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
    "checkpoint": [None, "0x", "0x" + "00" * 128, "0x" + "00" * 159, "0x" + "00" * 161],
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
