"""Cells of one column, typed: what people and ERP systems write for a date, an amount, a rate. Columnar, by polars.

Each function takes the texts of a column (empty is "") and gives the values, null where there is none, with the
error code where the text stands for none, else "".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

import polars as pl

from abs_platform.imports.currencies import CURRENCIES, MARK, MARKS
from abs_platform.imports.fields import BY_NAME, Field, Type

AMOUNT = pl.Decimal(30, 13)
PLAIN = r"^[+-]?(?:\d{1,15}(?:\.\d{0,13})?|\.\d{1,13})$"
SCIENTIFIC = r"^[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}$"
LONG = r"^[0-9]{16,}$"
# Controls, and what reorders or hides what a reader sees.
INVISIBLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
# What a text must be looked at for: white space at its ends, in a row, or that is no blank, a mark in front, digits lost, controls.
UNUSUAL = r"^[\s']|\s$|\s\s|[^\S ]|" + SCIENTIFIC + "|" + INVISIBLE
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
ONE = Decimal(1)
LIMIT = Decimal(10) ** 15
UNSCALED = "[元圆]"
SHORT = 14  # characters of a decimal that cannot have too many digits
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
FRACTIONS = 3
"""Tenths. No rate of a value added tax is above 30 %, or between 0 and 0.3 %: below, a figure without its sign is a fraction."""
EXEMPT = ("免税", "不征税", "零税率", "***", "*", "exempt")
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


def trimmed(texts: pl.DataFrame) -> tuple[pl.DataFrame, frozenset[str]]:
    """Columns by field without white space at their ends, and those that are plain: nothing in them needs a second look.

    Of a type that is `TRIMMED_LATER` they are as they came.
    """
    texts = texts.with_columns(pl.all().fill_null(""))
    names = [name for name in texts.columns if BY_NAME[name].type not in TRIMMED_LATER]
    if not names:
        return texts, frozenset()
    various = texts.select(pl.col(names).head(SAMPLE).n_unique()).row(0, named=True)
    plain = {name for name in names if various[name] > REPETITIVE and _is_plain(texts[name])}
    rest = [name for name in names if name not in plain]
    if rest:
        same = [
            name for name in rest if various[name] == 1
        ]  # one text alone is common, and told in a third of the time
        alone = texts.select((pl.col(same) == pl.col(same).first()).all()).row(0, named=True) if same else {}
        distinct = (pl.col(name).first() if alone.get(name) else pl.col(name).unique() for name in rest)
        unusual = texts.select(each.str.contains(UNUSUAL).any() for each in distinct).row(0, named=True)
        plain.update(name for name in rest if not unusual[name])
    return texts.with_columns(pl.col(name).str.strip_chars() for name in rest if name not in plain), frozenset(plain)


def _is_plain(texts: pl.Series) -> bool:
    """Whether a look at all bytes of the column finds nothing that asks for one at its cells."""
    whole = whole_of(texts)
    if whole is None or whole.translate(None, _VISIBLE):
        return False
    return not (b"e" in whole or b"E" in whole) or not texts.str.contains(SCIENTIFIC).any()


def whole_of(texts: pl.Series) -> bytes | None:
    """The column as one text: to look through it takes a fraction of a search in each cell. None beyond a bound."""
    if texts.estimated_size() > MOST_AT_ONCE:
        return None
    return bytes(texts.str.join("").cast(pl.Binary)[0])


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
    quick: pl.Series | None = None,
    scale: Decimal = ONE,
) -> Typed:
    """The column, trimmed, as what `field` is. `lost`: where a long number was kept as a figure, so that its last digits are gone.

    `plain`: `trimmed` found nothing unusual in it. `quick`: as `read_at_once` read it. The result is the same either way,
    cell for cell. `scale`: what one in a column of decimals is.
    """
    match field.type:
        case Type.ID:
            return _identifiers(texts, field, lost, plain=plain)
        case Type.TEXT:
            return _texts(texts, field, plain=plain)
        case Type.DATE:
            return _dates(texts, date_order, quick)
        case Type.DECIMAL:
            found = _decimals(texts, decimal_mark, quick)
            return found if scale == ONE else _scaled(found, texts, scale)
        case Type.PERCENT:
            return _by_value(texts, lambda distinct: _percents(distinct, decimal_mark))
        case Type.CURRENCY:
            return _by_value(texts, _currencies)


def read_at_once(texts: pl.DataFrame, decimal_mark: str) -> pl.DataFrame:
    """Those columns by field that are mostly written in one plain way, side by side; null where a cell is not written so."""
    types = {name: BY_NAME[name].type for name in texts.columns if name in BY_NAME}
    dates = [_days(pl.col(name)) for name, type in types.items() if type == Type.DATE]
    decimals = [_figures(pl.col(name)) for name, type in types.items() if type == Type.DECIMAL and decimal_mark == "."]
    return texts.select(*dates, *decimals)


Column = TypeVar("Column", pl.Expr, pl.Series)


def _days(texts: Column) -> Column:
    return texts.str.to_date("%Y-%m-%d", strict=False)


def _figures(texts: Column) -> Column:
    return texts.cast(AMOUNT, strict=False)


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
    lengths = texts.str.len_bytes()
    shortest, longest = lengths.min() or 0, lengths.max() or 0
    if longest <= field.limit and (plain or not texts.str.contains(UNUSUAL).any()):  # type: ignore[operator]  # lengths are numbers
        return _sound(texts if shortest else _stated(texts))
    bare = texts.str.strip_chars().str.replace(r"^'([=+\-@])", "${1}")  # as our exports write it
    bare = bare.str.replace_all(r"\s+", " ")
    found = _flagged(bare, bare.str.len_chars() > field.limit, "text_too_long")
    found = _flagged(found.values, texts.str.contains(INVISIBLE), "text_invalid", found.codes)
    return Typed(_stated(found.values), found.codes)


def _stated(texts: pl.Series) -> pl.Series:
    """Null where a text is empty."""
    return texts.set(texts == "", None)


def _identifiers(texts: pl.Series, field: Field, lost: pl.Series | None, *, plain: bool = False) -> Typed:
    if plain and lost is None:
        return _texts(texts, field, plain=True)
    bare = texts.str.replace(r"^\s*'", "") if texts.str.contains("'", literal=True).any() else texts
    found = _texts(bare, field)
    gone = bare.str.contains(SCIENTIFIC)
    if lost is not None:
        gone |= bare.str.contains(LONG) & lost
    return _flagged(found.values, gone, "digits_lost", found.codes)


def _dates(texts: pl.Series, order: str, quick: pl.Series | None) -> Typed:
    values = _days(texts) if quick is None else quick
    values, wrong = _elsewhere(texts, values, lambda rest: _other_dates(rest, order))
    beyond = ~values.is_between(EARLIEST, LATEST).fill_null(value=True)
    if beyond.any():
        values, wrong = values.set(beyond, None), pl.concat([wrong, beyond.arg_true()])
    return _wrong_at(values, wrong, "date_invalid")


def _elsewhere(
    texts: pl.Series, values: pl.Series, of: Callable[[pl.Series], pl.Series]
) -> tuple[pl.Series, pl.Series]:
    """`values`, and where there is none for a text what `of` makes of it, trimmed; and where that is nothing either."""
    if not values.null_count():
        return values, pl.Series(dtype=pl.UInt32)
    at = (values.is_null() & (texts != "")).arg_true()
    rest = texts.gather(at).str.strip_chars()
    found = of(rest)
    return values.scatter(at, found), at.filter(found.is_null() & (rest != ""))


def _wrong_at(values: pl.Series, at: pl.Series, code: str) -> Typed:
    """`code` at these cells, which have no value."""
    return Typed(values, pl.repeat("", len(values), eager=True).scatter(at, code) if len(at) else None)


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


def _decimals(texts: pl.Series, mark: str, quick: pl.Series | None = None) -> Typed:
    # Where a comma stands before decimals, a point may stand before thousands: nothing is read as it is written.
    values = _plain(texts, quick) if mark == "." else pl.repeat(None, len(texts), dtype=AMOUNT, eager=True)
    values, wrong = _elsewhere(texts, values, lambda rest: _plain(_cleaned(rest, mark)))
    return _wrong_at(values, wrong, "decimal_invalid")


def _scaled(found: Typed, texts: pl.Series, scale: Decimal) -> Typed:
    """Times `scale`, exactly; what is too long then is no figure, and one that names 元 contradicts its column."""
    read = pl.DataFrame({"value": found.values, "text": texts})
    read = read.select(
        (pl.col("value").cast(pl.Decimal(38, 13)) * pl.lit(scale)).alias("value"),
        (pl.col("value").is_not_null() & pl.col("text").str.contains(UNSCALED)).alias("unscaled"),
    )
    too_long = (read["value"].abs() >= LIMIT).fill_null(value=False)
    values = read["value"].set(too_long, None).cast(AMOUNT)
    scaled = _flagged(values, too_long, "decimal_invalid", found.codes)
    return _flagged(scaled.values, read["unscaled"], "unit_differs", scaled.codes)


def _plain(texts: pl.Series, quick: pl.Series | None = None) -> pl.Series:
    """Decimals as they are written plainly; null for anything else, beyond 15 digits and 13 decimals too."""
    values = _figures(texts) if quick is None else quick
    # The cast takes exponents too, and rounds what has too many decimals.
    lengths = texts.str.len_bytes()
    whole = whole_of(texts.filter(values.is_not_null()) if values.null_count() else texts)
    exponents = whole is None or b"e" in whole or b"E" in whole
    if not exponents and (lengths.max() or 0) <= SHORT:  # type: ignore[operator]  # lengths are numbers
        return values
    at = ((lengths > SHORT) | (texts.str.contains("[eE]") if exponents else False)).arg_true()
    rest = texts.gather(at)
    return values.scatter(at, _figures(rest.set(~rest.str.contains(PLAIN), None)))


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
    text, value, code = pl.col("text").str.normalize("NFKC").str.strip_chars(), pl.col("value"), pl.col("code")
    bare = text.str.replace(r"\s*%$", "")
    read = pl.DataFrame({"text": texts}).select(
        text.str.ends_with("%").alias("signed"),
        pl.when(bare.str.to_lowercase().is_in(EXEMPT)).then(pl.lit("0")).otherwise(bare).alias("bare"),
    )
    found = _decimals(read["bare"], mark)
    small = ~pl.col("signed") & (value > 0) & (value < 1)
    fraction = small & (value * 10 < FRACTIONS)
    codes = pl.repeat("", len(texts), eager=True) if found.codes is None else found.codes
    read = pl.DataFrame({"value": found.values, "code": codes, "signed": read["signed"]})
    read = read.with_columns(
        pl.when(fraction).then(value * 100).otherwise(value).cast(AMOUNT),
        pl.when(small & ~fraction).then(pl.lit("percent_unclear")).otherwise(code).alias("code"),
    )
    beyond = (code == "") & ((value < 0) | (value > 100))
    read = read.with_columns(pl.when(beyond).then(pl.lit("percent_invalid")).otherwise(code).alias("code"))
    return Typed(read.select(pl.when(code == "").then(value).alias("value"))["value"], read["code"])


def _currencies(texts: pl.Series) -> Typed:
    upper = texts.str.strip_chars().str.to_uppercase().replace(CURRENCIES)
    found = _flagged(upper, (upper != "") & ~upper.str.contains(r"^[A-Z]{3}$"), "currency_invalid")
    return Typed(found.values.replace("", None), found.codes)
