"""Taking documents in bulk by REST: read, checked and written in turns, in memory that does not grow with their number."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction

from abs_platform.core import clock
from abs_platform.core.errors import Invalid, TooLarge
from abs_platform.core.ids import uuid7
from abs_platform.core.transitions import target_of
from abs_platform.imports import bulk_rows, copying
from abs_platform.imports.bulk_rows import Error, Part
from abs_platform.imports.models import Batch, StagedDocument, StagedLine
from abs_platform.imports.services import enqueue, tell
from abs_platform.imports.states import ACTIONS, PLATFORM_ROLE, STEPS, State
from abs_platform.parties import keys
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.roles import Role

BLOCK = 1 << 20
"""Bytes that are asked for at a time; the documents in them are written together."""
PIECE = 128
"""Rows that the database is given at a time."""
MOST_ERRORS = 1_000
ABANDONED = timedelta(hours=1)
"""So long after the last part nobody is sending any more, or the process that received is gone."""
SWEPT = 100


@dataclass(slots=True)
class Taken:
    """What came of a request."""

    batch: Batch
    taken: int = 0
    rejected: int = 0
    errors: list[Error] = field(default_factory=list)

    def count(self, part: Part) -> None:
        """A part more; of the errors, the first MOST_ERRORS are told."""
        self.taken += len(part.documents)
        self.rejected += len(part.errors)
        self.errors += part.errors[: MOST_ERRORS - len(self.errors)]


def take(*, actor: Actor, kind: str, stream: IO[Any], hold: bool = False) -> Taken:
    """Stage the documents in a stream of JSON lines, and import them in the background unless `hold`.

    Each part of them is written in a transaction of its own, so that none waits for the sender. Raises Invalid when
    nothing sound was sent or the sender broke off, TooLarge beyond the limit, Gone where the organisation's key was destroyed;
    nothing is kept then.
    """
    actor.require(Role.SUPPLIER)
    keys.data_key(actor.home)  # where it was destroyed, nothing more is taken: it could not be kept
    with transaction.atomic():
        batch = Batch.objects.create(
            owner_id=actor.home, kind=kind, filename=f"{kind}.jsonl", created_by=actor.label, state=State.RECEIVING
        )
    found = Taken(batch)
    try:
        part, start, first_id = Part(), 0, uuid7().int
        for lines in _blocks(stream):  # outside of any transaction: a sender may take its time
            following = Part()
            reading = bulk_rows.read(
                lines, into=following, kind=kind, batch=str(batch.id), first_id=first_id, start=start
            )
            _write(batch, part, meanwhile=reading)
            deque(reading, maxlen=0)
            found.count(following)
            part, start = following, start + len(lines)
        _write(batch, part, meanwhile=iter(()))
        if not found.taken:
            rejected = [error.to_json() for error in found.errors[:20]]
            raise Invalid(
                "all_refused", "None of the documents was taken; `params.rejected` says why.", rejected=rejected
            )
    except BaseException as error:
        _give_up(actor, batch, error)
        raise
    _received(actor, found, hold=hold)
    return found


def _blocks(stream: IO[Any]) -> Iterator[list[bytes]]:
    """The lines of each block; empty ones are passed over."""
    rest, size = b"", 0
    while block := _block(stream):
        size += len(block)
        if size > settings.MAX_BULK_BYTES:
            limit = settings.MAX_BULK_BYTES
            raise TooLarge("bulk_too_large", f"A request may have {limit} bytes at most. Send several.", limit=limit)
        *whole, rest = (rest + block).split(b"\n")
        if len(rest) > bulk_rows.MAX_DOCUMENT:
            limit = bulk_rows.MAX_DOCUMENT
            raise TooLarge("document_too_large", f"One document may have {limit} bytes at most.", limit=limit)
        yield [line for line in whole if line.strip()]
    if rest.strip():
        yield [rest]


def _block(stream: IO[Any]) -> bytes:
    try:
        return bytes(stream.read(BLOCK))
    except OSError:
        raise Invalid("interrupted", "The request broke off, so nothing was taken. Send it again.") from None


@transaction.atomic
def _write(batch: Batch, part: Part, meanwhile: Iterator[None]) -> None:
    """Write a part; while the database works on it, `meanwhile` goes on step by step."""
    if not Batch.objects.filter(id=batch.id, state=State.RECEIVING).update(heard_at=clock.now()):
        raise Invalid("interrupted", "The request stood still for too long, so nothing was taken. Send it again.")
    if part.documents:
        with connection.cursor() as cursor:
            # What ends the receiving is written to the disk at once, and with it all that was written before.
            cursor.execute("SET LOCAL synchronous_commit = off")
        documents, lines = _in_turns(part.documents, meanwhile), _in_turns(part.lines, meanwhile)
        copying.copy(StagedDocument._meta.db_table, bulk_rows.DOCUMENT_COLUMNS, documents)
        copying.copy(StagedLine._meta.db_table, bulk_rows.LINE_COLUMNS, lines)


def _in_turns(rows: Sequence[str], meanwhile: Iterator[None]) -> Iterator[bytes]:
    """The rows for COPY in pieces, a step of `meanwhile` after each. The connection buffers, so neither side stands still.

    One thread: of two, each would wait for the interpreter at every piece, five milliseconds at a time.
    """
    for start in range(0, len(rows), PIECE):
        yield ("\n".join(rows[start : start + PIECE]) + "\n").encode()
        next(meanwhile, None)


@transaction.atomic
def _received(actor: Actor, found: Taken, *, hold: bool) -> None:
    row = Batch.objects.select_for_update(no_key=True).get(id=found.batch.id)
    row.state = State(target_of(STEPS, action="receive", state=row.state, roles=frozenset({PLATFORM_ROLE})))
    row.document_count = found.taken
    tell(actor, row, "import.received", {"taken": found.taken, "rejected": found.rejected})
    if not hold:
        row.state = State(target_of(ACTIONS, action="import", state=row.state, roles=actor.roles))
        tell(actor, row, "import.started", {})
        enqueue(row, "imports.carry_out", actor)
    row.save()
    found.batch = row


@transaction.atomic
def _give_up(actor: Actor, batch: Batch, error: BaseException) -> None:
    row = Batch.objects.select_for_update(no_key=True).get(id=batch.id)
    if row.state == State.RECEIVING:  # else swept meanwhile
        _end(actor, row, getattr(error, "code", "interrupted"))


def _end(actor: Actor, row: Batch, code: str) -> None:
    StagedDocument.objects.filter(batch=row).delete()
    row.state = State(target_of(STEPS, action="fail", state=row.state, roles=frozenset({PLATFORM_ROLE})))
    row.problem = {"code": code, "params": {}}
    row.save()
    tell(actor, row, "import.failed", {"code": code})


def sweep() -> int:
    """End the imports whose receiving process is gone: nothing was written for ABANDONED. Returns how many.

    A process that is alive after all, behind a sender who pauses that long, finds its import ended and says so.
    """
    before = clock.now() - ABANDONED
    ended = 0
    for id in Batch.objects.filter(state=State.RECEIVING, heard_at__lt=before).values_list("id", flat=True)[:SWEPT]:
        with transaction.atomic():
            row = Batch.objects.select_for_update(no_key=True, skip_locked=True).filter(id=id).first()
            if row is None or row.state != State.RECEIVING or row.heard_at >= before:
                continue
            _end(PLATFORM, row, "interrupted")
            ended += 1
    return ended
