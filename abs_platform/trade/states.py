"""How a core enterprise's word on a document comes about."""

from enum import StrEnum

from abs_platform.core.transitions import Table, transition
from abs_platform.parties.roles import Role


class Confirmation(StrEnum):
    """What the core enterprise said of a document."""

    NOT_REQUIRED = "not_required"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    PARTIAL = "partial"  # some of its quantities, which alone count
    DISPUTED = "disputed"


class DisputeReason(StrEnum):
    """Why a core enterprise disputes a document, or the rest of one that it confirms in part."""

    QUANTITY = "quantity"
    PRICE = "price"
    QUALITY = "quality"
    NOT_ORDERED = "not_ordered"
    NOT_RECEIVED = "not_received"
    DUPLICATE = "duplicate"
    OTHER = "other"


# The buyer confirms what it ordered, received and was invoiced for. A despatch is signed by the platform that received
# it (DOMAIN, rung 2); responses and credit notes are the seller's own word against itself.
CONFIRMED_BY_BUYER = frozenset({"order", "receipt_advice", "invoice"})

_OPEN = [Confirmation.PENDING, Confirmation.DISPUTED, Confirmation.PARTIAL]
_BUYER = [Role.CORE_ENTERPRISE]

# Confirming, whole or in part, ends a dispute; what was confirmed is not taken back, a further part only adds to it.
TRANSITIONS: Table = {
    "confirm": transition(_OPEN, Confirmation.CONFIRMED, by=_BUYER),
    "confirm_part": transition(_OPEN, Confirmation.PARTIAL, by=_BUYER),
    "dispute": transition([Confirmation.PENDING], Confirmation.DISPUTED, by=_BUYER),
}


def first_state(kind: str) -> Confirmation:
    """The state in which a document of `kind` is filed."""
    return Confirmation.PENDING if kind in CONFIRMED_BY_BUYER else Confirmation.NOT_REQUIRED
