"""Which tolerance is in force between two parties on a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import F

from abs_platform.trade.facts import NO_TOLERANCE
from abs_platform.trade.facts import Tolerance as Allowed
from abs_platform.trade.matching.models import Tolerance

Dated = Sequence[tuple[date, Allowed]]
"""From which day on each holds, the latest first."""


def of_trades(trade_ids: Iterable[UUID]) -> Mapping[UUID, Dated]:
    """The tolerances of each trade's parties; one query for all."""
    found: dict[UUID, list[tuple[date, Allowed]]] = {id: [] for id in trade_ids}
    rows = (
        Tolerance.objects.filter(seller__sales__in=list(found), seller__sales__buyer=F("buyer"))
        .order_by("-effective_from")
        .values_list("seller__sales", "effective_from", "quantity", "price", "amount")
    )
    for trade_id, since, quantity, price, amount in rows:
        found[trade_id].append((since, Allowed(quantity, price, amount)))
    return found


def on(day: date | None, dated: Dated) -> Allowed:
    """The one in force on a document's date; a document without a date has none."""
    return next((allowed for since, allowed in dated if day is not None and since <= day), NO_TOLERANCE)
