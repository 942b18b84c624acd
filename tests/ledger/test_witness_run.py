"""`./abs witness` as its own process, following a live log over HTTP: growth, restart, rollback, forks, changed keys."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from abs_platform.core import clock
from abs_platform.ledger import keys, note, public_log, selectors, services
from abs_platform.ledger.models import Channel, Checkpoint, Cosignature
from tests.ledger.conftest import Ledger
from tests.support.serving import served

NAME = "witness.example/w1"


class Outsider:
    """A witness's machine: its folder, and what it knows of the log."""

    def __init__(self, log: str, folder: Path) -> None:
        self.log, self.folder, self.state = log, folder, folder / "witness"
        self.trust = folder / "trust.json"
        self.trust.write_text(json.dumps(selectors.trust()))

    def run(self, *more: str) -> "subprocess.CompletedProcess[str]":
        options = ["--log", self.log, "--trust", str(self.trust), "--state", str(self.state), "--once", *more]
        return subprocess.run(
            [sys.executable, "-m", "abs_platform.launch", "witness", *options],
            cwd=django_settings.BASE_DIR, env=os.environ, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    @property
    def memory(self) -> str:
        (file,) = self.state.glob("abs.local*.json")
        return file.read_text()

    @property
    def evidence(self) -> list[dict[str, Any]]:
        return [json.loads(file.read_text()) for file in sorted(self.state.glob("refused-*.json"))]


@pytest.fixture
def outsider(unanchored: Ledger, tmp_path: Path) -> Iterator[Outsider]:
    with served() as web:
        yield Outsider(f"{web}/api/v1/log/main", tmp_path)


def grow(ledger: Ledger, count: int) -> Checkpoint:
    ledger.append(count)
    services.seal()
    return Checkpoint.objects.latest("size")


def forge(checkpoint: Checkpoint, size: int, root: bytes) -> str:
    """What the log's operator could sign: another tree, with the real keys."""
    origin = Channel.objects.get().origin
    return note.sign(note.Checkpoint(origin, size, root), name=origin, signers=keys.log_signers().values())


def introduce(outsider: Outsider, settings: Any) -> None:
    """First use: the witness makes its key, and the log's operator adds what it prints."""
    made = outsider.run("--name", NAME)
    assert made.returncode == 4 and "is no witness of this log" in made.stderr, made
    entry = next(line for line in made.stdout.splitlines() if line.startswith("ABS_WITNESSES="))
    settings.WITNESSES = json.loads(entry.removeprefix("ABS_WITNESSES=").strip("'"))
    assert settings.WITNESSES[0]["name"] == NAME
    assert f"vkey: {note.vkey(NAME, 'cosignature/v1', bytes.fromhex(settings.WITNESSES[0]['public']))}" in made.stdout


def test_a_witness_follows_the_log_and_survives_a_restart(
    outsider: Outsider, unanchored: Ledger, settings: Any
) -> None:
    grow(unanchored, 3)
    introduce(outsider, settings)
    for file in outsider.state.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file
    for count in (0, 300, 5):
        if count:
            grow(unanchored, count)
        newest = Checkpoint.objects.latest("size")
        done = outsider.run()
        assert done.returncode == 0, done
        assert f"{newest.size} records, cosigned\n" in done.stdout
        assert newest.cosignatures.get().witness == NAME
        assert json.loads(outsider.memory)["size"] == newest.size
    assert Cosignature.objects.count() == 3
    again = outsider.run("--name", NAME)
    assert again.returncode == 0 and "cosigned before" in again.stdout
    assert outsider.run("--name", "another").returncode == 2
    text = public_log.note_of(Checkpoint.objects.latest("size"))
    (line,) = [each for each in note.signatures(text) if each.name == NAME]
    public = bytes.fromhex(selectors.trust()["witnesses"][0]["public"])
    seconds = note.verify_cosignature(note.parse(text), line, name=NAME, public=public)
    assert abs(seconds - clock.now().timestamp()) < 300
    assert outsider.evidence == []


def test_a_witness_refuses_what_contradicts_its_memory(
    outsider: Outsider, unanchored: Ledger, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(unanchored, 40)
    introduce(outsider, settings)
    checkpoint = grow(unanchored, 30)
    assert outsider.run().returncode == 0
    memory, root = outsider.memory, bytes(checkpoint.root)
    grow(unanchored, 10)
    kept = Cosignature.objects.count()
    for size, other, words in (
        (40, bytes(Checkpoint.objects.get(size=40).root), "it was set back"),
        (70, bytes(32), "different views"),
        (80, bytes(32), "history was rewritten"),
        (90, root, "gives no proof"),
    ):
        monkeypatch.setattr(public_log, "note_of", lambda found, size=size, other=other: forge(found, size, other))
        done = outsider.run()
        assert done.returncode == 1, done
        assert "REFUSED, NOT COSIGNED" in done.stderr and words in done.stderr
        assert outsider.memory == memory
        (evidence,) = [each for each in outsider.evidence if words in each["reason"]]
        trusted = {algorithm: signer.public for algorithm, signer in keys.log_signers().items()}
        for text in (evidence["remembered"], evidence["offered"]):
            note.verify(text, origin="abs.local/main", name="abs.local/main", keys=trusted)
        assert (note.parse(evidence["remembered"]).size, note.parse(evidence["offered"]).size) == (70, size)
        assert outsider.run().returncode == 1
    assert len(outsider.evidence) == 4, "the same refusal is kept once"
    assert Cosignature.objects.count() == kept
    monkeypatch.undo()
    assert outsider.run().returncode == 0, "the honest log is followed on"


def test_a_note_that_the_trusted_keys_did_not_sign_is_refused(
    outsider: Outsider, unanchored: Ledger, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(unanchored, 3)
    introduce(outsider, settings)
    sound = Checkpoint.objects.get().note
    lines = sound.splitlines(keepends=True)
    for text in (
        "".join(lines[:5]),
        "".join([*lines[:4], lines[5]]),
        sound.replace("\n3\n", "\n4\n"),
        "",
        "x" * 70_000,
    ):
        monkeypatch.setattr(public_log, "note_of", lambda found, text=text: text)
        assert outsider.run().returncode in ({1} if len(text) < 60_000 else {4}), text
    assert not Cosignature.objects.exists()


def test_a_log_that_is_not_there_is_not_called_dishonest(outsider: Outsider, unanchored: Ledger) -> None:
    done = outsider.run()
    assert done.returncode == 4 and "404" in done.stderr
    outsider.log = "http://127.0.0.1:1/log"
    assert outsider.run().returncode == 4
    outsider.trust.write_text("{}")
    grow(unanchored, 1)
    outsider.trust.unlink()
    assert outsider.run().returncode == 2
