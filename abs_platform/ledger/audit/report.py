"""What an audit says. Pure."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """How much of the log is derived again."""

    FULL = "full"
    """Everything, from the first record on."""
    INCREMENTAL = "incremental"
    """What came since the last audit that found all in order."""


class Wrong(Exception):
    """The first row found wrong, and how."""

    def __init__(self, row: str, detail: str) -> None:
        super().__init__(f"{row}: {detail}")
        self.row = row
        self.detail = detail


@dataclass(slots=True)
class Report:
    """What was audited, and the verdict.

    `size` is the log's, the counts are of rows checked. `wrong` is {row, detail}; `unreachable` maps chains to why. `mode`
    is what was done: without a memory to start from, an incremental audit is a full one.
    """

    channel: str
    mode: Mode
    size: int = 0
    leaves: int = 0
    pending: int = 0
    tiles: int = 0
    checkpoints: int = 0
    cosignatures: int = 0
    anchors: int = 0
    wrong: dict[str, str] | None = None
    unreachable: dict[str, str] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Rows checked, by kind."""
        return {
            "leaves": self.leaves,
            "tiles": self.tiles,
            "checkpoints": self.checkpoints,
            "cosignatures": self.cosignatures,
            "anchors": self.anchors,
            "pending": self.pending,
        }

    def to_json(self) -> dict[str, Any]:  # Any: JSON
        """The report as JSON; "ok" is whether nothing is wrong."""
        return {"ok": self.wrong is None, **asdict(self)}
