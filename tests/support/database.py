"""Tests within a transaction that is taken back, shared by the tests of a module where that saves time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is written within the block is taken back at its end. Nests. Like a test case's own transaction, it is
    none that `assert_no_transaction` minds."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as django.test.TestCase does
    with block:
        yield
        transaction.set_rollback(True)
