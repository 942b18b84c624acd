"""How deep JSON is nested, told before it is parsed: every level takes from the C stack, and all of it is the process's end."""

import re

# A text that never ends is taken to the end at once: tried anew from each quote in it, it would cost the square of its length.
_SIGNS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def depth(data: bytes) -> int:
    """How deep the lists and objects in `data` are nested, were it JSON. Takes time in proportion to its length."""
    deepest = level = 0
    for match in _SIGNS.finditer(data):
        sign = match[0]
        if sign in (b"[", b"{"):
            level += 1
            deepest = max(deepest, level)
        elif sign in (b"]", b"}"):
            level -= 1
    return deepest
