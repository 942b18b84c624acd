"""Runs one benchmark module in a process of its own.

    python -m abs_platform.launch.bench_runner NAME FILE

imports tests.bench.NAME (Django is set up first, where there is a database), calls its `figures(progress)` and writes
what that returns to FILE as JSON. `progress` takes lines of text for the person who waits.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, cast

import django


class BenchModule(Protocol):
    """What a module of tests/bench offers. Any: JSON, checked by read_figures."""

    def figures(self, progress: Callable[[str], None]) -> list[dict[str, Any]]: ...


def _progress(text: str) -> None:
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


def main(name: str, file: str) -> None:
    if "DATABASE_URL" in os.environ:
        django.setup()
    module = cast(BenchModule, importlib.import_module(f"tests.bench.{name}"))
    Path(file).write_text(json.dumps(module.figures(_progress)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
