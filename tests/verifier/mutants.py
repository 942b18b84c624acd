"""Seeded changes of bundles, trust files, notes and signatures."""

import base64
import copy
import json
import random
import re
from collections.abc import Iterator
from typing import Any

JUNK: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2**53,
    10**30,
    1.5,
    "",
    "0",
    "0x",
    "\x00",
    "é" * 300,
    "00" * 32,
    [],
    {},
    [None],
    [[]],
]
Place = tuple[Any, ...]  # keys and positions


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """The path of every value within."""
    if at:
        yield at
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*at, key))


def found(value: Any, at: Place) -> Any:
    for key in at:
        value = value[key]
    return value


def replaced(value: Any, at: Place, new: Any, delete: bool = False) -> Any:
    changed = copy.deepcopy(value)
    parent = found(changed, at[:-1])
    if delete:
        del parent[at[-1]]
    else:
        parent[at[-1]] = new
    return changed


def flipped(data: bytes, rng: random.Random) -> bytes:
    """One bit the other way."""
    changed = bytearray(data)
    at = rng.randrange(len(changed))
    changed[at] ^= 1 << rng.randrange(8)
    return bytes(changed)


def mutated_text(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    other = rng.choice("0123456789abcdef/+=~ \nAZ\u00a0\ufeff\x1c\u3000\U0001f512\u202e")
    match rng.randrange(5):
        case 0:
            return text[:at] + other + text[at:]
        case 1:
            return text[:at] + text[at + 1 :]
        case 2:
            return text[:at] + other + text[at + 1 :]
        case 3:
            return text.upper()
        case _:
            return text + text[: rng.randrange(4)]


def mutated_note(note: str, rng: random.Random) -> str:
    """A line of the note changed, doubled, left out or moved; or one bit of a signature or of the root flipped."""
    lines = note.split("\n")
    at = rng.randrange(len(lines) - 1)
    match rng.randrange(6):
        case 0:
            lines[at] = mutated_text(lines[at], rng)
        case 1:
            lines.insert(at, lines[at])
        case 2:
            del lines[at]
        case 3:
            other = rng.randrange(len(lines) - 1)
            lines[at], lines[other] = lines[other], lines[at]
        case _:
            signed = [position for position, line in enumerate(lines) if line.startswith("\u2014 ")]
            at = rng.choice([2, *signed, *signed])
            *head, value = lines[at].split(" ")
            lines[at] = " ".join([*head, base64.b64encode(flipped(base64.b64decode(value), rng)).decode()])
    return "\n".join(lines)


def mutated(value: Any, rng: random.Random) -> Any:
    """JSON with one value changed, doubled or left out."""
    at = rng.choice(list(places(value)))
    old = found(value, at)
    choice = rng.randrange(8)
    if choice == 0:
        return replaced(value, at, None, delete=True)
    if choice == 1:
        return replaced(value, at, rng.choice(JUNK))
    if at[-1] == "checkpoint" and isinstance(old, str):
        return replaced(value, at, mutated_note(old, rng))
    if isinstance(old, str) and rng.random() < 0.5 and re.fullmatch(r"[0-9a-f]{64,}", old):
        return replaced(value, at, flipped(bytes.fromhex(old), rng).hex())
    if isinstance(old, str):
        return replaced(value, at, mutated_text(old, rng))
    if isinstance(old, bool) or old is None:
        return replaced(value, at, rng.choice(JUNK))
    if isinstance(old, int):
        return replaced(value, at, old + rng.choice([-1, 1, 2**20, 2**52]))
    if isinstance(old, list) and old:
        return replaced(value, at, rng.choice([old + old[:1], old[1:], old[::-1], old * 33]))
    return replaced(value, at, rng.choice([old, {}, [old]]))


def mutated_bytes(value: Any, rng: random.Random) -> bytes:
    """The JSON's bytes with some flipped, cut off or written twice."""
    data = json.dumps(value, ensure_ascii=rng.random() < 0.5).encode()
    match rng.randrange(4):
        case 0:
            return data[: rng.randrange(len(data))]
        case 1:
            at = rng.randrange(len(data))
            return data[:at] + data[at : at + rng.randrange(40)] + data[at:]
        case _:
            for _ in range(rng.randrange(1, 3)):
                data = flipped(data, rng)
            return data


def arbitrary(rng: random.Random, depth: int = 3) -> Any:
    """Any JSON."""
    match rng.randrange(7 if depth else 4):
        case 0:
            return rng.choice(JUNK)
        case 1:
            return rng.randrange(-(2**70), 2**70) >> rng.randrange(70)
        case 2 | 3:
            return "".join(chr(rng.randrange(0xD800)) for _ in range(rng.randrange(12)))
        case 4:
            return [arbitrary(rng, depth - 1) for _ in range(rng.randrange(5))]
        case _:
            return {str(arbitrary(rng, 0)): arbitrary(rng, depth - 1) for _ in range(rng.randrange(5))}
