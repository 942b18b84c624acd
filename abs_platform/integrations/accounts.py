"""Accounts of EVM chains: keys and addresses. Apart from `evm`, since web3 takes two seconds to load."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from eth_hash.auto import keccak


def public_key(private: bytes) -> bytes:
    """The secp256k1 public key of 32 private bytes: 65 bytes, 04 || X || Y."""
    key = ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256K1())
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def address(public: bytes) -> str:
    """The account of a public key (65 bytes), written with the checksum of EIP-55."""
    plain = keccak(public[1:])[-20:].hex()
    check = keccak(plain.encode()).hex()
    digits = (letter.upper() if nibble >= "8" else letter for letter, nibble in zip(plain, check[:40], strict=True))
    return "0x" + "".join(digits)
