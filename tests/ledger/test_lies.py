"""A node that lies about its chain: nothing is anchored by a lie, it shows, and it is forgotten once the node is honest."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from web3 import Web3

from abs_platform.integrations.chains import ChainError, Contradiction
from abs_platform.ledger import anchors, publishing
from abs_platform.ledger.models import Anchor, Channel
from tests.ledger.conftest import Ledger
from tests.ledger.nodes import Anvil, Json, Proxy, Refused, Rule
from tests.ledger.test_bad_days import advance, at_once, client, count, is_anchored, recorded, settle, state, status

__all__ = ["at_once"]


def word(value: int | bytes) -> str:
    return (value.to_bytes(32, "big") if isinstance(value, int) else value).hex()


def selector(signature: str) -> str:
    return Web3.keccak(text=signature)[:4].hex()


def calls(request: dict[str, Any], signature: str) -> bool:
    if request["method"] != "eth_call":
        return False
    call = request["params"][0]
    return str(call.get("data") or call.get("input")).startswith(f"0x{selector(signature)}")


def wrong_root(request: dict[str, Any], result: Json) -> Json:
    if calls(request, "checkpoint(bytes32,uint256)"):
        return result[:66] + word(bytes(31) + b"\x01") + result[130:]
    return result


def wrong_size(request: dict[str, Any], result: Json) -> Json:
    return "0x" + word(99) + result[66:] if calls(request, "checkpoint(bytes32,uint256)") else result


def wrong_records(request: dict[str, Any], result: Json) -> Json:
    return result[:-64] + word(99) if calls(request, "checkpoint(bytes32,uint256)") else result


def count_more(request: dict[str, Any], result: Json) -> Json:
    return "0x" + word(int(result, 16) + 1) if calls(request, "count(bytes32)") else result


def count_none(request: dict[str, Any], result: Json) -> Json:
    return "0x" + word(0) if calls(request, "count(bytes32)") else result


def wrong_block_hash(request: dict[str, Any], result: Json) -> Json:
    if request["method"] == "eth_getBlockByNumber" and result:
        return {**result, "hash": "0x" + "ab" * 32}
    return result


def wrong_receipt_block(request: dict[str, Any], result: Json) -> Json:
    if request["method"] == "eth_getTransactionReceipt" and result:
        return {**result, "blockHash": "0x" + "cd" * 32}
    return result


def wrong_time(request: dict[str, Any], result: Json) -> Json:
    if request["method"] == "eth_getBlockByNumber" and result:
        return {**result, "timestamp": hex(int(result["timestamp"], 16) + 3600)}
    return result


def no_receipt(request: dict[str, Any], result: Json) -> Json:
    return None if request["method"] == "eth_getTransactionReceipt" else result


def failed_receipt(request: dict[str, Any], result: Json) -> Json:
    if request["method"] == "eth_getTransactionReceipt" and result:
        return {**result, "status": "0x0"}
    return result


def another_chain(request: dict[str, Any], result: Json) -> Json:
    return "0x1" if request["method"] == "eth_chainId" else result


def invented_receipt(request: dict[str, Any], result: Json) -> Json:
    """Says of everything that was sent that it is in the newest block."""
    if request["method"] == "eth_getTransactionReceipt":
        return {
            "transactionHash": request["params"][0], "blockNumber": "0x1", "blockHash": "0x" + "ef" * 32, "status": "0x1",
            "transactionIndex": "0x0", "logs": [], "from": "0x" + "00" * 20, "to": "0x" + "00" * 20,
            "cumulativeGasUsed": "0x1", "gasUsed": "0x1", "logsBloom": "0x" + "00" * 256, "effectiveGasPrice": "0x1",
            "contractAddress": None, "type": "0x2",
        }  # fmt: skip
    return result


LIES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        wrong_root, wrong_size, wrong_records, count_more, count_none, wrong_block_hash, wrong_receipt_block, wrong_time,
        no_receipt, failed_receipt, another_chain, invented_receipt,
    )
}  # fmt: skip


MORE_THAN_THERE_IS = (count_more, invented_receipt)


def look(times: int) -> Iterator[tuple[list[str], tuple[str, str]]]:
    """Rounds on a chain that may lie; what stands after each."""
    for _ in range(times):
        with suppress(ChainError):
            advance()
        yield state(), status()


def test_a_lie_never_anchors_and_is_forgotten_once_the_node_is_honest(held: Ledger, node: Anvil, proxy: Proxy) -> None:
    for number, (name, lie) in enumerate(LIES.items()):
        record = recorded(held)
        advance()
        if lie not in MORE_THAN_THERE_IS:
            node.mine()
        with proxy.telling(lie):
            for states, _ in look(3):
                assert states.count("anchored") <= number and not is_anchored(record), (name, states)
        settle(node)
        assert is_anchored(record) and count(node) == number + 1 and status() == ("ok", ""), name
    key = anchors.log_key(Channel.objects.get())
    for anchor in Anchor.objects.filter(state="anchored"):
        found = client(node).published(key, anchor.index)
        assert found is not None and (found.size, found.root) == (anchor.size, bytes(anchor.checkpoint.root))


def test_a_lie_about_what_is_anchored_shows_and_is_forgotten(held: Ledger, node: Anvil, proxy: Proxy) -> None:
    first = recorded(held)
    advance()
    settle(node)
    for number, lie in enumerate((wrong_block_hash, count_none, count_more), start=2):
        second = recorded(held)
        with proxy.telling(lie):
            for _, condition in look(3):
                assert condition[0] in ("degraded", "behind") and not is_anchored(second)
        settle(node)
        assert is_anchored(first) and is_anchored(second) and count(node) == number and status() == ("ok", "")


def nonce_used(request: dict[str, Any], result: Json) -> Json:
    """Takes a transaction and says that it did not."""
    if request["method"] == "eth_sendRawTransaction":
        raise Refused("nonce too low")
    return result


def test_a_transaction_that_was_given_up_and_comes_after_all_is_adopted_with_its_count(
    held: Ledger, node: Anvil, proxy: Proxy
) -> None:
    record = recorded(held)
    with proxy.telling(nonce_used):
        advance()
    assert state() == ["abandoned"] and len(node.lying()) == 1
    held.append()  # counted by the next anchor, which is for the same checkpoint and index
    with suppress(ChainError):
        advance()  # its nonce is that of the first, which the node keeps
    assert state() == ["abandoned", "prepared"]
    settle(node)
    assert is_anchored(record) and count(node) == 1 and status() == ("ok", "")
    assert list(Anchor.objects.filter(state="anchored").values_list("records", flat=True)) == [1]


def test_without_reading_the_contract_again_a_lie_would_anchor(
    held: Ledger, node: Anvil, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the two tests above: they would find it."""
    monkeypatch.setattr(publishing, "_is_ours", lambda found, checkpoint: True)
    recorded(held)
    advance()
    node.mine()
    with proxy.telling(wrong_root):
        assert any("anchored" in states for states, _ in look(4))


def test_answers_that_do_not_agree_are_called_a_contradiction(held: Ledger, node: Anvil, proxy: Proxy) -> None:
    recorded(held)
    advance()
    node.mine()
    with proxy.telling(wrong_root), pytest.raises(Contradiction, match="does not hold"):
        advance()
    assert status() == ("degraded", "contradiction")
