"""The life of an anchor: one checkpoint on its way to one chain."""

from enum import StrEnum

from abs_platform.core.transitions import Table, target_of, transition


class AnchorState(StrEnum):
    """Where an anchor stands."""

    PREPARED = "prepared"
    """Its transaction is signed and stored, and perhaps sent."""
    INCLUDED = "included"
    """Its transaction is in a block that is not yet deep enough."""
    ANCHORED = "anchored"
    """The block reached the chain's depth and its hash was read again."""
    ORPHANED = "orphaned"
    """The block left the chain; the same bytes go out again."""
    ABANDONED = "abandoned"
    """Its transactions can never count; a fresh anchor takes the newest checkpoint."""


PLATFORM = "platform"
LIVE = (AnchorState.PREPARED, AnchorState.INCLUDED, AnchorState.ANCHORED, AnchorState.ORPHANED)
OPEN = (AnchorState.PREPARED, AnchorState.INCLUDED, AnchorState.ORPHANED)
PLACED = (AnchorState.INCLUDED, AnchorState.ANCHORED)

TRANSITIONS: Table = {
    "include": transition(
        (AnchorState.PREPARED, AnchorState.ORPHANED, AnchorState.INCLUDED), AnchorState.INCLUDED, (PLATFORM,)
    ),
    "settle": transition((AnchorState.INCLUDED,), AnchorState.ANCHORED, (PLATFORM,)),
    "orphan": transition(PLACED, AnchorState.ORPHANED, (PLATFORM,)),
    "abandon": transition(LIVE, AnchorState.ABANDONED, (PLATFORM,)),
}


def after(action: str, state: str) -> AnchorState:
    """The state that `action` leads to from `state`. Raises Conflict when the table has no such step."""
    return AnchorState(target_of(TRANSITIONS, action=action, state=state, roles=frozenset({PLATFORM})))
