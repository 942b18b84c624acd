"""Pictures of documents' pages: whatever the file is, what reaches a browser is a PNG that was drawn here.

PDF by PDFium (without forms and scripts), images decoded and encoded anew, OFD (GB/T 33190) drawn from its page objects.
A process of its own does it, within limits of memory, time and size, and ends with the page.
"""

import json
import logging
import subprocess
import sys
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from abs_platform.core.errors import Invalid
from abs_platform.core.transactions import assert_no_transaction
from abs_platform.integrations.previews.turns import Turns

log = logging.getLogger(__name__)

CHILD = "abs_platform.integrations.previews.child"
TIMEOUT = 20.0  # seconds
AT_ONCE = 2  # in one server process
WAITING = 4  # requests of one organisation, beside the one whose page is drawn
PATIENCE = 5.0  # seconds that a request waits for its place

PDF_MAGIC = b"%PDF-"
PDF_HEAD = 1_024  # bytes within which a PDF names itself
MAGIC = (b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\x00", b"MM\x00*", b"BM")

REASONS = {
    "unsupported": "This kind of file has no pages to show. Download it to look at it.",
    "encrypted": "The file is protected by a password, so its pages cannot be shown. Upload it without one.",
    "damaged": "The file is damaged, so its pages cannot be shown.",
    "page_missing": "The file has no such page.",
    "too_large": "The page is too large to be shown. Download the file to look at it.",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a file as PNG, and how many there are."""

    png: bytes
    pages: int


class Previewer(Protocol):
    """Who draws pages."""

    def page(self, data: bytes, number: int, *, whose: Hashable) -> Page:
        """The page `number`, from 1, for the organisation `whose`.

        Raises Invalid (preview_…) where there is none to draw, TooSoon while too many of the same organisation wait,
        Unavailable when too busy.
        """
        ...


class ChildPreviewer:
    """Draws each page in a process of its own, with the fonts of one folder (the TrueType files below it in `400Regular`)."""

    def __init__(self, *, fonts: Path, timeout: float = TIMEOUT) -> None:
        self._fonts = fonts
        self._timeout = timeout
        self._turns = Turns(at_once=AT_ONCE, waiting=WAITING)

    def page(self, data: bytes, number: int, *, whose: Hashable) -> Page:
        assert_no_transaction()
        if not has_pages(data):
            raise _impossible("unsupported")
        job = json.dumps({"page": number, "fonts": str(self._fonts)}).encode() + b"\n"
        with self._turns.turn(whose, patience=PATIENCE):
            done = self._run(job + data)
        head, _, png = done.stdout.partition(b"\n")
        if done.returncode:
            # Ended by a signal: its limits. By itself: an error of a library on a file that somebody made for it.
            log.warning(
                "a page could not be drawn (%s): %s", done.returncode, done.stderr[-2_000:].decode(errors="replace")
            )
            raise _impossible("too_large" if done.returncode < 0 else "damaged")
        said = json.loads(head)
        if "error" in said:
            raise _impossible(str(said["error"]))
        return Page(png, int(said["pages"]))

    def _run(self, message: bytes) -> subprocess.CompletedProcess[bytes]:
        argv = [sys.executable, "-I", "-m", CHILD]
        try:
            return subprocess.run(argv, input=message, capture_output=True, timeout=self._timeout, check=False, env={})
        except subprocess.TimeoutExpired:
            raise _impossible("too_large") from None


def has_pages(data: bytes) -> bool:
    """Whether a file may have pages to draw, by its first bytes: for the others no process is begun."""
    return PDF_MAGIC in data[:PDF_HEAD] or data.startswith(MAGIC)


def _impossible(reason: str) -> Invalid:
    return Invalid(f"preview_{reason}", REASONS[reason])


@cache
def previewer() -> Previewer:
    """The previewer of this installation."""
    return ChildPreviewer(fonts=settings.FONTS_DIR)
