"""The outside verifier and the verify page: the same verdicts, links, reasons and sentences on the same inputs.

Valid bundles of every kind and a thousand and more seeded mutations of bundles, notes, trust files and chains' answers go
through abs_verify; one run of vitest takes the same bytes, with the chains' answers as recorded here, through the page's
code. Any difference is a fault of one of the two.
"""

import base64
import io
import json
import os
import random
import subprocess
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from abs_platform.crypto import ed25519, sm2
from abs_platform.launch import node
from abs_platform.verifier import abs_verify
from abs_platform.verifier.abs_verify import Unreadable, Verdict
from tests.verifier import builder, torsion
from tests.verifier.builder import CONTENT, FIELDS, Case, Json, make_case, new_signer, note_line, signed_note
from tests.verifier.chain import FakeChain, send
from tests.verifier.checks import Chains
from tests.verifier.mutants import JUNK, arbitrary, flipped, mutated, mutated_bytes, mutated_note, places, replaced

SEED = 20261126
MUTATIONS = 1600
FRONTEND = Path(settings.BASE_DIR) / "frontend"

Input = tuple[bytes, bytes, bytes | None, Callable[[], None]]  # bundle, trust, file, what the chains do


def bytes_of(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def good_cases(chains: Chains) -> list[tuple[Case, bytes | None]]:
    """Bundles of every kind that hold, each with its file or without."""
    one, both = {"business": chains["business"]}, chains
    shown = ("/document/sm3", "/totals/payable", "/lines/0/item/name", "/notes/a~1b")
    return [
        (make_case(both), CONTENT),
        (make_case(both, more=True), None),
        (make_case(one, size=1, index=0), CONTENT),
        (make_case(one, size=300, index=256, hash_name="sha256", more=True), CONTENT),
        (make_case(both, disclosed=shown, more=True), CONTENT),
        (make_case(one, disclosed=shown[1:]), CONTENT),
        (make_case(one, disclosed=tuple(FIELDS)), None),
        (make_case(one, disclosed=("/only",), fields={"/only": "\u202e\x07 full　width 𠮷 ?"}), None),
    ]


def variants(case: Case) -> list[tuple[Json, Json]]:
    """Bundles and trust files that differ without a fault of their own: pending, rotated, k of n, witnesses."""
    bundle, trust = case.bundle, case.trust
    old, witness = new_signer("sm2-sm3"), new_signer("cosignature/v1", "见证.test/w2")
    rotated = [{**old.trust_entry(), "last_size": 5}, *trust["keys"]]
    size = bundle["inclusion"]["size"]
    both_sm2 = signed_note([old, *case.signers, witness], size, case.root)
    unreachable = [{**chain, "rpc": None} for chain in trust["chains"]]
    known = [{**witness.trust_entry()}, new_signer("cosignature/v1", "silent.test").trust_entry()]
    return [
        (bundle, trust),
        (bundle, {**trust, "required": 2}),
        (bundle, {**trust, "chains": []}),
        (bundle, {**trust, "chains": unreachable}),
        (bundle, {**trust, "chains": [*unreachable[:1], *trust["chains"][1:]], "required": 2}),
        (bundle, {**trust, "keys": rotated}),
        (bundle, {**trust, "keys": trust["keys"][:1]}),
        (bundle, {**trust, "keys": trust["keys"][1:]}),
        (bundle, {**trust, "keys": [{**key, "last_size": size - 1} for key in trust["keys"]]}),
        (bundle, {**trust, "hash": "sha256"}),
        (bundle, {**trust, "origin": "abs.other/main"}),
        ({**bundle, "anchors": []}, trust),
        ({**bundle, "anchors": [], "timestamps": [], "inclusion": None, "checkpoint": None}, trust),
        ({**bundle, "anchors": [], "timestamps": [], "checkpoint": None}, trust),
        ({**bundle, "checkpoint": both_sm2}, {**trust, "keys": rotated, "witnesses": known}),
        ({**bundle, "checkpoint": both_sm2}, {**trust, "keys": [{**rotated[0], "last_size": size}, *trust["keys"]]}),
        (
            {**bundle, "checkpoint": both_sm2 + note_line(witness.name, witness.key_id + b"x" * 72)},
            {**trust, "witnesses": known},
        ),
        (
            {**bundle, "checkpoint": both_sm2 + note_line(witness.name, witness.key_id + b"x")},
            {**trust, "witnesses": known},
        ),
    ]


def inputs(chains: Chains, rng: random.Random) -> list[Input]:
    cases = good_cases(chains)
    made: list[Input] = []

    def add(case: Case, bundle: bytes, trust: bytes, file: bytes | None, **overrides: Any) -> None:
        def prepare() -> None:
            for name, chain in case.chains.items():
                chain.reset()
                chain.publish(*published[id(case)][name])
            case.chains["business"].overrides = dict(overrides)

        made.append((bundle, trust, file, prepare))

    published = {
        id(case): {
            name: (
                builder.sm3(builder.ORIGIN.encode()),
                [(1, bytes(32)), (4, b"\x01" * 32), (len(case.leaves), case.root)],
            )
            for name in case.chains
        }
        for case, _ in cases
    }
    for case, file in cases:
        for bundle, trust in variants(case):
            for content in {file, None, CONTENT + b"!"}:
                add(case, bytes_of(bundle), bytes_of(trust), content)
        for method in ("eth_chainId", "eth_getCode", "count", "checkpoint", "eth_getBlockByNumber"):
            for junk in (*JUNK, "0x1", "0x" + "0" * 64, "0x" + "0" * 320):
                if not isinstance(junk, float) and rng.random() < 0.3:
                    add(case, bytes_of(case.bundle), bytes_of(case.trust), file, **{method: junk})
    for number in range(MUTATIONS):
        case, file = rng.choice(cases)
        bundle, trust = bytes_of(case.bundle), bytes_of(case.trust)
        match number % 8:
            case 6:
                bundle = bytes_of(replaced(case.bundle, rng.choice(list(places(case.bundle))), arbitrary(rng)))
            case 7:
                trust = bytes_of(replaced(case.trust, rng.choice(list(places(case.trust))), arbitrary(rng)))
            case 0 | 1:
                bundle = bytes_of(mutated(case.bundle, rng))
            case 2:
                bundle = mutated_bytes(case.bundle, rng)
            case 3:
                bundle = bytes_of({**case.bundle, "checkpoint": mutated_note(case.bundle["checkpoint"], rng)})
            case 4:
                trust = bytes_of(mutated(case.trust, rng))
            case _:
                trust = mutated_bytes(case.trust, rng)
        if file and rng.random() < 0.05:
            file = flipped(file, rng)
        add(case, bundle, trust, file)
    return made


def outcome(bundle: bytes, trust: bytes, file: bytes | None) -> Any:
    """What abs_verify says, in the form that the other side writes it in."""
    try:
        verdict = abs_verify.verify(
            abs_verify.load_json(bundle, abs_verify.MAX_BUNDLE_BYTES, "the bundle"),
            abs_verify.load_json(trust, abs_verify.MAX_TRUST_BYTES, "the trust file"),
            None if file is None else io.BytesIO(file),
        )
    except Unreadable:
        return "unreadable"
    return comparable(verdict)


def comparable(verdict: Verdict) -> Json:
    return {
        "verdict": verdict.verdict,
        "since": verdict.since,
        "file_checked": verdict.file_checked,
        "disclosed": [{"path": path, "value": value} for path, value in verdict.disclosed],
        "sentences": [verdict.sentence("en"), verdict.sentence("zh")],
        "chains": [[chain.name, chain.state, chain.chain_id, chain.block, chain.time] for chain in verdict.chains],
        "links": [
            [
                link.name,
                link.ok,
                *(link.label(lang) for lang in ("en", "zh")),
                *("" if link.text == "no_answer" else link.detail(lang) for lang in ("en", "zh")),
            ]
            for link in verdict.links
        ],
    }


@pytest.fixture
def recorder(chains: Chains, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Every answer of a chain by [url, method, parameters]: asked within the process, so that it can be told again."""
    record: dict[str, Any] = {}
    by_url = {chain.url: chain for chain in chains.values()}

    def call(self: Any, method: str, *parameters: Any) -> Any:
        if self._url not in by_url:
            raise abs_verify._NoAnswer("nobody there")
        result = by_url[self._url].result(method, list(parameters))
        record[json.dumps([self._url, method, parameters], separators=(",", ":"), ensure_ascii=False)] = result
        return result

    monkeypatch.setattr(abs_verify._Endpoint, "call", call)
    return record


def signatures(rng: random.Random) -> dict[str, list[Any]]:
    """Signatures right and wrong, for both curves, and inclusion proofs."""
    pairs = {"sm2": sm2.generate(), "ed25519": ed25519.generate()}
    made: dict[str, list[Any]] = {"sm2": [], "ed25519": [], "inclusion": []}
    for number in range(60):
        message = b"%d" % number
        for name, pair in pairs.items():
            right = sm2.sign(pair.private, message) if name == "sm2" else ed25519.sign(pair.private, message)
            for public, signature in (
                (pair.public, right),
                (pair.public, flipped(right, rng)),
                (flipped(pair.public, rng), right),
                (pair.public, right[:-1]),
            ):
                made[name].append([public.hex(), message.hex(), signature.hex()])
        made["ed25519"].append([part.hex() for part in torsion.mixed(message)])
    for key in (*torsion.points(), *torsion.SECOND_FORMS):
        for r in (*torsion.points(), *torsion.SECOND_FORMS):
            made["ed25519"].append([key.hex(), "00", (r + bytes(32)).hex()])
    for _ in range(200):
        hash_name = rng.choice(["sm3", "sha256"])
        size = rng.randrange(1, 40)
        leaves = [rng.randbytes(32) for _ in range(size)]
        index = rng.randrange(size)
        path = [node.hex() for node in builder.path(hash_name, leaves, index)]
        root = builder.root(hash_name, leaves).hex()
        index, size = index + rng.choice([0, 0, 0, 1, -1]), size + rng.choice([0, 0, 0, 1, -1])
        made["inclusion"].append(
            [hash_name, max(index, 0), size, leaves[0 if index < 0 else index % len(leaves)].hex(), path, root]
        )
    return made


def run_page(folder: Path, cases: list[Any], primitives: Any, anything: list[str]) -> Json:
    """What the page's code says to the same inputs."""
    (folder / "cases.json").write_text(json.dumps(cases))
    (folder / "primitives.json").write_text(json.dumps(primitives))
    (folder / "anything.json").write_text(json.dumps(anything))
    vitest = FRONTEND / "node_modules" / "vitest" / "vitest.mjs"
    done = subprocess.run(
        [node.find().program, vitest, "run", "src/features/verify/parity.test.ts"],
        cwd=FRONTEND,
        env={**os.environ, "ABS_PARITY": str(folder)},
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    outcomes: Json = json.loads((folder / "outcomes.json").read_text())
    return outcomes


@pytest.mark.timeout(600)
def test_both_verifiers_agree(chains: Chains, recorder: dict[str, Any], tmp_path: Path) -> None:
    rng = random.Random(SEED)
    cases, mine = [], []
    for bundle, trust, file, prepare in inputs(chains, rng):
        recorder.clear()
        prepare()
        mine.append(outcome(bundle, trust, file))
        encoded = [None if part is None else base64.b64encode(part).decode() for part in (bundle, trust, file)]
        cases.append(dict(zip(("bundle", "trust", "file"), encoded, strict=True)) | {"answers": dict(recorder)})
    primitives = signatures(rng)
    documents = [json.dumps(arbitrary(rng)).encode() for _ in range(500)]
    documents += [mutated_bytes(case.bundle, rng) for case, _ in good_cases(chains) for _ in range(50)]
    anything = [base64.b64encode(document).decode() for document in documents]
    page = run_page(tmp_path, cases, primitives, anything)

    differences = [
        f"case {number}:\n  abs_verify: {ours}\n  page:       {theirs}"
        for number, (ours, theirs) in enumerate(zip(mine, page["outcomes"], strict=True))
        if ours != theirs
    ]
    assert not differences, f"{len(differences)} of {len(mine)} differ (cases in {tmp_path}):\n" + "\n".join(
        differences[:4]
    )
    verdicts = [each if isinstance(each, str) else each["verdict"] for each in mine]
    counted = {
        verdict: verdicts.count(verdict) for verdict in ("valid", "pending", "unreachable", "invalid", "unreadable")
    }
    assert all(number > 30 for number in counted.values()) and len(mine) > 1500, counted

    expected = {
        "sm2": [abs_verify.sm2_verify(*map(bytes.fromhex, each)) for each in primitives["sm2"]],
        "ed25519": [abs_verify.ed25519_verify(*map(bytes.fromhex, each)) for each in primitives["ed25519"]],
        "inclusion": [
            abs_verify.root_from_inclusion(
                name, index, size, bytes.fromhex(leaf), [bytes.fromhex(each) for each in path]
            )
            == bytes.fromhex(root)
            for name, index, size, leaf, path, root in primitives["inclusion"]
        ],
    }
    for name, verdict in expected.items():
        assert page[name] == verdict and {True, False} == set(verdict), name
    words = {key: [chinese, english] for key, (english, chinese) in abs_verify._TEXTS.items()}
    assert {key: page["words"].get(key) for key in words} == words


GARBAGE = [
    b"",
    b"<html>hello</html>",
    b"\xff\xfe",
    b"[]",
    b"{}",
    b"null",
    b'{"jsonrpc":"2.0","id":2,"result":"0x7a69"}',
    b'{"jsonrpc":"2.0","id":1}',
    b'{"jsonrpc":"2.0","id":1,"error":null,"result":"0x7a69"}',
    b'{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"execution reverted"}}',
    b'{"jsonrpc":"2.0","id":1,"error":false,"result":"0x7a69"}',
    b'{"jsonrpc":"2.0","id":1,"result":"0x1"}',
    b'{"jsonrpc":"2.0","id":1,"result":"0x1","result":"0x7a69"}',
    b'{"jsonrpc":"2.0","id":1,"result":1.5}',
    b'{"jsonrpc":"2.0","id":1,"result":' + b"[" * 5000,
    b'{"jsonrpc":"2.0","id":1,"result":"' + b" " * (1 << 22) + b'"}',
]


def test_both_make_the_same_of_garbage_over_http(single: Case, tmp_path: Path) -> None:
    chain: FakeChain = single.chains["business"]

    def answer(handler: BaseHTTPRequestHandler, request: Any) -> None:
        number = int(handler.path.strip("/"))
        if number < len(GARBAGE):
            send(handler, GARBAGE[number])
        elif number == len(GARBAGE):
            send(handler, b"", status=502)
        else:
            handler.send_response(307)
            handler.send_header("Location", chain.url)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

    chain.raw = answer
    cases, mine = [], []
    for number in range(len(GARBAGE) + 2):
        trust = {**single.trust, "chains": [{**single.trust["chains"][0], "rpc": f"{chain.url}{number}"}]}
        parts = (bytes_of(single.bundle), bytes_of(trust), CONTENT)
        mine.append(outcome(*parts))
        bundle, trusted, file = (base64.b64encode(part).decode() for part in parts)
        cases.append({"bundle": bundle, "trust": trusted, "file": file, "answers": None})
    page = run_page(tmp_path, cases, {"sm2": [], "ed25519": [], "inclusion": []}, [])
    assert page["outcomes"] == mine
    assert {each["verdict"] for each in mine} == {"unreachable", "invalid"}
