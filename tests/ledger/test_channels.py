"""Several logs on several chains: isolated, each with its chains, its hash, its k of n and its trust file."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from abs_platform.core.subjects import SubjectRef
from abs_platform.ledger import anchoring, selectors, services, setup
from abs_platform.ledger.audit import audit
from abs_platform.ledger.models import Anchor, AnchorTransaction, Chain, Channel, Checkpoint, PublisherKey, Record
from abs_platform.parties.actor import PLATFORM
from tests.ledger.nodes import Anvil

PATIENCE = timedelta(seconds=10)


@pytest.fixture
def nodes(node: Anvil) -> Iterator[list[Anvil]]:
    second = Anvil(31401)
    yield [node, second]
    second.stop()


@pytest.fixture
def two(committed: None, keys: None, settings: Any, nodes: list[Anvil]) -> Any:
    """Settings of two chains; the test says which channels go there, and prepares."""
    names = ("business", "regulator")
    settings.CHAINS = [
        {"name": name, "kind": "evm", "url": chain.url} for name, chain in zip(names, nodes, strict=True)
    ]
    return settings


def channel(name: str, *chains: str, required: int = 1, hash: str = "sm3") -> dict[str, Any]:
    return {"name": name, "origin": f"abs.local/{name}", "hash": hash, "chains": list(chains), "required": required}


def prepare() -> list[str]:
    lines: list[str] = []
    assert setup.prepare(say=lines.append) == []
    return lines


def append(name: str, count: int = 1) -> list[Record]:
    with transaction.atomic():
        records = [
            services.append(
                subject=SubjectRef("document", uuid.uuid4()), template="document/v1", commitment=bytes([n] * 32),
                actor=PLATFORM, channel=name,
            )
            for n in range(count)
        ]  # fmt: skip
    services.seal(channel=name)
    return records


def anchor(*chains: str) -> None:
    for chain in chains:
        assert anchoring.anchor(chain=chain, patience=PATIENCE) is anchoring.Outcome.DONE


def is_anchored(record: Record) -> bool:
    return selectors.positions([record.id])[record.id].is_anchored


def test_a_record_counts_as_anchored_on_k_of_n_chains(two: Any) -> None:
    two.CHANNELS = [channel("main", "business", "regulator", required=2)]
    prepare()
    (record,) = append("main")
    position = selectors.positions([record.id])[record.id]
    assert (position.required, position.is_anchored) == (2, False)
    anchor("business")
    assert not is_anchored(record) and len(selectors.evidence(record.id)["anchors"]) == 1
    anchor("regulator")
    assert is_anchored(record)
    found = selectors.evidence(record.id)["anchors"]
    assert [item["chain"] for item in found] == ["business", "regulator"]
    assert selectors.trust()["required"] == 2
    two.CHANNELS = [channel("main", "business", "regulator", required=1)]
    prepare()
    (other,) = append("main")
    anchor("business")
    assert is_anchored(other) and selectors.trust()["required"] == 1


def test_chains_of_any_speed_meet_at_the_same_checkpoints(two: Any) -> None:
    two.CHANNELS = [channel("main", "business", "regulator", required=2)]
    prepare()
    records = [*append("main", 3)]
    anchor("business")  # has 3
    records += append("main", 2)
    anchoring.advance(chain="regulator")  # comes late, and takes 3 although there are 5
    anchor("business")  # has 5
    records += append("main", 4)
    anchor("regulator")
    assert all(map(is_anchored, records[:5]))
    for record in records[:5]:
        proof = selectors.evidence(record.id)
        assert len(proof["anchors"]) == 2, "no checkpoint stands on both chains"
    assert selectors.evidence(records[0].id)["inclusion"]["size"] == 3
    anchor("business", "regulator")
    assert all(map(is_anchored, records))


def test_a_chain_that_is_many_checkpoints_ahead_still_meets_the_slow_one(two: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(selectors, "CANDIDATES", 2)
    two.CHANNELS = [channel("main", "business", "regulator", required=2)]
    prepare()
    (record,) = append("main")
    for _ in range(3):
        anchor("business")
        append("main")
    anchor("business")
    anchor("regulator")  # takes the fourth, the newest that the other chain has
    assert is_anchored(record)
    proof = selectors.evidence(record.id)
    assert [item["chain"] for item in proof["anchors"]] == ["business", "regulator"]
    assert proof["inclusion"]["size"] == 4


def test_channels_are_isolated_and_each_has_its_trust_file(two: Any) -> None:
    pools = channel("pools", "regulator", hash="sha256")
    two.CHANNELS = [channel("main", "business"), pools]
    lines = prepare()
    assert any("trust-pools.json" in line for line in lines)
    (ours,), (theirs,) = append("main"), append("pools")
    anchor("business", "regulator")
    assert is_anchored(ours) and is_anchored(theirs)
    assert [item["chain"] for item in selectors.evidence(ours.id)["anchors"]] == ["business"]
    proof = selectors.evidence(theirs.id)
    assert [item["chain"] for item in proof["anchors"]] == ["regulator"]
    assert proof["log"] == {"origin": "abs.local/pools", "hash": "sha256"}
    trust = json.loads(two.TRUST_FILE.with_name("trust-pools.json").read_text())
    assert trust == selectors.trust(channel="pools")
    assert [entry["name"] for entry in trust["chains"]] == ["regulator"]
    for name in ("main", "pools"):
        assert audit(channel=name).wrong is None
    assert {row.channel.name for row in Anchor.objects.filter(chain__name="business")} == {"main"}


@pytest.mark.parametrize("key", ["origin", "hash"])
def test_what_signed_checkpoints_stand_on_does_not_change(two: Any, key: str) -> None:
    two.CHANNELS = [channel("main", "business"), channel("pools", "regulator")]
    prepare()
    changed = {"origin": "abs.local/other", "hash": "sha256"}
    two.CHANNELS = [channel("main", "business"), {**channel("pools", "regulator"), key: changed[key]}]
    with pytest.raises(setup.SetupRefused, match=f"{key} of channel pools"):
        setup.prepare(say=lambda text: None)
    assert getattr(Channel.objects.get(name="pools"), key) == channel("pools")[key]


def test_two_channels_do_not_share_an_origin_and_a_chain_keeps_its_kind(two: Any) -> None:
    two.CHANNELS = [channel("main", "business"), channel("pools", "regulator")]
    prepare()
    two.CHANNELS = [channel("main", "business"), {**channel("other"), "origin": "abs.local/pools"}]
    with pytest.raises(setup.SetupRefused, match="belongs to another channel"):
        setup.prepare(say=lambda text: None)
    two.CHANNELS = [channel("main", "business")]
    two.CHAINS = [{**two.CHAINS[0], "kind": "rfc3161", "roots": "/x"}, two.CHAINS[1]]
    with pytest.raises(setup.SetupRefused, match="set up as evm"):
        setup.prepare(say=lambda text: None)


def test_a_channel_that_is_left_out_stays_and_a_chain_that_is_left_out_gets_no_more(two: Any) -> None:
    two.CHANNELS = [channel("main", "business", "regulator"), channel("pools", "regulator")]
    prepare()
    two.CHANNELS = [channel("main", "business")]
    assert any("pools is not in ABS_CHANNELS any more" in line for line in prepare())
    append("main")
    assert Checkpoint.objects.count() == 1
    anchor("business", "regulator")
    assert [row.chain.name for row in Anchor.objects.all()] == ["business"]


def test_it_is_known_which_key_publishes_where_and_sent_what(two: Any) -> None:
    prepare()
    append("main")
    anchor("business", "regulator")
    key = PublisherKey.objects.get(algorithm="secp256k1")
    assert {chain.publisher_id for chain in Chain.objects.all()} == {key.id}
    assert {row.key_id for row in AnchorTransaction.objects.all()} == {key.id}
    accounts = {row["publisher"] for row in selectors.chain_status()}
    assert len(accounts) == 1 and accounts.pop().startswith("0x")
