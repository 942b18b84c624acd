"""An incremental audit goes on where the last one ended, sees what is new, and costs what is new."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test.utils import CaptureQueriesContext

from abs_platform.ledger import services
from abs_platform.ledger.audit import audit, channels
from abs_platform.ledger.audit.memory import Memory, UnreadableMemory
from abs_platform.ledger.audit.report import Mode, Report
from abs_platform.ledger.models import Leaf, PendingRecord
from tests.ledger.conftest import Ledger


def incremental(*, using: str = "default") -> Report:
    return audit(mode=Mode.INCREMENTAL, using=using)


def wrong(report: Report) -> tuple[str, str]:
    assert report.wrong is not None
    return report.wrong["row"], report.wrong["detail"]


def memory_file() -> Path:
    return Path(settings.STATE_DIR) / "audit" / "main.json"


@pytest.fixture
def grown(unanchored: Ledger) -> Ledger:
    """300 leaves audited, 300 more since, a checkpoint after each hundred; two more records pending."""
    for _ in range(3):
        unanchored.append(100)
        services.seal()
    assert audit().wrong is None
    for _ in range(3):
        unanchored.append(100)
        services.seal()
    unanchored.append(2)
    return unanchored


def test_it_looks_at_what_is_new_and_remembers_it(grown: Ledger) -> None:
    report = incremental(using="audit")
    assert (report.wrong, report.mode, report.size) == (None, Mode.INCREMENTAL, 600)
    assert report.counts() == {
        "leaves": 300, "tiles": 1, "checkpoints": 3, "cosignatures": 0, "anchors": 0, "pending": 2,
    }  # fmt: skip
    assert json.loads(memory_file().read_text())["size"] == 600
    again = incremental(using="audit")
    assert (again.wrong, again.size, again.leaves, again.checkpoints) == (None, 600, 0, 0)
    assert audit().wrong is None, "a full audit agrees"


def test_without_a_memory_it_is_a_full_one(grown: Ledger) -> None:
    memory_file().unlink()
    report = incremental(using="audit")
    assert (report.wrong, report.mode, report.leaves) == (None, Mode.FULL, 600)


NEW = [
    ("UPDATE ledger_leaf SET hash = sha256('') WHERE index = 300", "leaf 300"),
    ("DELETE FROM ledger_leaf WHERE index = 599", "leaf 599"),
    ("UPDATE ledger_tile SET hashes = set_byte(hashes, 9, get_byte(hashes, 9) # 1) WHERE index = 1", "tile 0/1"),
    ("DELETE FROM ledger_tile WHERE index = 1", "tile 0/1"),
    ("UPDATE ledger_checkpoint SET note = note || ' ' WHERE size = 500", "checkpoint 500"),
    ("DELETE FROM ledger_checkpoint WHERE size = 400", "checkpoint 500"),
    ("DELETE FROM ledger_pendingrecord", "record "),
    ("UPDATE ledger_pendingrecord SET leaf_hash = sha256('')", "record "),
]
EDGE = [
    ("UPDATE ledger_leaf SET hash = sha256('') WHERE index = 299", "leaf 299"),
    ("UPDATE ledger_tile SET root = sha256('') WHERE index = 0", "tile 0/0"),
    ("UPDATE ledger_checkpoint SET note = replace(note, '300', '299') WHERE size = 300", "checkpoint 300"),
    ("DELETE FROM ledger_checkpoint WHERE size = 300", "checkpoint 300"),
    ("UPDATE ledger_publisherkey SET public = public || 'x'", "key "),
]
OLD = [
    "UPDATE ledger_leaf SET hash = sha256('') WHERE index = 17",
    "UPDATE ledger_record SET template = 'other/v1' WHERE id = (SELECT record_id FROM ledger_leaf WHERE index = 17)",
    "UPDATE ledger_tile SET hashes = set_byte(hashes, 9, get_byte(hashes, 9) # 1) WHERE index = 0",
    "UPDATE ledger_checkpoint SET note = replace(note, '200', '201') WHERE size = 200",
]


def test_what_is_wrong_with_the_new_is_named(grown: Ledger) -> None:
    for sql, row in (*NEW, *EDGE):
        with grown.tampered(sql):
            assert wrong(incremental())[0].startswith(row), sql


def test_what_is_older_is_seen_by_a_full_audit_alone(grown: Ledger) -> None:
    """The README says so; this is why there are both."""
    for sql in OLD:
        with grown.tampered(sql):
            remembered = memory_file().read_text()
            assert audit(using="default").wrong is not None, sql
            assert incremental().wrong is None, sql
            memory_file().write_text(remembered)


def test_a_rollback_and_a_rewriting_are_seen(grown: Ledger) -> None:
    assert incremental(using="audit").wrong is None
    grown.tamper("DELETE FROM ledger_checkpoint WHERE size > 500")
    assert wrong(incremental()) == (
        "checkpoint 600",
        "was seen before and is gone: the log was rolled back to 500 leaves",
    )
    for table in ("checkpoint", "tile", "leaf", "pendingrecord", "record"):
        grown.tamper(f"DELETE FROM ledger_{table}")
    grown.append(600)
    services.seal()
    assert wrong(incremental())[0] in ("checkpoint 600", "leaf 512")


def test_a_channel_that_is_gone_is_named(grown: Ledger) -> None:
    with grown.tampered("UPDATE ledger_channel SET name = 'other'"):
        assert channels(using="default") == ["main", "other"]
        assert wrong(audit(using="default")) == ("channel main", "was seen before with 300 leaves and is gone")
    with grown.tampered("UPDATE ledger_channel SET origin = 'abs.local/other'"):
        assert wrong(incremental())[0] == "channel main"
    with pytest.raises(LookupError):
        audit(channel="never")


def test_a_key_may_be_retired_once_and_nothing_else(grown: Ledger) -> None:
    retire = "UPDATE ledger_publisherkey SET retired_at = created_at + interval '1 s' WHERE algorithm = 'ed25519'"
    grown.tamper(retire)
    assert incremental(using="audit").wrong is None
    with grown.tampered("UPDATE ledger_publisherkey SET retired_at = NULL"):
        assert wrong(incremental())[1] == "was changed since the last audit: retired_at"


def test_the_memory_never_goes_back_and_is_never_guessed(grown: Ledger) -> None:
    assert incremental(using="audit").wrong is None
    memory = Memory(Path(settings.STATE_DIR) / "audit", "main")
    newest = memory.recall()
    assert newest is not None
    older = json.loads(memory_file().read_text())
    with grown.tampered("DELETE FROM ledger_leaf WHERE index = 599"):
        assert audit(using="default").wrong is not None
    assert memory.recall() == newest, "what is wrong is not remembered"
    memory_file().write_text(json.dumps({**older, "root": "00" * 32}))
    with pytest.raises(UnreadableMemory, match="does not lead to its root"):
        incremental()
    memory_file().write_text("{")
    with pytest.raises(UnreadableMemory, match="Remove it to begin anew"):
        incremental()


def test_a_record_taken_in_and_lost_is_named(grown: Ledger) -> None:
    """Both rows of a pending record deleted leave nothing to be found here; the chains' counts of records tell."""
    assert incremental(using="audit").wrong is None
    lost = PendingRecord.objects.order_by("-id").values_list("record_id", flat=True)[0]
    with grown.tampered("DELETE FROM ledger_pendingrecord WHERE record_id = %s", lost):
        assert wrong(incremental()) == (f"record {lost}", "is neither in the log nor pending")


def queries(run: Any) -> int:
    with CaptureQueriesContext(connections["default"]) as captured:
        assert run().wrong is None
    return len(captured)


def test_its_queries_do_not_grow_with_the_log(grown: Ledger) -> None:
    """An increment that fills one tile costs as many at 858 leaves as at 3,162."""
    services.seal()
    incremental()
    counts = []
    for before in (0, 2048):
        if before:
            grown.append(before)
            services.seal()
            incremental()
        grown.append(256)
        services.seal()
        counts.append(queries(incremental))
    assert Leaf.objects.count() == 3162
    assert counts[0] == counts[1]
