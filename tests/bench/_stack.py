"""A stack of the benchmark's own, as `./abs up` starts it, and a supplier who uploads to it."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from abs_platform.launch.backing import base_environment
from abs_platform.launch.paths import ROOT, StateFolder
from abs_platform.launch.rest import Client
from abs_platform.launch.stack import Running
from tests.bench._measuring import Progress


@dataclass(frozen=True, slots=True)
class Stage:
    """A running stack and a signed-in supplier."""

    running: Running
    supplier: Client


@contextmanager
def stack(progress: Progress) -> Iterator[Stage]:
    """Both chains have one-second blocks. Whatever stack the caller's environment names is left alone."""
    with tempfile.TemporaryDirectory(prefix="abs-bench-") as folder:
        launcher = [sys.executable, "-m", "abs_platform.launch"]
        chosen = ["--state", folder]
        taken = {"DATABASE_URL", "REDIS_URL", "ABS_CHAINS", "ABS_STATE"}
        env = {name: value for name, value in base_environment().items() if name not in taken}
        progress("starting a stack")
        starting = [*launcher, "up", "--detach", "--no-demo", "--port", "0", *chosen]
        subprocess.run(starting, cwd=ROOT, env=env, check=True, stdout=sys.stderr)
        try:
            state = StateFolder(Path(folder))
            running = Running.find(state)
            if running is None:
                raise RuntimeError("the stack is not running")
            yield Stage(running, _supplier(running, state))
        finally:
            subprocess.run([*launcher, "down", *chosen], cwd=ROOT, env=env, check=True, stdout=sys.stderr)


def _supplier(running: Running, state: StateFolder) -> Client:
    operator = Client.operator(running.web, state)
    network = operator.post("networks", {"name": "bench"})["id"]
    body = {"network": network, "name": "bench supplier", "roles": ["supplier"]}
    organisation = operator.post("organisations", body)["id"]
    credentials = operator.post(f"organisations/{organisation}/clients", {"name": "bench", "roles": ["supplier"]})
    return Client.signed_in(running.web, **credentials)
