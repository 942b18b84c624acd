"""A chain whose every call hangs until its timeout delays neither sealing nor the other chain: real workers, real delay."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import redis
from celery import current_app
from django.conf import settings as django_settings
from django.db import connection

from abs_platform.core import jobs
from abs_platform.ledger import selectors, setup
from abs_platform.ledger.models import Record
from tests.ledger.conftest import Ledger
from tests.ledger.nodes import HANG, Anvil, Proxy

RECORDS = 4
TIMEOUT = 5.0  # of one call to a chain
QUEUES = ("celery", "anchor")


@pytest.fixture
def slow(committed: None, keys: None, settings: Any, node: Anvil) -> Iterator[Proxy]:
    """Two chains are set up: business answers, regulator is behind the proxy that this gives."""
    second = Anvil(31401)
    between = Proxy(second.url)
    settings.JOB_SCHEDULE = {}
    settings.CHAINS = [
        {"name": "business", "kind": "evm", "url": node.url},
        {"name": "regulator", "kind": "evm", "url": between.url},
    ]
    assert setup.prepare(say=lambda text: None) == []
    with redis.Redis.from_url(django_settings.REDIS_URL) as broker:
        broker.delete(*QUEUES)
    yield between
    between.stop()
    second.stop()


def environment() -> dict[str, str]:
    """This test's database, keys and chains, told as an operator tells them."""
    database = connection.settings_dict
    host = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return {
        **os.environ,
        "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{host}",
        "ABS_STATE": str(django_settings.STATE_DIR),
        "ABS_MASTER_KEY_FILE": str(django_settings.MASTER_KEY_FILE),
        "ABS_CHAIN_KEY_FILE": str(django_settings.CHAIN_KEY_FILE),
        "ABS_CHAINS": json.dumps(django_settings.CHAINS),
    }


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """start("--queues", "anchor"): a Celery worker."""
    workers: list[subprocess.Popen[bytes]] = []
    logs = []

    def begin(name: str, *options: str) -> None:
        log = (tmp_path / f"{name}.log").open("wb")
        logs.append(log)
        command = [sys.executable, "-m", "celery", "-A", "abs_platform.config.celery", "worker", "--pool", "threads"]
        command += ["--hostname", f"{name}@%h", "--without-gossip", "--without-mingle", "--without-heartbeat", *options]
        workers.append(
            subprocess.Popen(command, cwd=django_settings.BASE_DIR, env=environment(), stdout=log, stderr=log)
        )

    yield begin
    for worker in workers:
        worker.kill()
    for worker in workers:
        worker.wait()
    for log in logs:
        log.close()


@pytest.fixture
def beat(slow: Proxy) -> Iterator[None]:
    """Looks at the chains every second, as beat has it done."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(1):
            for chain in ("business", "regulator"):
                current_app.send_task("ledger.watch", args=[chain], queue="anchor", expires=5)

    thread = threading.Thread(target=look)
    thread.start()
    yield
    ended.set()
    thread.join()


def until(condition: Callable[[], bool], *, seconds: float) -> float:
    """Sweep until the condition holds. Returns how long that took; `seconds` at most."""
    began = swept = time.monotonic()
    while not condition() and time.monotonic() - began < seconds:
        if time.monotonic() - swept > 1:
            swept = time.monotonic()
            jobs.sweep()
        time.sleep(0.05)
    return time.monotonic() - began


def is_unreachable() -> bool:
    return "unreachable" in {row["reason"] for row in selectors.chain_status() if row["name"] == "regulator"}


def is_sealed(record: Record) -> bool:
    return selectors.positions([record.id])[record.id].index is not None


def anchored_on(record: Record) -> set[str]:
    return {view.chain for view in selectors.positions([record.id])[record.id].anchors if view.anchored}


def seconds_to_seal(count: int) -> tuple[list[Record], list[float]]:
    """One record after the other, each waited for, a second between them. How long sealing took."""
    records, taken = [], []
    for _ in range(count):
        (record,) = Ledger(url="").append()
        taken.append(until(lambda record=record: is_sealed(record), seconds=60))  # type: ignore[misc]
        records.append(record)
        time.sleep(1)
    return records, taken


def test_a_hanging_chain_delays_neither_sealing_nor_the_other_chain(
    slow: Proxy, beat: None, start: Callable[..., None]
) -> None:
    start("worker", "--concurrency", "4")
    start("anchorer", "--queues", "anchor", "--concurrency", "4")
    (first,) = Ledger(url="").append()
    assert until(lambda: anchored_on(first) == {"business", "regulator"}, seconds=60) < 60, "the workers do not work"
    with slow.telling(lambda request, result: HANG):
        assert until(is_unreachable, seconds=60) < 60
        records, sealing = seconds_to_seal(RECORDS)
        anchoring = until(lambda: all(anchored_on(record) == {"business"} for record in records), seconds=60)
        states = {row["name"]: (row["state"], row["reason"], row["lag"]) for row in selectors.chain_status()}
    assert median(sealing) < TIMEOUT / 2, "sealing waited for the chain"
    assert anchoring < 60, "the other chain waited for this one"
    assert states["regulator"] == ("degraded", "unreachable", RECORDS) and states["business"][2] == 0
    assert until(lambda: all(len(anchored_on(record)) == 2 for record in records), seconds=60) < 60, (
        "it did not catch up"
    )


def test_in_one_queue_everything_would_wait(slow: Proxy, beat: None, start: Callable[..., None]) -> None:
    """The negative control: the same two chains, served by one thread for all."""
    start("worker", "--queues", "celery,anchor", "--concurrency", "1")
    (first,) = Ledger(url="").append()
    assert until(lambda: anchored_on(first) == {"business", "regulator"}, seconds=60) < 60
    with slow.telling(lambda request, result: HANG):
        assert until(is_unreachable, seconds=60) < 60
        _, sealing = seconds_to_seal(2)
    assert max(sealing) > TIMEOUT / 2
