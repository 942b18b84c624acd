"""No network call waits inside a database transaction, holding its locks for as long as the other side likes."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import transaction

from abs_platform.core.transactions import NetworkInTransactionError, assert_no_transaction
from abs_platform.integrations import chains
from abs_platform.integrations.storage import storage
from tests.support.world import World


def chain() -> chains.ChainClient:
    if not settings.CHAINS:
        pytest.skip("no chain: set ABS_CHAINS, as `./abs test` does")
    return chains.client(settings.CHAINS[0]["name"], contract="")


CALLS: dict[str, Callable[[], object]] = {
    "storing a file": lambda: storage().draft("f" * 64),
    "deleting a file": lambda: storage().delete("f" * 64),
    "asking a chain who it is": lambda: chain().chain_id(),
    "asking a chain for its head": lambda: chain().head(),
}


@pytest.mark.parametrize("what", CALLS)
def test_a_network_call_inside_a_transaction_is_refused(what: str, world: World) -> None:
    with pytest.raises(NetworkInTransactionError), transaction.atomic():
        CALLS[what]()
    CALLS[what]()


def test_a_tests_own_transaction_does_not_count(world: World) -> None:
    assert_no_transaction()
    with transaction.atomic():
        with pytest.raises(NetworkInTransactionError):
            assert_no_transaction()
        with transaction.atomic(), pytest.raises(NetworkInTransactionError):
            assert_no_transaction()
    assert_no_transaction()


def test_a_file_is_received_and_read_outside_of_transactions(world: World) -> None:
    with pytest.raises(NetworkInTransactionError), transaction.atomic():
        world.supplier.submit({"a.txt": b"a"})
