"""Figures of a benchmark: their form and whether they reach their goal."""

import json
import math
import re
from dataclasses import asdict, dataclass

_GOAL = re.compile(r"(>=|<=|>|<)\s*(\d+(?:\.\d+)?)")
_KEYS = frozenset({"name", "value", "unit", "peer", "peer_value", "ratio", "goal"})


class InvalidFigures(Exception):
    """What a benchmark returned is not a list of figures."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A median of several rounds; `goal` is about `ratio`. Peer, its value and the ratio are None without a peer."""

    name: str
    value: float
    unit: str
    peer: str | None
    peer_value: float | None
    ratio: float | None
    goal: str | None

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def is_met(self) -> bool | None:
        """Whether the ratio reaches the goal; None where there is nothing to compare."""
        match = _GOAL.fullmatch(self.goal or "")
        if match is None or self.ratio is None:
            return None
        limit = float(match[2])
        return {
            ">=": self.ratio >= limit,
            "<=": self.ratio <= limit,
            ">": self.ratio > limit,
            "<": self.ratio < limit,
        }[match[1]]


def read_figures(text: str) -> list[Figure]:
    """Parse and check what a benchmark returned. Raises InvalidFigures."""
    try:
        items = json.loads(text)
    except ValueError as error:
        raise InvalidFigures(str(error)) from error
    if not isinstance(items, list) or not items:
        raise InvalidFigures("not a list of figures")
    return [_figure(item) for item in items]


def _figure(item: object) -> Figure:
    if not isinstance(item, dict) or set(item) != _KEYS:
        raise InvalidFigures(f"a figure has exactly the keys {', '.join(sorted(_KEYS))}; this has not: {item!r}")
    for key in ("value", "peer_value", "ratio"):
        number = item[key]
        is_number = isinstance(number, int | float) and not isinstance(number, bool) and math.isfinite(number)
        if not is_number and (number is not None or key == "value"):
            raise InvalidFigures(f"{key} of {item['name']!r} is no number: {number!r}")
    for key in ("name", "unit", "peer", "goal"):
        if not isinstance(item[key], str) and (item[key] is not None or key in {"name", "unit"}):
            raise InvalidFigures(f"{key} of {item['name']!r} is no text: {item[key]!r}")
    return Figure(**item)
