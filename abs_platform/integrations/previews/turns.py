"""Whose page is drawn next: one of an organisation at a time, so that nobody's keep all the places busy."""

import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from abs_platform.core.errors import TooSoon, Unavailable


class Turns:
    """Places in this process: `at_once` in all, one for each organisation; of one, `waiting` may wait beside it."""

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._at_once, self._limit = at_once, waiting
        self._changed = threading.Condition()
        self._served: set[Hashable] = set()
        self._waiting: Counter[Hashable] = Counter()

    @contextmanager
    def turn(self, whose: Hashable, *, patience: float) -> Iterator[None]:
        """Hold a place of `whose`, waiting for it up to `patience` seconds.

        Raises TooSoon where as many of theirs wait as may, Unavailable where none became free.
        """
        with self._changed:
            self._wait(whose, patience)
            self._served.add(whose)
        try:
            yield
        finally:
            with self._changed:
                self._served.discard(whose)
                self._changed.notify_all()

    def _wait(self, whose: Hashable, patience: float) -> None:
        if self._waiting[whose] >= self._limit:
            detail = "Pages for your organisation are being drawn already. Try again in a moment."
            raise TooSoon("preview_queue_full", detail, retry_after=_seconds(patience))
        self._waiting[whose] += 1
        try:
            is_free = self._changed.wait_for(lambda: self._may_begin(whose), patience)
        finally:
            self._waiting -= Counter([whose])  # and nobody is remembered who does not wait
        if not is_free:
            detail = "Too many pages are being drawn at once. Try again in a moment."
            raise Unavailable("preview_busy", detail, retry_after=_seconds(patience))

    def _may_begin(self, whose: Hashable) -> bool:
        return whose not in self._served and len(self._served) < self._at_once


def _seconds(patience: float) -> int:
    return max(1, round(patience))
