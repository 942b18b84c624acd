"""Text on a page, put back into rows and cells, whatever the order in which the file draws it."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_RUNS = 60_000
# In sizes of the type.
CELL_GAP = 0.9
WORD_GAP = 0.3
FIGURE_GAP = 0.15


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text. `x`: its left edge, `y`: its baseline or middle, downwards; all lengths in one unit."""

    page: int
    x: float
    y: float
    width: float
    size: float
    text: str


@dataclass(slots=True)
class Cell:
    """Text that stands together, between `left` and `right`."""

    left: float
    right: float
    text: str

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row from left to right."""

    cells: tuple[Cell, ...]

    @property
    def text(self) -> str:
        """The cells with tabs between them."""
        return "\t".join(cell.text for cell in self.cells)


def rows_of(runs: Iterable[Run]) -> tuple[Row, ...]:
    """The rows of all pages from top to bottom. Compatibility forms and radicals are unified (NFKC)."""
    seen = [run for run in runs if run.text.strip() and run.size > 0][:MAX_RUNS]
    rows: list[list[Run]] = []
    for run in sorted(seen, key=lambda run: (run.page, run.y)):
        first = rows[-1][0] if rows else None
        if first and first.page == run.page and run.y - first.y <= min(first.size, run.size) / 2:
            rows[-1].append(run)
        else:
            rows.append([run])
    return tuple(Row(_cells(row)) for row in rows)


def _cells(runs: Sequence[Run]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for run in sorted(runs, key=lambda run: run.x):
        text = unicodedata.normalize("NFKC", run.text).strip()
        if not cells or run.x - cells[-1].right > _gap_between(cells[-1].text, text) * run.size:
            cells.append(Cell(run.x, run.x + run.width, text))
            continue
        last = cells[-1]
        words = last.text.isascii() and text.isascii() and run.x - last.right > WORD_GAP * run.size
        last.text += (" " if words else "") + text
        last.right = max(last.right, run.x + run.width)
    return tuple(cells)


def _gap_between(before: str, after: str) -> float:
    """How far apart, in sizes, two pieces of one cell may stand: figures are not set with spaces."""
    return FIGURE_GAP if before[-1:].isdigit() and after[:1].isdigit() else CELL_GAP


def width_of(text: str, size: float) -> float:
    """About how wide a text is: an ideograph is as wide as high, other characters half of it."""
    return sum(size if unicodedata.east_asian_width(each) in "WF" else size / 2 for each in text)
