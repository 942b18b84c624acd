"""A dry run over files: what each is, what it says and what would become of it. Nothing is stored.

Source of the rows: the file, or, for a member of an archive, "archive!/member".
"""

import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from abs_platform.core import clock
from abs_platform.documents import rules
from abs_platform.integrations.formats.model import Extracted, Level, Party, Remark
from abs_platform.integrations.formats.process import Reader
from abs_platform.integrations.formats.reading import Reading
from abs_platform.integrations.formats.refusal import Refused

READERS = 2
"""Processes that read side by side."""
AHEAD = 8
"""Files that are read before the one whose turn it is; more would fill the memory."""

Row = dict[str, Any]  # Any: JSON


class CannotRead(Exception):
    """A file or folder that was asked for cannot be read."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file below a folder. `remark`: why it is passed over."""

    path: str
    remark: Remark | None = None


def found_below(roots: Iterable[Path]) -> Iterator[Found]:
    """Every file, in the order of the names' bytes. Links to folders are passed over: they may lead in circles.

    Raises CannotRead where one of the roots is not there or cannot be read.
    """
    roots = list(roots)
    for root in roots:
        try:
            if root.is_dir():
                os.scandir(root).close()
            else:
                root.stat()
        except OSError as error:
            raise CannotRead(
                f"{root} cannot be read ({error.strerror}). Name folders and files that you may read."
            ) from error
    for root in roots:
        if root.is_dir():
            yield from _below(str(root))
        else:
            yield Found(str(root))


def _below(folder: str) -> Iterator[Found]:
    pending = [folder]
    while pending:
        here = pending.pop()
        try:
            with os.scandir(here) as scanned:
                entries = sorted(scanned, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield Found(here, _passed_over(f"The folder cannot be read: {error.strerror}."))
            continue
        # Files of a folder come before those of its folders; of these the last pushed is the first taken.
        folders = []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            elif entry.is_symlink() and _is_folder(entry.path):
                yield Found(entry.path, _passed_over("A link to a folder; it is not followed."))
            else:
                yield Found(entry.path)
        pending += reversed(folders)


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(Path(path).stat().st_mode)
    except OSError:
        return False


def checked(found: Iterable[Found], *, max_bytes: int) -> Iterator[list[Row]]:
    """The rows of each file, in the given order; read by several processes side by side."""
    idle = deque(Reader() for _ in range(READERS))
    everyone = list(idle)

    def check(file: Found) -> list[Row]:
        reader = idle.popleft()  # as many readers as threads, and a deque's ends are safe between these
        try:
            return rows_of(file, reader, max_bytes=max_bytes)
        finally:
            idle.append(reader)

    try:
        with ThreadPoolExecutor(READERS) as pool:
            under_way: deque[Future[list[Row]]] = deque()
            for file in found:
                under_way.append(pool.submit(check, file))
                if len(under_way) > AHEAD:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
    finally:
        for reader in everyone:
            reader.close()


def rows_of(file: Found, reader: Reader, *, max_bytes: int) -> list[Row]:
    """The file's row, and after it those of its members."""
    if file.remark is not None:
        return [_row(file.path, _unread(file.remark))]
    try:
        data = _bytes_of(file.path, max_bytes)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return [_row(file.path, _unread(_passed_over(f"The file cannot be read: {why}.")))]
    except Refused as refused:
        return [_row(file.path, _unread(_remark_of(refused)))]
    return list(_rows_of(file.path, data, reader, clock.today(), max_bytes))


def _rows_of(path: str, data: bytes, reader: Reader, today: date, max_bytes: int) -> Iterator[Row]:
    """A member that holds others (a document attached to another, in an archive) is followed by theirs."""
    if len(data) > max_bytes:
        yield _row(path, _unread(_remark_of(_too_large(max_bytes))))
        return
    reading = reader.read(data, today=today)
    yield _row(path, reading)
    for member in reading.members:
        yield from _rows_of(f"{path}!/{member.name}", member.data, reader, today, max_bytes)


def _bytes_of(path: str, max_bytes: int) -> bytes:
    """The file's bytes; one that is no file is not waited for."""
    # Not even opened, for there are devices that act on it; looked at once more, for it may be another by then.
    if not stat.S_ISREG(Path(path).stat().st_mode):
        raise ValueError("it is a device, pipe or socket")
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is a device, pipe or socket")
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise _too_large(max_bytes)
    return data


def _too_large(max_bytes: int) -> Refused:
    return Refused("file_too_large", f"A file may have {max_bytes} bytes at most.", limit=max_bytes)


def _row(path: str, reading: Reading) -> Row:
    document = reading.document
    remarks = reading.all_remarks
    try:
        rules.check_plausible(document)
    except Refused as refused:
        remarks = (*remarks, _remark_of(refused))
    levels = {remark.level for remark in remarks}
    verdict = "refused" if Level.REFUSED in levels else "attention" if Level.ATTENTION in levels else "accepted"
    return {
        "file": path,
        "format": reading.format,
        "media_type": reading.media_type,
        **_said(document),
        "verdict": verdict,
        "reasons": [
            {
                "rule": remark.rule,
                "level": remark.level.value,
                "field": remark.field,
                "detail": remark.detail,
                "params": remark.params,
            }
            for remark in remarks
        ],
    }


def _said(document: Extracted | None) -> Row:
    if document is None:
        empty = ("number", "issue_date", "order_number", "seller", "buyer", "currency", "total")
        return {"kind": "attachment", **dict.fromkeys(empty)}
    return {
        "kind": document.kind,
        "number": document.number,
        "issue_date": document.issue_date.isoformat() if document.issue_date else None,
        "order_number": document.trade_order_number,
        "seller": _party(document.seller),
        "buyer": _party(document.buyer),
        "currency": document.currency,
        "total": format(document.total, "f") if document.total is not None else None,
    }


def _party(party: Party | None) -> Row | None:
    return {"name": party.name, "identifiers": [list(pair) for pair in party.identifiers()]} if party else None


def _unread(remark: Remark) -> Reading:
    return Reading("unknown", "application/octet-stream", remarks=(remark,))


def _passed_over(detail: str) -> Remark:
    return Remark("file_unreadable", detail, level=Level.REFUSED)


def _remark_of(refused: Refused) -> Remark:
    params = {name: str(value) for name, value in refused.params.items()}
    return Remark(refused.code, refused.detail, params, Level.REFUSED)
