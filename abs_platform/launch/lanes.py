"""Commands that run side by side, in lanes: within a lane one after the other, the lanes on a core each."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from abs_platform.launch.console import Console, Failure
from abs_platform.launch.interrupts import Interrupts
from abs_platform.launch.paths import ROOT
from abs_platform.launch.processes import Command, Process
from abs_platform.launch.supervisor import Supervisor, ending


@dataclass(slots=True)
class Stage:
    """One command of a lane. `done` is called when it has succeeded."""

    name: str
    argv: Sequence[str]
    cwd: Path = ROOT
    done: Callable[[], None] | None = None
    process: Process | None = field(default=None, init=False)


class LaneRunner:
    """Runs lanes and prints each stage as it ends; what a stage says goes to a log, and is shown when it fails."""

    def __init__(
        self, console: Console, interrupts: Interrupts, supervisor: Supervisor, env: Mapping[str, str], logs: Path
    ) -> None:
        self._console = console
        self._interrupts = interrupts
        self._supervisor = supervisor
        self._env = {**env, "NO_COLOR": "1"}
        self._logs = logs

    def run(self, lanes: Sequence[Sequence[Stage]], *, keep_going: bool) -> dict[str, int]:
        """Exit code by stage name, in the order of the lanes. Unless it keeps going, the first failure raises Failure."""
        codes: dict[str, int] = {}
        queues = [list(lane) for lane in lanes]
        try:
            while any(queues):
                for queue in filter(None, queues):
                    if self._has_ended(queue[0], codes, keep_going):
                        queue.pop(0)
                self._interrupts.pause(0.02)
                self._supervisor.tick()
        finally:
            for queue in queues:
                if queue and queue[0].process is not None:
                    queue[0].process.bury()
        return {stage.name: codes[stage.name] for lane in lanes for stage in lane}

    def _has_ended(self, stage: Stage, codes: dict[str, int], keep_going: bool) -> bool:
        """Start the stage, or look after it."""
        if stage.process is None:
            log = self._logs / f"{stage.name.replace(' ', '-')}.log"
            stage.process = self._supervisor.spawn(Command(stage.name, stage.argv, self._env, log=log, cwd=stage.cwd))
            return False
        code = stage.process.returncode()
        if code is None:
            return False
        seconds = time.monotonic() - stage.process.started
        stage.process.bury()
        codes[stage.name] = code
        if code == 0:
            if stage.done is not None:
                stage.done()
            self._console.say(f"  {stage.name} … {seconds:.1f} s")
        elif keep_going:
            text = stage.process.log_text()
            self._console.say(f"  {stage.name} … FAILED after {seconds:.1f} s ({ending(code)})\n{text}")
        else:
            raise Failure(
                f"{stage.name} {ending(code)}; {stage.process.command.log} ends:\n{stage.process.log_tail(30)}"
            )
        return True
