"""What may go wrong in this package. All are ValueErrors: the bytes given are not what they must be."""


class CryptoError(ValueError):
    """A cryptographic operation could not be carried out."""


class InvalidKey(CryptoError):
    """A key has the wrong length, is out of range, or is not a point of the curve."""


class DecryptionFailed(CryptoError):
    """The ciphertext is malformed, was changed, or belongs to another key or context. Which one is not told."""
