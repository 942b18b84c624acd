"""The text layer of a PDF as rows, by PDFium: every character with its place, so that the order of drawing does not matter.

Source: ISO 32000-1 §9 (text); PDFium's fpdf_text.h. Pages are not drawn and nothing in them is run.
"""

import threading
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from abs_platform.integrations.formats.cn.rows import Row, Run, rows_of

MAX_PAGES = 20
MAX_CHARACTERS = 40_000
NO_CHARACTERS = frozenset({0, 0xFFFE, 0xFFFF})

# PDFium keeps state of its own that no two threads may touch at once.
_one_at_a_time = threading.Lock()


def rows_in(data: bytes) -> tuple[Row, ...]:
    """The rows of text of the first pages; none where the PDF has no text or cannot be opened."""
    with _one_at_a_time:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError:
            return ()
        try:
            return rows_of(_characters(document))
        finally:
            document.close()


def _characters(document: pypdfium2.PdfDocument) -> Iterator[Run]:
    left = MAX_CHARACTERS
    for number in range(min(len(document), MAX_PAGES)):
        try:
            page = document[number]
            text = page.get_textpage()
        except pypdfium2.PdfiumError:
            continue
        for index in range(min(text.count_chars(), left)):
            run = _character(text, index, number)
            if run is not None:
                yield run
        left -= min(text.count_chars(), left)
        text.close()
        page.close()


def _character(text: pypdfium2.PdfTextPage, index: int, page: int) -> Run | None:
    code = pdfium.FPDFText_GetUnicode(text, index)
    if code in NO_CHARACTERS or code > 0x10FFFF or 0xD800 <= code < 0xE000 or chr(code).isspace():
        return None
    try:
        left, bottom, right, top = text.get_charbox(index, loose=True)
    except pypdfium2.PdfiumError:
        return None
    size = top - bottom or pdfium.FPDFText_GetFontSize(text, index)
    return Run(page, left, -(top + bottom) / 2, right - left, size, chr(code))
