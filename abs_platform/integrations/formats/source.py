"""A file to be read, and what its bytes say of it."""

from functools import cached_property

from lxml import etree

from abs_platform.integrations.formats import archives, xml_reading

# UN/CEFACT Standard Business Document Header 1.3, as Peppol sends it.
_SBDH = "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}"
ENVELOPE = f"{_SBDH}StandardBusinessDocument"


class Source:
    """The bytes of a file. Each question is answered once, however many formats ask it."""

    def __init__(self, data: bytes, claimed: frozenset[str] = frozenset()) -> None:
        """`claimed`: the XML roots that some format claims (see reading.Format)."""
        self.data = data
        self._claimed = claimed

    @cached_property
    def root(self) -> "etree._Element | None":
        """The root element, where the file is XML; of an envelope, that of the one document in it.

        Raises Refused (see xml_reading).
        """
        root = xml_reading.read(self.data, self._claimed)
        return root if root is None or root.tag != ENVELOPE else _enclosed(root)

    @cached_property
    def root_name(self) -> str:
        """The root's "{namespace}Name"; empty where the file is no XML."""
        return "" if self.root is None else str(self.root.tag)

    @cached_property
    def archive(self) -> archives.Archive | None:
        """The ZIP container, where the file is one. Raises Refused (see archives)."""
        return archives.Archive(self.data) if archives.is_archive(self.data) else None


def _enclosed(envelope: "etree._Element") -> "etree._Element":
    """The document in an envelope; the envelope itself where it holds none or several."""
    documents = [each for each in envelope if each.tag != f"{_SBDH}StandardBusinessDocumentHeader"]
    return documents[0] if len(documents) == 1 else envelope
