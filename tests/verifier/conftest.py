"""Two chains on loopback for the whole run, back to honest answers before each test."""

from collections.abc import Iterator

import pytest

from tests.verifier.builder import Case, make_case
from tests.verifier.chain import FakeChain


@pytest.fixture(scope="session")
def running_chains() -> Iterator[dict[str, FakeChain]]:
    chains = {"business": FakeChain("business", 31337), "regulator": FakeChain("regulator", 31338)}
    yield chains
    for chain in chains.values():
        chain.close()


@pytest.fixture
def chains(running_chains: dict[str, FakeChain]) -> dict[str, FakeChain]:
    for chain in running_chains.values():
        chain.reset()
    return running_chains


@pytest.fixture
def case(chains: dict[str, FakeChain]) -> Case:
    """Anchored on both chains."""
    return make_case(chains)


@pytest.fixture
def single(chains: dict[str, FakeChain]) -> Case:
    """Anchored on the business chain alone, the only one trusted."""
    return make_case({"business": chains["business"]})
