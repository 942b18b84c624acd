"""The auditor finds what was changed and names the row."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction

from abs_platform.core import clock
from abs_platform.crypto import sm2
from abs_platform.crypto.merkle import Hasher
from abs_platform.integrations.kms import kms
from abs_platform.ledger import keys, note, rotation, services
from abs_platform.ledger.audit import audit
from abs_platform.ledger.audit.report import Mode, Report
from abs_platform.ledger.entries import entry
from abs_platform.ledger.key_models import PublisherKey
from abs_platform.ledger.management.commands import audit_log
from abs_platform.ledger.models import Anchor, Chain, Checkpoint, Leaf, Tile
from abs_platform.parties.actor import PLATFORM
from tests.ledger.conftest import Ledger


@pytest.fixture
def full(unanchored: Ledger) -> Ledger:
    """300 leaves under three checkpoints (256, 290, 300) and one tile; one more record pending."""
    for count in (256, 34, 10):
        unanchored.append(count)
        services.seal()
    unanchored.append(1)
    assert audit().to_json() == {
        "ok": True, "channel": "main", "mode": "full", "size": 300, "leaves": 300, "pending": 1, "tiles": 1,
        "checkpoints": 3, "cosignatures": 0, "anchors": 0, "wrong": None, "unreachable": {},
    }  # fmt: skip
    return unanchored


def wrong(report: Report) -> tuple[str, str]:
    assert report.wrong is not None
    return report.wrong["row"], report.wrong["detail"]


def record_of(index: int) -> str:
    return str(Leaf.objects.get(index=index).record_id)


RECORD_CHANGES = [
    "commitment = decode(repeat('ab', 32), 'hex')",
    "template = 'document/v2'",
    "time = time + interval '1 ms'",
]

OTHER_CHANGES = [
    ("UPDATE ledger_tile SET root = decode(repeat('ab', 32), 'hex')", "tile 0/0"),
    ("DELETE FROM ledger_tile", "tile 0/0"),
    ("UPDATE ledger_tile SET index = 5", "tile 0/0"),
    (
        "INSERT INTO ledger_tile (channel_id, level, index, hashes, root) SELECT channel_id, level, 1, hashes, root FROM ledger_tile",
        "tile 0/1",
    ),
    ("UPDATE ledger_checkpoint SET root = decode(repeat('ab', 32), 'hex') WHERE size = 290", "checkpoint 290"),
    ("UPDATE ledger_checkpoint SET note = replace(note, '290', '289') WHERE size = 290", "checkpoint 290"),
    ("DELETE FROM ledger_checkpoint WHERE size = 290", "checkpoint 300"),
    ("DELETE FROM ledger_checkpoint WHERE size = 300", "leaf 290"),
    ("DELETE FROM ledger_pendingrecord", "record "),
    ("UPDATE ledger_pendingrecord SET leaf_hash = decode(repeat('ab', 32), 'hex')", "record "),
]


def test_a_changed_record_is_named(full: Ledger) -> None:
    for index in (0, 200, 289, 299):
        record = record_of(index)
        for change in RECORD_CHANGES:
            with full.tampered(f"UPDATE ledger_record SET {change} WHERE id = %s", record):
                assert wrong(audit(using="default"))[0] == f"record {record}", (index, change)


def test_a_changed_leaf_is_named(full: Ledger) -> None:
    for index in (0, 255, 256, 299):
        with full.tampered("UPDATE ledger_leaf SET hash = decode(repeat('ab', 32), 'hex') WHERE index = %s", index):
            assert wrong(audit(using="default"))[0] == f"leaf {index}"


def test_exchanged_leaves_are_found(full: Ledger) -> None:
    full.tamper("UPDATE ledger_leaf SET index = index + 1000 WHERE index IN (17, 18)")
    full.tamper("UPDATE ledger_leaf SET index = 1035 - index WHERE index > 1000")
    assert wrong(audit())[0] == "tile 0/0"


def test_a_tampered_record_with_a_matching_leaf_is_found(full: Ledger) -> None:
    """Whoever changes a record and its leaf alike still contradicts the tile and the signed root."""
    record = Leaf.objects.select_related("record").get(index=290).record
    commitment = bytes(31) + b"\x01"
    forged = Hasher("sm3").leaf(
        entry(record_id=record.id, template=record.template, time=record.time, commitment=commitment)
    )
    full.tamper("UPDATE ledger_record SET commitment = %s WHERE id = %s", commitment, record.id)
    full.tamper("UPDATE ledger_leaf SET hash = %s WHERE index = 290", forged)
    assert wrong(audit())[0] == "checkpoint 300"


def test_a_deleted_leaf_is_named(full: Ledger) -> None:
    full.tamper("DELETE FROM ledger_leaf WHERE index = 270")
    assert wrong(audit()) == ("leaf 270", "is missing")


def test_a_changed_tile_byte_is_named(full: Ledger) -> None:
    for byte in (0, 33, 8191):
        with full.tampered(
            "UPDATE ledger_tile SET hashes = set_byte(hashes, %s, get_byte(hashes, %s) # 1)", byte, byte
        ):
            row, detail = wrong(audit(using="default"))
            assert row == "tile 0/0" and f"byte {byte} " in detail


def test_other_changes_are_named(full: Ledger) -> None:
    for sql, row in OTHER_CHANGES:
        with full.tampered(sql):
            assert wrong(audit(using="default"))[0].startswith(row), sql


class Forger:
    """Signs with a key of its own."""

    algorithm = "sm2-sm3"

    def __init__(self) -> None:
        self._pair = sm2.generate()
        self.public = self._pair.public

    def sign(self, message: bytes) -> bytes:
        return sm2.sign(self._pair.private, message)


def test_a_checkpoint_signed_by_another_key_is_named(full: Ledger) -> None:
    checkpoint = Checkpoint.objects.get(size=300)
    parsed = note.parse(checkpoint.note)
    forged = note.sign(parsed, name=parsed.origin, signers=[Forger(), keys.log_signers()["ed25519"]])
    full.tamper("UPDATE ledger_checkpoint SET note = %s WHERE size = 300", forged)
    row, detail = wrong(audit())
    assert row == "checkpoint 300" and "signature" in detail


def test_a_key_that_was_not_announced_signs_nothing(full: Ledger) -> None:
    """Somebody puts a key of his own beside ours and signs with it, all consistent."""
    checkpoint = Checkpoint.objects.get(size=300)
    forger = Forger()
    own = PublisherKey.objects.create(
        algorithm=forger.algorithm, name="own", public=forger.public, retired_at=clock.now() + timedelta(seconds=1)
    )
    parsed = note.parse(checkpoint.note)
    forged = note.sign(parsed, name=parsed.origin, signers=[forger, keys.log_signers()["ed25519"]])
    full.tamper("UPDATE ledger_checkpoint SET note = %s, sm2_key_id = %s WHERE size = 300", forged, own.id)
    row, detail = wrong(audit())
    assert row == "checkpoint 300" and "key own" in detail and "announces" in detail


@pytest.mark.parametrize("between", [True, False])
def test_an_announced_key_may_sign(full: Ledger, between: bool) -> None:
    for algorithm in ("sm2-sm3", "ed25519", "sm2-sm3"):
        rotation.rotate(algorithm=algorithm, actor=PLATFORM)
        if between:  # the announcement is known from memory when its key first signs
            assert audit(mode=Mode.INCREMENTAL).wrong is None
        full.append()
        services.seal()
    assert audit(mode=Mode.INCREMENTAL).wrong is None
    assert audit().wrong is None


def test_a_rolled_back_database_is_seen(full: Ledger) -> None:
    """Everything in it fits together; only the auditor's own memory tells."""
    for table, condition in (("checkpoint", "size > 290"), ("leaf", "index >= 290")):
        full.tamper(f"DELETE FROM ledger_{table} WHERE {condition}")
    full.tamper("DELETE FROM ledger_pendingrecord")
    full.tamper("DELETE FROM ledger_record r WHERE NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.record_id = r.id)")
    row, detail = wrong(audit())
    assert row == "checkpoint 300" and "rolled back to 290" in detail


def test_a_rewritten_log_is_seen(full: Ledger) -> None:
    """The same number of leaves, all consistent and properly signed, with other content."""
    for table in ("checkpoint", "tile", "leaf", "pendingrecord", "record"):
        full.tamper(f"DELETE FROM ledger_{table}")
    full.append(300)
    services.seal()
    row, detail = wrong(audit())
    assert row == "checkpoint 300" and "rewritten" in detail


def test_a_rollback_is_seen_on_the_chain_without_any_memory(ledger: Ledger, settings: Any) -> None:
    for count in (3, 4):
        ledger.append(count)
        ledger.settle()
    ledger.tamper(
        "DELETE FROM ledger_anchortransaction WHERE anchor_id IN (SELECT id FROM ledger_anchor WHERE size = 7)"
    )
    for table, condition in (("anchor", "size = 7"), ("checkpoint", "size = 7"), ("leaf", "index >= 3")):
        ledger.tamper(f"DELETE FROM ledger_{table} WHERE {condition}")
    ledger.tamper("DELETE FROM ledger_record r WHERE NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.record_id = r.id)")
    row, detail = wrong(audit())
    assert row == f"chain {ledger.chain.name}, checkpoint 1" and "no checkpoint of that size" in detail


def test_a_changed_anchor_is_named(ledger: Ledger) -> None:
    ledger.append()
    ledger.settle()
    kept = Anchor.objects.values("block", "block_hash", "block_time").get()
    for change in ("block = block + 1", "block_hash = sha256('')", "block_time = block_time - interval '1 s'"):
        ledger.tamper(f"UPDATE ledger_anchor SET {change}")
        assert wrong(audit())[0] == f"anchor 0 on {ledger.chain.name}", change
        Anchor.objects.update(**kept)
    assert audit().wrong is None


def test_an_anchor_called_final_too_early_is_named(ledger: Ledger) -> None:
    ledger.append()
    ledger.settle()
    chain = ledger.chain
    confirmations = chain.confirmations
    Chain.objects.update(confirmations=1_000_000)
    row, detail = wrong(audit())
    assert row == f"anchor 0 on {chain.name}" and "blocks deep, not 1000000" in detail
    Chain.objects.update(confirmations=confirmations)
    assert audit().wrong is None


def test_an_audit_needs_no_key(ledger: Ledger, settings: Any, tmp_path: Path) -> None:
    """It can run where the platform's keys are not: it reads chains, and signs nothing."""
    ledger.append()
    ledger.settle()
    kms.cache_clear()
    settings.MASTER_KEY_FILE, settings.CHAIN_KEY_FILE = tmp_path / "none" / "master", tmp_path / "none" / "chain"
    report = audit()
    assert (report.wrong, report.unreachable, report.anchors) == (None, {}, 1)
    assert not (tmp_path / "none").exists()


def test_an_empty_log_is_in_order(unanchored: Ledger) -> None:
    assert audit().wrong is None


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = 0
    try:
        call_command("audit_log", *arguments)
    except SystemExit as leave:
        code = int(leave.code or 0)
    return code, capsys.readouterr().out


def test_the_command_says_it_in_words_in_json_and_by_its_exit_code(
    full: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys) == (
        0,
        "main: in order up to 300 (full): 300 leaves, 1 tiles, 3 checkpoints, 0 cosignatures, 0 anchors, 1 pending\n",
    )
    full.tamper("UPDATE ledger_leaf SET hash = decode(repeat('ab', 32), 'hex') WHERE index = 42")
    code, text = run(capsys)
    assert code == 1 and text.startswith("main: WRONG: leaf 42: ")
    code, text = run(capsys, "--json")
    answer = json.loads(text)
    assert (code, answer["ok"], answer["channels"][0]["wrong"]["row"]) == (1, False, "leaf 42")


def test_a_database_that_cannot_be_read_is_no_verdict(unanchored: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**options: Any) -> None:
        raise OperationalError("the connection was refused")

    monkeypatch.setattr(audit_log, "audit", refuse)
    with pytest.raises(CommandError, match="cannot be read: the connection was refused") as found:
        call_command("audit_log", "--channel", "main")
    assert found.value.returncode == 2


def test_the_command_tells_an_unreachable_chain(
    ledger: Ledger, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger.append()
    ledger.settle()
    settings.CHAINS = [{**settings.CHAINS[0], "url": "http://127.0.0.1:1"}]
    code, text = run(capsys)
    assert code == 4 and "not checked: no answer" in text


def test_the_audit_writes_nothing(full: Ledger) -> None:
    def rows() -> Any:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_leaf UNION ALL SELECT count(*) FROM core_job")
            return cursor.fetchall()

    before = rows()
    audit()
    assert rows() == before and Tile.objects.count() == 1
