"""Typesetting: a layout, data and attachments become one PDF/A-3b file (ISO 19005-3), fonts embedded.

Typst does it (https://typst.app), in a process of its own that is ended when it takes too long. It reads the layout and
the fonts and nothing else; all text comes as data, which it shows and does not interpret.
"""

import json
import struct
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from abs_platform.core.transactions import assert_no_transaction

CHILD = Path(__file__).with_name("pdf_child.py")
TIMEOUT = 20.0  # seconds
AT_ONCE = 2  # in one server process
PATIENCE = 2.0  # seconds that a request waits for its place: whoever asks for many must not hold every thread
MAX_SHOWN = 400


class PdfError(Exception):
    """No PDF could be made; says why, for the operator."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file within the PDF."""

    name: str
    media_type: str
    description: str
    content: bytes


class Typesetter(Protocol):
    """Who makes PDF files."""

    def showable(self, text: str) -> str:
        """`text` as it can be shown: what the fonts have no sign for, and what would not be seen, as [U+0000]."""
        ...

    def typeset(
        self, *, layout: Path, data: Mapping[str, Any], attachments: Sequence[Attachment], moment: datetime
    ) -> bytes:
        """The PDF; the same input gives the same bytes. `moment` is its date of creation. Raises PdfError."""
        ...


class Typst:
    """Typst with the fonts of one folder, the TrueType files below it in `400Regular` and `700Bold`, and those that it brings
    (DejaVu Sans Mono among them, for codes).
    """

    def __init__(self, *, fonts: Path, timeout: float = TIMEOUT) -> None:
        self._folders = [fonts / "400Regular", fonts / "700Bold"]
        self._timeout = timeout
        self._places = threading.BoundedSemaphore(AT_ONCE)

    @cached_property
    def _signs(self) -> frozenset[int]:
        """The characters that every one of the fonts has a sign for."""
        files = [next(iter(sorted(folder.glob("*.ttf"))), None) for folder in self._folders]
        if None in files:
            raise PdfError(
                f"there are no fonts in {self._folders[0].parent}: install the npm package @expo-google-fonts/noto-sans-sc "
                "there, or set ABS_FONTS_DIR to the folder that holds its 400Regular and 700Bold"
            )
        return frozenset.intersection(*(frozenset(characters_of(file.read_bytes())) for file in files if file))

    def showable(self, text: str) -> str:
        shown = "".join(self._sign(character) for character in unicodedata.normalize("NFC", text))
        return shown if len(shown) <= MAX_SHOWN else f"{shown[: MAX_SHOWN - 1]}…"

    def _sign(self, character: str) -> str:
        # Controls reorder or hide what is read; marks pile up on the sign before them.
        visible = unicodedata.category(character)[0] not in "CM" and ord(character) in self._signs
        return character if visible else f"[U+{ord(character):04X}]"

    def typeset(
        self, *, layout: Path, data: Mapping[str, Any], attachments: Sequence[Attachment], moment: datetime
    ) -> bytes:
        assert_no_transaction()
        _ = self._signs  # says what to do where there are no fonts
        job = {
            "layout": layout.read_text(encoding="utf-8"),
            "fonts": [str(folder) for folder in self._folders],
            "moment": int(moment.timestamp()),
            "data": json.dumps(data),
            "attachments": [
                [each.name, each.media_type, each.description, each.content.decode()] for each in attachments
            ],
        }
        if not self._places.acquire(timeout=PATIENCE):
            raise PdfError("too many files are being typeset at once")
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(CHILD)],
                input=json.dumps(job).encode(),
                capture_output=True,
                timeout=self._timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PdfError(f"typesetting took more than {self._timeout} s") from None
        finally:
            self._places.release()
        if done.returncode:
            raise PdfError(
                done.stderr.decode(errors="replace")[-2_000:] or f"the typesetter ended with {done.returncode}"
            )
        return done.stdout


def characters_of(font: bytes) -> Iterator[int]:
    """The code points that a TrueType font has signs for: its `cmap` table, format 12 (OpenType 1.9, cmap).

    Raises PdfError for a font without one.
    """
    (table_count,) = struct.unpack_from(">H", font, 4)
    tables = {
        font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * table_count, 16)
    }
    cmap = tables.get(b"cmap")
    (subtable_count,) = struct.unpack_from(">H", font, cmap + 2) if cmap else (0,)
    for n in range(subtable_count):
        start = (cmap or 0) + struct.unpack_from(">I", font, (cmap or 0) + 8 + 8 * n)[0]
        if struct.unpack_from(">H", font, start)[0] == 12:
            (group_count,) = struct.unpack_from(">I", font, start + 12)
            for group in range(group_count):
                first, last, _ = struct.unpack_from(">III", font, start + 16 + 12 * group)
                yield from range(first, last + 1)
            return
    raise PdfError("a font has no character map of format 12")


@cache
def typesetter() -> Typesetter:
    """The typesetter of this installation."""
    return Typst(fonts=settings.FONTS_DIR)
