"""How a core enterprise's word on a document comes about."""

from enum import StrEnum

from abs_platform.core.transitions import Table, transition
from abs_platform.parties.roles import Role


class Confirmation(StrEnum):
    """What the core enterprise said of a document."""

    NOT_REQUIRED = "not_required"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


# The buyer confirms what it ordered, received and was invoiced for. A despatch is signed by the platform that received
# it (DOMAIN, rung 2); responses and credit notes are the seller's own word against itself.
CONFIRMED_BY_BUYER = frozenset({"order", "receipt_advice", "invoice"})

TRANSITIONS: Table = {
    "confirm": transition(
        [Confirmation.PENDING, Confirmation.DISPUTED], Confirmation.CONFIRMED, by=[Role.CORE_ENTERPRISE]
    ),
    "dispute": transition([Confirmation.PENDING], Confirmation.DISPUTED, by=[Role.CORE_ENTERPRISE]),
}


def first_state(kind: str) -> Confirmation:
    """The state in which a document of `kind` is filed."""
    return Confirmation.PENDING if kind in CONFIRMED_BY_BUYER else Confirmation.NOT_REQUIRED
