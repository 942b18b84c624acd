"""The recommended curve of SM2 (GB/T 32918.5-2017) and the digest that is signed over it (GB/T 32918.2-2016, 5.5)."""

from functools import lru_cache

from abs_platform.crypto.errors import InvalidKey
from abs_platform.crypto.sm3 import sm3

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0

PRIVATE_SIZE = 32
PUBLIC_SIZE = 65  # 04 || X || Y
DISTINGUISHED_ID = b"1234567812345678"  # the default of GM/T 0009-2012 section 10


def check_private(private: bytes) -> None:
    """Raises InvalidKey unless `private` is 32 bytes, 1 <= d <= n - 2."""
    if len(private) != PRIVATE_SIZE or not 1 <= int.from_bytes(private, "big") <= N - 2:
        raise InvalidKey("an SM2 private key is 32 bytes between 1 and n - 2")


def check_public(public: bytes) -> None:
    """Raises InvalidKey unless `public` is 65 bytes, uncompressed, a point of the curve."""
    if len(public) != PUBLIC_SIZE or public[0] != 4:
        raise InvalidKey("an SM2 public key is 65 bytes, 04 || X || Y")
    if not on_curve(int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")):
        raise InvalidKey("an SM2 public key must be a point of the curve")


def on_curve(x: int, y: int) -> bool:
    """Whether (x, y) is a point of the curve; with cofactor 1 every such point is in the group."""
    return x < P and y < P and (y * y - (x * x * x + A * x + B)) % P == 0


def signed_digest(public: bytes, message: bytes) -> bytes:
    """e = SM3(Z || M), what an SM2 signature is made over."""
    return sm3(_identity(public) + message)


@lru_cache(maxsize=256)
def _identity(public: bytes) -> bytes:
    """Z: the signer's distinguished id, the curve and the public key in one digest."""
    curve = b"".join(value.to_bytes(32, "big") for value in (A, B, GX, GY))
    return sm3((len(DISTINGUISHED_ID) * 8).to_bytes(2, "big") + DISTINGUISHED_ID + curve + public[1:])
