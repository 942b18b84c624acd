"""A list as a file that opens rightly in Excel: its rows are looked at chunk by chunk, as pages of it would be."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet

from abs_platform.core.errors import Invalid
from abs_platform.core.words import Pair, word
from abs_platform.integrations.tables.writing import TableFile, table_file

M = TypeVar("M", bound=Model)

MAX_ROWS = 100_000
CHUNK = 500
"""Rows of a list at most, and of one look at them."""


def list_file(
    rows: QuerySet[M],
    lines_of: Callable[[list[M]], Iterable[Sequence[str]]],
    *,
    stem: Pair,
    columns: Mapping[str, Pair],
    figures: frozenset[str],
    form: str,
    language: str,
) -> TableFile:
    """`rows`, newest first, as `form` (xlsx or csv) in `language` (zh or en). Raises Invalid beyond MAX_ROWS.

    `lines_of` gives a chunk's lines, and leaves out what may not be shown any more; `figures` names the columns that are
    no text.
    """
    if rows.order_by()[: MAX_ROWS + 1].count() > MAX_ROWS:
        raise Invalid(
            "export_too_long", f"An export has {MAX_ROWS} rows at most. Narrow the list down first.", limit=MAX_ROWS
        )
    headers = [word(pair, language) for pair in columns.values()]
    texts = frozenset(at for at, name in enumerate(columns) if name not in figures)
    return table_file(word(stem, language), form, headers, _lines(rows, lines_of), text_columns=texts)


def _lines(rows: QuerySet[M], lines_of: Callable[[list[M]], Iterable[Sequence[str]]]) -> Iterator[Sequence[str]]:
    rows, left = rows.order_by("-id"), MAX_ROWS
    chunk = list(rows[:CHUNK])
    while chunk and left > 0:
        yield from lines_of(chunk[:left])
        left -= len(chunk)
        chunk = list(rows.filter(pk__lt=chunk[-1].pk)[:CHUNK])
