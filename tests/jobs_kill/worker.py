"""A real Celery worker in a process of its own, to be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection

from abs_platform.core import jobs
from abs_platform.core.models import Job, JobState

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [
    sys.executable, "-m", "celery", "-A", "abs_platform.config.celery", "worker", "--pool", "threads",
    "--concurrency", "4", "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat",
]  # fmt: skip


def environment() -> dict[str, str]:
    """This test's database, storage and broker, told as an operator tells them."""
    database = connection.settings_dict
    address = (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    return {
        **os.environ,
        "DATABASE_URL": address,
        "ABS_STATE": str(settings.STORAGE_DIR.parent),
        "ABS_MASTER_KEY_FILE": str(settings.MASTER_KEY_FILE),
    }


class Worker:
    """One worker process. `kill` is SIGKILL: no handler runs, no buffer is written, no lease is given back."""

    def __init__(self, log: Path) -> None:
        self._log = log.open("a")
        self.process = subprocess.Popen(COMMAND, cwd=ROOT, env=environment(), stdout=self._log, stderr=self._log)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._log.close()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


def finished() -> int:
    """How many jobs are done."""
    return Job.objects.filter(state=JobState.DONE).count()


def unfinished() -> int:
    """How many jobs wait, run or have failed."""
    return Job.objects.exclude(state=JobState.DONE).count()


def until(condition: Callable[[], bool], worker: Worker, *, seconds: float = 40) -> bool:
    """Ring for whatever is due, as beat does, until the condition holds. False when time is up or the worker is dead."""
    started = rung = time.monotonic()
    jobs.sweep()
    while not condition():
        now = time.monotonic()
        if now > started + seconds or not worker.alive:
            return False
        if now > rung + 1:
            rung = now
            jobs.sweep()
        time.sleep(0.02)
    return True
