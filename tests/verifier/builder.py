"""Makes bundles for the verifier, with a Merkle tree of its own (RFC 9162 section 2.1, by its recursive definition)."""

import base64
import copy
import hashlib
from dataclasses import dataclass, field
from typing import Any

from abs_platform.crypto import commitments, sm2
from abs_platform.crypto.sm3 import sm3
from tests.verifier.chain import FakeChain

Json = dict[str, Any]
ORIGIN = "abs.test/main"
KEY_NAME = "abs.test"
CONTENT = "发票 8813420054 的内容\n".encode() * 50


def digest(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data).digest()


def split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def root(name: str, leaves: list[bytes]) -> bytes:
    """Merkle tree hash of leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return digest(name, b"\x01" + root(name, leaves[:k]) + root(name, leaves[k:]))


def path(name: str, leaves: list[bytes], index: int) -> list[bytes]:
    """Inclusion proof, lowest sibling first."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*path(name, leaves[:k], index), root(name, leaves[k:])]
    return [*path(name, leaves[k:], index - k), root(name, leaves[:k])]


def consistency(name: str, leaves: list[bytes], old: int, whole: bool = True) -> list[bytes]:
    """Consistency proof from the first `old` leaves (RFC 9162 section 2.1.4.1); `whole`: the verifier knows their root."""
    if old == len(leaves):
        return [] if whole else [root(name, leaves)]
    k = split(len(leaves))
    if old <= k:
        return [*consistency(name, leaves[:k], old, whole), root(name, leaves[k:])]
    return [*consistency(name, leaves[k:], old - k, False), root(name, leaves[:k])]


def signed_note(key: sm2.SM2KeyPair, size: int, tree_root: bytes, *, origin: str = ORIGIN, name: str = KEY_NAME) -> str:
    body = f"{origin}\n{size}\n{base64.b64encode(tree_root).decode()}\n"
    key_id = hashlib.sha256(name.encode() + b"\n\xffsm2-sm3" + key.public).digest()[:4]
    signature = base64.b64encode(key_id + sm2.sign(key.private, body.encode(), public=key.public)).decode()
    return f"{body}\n\u2014 {name} {signature}\n"


@dataclass
class Case:
    """A bundle that holds, the trust file for it, and the chains that it is anchored on."""

    bundle: Json
    trust: Json
    chains: dict[str, FakeChain]
    key: sm2.SM2KeyPair
    leaves: list[bytes]
    content: bytes = CONTENT
    hash: str = "sm3"
    index: int = 5
    rpc: dict[str, str] = field(default_factory=dict)

    def copy(self) -> Json:
        return copy.deepcopy(self.bundle)


def make_case(chains: dict[str, FakeChain], *, size: int = 11, index: int = 5, hash_name: str = "sm3") -> Case:
    """A record at `index` of a log of `size`, anchored on each chain as checkpoint 2."""
    key, salt, file_digest = sm2.generate(), commitments.new_salt(), sm3(CONTENT)
    commitment = commitments.commit_document(salt, file_digest)
    record = {
        "id": "019ab0c2-7d1e-7a3f-8c55-0a1b2c3d4e5f",
        "template": "document/v1",
        "time": "2026-11-23T05:49:11.042Z",
        "commitment": commitment.hex(),
    }
    entry = f"abs-record/v1\n{record['id']}\n{record['template']}\n{record['time']}\n{commitment.hex()}\n".encode()
    leaves = [digest(hash_name, b"\x00other%d" % number) for number in range(size)]
    leaves[index] = digest(hash_name, b"\x00" + entry)
    tree_root = root(hash_name, leaves)
    anchors = []
    for chain in chains.values():
        chain.publish(sm3(ORIGIN.encode()), [(1, bytes(32)), (4, b"\x01" * 32), (size, tree_root)])
        anchors.append(chain.anchor(2))
    bundle = {
        "format": "abs-proof-bundle/v1",
        "document": {
            "filename": "发票.xml",
            "size": len(CONTENT),
            "sm3": file_digest.hex(),
            "salt": salt.hex(),
        },
        "record": record,
        "log": {"origin": ORIGIN, "hash": hash_name},
        "inclusion": {
            "index": index,
            "size": size,
            "path": [node.hex() for node in path(hash_name, leaves, index)],
        },
        "checkpoint": signed_note(key, size, tree_root),
        "anchors": anchors,
    }
    trust = {
        "format": "abs-trust/v1",
        "origin": ORIGIN,
        "hash": hash_name,
        "keys": [{"name": KEY_NAME, "type": "sm2-sm3", "public": key.public.hex()}],
        "chains": [chain.trust_entry() for chain in chains.values()],
    }
    return Case(bundle, trust, chains, key, leaves, hash=hash_name, index=index)
