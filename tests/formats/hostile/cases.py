"""What a hostile file is: a name, its bytes, and what must become of it."""

from collections.abc import Callable
from dataclasses import dataclass

Make = Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    """One file. `harmless`: why it may be accepted; empty where it may not. `rule`: one that must be among its remarks."""

    name: str
    make: Make
    rule: str = ""
    harmless: str = ""


def refused(name: str, data: bytes | Make, rule: str = "") -> Case:
    """A file that is not taken, by whatever rule, or by this one."""
    return Case(name, data if callable(data) else lambda: data, rule)


def harmless(name: str, data: bytes | Make, why: str) -> Case:
    """A file that may be taken, and why that is safe."""
    return Case(name, data if callable(data) else lambda: data, harmless=why)
