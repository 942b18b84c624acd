"""A funder with two people, and a right of the supplier's sample trade."""

from decimal import Decimal

import pytest

from abs_platform.config.sample import trade as sample
from abs_platform.rights.models import Right
from tests.support.financing import performed
from tests.support.fixtures import committed_world, module_world, storage_folder, world
from tests.support.lending import Lender, lender_of
from tests.support.papers import not_due_yet
from tests.support.world import World, drain

__all__ = ["committed_world", "module_world", "storage_folder", "world"]

BASE = Decimal("159153.72")
DUE = max(sample.DUE, not_due_yet())


@pytest.fixture(scope="module")
def module_lender(module_world: World) -> Lender:
    return lender_of(module_world)


@pytest.fixture
def lender(module_lender: Lender, db: None) -> Lender:
    """The bank, with two people."""
    return module_lender


@pytest.fixture(scope="module")
def module_right(module_world: World) -> Right:
    for document in module_world.supplier.submit(sample.files(due=DUE)):
        if document.kind in ("order", "receipt_advice"):
            module_world.core.decide(document)
    drain()
    return Right.objects.get(trade__seller=module_world.supplier.organisation)


@pytest.fixture
def other_right(world: World) -> Right:
    """Another one, on rung 4."""
    return performed(world, "PO-2", price="100.00")


@pytest.fixture
def right(module_right: Right, db: None) -> Right:
    """What the sample trade supports once its order and receipt are confirmed: 159,153.72, not due yet."""
    return Right.objects.get(id=module_right.id)
