"""Installs the npm packages and builds the interface, each only when what it is made from has changed."""

from collections.abc import Mapping
from pathlib import Path

from abs_platform.launch import locks, node
from abs_platform.launch.console import Console
from abs_platform.launch.interrupts import Interrupts
from abs_platform.launch.lanes import LaneRunner, Stage
from abs_platform.launch.paths import BOOT, FRONTEND
from abs_platform.launch.supervisor import Supervisor

LOCK = BOOT / "npm.lock"  # two stacks may start from one checkout at once


class Frontend:
    """What npm does, as stages. `env` gets a Node on its PATH."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.node = node.find()
        self.env = self.node.environment(env)

    def install(self) -> list[Stage]:
        """What brings node_modules to what package-lock.json pins; nothing when it is there."""
        if node.packages_installed():
            return []
        return [Stage("npm packages", node.install_command(self.node), FRONTEND, node.mark_installed)]

    def build(self) -> list[Stage]:
        """What makes dist/ from the present sources; nothing when it is made."""
        if not self.install() and node.is_built():
            return []
        return [*self.install(), self.always_build()]

    def always_build(self) -> Stage:
        return Stage("building the interface", node.build_command(self.node), FRONTEND, node.mark_built)


def install_packages(
    interface: Frontend, console: Console, interrupts: Interrupts, supervisor: Supervisor, logs: Path
) -> None:
    """Bring node_modules up to date. Raises Failure."""
    if interface.install():
        with locks.waiting(LOCK, interrupts.pause):
            LaneRunner(console, interrupts, supervisor, interface.env, logs).run(
                [interface.install()], keep_going=False
            )
