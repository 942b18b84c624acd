"""What no other format knows: kept as it is, with a word on what to do; programs are refused."""

from abs_platform.integrations.formats import media
from abs_platform.integrations.formats.media import Media, Nature
from abs_platform.integrations.formats.model import Level, Remark
from abs_platform.integrations.formats.reading import Reading
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.source import Source

SVG_ROOT = "{http://www.w3.org/2000/svg}svg"
XML_DECLARATION = b"<?xml version"
HTML_ROOT = "{http://www.w3.org/1999/xhtml}html"


class Leftovers:
    """Every file. Asked last."""

    roots: frozenset[str] = frozenset()

    def read(self, source: Source) -> Reading:
        if not source.data:
            raise Refused("file_empty", "The file is empty. Choose the file again.")
        kind = {SVG_ROOT: media.SVG, HTML_ROOT: media.HTML}.get(source.root_name) or media.sniff(source.data)
        if kind.nature is Nature.PROGRAM:
            raise Refused("program", "The file is a program, not a document.")
        if source.root is not None and kind is media.TEXT:
            kind = media.XML
        remark = _remark(kind, source)
        return Reading(kind.format, kind.media_type, remarks=(remark,) if remark else ())


def _remark(kind: Media, source: Source) -> Remark | None:
    match kind.nature:
        case Nature.ACTIVE:
            detail = f"{kind.format} may hold scripts: it is kept, never run here. Send the document as PDF or XML."
            return Remark("active_content", detail, {"format": kind.format}, Level.ATTENTION)
        case Nature.OFFICE | Nature.DOCUMENT if kind is not media.XML or source.root is not None:
            what = f"XML of the kind “{source.root_name[:200]}”" if kind is media.XML else kind.format
            detail = f"{what} is not read. Send the document as PDF, OFD, UBL or CII, or type its fields in beside it."
            return Remark("manual_entry", detail, level=Level.ATTENTION)
        case Nature.FOREIGN_ARCHIVE:
            detail = f"{kind.format} is not opened. Send the files themselves, or as a ZIP."
            return Remark("archive_unsupported", detail, {"format": kind.format}, Level.ATTENTION)
        case Nature.DOCUMENT:
            return Remark("xml_unreadable", "The XML is broken, and none that is read here.", level=Level.ATTENTION)
        case Nature.TEXT if XML_DECLARATION in source.data[: media.HEAD]:
            return Remark("xml_unreadable", "The XML stands behind something else.", level=Level.ATTENTION)
        case Nature.UNKNOWN:
            return Remark("format_unknown", "Nobody here knows this format; nothing was read.", level=Level.ATTENTION)
    return None
