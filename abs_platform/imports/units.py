"""In which unit amounts of money are written: 元, 千元, 万元 …, as headers and the titles above them say. Pure Python.

A header speaks for its own column, a title (单位：万元) for the columns whose headers are silent; for a price among them a
person does, since prices are mostly in 元 where amounts are not.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from abs_platform.imports import fields
from abs_platform.imports.currencies import MARK, MARKS

UNITS = ("1", "100", "1000", "10000", "100000", "1000000", "10000000", "100000000", "1000000000")
"""How many of its currency one in the column is."""
OPEN = ""
"""The unit that could be several, until a person says which: nothing is checked before."""
_FACTORS = {
    "百": "100", "千": "1000", "万": "10000", "萬": "10000", "十万": "100000", "百万": "1000000", "千万": "10000000",
    "亿": "100000000", "億": "100000000", "十亿": "1000000000",
    "k": "1000", "thousand": "1000", "thousands": "1000", "'000": "1000", "'000s": "1000", "000": "1000", "000s": "1000",
    "10k": "10000", "wan": "10000", "ten thousand": "10000", "ten thousands": "10000", "10 thousand": "10000", "'0000": "10000",
    "10,000": "10000", "10000": "10000", "1,000": "1000", "1000": "1000", "1,000,000": "1000000", "1000000": "1000000",
    "100k": "100000", "m": OPEN, "mn": "1000000", "mln": "1000000", "mio": "1000000", "mm": "1000000", "million": "1000000",
    "millions": "1000000", "'000,000": "1000000", "'000000": "1000000", "10 million": "10000000", "ten million": "10000000",
    "100 million": "100000000", "100m": "100000000", "hundred million": "100000000", "bn": "1000000000", "billion": "1000000000",
    "billions": "1000000000",
}  # fmt: skip
"""Words for how many; an M is a thousand to some and a million to others."""


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))


_MONEY = rf"(?:{MARK}|yuan)"
_FACTOR = rf"(?:[x×*]?(?:{_any_of(_FACTORS)}))"
_PHRASE = rf"(?:in\s+)?(?P<before>{_MONEY})?\s*(?:in\s+)?(?P<factor>{_FACTOR})?\s*(?:of\s+)?(?P<after>{_MONEY})?"
_WHOLE = re.compile(rf"(?i)(?:(?:金额|货币)?单位|units?)?\s*[:.]?\s*{_PHRASE}(?P<each>\s*/.*)?")
_BRACKETS = re.compile(r"[(\[【](.*?)[)\]】]")
_TAIL = re.compile(
    rf"(?i)(?:[\s,:/_\-]|(?<=[\u4e00-\u9fff])(?={_FACTOR}元))"
    rf"((?:in\s+)?{_MONEY}?\s*(?:in\s+)?{_FACTOR}\s*(?:of\s+)?{_MONEY}?|{_MONEY})$"
)
_TITLE = re.compile(rf"(?i)(?:单位|\bunits?\b|\bin(?=\s))\s*[:.]?\s*{_PHRASE}(?!\w)")
_SHORT = re.compile(r"[a-z]{1,2}")
_LARGE = re.compile("[百千万萬亿億]元")
"""What says that some amounts are not in 元, wherever it stands."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One of UNITS, or OPEN; and the currency, where it is named beside."""

    factor: str
    currency: str = ""


def unit_of(header: str) -> Unit | None:
    """What a header says of the unit below it, in brackets or at its end; None where it says nothing."""
    text = _plain(header)
    bracketed = [part.strip() for part in _BRACKETS.findall(text)]
    tails = [part.strip() for part in _TAIL.findall(_BRACKETS.sub("", text).strip())]
    found = [unit for part in bracketed for unit in _whole(part) or _parts(part)]
    found += [_sure(unit, part) for part in tails for unit in _whole(part)]
    return _joined(found or ([Unit(OPEN)] if _LARGE.search(text) else []))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'").strip()


def _parts(text: str) -> list[Unit]:
    """Units beside other words: 含税，万元."""
    return [unit for part in re.split(r"[,;、\s]+", text) for unit in _whole(part)]


def _sure(unit: Unit, text: str) -> Unit:
    """A K or M that stands behind a name, without a currency, may be part of the name."""
    return Unit(OPEN) if _SHORT.fullmatch(text.lower()) else unit


def _whole(text: str) -> list[Unit]:
    """The unit that a text is, or that it leaves open: 元/万元. 元/吨 is 元."""
    match = _WHOLE.fullmatch(text)
    found = match and _unit(match)
    if not match or not found:
        return []
    each = _WHOLE.fullmatch((match["each"] or "").strip(" /"))
    return [Unit(OPEN, found.currency) if each and _unit(each) else found]


def _unit(said: re.Match[str]) -> Unit | None:
    marks = [mark for mark in (said["before"], said["after"]) if mark]
    if not (said["factor"] or marks):
        return None
    word = re.sub(r"\s+", " ", said["factor"] or "").lower().lstrip("x×*")
    digits = word.replace(",", "")
    factor = OPEN if digits.isdigit() and digits[0] != "0" and not marks else _FACTORS.get(word, "1")  # 1000: of what?
    currencies = [MARKS.get(mark.upper(), "CNY").split()[0] for mark in sorted(marks, key="元".__eq__)]
    return Unit(factor, currencies[0] if currencies else "")


def _joined(found: Sequence[Unit]) -> Unit | None:
    if not found:
        return None
    factors, currencies = {unit.factor for unit in found}, {unit.currency for unit in found} - {""}
    return Unit(min(factors) if len(factors) == 1 else OPEN, min(currencies) if len(currencies) == 1 else "")


class Heading:
    """What the headers of a table, and the rows `above` them, say of units."""

    def __init__(self, headers: Sequence[str], above: Iterable[Sequence[str]] = ()) -> None:
        self.own = [unit_of(header) for header in headers]
        self.title, self.doubtful = _above(above)

    def units(self, columns: Mapping[str, int]) -> dict[str, str]:
        """By field of money, the unit of its column: one of UNITS, or OPEN where a person has to say."""
        known = {name: at for name, at in columns.items() if name in fields.BY_NAME and at < len(self.own)}
        own = {name: self.own[at] for name, at in known.items() if fields.BY_NAME[name].money}
        stated = [*(unit for unit in own.values() if unit), *([self.title] if self.title else [])]
        if not self.doubtful and all(unit.factor == "1" for unit in stated):
            return dict.fromkeys(own, "1")
        return {name: unit.factor if unit else self._silent(name) for name, unit in own.items()}

    def _silent(self, name: str) -> str:
        """The unit of a column whose header says nothing, where something else does."""
        if self.title is None or self.doubtful or (name == "price" and self.title.factor != "1"):
            return OPEN
        return self.title.factor

    def states(self, name: str, columns: Mapping[str, int]) -> bool:
        """Whether anything in the table says in which unit this field is."""
        return self.own[columns[name]] is not None or self.title is not None or self.doubtful

    def units_as_saved(self, columns: Mapping[str, int], saved: Mapping[str, str]) -> dict[str, str]:
        """The same where a mapping kept its own: a person said so, and is asked again where the table now says otherwise."""
        found = self.units(columns)
        for name, unit in found.items():
            kept = saved.get(name, unit)
            if kept != unit:
                found[name] = kept if unit == OPEN or not self.states(name, columns) else OPEN
        return found


def _title(said: re.Match[str]) -> Unit | None:
    unit = _unit(said)
    measure = not (said["before"] or said["after"]) and _SHORT.fullmatch((said["factor"] or "").lower())
    return None if measure else unit  # in mm


def _above(rows: Iterable[Sequence[str]]) -> tuple[Unit | None, bool]:
    """The unit that titles state for all columns; and whether more is said there: several, or one that is no title's."""
    titles: list[Unit] = []
    doubtful = False
    for row in rows:
        text = _plain(" ".join(row))
        said = [unit for match in _TITLE.finditer(text) if (unit := _title(match))]
        titles += said
        others = [] if said else [unit for cell in row if (unit := unit_of(cell)) and unit.factor != "1"]
        doubtful = doubtful or bool(others) or _LARGE.search(_TITLE.sub("", text)) is not None
    title = _joined(titles)
    return title, doubtful or (title is not None and title.factor == OPEN)
