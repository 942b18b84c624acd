"""What a table of paths may not say."""

import pytest

from abs_platform.integrations.formats.xml_rows import table, text


def test_a_path_is_taken_or_gone_into() -> None:
    """Of both, the element's own text would be lost."""
    with pytest.raises(ValueError, match="Item"):
        table({"cac:Item": text("item"), "cac:Item/cbc:Name": text("name")}, {"cac": "urn:a", "cbc": "urn:b"})
