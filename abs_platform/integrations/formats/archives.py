"""ZIP containers from strangers: read from memory to memory, within bounds, and never onto a disk.

Source: PKWARE APPNOTE 6.3 (§4.4.4 flags, §4.4.5 methods, §4.4.17 names).
"""

import stat
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import PurePosixPath

from abs_platform.integrations.formats.refusal import Refused

MAGIC = b"PK\x03\x04"
DIRECTORY_ENTRY = b"PK\x01\x02"
# Stored archives within this one hold such marks too; so many of them are no archive of documents any more.
MARKS_PER_MEMBER = 20
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENCRYPTED = 0x1
UTF_8 = 0x800
MAX_NAME = 1_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one file and of all archives nested in it. Sizes in bytes, inflated."""

    members: int = 2_000
    member_size: int = 32 * 1024 * 1024
    total_size: int = 128 * 1024 * 1024
    # Deflate reaches 1,032; a long invoice with the same line over and over makes about 100.
    ratio: int = 250
    # Nobody minds the ratio of what is small anyway.
    ratio_from: int = 1024 * 1024
    depth: int = 3


LIMITS = Limits()


class _Budget:
    """What may still be inflated of one file, its nested archives included."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.left = limits.total_size

    def spend(self, size: int) -> None:
        if size > self.left:
            limit = self.limits.total_size
            raise Refused("archive_too_large", f"The archive holds more than {limit} bytes.", limit=limit)
        self.left -= size


class Archive:
    """One ZIP container. Opening looks at its directory alone; a member is inflated when it is read."""

    def __init__(self, data: bytes, limits: Limits = LIMITS, within: "Archive | None" = None) -> None:
        """`within`: the archive that `data` is a member of; the two share one budget, and its limits count.

        Raises Refused: archive_damaged, archive_too_many (members), archive_encrypted, archive_method, archive_path (a
        member that wants to lie elsewhere, or is a link), archive_ambiguous (two members of one name, or bytes that belong to none), archive_too_deep.
        """
        self.depth: int = within.depth + 1 if within else 1
        self._budget: _Budget = within._budget if within else _Budget(limits)
        self._limits = self._budget.limits
        if self.depth > self._limits.depth:
            limit = self._limits.depth
            raise Refused("archive_too_deep", f"Archives lie in one another deeper than {limit}.", limit=limit)
        self._size = len(data)
        self._zip = self._opened(data)
        self._members = self._checked(self._zip.infolist())
        self._read: dict[str, bytes] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The members' names as written (paths with "/"), in the order of the directory; folders are none."""
        return tuple(self._members)

    def size(self, name: str) -> int:
        """How long the member says to be, in bytes. Raises KeyError."""
        return self._members[name].file_size

    def find(self, path: str) -> str | None:
        """The name of the member at `path`, which may begin with "/" and have other case; None where there is none."""
        wanted = path.replace("\\", "/").lstrip("/").casefold()
        return self._folded.get(wanted)

    def read(self, name: str) -> bytes:
        """A member's bytes, inflated once. Raises KeyError, Refused: archive_too_large, archive_bomb, archive_damaged."""
        if name not in self._read:
            self._read[name] = self._inflated(self._members[name], name)
        return self._read[name]

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {name.casefold(): name for name in reversed(self.names)}

    def _opened(self, data: bytes) -> zipfile.ZipFile:
        limit = self._limits.members
        # Before the directory is taken apart: a few megabytes may list a million members.
        if data.count(DIRECTORY_ENTRY) > limit * MARKS_PER_MEMBER:
            raise Refused("archive_too_many", f"The archive has more than {limit} members.", limit=limit)
        try:
            return zipfile.ZipFile(BytesIO(data))
        except (
            zipfile.BadZipFile,
            ValueError,
            OverflowError,
            NotImplementedError,  # zipfile's word for an archive that asks for a version that it does not know
            OSError,
        ) as error:
            raise Refused("archive_damaged", f"The archive cannot be opened: {str(error)[:200]}") from error

    def _checked(self, infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        if len(infos) > self._limits.members:
            limit = self._limits.members
            raise Refused("archive_too_many", f"The archive has more than {limit} members.", limit=limit)
        if infos and min(info.header_offset for info in infos) > 0:
            raise Refused("archive_ambiguous", "The archive begins with something that its directory does not list.")
        members = [(_name(info), info) for info in infos]
        for name, info in members:
            _refuse_unsafe(name, info)
        files = [(name, info) for name, info in members if not name.endswith("/")]
        for name, count in Counter(name.casefold() for name, _ in files).items():
            if count > 1:
                raise Refused("archive_ambiguous", f"The archive holds {count} members named “{name[:100]}”.")
        return dict(files)

    def _inflated(self, info: zipfile.ZipInfo, name: str) -> bytes:
        size, limits = info.file_size, self._limits
        shown = name[-100:]
        if size > limits.member_size:
            detail = f"“{shown}” is larger than {limits.member_size} bytes."
            raise Refused("archive_too_large", detail, limit=limits.member_size)
        if size > limits.ratio_from and size > limits.ratio * max(info.compress_size, 1):
            detail = f"“{shown}” would grow more than {limits.ratio} times."
            raise Refused("archive_bomb", detail, limit=limits.ratio)
        if info.compress_size > self._size:
            raise Refused("archive_damaged", f"“{shown}” is longer than the archive that holds it.")
        self._budget.spend(size)
        try:
            # No more than the size stated is inflated; a member that holds more fails its checksum.
            with self._zip.open(info) as member:
                data = member.read(size + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            ValueError,
            NotImplementedError,  # zipfile's word for a compression or version that it does not know
            RuntimeError,
            OSError,
        ) as error:
            raise Refused("archive_damaged", f"“{shown}” cannot be read: {str(error)[:200]}") from error
        if len(data) != size:
            raise Refused("archive_damaged", f"“{shown}” has {len(data)} bytes, its entry says {size}.")
        return data


def is_archive(data: bytes) -> bool:
    """Whether the bytes begin as a ZIP with a member does. What only ends as one is something else in disguise."""
    return data.startswith(MAGIC)


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name; without the UTF-8 flag Chinese tools write UTF-8 or GB 18030 all the same."""
    written = info.orig_filename
    if not info.flag_bits & UTF_8:
        raw = written.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            try:
                written = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return written.replace("\\", "/").removeprefix("./")


def _refuse_unsafe(name: str, info: zipfile.ZipInfo) -> None:
    shown = "".join(character if character.isprintable() else "�" for character in name[:100])
    if info.flag_bits & ENCRYPTED:
        raise Refused("archive_encrypted", f"“{shown}” is encrypted. Send the archive without a password.")
    if info.compress_type not in METHODS:
        raise Refused("archive_method", f"“{shown}” is compressed by another method than deflate.")
    parts = PurePosixPath(name).parts
    escapes = name.startswith("/") or ".." in parts or (len(name) > 1 and name[1] == ":")
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    if escapes or is_link or not name or len(name) > MAX_NAME or "\0" in name:
        raise Refused("archive_path", f"“{shown}” is no plain name of a member.")
