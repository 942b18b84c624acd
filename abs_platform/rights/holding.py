"""What endangers the money that is lent on a right: it carries less than that, or stands on a lower rung than it did."""

from abs_platform.rights.models import Right
from abs_platform.risk.models import Severity
from abs_platform.risk.services import Observation
from abs_platform.trade import selectors
from abs_platform.trade.models import Trade


def endangered(trade: Trade, right: Right) -> list[Observation]:
    """What there is to report of a right that is held, as it stands now; nothing of one on which nothing is out."""
    return [*_shrunk(trade, right), *_fell(trade, right)] if right.held_for else []


def _shrunk(trade: Trade, right: Right) -> list[Observation]:
    """Once for each pledge: what was lent on the right is more than it carries by now, at the rate at which it was lent;
    all of it, where the right is in another currency by now.
    """
    carried = right.carried_by_now
    if right.held_for is None or carried >= right.held_for:
        return []
    seen = Observation(
        rule="encumbered_right_shrank",
        severity=Severity.CRITICAL,
        key=f"encumbered_right_shrank:{right.encumbered_by}",
        subject=selectors.subject_of(trade),
        subject_label=selectors.label_of(trade),
        organisation_ids=(trade.seller_id, trade.buyer_id),
        amount=right.held_for - carried,
        currency=right.held_currency or right.currency,
        detail={"expected": str(right.held_for), "found": str(carried)},
    )
    return [seen]


def _fell(trade: Trade, right: Right) -> list[Observation]:
    """Once for each pledge and rung: whatever it is worth, less is sure of it than when it was lent on."""
    if right.held_rung is None or right.rung >= right.held_rung:
        return []
    seen = Observation(
        rule="encumbered_right_fell",
        severity=Severity.HIGH,
        key=f"encumbered_right_fell:{right.encumbered_by}:{right.rung}",
        subject=selectors.subject_of(trade),
        subject_label=selectors.label_of(trade),
        organisation_ids=(trade.seller_id, trade.buyer_id),
        amount=right.held_for,
        currency=right.held_currency or right.currency,
        detail={"expected": str(right.held_rung), "found": str(right.rung)},
    )
    return [seen]
