"""SM2 by gmssl's pure-Python arithmetic: the portable fallback, slow and not constant time.

Of gmssl 3.2 only the arithmetic is used. What it leaves out is done here: random numbers from the operating system
(gmssl takes them from `random`), ranges, points on the curve, and the check of C3, without which `decrypt` returns
garbage for a changed ciphertext. Its constructor also strips leading 0s and 4s off a public key; so the key is set
after it.
"""

import secrets
from collections.abc import Callable

from gmssl.sm2 import CryptSM2, default_ecc_table

from abs_platform.crypto import der
from abs_platform.crypto.errors import DecryptionFailed
from abs_platform.crypto.sm2_curve import N, check_public, on_curve
from abs_platform.crypto.sm3 import DIGEST_SIZE, sm3

NAME = "gmssl"

_BASE_POINT: str = default_ecc_table["g"]


def derive_public(private: bytes) -> bytes:
    """The public key, 04 || X || Y, of a private one."""
    return b"\x04" + _multiply(int.from_bytes(private, "big"), _BASE_POINT)


def signer(private: bytes, public: bytes) -> Callable[[bytes], bytes]:
    """What makes DER signatures over e = SM3(Z || M) with this key."""
    engine = CryptSM2(private_key=private.hex(), public_key="", asn1=False)

    def sign(digest: bytes) -> bytes:
        while True:
            signature = engine.sign(digest, f"{_random_scalar():064x}")
            if signature:  # None once in 2**256 times
                r, s = int(signature[:64], 16), int(signature[64:], 16)
                return der.tlv(der.SEQUENCE, der.integer(r) + der.integer(s))

    return sign


def verify_digest(public: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether the DER signature, whose form `sm2` has checked, is one over e = SM3(Z || M) by this key.

    Raises InvalidKey.
    """
    check_public(public)
    numbers = der.Reader(signature).sequence()
    r, s = numbers.unsigned(), numbers.unsigned()
    engine = CryptSM2(private_key="", public_key="", asn1=False)
    engine.public_key = public[1:].hex()
    try:
        return bool(engine.verify(f"{r:064x}{s:064x}", digest))
    except TypeError:  # the sum of the two points is the point at infinity, for which gmssl has no form
        return False


def encrypt(public: bytes, plaintext: bytes) -> bytes:
    """The DER ciphertext (x, y, C3, C2) of GB/T 32918.4-2016. Raises InvalidKey."""
    check_public(public)
    while True:
        scalar = _random_scalar()
        ephemeral = _multiply(scalar, _BASE_POINT)
        shared = _multiply(scalar, public[1:].hex())
        stream = _key_stream(shared, len(plaintext))
        if any(stream):
            break
    masked = _xor(plaintext, stream)
    tag = sm3(shared[:32] + plaintext + shared[32:])
    x, y = int.from_bytes(ephemeral[:32], "big"), int.from_bytes(ephemeral[32:], "big")
    content = der.integer(x) + der.integer(y) + der.tlv(der.OCTET_STRING, tag) + der.tlv(der.OCTET_STRING, masked)
    return der.tlv(der.SEQUENCE, content)


def decrypt(private: bytes, ciphertext: bytes) -> bytes:
    """The plaintext of a DER ciphertext, whose form `sm2` has checked. Raises DecryptionFailed."""
    parts = der.Reader(ciphertext).sequence()
    x, y = parts.unsigned(), parts.unsigned()
    tag, masked = parts.element(der.OCTET_STRING), parts.element(der.OCTET_STRING)
    if not on_curve(x, y):
        raise DecryptionFailed("the ciphertext was changed or is for another key")
    shared = _multiply(int.from_bytes(private, "big"), f"{x:064x}{y:064x}")
    stream = _key_stream(shared, len(masked))
    plaintext = _xor(masked, stream)
    if not any(stream) or not secrets.compare_digest(sm3(shared[:32] + plaintext + shared[32:]), tag):
        raise DecryptionFailed("the ciphertext was changed or is for another key")
    return plaintext


def _random_scalar() -> int:
    return secrets.randbelow(N - 1) + 1


def _multiply(scalar: int, point: str) -> bytes:
    """X || Y, 64 bytes, of scalar * point; 1 <= scalar < n, the point given as 128 hexadecimal digits."""
    product: str = CryptSM2(private_key="", public_key="")._kg(scalar, point)
    return bytes.fromhex(product)


def _key_stream(shared: bytes, size: int) -> bytes:
    """The key derivation function of GB/T 32918.4-2016, 5.4.3."""
    blocks = -(-size // DIGEST_SIZE)
    return b"".join(sm3(shared + counter.to_bytes(4, "big")) for counter in range(1, blocks + 1))[:size]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
