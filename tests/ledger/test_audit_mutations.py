"""A thousand seeded changes to the ledger's tables: the auditor finds each, and names the row."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from abs_platform.core import clock
from abs_platform.crypto import ed25519
from abs_platform.ledger import note, services
from abs_platform.ledger.audit import audit, recomputation
from abs_platform.ledger.audit.report import Report
from abs_platform.ledger.models import Chain, Channel, Checkpoint, Cosignature, PublisherKey, Record
from tests.ledger import evidence
from tests.ledger.conftest import Ledger
from tests.ledger.mutations import Mutation, Mutations, run, unprotect
from tests.support.database import rolled_back

WITNESS = "witness.example/w1"


def test_every_column_is_evidence_or_it_is_said_why_not() -> None:
    assert evidence.decided() == evidence.columns()


@pytest.fixture
def whole(ledger: Ledger, settings: Any) -> Ledger:
    """600 leaves under six checkpoints, three of them anchored, two cosigned; two records pending; a retired key; rows of
    another channel and another chain to point to. Audited and found in order.
    """
    for count, is_anchored in ((100, False), (190, True), (110, False), (130, True), (60, False), (10, True)):
        ledger.append(count)
        ledger.settle() if is_anchored else services.seal()
    ledger.append(2)
    key = ed25519.generate()
    settings.WITNESSES = [{"name": WITNESS, "public": key.public.hex()}]
    for size in (290, 600):
        _cosign(Checkpoint.objects.get(size=size), key)
    PublisherKey.objects.create(
        algorithm="ed25519", name="old", public=b"o" * 32, retired_at=clock.now() + timedelta(seconds=1)
    )
    Channel.objects.create(name="other", origin="abs.local/other")
    Chain.objects.create(name="spare", kind="evm")
    report = audit()
    assert (report.wrong, report.unreachable, report.size, report.anchors) == (None, {}, 600, 3)
    assert (report.tiles, report.checkpoints, report.cosignatures, report.pending) == (2, 6, 2, 2)
    return ledger


def _cosign(checkpoint: Checkpoint, key: Any) -> None:
    moment = datetime.fromtimestamp(1_764_000_000, UTC)
    seconds = int(moment.timestamp())
    message = note.cosigned_message(note.parse(checkpoint.note).body(), seconds)
    signature = seconds.to_bytes(8, "big") + ed25519.sign(key.private, message)
    line = note.line(WITNESS, note.COSIGNATURE, key.public, signature)
    Cosignature.objects.create(checkpoint=checkpoint, witness=WITNESS, line=line, time=moment)


@pytest.fixture
def mutations(whole: Ledger, settings: Any) -> Iterator[Mutations]:
    """Changes to that ledger, whose tables nothing protects any more."""
    others = Channel.objects.get(name="other").id, Chain.objects.get(name="spare").id
    with rolled_back():
        unprotect()
        yield Mutations(*others, settings.CHAINS[0]["name"])


def verdict(mutation: Mutation, memory: Path) -> Report:
    """What the auditor says after the change, with the memory of before it."""
    remembered = memory.read_text() if memory.exists() else None
    with rolled_back():
        mutation.apply()
        report = audit(using="default")
    if remembered is not None:
        memory.write_text(remembered)
    return report


def is_named(mutation: Mutation, report: Report) -> bool:
    if report.wrong is None:
        return False
    row, detail = report.wrong["row"], report.wrong["detail"]
    return row.startswith(mutation.rows) and mutation.detail in f"{detail} "


@pytest.mark.timeout(600)
def test_a_thousand_changes_are_found_and_named(mutations: Mutations, settings: Any) -> None:
    memory = settings.STATE_DIR / "audit" / "main.json"
    drawn = mutations.all()
    assert len(drawn) >= 1000
    unseen, misnamed = [], []
    for mutation in drawn:
        report = verdict(mutation, memory)
        if report.wrong is None:
            unseen.append((mutation.what, report.unreachable))
        elif not is_named(mutation, report):
            misnamed.append((mutation.what, mutation.rows, report.wrong))
    assert (unseen, misnamed) == ([], [])
    assert audit(using="default").wrong is None, "each was undone"


def test_negative_controls(mutations: Mutations, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An auditor without one of its checks or without what it remembers misses what the others would not."""
    memory = settings.STATE_DIR / "audit" / "main.json"
    _a_rollback_shows_by_the_memory_or_by_the_chain(mutations, memory)
    believed = recomputation.Recomputation._stored_leaves

    def believing(self: recomputation.Recomputation, start: int, end: int) -> Iterator[Any]:
        """The stored leaf hash is taken for the record's."""
        return ((index, stored, id, stored) for index, stored, id, _ in believed(self, start, end))

    monkeypatch.setattr(recomputation.Recomputation, "_stored_leaves", believing)
    drawn = [mutations.column(Record, "commitment") for _ in range(20)]
    assert sum(verdict(mutation, memory).wrong is None for mutation in drawn) >= 18


def _a_rollback_shows_by_the_memory_or_by_the_chain(mutations: Mutations, memory: Path) -> None:
    remembered = memory.read_text()
    back = next(m for m in iter(mutations.rollback, None) if m.what.endswith(" 400"))
    for forgets, is_detached in ((False, False), (True, False), (False, True), (True, True)):
        with rolled_back():
            memory.unlink() if forgets else memory.write_text(remembered)
            if is_detached:
                run("UPDATE ledger_chain SET contract = ''")
            assert (verdict(back, memory).wrong is None) == (forgets and is_detached)
    memory.write_text(remembered)
