"""What benchmarks share: rounds in turn, medians, the form of a figure."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

Progress = Callable[[str], None]
Figure = dict[str, Any]  # Any: JSON, checked by read_figures


def timed(work: Callable[[], object]) -> float:
    """How many seconds it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def plain(name: str, value: float, unit: str) -> Figure:
    """A figure without a peer."""
    return {
        "name": name, "value": value, "unit": unit, "peer": None, "peer_value": None, "ratio": None, "goal": None,
    }  # fmt: skip


def faster(
    name: str, unit: str, ours: Sequence[float], peer: str, theirs: Sequence[float], goal: str | None = None
) -> Figure:
    """Both took some time, round by round; the ratio is how many times faster than the peer we are."""
    return _figure(name, unit, ours, peer, theirs, [their / our for our, their in zip(ours, theirs, strict=True)], goal)


def share(
    name: str, unit: str, ours: Sequence[float], peer: str, theirs: Sequence[float], goal: str | None = None
) -> Figure:
    """Both reached some value, round by round; the ratio is ours as a multiple of the peer's."""
    return _figure(name, unit, ours, peer, theirs, [our / their for our, their in zip(ours, theirs, strict=True)], goal)


def _figure(
    name: str,
    unit: str,
    ours: Sequence[float],
    peer: str,
    theirs: Sequence[float],
    ratios: Sequence[float],
    goal: str | None,
) -> Figure:
    return {
        "name": name,
        "value": statistics.median(ours),
        "unit": unit,
        "peer": peer,
        "peer_value": statistics.median(theirs),
        "ratio": statistics.median(ratios),
        "goal": goal,
    }
