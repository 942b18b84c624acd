"""A table under a mapping: typed rows, and every error with its cell. Columnar, by polars; nothing here knows the database.

Rows of one number and buyer are one document. Exports often state a document's own fields in its first row alone, or merge
the cells, so a row without number, date and buyer continues the one before it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from abs_platform.imports import cells, fields
from abs_platform.imports.fields import MAX_LINES, Type
from abs_platform.imports.mapping import Plan

LARGEST = 9.99e14
"""Just below documents.rules.FIGURE_LIMIT, as floating point computes sums."""
_SUM_WORDS = r"合\s*计|小\s*计|总\s*计|本页小计|本页合计|累\s*计", r"total|subtotal|grand total|sum"
SUMS = r"(?i)^\s*(?:(?:{})(?:金额|数量)?(?:[（(]\D{{1,10}}[）)])?\s*[:：]?\s*[¥￥]?[\d.,]*元?|(?:{})(?:(?:\s*[:：]|\s)\s*[\d.,]*)?|\*{{1,3}})\s*$".format(
    *_SUM_WORDS
)
"""What a cell says, as a whole, whose row sums up others: one of these words, with the sum or without."""
SUM_ITEMS = r"(?i)^\s*(?:{}|{})\s*[:：]?\s*$".format(*_SUM_WORDS)
"""The same in a column of goods, where a word with figures is called so: Total 5000."""
ITEMS = ("item_name", "item_description", "seller_item_id", "buyer_item_id")
SELLER = ("seller_name", "seller_id")
SUMS_BEGIN = "*GSTgstſ合小总本累"
"""What such a word begins with."""
READ_ANEW = (Type.DATE, Type.DECIMAL, Type.PERCENT)
"""Types of which a cell may mean something else than it says, by the mapping: 03/04/2026, 1.00 of 万元, 0.13."""
IGNORED = ""
"""The key of a row that belongs to no document."""
ERRORS = {"row": pl.UInt32, "field": pl.String, "code": pl.String, "value": pl.String}


@dataclass(frozen=True, slots=True)
class Checked:
    """`rows`: "row", "key", "position" and a column for each stated field, typed, of every row that belongs to a document.

    `errors`: "row", "field" (empty: the row as a whole), "code" and "value", what was to stand there where that is known.
    """

    rows: pl.DataFrame
    errors: pl.DataFrame


def check(
    table: pl.DataFrame,
    *,
    kind: str,
    plan: Plan,
    header_row: int,
    lost: Sequence[int] = (),
    trusted: pl.DataFrame | None = None,
    is_owner: Callable[[str, str], bool] = lambda _name, _id: True,
) -> Checked:
    """Type and check every row below the headers. `table`: "row", and c0, c1 … of text.

    `lost`: columns whose long numbers lost digits; `trusted`: "row" and "column" of cells that a person has written since.
    `is_owner`: whether a seller's name and identifier are the importing organisation's.
    """
    texts, plain = _of_documents(table, kind, plan, header_row)
    rows, wrong = _typed(texts, plain, plan=plan, lost=lost, trusted=trusted)
    stated = [name for name in rows.columns if name != "row"]
    rows = rows.with_columns(_key(rows).alias("key"))
    rows = rows.with_columns(pl.col("row").min().over("key").alias("position"))
    firsts = _firsts(rows, stated)
    differing = _disagreements(rows, firsts, plan)
    rows = rows.with_columns(pl.coalesce(first.name, first) for first in firsts)
    found = [
        wrong,
        *_foreign(rows, texts, stated),
        *_required(rows, wrong, kind, stated),
        *_sellers(rows, stated, is_owner),
        *differing,
        *_too_long(rows),
        *_implausible(rows, stated),
    ]
    return Checked(rows, pl.concat(found).sort("row", maintain_order=True))


def typed(
    table: pl.DataFrame,
    *,
    kind: str,
    plan: Plan,
    header_row: int,
    lost: Sequence[int] = (),
    trusted: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that belong to documents, typed, and the cells that could not be; as in `Checked`."""
    return _typed(*_of_documents(table, kind, plan, header_row), plan=plan, lost=lost, trusted=trusted)


def read_alone(table: pl.DataFrame, *, kind: str, plan: Plan) -> pl.DataFrame:
    """Each mapped date, figure and rate as it is read by itself, null where it is none. "row", and a column by field."""
    texts, plain = _texts(table, kind, plan)
    read = [name for name in texts.columns[1:] if name in plan.columns and fields.BY_NAME[name].type in READ_ANEW]
    return _typed(texts.select("row", *read), plain, plan=plan, lost=(), trusted=None)[0]


def _typed(
    texts: pl.DataFrame, plain: frozenset[str], *, plan: Plan, lost: Sequence[int], trusted: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    columns, errors = [texts["row"]], [pl.DataFrame(schema=ERRORS)]
    quick = cells.read_at_once(texts, plan.decimal_mark)
    for name in texts.columns[1:]:
        found = cells.typed(
            texts[name],
            fields.BY_NAME[name],
            date_order=plan.date_order,
            decimal_mark=plan.decimal_mark,
            lost=_doubtful(texts["row"], plan.columns.get(name), lost, trusted),
            plain=name in plain,
            quick=quick.get_column(name, default=None),
            scale=plan.scale_of(name),
        )
        columns.append(found.values.alias(name))
        if found.codes is not None:
            errors.append(_errors(texts["row"], name, found.codes))
    return pl.DataFrame(columns), pl.concat(errors)


def _doubtful(
    rows: pl.Series, column: int | None, lost: Sequence[int], trusted: pl.DataFrame | None
) -> pl.Series | None:
    """Where the column's long numbers lost digits: everywhere but in cells that a person has written since."""
    if column not in lost:
        return None
    if trusted is None:
        return pl.repeat(True, len(rows), eager=True)
    return ~rows.is_in(trusted.filter(pl.col("column") == column)["row"].implode())


def _texts(table: pl.DataFrame, kind: str, plan: Plan) -> tuple[pl.DataFrame, frozenset[str]]:
    """The mapped columns by field, as `cells.trimmed` gives them, or the default alone; and the names of those that are plain."""
    columns = {each.name: plan.columns.get(each.name) for each in fields.of(kind)}
    found, plain = cells.trimmed(
        table.select(pl.col(f"c{at}").alias(name) for name, at in columns.items() if at is not None)
    )
    wanted: list[pl.Series] = [table["row"]]
    for name, at in columns.items():
        if at is not None:
            wanted.append(found[name])
        elif default := plan.defaults.get(name, ""):
            wanted.append(pl.repeat(default.strip(), table.height, dtype=pl.String, eager=True).alias(name))
    # The default of empty cells was not looked at.
    return pl.DataFrame(wanted), plain - {name for name, default in plan.defaults.items() if default}


def _of_documents(table: pl.DataFrame, kind: str, plan: Plan, header_row: int) -> tuple[pl.DataFrame, frozenset[str]]:
    """The texts of the rows that are some document's, with its own fields filled down; and the names of plain columns."""
    table = table.slice(int(table["row"].search_sorted(header_row, side="right")))
    texts, plain = _texts(table, kind, plan)
    mapped = [name for name in texts.columns if name in plan.columns]
    number = texts["number"] if "number" in texts.columns else pl.repeat("", texts.height, eager=True)
    odd = _empty_or_sums(number)
    if odd.any():
        texts = _all_trimmed(texts)
        empty = (
            texts.select(pl.all_horizontal(pl.col(name) == "" for name in mapped).alias("e"))["e"] if mapped else odd
        )
        at = odd.arg_true()
        none = empty.scatter(at, values=empty.gather(at) | _are_sums(texts[at], table[at], mapped))
        texts, odd = texts.filter(~none), odd.filter(~none)
    if "number" in plan.columns and odd.any():
        own = [name for name in ("number", "issue_date", "buyer_name", "buyer_id") if name in plan.columns]
        continues = pl.all_horizontal(pl.col(name) == "" for name in own)
        header = [name for name in mapped if fields.BY_NAME[name].header]
        texts = texts.with_columns(
            pl.when(continues & (pl.col(name) == ""))
            .then(pl.when(~continues).then(pl.col(name)).forward_fill())
            .otherwise(pl.col(name))
            .fill_null("").alias(name)
            for name in header
        )  # fmt: skip
    return _with_default_cells(texts, plan), plain


def _are_sums(texts: pl.DataFrame, table: pl.DataFrame, mapped: Sequence[str]) -> pl.Series:
    """Where the first cell that is not empty calls its row a sum; one that names goods, or number, date and buyer, is none."""
    cells_of = (pl.col(name) for name in table.columns if name != "row")
    first = table.select(pl.coalesce(pl.when(cell.str.contains(r"\S")).then(cell) for cell in cells_of).alias("first"))
    no_sums = [(pl.col(name) != "") & ~pl.col(name).str.contains(SUM_ITEMS) for name in ITEMS if name in mapped]
    if "number" in mapped and "issue_date" in mapped:
        buyer = [pl.col(name) != "" for name in ("buyer_name", "buyer_id") if name in mapped]
        document = [pl.col("number") != "", pl.col("issue_date") != ""]
        no_sums.append(pl.all_horizontal(*document, *([pl.any_horizontal(buyer)] if buyer else [])))
    called = first["first"].str.contains(SUMS).fill_null(value=False)
    return called & ~texts.select(pl.any_horizontal(no_sums).alias("none"))["none"] if no_sums else called


def _empty_or_sums(texts: pl.Series) -> pl.Series:
    """Where a text, trimmed, is empty or says that its row is a sum. Numbers of documents are mostly told at a glance from these."""
    least, most = str(texts.min() or ""), str(texts.max() or "")
    if least and not any(least[:1] <= mark <= most[:1] for mark in SUMS_BEGIN):
        return pl.repeat(False, len(texts), eager=True)
    return (texts == "") | texts.str.contains(SUMS)


def _with_default_cells(texts: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    filled = {
        name: value for name, value in plan.defaults.items() if value and name in plan.columns and name in texts.columns
    }
    if not filled:
        return texts
    return _all_trimmed(texts).with_columns(
        pl.when(pl.col(name) == "").then(pl.lit(value.strip())).otherwise(pl.col(name)).alias(name)
        for name, value in filled.items()
    )


def _all_trimmed(texts: pl.DataFrame) -> pl.DataFrame:
    """The columns that were to be trimmed later too, where it matters which cells are empty."""
    later = [
        name for name in texts.columns if name in fields.BY_NAME and fields.BY_NAME[name].type in cells.TRIMMED_LATER
    ]
    return texts.with_columns(pl.col(later).str.strip_chars())


def _errors(rows: pl.Series, field: str, codes: pl.Series, values: pl.Series | None = None) -> pl.DataFrame:
    at = (codes != "").arg_true()
    said = None if values is None else values.gather(at)
    found = pl.DataFrame({"row": rows.gather(at), "field": field, "code": codes.gather(at), "value": said})
    return found.cast(ERRORS)  # type: ignore[arg-type]  # dtypes by name


def _key(rows: pl.DataFrame) -> pl.Series:
    """One text for each document: number and buyer, folded."""
    parts = [_folded(rows[name]) for name in ("number", "buyer_id", "buyer_name") if name in rows.columns]
    if not parts:
        return pl.repeat("?", rows.height, eager=True)
    named = pl.DataFrame([part.alias(str(at)) for at, part in enumerate(parts)])
    return named.select(pl.concat_str([pl.all(), pl.lit("")], separator="|").alias("key"))["key"]


def _folded(texts: pl.Series) -> pl.Series:
    """Compatibility forms and case unified, white space removed; what is plain ASCII costs little."""
    texts = texts.fill_null("")
    if texts.str.len_bytes().sum() == texts.str.len_chars().sum():
        return texts.str.to_lowercase().str.replace_all(" ", "", literal=True)
    distinct = texts.unique()
    folded = distinct.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s", "")
    return texts.replace_strict(distinct, folded)


def _required(rows: pl.DataFrame, wrong: pl.DataFrame, kind: str, stated: Sequence[str]) -> list[pl.DataFrame]:
    """Cells that must not be empty. One that is wrong already is said once."""
    found = []
    for each in fields.of(kind):
        if kind in each.required and each.name in stated:
            said = wrong.filter(pl.col("field") == each.name)["row"]
            empty = rows.select((pl.col(each.name).is_null() & ~pl.col("row").is_in(said.implode())).alias("e"))["e"]
            if empty.any():
                found.append(_errors(rows["row"], each.name, _code_where(empty, "missing")))
    for names in fields.EITHER:
        known = [name for name in names if name in stated]
        if known:
            said = wrong.filter(pl.col("field").is_in(known))["row"]
            empty = rows.select(
                (
                    pl.all_horizontal(pl.col(name).is_null() for name in known) & ~pl.col("row").is_in(said.implode())
                ).alias("e")
            )["e"]
            if empty.any():
                found.append(_errors(rows["row"], known[0], _code_where(empty, "missing")))
    return found


def _sellers(rows: pl.DataFrame, stated: Sequence[str], is_owner: Callable[[str, str], bool]) -> list[pl.DataFrame]:
    """Rows that name another seller than the organisation that imports them."""
    named = [name for name in SELLER if name in stated]
    if not named:
        return []
    sellers = rows.select(pl.col(name).fill_null("") for name in named)
    others = [
        seller
        for seller in sellers.unique().iter_rows(named=True)
        if any(seller.values()) and not is_owner(seller.get("seller_name", ""), seller.get("seller_id", ""))
    ]
    if not others:
        return []
    theirs = sellers.with_row_index("at").join(pl.DataFrame(others), on=named, how="semi")["at"]
    wrong = pl.Series([False] * rows.height).scatter(theirs, values=True)
    return [_errors(rows["row"], named[0], _code_where(wrong, "seller_not_you"))]


def _firsts(rows: pl.DataFrame, stated: Sequence[str]) -> list[pl.Series]:
    """Of what belongs to a document, what its rows state first: exports print a total or a due date in any of them."""
    if not (rows["row"] != rows["position"]).any():
        return []
    names = [name for name in stated if fields.BY_NAME[name].header and name not in ("number", *SELLER)]
    partly = [name for name in names if 0 < rows[name].null_count() < rows.height]
    found = rows
    if partly:
        first = rows.group_by("key").agg(pl.col(name).drop_nulls().first() for name in partly)
        found = rows.select("key").join(first, on="key", how="left", maintain_order="left")
    at = rows["row"].search_sorted(rows["position"])  # where each document's first row is: rows are in order
    return [found[name] if name in partly else rows[name].gather(at) for name in names]


def _disagreements(rows: pl.DataFrame, firsts: Sequence[pl.Series], plan: Plan) -> list[pl.DataFrame]:
    """Rows of a document that contradict what it states first, with that as the column writes it."""
    found = []
    for first in firsts:
        differs = (rows[first.name] != first).fill_null(value=False)
        if differs.any():
            as_written = first if plan.scale_of(first.name) == 1 else first / plan.scale_of(first.name)
            found.append(_errors(rows["row"], first.name, _code_where(differs, "header_differs"), as_written))
    return found


def _too_long(rows: pl.DataFrame) -> list[pl.DataFrame]:
    counts = rows.select(pl.len().over("key").alias("lines"))["lines"]
    if not rows.height or counts.max() <= MAX_LINES:  # type: ignore[operator]  # counts are whole numbers
        return []
    too_long = (counts > MAX_LINES) & (rows["row"] == rows["position"])
    return [_errors(rows["row"], "", _code_where(too_long, "too_many_lines"))]


def _foreign(rows: pl.DataFrame, texts: pl.DataFrame, stated: Sequence[str]) -> list[pl.DataFrame]:
    """Figures that name another currency than their document's."""
    found = []
    for name in stated if "currency" in stated else []:
        if fields.BY_NAME[name].type == Type.DECIMAL:
            wrong = cells.foreign(texts[name], rows["currency"])
            if wrong is not None:
                found.append(_errors(rows["row"], name, _code_where(wrong, "currency_differs"), rows["currency"]))
    return found


def _implausible(rows: pl.DataFrame, stated: Sequence[str]) -> list[pl.DataFrame]:
    """Documents whose figures, computed as `making` computes them, lie beyond any real one and have no place in a column."""

    def figure(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Float64) if name in stated else pl.lit(None, dtype=pl.Float64)

    computed = rows.select(
        "key",
        pl.coalesce(figure("amount"), figure("quantity") * figure("price"), pl.lit(0.0)).alias("net"),
        figure("total").fill_null(0.0).alias("total"),
        pl.coalesce(figure("tax"), pl.lit(0.0)).alias("tax"),
        pl.coalesce(figure("tax_percent"), pl.lit(0.0)).alias("rate"),
    ).with_columns((pl.col("net") * (1 + pl.col("rate") / 100) + pl.col("tax")).alias("gross"))
    beyond = computed.select(
        pl.max_horizontal(
            *(pl.col(name).abs().sum().over("key") for name in ("net", "tax", "gross")), pl.col("total").abs()
        )
        .ge(LARGEST)
        .alias("beyond")
    )["beyond"]
    at = next((name for name in ("amount", "price", "total", "tax") if name in stated), "")
    first = rows["row"] == rows["position"]
    return [_errors(rows["row"], at, _code_where(beyond & first, "sum_too_large"))] if beyond.any() else []


def _code_where(wrong: pl.Series, code: str) -> pl.Series:
    return pl.DataFrame({"wrong": wrong}).select(
        pl.when(pl.col("wrong")).then(pl.lit(code)).otherwise(pl.lit("")).alias("code")
    )["code"]
