"""SM4 (GB/T 32907-2016) in GCM (RFC 8998): files in authenticated segments, and keys wrapped under keys.

A file becomes: header (16 bytes: magic, version, random prefix) and segments of 1 MiB of ciphertext, each with its
16-byte tag; only the last may be shorter. A segment's nonce is prefix || index; header, index, last flag and the
caller's context are its associated data. So no segment can be changed, moved, dropped, repeated or added, and a
file cut at a segment's border does not open.
"""

import secrets
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from abs_platform.crypto.errors import CryptoError, DecryptionFailed, InvalidKey

KEY_SIZE = 16
SEGMENT_SIZE = 1 << 20
TAG_SIZE = 16

_NONCE_SIZE = 12
_MAGIC = b"ABS-SM4\x01"  # the last byte is the version of the format
_PREFIX_SIZE = 8
_HEADER_SIZE = len(_MAGIC) + _PREFIX_SIZE
_SEALED_SIZE = SEGMENT_SIZE + TAG_SIZE
_MAX_SEGMENTS = 1 << 32
_WRAP_VERSION = b"\x01"


def generate_key() -> bytes:
    """A fresh random key of 16 bytes."""
    return secrets.token_bytes(KEY_SIZE)


def encrypt_segments(chunks: Iterable[bytes], key: bytes, *, context: bytes = b"") -> Iterator[bytes]:
    """The encrypted file, piece by piece: the header, then each segment. Holds about one segment in memory.

    `chunks` may be of any size; `key` is 16 bytes and must be used for one file only; `context` is bound in and must
    be the same at decryption. Raises InvalidKey.
    """
    _check_key(key)
    header = _MAGIC + secrets.token_bytes(_PREFIX_SIZE)
    yield header
    index = 0
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) > SEGMENT_SIZE:
            yield _seal_segment(key, header, index, False, context, bytes(buffer[:SEGMENT_SIZE]))
            del buffer[:SEGMENT_SIZE]
            index += 1
    yield _seal_segment(key, header, index, True, context, bytes(buffer))


def decrypt_segments(chunks: Iterable[bytes], key: bytes, *, context: bytes = b"") -> Iterator[bytes]:
    """The file that `encrypt_segments` was given, segment by segment; every byte yielded is authentic.

    That the file is whole is known only when the iterator ends: whoever acts on a part must be able to take it back.
    Raises InvalidKey and DecryptionFailed.
    """
    _check_key(key)
    header = b""
    index = 0
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        if not header and len(buffer) >= _HEADER_SIZE:
            header = bytes(buffer[:_HEADER_SIZE])
            del buffer[:_HEADER_SIZE]
            if not header.startswith(_MAGIC):
                raise DecryptionFailed("not a file of this format and version")
        while header and len(buffer) > _SEALED_SIZE:
            yield _open_segment(key, header, index, False, context, bytes(buffer[:_SEALED_SIZE]))
            del buffer[:_SEALED_SIZE]
            index += 1
    if not header:
        raise DecryptionFailed("the file ends before its header")
    segment = _open_segment(key, header, index, True, context, bytes(buffer))
    if segment:
        yield segment


def wrap(kek: bytes, key: bytes, aad: bytes = b"") -> bytes:
    """`key` encrypted under the key-encrypting key `kek` (16 bytes), bound to `aad`.

    Gives version || nonce || ciphertext || tag. Nonces are random: one `kek` may wrap up to 2**32 keys. Raises
    InvalidKey.
    """
    _check_key(kek)
    nonce = secrets.token_bytes(_NONCE_SIZE)
    return _WRAP_VERSION + nonce + _seal(kek, nonce, _WRAP_VERSION + aad, key)


def unwrap(kek: bytes, wrapped: bytes, aad: bytes = b"") -> bytes:
    """The key that `wrap` was given. Raises InvalidKey and DecryptionFailed."""
    _check_key(kek)
    if len(wrapped) < 1 + _NONCE_SIZE + TAG_SIZE or wrapped[:1] != _WRAP_VERSION:
        raise DecryptionFailed("not a wrapped key of this format and version")
    return _open(kek, wrapped[1 : 1 + _NONCE_SIZE], _WRAP_VERSION + aad, wrapped[1 + _NONCE_SIZE :])


def _check_key(key: bytes) -> None:
    if len(key) != KEY_SIZE:
        raise InvalidKey(f"an SM4 key has {KEY_SIZE} bytes, not {len(key)}")


def _segment_binding(header: bytes, index: int, last: bool, context: bytes) -> tuple[bytes, bytes]:
    """Nonce and associated data of a segment."""
    if index >= _MAX_SEGMENTS:
        raise CryptoError("the file has more segments than one key may encrypt")
    nonce = header[len(_MAGIC) :] + index.to_bytes(4, "big")
    return nonce, header + index.to_bytes(8, "big") + bytes([last]) + context


def _seal_segment(key: bytes, header: bytes, index: int, last: bool, context: bytes, segment: bytes) -> bytes:
    nonce, aad = _segment_binding(header, index, last, context)
    return _seal(key, nonce, aad, segment)


def _open_segment(key: bytes, header: bytes, index: int, last: bool, context: bytes, sealed: bytes) -> bytes:
    nonce, aad = _segment_binding(header, index, last, context)
    return _open(key, nonce, aad, sealed)


def _seal(key: bytes, nonce: bytes, aad: bytes, plaintext: bytes) -> bytes:
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(aad)
    return encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag


def _open(key: bytes, nonce: bytes, aad: bytes, sealed: bytes) -> bytes:
    """The plaintext, only after its tag was checked."""
    if len(sealed) < TAG_SIZE:
        raise DecryptionFailed("the ciphertext is too short")
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).decryptor()
    decryptor.authenticate_additional_data(aad)
    plaintext = decryptor.update(sealed[:-TAG_SIZE])
    try:
        return plaintext + decryptor.finalize_with_tag(sealed[-TAG_SIZE:])
    except InvalidTag:
        raise DecryptionFailed("the ciphertext was changed, or key or context is another") from None
