"""Makes bundles for the verifier, with a Merkle tree of its own (RFC 9162 section 2.1, by its recursive definition)."""

import base64
import copy
import hashlib
from dataclasses import dataclass
from typing import Any

from abs_platform.crypto import commitments, ed25519, sm2
from abs_platform.crypto.sm3 import sm3
from tests.verifier.chain import FakeChain

Json = dict[str, Any]
ORIGIN = "abs.test/main"
WITNESS = "witness.test/w1"
AUTHORITY = "tsa.test"
COSIGNED = 1795412960  # 2026-11-23T05:49:20Z
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


@dataclass(frozen=True)
class Signer:
    """Who signs checkpoints: type "sm2-sm3", "ed25519" or "cosignature/v1"."""

    type: str
    private: bytes
    public: bytes
    name: str = ORIGIN

    @property
    def key_id(self) -> bytes:
        marker = {"sm2-sm3": b"\xffsm2-sm3", "ed25519": b"\x01", "cosignature/v1": b"\x04"}[self.type]
        return hashlib.sha256(self.name.encode() + b"\n" + marker + self.public).digest()[:4]

    def sign(self, body: bytes) -> bytes:
        if self.type == "sm2-sm3":
            return sm2.sign(self.private, body, public=self.public)
        if self.type == "ed25519":
            return ed25519.sign(self.private, body)
        message = b"cosignature/v1\ntime %d\n" % COSIGNED + body
        return COSIGNED.to_bytes(8, "big") + ed25519.sign(self.private, message)

    def line(self, body: bytes) -> str:
        return note_line(self.name, self.key_id + self.sign(body))

    def trust_entry(self) -> Json:
        return {"name": self.name, "type": self.type, "public": self.public.hex()}


def new_signer(kind: str, name: str = ORIGIN) -> Signer:
    pair = sm2.generate() if kind == "sm2-sm3" else ed25519.generate()
    return Signer(kind, pair.private, pair.public, name)


def note_line(name: str, blob: bytes) -> str:
    return f"\u2014 {name} {base64.b64encode(blob).decode()}\n"


def signed_note(signers: list[Signer], size: int, tree_root: bytes, *, origin: str = ORIGIN, more: str = "") -> str:
    body = f"{origin}\n{size}\n{base64.b64encode(tree_root).decode()}\n{more}"
    return body + "\n" + "".join(signer.line(body.encode()) for signer in signers)


# --- what is recorded: a file, or the fields of a structured document


def file_subject() -> tuple[Json, bytes, str]:
    """The bundle's part, the commitment and the record's template."""
    salt, file_digest = commitments.new_salt(), sm3(CONTENT)
    document = {"filename": "发票.xml", "size": len(CONTENT), "sm3": file_digest.hex(), "salt": salt.hex()}
    return {"document": document}, commitments.commit_document(salt, file_digest), "document/v1"


FIELDS = {
    "/document/sm3": sm3(CONTENT).hex(),
    "/number": "8813420054",
    "/totals/payable": "113.00",
    "/lines/0/item/name": "钢制　螺栓 M8",
    "/lines/0/unit_price": "0.45",
    "/notes/a~1b": "",
    "/seller/name": "江苏远航零部件有限公司",
}


def prefixed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def fields_subject(disclosed: tuple[str, ...], fields: dict[str, str] = FIELDS) -> tuple[Json, bytes, str]:
    """As file_subject, for chosen fields of a structured document."""
    salts = {name: commitments.new_salt() for name in fields}
    placed = sorted(
        (sm3(b"\x00" + prefixed(b"abs/field/v1", name.encode(), salts[name], value.encode())), name)
        for name, value in fields.items()
    )
    leaves = [leaf for leaf, _ in placed]
    index_of = {name: index for index, (_, name) in enumerate(placed)}
    chosen = [
        {
            "path": name,
            "value": fields[name],
            "salt": salts[name].hex(),
            "index": index_of[name],
            "proof": [node.hex() for node in path("sm3", leaves, index_of[name])],
        }
        for name in disclosed
    ]
    commitment = sm3(prefixed(b"abs/fields/v1", len(leaves).to_bytes(8, "big"), root("sm3", leaves)))
    return {"fields": {"count": len(leaves), "disclosed": chosen}}, commitment, "fields/v1"


@dataclass
class Case:
    """A bundle that holds, the trust file for it, and the chains that it is anchored on."""

    bundle: Json
    trust: Json
    chains: dict[str, FakeChain]
    signers: list[Signer]  # SM2, Ed25519
    witness: Signer
    leaves: list[bytes]
    hash: str = "sm3"

    @property
    def root(self) -> bytes:
        return root(self.hash, self.leaves)

    def copy(self) -> Json:
        return copy.deepcopy(self.bundle)


def make_case(
    chains: dict[str, FakeChain],
    *,
    size: int = 11,
    index: int = 5,
    hash_name: str = "sm3",
    disclosed: tuple[str, ...] = (),
    fields: dict[str, str] = FIELDS,
    more: bool = False,
) -> Case:
    """A record at `index` of a log of `size`, anchored on each chain as checkpoint 2.

    `disclosed`: the record is of a structured document's fields, these of which are shown. `more`: with a witness's
    cosignature and a time-stamp.
    """
    subject, commitment, template = fields_subject(disclosed, fields) if disclosed else file_subject()
    record = {
        "id": "019ab0c2-7d1e-7a3f-8c55-0a1b2c3d4e5f",
        "template": template,
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
    signers = [new_signer("sm2-sm3"), new_signer("ed25519")]
    witness = new_signer("cosignature/v1", WITNESS)
    bundle = {
        "format": "abs-proof-bundle/v1",
        **subject,
        "record": record,
        "log": {"origin": ORIGIN, "hash": hash_name},
        "inclusion": {
            "index": index,
            "size": size,
            "path": [node.hex() for node in path(hash_name, leaves, index)],
        },
        "checkpoint": signed_note([*signers, witness] if more else signers, size, tree_root),
        "anchors": anchors,
    }
    trust = {
        "format": "abs-trust/v1",
        "origin": ORIGIN,
        "hash": hash_name,
        "keys": [signer.trust_entry() for signer in signers],
        "chains": [chain.trust_entry() for chain in chains.values()],
    }
    if more:
        token = base64.b64encode(b"a token that nobody here reads").decode()
        bundle["timestamps"] = [{"authority": AUTHORITY, "time": "2026-11-23T05:49:15Z", "token": token}]
        trust["witnesses"] = [witness.trust_entry()]
    return Case(bundle, trust, chains, signers, witness, leaves, hash_name)
