"""Digital envelopes: content under a fresh SM4 key, that key under the receiver's SM2 key.

envelope = version || length of the sealed key (2 bytes) || sealed key (SM2 ciphertext, DER) || content (SM4-GCM). All
before the content is bound to it, with the caller's `aad`. An envelope keeps a secret; it does not say who sent it.
"""

from abs_platform.crypto import sm2, sm4
from abs_platform.crypto.errors import DecryptionFailed

_VERSION = b"\x01"
_HEAD = 3  # version and length


def seal(public: bytes, content: bytes, aad: bytes = b"") -> bytes:
    """`content` for the holder of this SM2 key only. Raises InvalidKey."""
    key = sm4.generate_key()
    sealed_key = sm2.encrypt(public, key)
    head = _VERSION + len(sealed_key).to_bytes(2, "big") + sealed_key
    return head + sm4.wrap(key, content, head + aad)


def unseal(private: bytes, envelope: bytes, aad: bytes = b"") -> bytes:
    """The content that `seal` was given. Raises InvalidKey, DecryptionFailed."""
    if len(envelope) < _HEAD or envelope[:1] != _VERSION:
        raise DecryptionFailed("not an envelope of this format and version")
    end = _HEAD + int.from_bytes(envelope[1:_HEAD], "big")
    key = sm2.decrypt(private, envelope[_HEAD:end])
    if len(key) != sm4.KEY_SIZE:
        raise DecryptionFailed("the envelope does not hold an SM4 key")
    return sm4.unwrap(key, envelope[end:], envelope[:end] + aad)
