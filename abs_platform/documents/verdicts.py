"""What becomes of a document: the gravest of what its file shows and of what the platform knows besides. Pure Python."""

from collections.abc import Iterable

from abs_platform.integrations.formats.model import Level
from abs_platform.integrations.formats.reading import Verdict

DUPLICATE = "duplicate"
CONFLICT = "number_conflict"
SELLER_NOT_YOU = "seller_not_you"
BUYER_UNKNOWN = "buyer_unknown"
UNRELATED = "parties_unrelated"
RULES_BROKEN = "rules_broken"
TYPED_IN = "typed_in"
CORRECTED = "corrected"

KEEPS_OUT = frozenset({DUPLICATE, CONFLICT, SELLER_NOT_YOU, RULES_BROKEN})
"""What keeps a document out of every trade; the other reasons only ask for a look."""

BY_HAND = frozenset({TYPED_IN, CORRECTED})
"""What the buyer's confirmation settles: it has seen the fields that a person wrote."""

FOR_THE_BUYER = frozenset({CONFLICT, TYPED_IN, CORRECTED})
"""What the other side is told of a document; the rest is between its owner and the platform."""

FIELD = {SELLER_NOT_YOU: "seller", BUYER_UNKNOWN: "buyer", UNRELATED: "buyer", CONFLICT: "number"}
"""What a reason is about, as a path in the JSON of `Extracted`."""


def verdict_of(levels: Iterable[Level], reasons: Iterable[str]) -> Verdict:
    """The verdict on a document that was read: `levels` of the remarks, `reasons` that the platform found."""
    found = set(levels)
    if Level.REFUSED in found:
        return Verdict.REFUSED
    return Verdict.ATTENTION if Level.ATTENTION in found or any(reasons) else Verdict.ACCEPTED


def may_be_filed(reasons: Iterable[str]) -> bool:
    """Whether a document that was read belongs into a trade."""
    return KEEPS_OUT.isdisjoint(reasons)
