"""The bytes that a record puts into the log: versioned, domain-separated, one field a line. Pure."""

import re
from datetime import UTC, datetime
from uuid import UUID

DOMAIN = "abs-record/v1"
TEMPLATE = re.compile(r"[a-z0-9][a-z0-9._/-]{0,79}")
COMMITMENT_SIZE = 32


def rfc3339(moment: datetime) -> str:
    """An aware time in UTC with milliseconds, such as 2026-11-23T05:00:00.123Z; finer parts are cut off."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_milliseconds(moment: datetime) -> datetime:
    """The time as far as an entry can say it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def entry(*, record_id: UUID, template: str, time: datetime, commitment: bytes) -> bytes:
    """The leaf input of a record: "abs-record/v1", record id, template, time and commitment (hex), each on a line."""
    return f"{DOMAIN}\n{record_id}\n{template}\n{rfc3339(time)}\n{commitment.hex()}\n".encode()
