"""Ctrl-C and termination as a flag that every wait looks at, so that no work is torn apart half-done."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class Interrupted(BaseException):
    """The stack was asked to stop. Not an Exception: no handler for faults may swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.code = 128 + number


class Interrupts:
    """Counts requests to stop. The first one stops in order, a second one at once."""

    def __init__(self) -> None:
        self._received: list[int] = []
        self._event = threading.Event()

    def receive(self, number: int, _frame: FrameType | None = None) -> None:
        self._received.append(number)
        self._event.set()

    @property
    def count(self) -> int:
        return len(self._received)

    def pause(self, seconds: float) -> None:
        """Wait; raises Interrupted as soon as a request to stop is there."""
        if self._event.wait(seconds):
            raise Interrupted(self._received[0])

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Receive SIGINT, SIGTERM and SIGHUP while inside."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self.receive) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
