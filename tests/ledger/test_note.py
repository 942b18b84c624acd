"""Checkpoints as signed notes."""

import base64
import hashlib

import pytest

from abs_platform.crypto import sm2
from abs_platform.ledger import note
from abs_platform.ledger.note import Checkpoint, InvalidNote

KEY = sm2.generate()
ORIGIN = "abs.example/main"
CHECKPOINT = Checkpoint(ORIGIN, 20, bytes(range(32)))


def signed() -> str:
    return note.sign(CHECKPOINT, name=ORIGIN, key=KEY)


def test_the_text_is_that_of_the_specification() -> None:
    lines = signed().split("\n")
    assert lines[:4] == [ORIGIN, "20", base64.b64encode(bytes(range(32))).decode(), ""]
    dash, name, signature = lines[4].split(" ")
    assert (dash, name, lines[5:]) == ("—", ORIGIN, [""])
    preimage = ORIGIN.encode() + b"\x0a\xffsm2-sm3" + KEY.public
    raw = base64.b64decode(signature)
    assert raw[:4] == hashlib.sha256(preimage).digest()[:4]
    assert sm2.verify(KEY.public, "\n".join([*lines[:3], ""]).encode(), raw[4:])


def test_a_signed_checkpoint_verifies() -> None:
    assert note.verify(signed(), origin=ORIGIN, name=ORIGIN, public=KEY.public) == CHECKPOINT


def test_signatures_of_others_are_passed_over() -> None:
    text, line = signed().split("\n\n")
    others = f"{text}\n\n— witness.example AAAAAAAA\n— {ORIGIN} !!!\n{line}"
    assert note.verify(others, origin=ORIGIN, name=ORIGIN, public=KEY.public) == CHECKPOINT


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n20\n", "\n21\n"),
        lambda text: text.replace("\n20\n", "\n020\n"),
        lambda text: text.replace("\n20\n", "\n-20\n"),
        lambda text: text.replace(ORIGIN, "abs.example/other"),
        lambda text: text.replace("AAEC", "AAED"),
        lambda text: text.replace("\n\n", "\nextension\n\n"),
        lambda text: text.partition("\n\n")[0],
        lambda text: text.partition("\n\n")[0] + "\n\n",
        lambda text: "",
    ],
)
def test_a_changed_note_is_refused(change: object) -> None:
    with pytest.raises(InvalidNote):
        note.verify(change(signed()), origin=ORIGIN, name=ORIGIN, public=KEY.public)  # type: ignore[operator]


def test_another_key_is_refused() -> None:
    with pytest.raises(InvalidNote, match="no valid signature"):
        note.verify(signed(), origin=ORIGIN, name=ORIGIN, public=sm2.generate().public)
