"""Guards around database transactions."""

from django.db import connection


class NetworkInTransactionError(RuntimeError):
    """A network call was about to be made while a database transaction was open."""


def assert_no_transaction() -> None:
    """Every integration calls this before it touches the network.

    A transaction that waits for a network holds its row locks for as long as the other side likes. The transaction
    that wraps a test case does not count.
    """
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise NetworkInTransactionError("network call inside a database transaction")
