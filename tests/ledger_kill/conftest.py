"""One scene for all tests here: making it takes longer than each of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger_kill.scene import Scene, scene


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("kill") / "state"
    with scene(folder) as made:
        yield made
