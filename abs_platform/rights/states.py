"""Whether a right may be financed, is held for somebody, or is over; what happens to a rung. Pure Python."""

from enum import StrEnum

from abs_platform.core.transitions import Table, transition

# A right changes hands as a pledge on it does; nobody moves it by hand.
PLATFORM_ROLE = "platform"


class RightState(StrEnum):
    """Free to be financed, held by one pledge, or settled: the debtor has paid it."""

    FREE = "free"
    ENCUMBERED = "encumbered"
    SETTLED = "settled"


TRANSITIONS: Table = {
    "encumber": transition([RightState.FREE], RightState.ENCUMBERED, by=[PLATFORM_ROLE]),
    "release": transition([RightState.ENCUMBERED], RightState.FREE, by=[PLATFORM_ROLE]),
    "settle": transition([RightState.ENCUMBERED], RightState.SETTLED, by=[PLATFORM_ROLE]),
}


class RungEvent(StrEnum):
    """A rung is reached (again, after it was lost), rests on something else than before, or is lost."""

    REACHED = "reached"
    CHANGED = "changed"
    LOST = "lost"
