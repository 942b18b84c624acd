"""Live events to the browser: server-sent events over Redis pub/sub."""

import asyncio
import json
from collections.abc import AsyncIterator

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import aget_user
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from abs_platform.core.events import channel_of
from abs_platform.core.rest import problems
from abs_platform.parties import selectors

HEARTBEAT_SECONDS = 15


async def _listen(channel: str) -> AsyncIterator[str]:
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
    try:
        async with client.pubsub() as subscription:
            await subscription.subscribe(channel)
            yield "retry: 3000\n\n"
            while True:
                message = await subscription.get_message(ignore_subscribe_messages=True, timeout=HEARTBEAT_SECONDS)
                yield f"data: {json.dumps(json.loads(message['data']))}\n\n" if message else ": still here\n\n"
    except (redis.RedisError, asyncio.CancelledError):
        return
    finally:
        await client.aclose()


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Tell a signed-in browser what changed for its organisation. Carries kinds and ids, never content."""
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    user = await aget_user(request)
    person = user if user.is_authenticated else None
    actor = await sync_to_async(selectors.actor_of_person)(person) if person else None
    if actor is None or actor.organisation_id is None:
        return HttpResponse(
            json.dumps(
                problems.body(
                    status=401,
                    code="not_authenticated",
                    title="Sign in first",
                    detail="Live events are for signed-in people.",
                )
            ),
            status=401,
            content_type=problems.CONTENT_TYPE,
        )
    reply = StreamingHttpResponse(_listen(channel_of(actor.organisation_id)), content_type="text/event-stream")
    reply.headers["Cache-Control"] = "no-cache"
    reply.headers["X-Accel-Buffering"] = "no"
    return reply
