"""Business documents in the formats of the outside world, read into one shape (`model.Extracted`).

A format recognises its files by content, never by file name. What no format knows is an attachment, not an error.
"""

from dataclasses import replace

from abs_platform.integrations.formats import guards, media
from abs_platform.integrations.formats.keys import business_key, content_key
from abs_platform.integrations.formats.leftovers import Leftovers
from abs_platform.integrations.formats.model import Extracted, Level, Remark
from abs_platform.integrations.formats.pictures import Pictures
from abs_platform.integrations.formats.reading import Format, Reading
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.source import Source
from abs_platform.integrations.formats.tables import Tables
from abs_platform.integrations.formats.ubl import Ubl
from abs_platform.integrations.formats.zips import Zips

__all__ = ["Refused", "business_key", "content_key", "parse", "read"]

# Who is asked, in this order: business documents first, then what is told by its container, at last everything.
FORMATS: tuple[Format, ...] = (Ubl(), Pictures(), Tables(), Zips(), Leftovers())
CLAIMED = frozenset[str]().union(*(each.roots for each in FORMATS))


def read(data: bytes) -> Reading:
    """What `data` is; a file that must not be taken is a reading with a remark that refuses it. Raises nothing."""
    try:
        reading = _read(data)
    except Refused as refused:
        params = {name: str(value) for name, value in refused.params.items()}
        kind = media.sniff(data)
        remark = Remark(refused.code, refused.detail or "", params, Level.REFUSED)
        reading = Reading(kind.format, kind.media_type, remarks=(remark,))
    return replace(reading, remarks=(*reading.remarks, *guards.remarks_on(data)))


def parse(data: bytes) -> Extracted | None:
    """The business document in `data`; None when it is none that we read. Raises Refused where it must not be taken."""
    return _read(data).document


def _read(data: bytes) -> Reading:
    source = Source(data, CLAIMED)
    readings = (each.read(source) for each in FORMATS)
    return next(reading for reading in readings if reading is not None)
