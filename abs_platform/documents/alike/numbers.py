"""Whether two invoice numbers look like one number written in two ways. Pure Python."""

import re
from enum import StrEnum

from abs_platform.integrations.formats.model import fold

# Signs that are taken for each other, by people and by text recognition.
CONFUSABLE = str.maketrans("oqilzsb", "0011258")
MIN_STEM = 4  # of fewer signs everything is a part of everything
MAX_AFFIX = 4
NEIGHBOURHOOD = 100
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_COUNTER = re.compile(r"(.*?)(\d{1,18})")


class Likeness(StrEnum):
    """How two numbers resemble each other; NEIGHBOURS are how one seller's honest numbers do."""

    SAME = "same"  # but for punctuation, zeros and signs that are taken for each other
    AFFIX = "affix"  # one is the other with something before or behind it
    TRANSPOSED = "transposed"
    TYPO = "typo"  # one sign more, less or other
    NEIGHBOURS = "neighbours"  # of one counter
    NONE = "none"


def plain(number: str) -> str:
    """Folded; of letters and digits, and one dash for whatever else stands between them."""
    return re.sub(r"[\W_]+", "-", number_without_blanks(number)).strip("-")


def number_without_blanks(number: str) -> str:
    """Folded, a blank counting as punctuation."""
    return fold("-".join(number.split()))


def bare(plain_number: str) -> str:
    """Without punctuation, then without leading zeros in any run of digits: documents.rules.number_shape looks so too."""
    return _ZEROS.sub("", plain_number.replace("-", ""))


def likeness(one: str, other: str) -> Likeness:
    """How two numbers, as `plain` gives them, resemble each other."""
    first, second = one.translate(CONFUSABLE), other.translate(CONFUSABLE)
    if bare(first) == bare(second) or bare(_ZEROS.sub("", first)) == bare(_ZEROS.sub("", second)):
        return Likeness.SAME
    one, other, first, second = (number.replace("-", "") for number in (one, other, first, second))
    if _are_neighbours(one, other):
        return Likeness.NEIGHBOURS
    short, long = sorted((first, second), key=len)
    added = len(long) - len(short)
    if len(short) < MIN_STEM or added > MAX_AFFIX:
        return Likeness.NONE
    if added and (long.startswith(short) or long.endswith(short)):
        return Likeness.AFFIX
    return _slip(short, long)


def _are_neighbours(one: str, other: str) -> bool:
    """Two numbers of one counter, close together: what comes before is equal, as is the length."""
    if len(one) != len(other):
        return False
    first, second = _COUNTER.fullmatch(one), _COUNTER.fullmatch(other)
    if first is None or second is None or first[1] != second[1]:
        return False
    return 0 < abs(int(first[2]) - int(second[2])) <= NEIGHBOURHOOD


def _slip(short: str, long: str) -> Likeness:
    """A slip of the pen: two signs in each other's place, or one sign more, less or other."""
    start = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    left, right = short[start:], long[start:]
    if len(short) == len(long):
        if left[1:] == right[1:]:
            return Likeness.TYPO
        if left[:2] == right[1::-1] and left[2:] == right[2:]:
            return Likeness.TRANSPOSED
        return Likeness.NONE
    return Likeness.TYPO if left == right[1:] else Likeness.NONE
