"""What a document's place on a chain costs, measured in gas on the EVM node."""

import secrets
import statistics
import time

from django.conf import settings
from hexbytes import HexBytes
from web3 import HTTPProvider, Web3
from web3.exceptions import TransactionNotFound
from web3.types import TxParams, TxReceipt

from abs_platform.integrations.chains import Publication
from abs_platform.integrations.evm import EvmChain
from tests.bench._measuring import Figure, Progress

RECORDS = 1_000_000
ROUNDS = 5
# The least that a contract can do to keep a document: storage[digest] = block.number, the digest being its call data.
# NUMBER, PUSH1 0, CALLDATALOAD, SSTORE, STOP; around it, the code that deploys these six bytes.
STORE = "0x65" + "436000355500" + "600052" + "6006601af3"


def figures(progress: Progress) -> list[Figure]:
    """gas_per_document at a million records a checkpoint. Peers: a transaction for each document that stores its digest by
    the least contract there is, one that only carries it as call data, and one to our own contract.
    """
    url = settings.CHAINS[0]["url"]
    node = Web3(HTTPProvider(url))
    chain = EvmChain(url=url, contract="", key=secrets.token_bytes(32), timeout=10)
    chain.fund()
    chain.establish()
    account = node.eth.accounts[0]  # anvil's own, unlocked
    store = _mined(node, node.eth.send_transaction({"from": account, "data": HexBytes(STORE)}))["contractAddress"]
    log, log_of_singles = secrets.token_bytes(32), secrets.token_bytes(32)
    gas: dict[str, list[int]] = {"checkpoint": [], "same contract": [], "stored digest": [], "call data": []}
    for number in range(ROUNDS + 1):
        progress(f"gas: round {number} of {ROUNDS}")
        for name, key, size in (("checkpoint", log, RECORDS), ("same contract", log_of_singles, 1)):
            size *= number + 1
            signed = chain.sign(chain.draft(Publication(key, number, size, secrets.token_bytes(32), size)))
            chain.send(signed.raw)
            gas[name].append(_mined(node, HexBytes(signed.id))["gasUsed"])
        for name, receiver in (("stored digest", store), ("call data", account)):
            sending: TxParams = {"from": account, "to": receiver, "data": HexBytes(secrets.token_bytes(32))}
            gas[name].append(_mined(node, node.eth.send_transaction(sending))["gasUsed"])
    # The first checkpoint of a log costs more once, and is left out.
    per_document = {name: float(statistics.median(each[1:])) for name, each in gas.items()}
    ours = per_document.pop("checkpoint") / RECORDS
    return [
        _figure("gas_per_document", ours, "the limit", 0.1, "<=1"),
        _figure("gas_saved", ours, "a stored digest each", per_document["stored digest"], ">=450000"),
        _figure("gas_saved_same_contract", ours, "a checkpoint each", per_document["same contract"], None),
        _figure("gas_saved_call_data", ours, "call data each", per_document["call data"], None),
    ]


def _figure(name: str, ours: float, peer: str, theirs: float, goal: str | None) -> Figure:
    ratio = ours / theirs if name == "gas_per_document" else theirs / ours
    return {
        "name": name, "value": ours, "unit": "gas a document", "peer": peer, "peer_value": theirs, "ratio": ratio,
        "goal": goal,
    }  # fmt: skip


def _mined(node: Web3, transaction: HexBytes) -> TxReceipt:
    """The receipt, once there is one. Raises RuntimeError when the transaction failed or none comes."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            receipt = node.eth.get_transaction_receipt(transaction)
        except TransactionNotFound:
            time.sleep(0.05)
            continue
        if receipt["status"] != 1:
            raise RuntimeError("the transaction failed")
        return receipt
    raise RuntimeError("the chain took the transaction into no block")
