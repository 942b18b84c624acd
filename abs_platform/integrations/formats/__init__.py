"""Business documents in the formats of the outside world, read into one shape (`model.Extracted`).

A reader recognises its documents by content, never by file name. What no reader knows is an attachment, not an error.
"""

from abs_platform.integrations.formats import ubl
from abs_platform.integrations.formats.keys import business_key, content_key
from abs_platform.integrations.formats.model import Extracted
from abs_platform.integrations.formats.refusal import Refused

__all__ = ["Refused", "business_key", "content_key", "parse"]


def parse(data: bytes) -> Extracted | None:
    """The business document in `data`; None when it is none that we read (it is then kept as an attachment).

    Raises Refused for what claims to be a business document, or is XML with a DOCTYPE, and must not be taken.
    """
    return ubl.parse(data)
