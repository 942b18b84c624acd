"""Keys change: what was signed stays valid, what an old key signs afterwards is refused, and the log tells of the change."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from abs_platform.core.errors import Forbidden
from abs_platform.core.models import AuditEntry
from abs_platform.crypto.sm3 import sm3
from abs_platform.ledger import keys, note, rotation, selectors, services
from abs_platform.ledger.audit import audit
from abs_platform.ledger.key_models import PublisherKey
from abs_platform.ledger.models import Checkpoint, PendingRecord, Record
from abs_platform.parties.actor import PLATFORM, Actor
from abs_platform.parties.roles import Role
from tests.ledger.conftest import Ledger
from tests.ledger.test_outside_verifier import bundle_of, record_file, verify
from tests.ledger.test_seal import in_thread

ALGORITHMS = ["sm2-sm3", "ed25519"]
OPERATOR = Actor(label="the operator", roles=frozenset({Role.OPERATOR}))


def failing(verdict: dict[str, Any]) -> set[str]:
    return {link["name"] for link in verdict["links"] if link["ok"] is False}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_bundles_of_before_and_after_verify_with_the_new_trust_file(
    ledger: Ledger, tmp_path: Path, settings: Any, algorithm: str
) -> None:
    before = record_file()
    ledger.settle()
    old_trust, old_bundle = selectors.trust(), bundle_of(before)
    rotation.rotate(algorithm=algorithm, actor=OPERATOR)
    after = record_file()
    ledger.settle()
    trust, bundle = selectors.trust(), bundle_of(after)
    assert json.loads(settings.TRUST_FILE.read_text()) == trust
    assert verify(tmp_path, old_bundle, trust)["verdict"] == "valid"
    assert verify(tmp_path, bundle, trust)["verdict"] == "valid"
    assert verify(tmp_path, old_bundle, old_trust)["verdict"] == "valid"
    refused = verify(tmp_path, bundle, old_trust)
    assert (refused["verdict"], failing(refused)) == ("invalid", {"signature"})
    report = audit()
    assert report.wrong is None, report


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_retired_key_counts_for_nothing_that_came_later(ledger: Ledger, tmp_path: Path, algorithm: str) -> None:
    record_file()
    ledger.settle()
    thief = keys.log_signers()
    rotation.rotate(algorithm=algorithm, actor=OPERATOR)
    after = record_file()
    ledger.settle()
    trust, bundle = selectors.trust(), bundle_of(after)
    checkpoint = note.parse(bundle["checkpoint"])
    signers = keys.log_signers() | {algorithm: thief[algorithm]}
    forged = note.sign(checkpoint, name=checkpoint.origin, signers=signers.values())
    refused = verify(tmp_path, {**bundle, "checkpoint": forged}, trust)
    assert (refused["verdict"], failing(refused)) == ("invalid", {"signature"})
    for key in trust["keys"]:
        key.pop("last_size", None)
    assert verify(tmp_path, {**bundle, "checkpoint": forged}, trust)["verdict"] == "valid", "only last_size tells"


def test_the_change_stands_in_the_log_under_the_old_key_s_last_checkpoint(unanchored: Ledger) -> None:
    unanchored.append(5)
    old = keys.log_signers()["sm2-sm3"]
    new = rotation.rotate(algorithm="sm2-sm3", actor=OPERATOR)
    record = Record.objects.get(template="key/v1")
    assert (record.subject_kind, record.subject_id, record.actor) == ("publisher_key", new.id, "the operator")
    text = (
        f'{{"algorithm":"sm2-sm3","format":"abs-key/v1","predecessor":"{old.public.hex()}",'
        f'"public":"{bytes(new.public).hex()}"}}'
    )
    assert bytes(record.commitment) == sm3(text.encode())
    last = Checkpoint.objects.filter(sm2_key=old.row).latest("size")
    assert record.leaf.index < last.size == 6
    assert not PendingRecord.objects.exists()
    unanchored.append(1)
    services.seal()
    assert Checkpoint.objects.latest("size").sm2_key == new
    listed = selectors.trust()["keys"]
    assert [(key["type"], key.get("last_size")) for key in listed] == [
        ("sm2-sm3", None), ("ed25519", None), ("sm2-sm3", 6),
    ]  # fmt: skip
    assert [key["public"] for key in listed] == [
        bytes(new.public).hex(), keys.log_signers()["ed25519"].public.hex(), old.public.hex(),
    ]  # fmt: skip
    (entry,) = AuditEntry.objects.filter(verb="ledger.key_rotated")
    assert (entry.actor, entry.subject_id) == ("the operator", new.id)
    assert (new.name, entry.detail["predecessor"]) == ("log-publisher-2", "log-publisher")


def test_a_rotation_under_load_leaves_no_checkpoint_of_the_old_key_behind_it(unanchored: Ledger) -> None:
    """Whatever is sealed meanwhile: checkpoints of a key are contiguous, and last_size does not move afterwards."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            unanchored.append(3)
            services.seal()

    workers = [threading.Thread(target=in_thread(work)) for _ in range(2)]
    for worker in workers:
        worker.start()
    sizes = []
    for _ in range(3):
        rotation.rotate(algorithm="ed25519", actor=PLATFORM)
        sizes.append(next(key["last_size"] for key in selectors.trust()["keys"] if "last_size" in key))
    stop.set()
    for worker in workers:
        worker.join()
    signed = [key["last_size"] for key in selectors.trust()["keys"] if "last_size" in key]
    assert signed == sizes[::-1]
    order = list(Checkpoint.objects.order_by("size").values_list("ed25519_key", flat=True))
    changes = [key for at, key in enumerate(order) if at == 0 or order[at - 1] != key]
    assert len(changes) == len(set(changes))
    report = audit()
    assert report.wrong is None, report


def test_only_operators_rotate_and_only_keys_that_sign_checkpoints(unanchored: Ledger) -> None:
    for actor in (Actor(label="x"), Actor(label="x", roles=frozenset({Role.RISK_OFFICER}))):
        with pytest.raises(Forbidden):
            rotation.rotate(algorithm="ed25519", actor=actor)
    with pytest.raises(ValueError, match="signs no checkpoints"):
        rotation.rotate(algorithm="secp256k1", actor=PLATFORM)
    assert PublisherKey.objects.filter(algorithm="ed25519").count() == 1
    assert not Record.objects.exists()
    assert APIClient().get("/api/v1/ledger/keys").status_code == 401


def test_the_list_of_keys_says_what_each_signed(ledger: Ledger) -> None:
    record_file()
    ledger.settle()
    rotation.rotate(algorithm="ed25519", actor=PLATFORM)
    ledger.settle()
    ledger.append(4)
    ledger.settle()
    listed = {key["name"]: key for key in keys.listed()}
    assert listed["log-publisher"]["signed"] == [{"channel": "main", "checkpoints": 3, "first_size": 1, "last_size": 6}]
    assert listed["log-publisher-ed25519"]["signed"] == [
        {"channel": "main", "checkpoints": 2, "first_size": 1, "last_size": 2}
    ]
    assert listed["log-publisher-ed25519-2"]["signed"] == [
        {"channel": "main", "checkpoints": 1, "first_size": 6, "last_size": 6}
    ]
    assert [key["is_active"] for key in listed.values() if key["algorithm"] == "ed25519"] == [True, False]
