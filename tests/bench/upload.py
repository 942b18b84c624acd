"""Upload to anchored: one document at a time through REST, on a stack of its own with one-second blocks."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from abs_platform.launch.backing import base_environment
from abs_platform.launch.paths import ROOT, StateFolder
from abs_platform.launch.rest import Client
from abs_platform.launch.stack import Running

NEEDS = ()
ROUNDS = 15
LIMIT_SECONDS = 5.0


def figures(progress: Callable[[str], None]) -> list[dict[str, Any]]:
    """upload_to_anchored: median seconds from the start of the upload until the document's page says anchored."""
    with tempfile.TemporaryDirectory(prefix="abs-bench-") as folder:
        launcher = [sys.executable, "-m", "abs_platform.launch"]
        chosen = ["--state", folder]
        # A stack of its own: whatever the caller's environment names is left alone.
        taken = {"DATABASE_URL", "REDIS_URL", "ABS_CHAINS"}
        env = {name: value for name, value in base_environment().items() if name not in taken}
        progress("starting a stack")
        subprocess.run(
            [*launcher, "up", "--detach", "--no-demo", "--port", "0", *chosen],
            cwd=ROOT,
            env=env,
            check=True,
            stdout=sys.stderr,
        )
        try:
            running = Running.find(StateFolder(Path(folder)))
            if running is None:
                raise RuntimeError("the stack is not running")
            seconds = _seconds(running.web, StateFolder(Path(folder)), progress)
        finally:
            subprocess.run([*launcher, "down", *chosen], cwd=ROOT, env=env, check=True, stdout=sys.stderr)
    median = statistics.median(seconds)
    return [
        {
            "name": "upload_to_anchored",
            "value": round(median, 3),
            "unit": "s",
            "peer": "the limit",
            "peer_value": LIMIT_SECONDS,
            "ratio": round(median / LIMIT_SECONDS, 3),
            "goal": "<=1",
        }
    ]


def _seconds(web: str, state: StateFolder, progress: Callable[[str], None]) -> list[float]:
    operator = Client.operator(web, state)
    network = operator.post("networks", {"name": "bench"})["id"]
    body = {"network": network, "name": "bench supplier", "roles": ["supplier"]}
    organisation = operator.post("organisations", body)["id"]
    credentials = operator.post(f"organisations/{organisation}/clients", {"name": "bench", "roles": ["supplier"]})
    supplier = Client.signed_in(web, **credentials)
    taken = []
    for number in range(ROUNDS):
        began = time.monotonic()
        document = supplier.upload(f"note-{number}.txt", f"delivery note {number}".encode())["documents"][0]["id"]
        while supplier.get(f"documents/{document}")["state"] != "anchored":
            time.sleep(0.05)
        taken.append(time.monotonic() - began)
        progress(f"document {number + 1} of {ROUNDS}: {taken[-1]:.2f} s")
        time.sleep(0.37)  # so that uploads meet blocks at different moments
    return taken
