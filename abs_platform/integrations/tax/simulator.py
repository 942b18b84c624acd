"""A tax office for development: it verifies whatever is well formed, until somebody says otherwise.

What was said lies in Redis under the invoice's number, so that web, workers and `manage.py tax_simulator` share it.
"""

import json
import re
from decimal import Decimal

import redis

from abs_platform.core.transactions import assert_no_transaction
from abs_platform.integrations.formats.model import fold
from abs_platform.integrations.tax.status import Answer, Query, Status, Unreachable

KEY = "abs:tax-simulator"
OUTAGE = "*"  # no invoice has such a number
WELL_FORMED = re.compile(r"\d{8}|\d{20}")


class Simulator:
    """Answers at once and always alike. Refused in production by the settings."""

    name = "simulator"

    def __init__(self, *, redis_url: str) -> None:
        self._client = redis.Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=1)

    def status(self, query: Query) -> Answer:
        assert_no_transaction()
        try:
            outage, told = self._client.hmget(KEY, OUTAGE, fold(query.code + query.number))
        except redis.RedisError as error:
            raise Unreachable(f"the simulator's memory does not answer: {type(error).__name__}") from error
        if outage:
            raise Unreachable("the simulated tax office is closed")
        if told:
            stated = json.loads(told)
            amount = stated["red_amount"]
            return Answer(
                Status(stated["status"]),
                None if amount is None else Decimal(amount),
                tuple(stated["red_numbers"]),
                {"message": "told by the developer"},
            )
        known = bool(WELL_FORMED.fullmatch(fold(query.number))) and bool(query.seller_id)
        return Answer(Status.VERIFIED if known else Status.NOT_VERIFIED)

    def tell(
        self, number: str, status: Status, *, red_amount: Decimal | None = None, red_numbers: tuple[str, ...] = ()
    ) -> None:
        """From now on an invoice has this standing; `red_amount` None means all of it."""
        amount = None if red_amount is None else str(red_amount)
        told = {"status": str(status), "red_amount": amount, "red_numbers": red_numbers}
        self._client.hset(KEY, fold(number), json.dumps(told))

    def forget(self, number: str) -> None:
        """An invoice is again as if nobody had said anything."""
        self._client.hdel(KEY, fold(number))

    def close(self) -> None:
        """Answer nobody, until it is opened again."""
        self._client.hset(KEY, OUTAGE, "1")

    def open(self) -> None:
        """Answer again."""
        self._client.hdel(KEY, OUTAGE)

    def reset(self) -> None:
        """Forget everything."""
        self._client.delete(KEY)
