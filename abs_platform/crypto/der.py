"""The few pieces of DER (ITU-T X.690) that SM2's formats need, read strictly: one encoding for one value."""

from abs_platform.crypto.errors import CryptoError

INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
SEQUENCE = 0x30


def tlv(tag: int, content: bytes) -> bytes:
    """Tag, length and content."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def integer(value: int) -> bytes:
    """A non-negative INTEGER."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


class Reader:
    """Reads elements one after another. Raises CryptoError at anything that is not DER or not what was asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def element(self, tag: int) -> bytes:
        """The content of the next element, which must have this tag."""
        head = self._take(2)
        if head[0] != tag:
            raise CryptoError(f"expected DER tag {tag:#04x}, found {head[0]:#04x}")
        size = head[1]
        if size >= 0x80:
            length = self._take(size & 0x7F)
            if not 1 <= len(length) <= 4 or length[0] == 0:
                raise CryptoError("DER length is not minimal")
            size = int.from_bytes(length, "big")
            if size < 0x80:
                raise CryptoError("DER length is not minimal")
        return self._take(size)

    def sequence(self) -> "Reader":
        return Reader(self.element(SEQUENCE))

    def unsigned(self) -> int:
        """A non-negative INTEGER."""
        content = self.element(INTEGER)
        if not content or content[0] & 0x80:
            raise CryptoError("DER integer is empty or negative")
        if len(content) > 1 and content[0] == 0 and not content[1] & 0x80:
            raise CryptoError("DER integer is not minimal")
        return int.from_bytes(content, "big")

    def end(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._data):
            raise CryptoError("bytes after the end of a DER element")

    @property
    def exhausted(self) -> bool:
        return self._at == len(self._data)

    def _take(self, size: int) -> bytes:
        piece = self._data[self._at : self._at + size]
        if len(piece) != size:
            raise CryptoError("DER ends early")
        self._at += size
        return piece
