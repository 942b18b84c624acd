"""`abs manage` and `abs audit`: Django's commands with the environment of the stack."""

import argparse
import os
import subprocess
import sys

from abs_platform.launch import backing, locks
from abs_platform.launch.console import Console, Failure
from abs_platform.launch.interrupts import Interrupted, Interrupts
from abs_platform.launch.paths import ROOT, StateFolder
from abs_platform.launch.stack import Running, manage
from abs_platform.launch.supervisor import Supervisor
from abs_platform.launch.up import add_state_option

_WHERE = """\
It works on the stack that runs on the state folder; if none does, on DATABASE_URL where that is set; else it starts
the state folder's database, Redis and chain for as long as the command runs."""


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for name, help_line, description in (
        (
            "manage",
            "run a Django management command",
            "Runs a Django management command, such as `./abs manage shell`.",
        ),
        (
            "audit",
            "recompute the log and name the first wrong row",
            "Derives the log again from its records up to the chains, and names the first wrong row. `--incremental` "
            "begins where the last audit ended; `--channel NAME` audits one channel, `--json` is for programs. Arguments "
            "are passed to `manage.py audit_log`; its exit code is passed back.",
        ),
    ):
        parser = commands.add_parser(
            name, help=help_line, description=f"{description}\n\n{_WHERE}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        add_state_option(parser)
        parser.add_argument("arguments", nargs="*", metavar="argument", help="passed on as they are")
        parser.set_defaults(run=run, leading=["audit_log"] if name == "audit" else [])


def run(arguments: argparse.Namespace) -> int:
    passed = [*arguments.leading, *arguments.arguments]
    state = StateFolder.chosen(arguments.state)
    running = Running.find(state)
    if running is not None:
        return _attached(passed, {**os.environ, **running.environment})
    own = {"ABS_STATE": str(state.path)}
    if os.environ.get("DATABASE_URL"):
        return _attached(passed, {**os.environ, **own})
    if locks.holder(state) is not None:
        raise Failure(f"the stack on {state.path} is starting or stopping; try again in a moment")
    return _with_services(passed, state, own)


def _attached(passed: list[str], env: dict[str, str]) -> int:
    """Run in the foreground, with the terminal: `shell` and questions work."""
    command = manage(passed, env)
    try:
        return subprocess.run(command.argv, env=env, cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 130


def _with_services(passed: list[str], state: StateFolder, own: dict[str, str]) -> int:
    console = Console(sys.stderr)
    interrupts = Interrupts()
    state.create()
    with interrupts.listening():
        try:
            lock = locks.acquire_patiently(state.lock, interrupts.pause)
            try:
                with Supervisor(console, interrupts, keep_open=[lock]) as supervisor:
                    console.say(f"no stack is running on {state.path}: starting its services for this command")
                    given = backing.base_environment()
                    found = backing.start(supervisor, console, state, given)
                    env = {**given, **found.variables, **own}
                    env.setdefault("ABS_SECRET_KEY", state.secret("secret.key"))
                    return _attached(passed, env)
            finally:
                os.close(lock)
        except Interrupted as interrupted:
            return interrupted.code
        except locks.Held as held:
            raise Failure(f"another command uses {state.path} (process {held.pid}); try again in a moment") from held
