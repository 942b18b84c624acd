"""Pictures that claim more than they hold, or hold more than a picture."""

import io
import struct
import zlib

from PIL import Image

from tests.formats.hostile.cases import Case, refused
from tests.formats.hostile.zip_files import packed


def picture(format: str, size: tuple[int, int] = (8, 8)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "white").save(target, format)
    return target.getvalue()


def png(width: int, height: int, *more: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def text_chunk(size: int) -> bytes:
    data = b"a\0\0" + zlib.compress(bytes(size), 9)
    return struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0,\0\0\0\0\1\0\1\0\0\2\0\0;"


def bmp(width: int, height: int) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return struct.pack("<2sIHHI", b"BM", 54, 0, 0, 54) + header


def jpeg(width: int, height: int) -> bytes:
    data = picture("JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def webp(width: int, height: int) -> bytes:
    body = (
        b"VP8X"
        + struct.pack("<I", 10)
        + bytes(4)
        + struct.pack("<I", width - 1)[:3]
        + struct.pack("<I", height - 1)[:3]
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def tiff(width: int, height: int) -> bytes:
    entries = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (279, 4, 1),
    ]
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", len(entries)) + body + bytes(4)


def heic(width: int, height: int) -> bytes:
    def box(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data) + 8) + kind + data

    size = box(b"ispe", bytes(4) + struct.pack(">II", width, height))
    meta = box(b"meta", bytes(4) + box(b"iprp", box(b"ipco", size)))
    return box(b"ftyp", b"heic" + bytes(4) + b"mif1heic") + meta


def cases() -> list[Case]:
    """All of them: a picture is at best kept, to be looked at."""
    flood = {"png": png, "gif": gif, "bmp": bmp, "jpeg": jpeg, "tiff": tiff, "heic": heic, "webp": webp}
    whole = {format: picture(format) for format in ("PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP")}
    script = b"<script>alert(document.cookie)</script>"
    found = [refused(f"pixel-flood.{name}", make(16_000, 16_000), "picture_too_large") for name, make in flood.items()]
    found += [refused(f"one-long-line.{name}", make(65_000, 1)) for name, make in flood.items()]
    found += [refused(f"truncated.{name.lower()}", data[:12]) for name, data in whole.items()]
    found += [refused(f"markup-behind.{name.lower()}", data + script, "polyglot") for name, data in whole.items()]
    return [
        *found,
        refused("no-pixels.png", png(0, 0), "picture_broken"),
        refused("four-billion-pixels.png", png(0x7FFFFFFF, 0x7FFFFFFF), "picture_too_large"),
        refused("text-bomb.png", lambda: png(8, 8, *(text_chunk(8 << 20) for _ in range(20)))),
        refused("signature-only.png", b"\x89PNG\r\n\x1a\n", "picture_broken"),
        refused("chunk-that-never-ends.png", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR" + bytes(100), "picture_broken"),
        refused("directory-loop.tiff", struct.pack("<2sHIHI", b"II", 42, 8, 0, 8)),
        refused("many-directories.tiff", struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", 65_535) + bytes(200)),
        refused("size-of-none.heic", b"\0\0\0\x18ftypheic" + bytes(12), "picture_broken"),
        refused("picture-and-archive.jpeg", whole["JPEG"] + packed({"x.xml": b"<x/>"}), "polyglot"),
        refused("picture-and-archive.gif", whole["GIF"] + packed({"META-INF/MANIFEST.MF": b"x"}), "polyglot"),
        refused("php-in-comment.jpeg", whole["JPEG"][:2] + b"\xff\xfe\x00\x20<?php system($_GET['c']); ?>  " + whole["JPEG"][2:], "polyglot"),
        refused("plain-photograph.jpeg", whole["JPEG"], "manual_entry"),
    ]  # fmt: skip
