"""A process that answers messages, one after another, so that what it reads reaches nobody else: both ends of it.

Both ways a message is its length in eight bytes, big-endian, and so many bytes. The child lives as long as its parent; one
that dies, or takes too long, is ended, and the next message gets a new one.
"""

import contextlib
import fcntl
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from abs_platform.integrations import confinement

ROOT = Path(__file__).resolve().parents[2]
LENGTH = 8
BLOCK = 1 << 20
READY = b"!"
"""What a child writes once, when the first message may come."""
STARTING = 60.0
"""Seconds that a child may take to start: it imports everything that it reads with, perhaps on a busy machine."""
PROGRAM = """\
import sys
sys.path.insert(0, sys.argv[1])
from importlib import import_module
import_module(sys.argv[2]).main(int(sys.argv[3]), int(sys.argv[4]))
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one message. `memory`: bytes that the child may write to; `computing` and `waiting`: seconds of CPU, and in all;
    `answer`: bytes."""

    memory: int = 1 << 30
    computing: int = 20
    waiting: float = 40.0
    answer: int = 256 << 20


class Died(Exception):
    """The child ended in the middle; `signal` is 0 where it ended by itself."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = number


class NotStarted(RuntimeError):
    """There is no child to be had, whatever the message: whoever asked tries again later."""


class Child:
    """One child process, started when the first message comes. Any thread may ask; answers come one after another.

    `module`: whose `main(memory, seconds)` it runs. A fork gets a child of its own.
    """

    def __init__(self, module: str, limits: Limits) -> None:
        self._module = module
        self._limits = limits
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def ask(self, *parts: bytes) -> bytearray:
        """The answer to the message that the parts make.

        Raises TimeoutError, Died: then the next message gets a new child; NotStarted where the machine has none for it.
        """
        with self._lock:
            try:
                return self._exchange(parts)
            except (TimeoutError, Died):
                self._stop()
                raise

    def close(self) -> None:
        """End the child; a later message starts another."""
        with self._lock:
            self._stop()

    def forget(self) -> None:
        """In a fork: the child is another's, and so is the lock."""
        child, self._child, self._lock = self._child, None, threading.Lock()
        if child is None:
            return
        _close(child)  # else the child would wait for this process after the other has ended
        child.returncode = 0  # nothing to wait for here

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        return self._child.pid if self._child else None

    def _exchange(self, parts: tuple[bytes, ...]) -> bytearray:
        child = self._running()
        deadline = time.monotonic() + self._limits.waiting
        for part in (sum(map(len, parts)).to_bytes(LENGTH), *parts):
            _send(child, part, deadline)
        size = int.from_bytes(_receive(child, LENGTH, deadline))
        if size > self._limits.answer:
            raise Died(0)  # nothing within the limits says as much: whoever does is not our reader any more
        return _receive(child, size, deadline)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self._stop()
        if self._child is None:
            self._child = _start(self._module, self._limits)
            try:
                _receive(self._child, len(READY), time.monotonic() + STARTING)
            except (TimeoutError, Died) as error:
                self._stop()
                raise NotStarted("the process that reads files does not start") from error
        return self._child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            _close(child)
            child.kill()
            child.wait()


def serve(answer: Callable[[bytes], Iterable[bytes]], seconds: int) -> None:
    """In the child, once it is confined: answer until the other side closes. `seconds` of computing for each message."""
    with os.fdopen(0, "rb", closefd=False) as source, os.fdopen(1, "wb", closefd=False) as target:
        target.write(READY)
        target.flush()
        while len(head := source.read(LENGTH)) == LENGTH:
            confinement.renew_time(seconds)
            parts = list(answer(source.read(int.from_bytes(head))))
            target.write(sum(map(len, parts)).to_bytes(LENGTH))
            target.writelines(parts)
            target.flush()


def _start(module: str, limits: Limits) -> subprocess.Popen[bytes]:
    """A child with nothing of this process: no environment, no files, no import path of the caller's."""
    cache = [f"-Xpycache_prefix={sys.pycache_prefix}"] if sys.pycache_prefix else []
    numbers = (str(limits.memory), str(limits.computing))
    child = subprocess.Popen(
        [sys.executable, "-I", *cache, "-c", PROGRAM, str(ROOT), module, *numbers],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={},
        cwd="/",
    )
    assert child.stdin and child.stdout  # noqa: S101  # pipes
    os.set_blocking(child.stdin.fileno(), False)
    for pipe in (child.stdin, child.stdout):
        with contextlib.suppress(OSError, AttributeError):  # a wider pipe takes fewer turns; Linux alone has the call
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, BLOCK)
    return child


def _send(child: subprocess.Popen[bytes], message: bytes, deadline: float) -> None:
    assert child.stdin  # noqa: S101  # a pipe, by `_start`
    left = memoryview(message)
    while left:
        _wait(child.stdin.fileno(), select.POLLOUT, deadline)
        try:
            left = left[os.write(child.stdin.fileno(), left[:BLOCK]) :]
        except BlockingIOError:
            continue
        except BrokenPipeError:
            raise _death(child) from None


def _receive(child: subprocess.Popen[bytes], size: int, deadline: float) -> bytearray:
    assert child.stdout  # noqa: S101  # a pipe, by `_start`
    received = bytearray(size)
    left = memoryview(received)
    while left:
        _wait(child.stdout.fileno(), select.POLLIN, deadline)
        count = os.readv(child.stdout.fileno(), [left[:BLOCK]])
        if not count:
            raise _death(child)
        left = left[count:]
    return received


def _wait(file: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(file, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError


def _death(child: subprocess.Popen[bytes]) -> Died:
    with contextlib.suppress(subprocess.TimeoutExpired):
        return Died(max(0, -child.wait(timeout=1)))
    return Died(0)


def _close(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe:
            pipe.close()
