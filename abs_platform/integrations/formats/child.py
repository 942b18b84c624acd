"""The reader's own process: takes files on standard input, answers with readings on standard output.

Both ways a message is its length in eight bytes, big-endian, and so many bytes. Before a file stands the day that its date
is held against, as ISO 8601 writes it, or as many blanks. An answer's first byte says whether the rest is a reading
(`codec`), or the traceback of a reader that failed.
"""

import os
import traceback
from datetime import date
from typing import BinaryIO

from PIL import Image

from abs_platform.integrations import confinement, formats
from abs_platform.integrations.formats import codec

LENGTH_BYTES = 8
DATE_BYTES = 10
READY = b"!"
"""What is written once, when the first file may come."""
READ, FAILED, EXHAUSTED = b"\0", b"\1", b"\2"


def main(memory: int, seconds: int) -> None:
    """Serve until the other side closes. `memory` in bytes; `seconds` of computing for each file."""
    Image.init()  # whatever it loads, it loads before the files are closed to it
    confinement.confine(memory)
    with os.fdopen(0, "rb", closefd=False) as source, os.fdopen(1, "wb", closefd=False) as target:
        target.write(READY)
        target.flush()
        _serve(source, target, seconds)


def _serve(source: BinaryIO, target: BinaryIO, seconds: int) -> None:
    while len(head := source.read(LENGTH_BYTES)) == LENGTH_BYTES:
        confinement.renew_time(seconds)
        answer = _answer(source.read(int.from_bytes(head)))
        target.write(len(answer).to_bytes(LENGTH_BYTES))
        target.write(answer)
        target.flush()
        if answer.startswith(EXHAUSTED):
            return  # a heap in pieces: the next file gets a fresh process


def _answer(message: bytes) -> bytes:
    try:
        day = message[:DATE_BYTES].decode().strip()
        today = date.fromisoformat(day) if day else None
        return READ + codec.encode(formats.read(message[DATE_BYTES:], today=today))
    except MemoryError:
        return EXHAUSTED
    except Exception:
        # A reader's fault on a file that somebody made for it: whoever asked logs it, and the next file is read.
        return FAILED + traceback.format_exc(limit=-20).encode(errors="replace")[-20_000:]
