"""What every storage takes: bytes under opaque names."""

CHUNK = 1 << 20
"""In pieces of how many bytes stored files are read."""

Bytes = bytes | bytearray | memoryview


def check_name(name: str) -> None:
    """Raises ValueError for a name that could lead elsewhere."""
    if not (name.isascii() and name.isalnum()):
        raise ValueError("a storage name is letters and digits")
