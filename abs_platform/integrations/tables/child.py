"""The reader's own process: takes files on standard input, answers with tables on standard output.

Both ways a message is its length in eight bytes, big-endian, and so many bytes: to it, JSON and a file; from it, JSON and
the table as Arrow IPC. JSON comes with its own length in four bytes.
"""

import io
import json
import os
import traceback
from typing import Any, BinaryIO

from abs_platform.integrations import confinement
from abs_platform.integrations.tables import text, workbooks
from abs_platform.integrations.tables.model import Table, TableRefused, bounded

LENGTH, PART = 8, 4


def main(memory: int, seconds: int) -> None:
    """Serve until the other side closes. `memory` in bytes it may write to; `seconds` of computing for each file."""
    confinement.confine(memory, ends_with_starter=False)  # whichever thread comes first starts it, for all of them
    with os.fdopen(0, "rb", closefd=False) as source, os.fdopen(1, "wb", closefd=False) as target:
        _serve(source, target, seconds)


def _serve(source: BinaryIO, target: BinaryIO, seconds: int) -> None:
    while len(head := source.read(LENGTH)) == LENGTH:
        confinement.renew_time(seconds)
        answer, table = _answer(source.read(int.from_bytes(head)))
        said = json.dumps(answer).encode()
        target.write((PART + len(said) + len(table)).to_bytes(LENGTH) + len(said).to_bytes(PART))
        target.write(said)
        target.write(table)
        target.flush()


def _answer(message: bytes) -> tuple[dict[str, Any], bytes]:  # Any: JSON
    size = int.from_bytes(message[:PART])
    asked = json.loads(message[PART : PART + size])
    try:
        table = read(message[PART + size :], asked["sheet"])
    except TableRefused as refused:
        return {"code": refused.code, "detail": refused.detail, "params": refused.params}, b""
    except MemoryError:
        return {"code": "table_reader_limits", "detail": "The table takes too much memory to read.", "params": {}}, b""
    except Exception:
        # A reader's fault on a file that somebody made for it: whoever asked logs it, and the next file is read.
        failure = traceback.format_exc(limit=-10)
        return {"code": "table_malformed", "detail": "The table cannot be read.", "params": {}, "log": failure}, b""
    buffer = io.BytesIO()
    table.frame.write_ipc(buffer, compat_level=None)
    said = {"format": table.format, "sheet": table.sheet, "sheets": table.sheets, "lost": table.lost}
    return said, buffer.getvalue()


def read(data: bytes, sheet: str = "") -> Table:
    """The table in `data`, whatever its kind, within the limits. Raises TableRefused."""
    table = workbooks.read(data, sheet) if data.startswith(workbooks.SIGNATURES) else text.read(data)
    bounded(table.frame)
    return table
