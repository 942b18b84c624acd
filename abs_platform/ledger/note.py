"""Checkpoints of a log as signed notes: C2SP tlog-checkpoint in C2SP signed-note. Pure.

    <origin>
    <size, decimal>
    <root, base64>
    <empty line>
    — <key name> <base64 of key id (4 bytes) and signature>
    …

Each signature is over the text up to and including the newline before the empty line, which is here called the body.
key id = SHA-256(key name || 0x0A || type || public key)[:4], with these types:

- "ed25519", type 0x01: Ed25519 over the body (signed-note).
- "sm2-sm3", type 0xff || "sm2-sm3": signed-note leaves 0xff to types named by a string. SM2 with SM3 (GB/T 32918,
  distinguished id 1234567812345678, DER) over the body; the public key has 65 bytes, 04 || X || Y.
- "cosignature/v1", type 0x04: a witness's (C2SP tlog-cosignature). Eight bytes of time (Unix seconds, big-endian), then
  Ed25519 over "cosignature/v1\\ntime <seconds>\\n" and the body.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from abs_platform.crypto import ed25519, sm2
from abs_platform.crypto.merkle import HASH_SIZE

SM2 = "sm2-sm3"
ED25519 = "ed25519"
COSIGNATURE = "cosignature/v1"
_TYPES = {SM2: b"\xffsm2-sm3", ED25519: b"\x01", COSIGNATURE: b"\x04"}
_DASH = "— "
_TIME_SIZE = 8
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class InvalidNote(ValueError):
    """The text is no checkpoint, or nobody trusted has signed it."""


class Signer(Protocol):
    """Who can sign a body: the algorithm is "sm2-sm3" or "ed25519"."""

    @property
    def algorithm(self) -> str: ...
    @property
    def public(self) -> bytes: ...
    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log commits to: the first `size` leaves have this root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note's body: whose it says it is, and the signature's bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """The line in its one proper form, without its newline."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}"


def key_id(name: str, algorithm: str, public: bytes) -> bytes:
    """The four bytes by which a note tells whose signature it carries."""
    return hashlib.sha256(name.encode() + b"\n" + _TYPES[algorithm] + public).digest()[:4]


def vkey(name: str, algorithm: str, public: bytes) -> str:
    """The public key as signed-note writes it for verifiers: <name>+<key id, hex>+<base64 of type and key>."""
    encoded = base64.b64encode(_TYPES[algorithm] + public).decode()
    return f"{name}+{key_id(name, algorithm, public).hex()}+{encoded}"


def line(name: str, algorithm: str, public: bytes, signature: bytes) -> str:
    """A signature's line, without its newline."""
    return Signature(name, key_id(name, algorithm, public), signature).line()


def sign(checkpoint: Checkpoint, *, name: str, signers: Iterable[Signer]) -> str:
    """The checkpoint as a note with a signature of each of the keys, all called `name`."""
    body = checkpoint.body()
    lines = [line(name, signer.algorithm, signer.public, signer.sign(body.encode())) for signer in signers]
    return "\n".join([body, *lines, ""])


def parse(text: str) -> Checkpoint:
    """The checkpoint in a note, whoever signed it. Raises InvalidNote."""
    body, separator, _ = text.partition("\n\n")
    lines = body.split("\n")
    if not separator or len(lines) != 3 or not lines[0]:
        raise InvalidNote("a checkpoint is origin, size and root on three lines, then an empty line")
    origin, size, root64 = lines
    if not _SIZE.fullmatch(size):
        raise InvalidNote("the size is not a plain decimal number")
    try:
        root = base64.b64decode(root64, validate=True)
    except ValueError as error:  # other characters than ASCII among them
        raise InvalidNote("the root is not base64") from error
    if len(root) != HASH_SIZE:
        raise InvalidNote(f"the root has {len(root)} bytes")
    return Checkpoint(origin, int(size), root)


def signatures(text: str) -> list[Signature]:
    """The signature lines of a note; what has not their form is passed over."""
    found = []
    for each in text.partition("\n\n")[2].split("\n"):
        signer, _, encoded = each.removeprefix(_DASH).rpartition(" ")
        if not each.startswith(_DASH) or not signer:
            continue
        try:
            blob = base64.b64decode(encoded, validate=True)
        except ValueError:
            continue
        found.append(Signature(signer, blob[:4], blob[4:]))
    return found


def verify(text: str, *, origin: str, name: str, keys: Mapping[str, bytes]) -> Checkpoint:
    """The checkpoint, when it is this origin's and signed by every one of `keys`, public keys by algorithm.

    Raises InvalidNote.
    """
    checkpoint = parse(text)
    if checkpoint.origin != origin:
        raise InvalidNote(f"the note is of {checkpoint.origin!r}, not of {origin!r}")
    found = signatures(text)
    body = checkpoint.body().encode()
    for algorithm, public in keys.items():
        id_ = key_id(name, algorithm, public)
        if not any(
            each.name == name and each.key_id == id_ and _is_valid(algorithm, public, body, each.signature)
            for each in found
        ):
            raise InvalidNote(f"no valid {algorithm} signature of {name!r}")
    return checkpoint


def cosigned_message(body: str, seconds: int) -> bytes:
    """What a witness signs."""
    return f"{COSIGNATURE}\ntime {seconds}\n{body}".encode()


def cosigned_at(signature: Signature) -> int:
    """The time that a witness's signature carries, in Unix seconds."""
    return int.from_bytes(signature.signature[:_TIME_SIZE], "big")


def verify_cosignature(checkpoint: Checkpoint, signature: Signature, *, name: str, public: bytes) -> int:
    """When the witness signed, in Unix seconds. Raises InvalidNote unless the signature is its own over the checkpoint."""
    if signature.name != name or signature.key_id != key_id(name, COSIGNATURE, public):
        raise InvalidNote(f"the signature is not of the witness {name!r}")
    seconds = cosigned_at(signature)
    message = cosigned_message(checkpoint.body(), seconds)
    if not ed25519.verify(public, message, signature.signature[_TIME_SIZE:]):
        raise InvalidNote(f"the cosignature of {name!r} is wrong")
    return seconds


def _is_valid(algorithm: str, public: bytes, body: bytes, signature: bytes) -> bool:
    verify_with = sm2.verify if algorithm == SM2 else ed25519.verify
    return verify_with(public, body, signature)
