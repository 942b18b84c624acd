"""Separated values: by what they are separated, and which of them a spreadsheet program would calculate (RFC 4180, OWASP)."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

SEPARATORS = ",;\t|"
SAMPLE_CHARACTERS = 64 * 1024
SAMPLE_ROWS = 50
# What a spreadsheet program takes for a formula when it opens a CSV (OWASP, CSV injection); a plain figure is none.
# In the wide forms of Chinese and Japanese input too.
FORMULA = re.compile(r"[=@＝＠\t\r\n]|[+＋－-](?![0-9.,]*%?$)")
# An amount, a quantity, a rate or a day.
_FIGURE = re.compile(r"\s*[¥￥$€]?\s*[(+-]?[0-9][0-9.,/:年月-]*[)%日元]?\s*")
MOST_TITLES = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """How the first rows are cut by `separator`: most of those that are cut at all, `agreeing`, into `width` cells."""

    separator: str
    rows: list[list[str]]
    width: int
    agreeing: int

    @property
    def is_table(self) -> bool:
        """Whether most rows agree: titles above the headers, and sums below, are shorter. Two cells are a table where all rows
        have them, or all below a title, and a column has figures under its header: so cut is prose with a comma a line."""
        rows = [row for row in self.rows if any(row)]
        if self.agreeing < 2:
            return False
        if self.width == 2 and (self.separator == "," or self.agreeing < len(rows)):
            return _is_list(rows)
        return 2 * self.agreeing > len(rows)


def _is_list(rows: list[list[str]]) -> bool:
    titles = next(at for at, row in enumerate(rows) if len(row) > 1)
    header, *body = rows[titles:]
    if titles > MOST_TITLES or len(body) < min(titles + 1, 2) or any(len(row) != 2 for row in rows[titles:]):
        return False
    return any(
        not _FIGURE.fullmatch(name) and all(_FIGURE.fullmatch(row[column]) for row in body)
        for column, name in enumerate(header)
    )


def layout_of(sample: str) -> Layout:
    """By the separator that cuts the most rows into the same number of cells."""
    return max((_cut(sample, each) for each in SEPARATORS), key=lambda layout: (layout.agreeing, layout.width))


def _cut(sample: str, separator: str) -> Layout:
    rows = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator):
            rows.append(row)
            if len(rows) == SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    widths = Counter(len(row) for row in rows if len(row) > 1)
    width, agreeing = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    return Layout(separator, rows, width, agreeing)
