"""Live events: after commit, a word to every browser of the organisations concerned that something changed.

An event carries a kind and an id, never content: whoever hears it asks the API, which decides what may be seen.
Losing one is harmless, since the interface polls as a fallback; so an unreachable Redis is logged and passed over.
"""

import json
import logging
import time
from collections.abc import Iterable, Sequence
from functools import cache
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

SILENCE_SECONDS = 30


def channel_of(organisation_id: UUID) -> str:
    """The Redis pub/sub channel of an organisation."""
    return f"abs:organisation:{organisation_id}"


@cache
def _client() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1, retry=Retry(NoBackoff(), 0)
    )


Message = tuple[Iterable[UUID | None], str, UUID]


def notify(organisation_ids: Iterable[UUID | None], kind: str, id: UUID) -> None:
    """Once the present transaction commits, tell the organisations that `kind` `id` changed."""
    notify_all([(organisation_ids, kind, id)])


def notify_all(messages: Sequence[Message]) -> None:
    """`notify` for many at once, in one exchange with Redis."""
    outgoing = [
        (channel_of(organisation), json.dumps({"kind": kind, "id": str(id)}))
        for organisations, kind, id in messages
        for organisation in dict.fromkeys(organisations)
        if organisation
    ]
    if outgoing:
        transaction.on_commit(lambda: _publisher.publish(outgoing))


class _Publisher:
    """Publishes to Redis; where that does not answer, it stays silent for a while, since each attempt costs seconds."""

    def __init__(self) -> None:
        self._silent_until = 0.0

    def publish(self, outgoing: Sequence[tuple[str, str]]) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            with _client().pipeline(transaction=False) as pipe:
                for channel, message in outgoing:
                    pipe.publish(channel, message)
                pipe.execute()
        except redis.RedisError as error:
            self._silent_until = time.monotonic() + SILENCE_SECONDS
            log.warning("live events not published: %s", error)


_publisher = _Publisher()
