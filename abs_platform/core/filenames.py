"""Names of files that strangers chose: labels for people, never paths."""

import unicodedata
from pathlib import PurePosixPath

MAX_NAME = 200


def clean_filename(name: str) -> str:
    """The last part of a name without control, format (bidi) and path characters, at most 200 characters long.

    Every kind of white space, line and paragraph separators among them, is a plain space.
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(" " if unicodedata.category(c)[0] == "Z" else c for c in last if unicodedata.category(c)[0] != "C")
    kept = kept.strip(" .")
    if len(kept) > MAX_NAME:
        stem, dot, suffix = kept.rpartition(".")
        kept = f"{stem[: MAX_NAME - len(suffix) - 1]}.{suffix}" if dot and len(suffix) <= 10 else kept[:MAX_NAME]
    return kept or "unnamed"


def clean_path(name: str) -> str:
    """The same for a path within an archive: every part cleaned, parts that lead elsewhere left out."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part.strip(" ./")]
    return "/".join(clean_filename(part) for part in parts) or "unnamed"
