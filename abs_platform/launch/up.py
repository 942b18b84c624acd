"""`abs up`: starts the whole product and keeps it running."""

import argparse
import contextlib
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

from abs_platform.launch import locks
from abs_platform.launch.console import Console, Failure, table
from abs_platform.launch.interrupts import Interrupted, Interrupts
from abs_platform.launch.paths import ROOT, StateFolder
from abs_platform.launch.stack import Stack
from abs_platform.launch.supervisor import Supervisor

_READY = b"ready\n"
_DESCRIPTION = """\
Starts PostgreSQL, Redis, two EVM chains, the web server, the workers and beat, loads the demo data, prints the
address and the demo accounts, and keeps all of it running until Ctrl-C. DATABASE_URL, REDIS_URL and ABS_CHAINS in
the environment name services to use instead of the embedded ones. Logs are in the state folder, one per process."""


def add_state_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", metavar="DIR", help="state folder (default: $ABS_STATE, else .state in the project)")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("up", help="start the whole product and keep it running", description=_DESCRIPTION)
    parser.add_argument(
        "--detach", action="store_true", help="return when it is ready and leave it running; `abs down` ends it"
    )
    add_state_option(parser)
    parser.add_argument(
        "--port", type=_port, default=8000, metavar="N", help="web port (default 8000; 0: any free one)"
    )
    parser.add_argument("--no-demo", action="store_true", help="no demo data and no demo accounts")
    parser.add_argument("--ready-descriptor", type=int, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def run(arguments: argparse.Namespace) -> int:
    state = StateFolder.chosen(arguments.state)
    state.create()
    if arguments.detach:
        return _detached(arguments, state)
    interrupts = Interrupts()
    with interrupts.listening():
        return _supervise(arguments, state, interrupts)


def _supervise(arguments: argparse.Namespace, state: StateFolder, interrupts: Interrupts) -> int:
    console = Console()
    try:
        lock = locks.acquire_patiently(state.lock, interrupts.pause)
    except locks.Held as held:
        raise Failure(
            f"a stack is already running on {state.path} (process {held.pid}); "
            "`./abs status` shows it, `./abs down` stops it, --state DIR starts another"
        ) from held
    ready = False
    try:
        with contextlib.suppress(FileNotFoundError):
            state.stack.unlink()
        holder: list[Stack] = []
        supervisor = Supervisor(
            console,
            interrupts,
            keep_open=[lock],
            changed=lambda processes: holder[0].record(processes) if holder else None,
        )
        with supervisor:
            stack = Stack(
                state, console, interrupts, supervisor, web_port=arguments.port or None, demo=_with_demo(arguments)
            )
            holder.append(stack)
            began = time.monotonic()
            stack.start()
            ready = True
            console.say(
                _welcome(stack.url, state, time.monotonic() - began, attached=arguments.ready_descriptor is None)
            )
            _report_ready(arguments.ready_descriptor)
            supervisor.watch()
    except Interrupted as interrupted:
        console.say("\nstopped" if ready else "\nstopped before it was ready")
        return 0 if ready else interrupted.code
    finally:
        with contextlib.suppress(FileNotFoundError):
            state.stack.unlink()
        os.close(lock)
    return 0


def _with_demo(arguments: argparse.Namespace) -> bool:
    if arguments.no_demo or os.environ.get("ABS_ENV") == "production":
        return False
    return os.environ.get("ABS_DEMO", "1").lower() not in {"0", "false", "no", "off"}


def _welcome(url: str, state: StateFolder, seconds: float, *, attached: bool) -> str:
    """What a person needs to begin with."""
    lines = ["", f"ready in {seconds:.1f} s: {url}", ""]
    try:
        accounts = json.loads(state.demo_accounts.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        accounts = []
    if accounts:
        rows = [
            [str(account.get(key, "")) for key in ("username", "password", "organisation", "role", "description")]
            for account in accounts
        ]
        lines += [table(["account", "password", "organisation", "role", "description"], rows), ""]
    lines += ["the whole story in a terminal: ./abs tour"]
    lines += ["Ctrl-C stops everything" if attached else "`./abs down` stops everything"]
    return "\n".join(lines)


# --- in the background


def _report_ready(descriptor: int | None) -> None:
    if descriptor is not None:
        with contextlib.suppress(OSError):
            os.write(descriptor, _READY)
            os.close(descriptor)


def _detached(arguments: argparse.Namespace, state: StateFolder) -> int:
    """Start a supervisor of its own session, show its progress, return when it is ready or has failed."""
    log = state.logs / "up.log"
    reader, writer = os.pipe()
    argv = [
        sys.executable,
        "-m",
        "abs_platform.launch",
        "up",
        "--state",
        str(state.path),
        "--port",
        str(arguments.port),
    ]
    argv += ["--ready-descriptor", str(writer), *(["--no-demo"] if arguments.no_demo else [])]
    interrupts = Interrupts()
    with log.open("wb") as output, interrupts.listening():
        process = subprocess.Popen(
            argv, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            pass_fds=(writer,), start_new_session=True,
        )  # fmt: skip
        os.close(writer)
        try:
            return _follow(process, reader, log, interrupts)
        except Interrupted as interrupted:
            process.terminate()
            process.wait()
            return interrupted.code
        finally:
            os.close(reader)


def _follow(process: "subprocess.Popen[bytes]", reader: int, log: Path, interrupts: Interrupts) -> int:
    with log.open("rb") as progress:
        while True:
            told, _, _ = select.select([reader], [], [], 0)
            message = os.read(reader, len(_READY)) if told else None
            sys.stdout.write(progress.read().decode("utf-8", errors="replace"))
            sys.stdout.flush()
            if message == _READY:
                return 0
            if message == b"":
                code = process.wait()
                sys.stdout.write(progress.read().decode("utf-8", errors="replace"))
                return code or 1
            interrupts.pause(0.05)
