"""Scans and photographs: kept as attachments, their fields typed in beside the picture.

Only the header is read, never a pixel: a picture of a few bytes may claim billions of them.
"""

import struct
import warnings
from io import BytesIO

from PIL import Image

from abs_platform.integrations.formats import media
from abs_platform.integrations.formats.model import Level, Remark
from abs_platform.integrations.formats.reading import Reading
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.source import Source

MAX_PIXELS = 120_000_000
"""A page of A4 at 1,000 dpi, or the largest photograph of a telephone."""
MAX_SIDE = 60_000
# Where the box that states a picture's size may lie (ISO 23008-12 §6.5.3, within `meta`).
HEIF_HEAD = 256 * 1024


class Pictures:
    """PNG, JPEG, TIFF, WebP, GIF, BMP, HEIC."""

    roots: frozenset[str] = frozenset()

    def read(self, source: Source) -> Reading | None:
        kind = media.sniff(source.data)
        if kind.nature is not media.Nature.PICTURE:
            return None
        width, height = _size(source.data, kind.format)
        if width < 1 or height < 1:
            raise _broken(kind.format, "no size is stated")
        if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
            detail = f"The picture has {width} × {height} pixels; {MAX_PIXELS} are the limit. Scan it more coarsely."
            raise Refused("picture_too_large", detail, width=width, height=height, limit=MAX_PIXELS)
        params = {"width": str(width), "height": str(height)}
        detail = "A picture: type the document's fields in beside it."
        return Reading(kind.format, kind.media_type, remarks=(Remark("manual_entry", detail, params, Level.ATTENTION),))


def _size(data: bytes, format: str) -> tuple[int, int]:
    if format == "HEIC":
        return _heif_size(data)
    try:
        with warnings.catch_warnings():
            # Its warnings are of odd metadata, which nobody here reads; of a flood of pixels this module speaks itself.
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=[format]) as picture:
                return picture.size
    except Image.DecompressionBombError as error:
        detail = f"The picture has more than {MAX_PIXELS} pixels. Scan it more coarsely."
        raise Refused("picture_too_large", detail, limit=MAX_PIXELS) from error
    except Exception as error:
        # Pillow's readers raise what they stumble over: OSError, ValueError, SyntaxError, struct.error, KeyError, ….
        raise _broken(format, type(error).__name__) from error


def _heif_size(data: bytes) -> tuple[int, int]:
    """The greatest of the sizes that are stated: those of thumbnails and tiles are stated too."""
    head, at, largest = data[:HEIF_HEAD], 0, (0, 0)
    while (at := head.find(b"ispe", at)) >= 0:
        if len(head) >= at + 16:
            width, height = struct.unpack_from(">II", head, at + 8)
            largest = max(largest, (width, height), key=lambda size: size[0] * size[1])
        at += 4
    return largest


def _broken(format: str, why: str) -> Refused:
    detail = f"The {format} picture's header cannot be read ({why}). Take or scan it again."
    return Refused("picture_broken", detail, format=format)
