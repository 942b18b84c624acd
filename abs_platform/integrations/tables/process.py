"""Tables are read in a process of their own, so that no file reaches the one that asks.

One that kills its reader, or takes too long or too much, is refused with the code table_reader_limits (`child_process`).
"""

import atexit
import json
import logging
import os

import polars as pl

from abs_platform.integrations.child_process import Child, Died, Limits
from abs_platform.integrations.tables.model import Table, TableRefused

log = logging.getLogger(__name__)

CHILD = "abs_platform.integrations.tables.child"
PART = 4
LIMITS = Limits(memory=2 << 30, computing=60, waiting=90.0, answer=1 << 30)
"""An answer has 6 million cells at most, and what the encoding adds."""


class Reader(Child):
    """One child that reads tables."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        super().__init__(CHILD, limits)

    def read(self, data: bytes, sheet: str = "") -> Table:
        """The table in `data`.

        Raises TableRefused, and nothing else on account of the file; NotStarted where the machine has no process for it.
        """
        asked = json.dumps({"sheet": sheet}).encode()
        try:
            answer = memoryview(self.ask(len(asked).to_bytes(PART), asked, data))
        except (TimeoutError, Died):
            raise TableRefused(
                "table_reader_limits", "The table takes more time or memory to read than any real one."
            ) from None
        size = int.from_bytes(answer[:PART])
        said = json.loads(bytes(answer[PART : PART + size]))
        if "code" in said:
            if "log" in said:
                log.error("a table's reader failed:\n%s", said["log"])
            raise TableRefused(said["code"], said["detail"], **said["params"])
        frame = pl.read_ipc(answer[PART + size :].tobytes())
        return Table(said["format"], frame, said["sheet"], tuple(said["sheets"]), tuple(said["lost"]))


_READER = Reader()


def read(data: bytes, sheet: str = "") -> Table:
    """The table in `data`, told by this process's child: the named sheet of a workbook, else the first that has rows.

    Raises TableRefused.
    """
    return _READER.read(data, sheet)


atexit.register(_READER.close)
os.register_at_fork(after_in_child=_READER.forget)
