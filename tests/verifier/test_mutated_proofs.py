"""A hundred thousand changed proofs and thousands of changed signatures: none is accepted.

The negative controls make the same changes where the check is weak, a hash of eight bits or a signature not looked at:
there some come through, so the changes are such that a check is needed to refuse them.
"""

import random
from collections.abc import Callable

import pytest

from abs_platform.verifier import abs_verify
from abs_platform.verifier.abs_verify import (
    ed25519_verify,
    field_leaf,
    fields_commitment,
    root_from_inclusion,
    sm2_verify,
)
from tests.verifier import builder
from tests.verifier.builder import Case, new_signer
from tests.verifier.mutants import flipped, mutated_text

SEED = 20261126
HASHES = ("sm3", "sha256")
Tree = tuple[str, list[bytes]]  # hash, leaves


def trees(rng: random.Random, number: int) -> list[Tree]:
    return [(rng.choice(HASHES), [rng.randbytes(32) for _ in range(rng.randrange(2, 70))]) for _ in range(number)]


def changed_path(path: list[bytes], rng: random.Random) -> list[bytes]:
    """One hash flipped, left out, doubled, added or exchanged; never the same path."""
    path = list(path)
    at = rng.randrange(len(path) + 1)
    choice = rng.randrange(5) if path else 3
    if choice == 3:
        path.insert(at, rng.randbytes(32))
        return path
    at = rng.randrange(len(path))
    if choice == 0:
        path[at] = flipped(path[at], rng)
    elif choice == 1:
        del path[at]
    elif choice == 2:
        path.insert(at, path[at])
    else:
        other = rng.randrange(len(path))
        path[at], path[other] = (
            (path[other], path[at]) if path[at] != path[other] else (path[at], flipped(path[at], rng))
        )
    return path


def inclusions(rng: random.Random, number: int) -> int:
    """How many changed inclusion proofs are accepted."""
    taken = 0
    for name, leaves in trees(rng, number // 100):
        size, root = len(leaves), builder.root(name, leaves)
        for _ in range(100):
            index = at = rng.randrange(size)
            leaf, path, claimed = leaves[at], builder.path(name, leaves, at), root
            match rng.randrange(5):
                case 0:
                    leaf = flipped(leaf, rng)
                case 1:
                    claimed = flipped(root, rng)
                case 2:
                    index = rng.choice(
                        [other for other in (at - 1, at + 1, at ^ 1, size, rng.randrange(size)) if other != at]
                    )
                case 3:
                    path = builder.path(name, leaves, (at + 1) % size)
                case _:
                    path = changed_path(path, rng)
            taken += root_from_inclusion(name, index, size, leaf, path) == claimed
    return taken


def consistencies(rng: random.Random, number: int) -> int:
    """How many changed consistency proofs are accepted; a size is only ever claimed with the root that it has."""
    taken = 0
    for name, leaves in trees(rng, number // 100):
        size = len(leaves)
        roots = [b"", *(builder.root(name, leaves[:count]) for count in range(1, size + 1))]
        for _ in range(100):
            old = rng.randrange(1, size)
            path, old_root, root, claimed = builder.consistency(name, leaves, old), roots[old], roots[size], old
            match rng.randrange(5):
                case 0:
                    old_root = flipped(old_root, rng)
                case 1:
                    root = flipped(root, rng)
                case 2:
                    claimed = rng.choice([other for other in range(size) if other != old])
                    old_root = roots[claimed]
                case 3:
                    forged = [*leaves[: old - 1], flipped(leaves[old - 1], rng), *leaves[old:]]
                    root, path = builder.root(name, forged), builder.consistency(name, forged, old)
                case _:
                    path = changed_path(path, rng)
            taken += abs_verify.verify_consistency(name, claimed, old_root, size, root, path)
    return taken


def fields(rng: random.Random, number: int) -> int:
    """How many changed fields are accepted."""
    taken = 0
    for _ in range(number // 100):
        stated = {f"/lines/{row}/amount": f"{rng.randrange(10**6)}.00" for row in range(rng.randrange(2, 30))}
        part, commitment, _ = builder.fields_subject(tuple(stated), stated)
        disclosed, count = part["fields"]["disclosed"], part["fields"]["count"]
        for _ in range(100):
            right, of = rng.choice(disclosed), count
            field, other = dict(right), rng.choice(disclosed)
            proof = [bytes.fromhex(node) for node in right["proof"]]
            match rng.randrange(7):
                case 0:
                    field["value"] = mutated_text(right["value"], rng)
                case 1:
                    field["path"] = mutated_text(right["path"], rng)
                case 2:
                    field["salt"] = flipped(bytes.fromhex(right["salt"]), rng).hex()
                case 3:
                    field["index"] = rng.choice([each for each in range(count + 1) if each != right["index"]])
                case 4:
                    of = rng.choice([count - 1, count + 1, count * 2])
                case 5:
                    field.update({part: other[part] for part in rng.sample(["path", "value", "salt", "index"], 2)})
                case _:
                    proof = changed_path(proof, rng)
            if (field, of) == (right, count) and [node.hex() for node in proof] == right["proof"]:
                continue  # the change came to nothing, such as upper case of digits
            leaf = field_leaf(field["path"], bytes.fromhex(field["salt"]), field["value"])
            root = root_from_inclusion("sm3", field["index"], of, leaf, proof)
            taken += root is not None and fields_commitment(of, root) == commitment
    return taken


PROOFS = {"inclusion": (inclusions, 40_000), "consistency": (consistencies, 40_000), "fields": (fields, 25_000)}
Changes = Callable[[random.Random, int], int]


@pytest.mark.parametrize("kind", PROOFS)
def test_no_changed_proof_is_accepted(kind: str) -> None:
    changes, number = PROOFS[kind]
    assert changes(random.Random(SEED), number) == 0


@pytest.mark.parametrize("kind", PROOFS)
def test_with_a_hash_of_eight_bits_some_are(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    strong = abs_verify._hash
    for module, name in ((abs_verify, "_hash"), (builder, "digest")):
        monkeypatch.setattr(module, name, lambda name, data: strong(name, data)[:1] + bytes(31))
    monkeypatch.setattr(builder, "sm3", lambda data: strong("sm3", data)[:1] + bytes(31))
    changes, _ = PROOFS[kind]
    assert changes(random.Random(SEED), 4_000) > 0


@pytest.mark.parametrize("kind", ["sm2-sm3", "ed25519"])
def test_no_changed_signature_is_accepted(kind: str) -> None:
    rng, check = random.Random(SEED), sm2_verify if kind == "sm2-sm3" else ed25519_verify
    signers = [new_signer(kind) for _ in range(20)]
    signed = [(signer.public, b"%d" % number, signer.sign(b"%d" % number)) for number, signer in enumerate(signers)]
    assert all(check(*each) for each in signed)
    for _ in range(1_000):
        public, message, signature = rng.choice(signed)
        match rng.randrange(6):
            case 0:
                public = flipped(public, rng)
            case 1:
                message = flipped(message, rng)
            case 2:
                signature = signature[: rng.randrange(len(signature))]
            case 3:
                signature += rng.randbytes(rng.randrange(1, 4))
            case 4:
                signature = next(other for _, text, other in signed if text != message)
            case _:
                signature = flipped(signature, rng)
        assert not check(public, message, signature)


def lines_accepted(case: Case, rng: random.Random) -> int:
    """How many notes with a bit of a trusted signature flipped are taken for signed."""
    taken = 0
    for _ in range(200):
        body = case.bundle["checkpoint"].split("\n\n")[0].encode() + b"\n"
        blobs = {signer: signer.key_id + signer.sign(body) for signer in case.signers}
        signer = rng.choice(case.signers)
        blobs[signer] = blobs[signer][:4] + flipped(blobs[signer][4:], rng)
        note = body.decode() + "\n" + "".join(builder.note_line(each.name, blob) for each, blob in blobs.items())
        verdict = abs_verify.verify({**case.bundle, "checkpoint": note, "anchors": []}, case.trust)
        taken += verdict.verdict != "invalid"
    return taken


def test_no_note_with_a_changed_signature_is_accepted(single: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lines_accepted(single, random.Random(SEED)) == 0
    monkeypatch.setattr(abs_verify, "ed25519_verify", lambda *_: True)
    assert 0 < lines_accepted(single, random.Random(SEED)) < 200
