"""What the auditor saw when it last found everything in order, kept in a file outside the database.

It is what a rolled-back or rewritten database is held against, and where an incremental audit goes on: beside the newest
checkpoint it holds the log's right edge, the keys, and how far each chain was checked.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from abs_platform.crypto.merkle import Frontier, Hasher

FORMAT = "abs-audit-memory/v1"
Facts = dict[str, str | None]


class UnreadableMemory(Exception):
    """The memory's file is there and cannot be understood."""


@dataclass(frozen=True, slots=True)
class SeenChain:
    """The first `checked` checkpoints in the contract were found to be ours, anchored where we say."""

    contract: str
    checked: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A log that was in order: its newest checkpoint, the hashes of its unfinished tiles (hex), the id from which on records
    are looked for (the oldest that was pending, else the newest), the facts about the keys by id, the changes of keys that
    were announced, and the chains by name.
    """

    origin: str
    hash: str
    size: int
    root: str
    edge: list[list[str]]
    watermark: str
    keys: dict[str, Facts]
    announced: list[str]
    chains: dict[str, SeenChain]

    def frontier(self) -> Frontier:
        """The log's right edge, ready to grow."""
        return Frontier(Hasher(self.hash), self.size, [[bytes.fromhex(each) for each in tile] for tile in self.edge])


class Memory:
    """The memory of one channel: a file, replaced as a whole."""

    def __init__(self, folder: Path, channel: str) -> None:
        self._file = folder / f"{channel}.json"

    def recall(self) -> Seen | None:
        """What was seen last time; None at the first time. Raises UnreadableMemory."""
        try:
            text = self._file.read_text()
        except FileNotFoundError:
            return None
        try:
            return _read(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UnreadableMemory(
                f"{self._file} is damaged ({error}). Restore it from a backup; without it a rollback to before the last "
                "audit shows only against the chains. Remove it to begin anew."
            ) from error

    def remember(self, seen: Seen) -> None:
        """Keep `seen` for the next time, unless another audit was faster and has seen more."""
        before = self.recall()
        if before is not None and before.size > seen.size:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps({"format": FORMAT, **asdict(seen)}) + "\n")
        draft.replace(self._file)


def remembered_channels(folder: Path) -> list[str]:
    """The channels that were seen before."""
    return sorted(file.stem for file in folder.glob("*.json"))


def _read(stored: dict[str, Any]) -> Seen:  # Any: JSON
    if stored.pop("format") != FORMAT:
        raise ValueError("another format")
    chains = {name: SeenChain(**chain) for name, chain in stored.pop("chains").items()}
    seen = Seen(chains=chains, **stored)
    if seen.frontier().root().hex() != seen.root:
        raise ValueError("its edge does not lead to its root")
    return seen
