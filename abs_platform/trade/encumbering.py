"""Trades on whose rights somebody lent: such a one is not merged away, emptied or withdrawn. Told from above."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from abs_platform.trade.models import Trade


def lock(trade_ids: Iterable[UUID]) -> None:
    """Nobody files into these trades, or decides on them, before the transaction ends. Locked by id."""
    rows = Trade.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=list(trade_ids))
    list(rows.order_by("id").values_list("id", flat=True))


def mark(trade_id: UUID, *, encumbered: bool) -> None:
    """Say whether somebody relies on a locked trade."""
    Trade.objects.filter(id=trade_id).update(encumbered=encumbered)


def count(trade_ids: "Sequence[UUID] | QuerySet[Any, Any]") -> int:
    """How many of these trades somebody relies on."""
    return Trade.objects.filter(id__in=trade_ids, encumbered=True).count()
