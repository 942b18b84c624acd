"""What chains and their nodes do on bad days: nothing is anchored twice or falsely, all shows, and all heals by itself."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes
from web3 import Web3

from abs_platform.core.models import Job
from abs_platform.integrations import chains
from abs_platform.integrations.chains import ChainClient, ChainError, Contradiction, Publication, Rejected, Unreachable
from abs_platform.integrations.evm import EvmChain
from abs_platform.integrations.kms import kms
from abs_platform.ledger import anchoring, anchors, publishing, selectors, services
from abs_platform.ledger.anchoring import Outcome
from abs_platform.ledger.models import Anchor, AnchorTransaction, Chain, Channel, Record
from tests.ledger.conftest import Crash, Ledger
from tests.ledger.nodes import HANG, Anvil, Json, Proxy, Refused, Rule

CHAIN = "business"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes go again without waiting."""
    monkeypatch.setattr(publishing, "RESEND_AFTER", timedelta(0))


@pytest.fixture
def time_passes(settings: Any) -> Callable[[], None]:
    """From here on whatever lies without a block has lain for too long."""
    return lambda: setattr(settings, "ANCHOR_STUCK_AFTER", timedelta(0))


def advance() -> Outcome:
    return anchoring.advance(chain=CHAIN)


def settle(node: Anvil) -> None:
    """Mine and look until all is anchored."""
    for _ in range(8):
        node.mine()
        if advance() is Outcome.DONE:
            return
    raise AssertionError(f"not anchored: {state()}, {selectors.chain_status()}")


def recorded(ledger: Ledger) -> Record:
    """A record that is sealed and not yet on its way."""
    (record,) = ledger.append()
    services.seal()
    return record


def state() -> list[str]:
    return list(Anchor.objects.order_by("created_at").values_list("state", flat=True))


def status() -> tuple[str, str]:
    (row,) = selectors.chain_status()
    return row["state"], row["reason"]


def client(node: Anvil) -> ChainClient:
    """The chain itself, past whatever lies."""
    return EvmChain(url=node.url, contract=Chain.objects.get().contract, key=kms().chain_key("publisher"), timeout=5)


def count(node: Anvil) -> int:
    return client(node).count(anchors.log_key(Channel.objects.get()))


def is_anchored(record: Record) -> bool:
    return selectors.positions([record.id])[record.id].is_anchored


# --- re-organisations, drops, gaps


def test_the_watch_notices_a_reorganisation_without_a_new_checkpoint(held: Ledger, node: Anvil) -> None:
    record = recorded(held)
    advance()
    settle(node)
    node.mine(3)
    assert is_anchored(record)
    node.reorganise(4)
    anchoring.watch(chain=CHAIN)
    assert not is_anchored(record) and Chain.objects.get().reorganisations == 1
    assert Job.objects.filter(kind="ledger.anchor", key=CHAIN, state="queued").exists()
    settle(node)
    assert is_anchored(record) and count(node) == 1
    assert AnchorTransaction.objects.count() == 1, "other bytes were sent"
    assert selectors.chain_status()[0]["reorganisations"] == 1


def test_a_reorganisation_below_depth_never_showed_as_anchored(held: Ledger, node: Anvil) -> None:
    Chain.objects.update(confirmations=3)
    record = recorded(held)
    advance()
    node.mine()
    advance()
    assert state() == ["included"] and not is_anchored(record)
    node.reorganise(1)
    advance()
    assert state() == ["orphaned"] and not is_anchored(record)
    settle(node)
    anchor = Anchor.objects.get()
    assert (anchor.state, anchor.orphaned, count(node)) == ("anchored", 1, 1)


def test_a_dropped_transaction_is_sent_again(held: Ledger, node: Anvil) -> None:
    recorded(held)
    advance()
    (lying,) = node.lying()
    node.rpc("anvil_dropTransaction", lying["hash"])
    assert node.lying() == []
    advance()
    assert [found["hash"] for found in node.lying()] == [lying["hash"]]
    settle(node)
    assert (state(), count(node), AnchorTransaction.objects.count()) == (["anchored"], 1, 1)


def test_a_nonce_that_nobody_fills_is_not_waited_for(held: Ledger, node: Anvil) -> None:
    """A transaction of our key that the log knows nothing of takes a nonce, and a re-organisation takes it away again."""
    foreign = client(node)
    signed = foreign.sign(foreign.draft(Publication(bytes(32), 0, 1, bytes(32), 1)))
    foreign.send(signed.raw)
    node.mine()
    recorded(held)
    advance()
    first = AnchorTransaction.objects.get()
    node.reorganise(1)
    assert foreign.account().sequence == first.sequence - 1
    node.mine(2)
    assert state() == ["prepared"] and foreign.receipt(bytes(first.transaction)) is None, "there was no gap"
    settle(node)
    second = AnchorTransaction.objects.order_by("-id")[0]
    assert second.sequence == first.sequence - 1
    node.mine(2)
    assert (state(), count(node)) == (["anchored"], 1), "the first one's place was taken a second time"


# --- a transaction that the chain leaves lying


def test_a_stuck_transaction_is_replaced_by_one_that_pays_more(
    held: Ledger, node: Anvil, time_passes: Callable[[], None]
) -> None:
    recorded(held)
    advance()
    (before,) = node.lying()
    time_passes()
    advance()
    assert status() == ("degraded", "stuck")
    (after,) = node.lying()
    assert (after["nonce"], after["input"]) == (before["nonce"], before["input"])
    assert after["hash"] != before["hash"]
    for fee in ("maxFeePerGas", "maxPriorityFeePerGas"):
        assert int(after[fee], 16) * 8 >= int(before[fee], 16) * 9
    stored = AnchorTransaction.objects.order_by("id")
    assert [f"0x{bytes(row.transaction).hex()}" for row in stored] == [before["hash"], after["hash"]]
    settle(node)
    assert (state(), count(node), status()) == (["anchored"], 1, ("ok", ""))
    assert bytes(Anchor.objects.get().transaction or b"").hex() == after["hash"][2:]


def test_a_replacement_is_stored_before_it_is_sent_and_the_first_may_still_win(
    held: Ledger, node: Anvil, time_passes: Callable[[], None], crash: Callable[[str], None]
) -> None:
    recorded(held)
    advance()
    (before,) = node.lying()
    time_passes()
    crash("anchor.replaced")
    with pytest.raises(Crash):
        advance()
    assert AnchorTransaction.objects.count() == 2 and [found["hash"] for found in node.lying()] == [before["hash"]]
    settle(node)
    assert (state(), count(node)) == (["anchored"], 1)
    assert bytes(Anchor.objects.get().transaction or b"").hex() == before["hash"][2:]


def test_replacing_ends_before_it_costs_too_much(
    held: Ledger, node: Anvil, time_passes: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "REPLACEMENTS", 2)
    recorded(held)
    time_passes()
    for _ in range(6):
        advance()
    assert AnchorTransaction.objects.count() == 3
    settle(node)
    assert (state(), count(node)) == (["anchored"], 1)


def test_fees_of_old_and_new_transactions_are_raised(held: Ledger, node: Anvil) -> None:
    chain = client(node)
    draft = chain.draft(Publication(bytes(32), 0, 1, bytes(32), 1))
    legacy = {name: value for name, value in draft.fields.items() if not name.startswith("max")} | {"gasPrice": 10**10}
    for fields in (dict(draft.fields), legacy):
        raw = chain.sign(chains.Draft(draft.sequence, fields)).raw
        raised = chain.sign(chain.raise_fees(raw)).raw
        again = chain.raise_fees(raised)
        assert again.sequence == draft.sequence
        kept = {name: value for name, value in again.fields.items() if "Price" not in name and "Fee" not in name}
        assert {name: kept[name] for name in ("nonce", "gas", "value", "chainId")} == {
            name: fields[name] for name in ("nonce", "gas", "value", "chainId")
        }
        assert HexBytes(kept["data"]) == HexBytes(fields["data"]) and HexBytes(kept["to"]) == HexBytes(fields["to"])
    assert TypedTransaction.from_bytes(HexBytes(chain.sign(draft).raw))


# --- rivals and refusals


def test_a_rival_stops_the_anchorer_until_it_is_gone(held: Ledger, node: Anvil) -> None:
    key = anchors.log_key(Channel.objects.get())
    rival = client(node)
    rival.send(rival.sign(rival.draft(Publication(key, 0, 7, bytes(32), 7))).raw)
    node.mine()
    record = recorded(held)
    with pytest.raises(publishing.Rivalry, match="not in this log"):
        advance()
    assert (status(), state()) == (("degraded", "rival"), [])
    node.reorganise(1)
    settle(node)
    assert (status(), count(node), is_anchored(record)) == (("ok", ""), 1, True)


def test_a_worker_that_comes_too_late_leaves_the_checkpoint_to_the_faster_one(
    held: Ledger, node: Anvil, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = recorded(held)
    draft = EvmChain.draft

    def outrun(self: EvmChain, publication: Publication) -> chains.Draft:
        monkeypatch.setattr(EvmChain, "draft", draft)
        advance()
        node.mine()
        return draft(self, publication)

    monkeypatch.setattr(EvmChain, "draft", outrun)
    assert advance() is Outcome.WAITING
    assert status() == ("behind", "")
    settle(node)
    assert is_anchored(record) and (count(node), AnchorTransaction.objects.count()) == (1, 1)


def test_an_empty_account_shows_and_a_filled_one_goes_on(held: Ledger, node: Anvil) -> None:
    account = selectors.chain_status()[0]["publisher"]
    node.rpc("anvil_setBalance", account, "0x0")
    recorded(held)
    with pytest.raises(Rejected):
        advance()
    assert status() == ("degraded", "refused")
    assert selectors.chain_status()[0]["balance"] == "0"
    node.rpc("anvil_setBalance", account, hex(10**18))
    settle(node)
    assert (status(), count(node)) == (("ok", ""), 1)


def test_a_node_that_refuses_shows_and_heals(held: Ledger, node: Anvil, proxy: Proxy) -> None:
    def refuse(request: dict[str, Any], result: Json) -> Json:
        if request["method"] == "eth_sendRawTransaction":
            raise Refused("permission denied: the sender is not on the list")
        return result

    recorded(held)

    def drop(request: dict[str, Any], result: Json) -> Json:
        return refuse(request, result)

    with proxy.telling(drop), pytest.raises(Rejected, match="not on the list"):
        advance()
    assert status() == ("degraded", "refused")
    settle(node)
    assert (status(), count(node)) == (("ok", ""), 1)


def test_a_node_that_hangs_shows_as_unreachable(
    held: Ledger, node: Anvil, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = chains.client
    monkeypatch.setattr(chains, "client", lambda name, **options: patient(name, **options, timeout=0.5))
    recorded(held)
    with proxy.telling(lambda request, result: HANG), pytest.raises(Unreachable):
        advance()
    assert status() == ("degraded", "unreachable")
    anchoring.watch(chain=CHAIN)
    assert status()[0] != "degraded"
    settle(node)
    assert status() == ("ok", "")


def test_a_slow_node_shows_as_slow(held: Ledger, node: Anvil, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchoring, "SLOW_SECONDS", 0.2)
    proxy.stall = 0.1
    anchoring.watch(chain=CHAIN)
    assert status() == ("degraded", "slow")
    proxy.stall = 0
    monkeypatch.setattr(anchoring, "SLOW_SECONDS", 5)
    anchoring.watch(chain=CHAIN)
    assert status() == ("ok", "")


def test_a_chain_that_nobody_looks_at_any_more_shows(held: Ledger) -> None:
    advance()
    assert status() == ("ok", "")
    seen = Chain.objects.get().head_seen_at
    assert seen is not None
    Chain.objects.update(head_seen_at=seen - timedelta(minutes=5))
    assert status() == ("degraded", "unwatched")


def test_the_state_of_a_chain_is_told_without_asking_it(held: Ledger, node: Anvil, proxy: Proxy) -> None:
    recorded(held)
    advance()
    asked = len(proxy.asked)
    with transaction.atomic():
        (row,) = selectors.chain_status()
    assert len(proxy.asked) == asked
    assert (row["state"], row["lag"], row["pending"]) == ("behind", 1, 1) and row["waiting_since"]
    account = client(node).account()
    assert (row["head"], row["sequence"], row["balance"]) == (node.height, account.sequence, str(account.balance))
    settle(node)
    assert selectors.chain_status()[0]["waiting_since"] is None


def test_a_look_at_a_quiet_chain_is_cheap(
    held: Ledger, node: Anvil, proxy: Proxy, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    recorded(held)
    advance()
    settle(node)
    anchoring.watch(chain=CHAIN)
    proxy.asked.clear()
    with django_assert_max_num_queries(16):
        anchoring.watch(chain=CHAIN)
    assert len(proxy.asked) <= 5, proxy.asked


# --- lies


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
