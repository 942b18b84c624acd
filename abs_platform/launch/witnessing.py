"""What a witness decides and signs (C2SP tlog-cosignature). Pure but for its key; shares no code with the log."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from abs_platform.verifier.abs_verify import Note, verify_consistency

_TYPE = b"\x04"  # cosignature/v1
_TIME_SIZE = 8


class Refused(Exception):
    """The log shows something that contradicts what this witness has seen of it, or does not show that it does not."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The checkpoint that the witness remembers of a log: all that comes later must contain it."""

    size: int
    root: bytes
    note: str


@dataclass(frozen=True, slots=True)
class Witness:
    """A name and its Ed25519 key."""

    name: str
    key: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """32 bytes."""
        return self.key.public_key().public_bytes_raw()

    @property
    def key_id(self) -> bytes:
        """The four bytes by which notes name the key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _TYPE + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The public key as C2SP signed-note writes it."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_TYPE + self.public).decode()}"

    def cosign(self, note: Note, seconds: int) -> str:
        """The signature line over the checkpoint as seen at that Unix time, without its newline."""
        signature = self.key.sign(_message(note, seconds))
        blob = self.key_id + seconds.to_bytes(_TIME_SIZE, "big") + signature
        return f"— {self.name} {base64.b64encode(blob).decode()}"

    def has_cosigned(self, note: Note) -> bool:
        """Whether the note carries this witness's line."""
        for name, key_id, signature in note.signatures:
            if (name, key_id) == (self.name, self.key_id):
                seconds = int.from_bytes(signature[:_TIME_SIZE], "big")
                try:
                    self.key.public_key().verify(signature[_TIME_SIZE:], _message(note, seconds))
                except InvalidSignature:
                    continue
                return True
        return False


def _message(note: Note, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n".encode() + note.body


def needs_proof(seen: Seen, note: Note) -> bool:
    """Whether the offered checkpoint must be shown to contain the remembered one.

    Raises Refused for a smaller tree, and for another tree of the same size.
    """
    if note.size < seen.size:
        raise Refused(
            f"the log of {seen.size} records that was seen before now has {note.size}: it was set back, or shows others another view"
        )
    if note.size == seen.size and note.root != seen.root:
        raise Refused(f"there are two trees of {note.size} records, both signed: the log shows different views")
    return note.size > seen.size > 0


def check_proof(hash_name: str, seen: Seen, note: Note, path: list[bytes]) -> None:
    """Raises Refused unless the path shows that the remembered tree is the beginning of the offered one."""
    if not verify_consistency(hash_name, seen.size, seen.root, note.size, note.root, path):
        raise Refused(
            f"the tree of {note.size} records is not shown to contain the {seen.size} that were seen before: history was rewritten"
        )
