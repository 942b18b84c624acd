"""Pages are drawn here, within limits, and nothing of the original comes along."""

import io
import platform
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from django.conf import settings
from PIL import Image, ImageChops, ImageStat

from abs_platform.consent.models import Access
from abs_platform.core.errors import Invalid
from abs_platform.integrations.previews import CHILD, ChildPreviewer, paths, seals
from tests.shared_data import shared
from tests.support.stage import request_and_grant
from tests.support.world import World

PREVIEWER = ChildPreviewer(fonts=settings.FONTS_DIR)
OFD = "http://www.ofdspec.org/2016"


def pdf(pages: int = 1, width: int = 300, height: int = 200) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(width, height)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def image(kind: str, size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "red").save(made, kind, **options)
    return made.getvalue()


def ofd(objects: str, *, resources: dict[str, bytes] | None = None) -> bytes:
    """A page of 100 by 50 mm with these objects."""
    files = {
        "OFD.xml": f'<OFD xmlns="{OFD}"><DocBody><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>',
        "Doc_0/Document.xml": f'<Document xmlns="{OFD}"><CommonData><PageArea><PhysicalBox>0 0 100 50</PhysicalBox>'
        "</PageArea><DocumentRes>Res.xml</DocumentRes></CommonData>"
        '<Pages><Page ID="1" BaseLoc="Page.xml"/></Pages></Document>',
        "Doc_0/Res.xml": f'<Res xmlns="{OFD}" BaseLoc="Res"><MultiMedias><MultiMedia ID="9" Type="Image">'
        "<MediaFile>a.png</MediaFile></MultiMedia></MultiMedias></Res>",
        "Doc_0/Page.xml": f'<Page xmlns="{OFD}"><Content><Layer>{objects}</Layer></Content></Page>',
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in {**files, **(resources or {})}.items():
            package.writestr(name, data)
    return made.getvalue()


def drawn(data: bytes, page: int = 1) -> Image.Image:
    found = Image.open(io.BytesIO(PREVIEWER.page(data, page, whose=1).png))
    assert (found.format, found.mode, found.info) == ("PNG", "RGB", {})
    return found


def ink(picture: Image.Image, box: tuple[float, float, float, float]) -> float:
    """How dark a part of a page of 100 by 50 mm is: 0 white, 255 black. The box is in millimetres: left, top, right, bottom."""
    scale = picture.width / 100
    part = picture.convert("L").crop(tuple(round(each * scale) for each in box))  # type: ignore[arg-type]  # four of them
    return 255 - ImageStat.Stat(part).mean[0]


def refused(data: bytes, page: int = 1) -> str:
    with pytest.raises(Invalid) as said:
        PREVIEWER.page(data, page, whose=1)
    return said.value.code


def test_a_pdf_has_as_many_pages_as_it_says_and_each_is_bounded() -> None:
    found = PREVIEWER.page(pdf(pages=3), 2, whose=1)
    assert found.pages == 3
    assert Image.open(io.BytesIO(found.png)).size == (1400, 934)
    assert max(drawn(pdf(width=14_400, height=2)).size) <= 1400
    assert refused(pdf(), page=2) == "preview_page_missing"


def test_an_image_is_encoded_anew_without_what_it_carried_along() -> None:
    marker = b"GPS 31.2304 N 121.4737 E"
    data = image("JPEG", exif=b"Exif\x00\x00" + marker, comment=marker)
    assert marker in data
    found = PREVIEWER.page(data, 1, whose=1)
    assert marker not in found.png
    assert drawn(image("PNG", size=(5_000, 3_000))).size == (1400, 840)
    two = io.BytesIO()
    Image.new("L", (9, 9)).save(two, "TIFF", save_all=True, append_images=[Image.new("L", (9, 9), 255)])
    assert (PREVIEWER.page(two.getvalue(), 2, whose=1).pages, drawn(two.getvalue(), 2).getpixel((0, 0))) == (
        2,
        (255, 255, 255),
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "preview_unsupported"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "preview_unsupported"),
        (b"%PDF-1.7\n" + b"x" * 200, "preview_damaged"),
        (image("PNG")[:60], "preview_damaged"),
        (b"PK\x03\x04broken", "preview_damaged"),
        (image("PNG", size=(12_000, 12_000)), "preview_too_large"),
    ],
    ids=["empty", "svg", "no pdf", "half an image", "no archive", "pixel flood"],
)
def test_what_cannot_be_drawn_is_said(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_a_zip_that_is_no_ofd_has_no_pages() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("a.txt", "a")
    assert refused(made.getvalue()) == "preview_unsupported"


def test_a_page_that_takes_too_long_is_given_up() -> None:
    hasty = ChildPreviewer(fonts=settings.FONTS_DIR, timeout=0.05)
    with pytest.raises(Invalid, match="too large"):
        hasty.page(pdf(), 1, whose=1)


def test_ofd_objects_stand_where_the_file_says() -> None:
    square = image("PNG", size=(8, 8))
    page = drawn(
        ofd(
            '<TextObject Boundary="10 5 40 10" Size="8"><TextCode X="0" Y="8" DeltaX="g 2 8">鑫鑫鑫</TextCode></TextObject>'
            '<PathObject Boundary="60 5 30 10" Fill="true" Stroke="false"><FillColor Value="0 0 0"/>'
            "<AbbreviatedData>M 0 0 L 30 0 L 30 10 L 0 10 C</AbbreviatedData></PathObject>"
            '<PathObject Boundary="5 25 90 1" LineWidth="0.5"><AbbreviatedData>M 0 0.5 L 90 0.5</AbbreviatedData></PathObject>'
            '<ImageObject Boundary="10 30 20 10" CTM="20 0 0 10 0 0" ResourceID="9"/>',
            resources={"Doc_0/Res/a.png": square},
        )
    )
    assert page.size == (1400, 700)
    assert ink(page, (60.5, 5.5, 89.5, 14.5)) > 250
    assert ink(page, (10, 30.5, 29.5, 39.5)) > 100 and page.getpixel((280, 490)) == (255, 0, 0)
    for column in (10, 18, 26):
        assert ink(page, (column, 5, column + 8, 15)) > 20, "each character at its step"
    assert ink(page, (35, 5, 58, 15)) == 0 and ink(page, (35, 32, 95, 48)) == 0
    assert ink(page, (5, 25.2, 95, 25.8)) > 100


def test_a_step_that_is_stated_once_goes_on() -> None:
    text = '<TextObject Boundary="0 0 100 20" Size="8"><TextCode X="5" Y="12" {}>鑫鑫鑫鑫</TextCode></TextObject>'
    once, each = (drawn(ofd(text.format(steps))) for steps in ('DeltaX="12"', 'DeltaX="12 12 12"'))
    assert ImageChops.difference(once, each).getbbox() is None
    assert ink(once, (41, 4, 49, 13)) > 20


def test_the_published_invoices_are_drawn_with_their_seals() -> None:
    folder = shared("03_cn_einvoice/ofd")
    for name, pages in (("vat_ordinary_3lines_99999951.ofd", 1), ("vat_ordinary_100lines_71500013.ofd", 5)):
        data = (Path(folder) / name).read_bytes()
        found = PREVIEWER.page(data, 1, whose=1)
        assert found.pages == pages
        picture = Image.open(io.BytesIO(found.png))
        red, green, _ = picture.crop((590, 40, 810, 200)).split()
        assert ImageStat.Stat(ImageChops.subtract(red, green)).mean[0] > 10, "the tax authority's seal"


def test_paths_are_lines_arcs_and_curves() -> None:
    [line] = paths.flattened("M 0 0 B 0 10 10 10 10 0 L 20 0 C")
    assert (line[0], line[-1], len(line)) == ((0.0, 0.0), (0.0, 0.0), 19)
    [half] = paths.flattened("M 0 0 A 5 5 0 0 1 10 0")
    assert all(abs((x - 5) ** 2 + y**2 - 25) < 1e-6 for x, y in half)
    for wrong in ("L 1 1", "M 0", "M 0 0 Z 1", "M 0 0 L nan 0", "M 0 0 L 1e9 0"):
        with pytest.raises(ValueError):
            paths.flattened(wrong)


def test_a_seal_is_found_by_its_shape_or_not_at_all() -> None:
    picture = b"\x89PNG..."
    info = b"\x16\x03png" + b"\x04" + bytes([len(picture)]) + picture + b"\x02\x01\x1e\x02\x01\x14"
    inner = b"\x30" + bytes([len(info)]) + info
    outer = b"\x30" + bytes([len(inner) + 3]) + b"\x02\x01\x04" + inner
    assert seals.picture_in(outer) == seals.Picture("png", picture)
    assert seals.picture_in(b"\x30\x84\xff\xff\xff\xff") is None
    assert seals.picture_in(b"\x30\x80" * 5_000) is None


@pytest.mark.usefixtures("db")
def test_a_preview_is_a_look_like_a_download(world: World) -> None:
    [row] = world.supplier.submit({"scan.pdf": pdf(pages=2)})
    reply = world.supplier.browser.send("GET", f"documents/{row.id}/preview?page=2")
    assert (reply.status_code, reply["Content-Type"], reply["X-Page-Count"]) == (200, "image/png", "2")
    assert reply["Cache-Control"] == "private, no-store"
    assert not Access.objects.exists(), "the owner's own look"
    request_and_grant(world, world.bank, trades=[], documents=[row.id])
    assert world.bank.browser.send("GET", f"documents/{row.id}/preview").status_code == 200
    assert Access.objects.get(action="previewed").subject_id == row.id
    world.castings.browser.get(f"documents/{row.id}/preview", status=404)
    world.supplier.browser.get(f"documents/{row.id}/preview?page=3", status=422)
    world.supplier.browser.get(f"documents/{row.id}/preview?page=0", status=422)


@pytest.mark.skipif(  # seccomp numbers its calls by machine: elsewhere there is no filter to try
    platform.machine() not in ("x86_64", "aarch64"), reason="the filter is for two machines"
)
def test_whatever_a_file_does_to_whoever_draws_it_reaches_nothing_else() -> None:
    """The process is under the filter (proc(5): Seccomp is 2) before it is given the file."""
    argv = [sys.executable, "-I", "-m", CHILD]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env={}) as child:
        status, deadline = Path(f"/proc/{child.pid}/status"), time.monotonic() + 30
        while "Seccomp:\t2" not in (said := status.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        child.kill()
    assert "Seccomp:\t2" in said
