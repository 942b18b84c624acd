"""Cells of one column, typed: what people and ERP systems write for a date, an amount, a rate. Columnar, by polars.

Each function takes the texts of a column (trimmed, empty is "") and gives the values, null where there is none, with the
error code where the text stands for none, else "".
"""

from dataclasses import dataclass

import polars as pl

from abs_platform.imports.fields import Field, Type

AMOUNT = pl.Decimal(30, 13)
PLAIN = r"^[+-]?(?:\d{1,15}(?:\.\d{0,13})?|\.\d{1,13})$"
SCIENTIFIC = r"(?i)^[0-9](?:\.[0-9]+)?e\+?[0-9]{1,3}$"
LONG = r"^[0-9]{16,}$"
# Controls, and what reorders or hides what a reader sees.
INVISIBLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
EXEMPT = ("免税", "不征税", "零税率", "***", "*", "exempt")
CURRENCIES = {
    "人民币": "CNY", "人民币元": "CNY", "元": "CNY", "RMB": "CNY", "¥": "CNY", "￥": "CNY", "美元": "USD", "美金": "USD",
    "$": "USD", "欧元": "EUR", "€": "EUR", "港币": "HKD", "港元": "HKD", "英镑": "GBP", "£": "GBP", "日元": "JPY", "日圆": "JPY",
}  # fmt: skip
_ORDERS = {"ymd": "${1}-${2}-${3}", "dmy": "${3}-${2}-${1}", "mdy": "${3}-${1}-${2}"}
EPOCH_SHIFT = 25_569  # days from Excel's day 0 (1899-12-30) to 1970-01-01


@dataclass(frozen=True, slots=True)
class Typed:
    """Values and error codes, cell by cell."""

    values: pl.Series
    codes: pl.Series


def typed(
    texts: pl.Series, field: Field, *, date_order: str, decimal_mark: str, lost: pl.Series | None = None
) -> Typed:
    """The column as what `field` is. `lost`: where a long number was kept as a figure, so that its last digits are gone."""
    match field.type:
        case Type.ID:
            return _identifiers(texts, field, lost=lost)
        case Type.TEXT:
            return _texts(texts, field)
        case Type.DATE:
            return _dates(texts, date_order)
        case Type.DECIMAL:
            return _decimals(texts, decimal_mark)
        case Type.PERCENT:
            return _percents(texts, decimal_mark)
        case Type.CURRENCY:
            return _currencies(texts)


def _flagged(values: pl.Series, *, wrong: pl.Series, code: str, earlier: pl.Series | None = None) -> Typed:
    """Null and `code` where `wrong`; an earlier code stays."""
    table = pl.DataFrame({"value": values, "wrong": wrong})
    old = pl.lit("") if earlier is None else pl.lit(earlier)
    table = table.select(
        pl.when(pl.col("wrong")).then(None).otherwise(pl.col("value")).alias("value"),
        pl.when((old == "") & pl.col("wrong")).then(pl.lit(code)).otherwise(old).alias("code"),
    )
    return Typed(table["value"], table["code"])


def _texts(texts: pl.Series, field: Field) -> Typed:
    plain = (
        texts.str.replace(r"^'([=+\-@])", "${1}") if texts.str.starts_with("'").any() else texts
    )  # as our exports write it
    if texts.str.contains(r"\s{2}|[\r\n\t]").any():
        plain = plain.str.replace_all(r"\s+", " ")
    found = _flagged(plain, wrong=plain.str.len_chars() > field.limit, code="text_too_long")
    found = _flagged(found.values, wrong=texts.str.contains(INVISIBLE), code="text_invalid", earlier=found.codes)
    return Typed(found.values.replace("", None), found.codes)


def _identifiers(texts: pl.Series, field: Field, *, lost: pl.Series | None) -> Typed:
    bare = texts.str.strip_prefix("'") if texts.str.starts_with("'").any() else texts
    found = _texts(bare, field)
    gone = bare.str.contains(SCIENTIFIC)
    if lost is not None:
        gone |= bare.str.contains(LONG) & lost
    return _flagged(found.values, wrong=gone, code="digits_lost", earlier=found.codes) if gone.any() else found


def _dates(texts: pl.Series, order: str) -> Typed:
    values = texts.str.to_date("%Y-%m-%d", strict=False)
    rest = values.is_null() & (texts != "")
    if rest.any():
        values = values.zip_with(~rest, _other_dates(texts, order))
    wrong = (texts != "") & (values.is_null() | (values.dt.year() < 1990) | (values.dt.year() > 2100))
    return _flagged(values, wrong=wrong.fill_null(value=True), code="date_invalid")


def _other_dates(texts: pl.Series, order: str) -> pl.Series:
    """Other separators, Chinese, no separators, days first, with a time, and Excel's own numbers."""
    day = (
        texts.str.replace(r"^(.{6,}?)[ T].*$", "${1}")
        .str.replace_all(r"\s*[./年月-]\s*", "-")
        .str.strip_chars_end("日-")
    )
    forms = pl.DataFrame({"day": day}).select(
        pl.col("day").str.to_date("%Y-%m-%d", strict=False).alias("iso"),
        pl.when(pl.col("day").str.contains(r"^\d{8}$"))
        .then(pl.col("day").str.to_date("%Y%m%d", strict=False))
        .alias("compact"),
        pl.col("day")
        .str.replace(r"^(\d{1,2})-(\d{1,2})-(\d{4})$", _ORDERS["dmy" if order == "ymd" else order])
        .str.to_date("%Y-%m-%d", strict=False)
        .alias("ordered"),
        pl.when(pl.col("day").str.contains(r"^[2-6]\d{4}$"))
        .then(pl.col("day").cast(pl.Int32, strict=False) - EPOCH_SHIFT)
        .cast(pl.Date)
        .alias("serial"),
    )
    return forms.select(pl.coalesce("compact", "serial", "iso", "ordered").alias("day"))["day"]


def _decimals(texts: pl.Series, mark: str) -> Typed:
    if mark == ".":
        plain = texts.str.contains(PLAIN)
        rest = ~plain & (texts != "")
        if not rest.any():
            return Typed(texts.replace("", None).cast(AMOUNT, strict=False), pl.repeat("", len(texts), eager=True))
        texts = texts.zip_with(~rest, _cleaned(texts, mark))
    else:
        texts = _cleaned(texts, mark)
    sound = texts.str.contains(PLAIN)
    values = texts.zip_with(sound, pl.repeat(None, len(texts), dtype=pl.String, eager=True)).cast(AMOUNT, strict=False)
    wrong = (texts != "") & values.is_null()
    return _flagged(values, wrong=wrong, code="decimal_invalid")


def _cleaned(texts: pl.Series, mark: str) -> pl.Series:
    """Without currency, thousands' marks, spaces; a minus behind or brackets around become a minus in front."""
    bare = texts.str.replace_all(r"[\s\u00a0']|[¥￥$€£元]|(?i:CNY|RMB|USD|EUR)", "")
    bare = bare.str.replace_all("，", ",").str.replace_all("．", ".").str.replace_all("[−－–]", "-")
    bare = bare.str.replace(r"^\((.+)\)$", "-${1}").str.replace(r"^([^-]+)-$", "-${1}")
    if mark == ",":
        grouped = bare.str.contains(r"^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$")
        bare = bare.zip_with(~grouped, bare.str.replace_all(".", "", literal=True))
        return bare.str.replace(",", ".", literal=True)
    grouped = bare.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
    return bare.zip_with(~grouped, bare.str.replace_all(",", "", literal=True))


def _percents(texts: pl.Series, mark: str) -> Typed:
    signed = texts.str.contains(r"[%％]\s*$")
    bare = texts.str.replace(r"\s*[%％]\s*$", "")
    bare = bare.zip_with(~bare.str.to_lowercase().is_in(EXEMPT), pl.repeat("0", len(texts), eager=True))
    found = _decimals(bare, mark)
    table = pl.DataFrame({"value": found.values, "signed": signed})
    fraction = ~pl.col("signed") & (pl.col("value") > 0) & (pl.col("value") < 1)
    values = table.select(
        pl.when(fraction).then(pl.col("value") * 100).otherwise(pl.col("value")).cast(AMOUNT).alias("value")
    )["value"]
    beyond = ((values < 0) | (values > 100)).fill_null(value=False)
    return _flagged(values, wrong=beyond, code="percent_invalid", earlier=found.codes)


def _currencies(texts: pl.Series) -> Typed:
    upper = texts.str.to_uppercase().replace(CURRENCIES)
    found = _flagged(upper, wrong=(upper != "") & ~upper.str.contains(r"^[A-Z]{3}$"), code="currency_invalid")
    return Typed(found.values.replace("", None), found.codes)
