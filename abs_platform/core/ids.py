"""Public identifiers: UUID version 7 (RFC 9562, section 5.7)."""

import secrets
import time
from uuid import UUID


def uuid7() -> UUID:
    """A new id whose first 48 bits are the Unix time in milliseconds, so that ids sort by age."""
    milliseconds = time.time_ns() // 1_000_000 & (1 << 48) - 1
    rand_a = secrets.randbits(12)
    rand_b = secrets.randbits(62)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)
