"""Archives that grow, escape, lie or nest without end."""

import io
import struct
import zipfile
import zlib

from abs_platform.config.sample.trade import files
from tests.formats.hostile.cases import Case, harmless, refused

INVOICE = files()["05-invoice.xml"]
DEFLATED = zipfile.ZIP_DEFLATED
MB = 1 << 20


def packed(members: dict[str, bytes], method: int = DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def nested(levels: int) -> bytes:
    data = packed({"invoice.xml": INVOICE})
    for level in range(levels):
        data = packed({f"level{level}.zip": data})
    return data


def overlapping(count: int, size: int) -> bytes:
    """One compressed member that `count` entries of the directory point to, as the better zip bomb does it."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = squeezer.compress(bytes(size)) + squeezer.flush()
    crc = zlib.crc32(bytes(size))
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(body), size, 1, 0) + b"a" + body
    entries = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(body), size, 5, 0, 0, 0, 0, 0, 0)
        + f"{n:05d}".encode()
        for n in range(count)
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(entries), len(local), 0)
    return local + entries + end


def quine_like(depth: int) -> bytes:
    """An archive of archives, sixteen in each, as 42.zip: what is in the innermost is there 16^depth times."""
    data = packed({"0.dll": bytes(4 * MB)})
    for _ in range(depth):
        data = packed({f"lib{n:x}.zip": data for n in range(16)})
    return data


def renamed(name: bytes, flag_utf_8: bool = False) -> bytes:
    """An archive with one member whose name is any bytes."""
    data = packed({"x" * len(name): INVOICE}).replace(b"x" * len(name), name)
    if flag_utf_8:
        data = bytearray(data)  # type: ignore[assignment]  # patched below
        for mark, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
            data[data.index(mark) + offset] |= 0x08  # type: ignore[index]  # a bytearray now
        return bytes(data)
    return data


def patched(data: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    at = data.index(mark) + offset
    return data[:at] + value + data[at + len(value) :]


def link(target: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("invoice.xml")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, target)
    return file.getvalue()


def cases() -> list[Case]:
    """All of them."""
    plain = packed({"invoice.xml": INVOICE})
    entry, local = b"PK\x01\x02", b"PK\x03\x04"
    return [
        refused("bomb-flat.zip", lambda: packed({"a.xml": bytes(30 * MB)}), "archive_bomb"),
        refused("bomb-of-many.zip", lambda: packed({f"{n}.xml": b"ab" * (MB // 4) for n in range(400)}), "archive_too_large"),
        refused("bomb-stored.zip", lambda: packed({"a.bin": bytes(34 * MB)}, zipfile.ZIP_STORED), "archive_too_large"),
        refused("bomb-nested.zip", lambda: packed({"inner.zip": packed({"a.xml": bytes(30 * MB)})}), "archive_bomb"),
        refused("bomb-overlapping.zip", lambda: overlapping(2_000, MB)),
        refused("bomb-overlapping-many.zip", lambda: overlapping(60_000, 20 * MB), "archive_too_many"),
        refused("bomb-quine-like.zip", lambda: quine_like(2)),
        refused("bomb-that-lies-about-its-size.zip", lambda: patched(packed({"a": bytes(8 * MB)}), entry, 24, struct.pack("<I", 10))),
        refused("bomb-as-workbook.xlsx", lambda: packed({"[Content_Types].xml": b"<Types/>", "mimetype": b"x", "a.zip": bytes(30 * MB)}), "archive_bomb"),
        refused("too-many-members.zip", lambda: packed({f"{n}.txt": b"x" for n in range(2_500)}, zipfile.ZIP_STORED), "archive_too_many"),
        refused("more-members-than-files.zip", lambda: packed({f"{n}.txt": b"x" for n in range(501)}, zipfile.ZIP_STORED), "archive_too_many"),
        refused("nested-twice.zip", nested(2), "archive_too_deep"),
        refused("nested-deep.zip", nested(30), "archive_too_deep"),
        refused("directory-flood.zip", lambda: local + (entry + bytes(42)) * 200_000, "archive_too_many"),
        refused("slip.zip", packed({"../../etc/cron.d/x": b"x"}), "archive_path"),
        refused("slip-within.zip", packed({"a/../../x": b"x"}), "archive_path"),
        refused("slip-backslash.zip", packed({"..\\..\\x.exe": b"x"}), "archive_path"),
        refused("slip-absolute.zip", packed({"/etc/passwd": b"x"}), "archive_path"),
        refused("slip-drive.zip", packed({"C:/Windows/x.dll": b"x"}), "archive_path"),
        refused("slip-share.zip", packed({"\\\\127.0.0.1\\c$\\x": b"x"}), "archive_path"),
        refused("symbolic-link.zip", link("/etc/passwd"), "archive_path"),
        refused("symbolic-link-relative.zip", link("../secret"), "archive_path"),
        refused("name-with-nul.zip", renamed(b"invoice.xml\0.exe")),
        refused("name-of-4-kb.zip", packed({"x" * 4_096 + ".xml": INVOICE}), "archive_path"),
        refused("name-empty.zip", patched(patched(packed({"x": INVOICE}), local, 26, b"\0\0"), entry, 28, b"\0\0")),
        harmless("name-right-to-left.zip", packed({"invoice\u202elmx.exe": INVOICE}), "the sign is taken out of the name"),
        harmless("name-in-gbk.zip", renamed("发票.xml".encode("gbk")), "read as what it is"),
        harmless("name-broken-utf-8.zip", renamed(b"\xff\xfe\xff.xml"), "read as some text or other, and cleaned"),
        harmless("name-of-device.zip", packed({"CON": INVOICE, "aux.xml": INVOICE.replace(b"180018", b"180019"), "NUL.txt": b"x"}), "a name is a label in the database, never a path"),
        harmless("name-with-markup.zip", packed({"<img src=x onerror=alert(1)>.xml": INVOICE}), "text is shown as text"),
        harmless("name-with-formula.zip", packed({"=cmd|calc.xml": INVOICE}), "exports write it as text"),
        refused("two-of-one-name.zip", packed({"a.xml": INVOICE, "b.xml": b"<x/>"}).replace(b"b.xml", b"a.xml"), "archive_ambiguous"),
        refused("two-of-one-name-by-case.zip", packed({"a.xml": INVOICE, "A.XML": b"<x/>"}), "archive_ambiguous"),
        refused("directory-and-file-disagree.zip", patched(plain, local, 30, b"otherxx.xml")),
        refused("encrypted.zip", patched(patched(plain, local, 6, b"\1"), entry, 8, b"\1"), "archive_encrypted"),
        refused("bzip2.zip", packed({"a.xml": INVOICE}, zipfile.ZIP_BZIP2), "archive_method"),
        refused("lzma.zip", packed({"a.xml": INVOICE}, zipfile.ZIP_LZMA), "archive_method"),
        refused("wrong-checksum.zip", patched(plain, entry, 16, b"\0\0\0\0"), "archive_damaged"),
        refused("truncated.zip", plain[: len(plain) // 2], "archive_damaged"),
        refused("truncated-directory.zip", plain[:-10], "archive_damaged"),
        refused("header-only.zip", local, "archive_damaged"),
        refused("empty.zip", packed({}), "archive_empty"),
        refused("folders-only.zip", packed({"a/": b"", "b/": b""}), "archive_empty"),
        refused("zip64-lies.zip", patched(patched(plain, entry, 24, b"\xff\xff\xff\xff"), entry, 20, b"\xff\xff\xff\xff")),
        refused("offset-beyond-the-end.zip", patched(plain, entry, 42, b"\xff\xff\xff\x7f")),
        refused("end-record-beyond-the-end.zip", patched(plain, b"PK\x05\x06", 16, b"\xff\xff\xff\x7f"), "archive_damaged"),
        harmless("several-disks.zip", patched(plain, b"PK\x05\x06", 4, b"\5\0\6\0"), "the numbers of disks are not used"),
        refused("hidden-second-archive.zip", plain[:-22] + packed({"other.xml": b"<x/>"}), "archive_ambiguous"),
        refused("jar.jar", packed({"META-INF/MANIFEST.MF": b"Main-Class: X", "X.class": b"\xca\xfe\xba\xbe"}), "program"),
        refused("apk.apk", packed({"AndroidManifest.xml": b"x", "classes.dex": b"dex\n035\0"}), "program"),
        refused("ofd-of-a-bomb.ofd", lambda: packed({"OFD.xml": bytes(30 * MB)})),
        refused("ofd-truncated.ofd", packed({"OFD.xml": b"<ofd:OFD/>", "Doc_0/Document.xml": b"<x/>"})[:-30], "archive_damaged"),
        refused("ofd-with-doctype.ofd", packed({"OFD.xml": b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>'})),
        refused("ofd-without-anything.ofd", packed({"OFD.xml": b""})),
        refused("ofd-slip.ofd", packed({"OFD.xml": b"<x/>", "../x": b"x"}), "archive_path"),
        refused("macros.docm", packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>", "word/vbaProject.bin": b"x"}), "macros"),
        refused("template-injection.docx", packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>", "word/embeddings/a.bin": b"x"}), "external_links"),
    ]  # fmt: skip
