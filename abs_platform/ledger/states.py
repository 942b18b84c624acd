"""The life of an anchor, one checkpoint on its way to one chain; and of a hand-over, a contract on its way to a new key."""

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


class HandOverState(StrEnum):
    """How far a chain's contract is on its way to the next publisher's key."""

    BEGUN = "begun"
    """The new key is there; nothing was sent."""
    NAMING = "naming"
    """The old account's transaction that names the new one is stored, and perhaps sent."""
    TAKING = "taking"
    """The new account's transaction that takes over is stored, and perhaps sent."""
    DONE = "done"
    """The contract takes checkpoints from the new account, at the chain's depth."""
    ABANDONED = "abandoned"
    """The chain began anew with another contract."""


HAND_OVER_OPEN = (HandOverState.BEGUN, HandOverState.NAMING, HandOverState.TAKING)

HAND_OVER: Table = {
    "name": transition(
        HAND_OVER_OPEN, HandOverState.NAMING, (PLATFORM,)
    ),  # again, where a re-organisation took it away
    "take": transition(HAND_OVER_OPEN, HandOverState.TAKING, (PLATFORM,)),
    "finish": transition(HAND_OVER_OPEN, HandOverState.DONE, (PLATFORM,)),
    "abandon": transition(HAND_OVER_OPEN, HandOverState.ABANDONED, (PLATFORM,)),
}
