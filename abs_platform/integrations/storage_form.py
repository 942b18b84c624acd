"""What every storage takes: bytes under opaque names."""

import re

CHUNK = 1 << 20
"""In pieces of how many bytes stored files are read."""

Bytes = bytes | bytearray | memoryview


_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)


def is_name(text: str) -> bool:
    """Whether it is a name as files are given: whatever else lies in a folder or a bucket is not ours."""
    return bool(_NAME.fullmatch(text))


def check_name(name: str) -> None:
    """Raises ValueError for a name that could lead elsewhere."""
    if not (name.isascii() and name.isalnum()):
        raise ValueError("a storage name is letters and digits")
