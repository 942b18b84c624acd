"""SM2EnvelopedKey (GM/T 0009-2012 section 7.4): how a certificate authority delivers an encryption key pair.

SEQUENCE { symAlgID, symEncryptedKey SM2Cipher, sm2PublicKey BIT STRING, sm2EncryptedPrivateKey BIT STRING }: the
private key under SM4 in ECB, that SM4 key under the receiver's own SM2 key. The format has no authentication; so the
private key found must belong to the public key stated.
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from abs_platform.crypto import der, sm2, sm4
from abs_platform.crypto.errors import CryptoError, DecryptionFailed

_OID = 0x06
_NULL = 0x05
_SM4 = bytes.fromhex("2a811ccf550168")  # 1.2.156.10197.1.104
_SM4_ECB = _SM4 + b"\x01"


def seal_key(receiver: bytes, pair: sm2.SM2KeyPair) -> bytes:
    """The DER form of `pair` for the holder of the `receiver` public key. Raises InvalidKey."""
    key = sm4.generate_key()
    algorithm = der.tlv(der.SEQUENCE, der.tlv(_OID, _SM4_ECB))
    encryptor = _ecb(key).encryptor()
    secret = encryptor.update(pair.private) + encryptor.finalize()
    strings = der.tlv(der.BIT_STRING, b"\x00" + pair.public) + der.tlv(der.BIT_STRING, b"\x00" + secret)
    return der.tlv(der.SEQUENCE, algorithm + sm2.encrypt(receiver, key) + strings)


def open_key(private: bytes, enveloped: bytes) -> sm2.SM2KeyPair:
    """The key pair inside. Raises InvalidKey, DecryptionFailed."""
    try:
        outer = der.Reader(enveloped)
        parts = outer.sequence()
        outer.end()
        _check_algorithm(parts.sequence())
        sealed_key = der.tlv(der.SEQUENCE, parts.element(der.SEQUENCE))
        public, secret = _whole_bytes(parts), _whole_bytes(parts)
        parts.end()
    except CryptoError as error:
        raise DecryptionFailed(f"not an SM2EnvelopedKey: {error}") from None
    key = sm2.decrypt(private, sealed_key)
    if len(key) != sm4.KEY_SIZE or len(secret) != 32:
        raise DecryptionFailed("an SM2EnvelopedKey holds an SM4 key and a private key of 32 bytes")
    decryptor = _ecb(key).decryptor()
    found = decryptor.update(secret) + decryptor.finalize()
    if sm2.derive_public(found) != public:
        raise DecryptionFailed("the private key does not belong to the public key beside it")
    return sm2.SM2KeyPair(private=found, public=public)


def _check_algorithm(algorithm: der.Reader) -> None:
    if algorithm.element(_OID) not in (_SM4, _SM4_ECB):
        raise CryptoError("the symmetric cipher is not SM4 in ECB")
    if not algorithm.exhausted and algorithm.element(_NULL):
        raise CryptoError("the cipher takes no parameters")
    algorithm.end()


def _whole_bytes(parts: der.Reader) -> bytes:
    """A BIT STRING without unused bits."""
    content = parts.element(der.BIT_STRING)
    if content[:1] != b"\x00":
        raise CryptoError("a bit string is not of whole bytes")
    return content[1:]


def _ecb(key: bytes) -> "Cipher[modes.ECB]":
    return Cipher(algorithms.SM4(key), modes.ECB())  # noqa: S305 - the standard's format; two random blocks, once
