"""From checked rows to staged documents and lines."""

import polars as pl

from abs_platform.core.ids import uuid7
from abs_platform.imports import copying
from abs_platform.imports.checking import Checked
from abs_platform.imports.models import Batch, StagedDocument, StagedLine

HEADER_TEXTS = ("buyer_name", "buyer_id", "contract_number", "payment_terms")
LINE_TEXTS = (
    "line_id", "item_name", "item_description", "seller_item_id", "buyer_item_id", "unit", "order_number",
    "order_line_id", "despatch_number", "receipt_number", "invoice_number", "note",
)  # fmt: skip
LINE_VALUES = ("quantity", "rejected", "price", "amount", "tax", "tax_percent")


def stage(batch: Batch, checked: Checked) -> int:
    """Write the sound documents and their lines; returns how many documents. Runs in the caller's transaction.

    A document with a wrong row is left out whole.
    """
    wrong = checked.rows.join(checked.errors.select("row").unique(), on="row", how="semi")["key"].unique()
    rows = checked.rows.filter(~pl.col("key").is_in(wrong.implode()))
    if rows.is_empty():
        return 0
    firsts = rows.filter(pl.col("row") == pl.col("position"))
    first_id = uuid7().int
    ids = [f"{first_id + index:032x}" for index in range(firsts.height)]
    firsts = firsts.with_columns(pl.Series("id", ids))
    copying.copy_frame(StagedDocument._meta.db_table, _documents(batch, firsts))
    with_document = rows.join(firsts.select("key", pl.col("id").alias("document_id")), on="key", maintain_order="left")
    copying.copy_frame(StagedLine._meta.db_table, _lines(with_document))
    return firsts.height


def _text(frame: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name).fill_null("") if name in frame.columns else pl.lit("").alias(name)


def _value(frame: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String) if name in frame.columns else pl.lit(None, dtype=pl.String).alias(name)


def _documents(batch: Batch, firsts: pl.DataFrame) -> pl.DataFrame:
    total = pl.col("total").round(4) if "total" in firsts.columns else pl.lit(None)
    return firsts.select(
        "id",
        copying.constant(batch.id).alias("batch_id"),
        "position",
        "number",
        pl.col("issue_date").cast(pl.String),
        _value(firsts, "due_date"),
        *(_text(firsts, name) for name in HEADER_TEXTS),
        "currency",
        pl.lit("").alias("order_number"),
        total.cast(pl.String).alias("total"),
        pl.lit("pending").alias("state"),
    )


def _lines(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "document_id",
        pl.int_range(1, pl.len() + 1).over("document_id").alias("position"),
        "row",
        *(_text(rows, name) for name in LINE_TEXTS),
        *(_value(rows, name) for name in LINE_VALUES),
    )
