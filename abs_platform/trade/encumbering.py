"""Trades on whose rights somebody lent: such a one is not merged away, emptied or withdrawn. Told from above."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from abs_platform.integrations.formats.model import fold
from abs_platform.trade.models import Trade, TradeLine

ITEM = ("item_name", "buyer_item_id", "seller_item_id", "standard_item_id")
"""What two lines of the same goods have in common, one of it."""


def lock(trade_ids: Iterable[UUID]) -> None:
    """Nobody files into these trades, or decides on them, before the transaction ends. Locked by id."""
    rows = Trade.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=list(trade_ids))
    list(rows.order_by("id").values_list("id", flat=True))


def mark(trade_id: UUID, *, encumbered: bool) -> None:
    """Say whether somebody relies on a locked trade."""
    Trade.objects.filter(id=trade_id).update(encumbered=encumbered)


def sharing_goods(trades: Iterable[Trade]) -> set[UUID]:
    """Those of one seller's trades that may be of the same goods as another of them, or as one on which somebody lent already:
    between the same two, with an item in both, while one of the two names no order.
    """
    asked = list(trades)
    lent_on = Trade.objects.filter(seller__in={trade.seller_id for trade in asked}, encumbered=True)
    pairs = [
        (trade, other)
        for other in {*lent_on, *asked}
        for trade in asked
        if trade.id != other.id and trade.buyer_key == other.buyer_key and (trade.provisional or other.provisional)
    ]
    items = _items({each.id for pair in pairs for each in pair})
    return {trade.id for trade, other in pairs if items.get(trade.id, set()) & items.get(other.id, set())}


def _items(trade_ids: Collection[UUID]) -> dict[UUID, set[tuple[str, str]]]:
    """How the lines of each trade call what they are of."""
    found: dict[UUID, set[tuple[str, str]]] = {}
    rows = TradeLine.objects.filter(document__trade__in=trade_ids) if trade_ids else TradeLine.objects.none()
    for trade_id, *values in rows.values_list("document__trade_id", *ITEM):
        named = {(name, fold(value)) for name, value in zip(ITEM, values, strict=True) if value}
        found.setdefault(trade_id, set()).update(named)
    return found


def count(trade_ids: "Sequence[UUID] | QuerySet[Any, Any]") -> int:
    """How many of these trades somebody relies on."""
    return Trade.objects.filter(id__in=trade_ids, encumbered=True).count()
