"""Live events: after commit, a word to every browser of the organisations concerned that something changed.

An event carries a kind and an id, never content: whoever hears it asks the API, which decides what may be seen.
Losing one is harmless, since the interface polls as a fallback; so an unreachable Redis is logged and passed over.
"""

import json
import logging
from collections.abc import Iterable
from functools import cache
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)


def channel_of(organisation_id: UUID) -> str:
    """The Redis pub/sub channel of an organisation."""
    return f"abs:organisation:{organisation_id}"


@cache
def _client() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1, retry=Retry(NoBackoff(), 0)
    )


def notify(organisation_ids: Iterable[UUID | None], kind: str, id: UUID) -> None:
    """Once the present transaction commits, tell the organisations that `kind` `id` changed."""
    message = json.dumps({"kind": kind, "id": str(id)})
    channels = sorted({channel_of(organisation) for organisation in organisation_ids if organisation})

    def publish() -> None:
        try:
            with _client().pipeline(transaction=False) as pipe:
                for channel in channels:
                    pipe.publish(channel, message)
                pipe.execute()
        except redis.RedisError as error:
            log.warning("live event not published: %s", error)

    transaction.on_commit(publish)
