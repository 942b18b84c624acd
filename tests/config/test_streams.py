"""An event stream lives no longer than the right to listen."""

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import AsyncClient

from abs_platform.config import events
from abs_platform.parties.models import Membership, Person
from tests.support.callers import Caller
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")


def signed_out(caller: Caller) -> None:
    caller.client.logout()


def deactivated(caller: Caller) -> None:
    Person.objects.filter(id=caller.person.id).update(is_active=False)  # type: ignore[union-attr]  # a person's caller


def dismissed(caller: Caller) -> None:
    Membership.objects.filter(person=caller.person).delete()


@pytest.mark.parametrize("ended", [signed_out, deactivated, dismissed])
def test_a_stream_ends_with_the_right_to_listen(world: World, monkeypatch: pytest.MonkeyPatch, ended) -> None:  # type: ignore[no-untyped-def]  # one of the above
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.05)
    caller = Caller(person=world.supplier.browser.person)

    @async_to_sync
    async def heard() -> list[bytes]:
        client = AsyncClient()
        client.cookies = caller.client.cookies.copy()
        answer = await client.get("/api/v1/events")
        assert answer.status_code == 200
        stream = aiter(answer.streaming_content)  # type: ignore[attr-defined]  # a streaming reply
        for _ in range(4):
            await anext(stream)
        await sync_to_async(ended)(caller)
        rest: list[bytes] = []
        async for line in stream:
            rest.append(line)
            assert len(rest) < 10, "the stream goes on"
        return rest

    assert len(heard()) <= 2
    assert not events._places.taken


def test_all_streams_together_have_a_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST", 0)
    answer = world.supplier.browser.client.get("/api/v1/events")
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert answer.json()["code"] == "too_many_streams"
