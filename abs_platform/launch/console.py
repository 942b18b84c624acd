"""What the launcher says: one line per step with its seconds, tables, and failures with a way out."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO
from unicodedata import east_asian_width


class Failure(Exception):
    """Something that the person at the terminal must know and can act on. `code` becomes the exit code."""

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Console:
    """Lines for a person, on standard output or, where that belongs to data, on standard error."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stdout if stream is None else stream
        self._open_line = False

    def say(self, text: str = "") -> None:
        """Write whole lines."""
        self._write(("\n" if self._open_line else "") + text + "\n")
        self._open_line = False

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """Name a piece of work before it starts and its seconds when it is done, with what was added to the list."""
        began = time.monotonic()
        self._write(f"  {name} … ")
        self._open_line = True
        notes: list[str] = []
        try:
            yield notes
        except BaseException:
            self._finish(name, f"failed after {time.monotonic() - began:.1f} s")
            raise
        self._finish(name, ", ".join([f"{time.monotonic() - began:.1f} s", *notes]))

    def _finish(self, name: str, end: str) -> None:
        self._write(f"{end}\n" if self._open_line else f"  {name} … {end}\n")
        self._open_line = False

    def _write(self, text: str) -> None:
        # A closed terminal must not keep the stack from being stopped in order.
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()


def width(text: str) -> int:
    """Columns that `text` takes in a terminal: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """A plain table, two blanks between columns; the columns in `right` are set flush right."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(width(line[column]) for line in lines) for column in range(len(header))]

    def cell(text: str, column: int) -> str:
        blank = " " * (widths[column] - width(text))
        return blank + text if column in right else text + blank

    lines.insert(1, ["-" * size for size in widths])
    return "\n".join("  ".join(cell(text, column) for column, text in enumerate(line)).rstrip() for line in lines)


def guarded(main: Callable[[], int]) -> int:
    """Run `main`; turn a Failure into its message on standard error and its exit code."""
    try:
        return main()
    except Failure as failure:
        Console(sys.stderr).say(f"abs: {failure}")
        return failure.code
    except KeyboardInterrupt:
        return 130
