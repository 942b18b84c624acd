"""Draws a page of an OFD package: text, paths, images and seals, placed as the file says (GB/T 33190-2016, clauses 8–11).

Characters are drawn with one typeface whatever the file asks for, and by their codes, never by an embedded font's glyphs:
what is shown is what the file says in characters.
"""

from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from math import atan2, degrees, hypot
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont, UnidentifiedImageError

from abs_platform.integrations.previews import paths
from abs_platform.integrations.previews.ofd import (
    Box,
    DrawParam,
    Element,
    NotOfd,
    Package,
    Part,
    box_of,
    children,
    local,
    numbers,
)
from abs_platform.integrations.previews.seals import Picture

FINER = 2  # drawn so many times larger, then reduced: lines of Pillow's have no soft edges
MAX_OBJECTS = 50_000
MAX_CHARACTERS = 200_000
IMAGES = ("PNG", "JPEG", "GIF", "BMP")
BLACK = (0, 0, 0)

Color = tuple[int, int, int]
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


def draw(package: Package, index: int, fonts: Path, width: int, max_pixels: int, *, sealed: bool = True) -> Image.Image:
    """The page at `index`, at most `width` pixels wide and `max_pixels` in all, on white."""
    page = package.page(index)
    box = package.box(page)
    scale = min(width / box[2], (max_pixels / (box[2] * box[3])) ** 0.5)
    canvas = _Canvas(package, box, scale * FINER, fonts)
    for template in package.templates(page, foreground=False):
        canvas.draw_content(template)
    canvas.draw_content(page)
    for template in package.templates(page, foreground=True):
        canvas.draw_content(template)
    page_id = package.pages[index][0]
    for appearance in package.annotations(page_id):
        canvas.draw_appearance(appearance)
    if sealed:
        for seal in package.seals(page_id):
            canvas.stamp(seal.picture, seal.box)
    size = (max(1, round(box[2] * scale)), max(1, round(box[3] * scale)))
    return canvas.image.resize(size, Image.Resampling.LANCZOS)


class _Canvas:
    def __init__(self, package: Package, box: Box, scale: float, fonts: Path) -> None:
        self._package = package
        self._origin = box[:2]
        self._scale = scale
        self._typefaces = _Typefaces(fonts)
        self._characters = MAX_CHARACTERS
        self.image = Image.new("RGB", (max(1, round(box[2] * scale)), max(1, round(box[3] * scale))), "white")
        self._draw = ImageDraw.Draw(self.image)

    def draw_content(self, part: Part) -> None:
        content = next(children(part.root, "Content"), None)
        if content is None:
            return
        for layer in children(content, "Layer"):
            inherited = self._package.draw_params.get(layer.get("DrawParam", ""))
            self._draw_objects(layer, (0.0, 0.0), inherited)

    def draw_appearance(self, appearance: Element) -> None:
        box = box_of(appearance.get("Boundary"))
        self._draw_objects(appearance, box[:2] if box else (0.0, 0.0), None)

    def _draw_objects(self, parent: Element, offset: tuple[float, float], inherited: DrawParam | None) -> None:
        for each in islice(_objects(parent), MAX_OBJECTS):
            box = box_of(each.get("Boundary"))
            if box is None or each.get("Visible", "true") == "false":
                continue
            placed = (box[0] + offset[0], box[1] + offset[1], box[2], box[3])
            param = self._package.draw_params.get(each.get("DrawParam", ""), inherited)
            match local(each):
                case "TextObject":
                    self._text(each, placed, param)
                case "PathObject":
                    self._path(each, placed, param)
                case "ImageObject":
                    self._image(each, placed)

    def _pixel(self, x: float, y: float) -> tuple[float, float]:
        return (x - self._origin[0]) * self._scale, (y - self._origin[1]) * self._scale

    def _text(self, element: Element, box: Box, param: DrawParam | None) -> None:
        size = next(iter(numbers(element.get("Size"))), 0.0)
        matrix = _matrix(element)
        stretch = hypot(matrix[2], matrix[3])
        pixels = size * stretch * self._scale
        if not 1 <= pixels <= 2_000:
            return
        weight = next(iter(numbers(element.get("Weight"))), 400.0)
        is_bold = weight >= 600 or element.get("Font", "") in self._package.bold_fonts
        typeface = self._typefaces.of(pixels, bold=is_bold)
        stated = next(children(element, "FillColor"), None)
        color = _color(stated if stated is not None else param.fill if param else None)
        angle = -degrees(atan2(matrix[1], matrix[0]))
        for code in children(element, "TextCode"):
            for character, x, y in self._placed(code, typeface, stretch):
                at = self._pixel(*_moved(matrix, x, y, box))
                self._glyph(character, at, typeface, color, angle)

    def _placed(
        self, code: Element, typeface: ImageFont.FreeTypeFont, stretch: float
    ) -> Iterator[tuple[str, float, float]]:
        """Each character of a run with its place in the object, millimetres before its matrix."""
        text = (code.text or "").strip("\r\n")[: max(0, self._characters)]
        self._characters -= len(text)
        x, y = (next(iter(numbers(code.get(name))), 0.0) for name in ("X", "Y"))
        steps_x, steps_y = (_steps(code.get(name), len(text)) for name in ("DeltaX", "DeltaY"))
        for position, character in enumerate(text):
            yield character, x, y
            # The last step stated goes on; where none is, characters follow as wide as they are.
            if steps_x:
                x += steps_x[min(position, len(steps_x) - 1)]
            elif not steps_y:
                x += typeface.getlength(character) / self._scale / (stretch or 1)
            y += steps_y[min(position, len(steps_y) - 1)] if steps_y else 0.0

    def _glyph(
        self, character: str, at: tuple[float, float], typeface: ImageFont.FreeTypeFont, color: Color, angle: float
    ) -> None:
        if character.isspace():
            return
        if abs(angle) < 1:
            self._draw.text(at, character, font=typeface, fill=color, anchor="ls")
            return
        side = int(typeface.size * 4)
        stencil = Image.new("L", (side, side))
        ImageDraw.Draw(stencil).text((side // 2, side // 2), character, font=typeface, fill=255, anchor="ls")
        turned = stencil.rotate(angle, resample=Image.Resampling.BICUBIC)
        self.image.paste(color, (round(at[0]) - side // 2, round(at[1]) - side // 2), turned)

    def _path(self, element: Element, box: Box, param: DrawParam | None) -> None:
        data = next(children(element, "AbbreviatedData"), None)
        matrix = _matrix(element)
        lines = [
            [self._pixel(*_moved(matrix, x, y, box)) for x, y in line]
            for line in paths.flattened(data.text if data is not None else "")
        ]
        fill, stroke = (next(children(element, name), None) for name in ("FillColor", "StrokeColor"))
        if element.get("Fill", "false") == "true":
            self._fill(lines, _color(fill if fill is not None else param.fill if param else None))
        if element.get("Stroke", "true") != "false":
            stated = numbers(element.get("LineWidth"))
            millimetres = stated[0] if stated else (param.line_width if param and param.line_width else 0.353)
            wide = max(1, round(millimetres * hypot(matrix[0], matrix[1]) * self._scale))
            color = _color(stroke if stroke is not None else param.stroke if param else None)
            for line in lines:
                if len(line) > 1:
                    self._draw.line(line, fill=color, width=wide, joint="curve")

    def _fill(self, lines: list[list[tuple[float, float]]], color: Color) -> None:
        """Even-odd over all subpaths: a ring has a hole."""
        shapes = [line for line in lines if len(line) > 2]
        if not shapes:
            return
        left = max(0, int(min(x for line in shapes for x, _ in line)))
        top = max(0, int(min(y for line in shapes for _, y in line)))
        right = min(self.image.width, int(max(x for line in shapes for x, _ in line)) + 1)
        bottom = min(self.image.height, int(max(y for line in shapes for _, y in line)) + 1)
        if right <= left or bottom <= top:
            return
        mask = Image.new("1", (right - left, bottom - top))
        for line in shapes:
            one = Image.new("1", mask.size)
            ImageDraw.Draw(one).polygon([(x - left, y - top) for x, y in line], fill=1)
            mask = ImageChops.logical_xor(mask, one)
        self.image.paste(color, (left, top), mask)

    def _image(self, element: Element, box: Box) -> None:
        data = self._package.media(element.get("ResourceID", ""))
        stated = numbers(element.get("CTM"))
        a, _, _, d, e, f = stated if len(stated) == 6 else (box[2], 0.0, 0.0, box[3], 0.0, 0.0)
        if data and a and d:
            self._paste(_opened(data), (box[0] + e, box[1] + f, abs(a), abs(d)))

    def stamp(self, picture: Picture, box: Box) -> None:
        """Put a seal's picture onto the page: what is white in it lets the page through."""
        if picture.kind != "ofd":
            self._paste(_opened(picture.data), box)
            return
        try:
            seal = Package(picture.data, within=self._package.archive)
            width = max(1, round(box[2] * self._scale))
            drawn = draw(seal, 0, self._typefaces.folder, width, width * width * 4, sealed=False)
        except (NotOfd, ValueError, IndexError, KeyError):
            return
        self._paste(drawn, box)

    def _paste(self, picture: Image.Image | None, box: Box) -> None:
        if picture is None:
            return
        left, top = self._pixel(box[0], box[1])
        size = (
            min(max(1, round(box[2] * self._scale)), self.image.width * 2),
            min(max(1, round(box[3] * self._scale)), self.image.height * 2),
        )
        at = (round(left), round(top), round(left) + size[0], round(top) + size[1])
        onto_white = Image.new("RGB", size, "white")
        resized = picture.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
        onto_white.paste(resized, mask=resized)
        self.image.paste(ImageChops.multiply(self.image.crop(at), onto_white), at[:2])


class _Typefaces:
    """The platform's typeface in the sizes that a page asks for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = {bold: next(iter(sorted((folder / name).glob("*.ttf")))) for bold, name in _WEIGHTS.items()}
        self._made: dict[tuple[int, bool], ImageFont.FreeTypeFont] = {}

    def of(self, pixels: float, *, bold: bool) -> ImageFont.FreeTypeFont:
        key = (round(pixels), bold)
        if key not in self._made:
            self._made[key] = ImageFont.truetype(str(self._files[bold]), max(1, key[0]))
        return self._made[key]


_WEIGHTS = {False: "400Regular", True: "700Bold"}


def _objects(parent: Element) -> Iterator[Element]:
    """The graphic objects below an element, those within blocks too, in the order in which they are drawn."""
    return (each for each in parent.iter() if local(each) in ("TextObject", "PathObject", "ImageObject"))


def _opened(data: bytes) -> Image.Image | None:
    try:
        picture = Image.open(BytesIO(data), formats=IMAGES)
        picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
    return picture


def _matrix(element: Element) -> Matrix:
    found = numbers(element.get("CTM"))
    return (found[0], found[1], found[2], found[3], found[4], found[5]) if len(found) == 6 else IDENTITY


def _moved(matrix: Matrix, x: float, y: float, box: Box) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return box[0] + a * x + c * y + e, box[1] + b * x + d * y + f


def _steps(text: str | None, most: int) -> list[float]:
    """Distances from character to character; "g 3 2.5" stands for three of 2.5 (clause 11.3)."""
    words = (text or "").split()
    found: list[float] = []
    at = 0
    while at < len(words) and len(found) < most:
        if words[at] == "g" and at + 2 < len(words):
            times, step = numbers(words[at + 1]), numbers(words[at + 2])
            found.extend((step or [0.0]) * min(int(times[0]) if times else 0, most))
            at += 3
        else:
            found.extend(numbers(words[at]) or [0.0])
            at += 1
    return found


def _color(element: Element | None) -> Color:
    """A colour over white: grey, RGB or CMYK by the number of its components (clause 8.3.2)."""
    values = numbers(element.get("Value")) if element is not None else []
    alpha = next(iter(numbers(element.get("Alpha"))), 255.0) / 255 if element is not None else 1.0
    match [min(max(value, 0.0), 255.0) for value in values]:
        case [grey]:
            rgb = (grey, grey, grey)
        case [r, g, b]:
            rgb = (r, g, b)
        case [c, m, y, k]:
            rgb = tuple(255 * (1 - each / 255) * (1 - k / 255) for each in (c, m, y))  # type: ignore[assignment]  # three of them
        case _:
            rgb = BLACK
    mixed = [round(255 - (255 - each) * min(max(alpha, 0.0), 1.0)) for each in rgb]
    return mixed[0], mixed[1], mixed[2]
