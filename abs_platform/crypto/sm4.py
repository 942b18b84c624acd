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

Bytes = bytes | bytearray | memoryview
_WRAP_VERSION = b"\x01"


def generate_key() -> bytes:
    """A fresh random key of 16 bytes."""
    return secrets.token_bytes(KEY_SIZE)


class SegmentSealer:
    """The segments of one encrypted file, each sealed by itself, in any order and on any thread.

    `key` is 16 bytes and must be used for one file only; `context` is bound in and must be the same at decryption.
    The file is `header`, then the segments in order. Raises InvalidKey.
    """

    __slots__ = ("_context", "_key", "header")

    def __init__(self, key: bytes, *, context: bytes = b"") -> None:
        _check_key(key)
        self._key = key
        self._context = context
        self.header = _MAGIC + secrets.token_bytes(_PREFIX_SIZE)

    def seal(self, index: int, segment: Bytes, *, last: bool) -> memoryview:
        """Segment number `index`, encrypted, with its tag. All but the last have SEGMENT_SIZE bytes."""
        nonce, aad = _segment_binding(self.header, index, last, self._context)
        return _seal(self._key, nonce, aad, segment)


def encrypt_segments(chunks: Iterable[bytes], key: bytes, *, context: bytes = b"") -> Iterator[Bytes]:
    """The encrypted file, piece by piece: the header, then each segment. Holds about one segment in memory.

    `chunks` may be of any size; `key` and `context` as in SegmentSealer. Raises InvalidKey.
    """
    sealer = SegmentSealer(key, context=context)
    yield sealer.header
    index = 0
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) > SEGMENT_SIZE:
            yield sealer.seal(index, bytes(buffer[:SEGMENT_SIZE]), last=False)
            del buffer[:SEGMENT_SIZE]
            index += 1
    yield sealer.seal(index, buffer, last=True)


def decrypt_segments(chunks: Iterable[bytes], key: bytes, *, context: bytes = b"") -> Iterator[bytes]:
    """The file that was encrypted, segment by segment; every byte yielded is authentic.

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
    return _WRAP_VERSION + nonce + bytes(_seal(kek, nonce, _WRAP_VERSION + aad, key))


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


def _open_segment(key: bytes, header: bytes, index: int, last: bool, context: bytes, sealed: bytes) -> bytes:
    nonce, aad = _segment_binding(header, index, last, context)
    return _open(key, nonce, aad, sealed)


def _seal(key: bytes, nonce: bytes, aad: bytes, plaintext: Bytes) -> memoryview:
    """Ciphertext || tag, in a buffer of its own: written once, copied never."""
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(aad)
    size = len(plaintext)
    sealed = memoryview(bytearray(size + TAG_SIZE))
    encryptor.update_into(plaintext, sealed)
    encryptor.finalize()
    sealed[size : size + TAG_SIZE] = encryptor.tag
    return sealed[: size + TAG_SIZE]


def _open(key: bytes, nonce: bytes, aad: bytes, sealed: Bytes) -> bytes:
    """The plaintext, only after its tag was checked."""
    if len(sealed) < TAG_SIZE:
        raise DecryptionFailed("the ciphertext is too short")
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).decryptor()
    decryptor.authenticate_additional_data(aad)
    plaintext = decryptor.update(memoryview(sealed)[:-TAG_SIZE])
    try:
        return plaintext + decryptor.finalize_with_tag(bytes(sealed[-TAG_SIZE:]))
    except InvalidTag:
        raise DecryptionFailed("the ciphertext was changed, or key or context is another") from None
