"""Files read in a process of their own, so that no file reaches the one that asks.

The child (`child`, `integrations.confinement`) lives as long as its parent and reads file after file; one that kills it, or
takes too long or too much, is refused with the code reader_limits, and the next file gets a new child.
"""

import atexit
import contextlib
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from abs_platform.integrations.formats import codec, media
from abs_platform.integrations.formats.child import DATE_BYTES, EXHAUSTED, FAILED, LENGTH_BYTES, READY
from abs_platform.integrations.formats.model import Level, Remark
from abs_platform.integrations.formats.reading import Reading

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
PIPE = 64 * 1024
PROGRAM = """\
import sys
sys.path.insert(0, sys.argv[1])
from abs_platform.integrations.formats.child import main
main(int(sys.argv[2]), int(sys.argv[3]))
"""
STARTING = 60.0
"""Seconds that a child may take to start: it imports every format, perhaps on a busy machine."""
STARTS = 2
"""How many children a file may cost that die of something other than their limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one file. `memory`: bytes that the child may write to; `computing` and `waiting`: seconds of CPU, and in all."""

    memory: int = 1 << 30
    computing: int = 20
    waiting: float = 40.0
    answer: int = 256 << 20


class _Died(Exception):
    """The child ended in the middle; `signal` is 0 where it ended by itself."""

    def __init__(self, number: int) -> None:
        self.signal = number


class NotStarted(RuntimeError):
    """There is no child to be had, whatever the file: whoever asked tries again later."""


class Reader:
    """One child process, started when the first file comes. Any thread may ask; files are read one after another."""

    def __init__(self, limits: Limits = Limits()) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def read(self, data: bytes, *, today: date | None = None) -> Reading:
        """What `data` is; with `today` an invoice's date is held against it.

        Raises nothing on account of the file; NotStarted where the machine has no process for it.
        """
        with self._lock:
            for _ in range(STARTS):
                try:
                    return self._read(data, str(today or "").ljust(DATE_BYTES).encode())
                except TimeoutError:
                    self._stop()
                    return _refused(data, "reader_limits", f"Reading took over {self._limits.waiting:.0f} seconds.")
                except _Died as death:
                    self._stop()
                    if death.signal == signal.SIGXCPU:
                        return _refused(data, "reader_limits", f"It takes over {self._limits.computing} s to compute.")
            return _refused(data, "reader_limits", "The file brings its reader down.")

    def close(self) -> None:
        """End the child; a later file starts another."""
        with self._lock:
            self._stop()

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        return self._child.pid if self._child else None

    def _read(self, data: bytes, day: bytes) -> Reading:
        child = self._running()
        deadline = time.monotonic() + self._limits.waiting
        size = len(day) + len(data)
        self._send(child, b"".join([size.to_bytes(LENGTH_BYTES), day, data]), deadline)
        size = int.from_bytes(self._receive(child, LENGTH_BYTES, deadline))
        if size > self._limits.answer:
            raise _Died(0)
        # An archive's files are held twice at most: as they came, and as members.
        answer = memoryview(self._receive(child, size, deadline))
        if answer[:1] == EXHAUSTED:
            self._stop()
            return _refused(data, "reader_limits", f"It takes over {self._limits.memory >> 20} MB to read.")
        if answer[:1] == FAILED:
            log.error("a reader failed:\n%s", bytes(answer[1:]).decode(errors="replace"))
            return _refused(data, "unreadable", "The file could not be read.")
        return codec.decode(answer[1:])

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self._stop()
        if self._child is None:
            self._child = _start(self._limits)
            try:
                self._receive(self._child, len(READY), time.monotonic() + STARTING)
            except (TimeoutError, _Died) as error:
                self._stop()
                raise NotStarted("the process that reads files does not start") from error
        return self._child

    def _send(self, child: subprocess.Popen[bytes], message: bytes, deadline: float) -> None:
        assert child.stdin  # noqa: S101  # a pipe, by `_start`
        left = memoryview(message)
        while left:
            _wait(child.stdin.fileno(), select.POLLOUT, deadline)
            try:
                left = left[os.write(child.stdin.fileno(), left[:PIPE]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._death(child) from None

    def _receive(self, child: subprocess.Popen[bytes], size: int, deadline: float) -> bytearray:
        assert child.stdout  # noqa: S101  # a pipe, by `_start`
        received = bytearray()
        while len(received) < size:
            _wait(child.stdout.fileno(), select.POLLIN, deadline)
            part = os.read(child.stdout.fileno(), min(size - len(received), 16 * PIPE))
            if not part:
                raise self._death(child)
            received += part
        return received

    def _death(self, child: subprocess.Popen[bytes]) -> _Died:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return _Died(max(0, -child.wait(timeout=1)))
        return _Died(0)

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()
        child.kill()
        child.wait()

    def forget(self) -> None:
        """In a fork: the child is another's, and so is the lock."""
        child, self._child, self._lock = self._child, None, threading.Lock()
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()
        child.returncode = 0  # nothing to wait for here


def _wait(file: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(file, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError


def _start(limits: Limits) -> subprocess.Popen[bytes]:
    """A child with nothing of this process: no environment, no files, no import path of the caller's."""
    cache = [f"-Xpycache_prefix={sys.pycache_prefix}"] if sys.pycache_prefix else []
    argv = [sys.executable, "-I", *cache, "-c", PROGRAM, str(ROOT), str(limits.memory), str(limits.computing)]
    child = subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0, env={}, cwd="/"
    )
    assert child.stdin  # noqa: S101  # a pipe
    os.set_blocking(child.stdin.fileno(), False)
    return child


def _refused(data: bytes, code: str, detail: str) -> Reading:
    kind = media.sniff(data)
    return Reading(kind.format, kind.media_type, remarks=(Remark(code, detail, level=Level.REFUSED),))


_READER = Reader()
"""This process's own."""


def read(data: bytes, *, today: date | None = None) -> Reading:
    """What `data` is, as `formats.read` tells it, told by the process's child. Raises nothing on account of the file."""
    return _READER.read(data, today=today)


atexit.register(_READER.close)
os.register_at_fork(after_in_child=_READER.forget)
