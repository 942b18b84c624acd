"""PDF that would act, grow, loop, or be something else too."""

import io
import zipfile
import zlib

from tests.formats.hostile.cases import Case, refused
from tests.formats.hostile.zip_files import INVOICE, packed

MB = 1 << 20


def pdf(objects: dict[int, bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF of these objects, with a table of where they lie."""
    body, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, content in objects.items():
        offsets[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    size = max(objects) + 1
    table = b"".join(
        b"%010d 00000 n \n" % offsets[n] if n in offsets else b"0000000000 65535 f \n" for n in range(size)
    )
    return bytes(body) + b"xref\n0 %d\n%strailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, trailer, len(body),
    )  # fmt: skip


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<</Length %d %s>>\nstream\n%s\nendstream" % (len(data), extra, data)


def plain(catalog: bytes = b"", page: bytes = b"", more: dict[int, bytes] | None = None) -> bytes:
    """One page that says INVOICE."""
    text = b"BT /F1 12 Tf 72 720 Td (INVOICE 1 Total 100.00) Tj ET"
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R %s>>" % catalog,
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>%s>>"
            % page,
            4: stream(text),
            5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            **(more or {}),
        }
    )


def embedded(name: bytes, data: bytes, extra: bytes = b"") -> bytes:
    """With a file in it, by the catalogue's tree of names."""
    return plain(
        b"/Names<</EmbeddedFiles<</Names[(%s)6 0 R]>>>>/AF[6 0 R]" % name,
        more={
            6: b"<</Type/Filespec/F(%s)/UF(%s)/EF<</F 7 0 R>>/AFRelationship/Data>>" % (name, name),
            7: stream(data, b"/Type/EmbeddedFile" + extra),
        },
    )


def object_stream(content: bytes) -> bytes:
    packed_objects = zlib.compress(b"9 0 " + content)
    return plain(more={8: stream(packed_objects, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode")})


def bomb(layers: int) -> bytes:
    data = bytes(40 * MB)
    for _ in range(layers):
        data = zlib.compress(data, 9)
    return data


def cases() -> list[Case]:
    """All of them. None of these is a business document, so none may be accepted without a word."""
    filters = b"/Filter[%s]" % (b"/FlateDecode" * 2)
    return [
        refused("javascript.pdf", plain(b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), "pdf_active"),
        refused("javascript-in-names.pdf", plain(b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(x)>>]>>>>"), "pdf_active"),
        refused("javascript-escaped.pdf", plain(b"/OpenAction<</S/J#61vaScript/J#53(x)>>"), "pdf_active"),
        refused("javascript-in-object-stream.pdf", object_stream(b"<</S/JavaScript/JS(x)>>"), "pdf_active"),
        refused("launch.pdf", plain(b"/OpenAction<</S/Launch/F(cmd.exe)>>"), "pdf_active"),
        refused("launch-on-page.pdf", plain(page=b"/AA<</O<</S/Launch/Win<</F(cmd.exe)/P(/c calc)>>>>>>"), "pdf_active"),
        refused("submit-form.pdf", plain(b"/OpenAction<</S/SubmitForm/F(http://127.0.0.1:9/)>>"), "pdf_active"),
        refused("go-to-embedded.pdf", plain(b"/OpenAction<</S/GoToE/T<</R/C/N(x.pdf)>>>>"), "pdf_active"),
        refused("rich-media.pdf", plain(page=b"/Annots[<</Subtype/RichMedia/Rect[0 0 9 9]>>]"), "pdf_active"),
        refused("embedded-program.pdf", embedded(b"invoice.exe", b"MZ\x90\0" + bytes(100))),
        refused("embedded-xml-with-entities.pdf", embedded(b"factur-x.xml", b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100">&y;</rsm:CrossIndustryInvoice>')),
        refused("embedded-xml-bomb.pdf", lambda: embedded(b"factur-x.xml", zlib.compress(bytes(60 * MB), 9), b"/Filter/FlateDecode")),
        refused("embedded-name-slip.pdf", embedded(b"../../factur-x.xml", b"<x/>")),
        refused("stream-bomb.pdf", lambda: plain(more={4: stream(bomb(1), b"/Filter/FlateDecode")})),
        refused("stream-bomb-in-layers.pdf", lambda: plain(more={4: stream(bomb(2), filters)})),
        refused("object-stream-bomb.pdf", lambda: plain(more={8: stream(bomb(1), b"/Type/ObjStm/N 1000000/First 10/Filter/FlateDecode")})),
        refused("predictor-bomb.pdf", plain(more={4: stream(zlib.compress(b"x" * 1000), b"/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 2000000000>>")})),
        refused("image-bomb.pdf", plain(more={6: stream(zlib.compress(bytes(1000)), b"/Subtype/Image/Width 100000/Height 100000/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/FlateDecode")})),
        refused("page-tree-loop.pdf", pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>"})),
        refused("page-tree-of-two.pdf", pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 9>>", 3: b"<</Type/Pages/Kids[2 0 R]/Count 9/Parent 2 0 R>>"})),
        refused("many-pages.pdf", pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[" + b"3 0 R " * 200_000 + b"]/Count 200000>>", 3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"})),
        refused("object-loop.pdf", pdf({1: b"2 0 R", 2: b"1 0 R"})),
        refused("length-loop.pdf", plain(more={4: b"<</Length 4 0 R>>\nstream\nx\nendstream"})),
        refused("names-loop.pdf", plain(b"/Names<</EmbeddedFiles 6 0 R>>", more={6: b"<</Kids[6 0 R]>>"})),
        refused("previous-table-loop.pdf", plain().replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev 15")),
        refused("deep-arrays.pdf", plain(more={6: b"[" * 50_000})),
        refused("deep-dictionaries.pdf", plain(b"/X" + b"<</X" * 20_000)),
        refused("encrypted.pdf", pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[]/Count 0>>", 6: b"<</Filter/Standard/V 2/R 3/Length 128/O(" + b"o" * 32 + b")/U(" + b"u" * 32 + b")/P -4>>"}, b"/Root 1 0 R/Encrypt 6 0 R/ID[(a)(b)]")),
        refused("huge-numbers.pdf", plain(page=b"/Rotate 99999999999999999999999999/MediaBox[0 0 1e308 1e308]")),
        refused("no-pages.pdf", pdf({1: b"<</Type/Catalog>>"})),
        refused("no-root.pdf", pdf({2: b"<<>>"}, b"/Info 2 0 R")),
        refused("truncated.pdf", plain()[:300]),
        refused("header-only.pdf", b"%PDF-1.7\n"),
        refused("table-of-rubbish.pdf", plain().replace(b"xref\n", b"xref\n9 -9\n")),
        refused("nul-bytes.pdf", b"%PDF-1.7\n" + bytes(100_000)),
        refused("pdf-and-zip.pdf", plain() + packed({"invoice.xml": INVOICE}), "polyglot"),
        refused("zip-and-pdf.pdf", _zip_before_pdf(), "polyglot"),
        refused("pdf-and-html.pdf", b"%PDF-1.7\n<html><script>alert(1)</script></html>\n" + plain(), "polyglot"),
        refused("html-and-pdf.html", b"<html><script>1</script><!--\n" + plain(), "polyglot"),
        refused("gif-and-pdf.gif", b"GIF89a\x01\0\x01\0\0\0\0" + plain(), "polyglot"),
        refused("pdf-after-rubbish.pdf", b"rubbish\0" * 20 + plain(), "polyglot"),
    ]  # fmt: skip


def _zip_before_pdf() -> bytes:
    """A PDF whose end is an archive that begins before it."""
    target = io.BytesIO()
    target.write(plain())
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("invoice.xml", INVOICE)
    return target.getvalue()
