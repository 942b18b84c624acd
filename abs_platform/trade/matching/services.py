"""Matching: lines noted as they are filed, and the definition run for an event. Everything at once is in recomputing.py."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from abs_platform.core import prepared
from abs_platform.core.inserting import insert_all
from abs_platform.core.updating import update_all
from abs_platform.integrations.formats.model import Extracted, Line
from abs_platform.trade.matching import clearing, sql
from abs_platform.trade.matching import lines as noted
from abs_platform.trade.matching.models import Cleared, ClearingItem, MatchLine
from abs_platform.trade.models import TradeDocument, TradeLine
from abs_platform.trade.rules import (
    CREDITED_OVER_INVOICED,
    LINE_CONSUMED_TWICE,
    PAID_OVER_INVOICED,
    Comparison,
    LineComparison,
    Mismatch,
)

CENT = Decimal("0.01")

# The columns that a confirmation in part changes.
COUNTED = ["quantity", "accepted", "rejected", "short", "amount"]
_PLACE = """
    UPDATE trade_matchline line SET placed_with = given.row_id
    FROM unnest(%s::bigint[], %s::bigint[]) AS given(line_id, row_id)
    WHERE line.line_id = given.line_id AND line.placed_with IS DISTINCT FROM given.row_id
"""


Noted = tuple[TradeDocument, Sequence[TradeLine], Sequence[Line]]
"""A document, its lines as they are filed, and what each of them says."""


class UsedAgain(NamedTuple):
    """A line that uses what others had used up, and its trade."""

    trade_id: UUID
    line_id: int


class Beyond(NamedTuple):
    """An item that clears more than is billed, and the trade where it counts."""

    trade_id: UUID
    item_id: int


@dataclass(frozen=True, slots=True)
class Found:
    """What an event has to tell. `elsewhere`: trades in which something is paid by papers of its trades, or whose papers pay
    something in these.
    """

    used_again: Sequence[UsedAgain]
    beyond: Sequence[Beyond]
    elsewhere: frozenset[UUID]


def note(*, seller_id: UUID, filed: TradeDocument, rows: Sequence[TradeLine], lines: Sequence[Line]) -> None:
    """Note a document's lines for matching. `rows`: as they are filed, one for each of `lines`."""
    note_all(seller_id=seller_id, documents=[(filed, rows, lines)])


def note_all(*, seller_id: UUID, documents: Iterable[Noted]) -> None:
    """`note` for documents of one seller."""
    insert_all(
        MatchLine(line=row, document_id=filed.document_id, trade_id=filed.trade_id, **columns)
        for filed, rows, lines in documents
        if filed.kind in noted.LEVELS
        for row, columns in zip(rows, noted.match_lines(seller_id, _said(filed), lines), strict=True)
    )


def note_items(*, seller_id: UUID, documents: Iterable[tuple[TradeDocument, Extracted]]) -> None:
    """Note what payments and credit notes of one seller say of invoices."""
    insert_all(
        ClearingItem(document=filed, **columns)
        for filed, said in documents
        for columns in clearing.items_of(seller_id, said)
    )


def _said(filed: TradeDocument) -> noted.Said:
    return noted.Said(filed.kind, filed.number, filed.issue_date, filed.currency)


def note_confirmed(*, seller_id: UUID, filed: TradeDocument, lines: Sequence[Line]) -> None:
    """Note how much of a document's lines counts now: `lines` as far as they were confirmed, one for each that is filed."""
    columns = {int(str(each["position"])): each for each in noted.match_lines(seller_id, _said(filed), lines)}
    rows = list(MatchLine.objects.filter(document_id=filed.document_id))
    for row in rows:
        for name in COUNTED:
            setattr(row, name, columns[row.position][name])
    update_all(rows, COUNTED)


def settle(*, trade_id: UUID, comparison: Comparison) -> Found:
    """Match a trade after something about it changed; see `settle_all`."""
    return settle_all(comparisons={trade_id: comparison})


def settle_all(*, comparisons: Mapping[UUID, Comparison]) -> Found:
    """Match trades after something about them changed. Runs in the caller's transaction.

    `comparisons`: what Python makes of each, which says where a line belongs that no reference places.
    """
    place(comparisons=comparisons)
    return match(trade_ids=comparisons)


def told(found: Found) -> dict[UUID, list[Mismatch]]:
    """By trade, what is to be said of lines that use what others had used up, and of what clears more than is billed.

    Of two trades that use the same it may be the other one's. Another trade's line may have been withdrawn since it was
    matched: nothing is said of it.
    """
    said: dict[UUID, list[Mismatch]] = {}
    if found.used_again:
        rows = TradeLine.objects.select_related("document").in_bulk([each.line_id for each in found.used_again])
        for trade_id, line_id in sorted(found.used_again):
            if line_id in rows:
                said.setdefault(trade_id, []).append(_twice(rows[line_id]))
    if found.beyond:
        items = Cleared.objects.select_related("item__document").in_bulk([each.item_id for each in found.beyond])
        for trade_id, item_id in sorted(found.beyond):
            said.setdefault(trade_id, []).append(_beyond(items[item_id]))
    return said


def place(*, comparisons: Mapping[UUID, Comparison]) -> int:
    """Keep into which row joining.py put each line; how many were placed otherwise before."""
    ids = _ids(comparisons)
    rows = [_line_ids(row, ids) for comparison in comparisons.values() for row in comparison.lines]
    first = noted.first_of_each(row for row in rows if row)
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, [list(first), list(first.values())])
        moved: int = cursor.rowcount
    return moved


def match(*, trade_ids: Collection[UUID]) -> Found:
    """Match these trades' lines, clear their invoices, and store what became another. Runs in the caller's transaction."""
    with prepared.cursor() as cursor:
        cursor.execute(sql.EVENT, {"trades": list(trade_ids)})
        rows = cursor.fetchall()
    return Found(
        used_again=[UsedAgain(trade_id, id) for is_line, trade_id, id in rows if is_line],
        beyond=[Beyond(trade_id, id) for is_line, trade_id, id in rows if not is_line and id is not None],
        elsewhere=frozenset(trade_id for is_line, trade_id, id in rows if not is_line and id is None),
    )


def _ids(trade_ids: Collection[UUID]) -> dict[tuple[str, int], int]:
    # By where its document is filed: of a line whose trade was merged just now, `trade_id` is still the former one.
    filed = MatchLine.objects.filter(line__document__trade__in=list(trade_ids))
    known = filed.values_list("document_id", "position", "line_id")
    return {(str(document_id), position): line_id for document_id, position, line_id in known}


def _line_ids(row: LineComparison, ids: Mapping[tuple[str, int], int]) -> list[int]:
    return [ids[key] for part in row.parts if (key := (str(part.document.id), part.position)) in ids]


def _twice(row: TradeLine) -> Mismatch:
    return Mismatch(LINE_CONSUMED_TWICE, row.document.number, row.line_id, "", "", row.document_id)


def _beyond(row: Cleared) -> Mismatch:
    """`expected`: what of the item there was room for; `found`: the item."""
    paper, amount = row.item.document, row.item.amount
    rule = CREDITED_OVER_INVOICED if paper.kind == "credit_note" else PAID_OVER_INVOICED
    return Mismatch(rule, paper.number, "", _money(amount - row.beyond), _money(amount), paper.document_id)


def _money(amount: Decimal) -> str:
    return f"{amount.quantize(CENT, rounding=ROUND_HALF_UP)}"
