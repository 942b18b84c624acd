"""The whole product on this machine: what `./abs up` starts, in order, and what it leaves on record."""

import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abs_platform.launch import backing, locks, ports, web
from abs_platform.launch.console import Console, Failure
from abs_platform.launch.frontend import LOCK, Frontend
from abs_platform.launch.interrupts import Interrupts
from abs_platform.launch.lanes import LaneRunner, Stage
from abs_platform.launch.paths import ROOT, StateFolder, write_private
from abs_platform.launch.processes import Command, Process
from abs_platform.launch.supervisor import Service, Supervisor, ending

_WORKER_READY = re.compile(r"\w+@\S+ ready\.")
_BEAT_READY = re.compile(r"beat: Starting")
_RECORDED = ("ABS_", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PATH", "NO_PROXY", "no_proxy")

Ready = Callable[[Process], bool]


@dataclass(frozen=True, slots=True)
class Running:
    """A stack that is up: stack.json read back. `environment` is what its processes were given."""

    web: str
    pid: int
    processes: Mapping[str, int]
    external: Sequence[str]
    environment: Mapping[str, str]

    @classmethod
    def find(cls, state: StateFolder) -> "Running | None":
        """The stack that is ready on this state folder, None when there is none."""
        if locks.holder(state) is None:
            return None
        try:
            record = json.loads(state.stack.read_text(encoding="utf-8"))
            return cls(record["web"], record["pid"], record["processes"], record["external"], record["environment"])
        except (OSError, ValueError, KeyError):
            return None  # still starting, or already stopping


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def manage(arguments: Sequence[str], env: Mapping[str, str], *, log: Path | None = None) -> Command:
    """A Django management command."""
    return Command("manage", python(str(ROOT / "manage.py"), *arguments), env, log=log, cwd=ROOT)


class Stack:
    """One start of the product. `web_port` None: whatever port is free."""

    def __init__(
        self,
        state: StateFolder,
        console: Console,
        interrupts: Interrupts,
        supervisor: Supervisor,
        *,
        web_port: int | None,
        demo: bool,
    ) -> None:
        self._state = state
        self._console = console
        self._interrupts = interrupts
        self._supervisor = supervisor
        self._port = web_port
        self._demo = demo
        self.url = ""
        self._env: dict[str, str] = {}
        self._external: frozenset[str] = frozenset()
        self._is_ready = False

    def start(self) -> None:
        """Start everything, in order; returns when the product serves. Raises Failure when it cannot."""
        given = backing.base_environment()
        port = self._choose_port()
        self.url = given.get("ABS_WEB_URL", "").rstrip("/") or f"http://{ports.HOST}:{port}"
        interface = Frontend(given)
        self._env = {
            **interface.env,
            "ABS_STATE": str(self._state.path),
            "ABS_WEB_URL": self.url,
            "ABS_DEMO": "1" if self._demo else "0",
            "ABS_SECRET_KEY": given.get("ABS_SECRET_KEY") or self._state.secret("secret.key"),
            "DJANGO_SETTINGS_MODULE": "abs_platform.config.settings",
        }
        self._back(given, frozenset({backing.POSTGRES, backing.REDIS}))
        self._make_interface(interface)
        self._back(given, frozenset({backing.EVM}))
        is_known = self._demo and self._state.demo_accounts.exists()  # then a look, in the same process, is enough
        check_demo = [["load_demo"]] if is_known else []
        self._manage(
            "schema up to date, contracts and keys",
            ["migrate", "--no-input"],
            ["setup_ledger"],
            ["setup_registry"],
            ["setup_operator"],
            *check_demo,
        )
        with self._console.step("web server, workers and beat"):
            self._supervisor.start(self._web(port), self._worker(), self._anchorer(), self._beat())
        if self._demo and not is_known:
            self._manage("demo data", ["load_demo"])
        self._is_ready = True
        self.record(self._supervisor.processes())

    def _back(self, given: Mapping[str, str], wanted: frozenset[str]) -> None:
        """Start backing services and let the product know their addresses."""
        found = backing.start(self._supervisor, self._console, self._state, given, wanted=wanted)
        self._external |= found.external
        self._env |= found.variables

    def _make_interface(self, interface: Frontend) -> None:
        """Let npm do what has to be done; the first migration, also long, beside it. Most times there is nothing."""
        if not interface.build():
            return
        with locks.waiting(LOCK, self._interrupts.pause):
            migrate = Stage("database schema", python(str(ROOT / "manage.py"), "migrate", "--no-input"))
            runner = LaneRunner(self._console, self._interrupts, self._supervisor, self._env, self._state.logs)
            runner.run([interface.build(), [migrate]], keep_going=False)

    def _choose_port(self) -> int:
        if self._port is None:
            return ports.any_free()
        if not ports.is_free(self._port):
            raise Failure(
                f"port {self._port} is taken by another program{ports.listener(self._port)}; "
                f"stop that, or choose another by --port N (--port 0: any free one)"
            )
        return self._port

    def _manage(self, step: str, *commands: Sequence[str]) -> None:
        """Run management commands one after the other in one process."""
        log = self._state.logs / f"{commands[0][0]}.log"
        words = [word for command in commands for word in ("--", *command)][1:]
        argv = python("-m", "abs_platform.launch.preparation", *words)
        with self._console.step(step):
            before = log.stat().st_size if log.exists() else 0
            code = self._supervisor.run(Command("manage", argv, self._env, log=log, cwd=ROOT))
            if code != 0:
                with log.open("rb") as stream:
                    stream.seek(before if log.stat().st_size >= before else 0)
                    tail = stream.read().decode("utf-8", errors="replace").splitlines()[-25:]
                lines = "\n".join(f"    {line}" for line in tail)
                raise Failure(f"manage.py {' '.join(words)} {ending(code)}; {log} ends:\n{lines}")

    # --- the product's own processes

    def _web(self, port: int) -> Service:
        argv = python(
            "-m", "granian", "--interface", "asgi", "--host", ports.HOST, "--port", str(port), "--workers", "1"
        )
        argv += ["--workers-kill-timeout", "3", "--no-ws", "abs_platform.config.asgi:application"]
        local = f"http://{ports.HOST}:{port}"  # ABS_WEB_URL may be a proxy's address
        return self._service("web", argv, lambda _process: web.is_healthy(local), stop_timeout=8)

    def _worker(self) -> Service:
        # Threads: tasks are short and wait for network and database; one process starts faster than a pool of them,
        # shares one connection pool and leaves no orphans. Gossip, mingle and heartbeat speak to other workers.
        return self._celery_worker("worker", threads=4)

    def _anchorer(self) -> Service:
        # Anchoring waits for other people's chains: a thread for each, so that a slow one delays neither the other chains
        # nor anything else, two for the short looks that find a chain busy, and two for the registry of rights.
        threads = len(json.loads(self._env["ABS_CHAINS"])) + 4
        return self._celery_worker("anchorer", "--queues", "anchor,registry", threads=threads)

    def _celery_worker(self, name: str, *options: str, threads: int) -> Service:
        argv = self._celery("worker", "--pool", "threads", "--concurrency", str(threads), "--loglevel", "INFO")
        argv += ["--hostname", f"{name}@%h", "--without-gossip", "--without-mingle", "--without-heartbeat", *options]
        return self._service(name, argv, lambda process: bool(_WORKER_READY.search(process.log_text())))

    def _beat(self) -> Service:
        schedule = self._state.path / "beat-schedule"
        argv = self._celery("beat", "--schedule", str(schedule), "--pidfile", "", "--loglevel", "INFO")
        return self._service("beat", argv, lambda process: bool(_BEAT_READY.search(process.log_text())))

    @staticmethod
    def _celery(*arguments: str) -> list[str]:
        return python("-m", "celery", "-A", "abs_platform.config.celery", *arguments)

    def _service(self, name: str, argv: Sequence[str], ready: Ready, *, stop_timeout: float = 10.0) -> Service:
        command = Command(name, argv, self._env, log=self._state.logs / f"{name}.log", cwd=ROOT)
        return Service(command, ready, stop_timeout=stop_timeout)

    # --- the record

    def record(self, processes: Mapping[str, int]) -> None:
        """Write stack.json, once the stack is ready and whenever a process was replaced."""
        if not self._is_ready:
            return
        record: dict[str, Any] = {  # Any: JSON
            "web": self.url,
            "database_url": self._env["DATABASE_URL"],
            "redis_url": self._env["REDIS_URL"],
            "chains": json.loads(self._env["ABS_CHAINS"]),
            "pid": os.getpid(),
            "processes": dict(processes),
            "external": sorted(self._external),
            "demo": self._demo,
            "environment": {name: value for name, value in self._env.items() if name.startswith(_RECORDED)},
        }
        write_private(self._state.stack, json.dumps(record, indent=1, ensure_ascii=False) + "\n")
