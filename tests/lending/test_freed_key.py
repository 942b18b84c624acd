"""A key that its refused request frees in the very moment in which the same request is sent again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from abs_platform.core import idempotency
from abs_platform.core.ids import uuid7


def test_a_key_that_is_freed_while_it_is_claimed_anew_is_claimed(committed_platform: None) -> None:
    here, digest = uuid7(), "f" * 64
    first = idempotency.claim(organisation_id=here, key="k", digest=digest)
    assert isinstance(first, idempotency.Claim)

    def let_go() -> None:
        try:
            idempotency.let_go(first)
        finally:
            connection.close()

    def freed_once_it_was_seen(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:  # Any: Django's own
        found = execute(sql, *rest)
        if sql.startswith("INSERT"):
            with ThreadPoolExecutor(1) as another:
                another.submit(let_go).result()
        return found

    with connection.execute_wrapper(freed_once_it_was_seen):
        second = idempotency.claim(organisation_id=here, key="k", digest=digest)
    assert isinstance(second, idempotency.Claim)
    idempotency.keep(second, idempotency.Answer(201, {}))
