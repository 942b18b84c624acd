"""Keeps a set of processes running: ordered readiness, restart with backoff, stop in reverse order."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM, Signals
from types import TracebackType
from typing import Self

from abs_platform.launch.console import Console, Failure
from abs_platform.launch.interrupts import Interrupts
from abs_platform.launch.processes import Command, Process, Undertaker
from abs_platform.launch.undertaker import GRACE

POLL = 0.03  # seconds between looks at the processes while something is awaited
BACKOFF_FIRST, BACKOFF_LIMIT = 0.5, 30.0  # seconds before a restart: first, doubling, at most
STABLE = 60.0  # seconds of running after which earlier failures are forgotten
WEAR_CHECK = 30.0  # seconds between questions whether a service wants a fresh start


def _nothing() -> None:
    return None


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Service:
    """A process to keep running.

    `ready` says whether it serves; `prepare` runs before every start; `worn` is asked now and then and, when true, the
    service is stopped in order and started afresh. Times in seconds.
    """

    command: Command
    ready: Callable[[Process], bool]
    ready_timeout: float = 60.0
    stop_signal: Signals = SIGTERM
    stop_timeout: float = 10.0
    prepare: Callable[[], None] = _nothing
    worn: Callable[[], bool] = _never

    @property
    def name(self) -> str:
        return self.command.name


class StartFailure(Failure):
    """A service did not become ready."""


@dataclass(slots=True)
class _Slot:
    service: Service
    process: Process | None = None
    failures: int = 0
    due: float = 0.0  # monotonic time of the next start while there is no process
    checked: float = field(default_factory=time.monotonic)  # when `worn` was asked last


class Supervisor:
    """Owns the processes. Use as a context manager: leaving it stops everything."""

    def __init__(
        self,
        console: Console,
        interrupts: Interrupts,
        *,
        keep_open: Sequence[int] = (),
        changed: Callable[[dict[str, int]], None] | None = None,
        quick_stop: bool = False,
        grace: float = GRACE,
    ) -> None:
        """`keep_open`: descriptors to stay open until the last process is gone. `changed` hears of new process ids.

        `quick_stop`: kill at the end instead of asking, for stacks whose state is thrown away. `grace`: seconds that
        the processes have to end by themselves when this one is killed.
        """
        self._console = console
        self._interrupts = interrupts
        self._keep_open = keep_open
        self._changed = changed
        self._quick_stop = quick_stop
        self._grace = grace
        self._stages: list[list[_Slot]] = []

    def __enter__(self) -> Self:
        self._undertaker = Undertaker(keep_open=self._keep_open, grace=self._grace)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            self._undertaker.close()

    def processes(self) -> dict[str, int]:
        """Process id by service name, of those running now."""
        return {slot.service.name: slot.process.pid for slot in self._slots() if slot.process is not None}

    # --- starting

    def start(self, *services: Service) -> None:
        """Start services together as one stage and wait until each is ready. Raises StartFailure; then none is left."""
        slots = [_Slot(service) for service in services]
        self._stages.append(slots)
        try:
            for slot in slots:
                self._launch(slot)
            waiting = list(slots)
            while waiting:
                waiting = [slot for slot in waiting if not self._is_ready(slot)]
                if waiting:
                    self._interrupts.pause(POLL)
                self._tick(self._stages[:-1])
        except StartFailure:
            self._stop_stage(slots)
            self._stages.remove(slots)
            raise
        self._tell()

    def _launch(self, slot: _Slot) -> None:
        slot.service.prepare()
        slot.process = Process(slot.service.command, self._undertaker)

    def _is_ready(self, slot: _Slot) -> bool:
        service, process = slot.service, slot.process
        if process is None:
            raise AssertionError("a stage's services are launched before they are awaited")
        code = process.returncode()
        if code is not None:
            raise StartFailure(f"{service.name} {ending(code)} while starting.{log_hint(service, process)}")
        if service.ready(process):
            return True
        if time.monotonic() - process.started > service.ready_timeout:
            raise StartFailure(
                f"{service.name} was not ready within {service.ready_timeout:.0f} s.{log_hint(service, process)}"
            )
        return False

    # --- running

    def run(self, command: Command, *, timeout: float = 600.0) -> int:
        """Run one command to its end while the services are looked after. Returns its exit code (124: out of time)."""
        process = Process(command, self._undertaker)
        try:
            while (code := process.returncode()) is None:
                if time.monotonic() - process.started > timeout:
                    return 124
                self._interrupts.pause(POLL)
                self.tick()
            return code
        finally:
            process.bury()

    def spawn(self, command: Command) -> Process:
        """Start a command whose end the caller awaits (and buries)."""
        return Process(command, self._undertaker)

    def watch(self) -> None:
        """Look after the services until interrupted (raises Interrupted)."""
        while True:
            self._interrupts.pause(0.2)
            self.tick()

    def tick(self) -> None:
        """Restart what has ended, when its time has come."""
        self._tick(self._stages)

    def _tick(self, stages: Sequence[Sequence[_Slot]]) -> None:
        now = time.monotonic()
        for stage in stages:
            for slot in stage:
                if slot.process is None:
                    if now >= slot.due:
                        self._restart(slot)
                elif (code := slot.process.returncode()) is not None:
                    self._mourn(slot, slot.process, code, now)
                else:
                    self._check_wear(slot, slot.process, now)

    def _mourn(self, slot: _Slot, process: Process, code: int, now: float) -> None:
        process.bury()
        if now - process.started > STABLE:
            slot.failures = 0
        pause = min(BACKOFF_FIRST * 2**slot.failures, BACKOFF_LIMIT)
        slot.failures, slot.due, slot.process = slot.failures + 1, now + pause, None
        log = f" (log: {slot.service.command.log})" if slot.service.command.log else ""
        self._console.say(f"  {slot.service.name} {ending(code)}; starting it again in {pause:g} s{log}")
        self._tell()

    def _restart(self, slot: _Slot) -> None:
        try:
            self._launch(slot)
        except (Failure, OSError) as error:
            pause = min(BACKOFF_FIRST * 2**slot.failures, BACKOFF_LIMIT)
            slot.failures, slot.due = slot.failures + 1, time.monotonic() + pause
            self._console.say(f"  {slot.service.name} cannot be started: {error}; trying again in {pause:g} s")
        self._tell()

    def _check_wear(self, slot: _Slot, process: Process, now: float) -> None:
        if now - slot.checked < WEAR_CHECK:
            return
        slot.checked = now
        if slot.service.worn():
            self._stop_stage([slot])
            self._restart(slot)

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed(self.processes())

    def _slots(self) -> list[_Slot]:
        return [slot for stage in self._stages for slot in stage]

    # --- stopping

    def stop(self) -> None:
        """Stop everything, last started first. A second request to stop while this runs kills what is left."""
        while self._stages:
            self._stop_stage(self._stages[-1])
            self._stages.pop()

    def _stop_stage(self, slots: Sequence[_Slot]) -> None:
        already = self._interrupts.count
        running = [(slot, slot.process) for slot in slots if slot.process is not None]
        if not self._quick_stop:
            for slot, process in running:
                process.send(slot.service.stop_signal)
        began = time.monotonic()
        for slot, process in running:
            hurry = self._quick_stop
            while process.returncode() is None and not hurry:
                time.sleep(POLL)
                hurry = self._interrupts.count > max(already, 1) or time.monotonic() - began > slot.service.stop_timeout
            process.bury()
            slot.process = None


def ending(code: int) -> str:
    """In words, how a process ended."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def log_hint(service: Service, process: Process) -> str:
    """The end of a process's log and where the rest is."""
    return _hint(process.log_tail(), service.command.log)


def _hint(tail: str, log: Path | None) -> str:
    if log is None:
        return ""
    indented = "\n".join(f"    {line}" for line in tail.splitlines())
    return f" Its log, {log}, ends:\n{indented}" if indented else f" Its log is {log} (empty)."
