"""What chains and their nodes do on bad days: nothing is anchored twice or falsely, all shows, and all heals by itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes

from abs_platform.core.models import Job
from abs_platform.integrations import chains
from abs_platform.integrations.chains import ChainClient, Publication, Rejected, Unreachable
from abs_platform.integrations.evm import EvmChain
from abs_platform.integrations.kms import kms
from abs_platform.ledger import anchoring, anchors, publishing, selectors, sending, services
from abs_platform.ledger.anchoring import Outcome
from abs_platform.ledger.models import Anchor, AnchorTransaction, Chain, Channel, Record
from tests.ledger.conftest import Crash, Ledger
from tests.ledger.nodes import HANG, Anvil, Json, Proxy, Refused

CHAIN = "business"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes go again without waiting."""
    monkeypatch.setattr(sending, "RESEND_AFTER", timedelta(0))


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
    monkeypatch.setattr(sending, "REPLACEMENTS", 2)
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
