"""Checkpoints: whose signature counts, retired keys, witnesses, and notes that have not their form."""

from dataclasses import replace
from typing import Any

import pytest

from abs_platform.crypto import ed25519
from abs_platform.verifier.abs_verify import Verdict
from tests.verifier.builder import ORIGIN, WITNESS, Case, Signer, make_case, new_signer, note_line, signed_note
from tests.verifier.checks import Chains, failing, verify


def with_note(case: Case, note: str, **options: Any) -> Verdict:
    return verify(case, {**case.copy(), "checkpoint": note}, **options)


def spoiled_line(signer: Signer, note: str) -> str:
    """A signature line with the last bit wrong."""
    blob = bytearray(signer.key_id + signer.sign(note.split("\n\n")[0].encode() + b"\n"))
    blob[-1] ^= 1
    return note_line(signer.name, bytes(blob))


def test_signed_by_others_only(single: Case) -> None:
    strangers = [new_signer("sm2-sm3"), new_signer("ed25519")]
    renamed = [replace(signer, name="somebody") for signer in single.signers]
    for signers in (strangers, renamed):
        verdict = with_note(single, signed_note(signers, 11, single.root))
        assert failing(verdict) == ["signature"] and "no trusted key has signed" in verdict.sentence()


def test_a_cosigner_that_is_not_known_is_passed_over(single: Case) -> None:
    stranger = new_signer("cosignature/v1", WITNESS)
    note = signed_note([*single.signers, stranger, new_signer("ed25519", "见证方")], 11, single.root)
    assert with_note(single, note).verdict == "valid"


def test_a_trusted_key_beside_a_wrong_line_of_its_own(single: Case) -> None:
    """signed-note: a wrong signature of a known key spoils the note, whatever else is there."""
    for signer in single.signers:
        note = single.bundle["checkpoint"]
        assert failing(with_note(single, note + spoiled_line(signer, note))) == ["signature"]
        assert failing(with_note(single, note + note_line(signer.name, signer.key_id + b"x"))) == ["signature"]


@pytest.mark.parametrize("left_out", ["sm2-sm3", "ed25519"])
def test_a_type_of_key_that_the_trust_file_names_must_have_signed(single: Case, left_out: str) -> None:
    note = signed_note([signer for signer in single.signers if signer.type != left_out], 11, single.root)
    verdict = with_note(single, note)
    assert failing(verdict) == ["signature"] and f"no trusted key of the type {left_out}" in verdict.sentence("en")
    keys = [key for key in single.trust["keys"] if key["type"] != left_out]
    assert with_note(single, note, trust={**single.trust, "keys": keys}).verdict == "valid"


@pytest.mark.parametrize("kind", ["sm2-sm3", "ed25519"])
def test_a_retired_key_counts_up_to_its_last_size(single: Case, kind: str) -> None:
    old = new_signer(kind)
    staying = [signer for signer in single.signers if signer.type != kind]
    note = signed_note([old, *staying], 11, single.root)

    def verdict_with(last_size: int) -> Verdict:
        keys = [*single.trust["keys"], {**old.trust_entry(), "last_size": last_size}]
        return with_note(single, note, trust={**single.trust, "keys": keys})

    assert verdict_with(11).verdict == verdict_with(12).verdict == "valid"
    for last_size in (0, 10):
        verdict = verdict_with(last_size)
        assert failing(verdict) == ["signature"] and f"of the type {kind}" in verdict.sentence("en")
    beside = (
        note
        + spoiled_line(old, note)
        + next(s for s in single.signers if s.type == kind).line(note.split("\n\n")[0].encode() + b"\n")
    )
    note = beside  # beyond its last size, the old key's lines are a stranger's, right or wrong
    assert verdict_with(10).verdict == "valid"
    assert failing(verdict_with(11)) == ["signature"]


def test_when_every_key_is_retired_nobody_has_signed(single: Case) -> None:
    keys = [{**key, "last_size": 10} for key in single.trust["keys"]]
    assert failing(verify(single, trust={**single.trust, "keys": keys})) == ["signature"]


def witness_link(verdict: Verdict) -> tuple[bool | None, str]:
    (link,) = [link for link in verdict.links if link.name == f"witness/{WITNESS}"]
    return link.ok, link.detail("en")


def test_witnesses(chains: Chains) -> None:
    case = make_case({"business": chains["business"]}, more=True)
    verdict = verify(case)
    assert verdict.verdict == "valid"
    assert witness_link(verdict) == (True, "cosigned this checkpoint, at 2026-11-23T05:49:20Z by its own word")
    silent = with_note(case, signed_note(case.signers, 11, case.root))
    assert (silent.verdict, witness_link(silent)) == ("valid", (None, "has not cosigned this checkpoint"))
    impostor = with_note(case, signed_note([*case.signers, new_signer("cosignature/v1", WITNESS)], 11, case.root))
    assert (impostor.verdict, witness_link(impostor)[0]) == ("valid", None)
    note = case.bundle["checkpoint"]
    body = note.split("\n\n")[0].encode() + b"\n"
    right = case.witness.sign(body)
    too_late = (1 << 40).to_bytes(8, "big") + ed25519.sign(
        case.witness.private, b"cosignature/v1\ntime %d\n" % (1 << 40) + body
    )
    for wrong in (
        right[:7] + bytes([right[7] ^ 1]) + right[8:],
        right[:-1] + bytes([right[-1] ^ 1]),
        ed25519.sign(case.witness.private, body),
        b"x",
        too_late,
    ):
        spoiled = with_note(case, note + note_line(WITNESS, case.witness.key_id + wrong))
        assert failing(spoiled) == [f"witness/{WITNESS}"] and spoiled.verdict == "invalid"
    unsigned = with_note(case, "no note")
    assert witness_link(unsigned)[0] is None
    as_publisher = replace(case.witness, type="ed25519", name=ORIGIN)
    assert failing(with_note(case, signed_note([case.signers[0], as_publisher], 11, case.root))) == ["signature"]


def test_a_checkpoint_of_another_log(single: Case) -> None:
    verdict = with_note(single, signed_note(single.signers, 11, single.root, origin="abs.test/other"))
    assert failing(verdict) == ["checkpoint"]


def test_a_signed_checkpoint_of_another_tree(single: Case) -> None:
    for size, root in ((11, bytes(32)), (12, single.root)):
        assert failing(with_note(single, signed_note(single.signers, size, root))) == ["inclusion"]


def test_extension_lines_are_signed_and_allowed(single: Case) -> None:
    note = signed_note(single.signers, 11, single.root, more="extension\n")
    assert with_note(single, note).verdict == "valid"
    assert failing(with_note(single, note.replace("extension", "Extension"))) == ["signature"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: "",
        lambda note: note.rstrip("\n"),
        lambda note: note + "\n",
        lambda note: note.replace("\n\n", "\n"),
        lambda note: "\n" + note,
        lambda note: note.replace("\n11\n", "\n011\n"),
        lambda note: note.replace("\n11\n", "\n+11\n"),
        lambda note: note.replace("\n11\n", "\n１１\n"),
        lambda note: note.replace("\n11\n", "\n\n11\n"),
        lambda note: note.replace("=\n\n", "\n\n"),
        lambda note: note.replace("\u2014", "-"),
        lambda note: note.replace("\u2014 ", "\u2014  "),
        lambda note: note.replace("abs.test/main", "abs.test/main\t"),
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note.replace("\n11\n", "\n9007199254740992\n"),
        lambda note: note + note.split("\n")[-2] + " x\n",
        lambda note: note + note_line("two words", bytes(70)),
        lambda note: note + note_line("plus+plus", bytes(70)),
        lambda note: note + note_line("short", bytes(4)),
        lambda note: note + (note.split("\n")[-2] + "\n") * 64,
        lambda note: note.split("\n\n")[0] + "\n\n",
    ],
)
def test_malformed_notes(single: Case, spoil: Any) -> None:
    assert failing(with_note(single, spoil(single.bundle["checkpoint"]))) == ["checkpoint"]
