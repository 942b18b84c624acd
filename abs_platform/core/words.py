"""Words in the platform's two languages, side by side, for what leaves as a file."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

Language = Literal["zh", "en"]
LANGUAGES: Final = get_args(Language)
Pair = tuple[str, str]
"""Chinese, English."""


def word(pair: Pair, language: str) -> str:
    """The one of the two."""
    return pair[LANGUAGES.index(language)]


def said(words: Mapping[str, Pair], code: str, language: str) -> str:
    """A code in words; one that has none as it is."""
    return word(words[code], language) if code in words else code
