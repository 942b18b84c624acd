"""Cosignatures of witnesses: a valid one is kept and handed on, anything else is refused and leaves nothing."""

import pytest
from django.db import DatabaseError, transaction
from rest_framework.test import APIClient

from abs_platform.core import clock
from abs_platform.core.models import AuditEntry
from abs_platform.crypto import ed25519
from abs_platform.ledger import note, selectors, services
from abs_platform.ledger.models import Checkpoint, Cosignature
from tests.ledger.conftest import Ledger
from tests.support.cosigning import cosigned

BASE = "/api/v1/log/main"
NAMES = ["b.example/w2", "a.example/w1"]
WITNESSES = {name: ed25519.generate() for name in NAMES}


@pytest.fixture
def log(unanchored: Ledger, settings: object) -> Ledger:
    settings.WITNESSES = [{"name": name, "public": key.public.hex()} for name, key in WITNESSES.items()]  # type: ignore[attr-defined]
    unanchored.append(3)
    services.seal()
    return unanchored


def send(text: str, channel: str = "main") -> "tuple[int, dict[str, object]]":
    answer = APIClient().post(f"/api/v1/log/{channel}/cosignatures", text, content_type="text/plain")
    return answer.status_code, answer.json()


def now() -> int:
    return int(clock.now().timestamp())


def test_cosignatures_are_kept_once_and_handed_on_in_order(log: Ledger) -> None:
    checkpoint = Checkpoint.objects.get()
    seconds = now()
    for name, key in WITNESSES.items():
        text = cosigned(checkpoint, name, key, seconds)
        status, body = send(text)
        assert status == 201
        assert (body["channel"], body["size"], body["witness"]) == ("main", 3, name)
        assert send(text) == (200, body)
        later = cosigned(checkpoint, name, key, seconds + 1)
        assert send(later) == (200, body), "the first one stays"
    served = APIClient().get(f"{BASE}/checkpoint").content.decode()
    assert served == APIClient().get(f"{BASE}/checkpoints/3").content.decode()
    assert served.startswith(checkpoint.note)
    added = note.signatures("\n\n" + served.removeprefix(checkpoint.note))
    assert [line.name for line in added] == sorted(NAMES)
    for line in added:
        witness = WITNESSES[line.name].public
        assert note.verify_cosignature(note.parse(served), line, name=line.name, public=witness) == seconds
    assert AuditEntry.objects.filter(verb="ledger.cosigned").count() == 2
    record = log.append()[0]
    services.seal()
    assert selectors.evidence(record.id)["checkpoint"] == Checkpoint.objects.latest("size").note
    assert list(selectors.trust()["witnesses"][0]) == ["name", "type", "public", "vkey"]


def test_evidence_carries_the_cosignatures_of_its_checkpoint(log: Ledger) -> None:
    checkpoint = Checkpoint.objects.get()
    name, key = next(iter(WITNESSES.items()))
    send(cosigned(checkpoint, name, key, now()))
    record = checkpoint.channel.record_set.first()
    assert record is not None
    text = selectors.evidence(record.id)["checkpoint"]
    assert text == checkpoint.note + Cosignature.objects.get().line + "\n"


def test_what_is_no_valid_cosignature_of_a_known_witness_is_refused(log: Ledger) -> None:
    checkpoint = Checkpoint.objects.get()
    log.append(2)
    services.seal()
    other = Checkpoint.objects.latest("size")
    name, key = NAMES[0], WITNESSES[NAMES[0]]
    sound = cosigned(checkpoint, name, key, now())
    line = sound.split("\n")[1]
    stranger = ed25519.generate()
    for text, status, code in (
        (cosigned(checkpoint, name, stranger, now()), 422, "cosignature_wrong"),
        (cosigned(checkpoint, "c.example/w3", stranger, now()), 422, "witness_unknown"),
        (cosigned(checkpoint, NAMES[1], key, now()), 422, "cosignature_wrong"),
        (sound.replace("3\n", "5\n", 1), 422, "cosignature_wrong"),
        (cosigned(other, name, key, now()).replace("5\n", "3\n", 1), 422, "cosignature_wrong"),
        (sound.replace("3\n", "4\n", 1), 404, "not_found"),
        (cosigned(checkpoint, name, key, now() + 3600), 422, "cosignature_time"),
        (cosigned(checkpoint, name, key, now() - 3600), 422, "cosignature_time"),
        (cosigned(checkpoint, name, key, 2**64 - 1), 422, "cosignature_time"),
        (f"3\n{line[:-8]}\n", 422, "cosignature_wrong"),
        (f"3\n{line[:-40]}\n", 422, "cosignature_wrong"),
        (line, 422, "cosignature_malformed"),
        (f"x\n{line}\n", 422, "cosignature_malformed"),
        (f"3\n{line}\n{line}\n", 422, "cosignature_malformed"),
        (f"3\n{line[2:]}\n", 422, "cosignature_malformed"),
        (f"3\n— {name} AAAA\n", 422, "cosignature_wrong"),
        (f"3\n— {name} !!\n", 422, "cosignature_malformed"),
        (f"3\n— {name} é\n", 422, "cosignature_malformed"),
        (f"3\n{line[:-3]}{chr(ord(line[-3]) + 1)}==\n", 422, "cosignature_malformed"),  # the same bytes
        (f"{'9' * 400}\n{line}\n", 422, "cosignature_malformed"),
        ("", 422, "invalid_input"),
        ("x" * 2000, 413, "text_too_large"),
    ):
        found, body = send(text)
        assert (found, body["code"]) == (status, code), text
    assert send(sound, "other")[0] == 404
    publisher = "\n".join(["3", checkpoint.note.split("\n")[5]])
    assert send(publisher)[1]["code"] == "witness_unknown", "the log is no witness of itself"
    answer = APIClient().post(f"{BASE}/cosignatures", {"text": sound}, format="json")
    assert answer.status_code == 415
    assert not Cosignature.objects.exists()


def test_cosignatures_are_only_added(log: Ledger) -> None:
    name, key = next(iter(WITNESSES.items()))
    send(cosigned(Checkpoint.objects.get(), name, key, now()))
    with pytest.raises(DatabaseError), transaction.atomic():
        Cosignature.objects.update(time=clock.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        Cosignature.objects.all().delete()
