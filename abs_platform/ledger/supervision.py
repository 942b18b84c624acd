"""The chain supervises the chain (以链治链): what was counted on the regulator's chain must come into the log.

With every checkpoint stands on the chain how many records the log had taken in by then. Whoever reads the contract and
knows the log's present size, such as a regulator with a node of its own and the log's public checkpoint, sees

- a record that was taken in, counted and never placed: the tree does not reach the count in time;
- a count that shrinks: a record was dropped between two checkpoints;
- a tree smaller than one that was published: the log was set back.

A record that was dropped before any count of it was published is not seen: nothing outside tells of it.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.conf import settings

from abs_platform.core import clock
from abs_platform.integrations import chains
from abs_platform.integrations.chains import ChainError, ChainReader, Published
from abs_platform.ledger.anchors import log_key
from abs_platform.ledger.models import EVM, Chain, Channel
from abs_platform.ledger.services import log_size

log = logging.getLogger(__name__)

NEWEST = 16


@dataclass(frozen=True, slots=True)
class Omission:
    """What is missing, by the published checkpoint `index`: `published` leaves or records against `present`."""

    index: int
    kind: str
    published: int
    present: int
    since: datetime

    def __str__(self) -> str:
        at = f"checkpoint {self.index} of {self.since:%Y-%m-%d %H:%M:%S} UTC"
        if self.kind == "tree":
            return f"{at} has {self.published} leaves and the log has only {self.present}: it was set back"
        if self.kind == "count":
            return f"{at} counts {self.present} records, the one before it {self.published}: records were dropped"
        missing = self.published - self.present
        return f"{at} counts {self.published} records and the log has only {self.present}: {missing} never got a place"


def omissions(
    published: Sequence[tuple[int, Published]], *, size: int, now: datetime, delay: timedelta
) -> list[Omission]:
    """What the published checkpoints, in the contract's order, tell against a log of `size` leaves. Pure.

    `delay` is the time that a record may take from being counted to its place.
    """
    found = []
    for index, checkpoint in published:
        if checkpoint.size > size:
            found.append(Omission(index, "tree", checkpoint.size, size, checkpoint.time))
        elif checkpoint.records > size and now - checkpoint.time > delay:
            found.append(Omission(index, "record", checkpoint.records, size, checkpoint.time))
    for (before, earlier), (index, later) in pairwise(published):
        if index == before + 1 and later.records < earlier.records:
            found.append(Omission(index, "count", earlier.records, later.records, later.time))
    return found


def read_all(client: ChainReader, key: bytes) -> list[tuple[int, Published]]:
    """Every checkpoint of a log that the contract holds."""
    return list(_read(client, key, range(client.count(key))))


def read_telling(client: ChainReader, key: bytes, *, before: datetime) -> list[tuple[int, Published]]:
    """Those that tell most, in few questions: the newest ones, and the newest of a time before `before` with the one
    before that. Counts only grow, so what an older one would tell, these tell too.
    """
    count = client.count(key)
    due = _newest_before(client, key, count, before)
    chosen = {*range(max(0, count - NEWEST), count), *(index for index in (due - 1, due) if index >= 0)}
    return list(_read(client, key, sorted(chosen)))


def _newest_before(client: ChainReader, key: bytes, count: int, moment: datetime) -> int:
    """The index of the newest checkpoint from before `moment`, -1 when there is none; times only grow."""
    low, high = -1, count
    while high - low > 1:
        middle = (low + high) // 2
        found = client.published(key, middle)
        if found is not None and found.time < moment:
            low = middle
        else:
            high = middle
    return low


def _read(client: ChainReader, key: bytes, indexes: Sequence[int]) -> Iterator[tuple[int, Published]]:
    for index in indexes:
        found = client.published(key, index)
        if found is not None:
            yield index, found


def find(chain: Chain, channel: Channel, *, everything: bool = False) -> list[Omission]:
    """What the chain tells against the channel. Raises ChainError; call it outside transactions."""
    client = chains.reader(chain.name, contract=chain.contract)
    delay = settings.MERGE_DELAY
    key = log_key(channel)
    published = read_all(client, key) if everything else read_telling(client, key, before=clock.now() - delay)
    # The size is read after the chain: the log may grow meanwhile, the published counts cannot shrink.
    return omissions(published, size=log_size(channel), now=clock.now(), delay=delay)


def supervise(*, chain: str) -> list[Omission]:
    """Look at all channels of a chain, and note on its row what is missing, for everybody to see."""
    row = Chain.objects.filter(name=chain, kind=EVM).exclude(contract="").first()
    if row is None:
        return []
    found, words = [], []
    try:
        for channel in Channel.objects.filter(chains=row).order_by("name"):
            missing = find(row, channel)
            found += missing
            words += [f"{channel.name}: {missing[0]}"] if missing else []
    except ChainError:
        return []  # noted where the chain is watched; the next look follows
    _note(row, "; ".join(words))
    return found


def _note(chain: Chain, words: str) -> None:
    if words and words != chain.omission:
        log.error("chain %s: omitted from the log: %s", chain.name, words)
    since = (chain.omission_since or clock.now()) if words else None
    Chain.objects.filter(id=chain.id).update(omission=words, omission_since=since)
