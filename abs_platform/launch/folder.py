"""`abs down`, `abs status`, `abs reset`: what to do with a state folder and the stack that runs, or ran, on it."""

import argparse
import json
import os
import shutil
import signal
import sys
import time

from abs_platform.launch import locks, web
from abs_platform.launch.backing import VARIABLES
from abs_platform.launch.console import Console, Failure, table
from abs_platform.launch.paths import StateFolder
from abs_platform.launch.stack import Running
from abs_platform.launch.up import add_state_option

_PATIENCE = 60.0  # seconds for a stack to stop in order
NOT_RUNNING = 3  # exit code of `status`, as service managers use it


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    down = commands.add_parser("down", help="stop the running product", description="Stops a running stack in order.")
    add_state_option(down)
    down.set_defaults(run=run_down)
    status = commands.add_parser(
        "status",
        help="show what is running",
        description="Shows the running stack's processes and whether it answers. "
        "Exit code 0: up; 1: up but not well; 3: not running.",
    )
    add_state_option(status)
    status.add_argument("--json", action="store_true", help="one JSON object on standard output")
    status.set_defaults(run=run_status)
    reset = commands.add_parser(
        "reset",
        help="empty the state folder",
        description="Empties the state folder after asking: database, chain, files, keys, accounts, logs. "
        "Services named by DATABASE_URL, REDIS_URL or ABS_CHAINS are not touched.",
    )
    add_state_option(reset)
    reset.add_argument("--yes", action="store_true", help="do not ask")
    reset.set_defaults(run=run_reset)


def run_down(arguments: argparse.Namespace) -> int:
    state = StateFolder.chosen(arguments.state)
    console = Console()
    pid = locks.holder(state)
    if pid is None:
        console.say(f"no stack is running on {state.path}")
        return 0
    with console.step("stopping the stack"):
        if pid and locks.is_alive(pid):
            os.kill(pid, signal.SIGTERM)
        if not _gone(state, _PATIENCE):
            if pid and locks.is_alive(pid):
                os.kill(pid, signal.SIGKILL)  # the undertaker ends the rest
            if not _gone(state, 20):
                raise Failure(f"the stack on {state.path} does not stop; see {state.logs}")
    return 0


def _gone(state: StateFolder, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while locks.holder(state) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def run_status(arguments: argparse.Namespace) -> int:
    state = StateFolder.chosen(arguments.state)
    console = Console()
    held = locks.holder(state) is not None
    running = Running.find(state)
    if running is None:
        word = "starting or stopping" if held else "not running"
        if arguments.json:
            console.say(json.dumps({"state": word, "folder": str(state.path)}))
        else:
            console.say(f"{word} ({state.path})")
        return 1 if held else NOT_RUNNING
    healthy = web.is_healthy(running.web)
    alive = {name: locks.is_alive(pid) for name, pid in running.processes.items()}
    well = healthy and all(alive.values())
    if arguments.json:
        record = {
            "state": "up" if well else "not well",
            "folder": str(state.path),
            "web": running.web,
            "answers": healthy,
            "pid": running.pid,
            "processes": {name: {"pid": pid, "alive": alive[name]} for name, pid in running.processes.items()},
            "external": list(running.external),
        }
        console.say(json.dumps(record))
        return 0 if well else 1
    rows = [[name, str(pid), "running" if alive[name] else "ended"] for name, pid in running.processes.items()]
    rows += [[name, "-", f"external ({VARIABLES[name]})"] for name in running.external]
    console.say(f"{running.web} {'answers' if healthy else 'does not answer'}; state in {state.path}\n")
    console.say(table(["process", "pid", "state"], rows, right=frozenset({1})))
    return 0 if well else 1


def run_reset(arguments: argparse.Namespace) -> int:
    state = StateFolder.chosen(arguments.state)
    console = Console()
    if not state.path.exists() or not any(state.path.iterdir()):
        console.say(f"{state.path} is empty already")
        return 0
    if not state.is_ours():
        raise Failure(f"{state.path} was not made by `./abs up`; nothing is removed")
    try:
        lock = locks.acquire(state.lock)
    except locks.Held as held:
        raise Failure(f"a stack is running on {state.path} (process {held.pid}); stop it first: ./abs down") from held
    try:
        if not arguments.yes and not _agreed(state):
            console.say("nothing is removed")
            return 1
        with console.step(f"emptying {state.path}"):
            for entry in sorted(state.path.iterdir()):
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()
    finally:
        os.close(lock)
    return 0


def _agreed(state: StateFolder) -> bool:
    if not sys.stdin.isatty():
        raise Failure("nobody is there to ask; say `./abs reset --yes`")
    names = ", ".join(sorted(entry.name for entry in state.path.iterdir()))
    question = f"Everything in {state.path} will be lost ({names}).\nEmpty it? [y/N] "
    return input(question).strip().lower() in {"y", "yes"}
