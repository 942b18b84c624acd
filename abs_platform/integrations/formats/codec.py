"""A reading as bytes and back, for the way between two processes.

A frame: the length of the header in four bytes, big-endian; the header, JSON; the members' bytes one after another.
"""

import dataclasses
import json
from typing import Any

from abs_platform.integrations.formats.model import Level, Remark, from_json, to_json
from abs_platform.integrations.formats.reading import Member, Reading

LENGTH_BYTES = 4


def encode(reading: Reading) -> bytes:
    """The frame of a reading."""
    header = {
        "format": reading.format,
        "media_type": reading.media_type,
        "document": to_json(reading.document) if reading.document else None,
        "members": [[member.name, len(member.data)] for member in reading.members],
        "remarks": [dataclasses.asdict(remark) for remark in reading.remarks],
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    return b"".join([len(text).to_bytes(LENGTH_BYTES), text, *(member.data for member in reading.members)])


def decode(frame: bytes | memoryview) -> Reading:
    """The reading of a frame. Raises ValueError, LookupError for one that `encode` did not make."""
    end = LENGTH_BYTES + int.from_bytes(frame[:LENGTH_BYTES])
    header: dict[str, Any] = json.loads(bytes(frame[LENGTH_BYTES:end]))  # Any: JSON
    members = []
    for name, size in header["members"]:
        members.append(Member(name, bytes(frame[end : end + size])))
        end += size
    if end != len(frame):
        raise ValueError(f"the frame has {len(frame)} bytes, its header tells of {end}")
    return Reading(
        format=header["format"],
        media_type=header["media_type"],
        document=from_json(header["document"]) if header["document"] else None,
        members=tuple(members),
        remarks=tuple(Remark(**{**each, "level": Level(each["level"])}) for each in header["remarks"]),
    )
