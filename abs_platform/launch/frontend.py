"""Installs the npm packages and builds the interface, each only when what it is made from has changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from abs_platform.launch import locks, node
from abs_platform.launch.console import Console, Failure
from abs_platform.launch.interrupts import Interrupts
from abs_platform.launch.paths import BOOT, FRONTEND
from abs_platform.launch.processes import Command
from abs_platform.launch.supervisor import Supervisor, ending

LOCK = BOOT / "npm.lock"  # two stacks may start from one checkout at once


class Frontend:
    """The steps that npm does. `log` takes what npm prints."""

    def __init__(
        self, console: Console, supervisor: Supervisor, interrupts: Interrupts, env: Mapping[str, str], log: Path
    ) -> None:
        self.node = node.find()
        self.env = self.node.environment(env)
        self._console = console
        self._supervisor = supervisor
        self._interrupts = interrupts
        self._log = log

    def install(self) -> None:
        """Bring node_modules to what package-lock.json pins."""
        if node.packages_installed():
            return
        with locks.waiting(LOCK, self._interrupts.pause):
            if not node.packages_installed():
                with self._console.step("npm packages"):
                    self._run("npm-ci", node.install_command(self.node))
                node.mark_installed()

    def build(self) -> None:
        """Make dist/ from the present sources."""
        self.install()
        if node.is_built():
            return
        with locks.waiting(LOCK, self._interrupts.pause):
            if not node.is_built():
                with self._console.step("building the interface"):
                    self._run("build", node.build_command(self.node))
                node.mark_built()

    def _run(self, name: str, argv: Sequence[str]) -> None:
        code = self._supervisor.run(
            Command(name, argv, {**self.env, "NO_COLOR": "1"}, log=self._log, cwd=FRONTEND), timeout=900
        )
        if code != 0:
            tail = "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])
            raise Failure(f"{' '.join(argv[-2:])} {ending(code)}; {self._log} ends:\n{tail}")
