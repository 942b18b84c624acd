"""A ZIP of files that each speak for themselves. What is a ZIP by technique alone (OFD, XLSX, DOCX) is none of these."""

from collections.abc import Iterator

from abs_platform.core.filenames import clean_path
from abs_platform.integrations.formats import media
from abs_platform.integrations.formats.archives import Archive, is_archive
from abs_platform.integrations.formats.model import Level, Remark
from abs_platform.integrations.formats.reading import Member, Reading
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.source import Source
from abs_platform.integrations.formats.tables import active_parts, workbook_of

MAX_MEMBERS = 500
# What file managers put in by themselves.
LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
PROGRAMS = ("META-INF/MANIFEST.MF", "AndroidManifest.xml", "classes.dex")
OFFICE = {
    "word/document.xml": ("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "ppt/presentation.xml": ("PPTX", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "OFD.xml": ("OFD", "application/ofd"),
}


class Zips:
    """ZIP; its members, and those of archives in it, one level down."""

    roots: frozenset[str] = frozenset()

    def read(self, source: Source) -> Reading | None:
        if source.data.startswith(b"PK\x05\x06"):
            raise Refused("archive_empty", "The archive holds no files. Pack it again.")
        archive = source.archive
        if archive is None:
            return None
        if any(archive.find(name) for name in PROGRAMS):
            raise Refused("program", "The file is a program, not a document.")
        if (office := _office(archive)) is not None:
            return office
        files = tuple(_members(archive))
        members = tuple(member for member in files if member.data)
        if not members:
            raise Refused("archive_empty", "The archive holds no files. Pack it again.")
        remarks = [Remark("archive", f"An archive of {len(members)} files.", {"count": str(len(members))})]
        if empty := [member.name for member in files if not member.data]:
            detail = f"{len(empty)} files in the archive are empty, “{empty[0]}” for one."
            remarks.append(
                Remark("member_empty", detail, {"count": str(len(empty)), "name": empty[0]}, Level.ATTENTION)
            )
        return Reading("ZIP", media.ZIP.media_type, members=members, remarks=tuple(remarks))


OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."


def _office(archive: Archive) -> Reading | None:
    if is_open_document(archive):
        return _manual_entry("ODF", "application/vnd.oasis.opendocument", archive)
    for name, (format, media_type) in OFFICE.items():
        if archive.find(name):
            return _manual_entry(format, media_type, archive)
    return None


def _manual_entry(format: str, media_type: str, archive: Archive) -> Reading:
    detail = f"{format} is not read. Send the document as PDF, OFD or XML, or type its fields in beside it."
    remark = Remark("manual_entry", detail, level=Level.ATTENTION)
    return Reading(format, media_type, remarks=(remark, *active_parts(archive)))


def is_open_document(archive: Archive) -> bool:
    """Whether the archive says to be a text, table or drawing of OpenDocument."""
    said = archive.find("mimetype")
    return said is not None and archive.size(said) < 200 and archive.read(said).startswith(OPEN_DOCUMENT)


def _members(archive: Archive) -> Iterator[Member]:
    for count, (name, data) in enumerate(_files(archive, ""), 1):
        if count > MAX_MEMBERS:
            detail = f"The archive has more than {MAX_MEMBERS} files. Send them in several archives."
            raise Refused("archive_too_many", detail, limit=MAX_MEMBERS)
        yield Member(clean_path(name), data)


def _files(archive: Archive, prefix: str) -> Iterator[tuple[str, bytes]]:
    for name in archive.names:
        if any(part in name for part in LITTER):
            continue
        data = archive.read(name)
        inner = _opened(data, archive)
        if inner is None:
            yield prefix + name, data
        elif prefix:
            raise Refused("archive_too_deep", "Archives lie in one another deeper than one level.", limit=1)
        else:
            yield from _files(inner, name + "/")


def _opened(data: bytes, within: Archive) -> Archive | None:
    """The archive of files that a member is; None where it is none, or cannot be opened: then it speaks for itself."""
    if not is_archive(data):
        return None
    try:
        inner = Archive(data, within=within)
    except Refused:
        return None
    marked = any(inner.find(name) for name in (*OFFICE, *PROGRAMS))
    return None if marked or workbook_of(inner) or is_open_document(inner) else inner
