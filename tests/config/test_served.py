"""A web server in a process of its own: what only shows there."""

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.test import Client

from abs_platform.launch.ports import HOST
from abs_platform.parties import services as parties
from abs_platform.parties.actor import PLATFORM
from abs_platform.parties.models import Person
from tests.support.world import PASSWORD

POOL = 8
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def people(count: int, organisation_id: object) -> list[Person]:
    return [
        parties.create_person(
            actor=PLATFORM,
            organisation_id=organisation_id,  # type: ignore[arg-type]  # a UUID
            username=f"listener-{n}",
            password=PASSWORD,
            display_name="",
            roles=["supplier"],
        )
        for n in range(count)
    ]


def cookie_of(person: Person) -> str:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return f"sessionid={client.cookies['sessionid'].value}"


def ask(port: int, path: str, *, method: str = "GET", cookie: str = "") -> int:
    asking = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        asking.request(method, path, headers={"Cookie": cookie} if cookie else {})
        answer = asking.getresponse()
        answer.read()
        return answer.status
    finally:
        asking.close()


@contextmanager
def listening(port: int, cookie: str) -> Iterator[tuple[int, "socket.socket"]]:
    """An open event stream: its status and its socket."""
    with socket.create_connection((HOST, port), timeout=30) as line:
        line.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += line.recv(4096)
        yield int(head.split()[1]), line


@pytest.fixture
def organisation_id() -> object:
    network = parties.create_network(actor=PLATFORM, name="listeners")
    return parties.create_organisation(actor=PLATFORM, network_id=network.id, name="Ears", roles=["supplier"]).id


def test_open_streams_leave_the_database_to_others(served: int, organisation_id: object) -> None:
    cookies = [cookie_of(person) for person in people(POOL + 4, organisation_id)]
    with ExitStack() as lines:
        opened = [lines.enter_context(listening(served, cookie))[0] for cookie in cookies]
        assert opened == [200] * len(cookies)
        begun = time.monotonic()
        assert ask(served, "/api/v1/health") == 200
        assert ask(served, "/api/v1/home", cookie=cookies[0]) == 200
        assert time.monotonic() - begun < 2


def test_a_person_opens_no_more_than_a_few_streams_and_gets_places_back(served: int, organisation_id: object) -> None:
    one, other = (cookie_of(person) for person in people(2, organisation_id))
    with ExitStack() as lines:
        opened = [lines.enter_context(listening(served, one))[0] for _ in range(7)]
        assert opened == [200] * 6 + [429]
        assert lines.enter_context(listening(served, other))[0] == 200
    patience = time.monotonic() + 20
    again = 429
    while again == 429 and time.monotonic() < patience:
        time.sleep(0.2)
        with listening(served, one) as (again, _):
            pass
    assert again == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../x",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static//etc/passwd",
        "/static/%00",
        "/static/" + "a" * 3000,
    ],
)
def test_no_path_makes_the_static_files_fail(served: int, path: str) -> None:
    assert ask(served, path) == 404
