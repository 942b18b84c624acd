"""Processes of ours that die as nothing in the product can: by SIGKILL, at a crash point or from outside."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress

from django.db import connections

from abs_platform.core import crashpoints

_FORKING = multiprocessing.get_context("fork")


class Mortal:
    """A process that does `work`, and kills itself when it comes to the crash point `die_at`."""

    def __init__(self, work: Callable[[], object], *, die_at: str = "") -> None:
        _let_go()
        self._process = _FORKING.Process(target=_live, args=(work, die_at))
        self._process.start()

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> bool:
        """SIGKILL from outside: no handler runs, nothing is rolled back but by PostgreSQL. False when it had ended."""
        with suppress(ProcessLookupError):
            self._process.kill()
        return self.was_killed()

    def was_killed(self) -> bool:
        """Wait for its end. Raises AssertionError where it came to grief otherwise."""
        self._process.join()
        assert self._process.exitcode in (0, -signal.SIGKILL), "the process came to grief: its traceback is on stderr"
        return self._process.exitcode != 0


def dies(work: Callable[[], object], *, at: str) -> bool:
    """Whether a process that does `work` dies at that crash point."""
    return Mortal(work, die_at=at).was_killed()


def _let_go() -> None:
    """No connection is shared with a process that is made from here."""
    connections.close_all()
    for each in connections.all():
        each.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper, the only one here


def _live(work: Callable[[], object], die_at: str) -> None:
    for each in connections.all():
        each.settings_dict["OPTIONS"].pop("pool", None)  # its threads do not go well with a process that was forked

    def reach(name: str) -> None:
        if name == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    crashpoints.reach = reach
    work()
    _let_go()
