"""Spreadsheets and tables: recognised here, read where their columns are mapped.

Nothing is calculated, no link followed, no macro run; of the rows only a few are looked at.
Sources: ECMA-376 part 2 (OPC), OpenDocument 1.3 part 2 §3.3, [MS-CFB], RFC 4180.
"""

import re
from collections.abc import Iterator

from abs_platform.integrations.formats import media
from abs_platform.integrations.formats.archives import Archive
from abs_platform.integrations.formats.model import Level, Remark
from abs_platform.integrations.formats.reading import Reading
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.source import Source
from abs_platform.integrations.separated import FORMULA, layout_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSM = "application/vnd.ms-excel.sheet.macroEnabled.12"
XLS = "application/vnd.ms-excel"
ODS = "application/vnd.oasis.opendocument.spreadsheet"

CSV_HEAD = 64 * 1024
_MACROS = re.compile(r"(?:^|/)(?:vbaproject\.bin|macrosheets/|basic/|scripts/)", re.IGNORECASE)
_LINKS = re.compile(
    r"(?:^|/)(?:externallinks/|connections\.xml|querytables/|embeddings/|activex/|ctrlprops/)", re.IGNORECASE
)


class Tables:
    """XLSX, XLSM, XLS, ODS and CSV."""

    roots: frozenset[str] = frozenset()

    def read(self, source: Source) -> Reading | None:
        kind = media.sniff(source.data)
        if kind is media.ZIP and source.archive is not None:
            return _of_archive(source.archive)
        if kind is media.OLE and _named(source.data, "EncryptedPackage"):
            detail = "The file is locked with a password. Remove the password and send the file again."
            raise Refused("office_encrypted", detail)
        if kind is media.OLE and _is_xls(source.data):
            return _table("XLS", XLS)
        if kind is media.TEXT:
            return _csv(source.data)
        return None


def workbook_of(archive: Archive) -> tuple[str, str] | None:
    """(format, media type) of the spreadsheet that the archive is; None when it is none."""
    if archive.find("[Content_Types].xml") and (archive.find("xl/workbook.xml") or archive.find("xl/workbook.bin")):
        return ("XLSM", XLSM) if _has(archive, _MACROS) else ("XLSX", XLSX)
    mimetype = archive.find("mimetype")
    if mimetype and archive.size(mimetype) < 200 and archive.read(mimetype).strip() == ODS.encode():
        return "ODS", ODS
    return None


def _of_archive(archive: Archive) -> Reading | None:
    found = workbook_of(archive)
    return None if found is None else _table(*found, *active_parts(archive))


def active_parts(archive: Archive) -> Iterator[Remark]:
    """What the office file would run or fetch where somebody opened it."""
    if _has(archive, _MACROS):
        detail = "The file holds macros. They are never run here; do not allow them when you open it."
        yield Remark("macros", detail, level=Level.ATTENTION)
    if _has(archive, _LINKS):
        detail = "The file refers to other files or queries. They are never followed here."
        yield Remark("external_links", detail, level=Level.ATTENTION)


def _has(archive: Archive, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(name) for name in archive.names)


def _is_xls(data: bytes) -> bool:
    """Whether the compound file has a workbook's stream: its directory states names in UTF-16."""
    return _named(data, "Workbook") or _named(data, "Book")


def _named(data: bytes, stream: str) -> bool:
    return stream.encode("utf-16-le") + b"\0\0" in data


def _csv(data: bytes) -> Reading | None:
    text = media.text_of(data[:CSV_HEAD], cut=len(data) > CSV_HEAD)
    if text is None:
        return None
    if len(data) > CSV_HEAD:
        text = text[: text.rfind("\n") + 1]
    layout = layout_of(text)
    return _table("CSV", "text/csv", *_formulas(layout.rows)) if layout.is_table else None


def _formulas(rows: list[list[str]]) -> Iterator[Remark]:
    for number, row in enumerate(rows, 1):
        cell = next((cell for cell in row if FORMULA.match(cell)), None)
        if cell is not None:
            detail = f"Row {number} has a cell that a spreadsheet program would calculate: “{cell[:40]}”."
            yield Remark("formula_cells", detail, {"row": str(number), "found": cell[:40]}, Level.ATTENTION)
            return


def _table(format: str, media_type: str, *remarks: Remark) -> Reading:
    detail = "A table: import it by saying what its columns mean."
    return Reading(format, media_type, remarks=(Remark("table", detail, level=Level.ATTENTION), *remarks))
