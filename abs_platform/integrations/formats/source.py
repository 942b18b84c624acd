"""A file to be read, and what its bytes say of it."""

from functools import cached_property

from lxml import etree

from abs_platform.integrations.formats import archives, xml_reading


class Source:
    """The bytes of a file. Each question is answered once, however many formats ask it."""

    def __init__(self, data: bytes, claimed: frozenset[str] = frozenset()) -> None:
        """`claimed`: the XML roots that some format claims (see reading.Format)."""
        self.data = data
        self._claimed = claimed

    @cached_property
    def root(self) -> "etree._Element | None":
        """The root element, where the file is XML. Raises Refused (see xml_reading)."""
        return xml_reading.read(self.data, self._claimed)

    @cached_property
    def root_name(self) -> str:
        """The root's "{namespace}Name"; empty where the file is no XML."""
        return "" if self.root is None else str(self.root.tag)

    @cached_property
    def archive(self) -> archives.Archive | None:
        """The ZIP container, where the file is one. Raises Refused (see archives)."""
        return archives.Archive(self.data) if archives.is_archive(self.data) else None
