"""What the database itself refuses of chains, channels and anchors, whatever program asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from abs_platform.core import clock
from abs_platform.ledger import services
from abs_platform.ledger.models import Anchor, AnchorTransaction, Chain, Channel, ChannelChain, Checkpoint
from tests.ledger.conftest import Ledger

HASH = b"\x01" * 32
PLACED = {"transaction": HASH, "block": 1, "block_hash": HASH, "block_time": clock.now()}


def chain(**changes: Any) -> Chain:
    return Chain.objects.create(**{"name": "other", "kind": "evm", **changes})


def anchor(**changes: Any) -> Anchor:
    checkpoint = Checkpoint.objects.get()
    fields = {
        "channel": checkpoint.channel, "chain": Chain.objects.get(name="one"), "checkpoint": checkpoint, "contract": "0x1",
        "index": 0, "first": 0, "size": 1, "records": 1,
    }  # fmt: skip
    return Anchor.objects.create(**{**fields, **changes})


def sent(**changes: Any) -> AnchorTransaction:
    row = anchor()
    fields = {"anchor": row, "chain": row.chain, "sequence": 0, "transaction": HASH, "raw": b"x"}
    return AnchorTransaction.objects.create(**{**fields, **changes})


def twice(make: Callable[[], object]) -> None:
    make()
    make()


ILLEGAL: dict[str, Callable[[], object]] = {
    "channel_name_plain": lambda: Channel.objects.create(name="A b", origin="x"),
    "channel_origin_plain": lambda: Channel.objects.create(name="x", origin="a b"),
    "channel_hash_known": lambda: Channel.objects.create(name="x", origin="x", hash="md5"),
    "channel_required_positive": lambda: Channel.objects.create(name="x", origin="x", required=0),
    "channel_once_per_chain": lambda: twice(
        lambda: ChannelChain.objects.create(channel=Channel.objects.get(), chain=Chain.objects.get(name="one"))
    ),
    "chain_kind_known": lambda: chain(kind="fabric"),
    "chain_confirmations_positive": lambda: chain(confirmations=0),
    "chain_contract_has_chain_id": lambda: chain(contract="0x1"),
    "chain_trouble_has_time": lambda: chain(trouble="x", trouble_reason="slow"),
    "chain_trouble_has_time ": lambda: chain(trouble_since=clock.now()),
    "chain_trouble_has_reason": lambda: chain(trouble="x", trouble_since=clock.now()),
    "chain_trouble_has_reason ": lambda: chain(trouble_reason="slow"),
    "chain_omission_has_time": lambda: chain(omission="x"),
    "chain_omission_has_time ": lambda: chain(omission_since=clock.now()),
    "anchor_state_known": lambda: anchor(state="lost"),
    "anchor_range": lambda: anchor(first=1),
    "anchor_range ": lambda: anchor(index=-1),
    "anchor_counts_its_leaves": lambda: anchor(records=0),
    "anchor_placed_has_block": lambda: anchor(state="anchored"),
    "anchor_placed_has_block ": lambda: anchor(state="included", token=b"x"),
    "anchor_placed_has_block  ": lambda: anchor(state="anchored", **PLACED, token=b"x"),
    "anchor_unplaced_has_none": lambda: anchor(state="prepared", **PLACED),
    "anchor_unplaced_has_none ": lambda: anchor(state="orphaned", token=b"x", block_time=clock.now()),
    "anchor_abandoned_has_reason": lambda: anchor(state="abandoned"),
    "anchor_abandoned_has_reason ": lambda: anchor(reason="x"),
    "anchor_transaction_size": lambda: anchor(state="included", **{**PLACED, "transaction": b"x"}),
    "anchor_block_hash_size": lambda: anchor(state="included", **{**PLACED, "block_hash": b"x"}),
    "anchor_one_per_checkpoint": lambda: twice(anchor),
    "anchor_transaction_id_size": lambda: sent(transaction=b"x"),
    "anchor_sequence_natural": lambda: sent(sequence=-1),
    "anchor_transaction_once": lambda: (row := sent()) and AnchorTransaction.objects.create(
        anchor=row.anchor, chain=row.chain, sequence=1, transaction=HASH, raw=b"y"
    ),
}  # fmt: skip


@pytest.fixture
def one(unanchored: Ledger) -> None:
    unanchored.append()
    services.seal()
    chain(name="one")


def test_the_database_refuses_what_cannot_be(one: None) -> None:
    for name, make in ILLEGAL.items():
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            make()
        assert name.strip() in str(refused.value), name


def test_what_may_be_is_taken(one: None) -> None:
    for row in ({"state": "anchored", **PLACED}, {"state": "anchored", "token": b"x", "block_time": clock.now()}):
        with transaction.atomic():
            anchor(**row)
            transaction.set_rollback(True)


def test_what_a_log_and_its_anchors_are_stays(one: None) -> None:
    anchor()
    for change in ({"name": "other"}, {"origin": "other"}, {"hash": "sha256"}):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            Channel.objects.update(**change)
    for change in ({"index": 1}, {"records": 2}, {"contract": "0x2"}, {"first": 0, "size": 2, "records": 2}):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            Anchor.objects.update(**change)


def test_an_anchor_is_of_its_own_checkpoint(one: None) -> None:
    other = Channel.objects.create(name="other", origin="other")
    for change in ({"size": 2, "records": 2}, {"channel": other}):
        with pytest.raises(DatabaseError, match="not of its checkpoint"), transaction.atomic():
            anchor(**change)
