"""The documents in a UBL AttachedDocument, as tax offices of Latin America hand invoices over.

Source: UBL 2.1, AttachedDocument: the document is in cac:Attachment, its XML written as text, or any file in Base64.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator

from abs_platform.core.filenames import clean_path
from abs_platform.integrations.formats.archives import is_archive
from abs_platform.integrations.formats.fields import NAMESPACES, UBL, Element
from abs_platform.integrations.formats.reading import Member
from abs_platform.integrations.formats.refusal import Refused

ROOT = f"{{{UBL}AttachedDocument-2}}AttachedDocument"
NAMESPACE = f"{UBL}AttachedDocument-2".encode()
MAX_FILES = 50
# Of a document within, by when its root's namespace stands there.
HEAD = 16 * 1024
WRITTEN = "cac:Attachment/cac:ExternalReference/cbc:Description"
EMBEDDED = "cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
# It tells the encoding of a file that is no more: what is read here is text.
DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


def documents_in(root: Element) -> tuple[Member, ...]:
    """Each as a file. Raises Refused: archive_damaged, archive_too_many, archive_too_deep where one holds others again."""
    found = tuple(_files(root))
    if len(found) > MAX_FILES:
        detail = f"More than {MAX_FILES} documents are attached. Send them apart."
        raise Refused("archive_too_many", detail, limit=MAX_FILES)
    if any(_holds_others(member.data) for member in found):
        raise Refused("archive_too_deep", "What is attached holds others again. Send it by itself.", limit=1)
    return found


def _holds_others(data: bytes) -> bool:
    return is_archive(data) or NAMESPACE in data[:HEAD]


def _files(root: Element) -> Iterator[Member]:
    for number, element in enumerate(root.iterfind(WRITTEN, NAMESPACES), start=1):
        text = DECLARATION.sub("", element.text or "", count=1)
        if text.lstrip().startswith("<"):
            yield Member(f"{number}.xml", text.encode())
    for number, element in enumerate(root.iterfind(EMBEDDED, NAMESPACES), start=1):
        name = clean_path(element.get("filename") or f"{number}")
        try:
            data = b64decode(re.sub(r"\s", "", element.text or ""), validate=True)
        except (binascii.Error, ValueError) as error:
            raise Refused("archive_damaged", f"“{name}” is no Base64: {error}", line=element.sourceline) from error
        if data:
            yield Member(name, data)
