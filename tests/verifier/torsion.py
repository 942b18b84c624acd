"""Ed25519's points of small order, and signatures that only a check without the cofactor refuses. For tests only."""

import hashlib

from abs_platform.verifier import abs_verify
from abs_platform.verifier.abs_verify import _ed_add, _ed_decode, _ed_encode

ORDER_8 = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
# The same points of small order, written with y >= p or with the sign of a zero x.
SECOND_FORMS = tuple(
    bytes.fromhex(text)
    for text in (
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    )
)


def multiple(number: int, point: abs_verify._EdPoint) -> abs_verify._EdPoint:
    total = abs_verify._ED_ZERO
    for bit in f"{number:b}":
        total = _ed_add(total, total)
        if bit == "1":
            total = _ed_add(total, point)
    return total


def points() -> list[bytes]:
    """All eight, in their one form."""
    generator = _ed_decode(ORDER_8)
    assert generator is not None
    return sorted({_ed_encode(multiple(number, generator)) for number in range(8)})


def mixed(message: bytes) -> tuple[bytes, bytes, bytes]:
    """Public key, message and signature of a key with a part of order 8: right with the cofactor, else once in eight."""
    secret, nonce = 0x1234_5678_9ABC_DEF0, 0x0FED_CBA9_8765_4321
    torsion = _ed_decode(ORDER_8)
    assert torsion is not None
    public = _ed_encode(_ed_add(multiple(secret, abs_verify._ED_BASE), torsion))
    r = _ed_encode(multiple(nonce, abs_verify._ED_BASE))
    k = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % abs_verify._L
    s = (nonce + k * secret) % abs_verify._L
    return public, message, r + s.to_bytes(32, "little")
