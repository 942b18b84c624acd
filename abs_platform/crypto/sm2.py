"""SM2 (GB/T 32918-2016): signatures with SM3 and the distinguished id 1234567812345678, and public-key encryption.

Keys are raw bytes: private 32, public 65 (04 || X || Y). Signatures are DER SEQUENCE {r, s}; ciphertexts DER SEQUENCE
{x, y, C3, C2} (GM/T 0009-2012). What is malformed is refused here, before either back end sees it, so that both take
the same.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from abs_platform.crypto import der
from abs_platform.crypto.errors import CryptoError, DecryptionFailed
from abs_platform.crypto.sm2_curve import N, P, check_private, check_public, signed_digest
from abs_platform.crypto.sm3 import DIGEST_SIZE

try:
    from abs_platform.crypto import sm2_libcrypto as _found
except ImportError:  # no libcrypto with SM2 on this machine
    from abs_platform.crypto import sm2_gmssl as _found  # type: ignore[no-redef]  # same interface

MAX_PLAINTEXT = 4096  # keys and short secrets; more goes into an envelope


class Backend(Protocol):
    """The arithmetic, over checked arguments."""

    NAME: str

    def derive_public(self, private: bytes) -> bytes: ...
    def signer(self, private: bytes, public: bytes) -> Callable[[bytes], bytes]: ...
    def verify_digest(self, public: bytes, digest: bytes, signature: bytes) -> bool: ...
    def encrypt(self, public: bytes, plaintext: bytes) -> bytes: ...
    def decrypt(self, private: bytes, ciphertext: bytes) -> bytes: ...


_backend: Backend = _found
BACKEND = _backend.NAME


@dataclass(frozen=True)
class SM2KeyPair:
    """A private key (32 bytes) and its public one (65 bytes)."""

    private: bytes = field(repr=False)
    public: bytes

    def sign(self, message: bytes) -> bytes:
        """The DER signature of `message`. Raises InvalidKey."""
        return self._sign_digest(signed_digest(self.public, message))

    @cached_property
    def _sign_digest(self) -> Callable[[bytes], bytes]:
        """The key made ready for the back end, which costs a fifth of a signature; kept no longer than the pair."""
        check_private(self.private)
        check_public(self.public)
        return _backend.signer(self.private, self.public)


def generate() -> SM2KeyPair:
    """A fresh key pair."""
    private = (secrets.randbelow(N - 2) + 1).to_bytes(32, "big")
    return SM2KeyPair(private=private, public=_backend.derive_public(private))


def derive_public(private: bytes) -> bytes:
    """The public key of a private one. Raises InvalidKey."""
    check_private(private)
    return _backend.derive_public(private)


def sign(private: bytes, message: bytes, *, public: bytes | None = None) -> bytes:
    """The DER signature of `message`. Giving the matching `public` key saves deriving it. Raises InvalidKey.

    Whoever signs more than once keeps an SM2KeyPair and lets it sign.
    """
    return SM2KeyPair(private, derive_public(private) if public is None else public).sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is this key's over `message`; False for a malformed signature. Raises InvalidKey."""
    check_public(public)
    return _is_signature(signature) and _backend.verify_digest(public, signed_digest(public, message), signature)


def encrypt(public: bytes, plaintext: bytes) -> bytes:
    """The DER ciphertext of 1 to 4096 bytes. Raises InvalidKey, CryptoError."""
    check_public(public)
    if not 1 <= len(plaintext) <= MAX_PLAINTEXT:
        raise CryptoError(f"SM2 encrypts 1 to {MAX_PLAINTEXT} bytes, not {len(plaintext)}: use an envelope")
    return _backend.encrypt(public, plaintext)


def decrypt(private: bytes, ciphertext: bytes) -> bytes:
    """The plaintext of a DER ciphertext. Raises InvalidKey, DecryptionFailed."""
    check_private(private)
    _check_ciphertext(ciphertext)
    return _backend.decrypt(private, ciphertext)


def _is_signature(signature: bytes) -> bool:
    """Whether the bytes are the one DER form of some r and s from 1 to n - 1."""
    try:
        outer = der.Reader(signature)
        numbers = outer.sequence()
        outer.end()
        r, s = numbers.unsigned(), numbers.unsigned()
        numbers.end()
    except CryptoError:
        return False
    return 1 <= r < N and 1 <= s < N


def _check_ciphertext(ciphertext: bytes) -> None:
    try:
        outer = der.Reader(ciphertext)
        parts = outer.sequence()
        outer.end()
        x, y = parts.unsigned(), parts.unsigned()
        tag, masked = parts.element(der.OCTET_STRING), parts.element(der.OCTET_STRING)
        parts.end()
    except CryptoError as error:
        raise DecryptionFailed(f"not an SM2 ciphertext: {error}") from None
    if x >= P or y >= P or len(tag) != DIGEST_SIZE or not 1 <= len(masked) <= MAX_PLAINTEXT:
        raise DecryptionFailed("not an SM2 ciphertext: a part is out of range")
