from typing import Any

import pytest

from tests.support.fixtures import committed_world, storage_folder

__all__ = ["committed_world", "storage_folder"]


@pytest.fixture(autouse=True)
def _nothing_periodic(settings: Any) -> None:
    """These tests count the jobs that they made."""
    settings.JOB_SCHEDULE = {}
