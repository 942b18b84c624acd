"""Processes are started in order, restarted when they die, and never outlive their supervisor."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from abs_platform.launch import locks
from abs_platform.launch.console import Console
from abs_platform.launch.interrupts import Interrupted, Interrupts
from abs_platform.launch.paths import ROOT, StateFolder
from abs_platform.launch.processes import Command, Process
from abs_platform.launch.supervisor import BACKOFF_FIRST, Service, StartFailure, Supervisor
from tests.launch.conftest import wait_for

# A server with a child of its own in the same group, which ignores a polite request to end.
PARENT_AND_CHILD = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN) if "--stubborn" in sys.argv else None
deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", deaf])
print(f"pids {os.getpid()} {child.pid}", flush=True)
time.sleep(60)
"""


def service(name: str, code: str, log: Path, *arguments: str, stop_timeout: float = 1.0) -> Service:
    command = Command(name, [sys.executable, "-c", code, *arguments], dict(os.environ), log=log)
    return Service(command, lambda process: "pids " in process.log_text(), ready_timeout=10, stop_timeout=stop_timeout)


def pids(log: Path) -> list[int]:
    """Process ids that the newest run has written."""
    lines = [line for line in log.read_text().splitlines() if line.startswith("pids ")]
    return [int(word) for word in lines[-1].split()[1:]] if lines else []


def keep_running(supervisor: Supervisor, condition: Callable[[], bool]) -> None:
    def holds() -> bool:
        supervisor.tick()
        return condition()

    wait_for(holds)


def test_a_crashed_child_is_started_again_after_a_growing_pause(supervisor: Supervisor, tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    supervisor.start(service("server", "print('pids 1', flush=True); import time; time.sleep(60)", log))
    pauses = []
    for _ in range(2):
        old = supervisor.processes()["server"]
        os.kill(old, signal.SIGKILL)
        killed = time.monotonic()
        keep_running(supervisor, lambda old=old: supervisor.processes().get("server", old) != old)
        pauses.append(time.monotonic() - killed)
    assert BACKOFF_FIRST <= pauses[0] < pauses[1]
    assert pauses[1] >= 2 * BACKOFF_FIRST
    assert "server was ended by SIGKILL; starting it again" in (tmp_path / "console").read_text()


def test_the_whole_group_is_killed_before_a_restart(supervisor: Supervisor, tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    supervisor.start(service("server", PARENT_AND_CHILD, log))
    parent, child = pids(log)
    os.kill(parent, signal.SIGKILL)
    keep_running(supervisor, lambda: pids(log)[0] != parent)
    assert not locks.is_alive(child)


def test_stop_goes_backwards_and_ends_the_stubborn(tmp_path: Path) -> None:
    order = tmp_path / "order"
    polite = f"""
import signal, sys, time
def end(*_):
    with open({str(order)!r}, "a") as stream: stream.write(sys.argv[1])
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("pids 1", flush=True)
time.sleep(60)
"""
    stubborn = tmp_path / "stubborn.log"
    with (tmp_path / "console").open("w") as stream, Supervisor(Console(stream), Interrupts()) as supervisor:
        supervisor.start(service("first", polite, tmp_path / "1.log", "first "))
        supervisor.start(service("second", polite, tmp_path / "2.log", "second "))
        supervisor.start(service("stubborn", PARENT_AND_CHILD, stubborn, "--stubborn", stop_timeout=0.3))
    assert order.read_text() == "second first "
    assert not any(locks.is_alive(pid) for pid in pids(stubborn))


def test_a_service_that_ends_while_starting_is_reported_with_its_last_words(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    broken = service("broken", "raise SystemExit('the disk is full')", tmp_path / "broken.log")
    with pytest.raises(StartFailure, match=r"broken ended with exit code 1 while starting(?s:.*)the disk is full"):
        supervisor.start(broken)
    assert supervisor.processes() == {}


def test_an_interrupt_ends_what_runs(tmp_path: Path) -> None:
    interrupts = Interrupts()
    command = Command("sleep", ["sleep", "60"], dict(os.environ))
    started: list[int] = []

    def note(process: Process) -> bool:
        started.append(process.pid)
        interrupts.receive(signal.SIGINT)
        return False

    with (
        (tmp_path / "console").open("w") as stream,
        pytest.raises(Interrupted) as caught,
        Supervisor(Console(stream), interrupts) as supervisor,
    ):
        supervisor.start(Service(command, note))
    assert caught.value.code == 130
    assert not locks.is_alive(started[0])


def test_a_worn_service_is_started_afresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("abs_platform.launch.supervisor.WEAR_CHECK", 0.1)
    prepared: list[int] = []
    command = Command("server", ["sleep", "60"], dict(os.environ))
    worn = Service(command, lambda _process: True, prepare=lambda: prepared.append(1), worn=lambda: len(prepared) == 1)
    with (tmp_path / "console").open("w") as stream, Supervisor(Console(stream), Interrupts()) as supervisor:
        supervisor.start(worn)
        before = supervisor.processes()["server"]
        keep_running(supervisor, lambda: len(prepared) == 2)
        assert supervisor.processes()["server"] != before


SUPERVISING = """
    import os, sys
    from pathlib import Path
    from abs_platform.launch import locks
    from abs_platform.launch.console import Console
    from abs_platform.launch.interrupts import Interrupts
    from abs_platform.launch.processes import Command
    from abs_platform.launch.supervisor import Service, Supervisor

    folder = Path(sys.argv[1])
    lock = locks.acquire(folder / "lock")
    polite = Command("polite", ["sleep", "60"], dict(os.environ))
    argv = [sys.executable, "-c", sys.argv[2], "--stubborn"]
    group = Command("group", argv, dict(os.environ), log=folder / "group.log")
    with Supervisor(Console(), Interrupts(), keep_open=[lock], grace=1) as supervisor:
        supervisor.start(Service(polite, lambda process: True))
        supervisor.start(Service(group, lambda process: "pids " in process.log_text()))
        print(*supervisor.processes().values(), flush=True)
        supervisor.watch()
"""


def test_nothing_outlives_a_killed_supervisor(state: StateFolder, strays: list[int]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SUPERVISING), str(state.path), PARENT_AND_CHILD],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    polite, stubborn = (int(word) for word in process.stdout.readline().split())
    children = pids(state.path / "group.log")
    strays += [polite, *children]
    assert stubborn in children
    process.kill()
    process.wait()
    process.stdout.close()
    wait_for(lambda: not locks.is_alive(polite), seconds=1)  # by the kernel's death signal
    assert locks.holder(state) is not None  # the folder stays locked while anything of the old stack lives
    wait_for(lambda: locks.holder(state) is None)
    assert not any(locks.is_alive(pid) for pid in children)
