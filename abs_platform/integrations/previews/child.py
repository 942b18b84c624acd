"""Draws one page: a job (a line of JSON) and the file on standard input, a line of JSON and the PNG on standard output.

Run by the previewer as a process of its own; nothing of the file is written anywhere.
"""

import json
import resource
import sys
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from abs_platform.integrations import confinement
from abs_platform.integrations.formats.archives import MAGIC as ZIP_MAGIC
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.previews import PDF_HEAD, PDF_MAGIC, drawing, ofd

MEMORY = 768 * 1024 * 1024  # bytes, beyond what the libraries take
SECONDS = 15  # of processor time
WIDTH = 1_400  # pixels of a page, at most
MAX_PIXELS = 6_000_000  # of a page drawn
MAX_IMAGE_PIXELS = 80_000_000  # of an image decoded
IMAGES = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")


class NoPage(Exception):
    """There is nothing to draw; says why, as a code."""


def draw(data: bytes, number: int, fonts: Path) -> tuple[Image.Image, int]:
    """The page `number` (from 1) of a file, and how many it has. Raises NoPage."""
    if PDF_MAGIC in data[:PDF_HEAD]:
        return _pdf(data, number)
    if data.startswith(ZIP_MAGIC):
        return _ofd(data, number, fonts)
    return _image(data, number)


def _pdf(data: bytes, number: int) -> tuple[Image.Image, int]:
    try:
        # No form environment is made: what is scripted or filled in by scripts is not run.
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise NoPage("encrypted" if "password" in str(error).lower() else "damaged") from error
    pages = len(document)
    if not 1 <= number <= pages:
        raise NoPage("page_missing")
    try:
        page = document[number - 1]
        width, height = page.get_size()
        if width <= 0 or height <= 0:
            raise NoPage("damaged")
        scale = min(WIDTH / width, (MAX_PIXELS / (width * height)) ** 0.5)
        return page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB"), pages
    except pypdfium2.PdfiumError as error:
        raise NoPage("damaged") from error


def _ofd(data: bytes, number: int, fonts: Path) -> tuple[Image.Image, int]:
    try:
        package = ofd.Package(data)
        pages = len(package.pages)
        if not 1 <= number <= pages:
            raise NoPage("page_missing")
        return drawing.draw(package, number - 1, fonts, WIDTH, MAX_PIXELS), pages
    except ofd.NotOfd:
        raise NoPage("unsupported") from None
    except (Refused, ValueError, KeyError, IndexError) as error:
        raise NoPage("damaged") from error


def _image(data: bytes, number: int) -> tuple[Image.Image, int]:
    try:
        image = Image.open(BytesIO(data), formats=IMAGES)
    except UnidentifiedImageError:
        raise NoPage("unsupported") from None
    except Image.DecompressionBombError as error:
        raise NoPage("too_large") from error
    pages = min(getattr(image, "n_frames", 1), 1_000)
    if not 1 <= number <= pages:
        raise NoPage("page_missing")
    try:
        image.seek(number - 1)
        image.draft("RGB", (WIDTH, WIDTH))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((WIDTH, MAX_PIXELS // WIDTH))
        # Onto white, and into pixels alone: no profile, comment or place where it was taken comes along.
        shown = Image.new("RGB", upright.size, "white")
        opaque = upright.convert("RGBA")
        shown.paste(opaque, mask=opaque)
    except Image.DecompressionBombError as error:
        raise NoPage("too_large") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise NoPage("damaged") from error
    return shown, pages


def _limit() -> None:
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, taken + MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    Image.init()
    confinement.confine(MEMORY)
    Image.MAX_IMAGE_PIXELS = MAX_IMAGE_PIXELS // 2  # Pillow refuses twice of it


def main() -> None:
    _limit()
    job = json.loads(sys.stdin.buffer.readline())
    try:
        image, pages = draw(sys.stdin.buffer.read(), job["page"], Path(job["fonts"]))
    except (NoPage, MemoryError) as reason:
        sys.stdout.write(json.dumps({"error": str(reason) if isinstance(reason, NoPage) else "too_large"}) + "\n")
        return
    png = BytesIO()
    image.save(png, "PNG", optimize=False)
    sys.stdout.buffer.write(json.dumps({"pages": pages}).encode() + b"\n" + png.getvalue())


if __name__ == "__main__":
    main()
