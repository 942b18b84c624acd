from typing import Any

import pytest

from tests.support.fixtures import committed_world, module_world, storage_folder, world
from tests.support.stage import WITNESS, WITNESS_NAME

__all__ = ["committed_world", "module_world", "storage_folder", "world"]


@pytest.fixture(autouse=True)
def one_witness(settings: Any) -> None:
    settings.WITNESSES = [{"name": WITNESS_NAME, "public": WITNESS.public.hex()}]
