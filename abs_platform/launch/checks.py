"""`abs test`: everything that must hold, with everything it needs."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from abs_platform.launch import backing, locks, node
from abs_platform.launch.console import Console
from abs_platform.launch.frontend import LOCK, Frontend, install_packages
from abs_platform.launch.interrupts import Interrupted, Interrupts
from abs_platform.launch.lanes import LaneRunner, Stage
from abs_platform.launch.paths import FRONTEND, ROOT, StateFolder
from abs_platform.launch.processes import Command, Process
from abs_platform.launch.supervisor import Supervisor

_DESCRIPTION = """\
Starts a throw-away PostgreSQL, Redis and EVM chains (or uses DATABASE_URL, REDIS_URL, ABS_CHAINS where set), checks
style, types and the layers, checks and builds the interface, and runs all tests: those that start whole stacks, and
those of the ledger and what stands on it, beside the others, each on services of their own. With arguments only pytest runs, with those arguments, such as
`./abs test tests/ledger -k merkle`. The exit code is that of the first check that failed."""

BESIDE = {
    "whole stacks": ("tests/browser", "tests/jobs_kill", "tests/launch", "tests/ledger_kill"),
    "ledger to money": (
        "tests/financing",
        "tests/ledger",
        "tests/lending",
        "tests/registry",
        "tests/rights",
        "tests/trade",
    ),
}
"""Tests that run beside the others, by what their run is called; the runs end at about the same time."""
_PYTEST_LIMIT = 3600.0


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("test", help="run every check and test", description=_DESCRIPTION)
    parser.add_argument(
        "arguments", nargs="*", metavar="pytest-argument", help="passed to pytest; then only pytest runs"
    )
    parser.set_defaults(run=run)


def checks(interface: Frontend) -> list[list[Stage]]:
    """The checks beside the tests, in lanes."""
    programs = Path(sys.executable).parent
    ruff = str(programs / "ruff")
    npm = [*interface.node.npm, "run", "--silent"]
    return [
        [
            Stage("ruff check", [ruff, "check", "."]),
            Stage("ruff format", [ruff, "format", "--check", "."]),
            Stage("import layers", [str(programs / "lint-imports"), "--no-cache"]),
            Stage("mypy", [sys.executable, "-m", "mypy"]),
        ],
        [
            *interface.install(),
            Stage("tsc", [*npm, "typecheck"], FRONTEND),
            Stage("vitest", [*npm, "test"], FRONTEND),
            interface.always_build(),
        ],
    ]


def run(arguments: argparse.Namespace) -> int:
    console = Console()
    interrupts = Interrupts()
    folder = Path(tempfile.mkdtemp(prefix="abs-test-"))
    try:
        with interrupts.listening(), Supervisor(console, interrupts, quick_stop=True) as supervisor:
            return _check(console, interrupts, supervisor, StateFolder(folder), arguments.arguments)
    except Interrupted as interrupted:
        return interrupted.code
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check(
    console: Console,
    interrupts: Interrupts,
    supervisor: Supervisor,
    state: StateFolder,
    pytest_arguments: Sequence[str],
) -> int:
    state.create()
    given = backing.base_environment()
    interface = Frontend(given)
    codes: dict[str, int] = {}
    if pytest_arguments:
        install_packages(interface, console, interrupts, supervisor, state.logs)
    else:
        runner = LaneRunner(console, interrupts, supervisor, interface.env, state.logs)
        with locks.waiting(LOCK, interrupts.pause):
            codes = runner.run(checks(interface), keep_going=True)
    began = time.monotonic()
    tests = _Tests(console, supervisor, interface, given)
    has_given_services = any(given.get(name) for name in backing.VARIABLES.values())
    if pytest_arguments or has_given_services:  # one run: two would meet in the same database
        codes["pytest"] = tests.run(pytest_arguments, state)
    else:
        beside = {
            name: tests.beside(folders, StateFolder(state.path / name.replace(" ", "-")))
            for name, folders in BESIDE.items()
        }
        codes["pytest"] = tests.run([f"--ignore={folder}" for folder in chain(*BESIDE.values())], state)
        codes |= {f"pytest of {name}": tests.wait(process, interrupts) for name, process in beside.items()}
    failed = [name for name, code in codes.items() if code != 0]
    # The last summary in sight stays pytest's own.
    if failed:
        console.say(f"abs test: failed: {', '.join(failed)} (tests took {time.monotonic() - began:.1f} s)")
        return abs(codes[failed[0]]) or 1
    return 0


class _Tests:
    """Runs of pytest, each on throw-away services of its own."""

    def __init__(self, console: Console, supervisor: Supervisor, interface: Frontend, given: Mapping[str, str]) -> None:
        self._console = console
        self._supervisor = supervisor
        self._interface = interface
        self._given = given

    def run(self, arguments: Sequence[str], state: StateFolder) -> int:
        """Run to the end, in sight. Returns the exit code."""
        return self._supervisor.run(self._command(arguments, state), timeout=_PYTEST_LIMIT)

    def beside(self, arguments: Sequence[str], state: StateFolder) -> Process:
        """Start a run whose words go to a log until it is waited for."""
        state.create()
        return self._supervisor.spawn(self._command(arguments, state, log=state.logs / "pytest.log"))

    def wait(self, process: Process, interrupts: Interrupts) -> int:
        """Wait for a run that was started beside, and show what it said. Returns the exit code."""
        deadline = process.started + _PYTEST_LIMIT
        while (code := process.returncode()) is None and time.monotonic() < deadline:
            interrupts.pause(0.1)
            self._supervisor.tick()
        process.bury()
        self._console.say(process.log_text())
        return 1 if code is None else code

    def _command(self, arguments: Sequence[str], state: StateFolder, *, log: Path | None = None) -> Command:
        found = backing.start(self._supervisor, self._console, state, self._given, quick=True)
        env = backing.throw_away_environment(self._interface.env, found, state)
        chromium = node.browser(self._interface.node, env)
        if chromium is not None:
            env["ABS_CHROMIUM"] = str(chromium)
        else:
            self._console.say("  no Chromium was found: browser tests cannot run; install one or set ABS_CHROMIUM")
        return Command("pytest", [sys.executable, "-m", "pytest", *arguments], env, log=log, cwd=ROOT)
