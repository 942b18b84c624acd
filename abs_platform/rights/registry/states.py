"""The life of a step that the registry is to carry out, and of the batch that takes it there. Pure Python."""

from enum import StrEnum

from abs_platform.core.transitions import Table, target_of, transition

PLATFORM = "platform"


class EntryState(StrEnum):
    """How far a step is."""

    PENDING = "pending"
    """Written with what it tells of; not on its way yet."""
    SENT = "sent"
    """In a batch, whose transaction is stored and perhaps in a block."""
    DONE = "done"
    """It is so in the registry, at the chain's depth."""
    REFUSED = "refused"
    """The registry refused it, at the chain's depth. Final: whatever the chain says later is a difference to look at."""


class BatchState(StrEnum):
    """How far a batch of steps is."""

    PREPARED = "prepared"
    """Its transaction is stored, and perhaps sent."""
    INCLUDED = "included"
    """In a block that is not deep enough yet."""
    SETTLED = "settled"
    """In a block at the chain's depth, read again; its steps are done or refused."""
    ORPHANED = "orphaned"
    """A re-organisation took its block away; the same bytes go out again."""
    ABANDONED = "abandoned"
    """Its transactions can never count; its steps are pending again."""


OPEN = (BatchState.PREPARED, BatchState.INCLUDED, BatchState.ORPHANED)
PLACED = (BatchState.INCLUDED, BatchState.SETTLED)
LIVE = (*OPEN, BatchState.SETTLED)

ENTRIES: Table = {
    "send": transition([EntryState.PENDING], EntryState.SENT, [PLATFORM]),
    "finish": transition([EntryState.SENT], EntryState.DONE, [PLATFORM]),
    "refuse": transition([EntryState.SENT], EntryState.REFUSED, [PLATFORM]),
    "doubt": transition([EntryState.DONE], EntryState.SENT, [PLATFORM]),
    "take_back": transition([EntryState.SENT, EntryState.DONE], EntryState.PENDING, [PLATFORM]),
}
BATCHES: Table = {
    "include": transition(OPEN, BatchState.INCLUDED, [PLATFORM]),
    "settle": transition([BatchState.INCLUDED], BatchState.SETTLED, [PLATFORM]),
    "orphan": transition(PLACED, BatchState.ORPHANED, [PLATFORM]),
    "abandon": transition(LIVE, BatchState.ABANDONED, [PLATFORM]),
}


def after(table: Table, action: str, state: str) -> str:
    """The state that `action` leads to from `state`. Raises Conflict when the table has no such step."""
    return target_of(table, action=action, state=state, roles=frozenset({PLATFORM}))
