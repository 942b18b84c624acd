"""以链治链: a record that was counted on the chain and never placed is seen from there; what no count tells of is not."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from abs_platform.core import clock
from abs_platform.integrations.chains import Published
from abs_platform.ledger import anchoring, publishing, selectors, services, supervision
from abs_platform.ledger.models import Chain, Channel, Checkpoint, PendingRecord, Record
from abs_platform.ledger.supervision import NEWEST, omissions, read_telling
from tests.ledger.conftest import Ledger
from tests.ledger.nodes import Anvil

CHAIN = "business"
DELAY = timedelta(hours=1)
START = datetime(2026, 11, 26, tzinfo=UTC)


def publish(node: Anvil) -> None:
    for _ in range(4):
        if anchoring.advance(chain=CHAIN) is anchoring.Outcome.DONE:
            return
        node.mine()
    raise AssertionError("not anchored")


def drop(ledger: Ledger, record: Record) -> None:
    """Whoever owns the database makes a pending record vanish without a trace."""
    assert PendingRecord.objects.filter(record=record).delete()[0] == 1
    ledger.tamper("DELETE FROM ledger_record WHERE id = %s", record.id)


def look(*, later: timedelta = timedelta(0)) -> list[str]:
    with clock.at(datetime.now(UTC) + later):
        return [found.kind for found in supervision.supervise(chain=CHAIN)]


def status() -> tuple[str, str]:
    (row,) = selectors.chain_status()
    return row["state"], row["reason"]


def test_a_record_that_was_counted_and_dropped_is_found_from_above(held: Ledger, node: Anvil) -> None:
    held.append(2)
    services.seal()
    (dropped,) = held.append()
    publish(node)
    drop(held, dropped)
    assert look() == [], "its place may still come"
    assert look(later=2 * DELAY) == ["record"]
    chain = Chain.objects.get()
    assert "counts 3 records and the log has only 2: 1 never got a place" in chain.omission
    assert status() == ("degraded", "omitted") and selectors.chain_status()[0]["detail"] == chain.omission
    anchoring.advance(chain=CHAIN)
    assert status() == ("degraded", "omitted"), "a round that goes well hides nothing"


def test_the_same_deletion_goes_unseen_where_no_count_was_published(held: Ledger, node: Anvil) -> None:
    """The negative control: it is the published count that tells."""
    held.append(2)
    services.seal()
    publish(node)
    (dropped,) = held.append()
    drop(held, dropped)
    assert look(later=2 * DELAY) == []
    assert status() == ("ok", "")


def test_a_record_that_gets_its_place_in_time_or_late_is_no_omission(held: Ledger, node: Anvil) -> None:
    held.append()
    services.seal()
    held.append()
    publish(node)
    assert look(later=2 * DELAY) == ["record"]
    services.seal()
    assert look(later=2 * DELAY) == []
    assert Chain.objects.get().omission == "" and Chain.objects.get().omission_since is None


def test_a_log_that_was_set_back_is_seen_at_once(held: Ledger, node: Anvil) -> None:
    held.append(2)
    services.seal()
    publish(node)
    channel = Channel.objects.get()
    found = supervision.read_all(publishing.client_of(Chain.objects.get()), supervision.log_key(channel))
    assert [item.kind for item in omissions(found, size=1, now=clock.now(), delay=DELAY)] == ["tree"]
    assert supervision.find(Chain.objects.get(), channel, everything=True) == []


def test_a_chain_that_does_not_answer_tells_nothing_and_hides_nothing(held: Ledger, node: Anvil, settings: Any) -> None:
    held.append()
    services.seal()
    (dropped,) = held.append()
    publish(node)
    drop(held, dropped)
    look(later=2 * DELAY)
    settings.CHAINS = [{**settings.CHAINS[0], "url": "http://127.0.0.1:1"}]
    assert look(later=2 * DELAY) == []
    assert status() == ("degraded", "omitted")


# --- the rules alone


def checkpoint(size: int, records: int, minutes: int = 0) -> Published:
    return Published(size, bytes(32), size, START + timedelta(minutes=minutes), records)


@pytest.mark.parametrize(
    ("published", "size", "minutes", "kinds"),
    [
        ([], 0, 600, []),
        ([checkpoint(5, 5)], 5, 600, []),
        ([checkpoint(5, 6)], 5, 59, []),
        ([checkpoint(5, 6)], 5, 61, ["record"]),
        ([checkpoint(5, 6)], 6, 61, []),
        ([checkpoint(5, 5)], 4, 0, ["tree"]),
        ([checkpoint(5, 8), checkpoint(6, 7, 1)], 9, 0, ["count"]),
        ([checkpoint(5, 8), checkpoint(6, 8, 1)], 8, 600, []),
        ([checkpoint(5, 8), checkpoint(6, 9, 90)], 8, 120, []),
        ([checkpoint(5, 8), checkpoint(6, 9, 90)], 8, 160, ["record"]),
    ],
)
def test_what_published_counts_tell(published: list[Published], size: int, minutes: int, kinds: list[str]) -> None:
    found = omissions(list(enumerate(published)), size=size, now=START + timedelta(minutes=minutes), delay=DELAY)
    assert [item.kind for item in found] == kinds


class Contract:
    """A contract's checkpoints in memory, as far as supervision asks, counting the questions."""

    def __init__(self, published: list[Published]) -> None:
        self.published_ = published
        self.asked = 0

    def count(self, log: bytes) -> int:
        return len(self.published_)

    def published(self, log: bytes, index: int) -> Published | None:
        self.asked += 1
        return self.published_[index]


@pytest.mark.parametrize("seed", range(40))
def test_a_few_questions_tell_whether_a_record_is_missing(seed: int) -> None:
    chance = random.Random(seed)
    published, size, records, minutes = [], 0, 0, 0
    for _ in range(chance.randrange(1, 400)):
        size = min(records, size + chance.randrange(1, 5)) if records > size else size + 1
        records = max(records, size) + chance.randrange(3)
        minutes += chance.randrange(4)
        published.append(checkpoint(size, records, minutes))
    now = START + timedelta(minutes=minutes + chance.randrange(120))
    present = chance.randrange(size, records + 1)
    contract = Contract(published)
    few = read_telling(contract, bytes(32), before=now - DELAY)  # type: ignore[arg-type]  # all that it asks of a chain
    assert contract.asked <= NEWEST + 2 + 10
    every = omissions(list(enumerate(published)), size=present, now=now, delay=DELAY)
    assert bool(omissions(few, size=present, now=now, delay=DELAY)) == bool(every)


def test_unknown_chains_and_authorities_are_not_supervised(unanchored: Ledger) -> None:
    assert supervision.supervise(chain=str(uuid.uuid4())) == []
    assert Checkpoint.objects.count() == 0
