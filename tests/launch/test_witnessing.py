"""What a witness accepts: exactly the trees that contain what it saw, by published vectors and for any history."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from abs_platform.crypto import ed25519
from abs_platform.crypto.merkle import Hasher, MemoryTree, Prover
from abs_platform.launch.witnessing import Refused, Seen, Witness, check_proof, needs_proof
from abs_platform.ledger import note as ledger_note
from abs_platform.verifier.abs_verify import Note, parse_note
from tests.shared_data import shared

ORIGIN = "abs.example/main"


def offered(size: int, root: bytes) -> Note:
    text = f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\n\n— {ORIGIN} AAAAAAAA\n"
    return parse_note(text)


def accepts(hash_name: str, seen: Seen, note: Note, path: list[bytes]) -> bool:
    try:
        if needs_proof(seen, note):
            check_proof(hash_name, seen, note, path)
    except Refused:
        return False
    return True


def test_the_published_vectors_are_judged_as_they_say() -> None:
    outcomes = set()
    for line in shared("04_merkle_tsa/rfc6962/consistency.jsonl").read_text().splitlines():
        vector = json.loads(line)
        old_root, root = (base64.b64decode(vector[name] or "") for name in ("root1", "root2"))
        if len(root) != 32 or not 0 < vector["size1"] < vector["size2"]:
            continue  # no signed checkpoints make such a question
        path = [base64.b64decode(node) for node in vector["proof"] or []]
        found = accepts("sha256", Seen(vector["size1"], old_root, ""), offered(vector["size2"], root), path)
        assert found == (not vector["wantErr"]), vector["desc"]
        outcomes.add(found)
    assert outcomes == {True, False}


def tree(hasher: Hasher, leaves: list[bytes]) -> MemoryTree:
    made = MemoryTree(hasher)
    made.append(hasher.leaves(leaves))
    return made


@given(old=st.integers(1, 80), more=st.integers(0, 80), hash_name=st.sampled_from(["sm3", "sha256"]), data=st.data())
def test_growth_is_accepted_and_any_other_history_refused(
    old: int, more: int, hash_name: str, data: st.DataObject
) -> None:
    hasher = Hasher(hash_name)
    leaves = [str(number).encode() for number in range(old + more)]
    honest = tree(hasher, leaves)
    seen = Seen(old, honest.root(old), "")
    proof = Prover(hasher, honest, old + more).consistency(old)
    assert accepts(hash_name, seen, offered(old + more, honest.root()), proof)
    changed = data.draw(st.integers(0, old - 1))
    forged = tree(hasher, [*leaves[:changed], b"forged", *leaves[changed + 1 :]])
    for path in (Prover(hasher, forged, old + more).consistency(old), proof, [], data.draw(st.lists(st.binary(min_size=32, max_size=32), max_size=8))):  # fmt: skip
        assert not accepts(hash_name, seen, offered(old + more, forged.root()), path)
    smaller = data.draw(st.integers(1, old)) - 1
    if smaller:
        assert not accepts(hash_name, seen, offered(smaller, honest.root(smaller)), proof)


def test_its_lines_and_keys_are_what_the_platform_and_stock_clients_read() -> None:
    seed = bytes(range(32))
    witness = Witness("witness.example/w1", Ed25519PrivateKey.from_private_bytes(seed))
    public = ed25519.from_private(seed).public
    assert witness.public == public
    assert witness.vkey == ledger_note.vkey("witness.example/w1", "cosignature/v1", public)
    note = offered(20, bytes(32))
    line = witness.cosign(note, 1_800_000_000)
    (signature,) = ledger_note.signatures(f"\n\n{line}\n")
    checkpoint = ledger_note.Checkpoint(ORIGIN, 20, bytes(32))
    seconds = ledger_note.verify_cosignature(checkpoint, signature, name="witness.example/w1", public=public)
    assert seconds == 1_800_000_000
    assert not witness.has_cosigned(note)
    body = note.body.decode()
    assert witness.has_cosigned(parse_note(f"{body}\n— {ORIGIN} AAAAAAAA\n{line}\n"))
    assert not witness.has_cosigned(parse_note(f"{body.replace('20', '21')}\n{line}\n"))


@pytest.mark.parametrize("size", [1, 20])
def test_the_same_tree_again_needs_no_proof(size: int) -> None:
    assert not needs_proof(Seen(size, bytes(32), ""), offered(size, bytes(32)))
