"""The product's processes, to be killed: a program that has loaded everything and forks one of them on each line it reads.

    python -m tests.ledger_kill.nursery

reads {"role": …, …} as JSON, one a line, and answers with the process id of the new process. Roles:

- worker: Celery's worker as the product starts it. With "die_at", the process kills itself the first time that it comes to
  that crash point, as nothing in the product can.
- beat: Celery's beat, which rings for what is due.
- writer: commits "count" records in transactions of a few, some of which it takes back, and writes down the ids of those
  that it knows to be committed; with "seed" and "ids", the file.
- audit: a full audit, chains included; the verdict goes to the file "report".
"""

import importlib
import json
import os
import random
import signal
import sys
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import django

django.setup()

from django import db  # noqa: E402  # after setup
from django.conf import settings  # noqa: E402

from abs_platform.config.celery import app  # noqa: E402
from abs_platform.core import crashpoints  # noqa: E402
from abs_platform.core.subjects import SubjectRef  # noqa: E402
from abs_platform.integrations import evm  # noqa: E402, F401  # loaded once, here
from abs_platform.ledger import services  # noqa: E402
from abs_platform.ledger.audit import audit  # noqa: E402
from abs_platform.parties.actor import PLATFORM  # noqa: E402

Json = Mapping[str, Any]  # Any: JSON


def worker(order: Json) -> None:
    point = order.get("die_at")

    def reach(name: str) -> None:
        if name == point:
            os.kill(os.getpid(), signal.SIGKILL)

    crashpoints.reach = reach
    arguments = ["worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "WARNING"]
    arguments += ["--queues", f"celery,{settings.ANCHOR_QUEUE}", "--hostname", f"worker-{os.getpid()}@kill"]
    app.worker_main([*arguments, "--without-gossip", "--without-mingle", "--without-heartbeat"])


def beat(order: Json) -> None:
    schedule = settings.STATE_DIR / f"beat-{os.getpid()}"
    app.start(["beat", "--schedule", str(schedule), "--pidfile", "", "--loglevel", "WARNING"])


def writer(order: Json) -> None:
    randomly = random.Random(order["seed"])
    written = 0
    with Path(order["ids"]).open("a", encoding="ascii", buffering=1) as ids:
        while written < order["count"]:
            try:
                committed = _append(randomly)
            except (
                db.OperationalError,
                db.InterfaceError,
            ):  # committed or not: nobody can know, so nobody counts on it
                db.connections.close_all()
                db.connection.close_pool()
                time.sleep(0.2)
                continue
            ids.write("".join(f"{id}\n" for id in committed))
            written += len(committed)
            time.sleep(randomly.random() * 0.02)


class _TakenBack(Exception):
    """This transaction is not to be."""


def _append(randomly: random.Random) -> list[uuid.UUID]:
    """The ids of the records that are committed now."""
    try:
        with db.transaction.atomic():
            records = [
                services.append(
                    subject=SubjectRef("document", uuid.UUID(int=randomly.getrandbits(128), version=4)),
                    template="document/v1",
                    commitment=randomly.randbytes(32),
                    actor=PLATFORM,
                )
                for _ in range(randomly.randint(1, 8))
            ]
            time.sleep(randomly.random() * 0.01)  # others commit meanwhile, in another order than they began
            if randomly.random() < 0.1:
                raise _TakenBack
    except _TakenBack:
        return []
    return [record.id for record in records]


def audit_all(order: Json) -> None:
    report = audit()
    file = Path(order["report"])
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps({"wrong": report.wrong, "unreachable": report.unreachable, "size": report.size}))
    draft.replace(file)


ROLES: dict[str, Callable[[Json], None]] = {"worker": worker, "beat": beat, "writer": writer, "audit": audit_all}


def main() -> None:
    app.loader.import_default_modules()
    importlib.import_module("celery.bin.celery")  # the slow half of a worker's start
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no burial
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(2, 1)  # the nursery's own answers are not to be mixed up with what the product prints
            try:
                ROLES[order["role"]](order)
            except BaseException:
                traceback.print_exc()
                raise
            finally:
                os._exit(0)  # whatever happens, never back into this loop
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
