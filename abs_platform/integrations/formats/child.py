"""The reader's own process (see `child_process`): takes files, answers with readings.

Before a file stands the day that its date is held against, as ISO 8601 writes it, or as many blanks. An answer's first byte
says whether the rest is a reading (`codec`), or the traceback of a reader that failed.
"""

import traceback
from datetime import date

from PIL import Image

from abs_platform.integrations import child_process, confinement, formats
from abs_platform.integrations.formats import codec

DATE_BYTES = 10
READ, FAILED, EXHAUSTED = b"\0", b"\1", b"\2"


def main(memory: int, seconds: int) -> None:
    """Serve until the other side closes. `memory` in bytes; `seconds` of computing for each file."""
    Image.init()  # whatever it loads, it loads before the files are closed to it
    confinement.confine(memory)
    child_process.serve(_answer, seconds)


def _answer(message: bytes) -> tuple[bytes, ...]:
    try:
        day = message[:DATE_BYTES].decode().strip()
        today = date.fromisoformat(day) if day else None
        return READ, codec.encode(formats.read(message[DATE_BYTES:], today=today))
    except MemoryError:
        return (EXHAUSTED,)
    except Exception:
        # A reader's fault on a file that somebody made for it: whoever asked logs it, and the next file is read.
        return FAILED, traceback.format_exc(limit=-20).encode(errors="replace")[-20_000:]
