"""Ed25519 (RFC 8032), for the readers of transparency logs that know no national algorithm. By the `cryptography` package.

Keys are raw bytes: private (the seed) 32, public 32. Signatures have 64 bytes.
"""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from abs_platform.crypto.errors import InvalidKey

KEY_SIZE = 32


@dataclass(frozen=True, slots=True)
class Ed25519KeyPair:
    """A private key (its 32-byte seed) and its public one (32 bytes)."""

    private: bytes = field(repr=False)
    public: bytes


def generate() -> Ed25519KeyPair:
    """A fresh key pair."""
    return from_private(Ed25519PrivateKey.generate().private_bytes_raw())


def from_private(private: bytes) -> Ed25519KeyPair:
    """The pair of a private key. Raises InvalidKey."""
    return Ed25519KeyPair(private, _private(private).public_key().public_bytes_raw())


def sign(private: bytes, message: bytes) -> bytes:
    """The signature of `message`. Raises InvalidKey."""
    return _private(private).sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is this key's over `message`; False for a malformed signature. Raises InvalidKey."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
    except ValueError as error:
        raise InvalidKey(f"an Ed25519 public key has {KEY_SIZE} bytes, not {len(public)}") from error
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _private(private: bytes) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(private)
    except ValueError as error:
        raise InvalidKey(f"an Ed25519 private key has {KEY_SIZE} bytes, not {len(private)}") from error
