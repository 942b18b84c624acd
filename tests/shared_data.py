"""Third-party test data that lies beside the project, outside the repository; tests that need it skip without it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
VECTORS = Path(__file__).resolve().parent / "vectors"


def shared(name: str) -> Path:
    """The file or folder of that name below the shared data. Skips the test when it is not there."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"shared test data is missing: {name}")
    return path
