"""Units of measure that are exact multiples of each other. Pure Python.

Codes of UN/ECE Recommendation 20 (revision 17), and the words that Chinese documents use for the same units. Units that hold
what a trade puts into them (boxes, rolls, pallets) are no multiples of anything: they are compared with themselves alone.
"""

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Unit:
    """`factor`: how many of `base` one of it is."""

    base: str
    factor: Decimal = ONE


_MULTIPLES = {
    "KGM": {"KGM": "1", "TNE": "1000", "GRM": "0.001", "MGM": "0.000001", "LBR": "0.45359237", "ONZ": "0.028349523125"},
    "LTR": {"LTR": "1", "MLT": "0.001", "CLT": "0.01", "HLT": "100", "MTQ": "1000", "DMQ": "1", "CMQ": "0.001"},
    "MTR": {"MTR": "1", "MMT": "0.001", "CMT": "0.01", "DMT": "0.1", "KMT": "1000", "INH": "0.0254", "FOT": "0.3048"},
    "MTK": {"MTK": "1", "CMK": "0.0001", "DMK": "0.01", "MMK": "0.000001", "KMK": "1000000", "HAR": "10000"},
    "C62": {"C62": "1", "EA": "1", "H87": "1", "PCE": "1", "PR": "2", "DZN": "12", "GRO": "144", "MIL": "1000"},
    "KWH": {"KWH": "1", "WHR": "0.001", "MWH": "1000"},
    "SEC": {"SEC": "1", "MIN": "60", "HUR": "3600"},
}
_WORDS = {
    "吨": "TNE", "公吨": "TNE", "千克": "KGM", "公斤": "KGM", "KG": "KGM", "克": "GRM", "毫克": "MGM", "磅": "LBR",
    "升": "LTR", "公升": "LTR", "毫升": "MLT", "立方米": "MTQ", "立方分米": "DMQ", "立方厘米": "CMQ",
    "米": "MTR", "公尺": "MTR", "毫米": "MMT", "厘米": "CMT", "分米": "DMT", "千米": "KMT", "公里": "KMT", "英寸": "INH", "英尺": "FOT",
    "M2": "MTK", "M3": "MTQ", "平方米": "MTK", "平方厘米": "CMK", "公顷": "HAR", "个": "C62", "只": "C62", "打": "DZN",
    "千瓦时": "KWH", "度": "KWH", "兆瓦时": "MWH", "秒": "SEC", "分钟": "MIN", "小时": "HUR",
}  # fmt: skip

_UNITS = {code: Unit(base, Decimal(factor)) for base, all_of in _MULTIPLES.items() for code, factor in all_of.items()}
_UNITS |= {word: _UNITS[code] for word, code in _WORDS.items()}
# 斤 and 两 are those of the market system (1959): half a kilogram, and a tenth of that.
_UNITS |= {"斤": Unit("KGM", Decimal("0.5")), "市斤": Unit("KGM", Decimal("0.5")), "两": Unit("KGM", Decimal("0.05"))}


@lru_cache(maxsize=4096)
def unit_code(unit: str | None) -> str:
    """A unit of measure as it is compared: compatibility forms (㎏) and case unified; "" where none is stated."""
    return unicodedata.normalize("NFKC", unit or "").strip().upper()


def unit_of(code: str) -> Unit:
    """The unit behind a code (see `unit_code`); one that is not known is its own base."""
    return _UNITS.get(code) or Unit(code)


def ratio(code: str, other: str) -> Decimal | None:
    """How many of `other` one `code` is; None where they measure different things. Call within rules.PRECISION."""
    one, another = unit_of(code), unit_of(other)
    return one.factor / another.factor if one.base == another.base else None
