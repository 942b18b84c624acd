"""Looking around in the ledger: every place and step of a record is told, and nothing of others' records."""

import base64
import secrets
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from abs_platform.core import clock
from abs_platform.core.errors import NotFound
from abs_platform.core.subjects import SubjectRef
from abs_platform.integrations import chains
from abs_platform.ledger import anchoring, explorer, life, public_log, services
from abs_platform.ledger.api import explorer_shapes as shapes
from abs_platform.ledger.explorer import ChannelState
from abs_platform.ledger.models import Anchor, Chain, Channel, Checkpoint, Cosignature, Leaf, Record
from abs_platform.parties.actor import PLATFORM, Actor
from tests.ledger.conftest import Ledger

OURS = Actor(label="lin", organisation_id=uuid.uuid4(), network_id=uuid.uuid4(), roles=frozenset({"supplier"}))
THEIRS = Actor(label="eve", organisation_id=uuid.uuid4(), network_id=OURS.network_id, roles=frozenset({"supplier"}))
NOBODY = Actor(label="nobody")
OPERATOR = Actor(label="op", organisation_id=uuid.uuid4(), network_id=OURS.network_id, roles=frozenset({"operator"}))


def append(actor: Actor = OURS, template: str = "document/v1") -> Record:
    with transaction.atomic():
        return services.append(
            subject=SubjectRef("document", uuid.uuid4()),
            template=template,
            commitment=secrets.token_bytes(32),
            actor=actor,
        )


def sealed(actor: Actor = OURS) -> Record:
    record = append(actor)
    services.seal()
    return record


def anchor() -> None:
    anchoring.anchor(chain=Chain.objects.get().name, patience=timedelta(seconds=15))


def events(record: Record) -> list[str]:
    return [event["kind"] for event in detail(record)["timeline"]]


def detail(record: Record, actor: Actor = OURS) -> dict[str, Any]:
    return shapes.record_detail(explorer.record(actor=actor, record_id=record.id))


def test_a_record_s_life_is_told_step_by_step(ledger: Ledger) -> None:
    record = append()
    assert events(record) == ["received"]
    services.seal()
    assert events(record) == ["received", "sealed"]
    assert detail(record)["chains"] == [{"chain": ledger.chain.name, "state": "waiting"}]
    anchor()
    assert detail(record)["chains"] == [{"chain": ledger.chain.name, "state": "anchored"}]
    told = detail(record)
    assert [event["kind"] for event in told["timeline"]] == [
        "received", "sealed", "prepared", "sent", "included", "anchored",
    ]  # fmt: skip
    [on_chain] = told["anchors"]
    placed = told["timeline"][-2]
    assert placed["chain"] == on_chain["chain"] and placed["params"] == {
        "block": on_chain["block"],
        "tx": on_chain["tx"],
    }
    assert (told["state"], told["index"], told["checkpoint_size"]) == ("anchored", 0, 1)
    assert told["leaf_hash"] == bytes(Leaf.objects.get().hash).hex()


def test_a_reorganisation_and_a_failed_attempt_stay_in_sight(ledger: Ledger) -> None:
    ledger.rpc("anvil_mine", "0x2")
    record = sealed()
    anchor()
    head = chains.client(ledger.chain.name, contract=ledger.chain.contract).head().number
    ledger.rpc("anvil_reorg", head - (Anchor.objects.get().block or 0) + 2, [])
    anchor()
    assert events(record).count("orphaned") == 1
    assert detail(record)["state"] == "anchored"
    Anchor.objects.update(state="abandoned", reason="another transaction has used its nonce")
    told = detail(record)
    assert told["timeline"][-1]["params"] == {"reason": "another transaction has used its nonce"}
    assert (told["state"], told["anchors"]) == ("recorded", [])


def test_what_comes_after_the_record_s_own_anchor_is_not_its_story(ledger: Ledger) -> None:
    first = sealed()
    anchor()
    sealed()
    anchor()
    assert events(first).count("anchored") == 1
    assert [anchor["size"] for anchor in detail(first)["anchors"]] == [1]


def test_a_witness_s_first_cosignature_over_the_record_counts(unanchored: Ledger) -> None:
    early, record = sealed(), sealed()
    sealed()
    for checkpoint in Checkpoint.objects.order_by("size"):
        Cosignature.objects.create(
            checkpoint=checkpoint,
            witness="w/1",
            line="— w/1 AAAA",
            time=clock.now() + timedelta(seconds=checkpoint.size),
        )
    told = [event for event in detail(record)["timeline"] if event["kind"] == "cosigned"]
    assert [event["params"] for event in told] == [{"witness": "w/1", "size": 2}]
    assert detail(early)["timeline"][-1]["params"]["size"] == 1


def test_events_stand_in_order_though_clocks_differ() -> None:
    now = clock.now()
    record = Record(time=now)
    checkpoint = Checkpoint(size=1, time=now + timedelta(seconds=1))
    anchor = Anchor(
        chain=Chain(name="b"), state="anchored", size=1, index=0, block=7, block_time=now - timedelta(hours=1),
        created_at=now + timedelta(seconds=2), changed_at=now + timedelta(seconds=3), transaction=b"\x01" * 32,
    )  # fmt: skip
    anchor._prefetched_objects_cache = {"transactions": []}  # type: ignore[attr-defined]  # as the selector leaves it
    told = life.life(record, index=0, checkpoint=checkpoint, attempts=[anchor], cosignatures=[])
    assert [event.kind for event in told] == ["received", "sealed", "prepared", "included", "anchored"]


def test_a_checkpoint_tells_who_signed_it_and_what_covers_it(ledger: Ledger) -> None:
    for _ in range(2):
        sealed()
    anchor()  # the newest only
    channel = public_log.channel_named("main")
    newest, oldest = shapes.checkpoint_bodies(list(explorer.checkpoints(channel=channel).order_by("-size")))
    assert {key["algorithm"] for key in newest["keys"]} == {"sm2-sm3", "ed25519"}
    assert [each["size"] for each in newest["anchors"] + oldest["anchors"]] == [2, 2]
    told = shapes.checkpoint_detail(explorer.checkpoint(channel=channel, size=2))
    assert (told["previous"], told["next"], told["first"]) == (1, None, 1)
    assert told["note"] == Checkpoint.objects.get(size=2).note
    assert told["anchors"][0]["contract"] == ledger.chain.contract and told["anchors"][0]["records"] == 2
    for size in (3, 10**30):
        with pytest.raises(NotFound):
            explorer.checkpoint(channel=channel, size=size)


def test_a_channel_tells_how_far_it_and_its_chains_have_come(ledger: Ledger) -> None:
    sealed()
    anchor()
    sealed()
    append()
    [state] = explorer.channels()
    told = shapes.channel_body(state)
    assert (told["size"], told["pending"], told["anchored"]) == (2, 1, 1)
    assert told["chains"] == [{"chain": ledger.chain.name, "size": 1}]
    assert told["newest"]["root"] == bytes(Checkpoint.objects.get(size=2).root).hex()


def test_where_a_chain_s_node_is_only_operators_read(ledger: Ledger) -> None:
    words = "no answer from http://10.0.0.7:8545/key"
    Chain.objects.update(trouble=words, trouble_reason="unreachable", trouble_since=clock.now())
    [seen] = explorer.chains(actor=OURS)
    assert (seen["state"], seen["reason"], seen["detail"]) == ("degraded", "unreachable", "")
    [whole] = explorer.chains(actor=OPERATOR)
    assert whole["detail"] == words


@pytest.mark.parametrize(("required", "anchored"), [(1, 9), (2, 5), (3, 0), (4, 0)])
def test_a_channel_is_anchored_as_far_as_enough_chains_are(required: int, anchored: int) -> None:
    state = ChannelState(Channel(required=required), None, 0, {"a": 5, "b": 9, "c": 0})
    assert state.anchored == anchored


def test_records_are_filtered_by_what_one_knows_of_them(unanchored: Ledger) -> None:
    mine, other = sealed(), append(template="grant/v1")
    append(THEIRS)
    services.seal()

    def ids(**wanted: Any) -> set[uuid.UUID]:
        return set(explorer.records(actor=OURS, wanted=wanted).values_list("id", flat=True))  # type: ignore[arg-type]

    assert ids() == {mine.id, other.id} == ids(channel="main")
    assert ids(template="grant/v1") == {other.id}
    assert ids(index=0) == {mine.id} and ids(index=2) == set()
    assert ids(subject=other.subject_id) == {other.id}
    assert ids(since=other.time) | {mine.id} == {mine.id, other.id} and mine.id not in ids(
        since=other.time + timedelta(1)
    )
    assert ids(until=mine.time) == set()


@pytest.mark.parametrize("actor", [THEIRS, NOBODY, OPERATOR], ids=lambda actor: actor.label)
def test_another_s_record_is_as_if_it_were_not_there(unanchored: Ledger, actor: Actor) -> None:
    record = sealed()
    with pytest.raises(NotFound):
        explorer.record(actor=actor, record_id=record.id)
    assert not explorer.records(actor=actor).exists()
    leaf = bytes(Leaf.objects.get().hash).hex()
    for text in (str(record.id), str(record.subject_id), "0", leaf):
        assert not explorer.search(actor=actor, text=text).records, text
        assert explorer.search(actor=OURS, text=text).records == [record], text


def test_the_platform_s_own_records_are_its_operator_s(unanchored: Ledger) -> None:
    record = sealed(PLATFORM)
    assert explorer.record(actor=OPERATOR, record_id=record.id) == record
    for actor in (OURS, NOBODY):
        with pytest.raises(NotFound):
            explorer.record(actor=actor, record_id=record.id)


def test_the_search_knows_numbers_hashes_and_ids(ledger: Ledger) -> None:
    record = sealed()
    anchor()
    placed, checkpoint = Anchor.objects.get(), Checkpoint.objects.get()
    tx, root = bytes(placed.transaction or b""), bytes(checkpoint.root)

    def found(text: str) -> explorer.Found:
        return explorer.search(actor=OURS, text=text)

    assert found("1").checkpoints == [checkpoint] and found("1").records == []
    assert found(f" {record.id} ").records == [record]
    assert found(str(placed.block)).anchors == [placed]
    for text in (tx.hex(), f"0x{tx.hex()}", tx.hex().upper()):
        assert found(text).anchors == [placed], text
    for text in (root.hex(), base64.b64encode(root).decode()):
        assert found(text).checkpoints == [checkpoint], text
    for text in ("9" * 19, "9" * 90, "-1", "³", "0x", "hello", "f" * 63, "💣", "=" * 44):
        assert found(text) == explorer.Found(), text
    body = shapes.found_body(found(tx.hex()))
    assert body["anchors"][0]["channel"] == "main" and body["anchors"][0]["state"] == "anchored"


def test_looking_into_a_record_asks_no_more_questions_when_the_log_is_long(unanchored: Ledger) -> None:
    record = sealed()

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            detail(record)
            shapes.record_bodies(list(explorer.records(actor=OURS)))
            shapes.checkpoint_bodies(list(explorer.checkpoints(channel=public_log.channel_named("main"))))
        return len(asked)

    before = queries()
    for _ in range(10):
        sealed()
    assert queries() == before
