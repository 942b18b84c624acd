"""Nobody's files keep everybody else's waiting: one reading, and one page, of an organisation at a time."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from abs_platform.core import jobs
from abs_platform.core.errors import TooSoon, Unavailable
from abs_platform.core.models import Job, JobState
from abs_platform.documents import rules
from abs_platform.documents.models import Document
from abs_platform.integrations.previews.turns import Turns
from tests.support.callers import Files, Form
from tests.support.papers import Papers
from tests.support.world import World, drain


@pytest.fixture
def turns() -> Iterator[Turns]:
    yield Turns(at_once=2, waiting=2)


def test_one_organisation_holds_one_place_and_another_gets_the_other(turns: Turns) -> None:
    with turns.turn("a", patience=0):
        with pytest.raises(Unavailable) as busy, turns.turn("a", patience=0.01):
            pass
        assert (busy.value.code, busy.value.params["retry_after"]) == ("preview_busy", 1)
        with turns.turn("b", patience=0), pytest.raises(Unavailable), turns.turn("c", patience=0.01):
            pass
    with turns.turn("a", patience=0):
        pass


def test_who_waits_gets_the_place_and_a_full_queue_says_when_to_come_again(turns: Turns) -> None:
    begun: list[str] = []

    def draw(name: str) -> None:
        with turns.turn("a", patience=5):
            begun.append(name)

    threads = [threading.Thread(target=draw, args=(name,)) for name in "xy"]
    with ExitStack() as held:
        held.enter_context(turns.turn("a", patience=0))
        for thread in threads:
            thread.start()
        while turns._waiting["a"] < 2:
            pass
        with pytest.raises(TooSoon) as full, turns.turn("a", patience=5):
            pass
        assert (full.value.code, full.value.params["retry_after"]) == ("preview_queue_full", 5)
        with turns.turn("b", patience=0):
            pass
        assert not begun
    for thread in threads:
        thread.join(5)
    assert sorted(begun) == ["x", "y"]


@pytest.mark.usefixtures("db")
def test_while_one_file_of_a_supplier_is_read_its_others_wait_and_anothers_do_not(world: World) -> None:
    files = {f"{n}.xml": Papers(number=f"PO-{n}").order() for n in range(2)}
    assert world.supplier.browser.send("POST", "documents", Files(files)).status_code == 201
    assert world.castings.browser.send("POST", "documents", Files({"c.xml": b"<a/>"})).status_code == 201
    mine, next_of_mine, theirs = Job.objects.filter(kind="documents.extract").order_by("id")
    assert jobs.claim(mine.id) is not None
    assert not jobs.run(next_of_mine.id)
    assert jobs.run(theirs.id)
    Job.objects.filter(id=mine.id).update(state=JobState.QUEUED, lease_until=None)
    drain()
    assert not Document.objects.filter(extraction="pending").exists()


@pytest.mark.usefixtures("db")
def test_a_full_queue_refuses_files_and_tables_before_they_are_sent(world: World, settings: object) -> None:
    settings.READING_QUEUE = 2  # type: ignore[attr-defined]  # pytest-django's fixture
    caller = world.supplier.browser
    files = Files({f"{n}.xml": Papers(number=f"PO-{n}").order() for n in range(2)})
    assert caller.send("POST", "documents", files).status_code == 201
    assert jobs.waiting_in(rules.reading_lane(world.supplier.actor.home)) == 2
    more = (
        ("documents", Files({"x.xml": b"<a/>"})),
        ("imports", Form({"file": SimpleUploadedFile("t.csv", b"a,b\n1,2\n"), "kind": "invoice"})),
    )
    for path, body in more:
        refused = caller.send("POST", path, body)
        assert (refused.status_code, refused["Retry-After"]) == (429, "30")
        assert refused.json()["code"] == "reading_queue_full"
    assert world.castings.browser.send("POST", "documents", Files({"c.xml": b"<a/>"})).status_code == 201
    drain()
    assert caller.send("POST", "documents", Files({"x.xml": b"<a/>"})).status_code == 201
