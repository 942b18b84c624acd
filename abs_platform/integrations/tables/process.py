"""Tables are read in a process of their own, so that no file reaches the one that asks.

The child lives as long as its parent and reads file after file; one that kills it, or takes too long or too much, is
refused with the code table_reader_limits, and the next file gets a new child.
"""

import atexit
import contextlib
import fcntl
import json
import logging
import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path

import polars as pl

from abs_platform.integrations.tables.model import Table, TableRefused

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
MEMORY = 2 << 30
COMPUTING = 60
WAITING = 90.0
"""Bytes that the child may write to; seconds of CPU for a file, and in all."""
ANSWER = 1 << 30
"""Bytes of an answer: 6 million cells, and what the encoding adds."""
LENGTH, PART = 8, 4
BLOCK = 1 << 20
PROGRAM = """\
import sys
sys.path.insert(0, sys.argv[1])
from abs_platform.integrations.tables.child import main
main(int(sys.argv[2]), int(sys.argv[3]))
"""


class Reader:
    """One child process, started when the first file comes. Any thread may ask; files are read one after another."""

    def __init__(self, *, memory: int = MEMORY, computing: int = COMPUTING, waiting: float = WAITING) -> None:
        self._memory, self._computing, self._waiting = memory, computing, waiting
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def read(self, data: bytes, sheet: str = "") -> Table:
        """The table in `data`. Raises TableRefused, and nothing else on account of the file."""
        asked = json.dumps({"sheet": sheet}).encode()
        head = (PART + len(asked) + len(data)).to_bytes(LENGTH) + len(asked).to_bytes(PART) + asked
        with self._lock:
            try:
                answer = memoryview(self._exchange(head, data))
            except (TimeoutError, OSError, EOFError):
                self._stop()
                raise TableRefused(
                    "table_reader_limits", "The table takes more time or memory to read than any real one."
                ) from None
        size = int.from_bytes(answer[:PART])
        said = json.loads(bytes(answer[PART : PART + size]))
        if "code" in said:
            if "log" in said:
                log.error("a table's reader failed:\n%s", said["log"])
            raise TableRefused(said["code"], said["detail"], **said["params"])
        frame = pl.read_ipc(answer[PART + size :].tobytes())
        return Table(said["format"], frame, said["sheet"], tuple(said["sheets"]), tuple(said["lost"]))

    def close(self) -> None:
        """End the child; a later file starts another."""
        with self._lock:
            self._stop()

    def forget(self) -> None:
        """In a fork: the child is another's, and so is the lock."""
        child, self._child, self._lock = self._child, None, threading.Lock()
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()  # else the child would wait for this process after the other has ended
        child.returncode = 0  # nothing to wait for here

    def _exchange(self, *messages: bytes) -> bytearray:
        deadline = time.monotonic() + self._waiting
        child = self._running()
        assert child.stdin and child.stdout  # noqa: S101  # pipes, by `_start`
        for message in messages:
            left = memoryview(message)
            while left:
                _wait(child.stdin.fileno(), select.POLLOUT, deadline)
                with contextlib.suppress(BlockingIOError):
                    left = left[os.write(child.stdin.fileno(), left[:BLOCK]) :]
        size = int.from_bytes(_receive(child.stdout.fileno(), LENGTH, deadline))
        if size > ANSWER:
            raise EOFError  # no table within the limits is as large: whoever says so is not our reader any more
        return _receive(child.stdout.fileno(), size, deadline)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self._stop()
        if self._child is None:
            self._child = _start(self._memory, self._computing)
        return self._child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()
        child.kill()
        child.wait()


def _receive(file: int, size: int, deadline: float) -> bytearray:
    received = bytearray(size)
    left = memoryview(received)
    while left:
        _wait(file, select.POLLIN, deadline)
        count = os.readv(file, [left[:BLOCK]])
        if not count:
            raise EOFError
        left = left[count:]
    return received


def _wait(file: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(file, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError


def _start(memory: int, computing: int) -> subprocess.Popen[bytes]:
    """A child with nothing of this process: no environment, no files, no import path of the caller's."""
    argv = [sys.executable, "-I", "-c", PROGRAM, str(ROOT), str(memory), str(computing)]
    child = subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0, env={}, cwd="/"
    )
    assert child.stdin and child.stdout  # noqa: S101  # pipes
    os.set_blocking(child.stdin.fileno(), False)
    for pipe in (child.stdin, child.stdout):
        with contextlib.suppress(OSError, AttributeError):  # a wider pipe takes fewer turns; Linux alone has the call
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, BLOCK)
    return child


_READER = Reader()


def read(data: bytes, sheet: str = "") -> Table:
    """The table in `data`, told by this process's child: the named sheet of a workbook, else the first that has rows.

    Raises TableRefused.
    """
    return _READER.read(data, sheet)


atexit.register(_READER.close)
os.register_at_fork(after_in_child=_READER.forget)
