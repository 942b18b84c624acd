"""Live events: kinds and ids of what changed, for the organisation's own people."""

import json
import time
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction
from django.test import AsyncClient

from abs_platform.core import events
from tests.support import schema
from tests.support.callers import Caller
from tests.support.world import World


def test_only_people_of_an_organisation_hear_events(world: World, db: None) -> None:
    for caller in (world.anybody, world.nobody, world.supplier.program):
        answer = caller.client.get("/api/v1/events", headers=caller.headers)
        assert answer.status_code == 401
        schema.check_problem(answer)
    assert (
        world.supplier.browser.client.post("/api/v1/events", headers=world.supplier.browser.headers).status_code == 405
    )


def test_an_event_reaches_the_organisation_concerned_and_no_other(
    world: World, db: None, django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]  # pytest-django's fixture
    """What is not committed is not told."""
    mine, others, undone = uuid4(), uuid4(), uuid4()

    def publish() -> None:
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            events.notify([world.castings.organisation.id], "document", others)
            events.notify([world.supplier.organisation.id, None], "document", mine)

    def publish_and_fail() -> None:
        captured = django_capture_on_commit_callbacks(execute=True)
        with pytest.raises(ZeroDivisionError), captured, transaction.atomic():
            events.notify([world.supplier.organisation.id], "document", undone)
            raise ZeroDivisionError

    @async_to_sync
    async def heard() -> list[str]:
        client = AsyncClient()
        client.cookies = world.supplier.browser.client.cookies
        answer = await client.get("/api/v1/events")
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/event-stream"
        lines: list[str] = []
        stream = aiter(answer.streaming_content)  # type: ignore[attr-defined]  # a streaming reply
        lines.append((await anext(stream)).decode())
        lines.append((await anext(stream)).decode())  # subscribed
        await sync_to_async(publish_and_fail)()
        await sync_to_async(publish)()
        lines.append((await anext(stream)).decode())
        await stream.aclose()
        return lines

    hello, heartbeat, event = heard()
    assert hello == "retry: 3000\n\n"
    assert heartbeat.startswith(":"), "a comment keeps the line open and means nothing"
    assert json.loads(event.removeprefix("data: ")) == {"kind": "document", "id": str(mine)}


def test_an_unreachable_redis_holds_up_nobody(
    world: World, db: None, settings, django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]  # pytest-django's fixtures
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    events._client.cache_clear()
    begun = time.monotonic()
    try:
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            events.notify([world.supplier.organisation.id], "document", uuid4())
    finally:
        events._client.cache_clear()
    assert time.monotonic() - begun < 5


def test_the_schema_is_published(world: World, db: None) -> None:
    answer = Caller().client.get("/api/v1/schema")
    assert answer.status_code == 200
    assert b"openapi: 3.0.3" in answer.content
