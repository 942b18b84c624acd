"""A chain's contract passes to a new key, whatever crashes on the way, and anchoring goes on with the right one."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from abs_platform.core import crashpoints, jobs
from abs_platform.core.errors import Conflict, Forbidden, NotFound
from abs_platform.core.models import AuditEntry
from abs_platform.integrations import chains
from abs_platform.integrations.accounts import address, public_key
from abs_platform.integrations.chains import ChainError, Publication, Rejected
from abs_platform.integrations.evm import EvmChain
from abs_platform.integrations.kms import kms
from abs_platform.ledger import anchoring, hand_over, keys, rotation, selectors, services, setup
from abs_platform.ledger.anchors import log_key
from abs_platform.ledger.audit import audit
from abs_platform.ledger.key_models import HandOver, PublisherKey
from abs_platform.ledger.models import Anchor, AnchorTransaction, Channel, Checkpoint
from abs_platform.parties.actor import PLATFORM, Actor
from tests.ledger.conftest import PATIENCE, Crash, Ledger
from tests.ledger.test_outside_verifier import bundle_of, record_file, verify


def pass_on(ledger: Ledger) -> HandOver:
    """Hand the chain over to a new key, to the end."""
    handing = hand_over.begin(chain=ledger.chain.name, actor=PLATFORM)
    ledger.settle()
    handing.refresh_from_db()
    return handing


def signers_of(ledger: Ledger) -> list[str]:
    """The names of the keys that carried anchors to the chain, in order."""
    return [
        AnchorTransaction.objects.select_related("key").get(transaction=anchor.transaction).key.name  # type: ignore[union-attr]
        for anchor in Anchor.objects.filter(chain=ledger.chain, state="anchored").order_by("index")
    ]


def publisher_of(ledger: Ledger) -> str:
    return chains.client(ledger.chain.name, contract=ledger.chain.contract).publishers()[0]


def test_the_contract_passes_on_and_anchoring_goes_on_with_the_new_key(ledger: Ledger, tmp_path: Path) -> None:
    before = record_file()
    ledger.settle()
    handing = pass_on(ledger)
    assert (handing.state, handing.raw) == ("done", None)
    chain, successor = ledger.chain, handing.successor
    assert (chain.publisher, successor.name) == (successor, "publisher-2")
    assert publisher_of(ledger) == address(bytes(successor.public))
    handing.predecessor.refresh_from_db()
    assert handing.predecessor.retired_at is not None
    after = record_file()
    ledger.settle()
    assert signers_of(ledger) == ["publisher", "publisher-2"]
    for record in (before, after):
        assert verify(tmp_path, bundle_of(record), selectors.trust())["verdict"] == "valid"
    report = audit()
    assert report.wrong is None, report
    thief = chains.client(chain.name, contract=chain.contract, key="publisher")
    with pytest.raises(Rejected) as refusal:
        thief.draft(Publication(b"\1" * 32, 0, 1, bytes(32), 1))
    assert refusal.value.code == "NotPublisher"
    listed = {key["name"]: key for key in keys.listed()}
    assert listed["publisher"]["chains"] == [{"chain": chain.name, "transactions": 1}]
    assert listed["publisher-2"]["chains"] == [{"chain": chain.name, "transactions": 1}]
    assert [listed[name]["is_active"] for name in ("publisher", "publisher-2")] == [False, True]
    verbs = AuditEntry.objects.filter(subject_id=successor.id).order_by("id").values_list("verb", flat=True)
    assert set(verbs) == {"ledger.hand_over_begun", "ledger.hand_over_done"}
    assert setup.prepare(say=lambda text: None) == [], "setting up again finds everything in order"


@pytest.mark.parametrize("step", ["naming", "taking"])
@pytest.mark.parametrize("point", ["hand_over.signed", "hand_over.stored", "hand_over.sent"])
def test_a_crash_at_any_point_of_either_step_is_gone_on_from(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, point: str, step: str
) -> None:
    reached = iter(["naming", "taking"])

    def reach(name: str) -> None:
        if name == point and next(reached) == step:
            monkeypatch.setattr(crashpoints, "reach", lambda name: None)
            raise Crash(name)

    name = ledger.chain.name
    handing = hand_over.begin(chain=name, actor=PLATFORM)
    monkeypatch.setattr(crashpoints, "reach", reach)
    with pytest.raises(Crash):
        hand_over.hand_over(chain=name, patience=PATIENCE)
    handing.refresh_from_db()
    left, before = handing.state, handing.raw
    assert left == (step if point != "hand_over.signed" else {"naming": "begun", "taking": "naming"}[step])
    sent: list[bytes] = []
    send = EvmChain.send
    monkeypatch.setattr(EvmChain, "send", lambda self, raw: (sent.append(raw), send(self, raw))[1])
    assert hand_over.hand_over(chain=name, patience=PATIENCE)
    handing.refresh_from_db()
    assert handing.state == "done"
    assert publisher_of(ledger) == address(bytes(handing.successor.public))
    if point == "hand_over.stored":
        assert before is not None and sent[0] == bytes(before), "the same bytes go out, not others"
    ledger.append()
    ledger.settle()
    assert signers_of(ledger) == ["publisher-2"]


def test_a_take_over_whose_block_comes_between_two_questions_is_not_made_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = ledger.chain.name
    handing = hand_over.begin(chain=name, actor=PLATFORM)
    reached = iter(["naming", "taking"])

    def reach(point: str) -> None:
        if point == "hand_over.sent" and next(reached) == "taking":
            raise Crash(point)

    with monkeypatch.context() as patched:
        patched.setattr(crashpoints, "reach", reach)
        with pytest.raises(Crash):
            hand_over.hand_over(chain=name, patience=PATIENCE)
    while publisher_of(ledger) != address(bytes(handing.successor.public)):
        time.sleep(0.05)
    old = address(bytes(handing.predecessor.public)), address(bytes(handing.successor.public))
    told_late(monkeypatch, "publishers", old)
    told_late(monkeypatch, "receipt", None)
    monkeypatch.setattr(EvmChain, "draft_take_over", lambda self: pytest.fail("it is made again"))
    assert hand_over.hand_over(chain=name, patience=PATIENCE)
    handing.refresh_from_db()
    assert handing.state == "done"


def told_late(monkeypatch: pytest.MonkeyPatch, question: str, before: object) -> None:
    """The first answer to this question is that of before the block."""
    honest, told = getattr(EvmChain, question), [before]
    monkeypatch.setattr(EvmChain, question, lambda self, *a, **k: told.pop() if told else honest(self, *a, **k))


def test_what_was_under_way_with_the_old_key_ends_once(ledger: Ledger, crash: Callable[[str], None]) -> None:
    """Its transaction is stored and unsent when the contract passes on: it goes out first, or is made anew."""
    ledger.append()
    services.seal()
    crash("anchor.stored")
    with pytest.raises(Crash):
        anchoring.anchor(chain=ledger.chain.name)
    pass_on(ledger)
    ledger.append()
    ledger.settle()
    assert signers_of(ledger) == ["publisher", "publisher-2"]
    client = chains.client(ledger.chain.name, contract=ledger.chain.contract)
    assert client.count(log_key(Channel.objects.get())) == 2


def test_a_second_change_follows_the_first(ledger: Ledger) -> None:
    for number in (2, 3):
        handing = pass_on(ledger)
        assert (handing.state, handing.successor.name) == ("done", f"publisher-{number}")
        ledger.append()
        ledger.settle()
    assert signers_of(ledger) == ["publisher-2", "publisher-3"]
    assert keys.first_chain_publisher().name == "publisher-3", "a chain that is added later gets no retired key"


def test_a_chain_is_passed_on_once_at_a_time_and_only_by_operators(ledger: Ledger) -> None:
    name = ledger.chain.name
    with pytest.raises(Forbidden):
        hand_over.begin(chain=name, actor=Actor(label="x"))
    with pytest.raises(NotFound):
        hand_over.begin(chain="nowhere", actor=PLATFORM)
    hand_over.begin(chain=name, actor=PLATFORM)
    with pytest.raises(Conflict, match="already"):
        hand_over.begin(chain=name, actor=PLATFORM)
    assert PublisherKey.objects.filter(algorithm="secp256k1").count() == 2
    ledger.chain.channels.clear()
    type(ledger.chain).objects.update(contract="", chain_id=None)
    with pytest.raises(Conflict, match="setup_ledger"):
        hand_over.begin(chain=name, actor=PLATFORM)


def test_a_contract_that_took_another_publisher_is_left_alone(ledger: Ledger) -> None:
    """Somebody who holds the old key was faster: that is for a person."""
    name, contract = ledger.chain.name, ledger.chain.contract
    thief = chains.client(name, contract=contract, key="thief")
    thief.fund()
    old = chains.client(name, contract=contract)
    for client, draft in (
        (old, lambda: old.draft_successor(thief_account())),
        (thief, thief.draft_take_over),
    ):
        signed = client.sign(draft())
        client.send(signed.raw)
        while client.receipt(signed.id) is None:
            pass
    hand_over.begin(chain=name, actor=PLATFORM)
    with pytest.raises(ChainError, match="neither"):
        hand_over.hand_over(chain=name)
    assert HandOver.objects.get().state == "begun"


def thief_account() -> str:
    return address(public_key(kms().chain_key("thief")))


def test_a_chain_that_begins_anew_ends_the_change(ledger: Ledger) -> None:
    handing = hand_over.begin(chain=ledger.chain.name, actor=PLATFORM)
    type(ledger.chain).objects.update(contract="0x" + "11" * 20)
    assert hand_over.hand_over(chain=ledger.chain.name)
    handing.refresh_from_db()
    assert handing.state == "abandoned"


def test_the_database_keeps_keys_and_refuses_retired_ones(unanchored: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    unanchored.append(1)
    services.seal()
    key = PublisherKey.objects.get(algorithm="ed25519")
    checkpoint = Checkpoint.objects.get()
    for change in ({"name": "x"}, {"public": b"x"}, {"algorithm": "secp256k1"}):
        with pytest.raises(DatabaseError, match="only retires"), transaction.atomic():
            PublisherKey.objects.filter(id=key.id).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        PublisherKey.objects.filter(algorithm="secp256k1").delete()
    rotation.rotate(algorithm="ed25519", actor=PLATFORM)
    with pytest.raises(DatabaseError, match="only retires"), transaction.atomic():
        PublisherKey.objects.filter(id=key.id).update(retired_at=None)
    unanchored.append(1)
    signers = keys.log_signers()
    for row in (key, checkpoint.sm2_key):
        forged = signers | {"ed25519": keys.LogSigner(row)}
        monkeypatch.setattr(keys, "log_signers", lambda forged=forged: forged)
        with pytest.raises(DatabaseError, match="two keys in force"):
            services.seal()


def test_every_job_of_the_change_is_handled(ledger: Ledger) -> None:
    hand_over.begin(chain=ledger.chain.name, actor=PLATFORM)
    assert jobs.drain(kinds=["ledger.hand_over"], patience=PATIENCE) >= 1
    assert HandOver.objects.get().state == "done"
