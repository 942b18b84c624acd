"""A checkpoint is anchored exactly once, whatever dies, re-organises or competes on the way."""

import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from abs_platform.core import jobs
from abs_platform.core.models import Job
from abs_platform.core.transactions import NetworkInTransactionError
from abs_platform.integrations import chains
from abs_platform.integrations.chains import ChainClient, Publication, Rejected, Unreachable
from abs_platform.ledger import anchoring, anchors, publishing, selectors, services, setup
from abs_platform.ledger.anchoring import Outcome
from abs_platform.ledger.audit import audit
from abs_platform.ledger.models import Anchor, AnchorTransaction, Chain, Channel, Checkpoint
from abs_platform.ledger.states import AnchorState
from tests.ledger.conftest import Crash, Ledger

CRASH_POINTS = ["anchor.signed", "anchor.stored", "anchor.sent", "anchor.seen", "anchor.anchored"]


def client(ledger: Ledger) -> ChainClient:
    return chains.client(ledger.chain.name, contract=ledger.chain.contract)


def key() -> bytes:
    return anchors.log_key(Channel.objects.get())


def anchor(patience: float = 15) -> Outcome:
    return anchoring.anchor(chain=Chain.objects.get().name, patience=timedelta(seconds=patience))


def states() -> list[str]:
    return list(Anchor.objects.order_by("created_at").values_list("state", flat=True))


def test_a_checkpoint_reaches_the_chain(ledger: Ledger) -> None:
    (record,) = ledger.append()
    ledger.settle()
    (view,) = selectors.positions([record.id])[record.id].anchors
    assert view.anchored and view.chain == ledger.chain.name and view.chain_id == client(ledger).chain_id()
    published = client(ledger).published(key(), 0)
    assert published is not None
    assert (published.size, published.root) == (1, bytes(Checkpoint.objects.get().root))
    assert (published.block, published.time) == (view.block, view.time)
    proof = selectors.evidence(record.id)
    assert proof["anchors"][0]["contract"] == ledger.chain.contract and proof["anchors"][0]["index"] == 0
    (status,) = selectors.chain_status()
    assert (status["state"], status["lag"], status["pending"]) == ("ok", 0, 0)


def test_only_the_newest_of_many_checkpoints_is_published(ledger: Ledger) -> None:
    records = []
    for _ in range(3):
        records += ledger.append(2)
        services.seal()
    assert anchor() is Outcome.DONE
    assert client(ledger).count(key()) == 1
    views = selectors.positions([record.id for record in records])
    assert {view.anchors[0].state for view in views.values()} == {"anchored"}
    assert {selectors.evidence(record.id)["inclusion"]["size"] for record in records} == {6}
    assert (Anchor.objects.get().first, Anchor.objects.get().size) == (0, 6)


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_a_crash_between_any_two_steps_ends_in_exactly_one_anchor(
    ledger: Ledger, crash: Callable[[str], None], point: str
) -> None:
    ledger.append()
    services.seal()
    crash(point)
    with pytest.raises(Crash):
        anchor()
    stored = {bytes(row.raw) for row in AnchorTransaction.objects.all()}
    assert anchor() is Outcome.DONE
    assert client(ledger).count(key()) == 1
    assert states() == ["anchored"]
    if stored:
        assert {bytes(row.raw) for row in AnchorTransaction.objects.all()} == stored, "other bytes were sent"
    assert audit().wrong is None


def test_two_anchorers_publish_once(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.append()
    services.seal()
    chain = ledger.chain.name

    def work(_: int) -> None:
        try:
            for _ in range(12):
                anchoring.advance(chain=chain)
                time.sleep(0.1)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert anchor() is Outcome.DONE
    assert client(ledger).count(key()) == 1
    assert (states(), AnchorTransaction.objects.count()) == (["anchored"], 1)


def test_a_second_worker_does_not_wait_for_the_same_block(ledger: Ledger) -> None:
    def work() -> None:
        try:
            anchor()
        finally:
            connection.close()

    with anchoring.alone(ledger.chain.name), ThreadPoolExecutor(1) as pool, pytest.raises(anchoring.Busy):
        pool.submit(work).result()


def test_the_contract_refuses_a_rival_index_and_a_smaller_tree(ledger: Ledger) -> None:
    ledger.append()
    services.seal()
    anchor()
    chain = client(ledger)
    for publication, code in (
        (Publication(key(), 0, 9, secrets.token_bytes(32), 9), "UnexpectedIndex"),
        (Publication(key(), 2, 9, secrets.token_bytes(32), 9), "UnexpectedIndex"),
        (Publication(key(), 1, 1, secrets.token_bytes(32), 1), "SizeNotGrowing"),
        (Publication(key(), 1, 9, secrets.token_bytes(32), 8), "FewerRecordsThanLeaves"),
    ):
        with pytest.raises(Rejected) as refusal:
            chain.draft(publication)
        assert refusal.value.code == code


def test_a_checkpoint_of_somebody_else_stops_the_anchorer_and_shows(ledger: Ledger) -> None:
    publish(client(ledger), Publication(key(), 0, 7, secrets.token_bytes(32), 7))
    ledger.append()
    services.seal()
    with pytest.raises(publishing.Rivalry, match="not in this log"):
        anchor()
    (status,) = selectors.chain_status()
    assert (status["state"], status["reason"]) == ("degraded", "rival") and "not in this log" in status["detail"]
    assert states() == []


def test_our_own_checkpoint_found_on_the_chain_is_taken_over(ledger: Ledger) -> None:
    """As after a lost transaction row: the contract has the checkpoint, so nothing is sent."""
    ledger.append()
    services.seal()
    checkpoint = Checkpoint.objects.get()
    id_ = publish(client(ledger), Publication(key(), 0, checkpoint.size, bytes(checkpoint.root), checkpoint.size))
    assert anchor() is Outcome.DONE
    assert bytes(Anchor.objects.get().transaction or b"") == id_
    assert (states(), AnchorTransaction.objects.count()) == (["anchored"], 0)


def test_a_transaction_whose_nonce_was_used_is_given_up_and_made_anew(
    ledger: Ledger, crash: Callable[[str], None]
) -> None:
    ledger.append()
    services.seal()
    crash("anchor.stored")
    with pytest.raises(Crash):
        anchor()
    publish(client(ledger), Publication(secrets.token_bytes(32), 0, 1, bytes(32), 1))
    assert anchor() is Outcome.DONE
    assert states() == ["abandoned", "anchored"]
    assert client(ledger).count(key()) == 1


def publish(chain: ChainClient, publication: Publication) -> bytes:
    """Somebody with our key publishes past the ledger."""
    signed = chain.sign(chain.draft(publication))
    chain.send(signed.raw)
    deadline = time.monotonic() + 10
    while chain.receipt(signed.id) is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return signed.id


def reorganise_from(ledger: Ledger, block: int | None) -> None:
    """The chain replaces this block, one before it and all after it by empty ones; their transactions are forgotten.

    One before it, because the chain may mine another block between the two calls."""
    assert block is not None
    ledger.rpc("anvil_reorg", client(ledger).head().number - block + 2, [])


def test_a_reorganisation_is_noticed_and_the_same_bytes_go_again(ledger: Ledger) -> None:
    ledger.rpc("anvil_mine", "0x2")
    records = ledger.append(2)
    services.seal()
    anchor()
    before = Anchor.objects.get()
    raw = bytes(AnchorTransaction.objects.get().raw)
    reorganise_from(ledger, before.block)
    assert client(ledger).count(key()) == 0, "the re-organisation did not take the transaction away"
    assert anchor() is Outcome.DONE
    after = Anchor.objects.get()
    assert (after.state, after.orphaned) == ("anchored", 1)
    assert bytes(after.block_hash or b"") != bytes(before.block_hash or b"")
    assert bytes(AnchorTransaction.objects.get().raw) == raw
    assert client(ledger).count(key()) == 1
    assert selectors.evidence(records[0].id)["anchors"][0]["block"] == after.block
    assert audit().wrong is None


def test_two_anchors_lost_to_a_reorganisation_come_back_in_order(ledger: Ledger) -> None:
    ledger.rpc("anvil_mine", "0x2")
    for _ in range(2):
        ledger.append()
        services.seal()
        anchor()
    first = Anchor.objects.order_by("index")[0]
    reorganise_from(ledger, first.block)
    assert anchor() is Outcome.DONE
    assert states() == ["anchored", "anchored"]
    assert client(ledger).count(key()) == 2
    assert audit().wrong is None


def test_an_anchor_counts_only_at_the_configured_depth(ledger: Ledger) -> None:
    Chain.objects.update(confirmations=4)
    ledger.append()
    services.seal()
    deadline = time.monotonic() + 10
    while Anchor.objects.filter(state=AnchorState.INCLUDED).count() == 0:
        assert time.monotonic() < deadline
        assert anchor(0) is Outcome.WAITING
        time.sleep(0.05)
    ledger.rpc("anvil_mine", "0x3")
    assert anchor() is Outcome.DONE
    assert states() == ["anchored"]


def test_a_dead_chain_delays_only_itself(ledger: Ledger, settings: Any) -> None:
    dead = {"name": "regulator", "kind": "evm", "url": "http://127.0.0.1:1", "confirmations": 1}
    settings.CHAINS = [*settings.CHAINS, dead]
    lines: list[str] = []
    assert setup.prepare(say=lines.append) == ["regulator"]
    Chain.objects.filter(name="regulator").update(chain_id=7, contract="0x" + "12" * 20)
    (record,) = ledger.append()
    jobs.drain(patience=timedelta(seconds=3))
    views = {view.chain: view.state for view in selectors.positions([record.id])[record.id].anchors}
    assert views == {settings.CHAINS[0]["name"]: "anchored"}
    waiting = Job.objects.get(kind="ledger.anchor", state="queued")
    assert (waiting.key, waiting.attempts) == ("regulator", 0) and "no answer" in waiting.last_error
    status = {row["name"]: (row["state"], row["reason"]) for row in selectors.chain_status()}
    assert status == {settings.CHAINS[0]["name"]: ("ok", ""), "regulator": ("degraded", "unreachable")}
    assert list(audit().unreachable) == ["regulator"]


def test_no_chain_is_asked_within_a_transaction(ledger: Ledger) -> None:
    with transaction.atomic(), pytest.raises(NetworkInTransactionError):
        client(ledger).head()


def test_an_answer_that_makes_no_sense_is_told_from_none(ledger: Ledger) -> None:
    with pytest.raises(Unreachable, match="nonsense"):
        chains.client(ledger.chain.name, contract="0x" + "12" * 20).count(key())


# --- setting up


def test_setting_up_again_changes_nothing(ledger: Ledger) -> None:
    before = ledger.chain.contract
    assert setup.prepare(say=lambda text: None) == []
    assert ledger.chain.contract == before


def test_a_chain_that_starts_anew_is_set_up_again_and_gets_the_newest_checkpoint(ledger: Ledger) -> None:
    (record,) = ledger.append()
    ledger.settle()
    old = ledger.chain.contract
    ledger.rpc("anvil_setCode", old, "0x")
    lines: list[str] = []
    setup.prepare(say=lines.append)
    assert any("starting over" in line for line in lines)
    assert ledger.chain.contract != old
    ledger.settle()
    assert states() == ["abandoned", "anchored"]
    assert selectors.evidence(record.id)["anchors"][0]["contract"] == ledger.chain.contract
    assert selectors.trust()["chains"][0]["contract"] == ledger.chain.contract
    assert audit().wrong is None


def test_production_refuses_to_start_over(ledger: Ledger, settings: Any) -> None:
    settings.PRODUCTION = True
    ledger.rpc("anvil_setCode", ledger.chain.contract, "0x")
    with pytest.raises(setup.SetupRefused, match="evidence"):
        setup.prepare(say=lambda text: None)


def test_another_chain_at_the_address_is_refused(ledger: Ledger) -> None:
    Chain.objects.update(chain_id=1)
    ledger.append()
    services.seal()
    with pytest.raises(publishing.WrongChain, match="setup_ledger"):
        anchor()
