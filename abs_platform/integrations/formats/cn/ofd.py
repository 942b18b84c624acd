"""OFD: a ZIP of XML pages that may carry an invoice as attached XML, as tags on the page's texts, or as print alone.

Source: GB/T 33190-2016 (7 document structure, 11 text, 13 attachments via 20, 16 custom tags, 18 signatures).
"""

import base64
import binascii
import posixpath
from collections.abc import Iterator
from dataclasses import replace

from abs_platform.crypto import sm3
from abs_platform.integrations.formats import xml_reading
from abs_platform.integrations.formats.archives import Archive
from abs_platform.integrations.formats.cn.ofd_described import described
from abs_platform.integrations.formats.cn.ofd_text import Pages
from abs_platform.integrations.formats.cn.paths import resolve
from abs_platform.integrations.formats.cn.printed import invoice_in_print, seen
from abs_platform.integrations.formats.cn.values import Element, children
from abs_platform.integrations.formats.cn.views import best_of, compared, no_data, with_lines_of
from abs_platform.integrations.formats.cn.xml import SIGNED, document_of
from abs_platform.integrations.formats.model import Extracted, Level, Remark
from abs_platform.integrations.formats.reading import Reading
from abs_platform.integrations.formats.refusal import Refused
from abs_platform.integrations.formats.source import Source

MEDIA_TYPE = "application/ofd"
MAX_ATTACHMENTS = 50
SM3 = "1.2.156.10197.1.401"


class Ofd:
    """OFD files, invoices or not."""

    roots = frozenset[str]()

    def read(self, source: Source) -> Reading | None:
        archive = source.archive
        if archive is None or archive.find("OFD.xml") is None:
            return None
        return _Package(archive).reading()


class _Package:
    """One OFD container. Every reference within it is looked up in the archive's own names."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        entry = self._tree("OFD.xml")
        bodies = children(entry, "DocBody") if entry is not None else []
        if entry is None or not bodies:
            raise Refused("ofd_damaged", "OFD.xml cannot be read or names no document.")
        self._version = (entry.get("Version") or "")[:20]
        # A file of several documents is read by its first, as every viewer shows it.
        self._body = bodies[0]
        self._root_name = _loc(self._body, "DocRoot", "")
        self._document = self._tree(self._root_name)
        if self._document is None:
            raise Refused("ofd_damaged", "The document that OFD.xml names is not there or cannot be read.")

    def reading(self) -> Reading:
        """What the file is. Raises Refused."""
        pages = Pages(self._document, self._root_name, self._tree)
        stated = [*self._attached(), *self._tagged(pages)]
        rows = pages.rows
        printed = None if any(each.lines for each in stated) else invoice_in_print(rows, "OFD print")
        description = described(self._body)
        document = best_of(stated) or printed or description
        name = f"OFD {self._version}".strip()
        if document is None:
            return Reading(name, MEDIA_TYPE, remarks=(no_data(), *self._signatures()))
        others = tuple(each for each in (*stated, description) if each is not None and each is not document)
        remarks = (*document.remarks, *compared(document, seen(rows), others))
        document = with_lines_of(replace(document, remarks=remarks), printed)
        return Reading(name, MEDIA_TYPE, document, remarks=tuple(self._signatures()))

    def _tree(self, name: str) -> Element | None:
        """The XML member of that name; None where there is none. Raises Refused: doctype_forbidden, too_deep …"""
        found = self._archive.find(name)
        return None if found is None else xml_reading.read(self._archive.read(found), frozenset())

    def _attached(self) -> Iterator[Extracted]:
        """Invoices in attached files, by the list of attachments and, for files without one, by their place."""
        names = [name for name in self._listed("Attachments", "Attachment") if name]
        by_place = (
            each
            for each in self._archive.names
            if "attach" in each.lower() and each.lower().endswith((".xml", ".xbrl"))
        )
        found = dict.fromkeys(each for each in map(self._archive.find, [*names, *by_place]) if each)
        for name in list(found)[:MAX_ATTACHMENTS]:
            data = self._archive.read(name)
            root = xml_reading.read(data, frozenset())
            document = document_of(root) if root is not None else None
            if document is not None:
                yield document

    def _tagged(self, pages: Pages) -> Iterator[Extracted]:
        """The invoice whose fields are tags on texts of the page."""
        for name in self._listed("CustomTags", "CustomTag"):
            tags = self._tree(name)
            tree = pages.resolved(tags) if tags is not None else None
            try:
                document = document_of(tree) if tree is not None else None
            except Refused:
                # Tags point into the page; where they point wrong, the page itself is read.
                continue
            if document is not None:
                yield document

    def _listed(self, listing: str, item: str) -> list[str]:
        """The files that a list of the document names; the list's own place counts."""
        where = _loc(self._document, listing, self._root_name)
        folder = posixpath.dirname(self._root_name)
        guesses = (
            [f"{folder}/Tags/CustomTags.xml"] if listing == "CustomTags" else [f"{folder}/Attachs/Attachments.xml"]
        )
        for name in [where, *guesses]:
            tree = self._tree(name) if name else None
            if tree is not None:
                return [found for each in children(tree, item) if (found := _loc(each, "FileLoc", name))][
                    :MAX_ATTACHMENTS
                ]
        return []

    def _signatures(self) -> Iterator[Remark]:
        """That there are signatures, and what of the signed files is not what was signed."""
        listing = _loc(self._body, "Signatures", "")
        tree = self._tree(listing) if listing else None
        signatures = children(tree, "Signature") if tree is not None else []
        if not signatures:
            return
        yield SIGNED
        for each in signatures[:MAX_ATTACHMENTS]:
            signature = self._tree(resolve(each.get("BaseLoc") or "", listing))
            changed = ", ".join(self._changed(signature)) if signature is not None else ""
            if changed:
                detail = f"Changed after it was signed: {changed[:200]}."
                yield Remark("signature_digest_differs", detail, {"found": changed[:200]}, Level.ATTENTION)

    def _changed(self, signature: Element) -> Iterator[str]:
        for references in signature.iter("{*}References"):
            if references.get("CheckMethod") not in (SM3, "SM3"):
                continue
            for each in children(references, "Reference"):
                name = self._archive.find(each.get("FileRef") or "")
                stated = next((str(value.text or "") for value in children(each, "CheckValue")), "")
                if name is None or _decoded(stated) != sm3.sm3(self._archive.read(name)):
                    yield each.get("FileRef") or "?"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _loc(element: Element | None, name: str, base: str) -> str:
    """The path in a child of that name, from the archive's root; empty where there is none."""
    found = children(element, name) if element is not None else []
    text = str(found[0].text or "").strip() if found else ""
    return resolve(text, base)
