"""Business documents in the formats of the outside world, read into one shape (`model.Extracted`).

A format recognises its files by content, never by file name. What no format knows is an attachment, not an error.
"""

from abs_platform.integrations.formats.cii import Cii
from abs_platform.integrations.formats.en16931 import checked
from abs_platform.integrations.formats.facturx import FacturX
from abs_platform.integrations.formats.keys import business_key, content_key
from abs_platform.integrations.formats.model import Extracted, Level, Remark
from abs_platform.integrations.formats.reading import Format, Reading
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.source import Source
from abs_platform.integrations.formats.ubl import Ubl

__all__ = ["Refused", "business_key", "content_key", "parse", "read"]

# Who is asked, in this order.
FORMATS: tuple[Format, ...] = (Ubl(), Cii(), FacturX())
CLAIMED = frozenset[str]().union(*(each.roots for each in FORMATS))


def read(data: bytes) -> Reading:
    """What `data` is; a file that must not be taken is a reading with a remark that refuses it. Raises nothing."""
    try:
        return _read(data)
    except Refused as refused:
        params = {name: str(value) for name, value in refused.params.items()}
        remark = Remark(refused.code, refused.detail or "", params, Level.REFUSED)
        return Reading("unknown", "application/octet-stream", remarks=(remark,))


def parse(data: bytes) -> Extracted | None:
    """The business document in `data`; None when it is none that we read. Raises Refused where it must not be taken."""
    reading = _read(data)
    refusing = [remark for remark in reading.all_remarks if remark.level is Level.REFUSED]
    if refusing:
        rules = ", ".join(dict.fromkeys(remark.rule for remark in refusing))
        raise Refused("rules_broken", f"{rules}: {refusing[0].detail}", rules=rules)
    return reading.document


def _read(data: bytes) -> Reading:
    source = Source(data, CLAIMED)
    readings = (each.read(source) for each in FORMATS)
    reading = next((reading for reading in readings if reading is not None), None)
    if reading is None:
        return Reading("unknown", "application/octet-stream")
    return reading if source.root is None else checked(source.root, reading)
