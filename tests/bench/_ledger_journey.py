"""Records from REST to anchored on every chain, on a stack of its own: how many a second, and where the time goes.

The client runs on the same cores as the stack and takes its share of them.
"""

import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

from abs_platform.launch.rest import Client
from tests.bench._measuring import Figure, Progress, plain
from tests.bench._stack import Stage, stack

FILES = 2_000
PER_REQUEST = 50
CLIENTS = 3
PATIENCE = 180.0  # seconds

_RECORDS = "SELECT count(*) FROM ledger_record"
# How many leaves the chain that is furthest behind has anchored.
_ANCHORED = """
    SELECT min(covered) FROM (
        SELECT link.chain_id, coalesce(max(anchor.size), 0) AS covered
        FROM ledger_channelchain link JOIN ledger_channel channel ON channel.id = link.channel_id
        LEFT JOIN ledger_anchor anchor
               ON anchor.chain_id = link.chain_id AND anchor.channel_id = link.channel_id AND anchor.state = 'anchored'
        WHERE channel.name = 'main' GROUP BY link.chain_id
    ) chain
"""
# Medians, in seconds: from a record's time to its checkpoint; from there until the last chain had settled it.
_WAITS = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM sealed - record_time)),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM anchored - sealed))
    FROM (
        SELECT record.time AS record_time,
               (SELECT min(time) FROM ledger_checkpoint c
                WHERE c.channel_id = leaf.channel_id AND c.size > leaf.index) AS sealed,
               (SELECT max(first) FROM (
                    SELECT min(changed_at) AS first FROM ledger_anchor a
                    WHERE a.channel_id = leaf.channel_id AND a.size > leaf.index AND a.state = 'anchored'
                    GROUP BY a.chain_id) chain) AS anchored
        FROM ledger_leaf leaf JOIN ledger_record record ON record.id = leaf.record_id
    ) life
"""


def figures(progress: Progress) -> list[Figure]:
    """end_to_end, then its parts: seconds that a record waits for its place and for the last chain; the processor's time
    a record by process, of which two cores give 2,000 ms a second.
    """
    with (
        stack(progress) as stage,
        psycopg.connect(stage.running.environment["DATABASE_URL"], autocommit=True) as database,
    ):

        def number(query: str) -> int:
            row = database.execute(query).fetchone()
            return int(row[0]) if row else 0

        _upload(stage.supplier, 0, PER_REQUEST)  # imports and caches are warm from here on
        _wait(lambda: number(_ANCHORED) >= number(_RECORDS), progress)
        before, spent_before, client_before = number(_RECORDS), _processor_times(stage), _own_time()
        began = time.monotonic()
        progress(f"uploading {FILES:,} files")
        with ThreadPoolExecutor(CLIENTS) as pool:
            starts = range(PER_REQUEST, PER_REQUEST + FILES, PER_REQUEST)
            list(pool.map(lambda start: _upload(stage.supplier, start, PER_REQUEST), starts))
        uploaded = time.monotonic() - began
        _wait(lambda: number(_ANCHORED) >= number(_RECORDS), progress)
        taken = time.monotonic() - began
        records = number(_RECORDS) - before
        spent = {name: seconds - spent_before.get(name, 0.0) for name, seconds in _processor_times(stage).items()}
        spent["client"] = _own_time() - client_before
        to_place, to_chains = database.execute(_WAITS).fetchone() or (0.0, 0.0)
    return [
        plain("end_to_end", records / taken, "records/s"),
        plain("end_to_end_in", records / uploaded, "records/s"),
        plain("end_to_end_to_place", float(to_place), "s"),
        plain("end_to_end_to_chains", float(to_chains), "s"),
        *(
            plain(f"end_to_end_{name}", seconds / records * 1e3, "ms a record")
            for name, seconds in sorted(spent.items(), key=lambda item: -item[1])
        ),
    ]


def _upload(supplier: Client, start: int, count: int) -> None:
    supplier.upload_all({f"note-{n}.txt": f"delivery note {n}".encode() for n in range(start, start + count)})


def _wait(condition: Callable[[], bool], progress: Progress) -> None:
    progress("waiting for the chains")
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not everything was anchored within {PATIENCE:.0f} s")
        time.sleep(0.05)


def _own_time() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _processor_times(stage: Stage) -> dict[str, float]:
    """Seconds by service: of its process and all that come from it, those that have ended too. proc(5): stat."""
    stats = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        stats[int(file.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    names = {pid: name for name, pid in stage.running.processes.items()}
    found = dict.fromkeys(names.values(), 0.0)
    for pid, (_, ticks) in stats.items():
        while pid not in names and pid in stats:
            pid = stats[pid][0]
        if pid in names:
            found[names[pid]] += ticks / os.sysconf("SC_CLK_TCK")
    return found
