"""Documents in bulk: 100,000 invoices with 300,000 lines as JSON lines, against COPY of the same rows into the same tables.

Both sides commit, with every constraint, index and foreign key on. Ours starts from JSON: it decodes, checks each document
by itself, answers for the wrong ones (one in a thousand here) and writes the others; COPY starts from rows that are ready.
"""

import ctypes
import gc
import json
import tempfile
from collections import deque
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from django.db import connection, transaction

from abs_platform.core.ids import uuid7
from abs_platform.imports import bulk, bulk_rows, copying
from abs_platform.imports.models import Batch, StagedDocument, StagedLine
from abs_platform.imports.states import State
from abs_platform.parties import services as parties
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.roles import Role
from tests.bench._measuring import Figure, Progress, share, timed

MANY, FEW = 100_000, 10_000
LINES = 3
WRONG_EVERY = 1_000
TOGETHER = 2_000
ROUNDS = 5
PEAKS = 3


def figures_of(progress: Progress, *, many: int = MANY, few: int = FEW, rounds: int = ROUNDS) -> list[Figure]:
    """bulk, bulk_memory."""
    actor = _supplier()
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        files = {count: _written(Path(folder) / f"{count}.jsonl", count) for count in (few, many)}
        for number in range(1, rounds + 1):
            rows = _Rows(files[many], actor)
            turns = [(ours, partial(_take, files[many], actor, many)), (theirs, rows.copy)]
            for seconds, work in turns if number % 2 else reversed(turns):
                _settle_down()
                seconds.append(timed(work))
            progress(f"bulk, round {number} of {rounds}: {ours[-1]:.2f} s, COPY {theirs[-1]:.2f} s")
        del rows, turns
        peaks: dict[int, list[float]] = {few: [], many: []}
        for _ in range(PEAKS):
            for count, found in peaks.items():
                found.append(_peak(partial(_take, files[count], actor, count)))
    return [
        share("bulk", "s", ours, "COPY of the same prepared rows", theirs, "<=1.5"),
        share("bulk_memory", "MB over idle", peaks[many], f"with {few:,} invoices", peaks[few], "<=1.2"),
    ]


def _supplier() -> Actor:
    network = parties.create_network(actor=PLATFORM, name=f"bench {uuid7()}")
    owner = parties.create_organisation(
        actor=PLATFORM, network_id=network.id, name="bench supplier", roles=["supplier"], listed=False, identifiers=[]
    )
    return Actor("bench", None, owner.id, network.id, frozenset({Role.SUPPLIER}))


def _written(file: Path, count: int) -> Path:
    """The request: one invoice in each line, every thousandth with a figure that is none."""
    with file.open("w", encoding="utf-8") as target:
        for number in range(count):
            lines = [
                {
                    "id": str(line),
                    "item_name": f"轴承 {6200 + (number + line) % 90}-2RS",
                    "seller_item_id": f"B-{(number * 7 + line) % 997:05d}",
                    "unit": "PCE",
                    "quantity": str(1 + (number + line) % 500),
                    "price": "12.50",
                    "amount": f"{(1 + (number + line) % 500) * 12.5:.2f}",
                    "tax_percent": "13",
                    "order_number": f"PO{number // 5:08d}",
                }
                for line in range(1, LINES + 1)
            ]
            if number % WRONG_EVERY == 7:
                lines[1]["quantity"] = "about ten"
            document = {
                "number": f"2432{number:016d}",
                "issue_date": f"2026-{1 + number % 12:02d}-{1 + number % 28:02d}",
                "due_date": "2026-12-31",
                "buyer_name": "示例集团有限公司",
                "buyer_id": "91110000MA0DEM0123",
                "currency": "CNY",
                "lines": lines,
            }
            target.write(json.dumps(document, ensure_ascii=False) + "\n")
    return file


def _take(file: Path, actor: Actor, count: int) -> None:
    with file.open("rb") as stream:
        found = bulk.take(actor=actor, kind="invoice", stream=stream, hold=True)
    wrong = len(range(7, count, WRONG_EVERY))
    if (found.taken, found.rejected, len(found.errors)) != (count - wrong, wrong, wrong):
        raise RuntimeError(f"{found.taken} taken, {found.rejected} rejected")


class _Rows:
    """The rows of a file, ready to be copied."""

    def __init__(self, file: Path, actor: Actor) -> None:
        batch = Batch.objects.create(
            owner_id=actor.home, kind="invoice", filename="peer", created_by="bench", state=State.RECEIVING
        )
        self._documents, self._lines = [], []
        first_id, start = uuid7().int, 0
        for lines in _together(file):
            part = bulk_rows.Part()
            deque(
                bulk_rows.read(lines, into=part, kind="invoice", batch=str(batch.id), first_id=first_id, start=start), 0
            )
            start += len(lines)
            self._documents.append(("\n".join(part.documents) + "\n").encode())
            self._lines.append(("\n".join(part.lines) + "\n").encode())

    @transaction.atomic
    def copy(self) -> None:
        copying.copy(StagedDocument._meta.db_table, bulk_rows.DOCUMENT_COLUMNS, self._documents)
        copying.copy(StagedLine._meta.db_table, bulk_rows.LINE_COLUMNS, self._lines)


def _together(file: Path) -> Iterator[list[bytes]]:
    """The lines of a file, as many at a time as a COPY is given."""
    with file.open("rb") as stream:
        while lines := list(islice(stream, TOGETHER)):
            yield lines


def _settle_down() -> None:
    """Leave neither side the other's rows: both write into empty tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {StagedDocument._meta.db_table}, {StagedLine._meta.db_table}")


def _peak(work: partial[None]) -> float:
    """By how many MB the process grows at most while it works (proc(5), clear_refs and VmHWM).

    What it holds free of earlier work is given back first (malloc_trim(3)); else it would grow by less than it uses.
    """
    _settle_down()
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    work()
    return (_status("VmHWM") - before) / 1024


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
