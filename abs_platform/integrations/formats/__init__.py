"""Business documents in the formats of the outside world, read into one shape (`model.Extracted`).

A format recognises its files by content, never by file name. What no format knows is an attachment, not an error.
"""

from dataclasses import replace
from datetime import date

from abs_platform.integrations.formats import vat
from abs_platform.integrations.formats.cii import Cii
from abs_platform.integrations.formats.cn.ofd import Ofd
from abs_platform.integrations.formats.cn.pdf import ChinesePdf
from abs_platform.integrations.formats.cn.xml import ChineseXml
from abs_platform.integrations.formats.en16931 import checked
from abs_platform.integrations.formats.facturx import FacturX
from abs_platform.integrations.formats.keys import business_key, content_key, contradicts
from abs_platform.integrations.formats.model import Extracted, Level, Remark
from abs_platform.integrations.formats.reading import Format, Reading
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.source import Source
from abs_platform.integrations.formats.ubl import Ubl

__all__ = ["Refused", "business_key", "content_key", "contradicts", "parse", "read"]

# Who is asked, in this order.
FORMATS: tuple[Format, ...] = (Ubl(), Cii(), FacturX(), ChineseXml(), Ofd(), ChinesePdf())
CLAIMED = frozenset[str]().union(*(each.roots for each in FORMATS))


def read(data: bytes, *, today: date | None = None) -> Reading:
    """What `data` is; a file that must not be taken is a reading with a remark that refuses it. Raises nothing.

    With `today` an invoice's date is held against it.
    """
    try:
        return _read(data, today)
    except Refused as refused:
        params = {name: str(value) for name, value in refused.params.items()}
        remark = Remark(refused.code, refused.detail or "", params, Level.REFUSED)
        return Reading("unknown", "application/octet-stream", remarks=(remark,))


def parse(data: bytes, *, today: date | None = None) -> Extracted | None:
    """The business document in `data`; None when it is none that we read. Raises Refused where it must not be taken."""
    reading = _read(data, today)
    refusing = next((each for each in reading.all_remarks if each.level == Level.REFUSED), None)
    if refusing:
        raise Refused(refusing.rule, refusing.detail, **refusing.params)
    return reading.document


def _read(data: bytes, today: date | None) -> Reading:
    source = Source(data, CLAIMED)
    readings = (each.read(source) for each in FORMATS)
    reading = next((reading for reading in readings if reading is not None), None)
    if reading is None:
        return Reading("unknown", "application/octet-stream")
    if source.root is not None:
        reading = checked(source.root, reading)
    if reading.document is None:
        return reading
    return replace(reading, document=_with_general_remarks(reading.document, today))


def _with_general_remarks(document: Extracted, today: date | None) -> Extracted:
    """With what is remarked on documents of any format: who the parties say to be, and when it was issued."""
    dated = vat.date_remarks(document, today) if today else ()
    return replace(document, remarks=(*document.remarks, *vat.party_remarks(document), *dated))
