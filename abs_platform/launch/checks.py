"""`abs test`: everything that must hold, with everything it needs."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from abs_platform.launch import backing, locks, node
from abs_platform.launch.console import Console
from abs_platform.launch.frontend import LOCK, Frontend, install_packages
from abs_platform.launch.interrupts import Interrupted, Interrupts
from abs_platform.launch.lanes import LaneRunner, Stage
from abs_platform.launch.paths import FRONTEND, ROOT, StateFolder
from abs_platform.launch.processes import Command
from abs_platform.launch.supervisor import Supervisor

_DESCRIPTION = """\
Starts a throw-away PostgreSQL, Redis and EVM chains (or uses DATABASE_URL, REDIS_URL, ABS_CHAINS where set), checks
style, types and the layers, checks and builds the interface, and runs all tests. With arguments only pytest runs, with
those arguments, such as `./abs test tests/ledger -k merkle`. The exit code is that of the first check that failed."""


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
    found = backing.start(supervisor, console, state, given, quick=True)
    env = backing.throw_away_environment(interface.env, found, state)
    chromium = node.browser(interface.node, env)
    if chromium is not None:
        env["ABS_CHROMIUM"] = str(chromium)
    else:
        console.say("  no Chromium was found: browser tests cannot run; install one or set ABS_CHROMIUM")
    began = time.monotonic()
    argv = [sys.executable, "-m", "pytest", *pytest_arguments]
    codes["pytest"] = supervisor.run(Command("pytest", argv, env, cwd=ROOT), timeout=3600)
    failed = [name for name, code in codes.items() if code != 0]
    # The last summary in sight stays pytest's own.
    if failed:
        console.say(f"abs test: failed: {', '.join(failed)} (pytest took {time.monotonic() - began:.1f} s)")
        return abs(codes[failed[0]]) or 1
    return 0
