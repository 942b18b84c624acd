"""The reader's own process (see `child_process`): takes files, answers with tables.

A message is JSON and a file; an answer is JSON and the table as Arrow IPC. JSON comes with its own length in four bytes.
"""

import io
import json
import traceback
from typing import Any

from abs_platform.integrations import child_process, confinement
from abs_platform.integrations.tables import text, workbooks
from abs_platform.integrations.tables.model import Table, TableRefused, bounded

PART = 4


def main(memory: int, seconds: int) -> None:
    """Serve until the other side closes. `memory` in bytes it may write to; `seconds` of computing for each file."""
    confinement.confine(memory, ends_with_starter=False)  # whichever thread comes first starts it, for all of them
    child_process.serve(_message, seconds)


def _message(message: bytes) -> tuple[bytes, bytes, bytes]:
    answer, table = _answer(message)
    said = json.dumps(answer).encode()
    return len(said).to_bytes(PART), said, table


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
