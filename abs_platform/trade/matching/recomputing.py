"""Everything matched anew, set against what the events left. A difference is told and never mended in silence."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, pairwise
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from abs_platform.parties.actor import PLATFORM
from abs_platform.risk import services as risk
from abs_platform.risk.models import Severity
from abs_platform.risk.services import Observation
from abs_platform.trade import selectors
from abs_platform.trade.matching import lines as noted
from abs_platform.trade.matching import services, sql
from abs_platform.trade.models import Trade, TradeDocument

CHUNK = 200
RANGE = 5_000
"""Trades that the full form matches in one statement."""
WORKERS = 4
"""Ranges that are matched at once, each over a connection of its own."""
WORK_MEMORY = "256MB"
"""For each sort and hash of the full form."""
_HOLD = "SELECT id FROM trade_trade WHERE {} ORDER BY id FOR NO KEY UPDATE"


@dataclass(frozen=True, slots=True)
class Difference:
    """`what`: lines (how they stand or where they were placed), or one of sql.STORED; how many of a trade's are others."""

    trade_id: UUID
    what: str
    count: int


def differences() -> list[Difference]:
    """Match everything again and compare; nothing is changed. Long on a large base: reads every filed line.

    What differs is looked at once more, its trade held as an event holds it: what is filed meanwhile differs from nothing.
    """
    suspected = sorted({each.trade_id for each in _compared()})
    chunks = (suspected[first : first + CHUNK] for first in range(0, len(suspected), CHUNK))
    return [each for trades in chunks for each in _compared(trades)]


def _compared(among: Sequence[UUID] | None = None) -> list[Difference]:
    """What differs; `among`: of these trades, which stay as they are meanwhile."""
    condition = "true" if among is None else sql.AMONG
    bounds = {"trades": list(among or ())}
    lines = f"SELECT * FROM trade_matchline WHERE {condition.format('trade_id')}"  # noqa: S608  # our own words
    with transaction.atomic():
        with connection.cursor() as cursor:
            _unbounded(cursor)
            if among is not None:
                cursor.execute(_HOLD.format(sql.AMONG.format("id")), bounds)
            cursor.execute(f"CREATE TEMP TABLE lines_before ON COMMIT DROP AS {lines}", bounds)
            cursor.execute(sql.standing(condition), bounds)
        for trades in _chunks() if among is None else [among]:
            compared = selectors.compared_each(trades)
            services.place(comparisons={id: facts.comparison for id, facts in compared.items()})
        found = _count("lines", "SELECT * FROM lines_before", lines, bounds)
        for what in sql.STORED:
            found.extend(_count(what, sql.stored(what, condition), sql.anew(what, condition), bounds))
        transaction.set_rollback(True)
    return found


def report(*, found: list[Difference]) -> None:
    """Raise an alert for each trade whose stored matching is not what its documents make it."""
    for trade in Trade.objects.filter(id__in={each.trade_id for each in found}):
        own = {each.what: each.count for each in found if each.trade_id == trade.id}
        risk.report(
            actor=PLATFORM,
            network_id=trade.network_id,
            observations=[
                Observation(
                    rule="match_differs",
                    severity=Severity.CRITICAL,
                    key=f"match_differs:{trade.id}:{'-'.join(f'{what}{count}' for what, count in sorted(own.items()))}",
                    subject=selectors.subject_of(trade),
                    subject_label=selectors.label_of(trade),
                    organisation_ids=(trade.seller_id, trade.buyer_id),
                    detail=dict(own),
                )
            ],
        )


def rebuild() -> None:
    """Put what the definition derives in the place of all that is stored: an operator's decision, never made by itself.

    Trades are done range by range, several ranges at once. Each range is a transaction of its own that holds its trades as an
    event does, so that a trade is always whole, and what happens to others goes on. In a caller's transaction, which no other
    connection sees into, they are done one after another.
    """
    is_inside = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        _unbounded(cursor)
        cursor.execute("LOCK TABLE trade_matchline, trade_clearingitem IN SHARE MODE")  # no event meanwhile
        for statement in (sql.standing(), *sql.misplaced()):
            cursor.execute(statement)
        ranges = _ranges(cursor)
    if is_inside or len(ranges) == 1:
        for trades in ranges:
            _rebuild_range(trades)
        return
    with ThreadPoolExecutor(WORKERS) as workers:
        for done in [workers.submit(_rebuild_range_apart, trades) for trades in ranges]:
            done.result()


def _rebuild_range_apart(trades: tuple[UUID, UUID]) -> None:
    """In a thread, whose connection is its own."""
    try:
        _rebuild_range(trades)
    finally:
        connection.close()


@transaction.atomic
def _rebuild_range(trades: tuple[UUID, UUID]) -> None:
    with connection.cursor() as cursor:
        _unbounded(cursor)
        held = _HOLD.format("id > %s AND id <= %s")
        # As the text of an array: of a list each id would be written out anew wherever the statements name it.
        cursor.execute(f"SELECT coalesce(array_agg(id), '{{}}')::text FROM ({held}) held", trades)  # noqa: S608  # our own words
        # Those alone: what is opened meanwhile is its own event's matter.
        bounds = {"trades": cursor.fetchone()[0]}
        for statement in (*sql.emptied(), sql.full()):
            cursor.execute(statement, bounds)
        cursor.execute("SET LOCAL enable_nestloop = on")  # few trades pay something, and each is looked up
        cursor.execute(sql.full_clearing(), bounds)


@transaction.atomic
def fill() -> int:
    """Note and match the lines that were filed before there was matching; how many documents they are of."""
    filed = (
        TradeDocument.objects.filter(kind__in=noted.LEVELS, lines__isnull=False, lines__match_line__isnull=True)
        .select_related("trade", "document")
        .distinct()
    )
    documents = list(filed)
    for row in documents:
        said = selectors.said(row)
        services.note(
            seller_id=row.trade.seller_id, filed=row, rows=list(row.lines.order_by("position")), lines=said.lines
        )
    for trade_id in {row.trade_id for row in documents}:
        services.settle(trade_id=trade_id, comparison=selectors.compared_each([trade_id])[trade_id].comparison)
    return len(documents)


def _ranges(cursor: CursorWrapper) -> list[tuple[UUID, UUID]]:
    """Ranges of trades that together are all ids there can be."""
    cursor.execute(
        "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM trade_trade) each "
        "WHERE number %% %s = 0 ORDER BY id",
        [RANGE],
    )
    ends = [UUID(int=0), *(id for (id,) in cursor.fetchall()), UUID(int=2**128 - 1)]
    return list(pairwise(ends))


def _unbounded(cursor: CursorWrapper) -> None:
    """For the full form: time, memory, and hash joins alone: of what is derived on the way the planner knows no sizes."""
    cursor.execute("SET LOCAL statement_timeout = 0")
    cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
    cursor.execute("SET LOCAL enable_nestloop = off")
    cursor.execute("SET LOCAL enable_mergejoin = off")


def _chunks() -> Iterator[list[UUID]]:
    ids = Trade.objects.order_by("id").values_list("id", flat=True).iterator()
    while chunk := list(islice(ids, CHUNK)):
        yield chunk


def _count(what: str, stored: str, anew: str, bounds: Mapping[str, list[UUID]]) -> list[Difference]:
    """How many rows of each trade are in one and not in the other."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH stored AS ({stored}), anew AS ({anew}), "  # noqa: S608  # our own texts
            "other AS ((SELECT * FROM stored EXCEPT SELECT * FROM anew) "
            "UNION ALL (SELECT * FROM anew EXCEPT SELECT * FROM stored)) "
            "SELECT trade_id, count(*) FROM other GROUP BY trade_id ORDER BY trade_id",
            bounds,
        )
        return [Difference(trade_id, what, count) for trade_id, count in cursor.fetchall()]
