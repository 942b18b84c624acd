"""Files read in a process of their own, so that no file reaches the one that asks.

One that kills its reader, or takes too long or too much, is refused with the code reader_limits (see `child_process`).
"""

import atexit
import logging
import os
import signal
from datetime import date

from abs_platform.integrations.child_process import Child, Died, Limits
from abs_platform.integrations.formats import codec, media
from abs_platform.integrations.formats.child import DATE_BYTES, EXHAUSTED, FAILED
from abs_platform.integrations.formats.model import Level, Remark
from abs_platform.integrations.formats.reading import Reading

log = logging.getLogger(__name__)

CHILD = "abs_platform.integrations.formats.child"
LIMITS = Limits()
STARTS = 2
"""How many children a file may cost that die of something other than their limits."""


class Reader(Child):
    """One child that reads files."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        super().__init__(CHILD, limits)

    def read(self, data: bytes, *, today: date | None = None) -> Reading:
        """What `data` is; with `today` an invoice's date is held against it.

        Raises nothing on account of the file; NotStarted where the machine has no process for it.
        """
        day = str(today or "").ljust(DATE_BYTES).encode()
        for _ in range(STARTS):
            try:
                # An archive's files are held twice at most: as they came, and as members.
                answer = memoryview(self.ask(day, data))
            except TimeoutError:
                return _refused(data, "reader_limits", f"Reading took over {self._limits.waiting:.0f} seconds.")
            except Died as death:
                if death.signal == signal.SIGXCPU:
                    return _refused(data, "reader_limits", f"It takes over {self._limits.computing} s to compute.")
                continue
            if answer[:1] == EXHAUSTED:
                self.close()  # its heap is in pieces: the next file gets a fresh process
                return _refused(data, "reader_limits", f"It takes over {self._limits.memory >> 20} MB to read.")
            if answer[:1] == FAILED:
                log.error("a reader failed:\n%s", bytes(answer[1:]).decode(errors="replace"))
                return _refused(data, "unreadable", "The file could not be read.")
            return codec.decode(answer[1:])
        return _refused(data, "reader_limits", "The file brings its reader down.")


def _refused(data: bytes, code: str, detail: str) -> Reading:
    kind = media.sniff(data)
    return Reading(kind.format, kind.media_type, remarks=(Remark(code, detail, level=Level.REFUSED),))


_READER = Reader()
"""This process's own."""


def read(data: bytes, *, today: date | None = None) -> Reading:
    """What `data` is, as `formats.read` tells it, told by the process's child. Raises nothing on account of the file."""
    return _READER.read(data, today=today)


atexit.register(_READER.close)
os.register_at_fork(after_in_child=_READER.forget)
