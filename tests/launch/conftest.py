"""The launcher's tests run real processes, in folders of their own, and leave none behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from abs_platform.launch.console import Console
from abs_platform.launch.interrupts import Interrupts
from abs_platform.launch.paths import ROOT, StateFolder
from abs_platform.launch.supervisor import Supervisor

ABS = [sys.executable, "-m", "abs_platform.launch"]


def wait_for(condition: Callable[[], bool], *, seconds: float = 10.0) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def run_abs(*arguments: str, env: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """Run the launcher to its end."""
    return subprocess.run(
        [*ABS, *arguments], cwd=ROOT, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    folder = StateFolder(tmp_path / "state")
    folder.create()
    return folder


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with (tmp_path / "console").open("w") as stream, Supervisor(Console(stream), Interrupts()) as found:
        yield found


@pytest.fixture
def strays() -> Iterator[list[int]]:
    """Process ids to be killed in the end, whatever happened."""
    pids: list[int] = []
    yield pids
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
