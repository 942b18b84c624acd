"""The contract that is deployed is the one whose source is here, and it keeps its promises."""

import json
import secrets
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from django.conf import settings

from abs_platform.integrations.chains import Publication, Rejected
from abs_platform.integrations.evm import ARTEFACT, EvmChain

FRONTEND = Path(settings.BASE_DIR) / "frontend"
SCRIPT = ARTEFACT.parent / "compile.mjs"


def test_the_committed_artefact_is_what_the_source_compiles_to() -> None:
    node = shutil.which("node") or shutil.which("node", path=Path(settings.BASE_DIR) / ".venv" / "bin")
    if node is None or not (FRONTEND / "node_modules" / "solc").is_dir():
        pytest.skip("needs Node and the frontend's packages: run `npm ci` in frontend/, as `./abs test` does")
    compiled = subprocess.run([node, SCRIPT, FRONTEND], capture_output=True, text=True, check=True, timeout=120)
    assert json.loads(compiled.stdout) == json.loads(ARTEFACT.read_text())


def test_no_function_is_named_as_web3_cannot_call_it() -> None:
    names = {item.get("name") for item in json.loads(ARTEFACT.read_text())["abi"]}
    assert "at" not in names


def chain_of(key: bytes, contract: str = "") -> EvmChain:
    if not settings.CHAINS:
        pytest.skip("no chain: set ABS_CHAINS, as `./abs test` does")
    chain = EvmChain(url=settings.CHAINS[0]["url"], contract=contract, key=key, timeout=5)
    chain.fund()
    return chain


def transact(chain: EvmChain, function: str, *arguments: object) -> None:
    """Call a function of the contract and wait for its block. Raises Rejected."""
    with chain._talking():
        contract = chain._deployed
        data = contract.encode_abi(function, args=list(arguments))
        signed = chain.sign(chain._draft({"to": contract.address, "data": data}))
    chain.send(signed.raw)
    deadline = time.monotonic() + 10
    while (receipt := chain.receipt(signed.id)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert receipt.succeeded


def test_only_the_publisher_publishes_and_a_hand_over_takes_both_sides() -> None:
    ours = chain_of(secrets.token_bytes(32))
    contract = ours.establish()
    theirs = chain_of(secrets.token_bytes(32), contract)
    log = secrets.token_bytes(32)
    with pytest.raises(Rejected) as refusal:
        theirs.draft(Publication(log, 0, 1, bytes(32), 1))
    assert refusal.value.code == "NotPublisher"
    with pytest.raises(Rejected) as refusal:
        transact(theirs, "takeOver")
    assert refusal.value.code == "NotSuccessor"
    transact(ours, "nameSuccessor", theirs._account.address)
    assert ours.is_established()
    transact(theirs, "takeOver")
    assert theirs.is_established()
    with pytest.raises(Rejected):
        ours.is_established()
    with pytest.raises(Rejected) as refusal:
        ours.draft(Publication(log, 0, 1, bytes(32), 1))
    assert refusal.value.code == "NotPublisher"


def test_logs_are_kept_apart_and_read_back_as_published() -> None:
    chain = chain_of(secrets.token_bytes(32))
    chain.establish()
    one, other = secrets.token_bytes(32), secrets.token_bytes(32)
    for log, index, size in ((one, 0, 5), (one, 1, 2**63), (other, 0, 1)):
        root = secrets.token_bytes(32)
        transact(chain, "publish", log, index, size, root, size + 3)
        published = chain.published(log, index)
        assert published is not None and (published.size, published.root, published.records) == (size, root, size + 3)
        block = chain.block(published.block)
        assert block is not None and block.time == published.time
    assert (chain.count(one), chain.count(other), chain.count(bytes(32))) == (2, 1, 0)
    assert chain.published(one, 2) is None


def test_a_checkpoint_costs_about_79_thousand_gas() -> None:
    chain = chain_of(secrets.token_bytes(32))
    chain.establish()
    log = secrets.token_bytes(32)
    transact(chain, "publish", log, 0, 1, secrets.token_bytes(32), 1)
    draft = chain.draft(Publication(log, 1, 1_000_000, secrets.token_bytes(32), 1_000_000))
    assert draft.fields["gas"] * 100 // 125 < 82_000
