"""Paths within a container: GB/T 33190-2016, 7.1 (ST_Loc)."""

import posixpath

MAX_PATH = 500


def resolve(path: str, base: str) -> str:
    """`path` as the file `base` means it, from the container's root; empty where there is none.

    It is only ever looked up among the container's own names.
    """
    if not path or len(path) > MAX_PATH:
        return ""
    joined = path if path.startswith("/") else posixpath.join("/", posixpath.dirname(base), path)
    return posixpath.normpath(joined).lstrip("/")
