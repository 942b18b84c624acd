"""Checkpoints as signed notes."""

import base64
import hashlib

import pytest

from abs_platform.crypto import ed25519, sm2
from abs_platform.ledger import note
from abs_platform.ledger.note import Checkpoint, InvalidNote

SM2_KEY = sm2.generate()
ED25519_KEY = ed25519.generate()
KEYS = {"sm2-sm3": SM2_KEY.public, "ed25519": ED25519_KEY.public}
ORIGIN = "abs.example/main"
CHECKPOINT = Checkpoint(ORIGIN, 20, bytes(range(32)))


class Signer:
    def __init__(self, algorithm: str) -> None:
        self.algorithm = algorithm
        self.public = KEYS[algorithm]

    def sign(self, message: bytes) -> bytes:
        if self.algorithm == "ed25519":
            return ed25519.sign(ED25519_KEY.private, message)
        return sm2.sign(SM2_KEY.private, message)


def signed() -> str:
    return note.sign(CHECKPOINT, name=ORIGIN, signers=[Signer("sm2-sm3"), Signer("ed25519")])


def test_the_text_is_that_of_the_specification() -> None:
    lines = signed().split("\n")
    assert lines[:4] == [ORIGIN, "20", base64.b64encode(bytes(range(32))).decode(), ""]
    assert lines[6:] == [""]
    body = "\n".join([*lines[:3], ""]).encode()
    for line, type_, public, verify in (
        (lines[4], b"\xffsm2-sm3", SM2_KEY.public, sm2.verify),
        (lines[5], b"\x01", ED25519_KEY.public, ed25519.verify),
    ):
        dash, name, signature = line.split(" ")
        assert (dash, name) == ("—", ORIGIN)
        raw = base64.b64decode(signature)
        assert raw[:4] == hashlib.sha256(ORIGIN.encode() + b"\x0a" + type_ + public).digest()[:4]
        assert verify(public, body, raw[4:])


def test_a_signed_checkpoint_verifies() -> None:
    assert note.verify(signed(), origin=ORIGIN, name=ORIGIN, keys=KEYS) == CHECKPOINT


def test_signatures_of_others_are_passed_over() -> None:
    text, lines = signed().split("\n\n")
    others = f"{text}\n\n— witness.example AAAAAAAA\n— {ORIGIN} !!!\n— {ORIGIN} ÄAAA\n{lines}"
    assert note.verify(others, origin=ORIGIN, name=ORIGIN, keys=KEYS) == CHECKPOINT


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n20\n", "\n21\n"),
        lambda text: text.replace("\n20\n", "\n020\n"),
        lambda text: text.replace("\n20\n", "\n-20\n"),
        lambda text: text.replace(ORIGIN, "abs.example/other"),
        lambda text: text.replace("\n20\n", f"\n{'2' * 5000}\n"),
        lambda text: text.replace("AAEC", "AAED"),
        lambda text: text.replace("AAEC", "ÄAEC"),
        lambda text: text.replace("\n\n", "\nextension\n\n"),
        lambda text: text.partition("\n\n")[0],
        lambda text: text.partition("\n\n")[0] + "\n\n",
        lambda text: "",
    ],
)
def test_a_changed_note_is_refused(change: object) -> None:
    with pytest.raises(InvalidNote):
        note.verify(change(signed()), origin=ORIGIN, name=ORIGIN, keys=KEYS)  # type: ignore[operator]


@pytest.mark.parametrize("algorithm", KEYS)
def test_each_signature_is_needed(algorithm: str) -> None:
    text = note.sign(CHECKPOINT, name=ORIGIN, signers=[Signer(other) for other in KEYS if other != algorithm])
    with pytest.raises(InvalidNote, match=f"no valid {algorithm}"):
        note.verify(text, origin=ORIGIN, name=ORIGIN, keys=KEYS)


def test_a_witness_s_cosignature_binds_its_time_and_the_body() -> None:
    witness = ed25519.generate()
    message = note.cosigned_message(CHECKPOINT.body(), 1_800_000_000)
    assert message == f"cosignature/v1\ntime 1800000000\n{CHECKPOINT.body()}".encode()
    blob = (1_800_000_000).to_bytes(8, "big") + ed25519.sign(witness.private, message)
    text = signed() + note.line("witness.example/w1", "cosignature/v1", witness.public, blob) + "\n"
    *_, found = note.signatures(text)
    name, public = "witness.example/w1", witness.public
    assert note.verify_cosignature(CHECKPOINT, found, name=name, public=public) == 1_800_000_000
    for changed, key in (
        (Checkpoint(ORIGIN, 21, CHECKPOINT.root), public),
        (CHECKPOINT, ed25519.generate().public),
    ):
        with pytest.raises(InvalidNote):
            note.verify_cosignature(changed, found, name=name, public=key)
    later = note.Signature(found.name, found.key_id, bytes([*found.signature[:7], 1]) + found.signature[8:])
    with pytest.raises(InvalidNote, match="is wrong"):
        note.verify_cosignature(CHECKPOINT, later, name=name, public=public)


def test_another_key_is_refused() -> None:
    with pytest.raises(InvalidNote, match="no valid sm2-sm3"):
        note.verify(signed(), origin=ORIGIN, name=ORIGIN, keys={**KEYS, "sm2-sm3": sm2.generate().public})
