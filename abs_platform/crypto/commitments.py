"""Salted commitments: a digest that binds to a value and tells nothing about it, not even whether two values are equal.

commitment = SM3( LP(domain) || LP(salt) || LP(value) ) with LP(x) = length of x in 4 bytes, big-endian, then x. The
domain names what is committed and the version of its encoding, so that no digest can be taken for one of another kind.
"""

import secrets

from abs_platform.crypto.sm3 import DIGEST_SIZE, sm3

SALT_SIZE = 32
DOCUMENT = "abs/document/v1"


def new_salt() -> bytes:
    """32 fresh random bytes; use each once."""
    return secrets.token_bytes(SALT_SIZE)


def commit(domain: str, salt: bytes, value: bytes) -> bytes:
    """The 32-byte commitment. Raises ValueError when the salt is not 32 bytes or the domain is empty."""
    if len(salt) != SALT_SIZE:
        raise ValueError(f"a salt has {SALT_SIZE} bytes, not {len(salt)}")
    if not domain:
        raise ValueError("a commitment needs a domain")
    return sm3(prefixed(domain.encode()) + prefixed(salt) + prefixed(value))


def commit_document(salt: bytes, digest: bytes) -> bytes:
    """The commitment to a file by its raw 32-byte SM3 digest. Raises ValueError."""
    if len(digest) != DIGEST_SIZE:
        raise ValueError(f"an SM3 digest has {DIGEST_SIZE} bytes, not {len(digest)}")
    return commit(DOCUMENT, salt, digest)


def prefixed(part: bytes) -> bytes:
    """LP(part): its length in 4 bytes, big-endian, then itself."""
    return len(part).to_bytes(4, "big") + part
