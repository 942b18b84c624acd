"""The anchorer: takes checkpoints to one chain or time-stamp authority, and keeps looking whether they stay there.

`advance` is one short round that never waits; `anchor` repeats it while there is something to wait for, `watch` is one
round now and then, so that a re-organisation, a lost job and a chain's health are seen without a new checkpoint. What
goes wrong is noted on the chain's row, for operators to see, and heals by the next round that goes well.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from abs_platform.core import clock, jobs
from abs_platform.integrations import timestamps
from abs_platform.integrations.chains import ChainError
from abs_platform.ledger import publishing, stamping
from abs_platform.ledger.models import RFC3161, UNPLACED, Anchor, Chain

POLL_SECONDS = 0.15
SLOW_SECONDS = 5.0


class Outcome(StrEnum):
    """What a round leaves behind."""

    DONE = "done"
    """Every checkpoint is anchored as far as it can be: nothing to do until there is a new one."""
    WAITING = "waiting"
    """A transaction is under way: come again soon."""


class Busy(Exception):
    """Another worker is at this chain."""


def anchor(*, chain: str, patience: timedelta = timedelta(0)) -> Outcome:
    """Bring the newest checkpoints to the chain: rounds until nothing is left to do or `patience` ran out.

    Raises Busy when another worker is at this chain, and ChainError as `advance`. Call it outside transactions.
    """
    deadline = time.monotonic() + patience.total_seconds()
    with alone(chain):
        while True:
            outcome = advance(chain=chain)
            if outcome is Outcome.DONE or time.monotonic() > deadline:
                return outcome
            time.sleep(POLL_SECONDS)


def watch(*, chain: str) -> None:
    """Look once, and see to it that a job is there where something is left to do. Troubles are noted, none is raised."""
    row = Chain.objects.filter(name=chain).first()
    if row is None or not row.is_ready:
        return  # setup_ledger has not been there yet
    try:
        with alone(chain):
            outcome = advance(chain=chain)
    except (Busy, ChainError):
        return
    if outcome is Outcome.WAITING:
        with transaction.atomic():
            jobs.ensure("ledger.anchor", key=chain, payload={"chain": chain})


@contextmanager
def alone(chain: str) -> Iterator[None]:
    """Keep other workers from waiting for the same block. A courtesy to save workers: correctness does not rest on it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [f"ledger.anchor/{chain}"])
        if not cursor.fetchone()[0]:
            raise Busy(f"another worker is anchoring to {chain}")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"ledger.anchor/{chain}"])


def advance(*, chain: str) -> Outcome:
    """One round for one chain. Raises ChainError, after noting it on the chain's row for operators to see."""
    row = Chain.objects.select_related("publisher").get(name=chain)
    try:
        if row.kind == RFC3161:
            authority = timestamps.authority(chain)
            began = time.monotonic()
            waiting = stamping.stamp(row, authority)
        else:
            client = publishing.client_of(row)  # takes seconds the first time, which are not the chain's
            began = time.monotonic()
            waiting = publishing.publish(row, client)
    except ChainError as error:
        _note(row.id, error.reason, str(error))
        raise
    _note(row.id, *_ailment(row, time.monotonic() - began))
    return Outcome.WAITING if waiting else Outcome.DONE


def _ailment(chain: Chain, seconds: float) -> tuple[str, str]:
    """What is not well with a chain that answers: code and words, both empty where all is well."""
    waiting = Anchor.objects.filter(chain=chain, state__in=UNPLACED).order_by("changed_at").first()
    if waiting is not None and clock.now() - waiting.changed_at > settings.ANCHOR_STUCK_AFTER:
        since = f"{waiting.changed_at:%Y-%m-%d %H:%M:%S} UTC"
        return (
            "stuck",
            f"checkpoint {waiting.size} waits since {since} to be taken; sent {waiting.transactions.count()} ways",
        )
    if seconds > SLOW_SECONDS:
        return "slow", f"a round of questions took {seconds:.0f} s"
    return "", ""


def _note(chain_id: UUID, reason: str, words: str) -> None:
    """Keep the chain's trouble, and since when; nothing is written while nothing changes."""
    rows = Chain.objects.filter(id=chain_id).exclude(trouble_reason=reason, trouble=words)
    since = Coalesce("trouble_since", Value(clock.now())) if words else None
    rows.update(trouble_reason=reason, trouble=words, trouble_since=since)
