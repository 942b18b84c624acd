"""A record's life as a line of events: taken in, sealed, brought to each chain, cosigned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from abs_platform.ledger.models import Anchor, Checkpoint, Cosignature, Record
from abs_platform.ledger.states import PLACED, AnchorState

EVENTS = [
    "received", "sealed", "prepared", "sent", "replaced", "orphaned", "included", "stamped", "anchored", "abandoned",
    "cosigned",
]  # fmt: skip
"""`replaced`: another transaction took the place of one that paid too little. `orphaned`: a re-organisation took the
block away, `times` of them; only the last of these has its time kept, and only until the anchor is in a block again.
"""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, when (None where that was not kept), on which chain (or on none), and its particulars."""

    kind: str
    time: datetime | None
    chain: str | None = None
    params: dict[str, Any] = field(default_factory=dict)  # Any: JSON


def life(
    record: Record,
    *,
    index: int | None,
    checkpoint: Checkpoint | None,
    attempts: Sequence[Anchor],
    cosignatures: Sequence[Cosignature],
) -> list[Event]:
    """The events in the order in which they happened.

    Clocks differ: a block's time is its maker's. What follows from something stands after it all the same.
    """
    lines = [[Event("received", record.time)]]
    if checkpoint is not None:
        lines[0].append(Event("sealed", checkpoint.time, params={"index": index, "size": checkpoint.size}))
    lines += [list(_of_anchor(anchor)) for anchor in attempts]
    lines += [
        [Event("cosigned", row.time, params={"witness": row.witness, "size": row.checkpoint.size})]
        for row in cosignatures
    ]
    start = checkpoint.time if checkpoint else record.time
    placed: list[tuple[datetime, Event]] = []
    for position, line in enumerate(lines):
        at = record.time if position == 0 else start
        for event in line:
            at = max(at, event.time or at)
            placed.append((at, event))
    return [event for _, event in sorted(placed, key=lambda pair: pair[0])]


def _of_anchor(anchor: Anchor) -> Iterator[Event]:
    chain = anchor.chain.name
    yield Event("prepared", anchor.created_at, chain, {"size": anchor.size, "number": anchor.index})
    for position, stored in enumerate(sorted(anchor.transactions.all(), key=lambda row: row.id)):
        tx = {"tx": f"0x{bytes(stored.transaction).hex()}"}
        if position:
            yield Event("replaced", stored.created_at, chain, tx)
        if stored.sent_at is not None:
            yield Event("sent", stored.sent_at, chain, tx)
    if anchor.orphaned:
        now = anchor.changed_at if anchor.state == AnchorState.ORPHANED else None
        yield Event("orphaned", now, chain, {"times": anchor.orphaned})
    if anchor.state in PLACED and anchor.block is not None:
        yield Event("included", anchor.block_time, chain, {"block": anchor.block, "tx": _hex(anchor.transaction)})
    if anchor.state == AnchorState.ANCHORED and anchor.token is not None:
        yield Event("stamped", anchor.block_time, chain)
    elif anchor.state == AnchorState.ANCHORED:
        yield Event("anchored", anchor.changed_at, chain, {"block": anchor.block, "size": anchor.size})
    if anchor.state == AnchorState.ABANDONED:
        yield Event("abandoned", anchor.changed_at, chain, {"reason": anchor.reason})


def _hex(value: bytes | memoryview | None) -> str | None:
    return None if value is None else f"0x{bytes(value).hex()}"
