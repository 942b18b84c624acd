"""Checkpoints of a log as signed notes: C2SP tlog-checkpoint in C2SP signed-note, with an SM2 signature. Pure.

    <origin>
    <size, decimal>
    <root, base64>
    <empty line>
    — <key name> <base64 of key id (4 bytes) and signature>

The signature is SM2 with SM3 (GB/T 32918, distinguished id 1234567812345678, DER) over the text up to and including the
newline before the empty line. signed-note leaves the type byte 0xff to types named by a string, here "sm2-sm3":
key id = SHA-256(key name || 0x0A || 0xff || "sm2-sm3" || public key, 65 bytes)[:4].
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from abs_platform.crypto import sm2
from abs_platform.ledger.merkle import HASH_SIZE

SIGNATURE_TYPE = "sm2-sm3"
_DASH = "— "


class InvalidNote(ValueError):
    """The text is no checkpoint, or nobody trusted has signed it."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log commits to: the first `size` leaves have this root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes by which a note tells whose signature it carries."""
    return hashlib.sha256(name.encode() + b"\n\xff" + SIGNATURE_TYPE.encode() + public).digest()[:4]


def sign(checkpoint: Checkpoint, *, name: str, key: sm2.SM2KeyPair) -> str:
    """The checkpoint as a note signed under the key called `name`."""
    body = checkpoint.body()
    signature = key_id(name, key.public) + sm2.sign(key.private, body.encode(), public=key.public)
    return f"{body}\n{_DASH}{name} {base64.b64encode(signature).decode()}\n"


def parse(text: str) -> Checkpoint:
    """The checkpoint in a note, whoever signed it. Raises InvalidNote."""
    body, separator, _ = text.partition("\n\n")
    lines = body.split("\n")
    if not separator or len(lines) != 3 or not lines[0]:
        raise InvalidNote("a checkpoint is origin, size and root on three lines, then an empty line")
    origin, size, root64 = lines
    if not (size.isascii() and size.isdigit()) or str(int(size)) != size:
        raise InvalidNote("the size is not a plain decimal number")
    try:
        root = base64.b64decode(root64, validate=True)
    except binascii.Error as error:
        raise InvalidNote("the root is not base64") from error
    if len(root) != HASH_SIZE:
        raise InvalidNote(f"the root has {len(root)} bytes")
    return Checkpoint(origin, int(size), root)


def verify(text: str, *, origin: str, name: str, public: bytes) -> Checkpoint:
    """The checkpoint, when it is this origin's and signed by this key. Raises InvalidNote."""
    checkpoint = parse(text)
    if checkpoint.origin != origin:
        raise InvalidNote(f"the note is of {checkpoint.origin!r}, not of {origin!r}")
    body, _, signatures = text.partition("\n\n")
    for line in signatures.split("\n"):
        signer, _, encoded = line.removeprefix(_DASH).rpartition(" ")
        if not line.startswith(_DASH) or signer != name:
            continue
        try:
            signature = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            continue
        if signature[:4] == key_id(name, public) and sm2.verify(public, f"{body}\n".encode(), signature[4:]):
            return checkpoint
    raise InvalidNote(f"no valid signature of {name!r}")
