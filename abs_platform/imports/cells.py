"""Cells of one column, typed: what people and ERP systems write for a date, an amount, a rate. Columnar, by polars.

Each function takes the texts of a column (empty is "") and gives the values, null where there is none, with the
error code where the text stands for none, else "".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from abs_platform.imports.fields import Field, Type

AMOUNT = pl.Decimal(30, 13)
PLAIN = r"^[+-]?(?:\d{1,15}(?:\.\d{0,13})?|\.\d{1,13})$"
SCIENTIFIC = r"(?i)^[0-9](?:\.[0-9]+)?e\+?[0-9]{1,3}$"
LONG = r"^[0-9]{16,}$"
# Controls, and what reorders or hides what a reader sees.
INVISIBLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
# What a text must be looked at for: controls, white space at its ends, in a row, or that is no blank, a mark in front.
UNUSUAL = r"^[\s']|\s$|\s\s|[^\S ]|" + INVISIBLE
# The bytes of texts that need no second look.
_VISIBLE = bytes(byte for byte in range(0x21, 0x7F) if byte != ord("'"))
_FIGURES = b"0123456789.,-+ "
NO_FIGURE = r"[^0-9.,\-+ ]"
SAMPLE, REPETITIVE = 1_000, 100
"""So many cells tell whether a column has few different texts: at most so many of them."""
TRIMMED_LATER = (Type.DATE, Type.DECIMAL)
"""Types whose cells are nearly all read as they are, white space or not; what cannot be read is trimmed then."""
MOST_AT_ONCE = 64 << 20
"""Bytes of a column that are looked at as one text."""
SHORT = 14  # characters of a decimal that cannot have too many digits
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
FRACTIONS = 3
"""Tenths. No rate of a value added tax is above 30 %, or between 0 and 0.3 %: below, a figure without its sign is a fraction."""
EXEMPT = ("免税", "不征税", "零税率", "***", "*", "exempt")
CURRENCIES = {
    "人民币": "CNY", "人民币元": "CNY", "元": "CNY", "RMB": "CNY", "¥": "CNY", "￥": "CNY", "美元": "USD", "美金": "USD",
    "$": "USD", "欧元": "EUR", "€": "EUR", "港币": "HKD", "港元": "HKD", "英镑": "GBP", "£": "GBP", "日元": "JPY", "日圆": "JPY",
}  # fmt: skip
# What else may stand beside a figure, and of which currencies it is said. ISO 4217, and words as in Chinese tables.
MARKS = {
    **CURRENCIES, "元": "CNY HKD TWD MOP", "¥": "CNY JPY", "￥": "CNY JPY", "$": "USD HKD SGD AUD CAD NZD TWD MOP",
    "US$": "USD", "HK$": "HKD", "NT$": "TWD", "S$": "SGD", "A$": "AUD", "C$": "CAD",
    **{code: code for code in (
        "CNY", "CNH", "USD", "EUR", "HKD", "GBP", "JPY", "SGD", "AUD", "CAD", "CHF", "NZD", "TWD", "MOP", "KRW", "INR", "THB", "VND",
        "MYR", "IDR", "PHP", "RUB", "AED", "SAR", "BRL", "MXN", "ZAR", "SEK", "NOK", "DKK", "PLN", "TRY", "CZK", "HUF", "CLP",
    )},
}  # fmt: skip
MARK = "(?i:" + "|".join(re.escape(mark) for mark in sorted(MARKS, key=len, reverse=True)) + ")"
_ORDERS = {"ymd": "${1}-${2}-${3}", "dmy": "${3}-${2}-${1}", "mdy": "${3}-${1}-${2}"}
EITHER_WAY = r"^(?:0?[1-9]|1[0-2])-(?:0?[1-9]|1[0-2])-\d{4}$"
SAME = "^(?:" + "|".join(f"0?{number}-0?{number}" for number in range(1, 13)) + ")-"
POINTS = r"^\s*\d{1,2}\s*\.\s*\d{1,2}\s*\.\s*\d{4}"
EPOCH_SHIFT = 25_569  # days from Excel's day 0 (1899-12-30) to 1970-01-01


@dataclass(frozen=True, slots=True)
class Typed:
    """Values and error codes, cell by cell."""

    values: pl.Series
    codes: pl.Series | None  # None: nothing is wrong


def trimmed(texts: pl.Series, type: Type) -> tuple[pl.Series, bool]:
    """The texts without white space at their ends, and whether all are plain: nothing in them needs a second look.

    Of a type that is `TRIMMED_LATER` they are as they came.
    """
    texts = texts.fill_null("")
    if type in TRIMMED_LATER:
        return texts, False
    if texts.head(SAMPLE).n_unique() > REPETITIVE and (whole := whole_of(texts)) is not None:
        if whole.translate(None, _VISIBLE):
            pass
        elif not (b"e" in whole or b"E" in whole) or not texts.str.contains(SCIENTIFIC).any():
            return texts, True
    distinct = _distinct(texts)
    if not distinct.str.contains(UNUSUAL).any() and not distinct.str.contains(SCIENTIFIC).any():
        return texts, True
    return texts.str.strip_chars(), False


def whole_of(texts: pl.Series) -> bytes | None:
    """The column as one text: to look through it takes a fraction of a search in each cell. None beyond a bound."""
    if texts.estimated_size() > MOST_AT_ONCE:
        return None
    return str(texts.str.join("")[0]).encode()


def _distinct(texts: pl.Series) -> pl.Series:
    """The different texts. A column of one alone is common, and told in a third of the time."""
    first = texts.head(1)
    return first if (texts == first).all() else texts.unique()


def typed(
    texts: pl.Series,
    field: Field,
    *,
    date_order: str,
    decimal_mark: str,
    lost: pl.Series | None = None,
    plain: bool = False,
) -> Typed:
    """The column, trimmed, as what `field` is. `lost`: where a long number was kept as a figure, so that its last digits are gone.

    `plain`: `trimmed` found nothing unusual in it. The result is the same either way, cell for cell.
    """
    match field.type:
        case Type.ID:
            return _identifiers(texts, field, lost, plain=plain)
        case Type.TEXT:
            return _texts(texts, field, plain=plain)
        case Type.DATE:
            return _dates(texts, date_order)
        case Type.DECIMAL:
            return _decimals(texts, decimal_mark)
        case Type.PERCENT:
            return _by_value(texts, lambda distinct: _percents(distinct, decimal_mark))
        case Type.CURRENCY:
            return _by_value(texts, _currencies)


def _sound(values: pl.Series) -> Typed:
    return Typed(values, None)


def _by_value(texts: pl.Series, of: Callable[[pl.Series], Typed]) -> Typed:
    """For columns of few different texts: each is looked at once."""
    distinct = _distinct(texts)
    found = of(distinct)
    if len(distinct) == 1:  # one rate, one currency for all: common
        values = found.values.new_from_index(0, len(texts))
        return Typed(values, None if found.codes is None else found.codes.new_from_index(0, len(texts)))
    values = texts.replace_strict(distinct, found.values, return_dtype=found.values.dtype)
    return Typed(values, None if found.codes is None else texts.replace_strict(distinct, found.codes))


def _flagged(values: pl.Series, wrong: pl.Series, code: str, earlier: pl.Series | None = None) -> Typed:
    """Null and `code` where `wrong`; an earlier code stays."""
    if not wrong.any():
        return Typed(values, earlier)
    old = pl.lit("") if earlier is None else pl.col("old")
    table = {"value": values, "wrong": wrong} | ({} if earlier is None else {"old": earlier})
    found = pl.DataFrame(table).select(
        pl.when(pl.col("wrong")).then(None).otherwise(pl.col("value")).alias("value"),
        pl.when((old == "") & pl.col("wrong")).then(pl.lit(code)).otherwise(old).alias("code"),
    )
    return Typed(found["value"], found["code"])


def _texts(texts: pl.Series, field: Field, *, plain: bool = False) -> Typed:
    length = texts.str.len_bytes().max() or 0
    if length <= field.limit and (plain or not texts.str.contains(UNUSUAL).any()):  # type: ignore[operator]  # a length is a number
        return _sound(_stated(texts))
    bare = texts.str.strip_chars().str.replace(r"^'([=+\-@])", "${1}")  # as our exports write it
    bare = bare.str.replace_all(r"\s+", " ")
    found = _flagged(bare, bare.str.len_chars() > field.limit, "text_too_long")
    found = _flagged(found.values, texts.str.contains(INVISIBLE), "text_invalid", found.codes)
    return Typed(_stated(found.values), found.codes)


def _stated(texts: pl.Series) -> pl.Series:
    """Null where a text is empty."""
    return texts.replace("", None) if (texts == "").any() else texts


def _identifiers(texts: pl.Series, field: Field, lost: pl.Series | None, *, plain: bool = False) -> Typed:
    if plain and lost is None:
        return _texts(texts, field, plain=True)
    bare = texts.str.replace(r"^\s*'", "") if texts.str.contains("'", literal=True).any() else texts
    found = _texts(bare, field)
    gone = bare.str.contains(SCIENTIFIC)
    if lost is not None:
        gone |= bare.str.contains(LONG) & lost
    return _flagged(found.values, gone, "digits_lost", found.codes)


def _dates(texts: pl.Series, order: str) -> Typed:
    values = texts.str.to_date("%Y-%m-%d", strict=False)
    values = _elsewhere(texts, values, lambda rest: _other_dates(rest, order))
    within = values.is_between(EARLIEST, LATEST).fill_null(value=False)
    if within.all():
        return _sound(values)
    return _flagged(values, _stating(texts, ~within), "date_invalid")


def _elsewhere(texts: pl.Series, values: pl.Series, of: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """`values`, and where there is none for a text what `of` makes of it, trimmed."""
    rest = (values.is_null() & (texts != "")).arg_true()
    if not len(rest):
        return values
    return values.scatter(rest, of(texts.gather(rest).str.strip_chars()))


def _stating(texts: pl.Series, where: pl.Series) -> pl.Series:
    """Those cells of `where` that hold more than white space."""
    at = (where & (texts != "")).arg_true()
    at = at.filter(texts.gather(at).str.strip_chars() != "")
    return pl.repeat(False, len(texts), eager=True).scatter(at, values=True)


def _other_dates(texts: pl.Series, order: str) -> pl.Series:
    """Other separators, Chinese, no separators, days first, with a time, and Excel's own numbers."""
    day = (
        texts.str.replace(r"^(.{6,}?)[ T].*$", "${1}")
        .str.replace_all(r"\s*[./年月-]\s*", "-")
        .str.strip_chars_end("日-")
    )
    # Without an order of their own, digits that could be either are none: 03/04/2026. With points days come first.
    ordered = (
        day
        if order != "ymd"
        else day.set(day.str.contains(EITHER_WAY) & ~day.str.contains(SAME) & ~texts.str.contains(POINTS), None)
    )
    forms = pl.DataFrame({"day": day, "ordered": ordered}).select(
        pl.col("day").str.to_date("%Y-%m-%d", strict=False).alias("iso"),
        pl.when(pl.col("day").str.contains(r"^\d{8}$"))
        .then(pl.col("day").str.to_date("%Y%m%d", strict=False))
        .alias("compact"),
        pl.col("ordered")
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
    values = _plain(texts if mark == "." else _cleaned(texts.str.strip_chars(), mark))
    if mark == ".":
        values = _elsewhere(texts, values, lambda rest: _plain(_cleaned(rest, mark)))
    if values.null_count() == 0:
        return _sound(values)
    return _flagged(values, _stating(texts, values.is_null()), "decimal_invalid")


def _plain(texts: pl.Series) -> pl.Series:
    """Decimals as they are written plainly; null for anything else, beyond 15 digits and 13 decimals too."""
    values = texts.cast(AMOUNT, strict=False)
    # The cast takes exponents too, and rounds what has too many decimals.
    doubtful = texts.str.len_bytes() > SHORT
    whole = whole_of(texts)
    if whole is None or b"e" in whole or b"E" in whole:
        doubtful |= texts.str.contains("[eE]")
    at = doubtful.arg_true()
    if not len(at):
        return values
    rest = texts.gather(at)
    return values.scatter(at, rest.set(~rest.str.contains(PLAIN), None).cast(AMOUNT, strict=False))


def _cleaned(texts: pl.Series, mark: str) -> pl.Series:
    """Without currency, thousands' marks, spaces; a minus behind or brackets around become a minus in front."""
    bare = texts.str.normalize("NFKC").str.replace_all(rf"[\s\u00a0']|{MARK}", "")
    bare = bare.str.replace_all("[−–]", "-")
    bare = bare.str.replace(r"^\((.+)\)$", "-${1}").str.replace(r"^([^-]+)-$", "-${1}")
    if mark == ",":
        grouped = bare.str.contains(r"^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$")
        bare = bare.zip_with(~grouped, bare.str.replace_all(".", "", literal=True))
        return bare.str.replace(",", ".", literal=True)
    grouped = bare.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
    return bare.zip_with(~grouped, bare.str.replace_all(",", "", literal=True))


def foreign(texts: pl.Series, currency: pl.Series) -> pl.Series | None:
    """Where a figure names another currency than `currency`, whose null differs from nothing. None where none does."""
    whole = whole_of(texts)
    if whole is not None and not whole.translate(None, _FIGURES):
        return None
    named = pl.DataFrame({"text": texts, "currency": currency}).with_row_index("at")
    named = named.filter(pl.col("text").str.contains(NO_FIGURE)).with_columns(
        pl.col("text").str.normalize("NFKC").str.to_uppercase().str.extract_all(MARK).alias("mark")
    )
    named = named.explode("mark", empty_as_null=False).with_columns(pl.col("mark").replace(MARKS))
    others = named.filter(~pl.col("mark").str.contains(pl.col("currency"), literal=True))["at"].unique()
    return pl.repeat(False, len(texts), eager=True).scatter(others, True) if len(others) else None


def _percents(texts: pl.Series, mark: str) -> Typed:
    trimmed = texts.str.normalize("NFKC").str.strip_chars()
    signed = trimmed.str.contains(r"[%％]$")
    bare = trimmed.str.replace(r"\s*[%％]$", "")
    bare = bare.zip_with(~bare.str.to_lowercase().is_in(EXEMPT), pl.repeat("0", len(texts), eager=True))
    found = _decimals(bare, mark)
    small = ~pl.col("signed") & (pl.col("value") > 0) & (pl.col("value") < 1)
    fraction = small & (pl.col("value") * 10 < FRACTIONS)
    read = pl.DataFrame({"value": found.values, "signed": signed}).select(
        pl.when(fraction).then(pl.col("value") * 100).otherwise(pl.col("value")).cast(AMOUNT).alias("value"),
        (small & ~fraction).fill_null(value=False).alias("unclear"),
    )
    values = read["value"]
    found = _flagged(values, read["unclear"], "percent_unclear", found.codes)
    beyond = ((values < 0) | (values > 100)).fill_null(value=False)
    return _flagged(found.values, beyond, "percent_invalid", found.codes)


def _currencies(texts: pl.Series) -> Typed:
    upper = texts.str.strip_chars().str.to_uppercase().replace(CURRENCIES)
    found = _flagged(upper, (upper != "") & ~upper.str.contains(r"^[A-Z]{3}$"), "currency_invalid")
    return Typed(found.values.replace("", None), found.codes)
