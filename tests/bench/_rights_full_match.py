"""A million invoice lines, 1.1 million receipt lines and a million order lines matched, result stored and committed.

Peers: what one writes by hand with Django, line by line (on a sample, scaled), and polars over frames in memory, whose time
includes taking the lines out of the database; it stores nothing and derives quantities and statuses alone.
"""

import io
import random
from collections.abc import Sequence
from decimal import Decimal

import polars as pl
from django.db import connection, transaction
from django.db.models import Q

from abs_platform.trade.matching import recomputing
from abs_platform.trade.models import Consumption, LineMatch, MatchLine
from tests.bench._measuring import Figure, Progress, faster, plain, share, timed
from tests.bench._rights_base import the_base

MANY = 1_000_000
SAMPLE = 500
ROUNDS = 3


def figures_of(progress: Progress, *, many: int = MANY, sample: int = SAMPLE, rounds: int = ROUNDS) -> list[Figure]:
    """full_match, full_match_polars, full_match_lines."""
    base = the_base()
    base.grow(many)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE trade_linematch, trade_consumption, trade_tradematch")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT level, count(*) FROM trade_matchline GROUP BY level ORDER BY level")
        counts = dict(cursor.fetchall())
    progress(f"full_match: {counts[1]:,} order, {counts[3]:,} receipt and {counts[4]:,} invoice lines")
    ours: list[float] = []
    by_line: list[float] = []
    frames: list[float] = []
    chance = random.Random(7)
    lines = list(MatchLine.objects.filter(level=1).order_by("line_id").values_list("line_id", flat=True)[: many // 2])
    for number in range(1, rounds + 1):
        by_line.append(timed(lambda: _line_by_line(chance.sample(lines, sample))) * counts[1] / sample)
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE trade_linematch, trade_consumption, trade_tradematch")
        frames.append(timed(_in_frames))
        ours.append(timed(recomputing.rebuild))
        with connection.cursor() as cursor:
            stored = LineMatch.objects.count()
            if stored != counts[1]:
                raise RuntimeError(f"{stored} rows of {counts[1]} order lines")
            cursor.execute("TRUNCATE trade_linematch, trade_consumption, trade_tradematch")
            cursor.execute("VACUUM ANALYZE trade_matchline")
        progress(
            f"full_match, round {number} of {rounds}: {ours[-1]:.2f} s, by line {by_line[-1]:,.0f} s scaled, "
            f"polars {frames[-1]:.2f} s"
        )
    return [
        faster("full_match", "s", ours, f"Django line by line, scaled from {sample} order lines", by_line, ">=250"),
        share("full_match_polars", "s", ours, "polars in memory, extraction counted, nothing stored", frames),
        plain("full_match_lines", sum(counts.values()), "lines"),
    ]


def _line_by_line(order_lines: Sequence[int]) -> None:
    """As one writes it by hand: what joins an order line is fetched, summed and stored, line by line."""
    for line_id in order_lines:
        with transaction.atomic():
            order = MatchLine.objects.get(line_id=line_id)
            joined = list(
                MatchLine.objects.filter(trade_id=order.trade_id, level__gt=1)
                .filter(Q(order_line_key=order.order_line_key) | Q(placed_with=line_id))
                .order_by("level", "issue_date", "number", "document_id", "position")
            )
            receipts = [each for each in joined if each.level == 3 and each.counts]
            invoices = [each for each in joined if each.level == 4 and each.counts]
            accepted = sum(((each.accepted or 0) * (each.factor or 1) for each in receipts), Decimal(0))
            invoiced = sum(((each.quantity or 0) * (each.factor or 1) for each in invoices), Decimal(0))
            ordered = (order.quantity or Decimal(0)) * (order.factor or 1)
            left = {each.line_id: (each.accepted or Decimal(0)) for each in receipts}
            for invoice in invoices:
                wanted = invoice.quantity or Decimal(0)
                for receipt in receipts:
                    taken = min(wanted, left[receipt.line_id])
                    if taken > 0:
                        starts = (receipt.accepted or Decimal(0)) - left[receipt.line_id]
                        Consumption.objects.update_or_create(
                            of_id=receipt.line_id,
                            starts=starts,
                            defaults={
                                "by_id": invoice.line_id, "trade_id": order.trade_id, "ends": starts + taken,
                                "available": receipt.accepted,
                            },
                        )  # fmt: skip
                        left[receipt.line_id] -= taken
                        wanted -= taken
            status = "over_invoiced" if invoiced > accepted else "short" if accepted < ordered else "matched"
            LineMatch.objects.update_or_create(
                line_id=line_id,
                defaults={
                    "trade_id": order.trade_id, "unit": order.unit, "ordered": ordered, "accepted": accepted,
                    "invoiced": invoiced, "uncovered": max(invoiced - accepted, Decimal(0)), "status": status,
                },
            )  # fmt: skip


_COLUMNS = "line_id, trade_id, level, order_line_key, placed_with, quantity, accepted, rejected, unit_price, amount, factor, counts"


def _in_frames() -> None:
    """The rows' quantities, amounts and statuses in polars, from the database on."""
    target = io.BytesIO()
    query = f"COPY (SELECT {_COLUMNS} FROM trade_matchline) TO STDOUT (FORMAT csv, HEADER)"
    with connection.cursor() as cursor, cursor.copy(query) as source:
        for block in source:
            target.write(block)
    target.seek(0)
    lines = pl.read_csv(target, schema_overrides={"counts": pl.Utf8}, infer_schema_length=10_000).filter(
        pl.col("counts") == "t"
    )
    orders = lines.filter(pl.col("level") == 1).select(
        "trade_id", "order_line_key", row_id="line_id", ordered="quantity", order_price="unit_price"
    )
    others = lines.filter(pl.col("level") > 1)
    named = others.join(orders, on=["trade_id", "order_line_key"], how="inner")
    placed = (
        others.filter(pl.col("order_line_key").is_null())
        .join(orders.drop("trade_id", "order_line_key"), left_on="placed_with", right_on="row_id", how="inner")
        .with_columns(row_id=pl.col("placed_with"))
    )
    joined = pl.concat([named, placed.select(named.columns)])
    quantity = pl.col("quantity") * pl.col("factor")
    receipt, invoice = pl.col("level") == 3, pl.col("level") == 4
    rows = joined.group_by("row_id").agg(
        ordered=pl.col("ordered").first(),
        received=quantity.filter(receipt).sum(),
        accepted=(pl.col("accepted") * pl.col("factor")).filter(receipt).sum(),
        rejected=pl.col("rejected").filter(receipt).sum(),
        invoiced=quantity.filter(invoice).sum(),
        invoiced_amount=pl.col("amount").filter(invoice).sum(),
        price_differs=(pl.col("unit_price") != pl.col("order_price")).filter(invoice).any(),
    )
    rows = rows.with_columns(
        uncovered=(pl.col("invoiced") - pl.col("accepted")).clip(0),
        status=pl.when(pl.col("accepted") > pl.col("ordered")).then(pl.lit("over_received"))
        .when(pl.col("invoiced") > pl.col("accepted")).then(pl.lit("over_invoiced"))
        .when(pl.col("price_differs")).then(pl.lit("price_differs"))
        .when(pl.col("rejected") > 0).then(pl.lit("rejected"))
        .when(pl.col("accepted") < pl.col("ordered")).then(pl.lit("short"))
        .otherwise(pl.lit("matched")),
    )  # fmt: skip
    if rows.height != orders.height:
        raise RuntimeError(f"{rows.height} rows of {orders.height} order lines")
