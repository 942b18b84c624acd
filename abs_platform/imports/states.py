"""The life of an import, and of each document in it. Pure Python."""

from enum import StrEnum

from abs_platform.core.transitions import Table, transition
from abs_platform.parties.roles import Role


class State(StrEnum):
    """Where an import stands. Those ending in -ing are the background's turn; nobody can act on them."""

    RECEIVING = "receiving"  # documents are arriving by REST
    READING = "reading"  # the table is being read
    MAPPING = "mapping"  # a person says which column is what
    CHECKING = "checking"  # every cell is being checked
    READY = "ready"  # checked; wrong cells can be corrected, the rest imported
    IMPORTING = "importing"
    IMPORTED = "imported"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"  # the table cannot be read; `problem` says why
    DISCARDED = "discarded"


class Entry(StrEnum):
    """What became of one document of an import."""

    PENDING = "pending"
    IMPORTED = "imported"
    WITHDRAWN = "withdrawn"


BY = [Role.SUPPLIER]

# What a person may do.
ACTIONS: Table = {
    "map": transition([State.MAPPING, State.READY], State.CHECKING, by=BY),
    "correct": transition([State.READY], State.READY, by=BY),
    "replace": transition([State.READY], State.CHECKING, by=BY),
    "import": transition([State.READY], State.IMPORTING, by=BY),
    "undo": transition([State.IMPORTED], State.UNDOING, by=BY),
    "discard": transition([State.MAPPING, State.READY, State.FAILED], State.DISCARDED, by=BY),
}

PLATFORM_ROLE = "platform"

# What the background does, in the platform's own role.
STEPS: Table = {
    "read": transition([State.READING], State.MAPPING, by=[PLATFORM_ROLE]),
    "guess": transition([State.READING], State.CHECKING, by=[PLATFORM_ROLE]),
    "fail": transition([State.READING, State.RECEIVING], State.FAILED, by=[PLATFORM_ROLE]),
    "check": transition([State.CHECKING], State.READY, by=[PLATFORM_ROLE]),
    "receive": transition([State.RECEIVING], State.READY, by=[PLATFORM_ROLE]),
    "finish": transition([State.IMPORTING], State.IMPORTED, by=[PLATFORM_ROLE]),
    "withdraw": transition([State.UNDOING], State.UNDONE, by=[PLATFORM_ROLE]),
    "erase": transition(
        [State.RECEIVING, State.READING, State.MAPPING, State.CHECKING, State.READY, State.IMPORTING],
        State.FAILED,
        by=[PLATFORM_ROLE],
    ),  # the owner's key was destroyed, and with it whatever was to be imported
    "keep": transition([State.UNDOING], State.IMPORTED, by=[PLATFORM_ROLE]),  # something depends on it by now
}
