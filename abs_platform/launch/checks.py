"""`abs test`: everything that must hold, with everything it needs."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from abs_platform.launch import backing, locks, node
from abs_platform.launch.console import Console
from abs_platform.launch.frontend import LOCK, Frontend
from abs_platform.launch.interrupts import Interrupted, Interrupts
from abs_platform.launch.paths import FRONTEND, ROOT, StateFolder
from abs_platform.launch.processes import Command, Process
from abs_platform.launch.supervisor import Supervisor, ending

_DESCRIPTION = """\
Starts a throw-away PostgreSQL, Redis and EVM chain (or uses DATABASE_URL, REDIS_URL, ABS_CHAINS where set), checks
style, types and the layers, checks and builds the interface, and runs all tests. With arguments only pytest runs, with
those arguments, such as `./abs test tests/ledger -k merkle`. The exit code is that of the first check that failed."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("test", help="run every check and test", description=_DESCRIPTION)
    parser.add_argument(
        "arguments", nargs="*", metavar="pytest-argument", help="passed to pytest; then only pytest runs"
    )
    parser.set_defaults(run=run)


@dataclass(slots=True)
class Stage:
    """One check. `done` is called when it has passed."""

    name: str
    argv: Sequence[str]
    cwd: Path = ROOT
    done: Callable[[], None] | None = None
    process: Process | None = field(default=None, init=False)


def lanes(interface: Frontend) -> list[list[Stage]]:
    """Checks that run side by side: within a lane one after the other, each lane on a core of its own."""
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
            Stage("tsc", [*npm, "typecheck"], FRONTEND),
            Stage("vitest", [*npm, "test"], FRONTEND),
            Stage("interface build", node.build_command(interface.node), FRONTEND, node.mark_built),
        ],
    ]


class LaneRunner:
    """Runs lanes side by side and prints each stage as it ends; a failed one with all it said."""

    def __init__(
        self, console: Console, interrupts: Interrupts, supervisor: Supervisor, env: Mapping[str, str], logs: Path
    ):
        self._console = console
        self._interrupts = interrupts
        self._supervisor = supervisor
        self._env = env
        self._logs = logs

    def run(self, work: Sequence[Sequence[Stage]]) -> dict[str, int]:
        """Exit code by stage name, in the order in which the stages stand in the lanes."""
        codes: dict[str, int] = {}
        queues = [list(lane) for lane in work]
        try:
            while any(queues):
                for queue in queues:
                    if queue:
                        self._advance(queue, codes)
                self._interrupts.pause(0.02)
                self._supervisor.tick()
        finally:
            for queue in queues:
                if queue and queue[0].process is not None:
                    queue[0].process.bury()
        return {stage.name: codes[stage.name] for lane in work for stage in lane}

    def _advance(self, queue: list[Stage], codes: dict[str, int]) -> None:
        stage = queue[0]
        if stage.process is None:
            log = self._logs / f"{stage.name.replace(' ', '-')}.log"
            stage.process = self._supervisor.spawn(Command(stage.name, stage.argv, self._env, log=log, cwd=stage.cwd))
            return
        code = stage.process.returncode()
        if code is None:
            return
        seconds = time.monotonic() - stage.process.started
        stage.process.bury()
        codes[stage.name] = code
        if code == 0:
            if stage.done is not None:
                stage.done()
            self._console.say(f"  {stage.name} … {seconds:.1f} s")
        else:
            self._console.say(
                f"  {stage.name} … FAILED after {seconds:.1f} s ({ending(code)})\n{stage.process.log_text()}"
            )
        queue.pop(0)


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
    interface = Frontend(console, supervisor, interrupts, given, state.logs / "frontend.log")
    interface.install()
    codes: dict[str, int] = {}
    if not pytest_arguments:
        runner = LaneRunner(console, interrupts, supervisor, {**interface.env, "NO_COLOR": "1"}, state.logs)
        with locks.waiting(LOCK, interrupts.pause):
            codes = runner.run(lanes(interface))
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
