"""Locks between launchers: one stack per state folder, one npm at a time. Kernel locks: they end with their holder."""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from abs_platform.launch.paths import StateFolder


class Held(Exception):
    """Someone else has the lock; `pid` is who wrote himself into it, 0 if unknown."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"held by process {pid}")
        self.pid = pid


def acquire(path: Path) -> int:
    """Take the lock and write this process's id into it. Returns the descriptor that holds it. Raises Held."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Held(_written(path)) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def holder(state: StateFolder) -> int | None:
    """The process id of the stack that runs on this state folder (0 if unknown), None when there is none."""
    try:
        descriptor = os.open(state.lock, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written(state.lock)
    finally:
        os.close(descriptor)
    return None


def is_alive(pid: int) -> bool:
    """Whether such a process runs (a zombie does not)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] not in "ZX"


@contextlib.contextmanager
def waiting(path: Path, pause: Callable[[float], None]) -> Iterator[None]:
    """Hold the lock while inside; waits for whoever has it, by `pause`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        try:
            descriptor = acquire(path)
            break
        except Held:
            pause(0.2)
    try:
        yield
    finally:
        os.close(descriptor)


def acquire_patiently(path: Path, pause: Callable[[float], None], *, ended: float = 15.0, brief: float = 1.0) -> int:
    """As `acquire`, but waits `ended` seconds for the remains of a stack whose supervisor was killed.

    A holder that is alive gets `brief` seconds only: long enough for one that is asking whether a stack runs.
    """
    began = time.monotonic()
    while True:
        try:
            return acquire(path)
        except Held as held:
            patience = brief if held.pid and is_alive(held.pid) else ended
            if time.monotonic() - began > patience:
                raise
            pause(0.1)


def _written(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii") or 0)
    except (OSError, ValueError):
        return 0
