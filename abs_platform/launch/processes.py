"""One operating-system process under supervision: its own group, its log, its death signal."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from abs_platform.launch import undertaker

_HERE = Path(__file__).resolve().parent
_LOG_LIMIT = 10_000_000  # bytes; a longer log is set aside when its process starts


@dataclass(frozen=True, slots=True)
class Command:
    """What to run and how. `death_signal` is sent by the kernel when the supervisor dies; `identity`: see child.py."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path | None = None  # None: standard output goes where the launcher's goes
    cwd: Path | None = None
    death_signal: signal.Signals = signal.SIGTERM
    identity: str = "same"
    to_stderr: bool = False  # with log None: standard output goes to standard error


class Undertaker:
    """The helper process that outlives a killed supervisor and ends what it left. See undertaker.py."""

    def __init__(self, *, keep_open: Sequence[int] = (), grace: float = undertaker.GRACE) -> None:
        reader, self._writer = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_HERE / "undertaker.py"), str(reader), str(grace)],
            pass_fds=(reader, *keep_open),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(reader)

    def watch(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """Let the helper end; it kills what is still on its list."""
        os.close(self._writer)
        self._process.wait()

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self._writer, line.encode("ascii"))


@dataclass(slots=True)
class Process:
    """A started command. Its process group id is its process id."""

    command: Command
    keeper: Undertaker
    started: float = field(default_factory=time.monotonic)
    log_start: int = 0  # where in the log file this run begins
    _popen: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        command = self.command
        shim = [str(_HERE / "child.py"), str(os.getpid()), str(int(command.death_signal)), command.identity]
        with contextlib.ExitStack() as stack:
            output: int | None = None
            if command.log is not None:
                _set_aside(command.log)
                stream = stack.enter_context(command.log.open("ab"))
                output, self.log_start = stream.fileno(), stream.tell()
            elif command.to_stderr:
                output = sys.stderr.fileno()
            self._popen = subprocess.Popen(
                [sys.executable, "-I", "-S", *shim, *command.argv],
                env=dict(command.env),
                cwd=command.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output is not None else None,
                start_new_session=True,
            )
        self.keeper.watch(self.pid)

    @property
    def pid(self) -> int:
        return self._popen.pid

    def returncode(self) -> int | None:
        """The exit code (minus the signal's number when killed), None while running."""
        return self._popen.poll()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process itself, not to its group."""
        if self._popen.poll() is None:
            self._popen.send_signal(number)

    def bury(self) -> None:
        """Kill whatever is left of the process group and wait until it is gone."""
        undertaker.kill(self.pid, signal.SIGKILL)
        self._popen.wait()
        deadline = time.monotonic() + 2
        while undertaker.members(self.pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.keeper.forget(self.pid)

    def log_text(self) -> str:
        """What this run has written to its log."""
        if self.command.log is None or not self.command.log.exists():
            return ""
        with self.command.log.open("rb") as stream:
            stream.seek(self.log_start)
            return stream.read().decode("utf-8", errors="replace")

    def log_tail(self, lines: int = 20) -> str:
        return "\n".join(self.log_text().splitlines()[-lines:])


def _set_aside(log: Path) -> None:
    """Keep one older log when the present one has grown too long."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(log.suffix + ".1"))
