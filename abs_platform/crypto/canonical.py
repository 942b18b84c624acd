"""Canonical JSON (RFC 8785) for what is digested and signed: equal values give equal bytes.

A subset: strings, integers, booleans, null, arrays, objects. Floating-point numbers are refused, as are integers that
a JavaScript reader could not hold (beyond 2**53 - 1): amounts travel as strings.
"""

import json

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 64

_PLAIN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical_json(value: object) -> bytes:
    """UTF-8 bytes. Raises ValueError for what has no canonical form here (floats, big integers, lone surrogates,
    keys that are not strings, nesting beyond 64)."""
    try:
        return _written(value).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("a string holds half a surrogate pair, which is no text") from None


def _written(value: object) -> str:
    if _is_plain(value, 0):
        return _PLAIN.encode(value)
    pieces: list[str] = []
    _write(value, pieces, 0)
    return "".join(pieces)


def _is_plain(value: object, depth: int) -> bool:
    """Whether the standard library writes it in the same form: it sorts keys by code points, which for ASCII are UTF-16's."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return -MAX_INTEGER <= value <= MAX_INTEGER  # type: ignore[operator]  # a whole number
    if depth >= MAX_DEPTH:
        return False
    if kind is dict:
        return all(
            type(key) is str and key.isascii() and (type(each) is str or _is_plain(each, depth + 1))
            for key, each in value.items()  # type: ignore[attr-defined]  # an object
        )
    if kind is list or kind is tuple:
        return all(type(each) is str or _is_plain(each, depth + 1) for each in value)  # type: ignore[attr-defined]  # a list
    return False


def _write(value: object, out: list[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH}")
    if value is None:
        out.append("null")
    elif isinstance(value, bool):
        out.append("true" if value else "false")
    elif isinstance(value, str):
        out.append(_string(value))
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise ValueError("an integer beyond 2**53 - 1: pass it as a string")
        out.append(int.__repr__(value))
    elif isinstance(value, dict):
        _write_object(value, out, depth)
    elif isinstance(value, list | tuple):
        out.append("[")
        for index, item in enumerate(value):
            if index:
                out.append(",")
            _write(item, out, depth + 1)
        out.append("]")
    else:
        raise ValueError(f"no canonical form for {type(value).__name__}")


def _write_object(value: dict[object, object], out: list[str], depth: int) -> None:
    keys: list[str] = []
    for key in value:
        if not isinstance(key, str):
            raise ValueError("an object's keys must be strings")
        keys.append(key)
    out.append("{")
    for index, key in enumerate(sorted(keys, key=_utf16)):
        if index:
            out.append(",")
        out.append(_string(key))
        out.append(":")
        _write(value[key], out, depth + 1)
    out.append("}")


def _utf16(key: str) -> bytes:
    """RFC 8785 section 3.2.3 sorts by UTF-16 code units, which differs from code points beyond the basic plane."""
    return key.encode("utf-16-be", "surrogatepass")


def _string(value: str) -> str:
    """json escapes exactly as RFC 8785 section 3.2.2.2 does."""
    return json.dumps(value, ensure_ascii=False)
