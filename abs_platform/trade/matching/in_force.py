"""Which tolerance is in force between two parties on a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import F

from abs_platform.core.prepared import IDS, Prepared
from abs_platform.trade.facts import NO_TOLERANCE
from abs_platform.trade.facts import Tolerance as Allowed
from abs_platform.trade.matching.models import Tolerance

Dated = Sequence[tuple[date, Allowed]]
"""From which day on each holds, the latest first."""

_of_trades = Prepared(
    lambda: (
        Tolerance.objects.filter(seller__sales__id__among=IDS, seller__sales__buyer=F("buyer"))
        .annotate(sale=F("seller__sales"))
        .order_by("-effective_from")
    )
)


def of_trades(trade_ids: Iterable[UUID]) -> Mapping[UUID, Dated]:
    """The tolerances of each trade's parties; one query for all."""
    found: dict[UUID, list[tuple[date, Allowed]]] = {id: [] for id in trade_ids}
    for row in _of_trades(found):
        found[row.sale].append(  # type: ignore[attr-defined]  # annotated
            (row.effective_from, Allowed(row.quantity, row.price, row.amount))
        )
    return found


def on(day: date | None, dated: Dated) -> Allowed:
    """The one in force on a document's date; a document without a date has none."""
    return next((allowed for since, allowed in dated if day is not None and since <= day), NO_TOLERANCE)
