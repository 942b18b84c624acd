"""Live events to the browser: server-sent events over Redis pub/sub.

A stream lasts as long as its tab and holds no database connection: there are few of those, and many tabs.
"""

import asyncio
import json
import time
import weakref
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from abs_platform.core.events import channel_of
from abs_platform.core.rest import problems
from abs_platform.parties import selectors
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Person

HEARTBEAT_SECONDS = 15.0
MOST_OF_A_PERSON = 6
MOST = 500  # in this process; each holds a thread of the server and a connection to Redis


@dataclass(eq=False, slots=True)
class _Place:
    """One open stream."""

    person_id: UUID


@dataclass(slots=True)
class _Places:
    """The streams that are open in this process."""

    taken: set[_Place] = field(default_factory=set)

    def take(self, person_id: UUID) -> _Place | None:
        """A place for one more stream, or None when there are enough."""
        taken = list(self.taken)
        if len(taken) >= MOST or sum(place.person_id == person_id for place in taken) >= MOST_OF_A_PERSON:
            return None
        place = _Place(person_id)
        self.taken.add(place)
        return place

    def leave(self, place: _Place) -> None:
        """Give a place back; once more does no harm."""
        self.taken.discard(place)


_places = _Places()


def _listener(session_key: str | None) -> Actor | None:
    """Whose live session that is now, None when nobody's who acts for an organisation. Gives its connection back."""
    try:
        asking = HttpRequest()
        asking.session = SessionStore(session_key)
        person = get_user(asking)
        actor = selectors.actor_of_person(person) if isinstance(person, Person) else None
    finally:
        # Kept, it would be this stream's for as long as the tab is open. A transaction around it is a test's own.
        if not connection.in_atomic_block:
            connection.close()
    return actor if actor and actor.organisation_id else None


async def _listen(channel: str, session_key: str | None, actor: Actor, place: _Place) -> AsyncIterator[str]:
    """The stream; it ends soon after the session, the account or the membership does."""
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
    try:
        async with client.pubsub() as subscription:
            await subscription.subscribe(channel)
            yield "retry: 3000\n\n"
            checked = time.monotonic()
            while True:
                message = await subscription.get_message(ignore_subscribe_messages=True, timeout=HEARTBEAT_SECONDS)
                if time.monotonic() - checked >= HEARTBEAT_SECONDS:
                    now = await sync_to_async(_listener)(session_key)
                    if now is None or (now.person_id, now.organisation_id) != (actor.person_id, actor.organisation_id):
                        return
                    checked = time.monotonic()
                yield f"data: {json.dumps(json.loads(message['data']))}\n\n" if message else ": still here\n\n"
    except (redis.RedisError, Error, asyncio.CancelledError):
        return
    finally:
        _places.leave(place)
        await client.aclose()


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Tell a signed-in browser what changed for its organisation. Carries kinds and ids, never content."""
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    session_key = request.session.session_key
    actor = await sync_to_async(_listener)(session_key)
    if actor is None or actor.organisation_id is None or actor.person_id is None:
        return problems.respond(
            problems.body(
                status=401,
                code="not_authenticated",
                title="Sign in first",
                detail="Live events are for signed-in people.",
            )
        )
    place = _places.take(actor.person_id)
    if place is None:
        return problems.respond(
            problems.body(
                status=429,
                code="too_many_streams",
                title="Too many requests",
                detail="You listen in too many windows, or too many people do. Close some windows, or ask again later.",
            ),
            {"Retry-After": "60"},
        )
    events = _listen(channel_of(actor.organisation_id), session_key, actor, place)
    reply = StreamingHttpResponse(events, content_type="text/event-stream")
    weakref.finalize(reply, _places.leave, place)  # a stream that nobody began to read never comes to its own end
    reply.headers["Cache-Control"] = "no-cache"
    reply.headers["X-Accel-Buffering"] = "no"
    return reply
