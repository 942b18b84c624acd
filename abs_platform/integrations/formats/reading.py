"""What a file turned out to be, and the Protocol of whoever can tell."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from abs_platform.integrations.formats.model import Extracted, Level, Remark
from abs_platform.integrations.formats.source import Source


class Verdict(StrEnum):
    """What becomes of a file."""

    ACCEPTED = "accepted"
    ATTENTION = "attention"  # taken; a person should look
    REFUSED = "refused"  # not taken as a business document


@dataclass(frozen=True, slots=True)
class Member:
    """A file within an archive: its cleaned name and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """A file, read. `format` says which and in what version, for people: "UBL 2.1", "OFD", "PNG".

    At most one of these: `document`, where it is a business document; `members`, where it is an archive of files that
    each speak for themselves. With neither it is an attachment. `remarks` are on the file; the document has its own.
    """

    format: str
    media_type: str
    document: Extracted | None = None
    members: tuple[Member, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def all_remarks(self) -> tuple[Remark, ...]:
        """On the file and on the document in it."""
        return (*self.remarks, *(self.document.remarks if self.document else ()))

    @property
    def verdict(self) -> Verdict:
        """The gravest of what is remarked."""
        levels = {remark.level for remark in self.all_remarks}
        if Level.REFUSED in levels:
            return Verdict.REFUSED
        return Verdict.ATTENTION if Level.ATTENTION in levels else Verdict.ACCEPTED


class Format(Protocol):
    """One family of serialisations. It recognises its files by their content."""

    roots: frozenset[str]
    """The XML root elements that it claims, as "{namespace}Name": one of these that is broken is refused, not kept as
    an attachment. Empty where it reads no XML files."""

    def read(self, source: Source) -> Reading | None:
        """The file, read; None when it is none of this family's. Raises Refused for one that must not be taken."""
        ...
