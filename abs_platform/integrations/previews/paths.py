"""Path data of OFD as polylines: curves become as many short lines as the eye needs.

Source: GB/T 33190-2016, 9.1 (AbbreviatedData): S and M start, L a line, Q and B curves of Bézier, A an arc, C closes.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import atan2, ceil, cos, hypot, pi, radians, sin, sqrt

Point = tuple[float, float]

ARGUMENTS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
STEPS = 16  # of a curve
MAX_POINTS = 200_000


def flattened(data: str | None) -> list[list[Point]]:
    """The subpaths of a path. Raises ValueError for what is no path, or one of too many points."""
    lines: list[list[Point]] = []
    count = 0
    for command, values in _commands((data or "").split()):
        if command in ("S", "M"):
            lines.append([(values[0], values[1])])
            continue
        if not lines:
            raise ValueError("a path begins with its start")
        line = lines[-1]
        drawn = list(_drawn(command, values, line))
        count += len(drawn)
        if count > MAX_POINTS:
            raise ValueError("too many points")
        line.extend(drawn)
    return lines


def _commands(words: list[str]) -> Iterator[tuple[str, list[float]]]:
    at = 0
    while at < len(words):
        command = words[at]
        if command not in ARGUMENTS:
            raise ValueError(f"no path command: {command[:20]!r}")
        end = at + 1 + ARGUMENTS[command]
        values = [float(word) for word in words[at + 1 : end]]
        if len(values) != ARGUMENTS[command] or not all(abs(value) < 1e6 for value in values):
            raise ValueError(f"{command} is incomplete")
        yield command, values
        at = end


def _drawn(command: str, values: list[float], line: list[Point]) -> Iterator[Point]:
    start = line[-1]
    if command == "L":
        yield values[0], values[1]
    elif command == "C":
        yield line[0]
    elif command == "A":
        yield from _arc(start, values)
    else:
        points = [start, *zip(values[::2], values[1::2], strict=True)]
        for step in range(1, STEPS + 1):
            yield _bezier(points, step / STEPS)


def _bezier(points: list[Point], t: float) -> Point:
    """De Casteljau."""
    while len(points) > 1:
        points = [(x + (u - x) * t, y + (v - y) * t) for (x, y), (u, v) in pairwise(points)]
    return points[0]


def _arc(start: Point, values: list[float]) -> Iterator[Point]:
    """An elliptical arc by its end points (as SVG 1.1, F.6.5)."""
    rx, ry, angle, large, sweep, x, y = values
    rx, ry, turn = abs(rx), abs(ry), radians(angle)
    if not rx or not ry or start == (x, y):
        yield x, y
        return
    dx, dy = (start[0] - x) / 2, (start[1] - y) / 2
    px, py = cos(turn) * dx + sin(turn) * dy, -sin(turn) * dx + cos(turn) * dy
    grown = hypot(px / rx, py / ry)
    if grown > 1:
        rx, ry = rx * grown, ry * grown
    below = (rx * py) ** 2 + (ry * px) ** 2
    factor = sqrt(max(0.0, ((rx * ry) ** 2 - below) / below)) if below else 0.0
    if bool(large) == bool(sweep):
        factor = -factor
    cx, cy = factor * rx * py / ry, -factor * ry * px / rx
    first = atan2((py - cy) / ry, (px - cx) / rx)
    last = atan2((-py - cy) / ry, (-px - cx) / rx)
    span = last - first
    if sweep and span < 0:
        span += 2 * pi
    elif not sweep and span > 0:
        span -= 2 * pi
    mx, my = (start[0] + x) / 2, (start[1] + y) / 2
    steps = max(2, ceil(abs(span) / pi * STEPS))
    for step in range(1, steps + 1):
        at = first + span * step / steps
        ex, ey = rx * cos(at) + cx, ry * sin(at) + cy
        yield cos(turn) * ex - sin(turn) * ey + mx, sin(turn) * ex + cos(turn) * ey + my
