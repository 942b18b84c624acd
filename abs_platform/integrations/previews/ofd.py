"""What an OFD package holds: its pages in order, their templates, resources, annotations and seals. Nothing is drawn here.

Source: GB/T 33190-2016, clauses 7 (document), 8 (page), 11 (resources), 17 (annotations), 18 (signatures); the seal's
picture from its SES structure (GM/T 0031, GB/T 38540).
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from abs_platform.integrations.formats import xml_reading
from abs_platform.integrations.formats.archives import Archive
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.previews.seals import Picture, picture_in

NAMESPACES = frozenset({"http://www.ofdspec.org/2016", "http://www.ofdspec.org"})
MAX_PAGES = 2_000
MAX_SEALS = 50
A4 = (0.0, 0.0, 210.0, 297.0)

Element = etree._Element
Box = tuple[float, float, float, float]  # x, y, width, height in millimetres


class NotOfd(Exception):
    """The archive is no OFD package."""


@dataclass(frozen=True, slots=True)
class Part:
    """An XML file of the package and where it lies: its references are relative to that."""

    root: Element
    path: str


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal on a page: where, and its picture (a format's name and bytes)."""

    page: str
    box: Box
    picture: Picture


@dataclass(frozen=True, slots=True)
class DrawParam:
    """Colours and line width that objects name instead of stating (clause 8.2)."""

    fill: Element | None
    stroke: Element | None
    line_width: float | None


class Package:
    """An OFD file. Raises NotOfd, Refused, ValueError where it is none or broken."""

    def __init__(self, data: bytes, within: Archive | None = None) -> None:
        self.archive = Archive(data, within=within)
        main = self.archive.find("OFD.xml")
        if main is None:
            raise NotOfd
        self._main = self._part(main)
        root = find(self._main.root, "DocRoot")
        if root is None or not root.text:
            raise ValueError("no DocRoot")
        self.document = self._at(self._main, root.text)

    @cached_property
    def pages(self) -> list[tuple[str, str]]:
        """(id, path) of every page in order."""
        found = [
            (page.get("ID", ""), self._path(self.document, page.get("BaseLoc", "")))
            for pages in children(self.document.root, "Pages")
            for page in children(pages, "Page")
        ]
        return found[:MAX_PAGES]

    def page(self, index: int) -> Part:
        """A page's content."""
        return self._part(self.pages[index][1])

    def box(self, page: Part) -> Box:
        """A page's size."""
        own = find(page.root, "Area")
        common = find(self.document.root, "CommonData")
        areas = [own, find(common, "PageArea") if common is not None else None]
        for area in areas:
            stated = find(area, "PhysicalBox") if area is not None else None
            if stated is not None and (box := box_of(stated.text)):
                return box
        return A4

    def templates(self, page: Part, *, foreground: bool) -> Iterator[Part]:
        """The templates below, or above, a page's own content."""
        for each in children(page.root, "Template"):
            is_above = each.get("ZOrder", "Background") == "Foreground"
            path = self._templates.get(each.get("TemplateID", ""))
            if path and is_above == foreground:
                yield self._part(path)

    @cached_property
    def _templates(self) -> dict[str, str]:
        common = find(self.document.root, "CommonData")
        found = children(common, "TemplatePage") if common is not None else ()
        return {each.get("ID", ""): self._path(self.document, each.get("BaseLoc", "")) for each in found}

    @cached_property
    def _resources(self) -> list[Part]:
        common = find(self.document.root, "CommonData")
        found = [] if common is None else [*children(common, "PublicRes"), *children(common, "DocumentRes")]
        paths = dict.fromkeys(self._path(self.document, each.text or "") for each in found)
        return [self._part(path) for path in paths if self.archive.find(path)]

    @cached_property
    def bold_fonts(self) -> frozenset[str]:
        """The ids of fonts that are bold."""
        fonts = (each for part in self._resources for each in part.root.iter() if local(each) == "Font")
        return frozenset(
            each.get("ID", "") for each in fonts if each.get("Bold") == "true" or "Bold" in each.get("FontName", "")
        )

    @cached_property
    def draw_params(self) -> dict[str, DrawParam]:
        """Drawing parameters by id."""
        found = {}
        for part in self._resources:
            for each in part.root.iter():
                if local(each) == "DrawParam":
                    width = each.get("LineWidth")
                    found[each.get("ID", "")] = DrawParam(
                        find(each, "FillColor"), find(each, "StrokeColor"), float(width) if width else None
                    )
        return found

    @cached_property
    def _media(self) -> dict[str, str]:
        found = {}
        for part in self._resources:
            base = posixpath.join(posixpath.dirname(part.path), part.root.get("BaseLoc", ""))
            for each in part.root.iter():
                file = find(each, "MediaFile") if local(each) == "MultiMedia" else None
                if file is not None and file.text:
                    name = file.text.strip()
                    found[each.get("ID", "")] = name if name.startswith("/") else posixpath.join(base, name)
        return found

    def media(self, id: str) -> bytes | None:
        """The file of an image resource; None where the package has none."""
        path = self.archive.find(posixpath.normpath(self._media.get(id, "")))
        return self.archive.read(path) if path else None

    def annotations(self, page_id: str) -> Iterator[Element]:
        """The appearances of a page's annotations."""
        for entry in children(self.document.root, "Annotations"):
            path = self.archive.find(self._path(self.document, entry.text or ""))
            if path is None:
                continue
            listed = self._part(path)
            for page in children(listed.root, "Page"):
                file = find(page, "FileLoc")
                if page.get("PageID") != page_id or file is None or not file.text:
                    continue
                for annotation in children(self._at(listed, file.text).root, "Annot"):
                    if annotation.get("Visible", "true") != "false":
                        yield from children(annotation, "Appearance")

    def seals(self, page_id: str) -> Iterator[Seal]:
        """The seals on a page whose picture can be found."""
        for listed in self._signatures():
            for each in [*children(listed.root, "Signature")][:MAX_SEALS]:
                signature = self._at(listed, each.get("BaseLoc", ""))
                picture = self._seal_picture(signature)
                for stamp in (e for e in signature.root.iter() if local(e) == "StampAnnot"):
                    box = box_of(stamp.get("Boundary"))
                    if picture and box and stamp.get("PageRef") == page_id:
                        yield Seal(page_id, box, picture)

    def _signatures(self) -> Iterator[Part]:
        for entry in (each for each in self._main.root.iter() if local(each) == "Signatures"):
            path = self.archive.find(self._path(self._main, entry.text or ""))
            if path:
                yield self._part(path)

    def _seal_picture(self, signature: Part) -> Picture | None:
        """From the seal beside the signature, else from the signed value, which contains the seal."""
        for each in signature.root.iter():
            if local(each) == "Seal":
                location = find(each, "BaseLoc")
                text = location.text if location is not None else None
            elif local(each) == "SignedValue":
                text = each.text
            else:
                continue
            path = self.archive.find(self._path(signature, text)) if text else None
            if path and (picture := picture_in(self.archive.read(path))):
                return picture
        return None

    def _path(self, part: Part, location: str) -> str:
        location = location.strip().replace("\\", "/")
        return posixpath.normpath(
            location if location.startswith("/") else posixpath.join(posixpath.dirname(part.path), location)
        )

    def _at(self, part: Part, location: str) -> Part:
        return self._part(self._path(part, location))

    def _part(self, path: str) -> Part:
        name = self.archive.find(path)
        if name is None:
            raise ValueError(f"no {path}")
        root = xml_reading.read(self.archive.read(name), frozenset())
        if root is None:
            raise Refused("xml_malformed", f"{path} is no XML.")
        return Part(root, name)


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return etree.QName(element).localname


def children(element: Element, name: str) -> Iterator[Element]:
    """The children of one name, in any namespace that OFD was written in."""
    return (each for each in element if local(each) == name)


def find(element: Element, name: str) -> Element | None:
    """The first descendant of a name."""
    return next((each for each in element.iter() if local(each) == name), None)


def numbers(text: str | None) -> list[float]:
    """The figures in a text parted by white space; empty where one of them is none."""
    try:
        found = [float(each) for each in (text or "").split()]
    except ValueError:
        return []
    return found if all(abs(each) < 1e6 for each in found) else []


def box_of(text: str | None) -> Box | None:
    """A box of four figures with an extent."""
    found = numbers(text)
    return (found[0], found[1], found[2], found[3]) if len(found) == 4 and found[2] > 0 and found[3] > 0 else None
