"""Whatever is sent, the answer is a page or a problem detail, never a fault of ours."""

import base64
import json
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from abs_platform.core.models import Job
from tests.api.matrix import ROWS
from tests.support import schema
from tests.support.callers import Caller
from tests.support.database import rolled_back
from tests.support.stage import Stage, make_lending_stage
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

LISTS = [
    "documents", "trades", "rights", "confirmations", "suppliers", "access-requests", "grants", "accesses", "alerts",
    "networks", "organisations", "jobs", "ledger/records", "ledger/channels/main/checkpoints", "ledger/search",
    "confirmations/proposals", "tolerances", "imports", "financing/programmes", "financing/requests", "financing/offers",
    "financing/pledges", "financing/notices", "financing/loans", "financing/payments", "financing/payouts",
    "financing/statements", "financing/portfolio", "financing/trial-balance", "financing/eligibility",
]  # fmt: skip
PARAMETERS = [
    "cursor",
    "page_size",
    "search",
    "state",
    "kind",
    "trade",
    "grant",
    "rule",
    "severity",
    "format",
    "x",
    "q",
    "ids",
    "index",
    "template",
    "subject",
    "since",
    "until",
    "sort",
    "rights",
    "currency",
    "lent_on",
    "due_from",
    "as_of",
    "amount_from",
]
EDGES = ["0001-01-01", "9999-12-31", "Infinity", "sNaN", "1e999"]
NASTY = [
    *EDGES, "\x00", "'", '"', "%", "\\", "\ud800", "💣", "-1", "0", "1e9", "NaN", "null", "[]", "‮", "9" * 400, "a" * 5000,
]  # fmt: skip


@pytest.fixture(scope="module")
def module_stage(module_world: World) -> Stage:
    return make_lending_stage(module_world)


@pytest.fixture
def everybody(module_stage: Stage) -> list[Caller]:
    world = module_stage.world
    return [member.browser for member in (world.supplier, world.core, world.bank, world.operator)]


def text() -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(NASTY), st.text(max_size=40))


def cursors() -> st.SearchStrategy[str]:
    """Cursors as ours are made, with anything for a position."""
    return st.builds(
        lambda position, offset, reverse: base64.b64encode(
            urlencode({"p": position, "o": offset, "r": reverse}, errors="surrogatepass").encode("ascii", "replace")
        ).decode(),
        position=st.one_of(text(), st.datetimes().map(str), st.uuids().map(str), st.dates().map(str)),
        offset=st.one_of(st.integers().map(str), text()),
        reverse=st.sampled_from(["0", "1", "x"]),
    )  # fmt: skip


def query() -> st.SearchStrategy[dict[str, str]]:
    anything = st.dictionaries(st.sampled_from(PARAMETERS), text(), max_size=4)
    return st.one_of(anything, cursors().map(lambda cursor: {"cursor": cursor}))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(path="confirmations", who=1, asked={"cursor": "cD0wMDAxMDEwMSZvPTAmcj0w"})  # a date without a zone
@given(path=st.sampled_from(LISTS), who=st.integers(0, 3), asked=query())
def test_no_query_makes_a_list_fail(everybody: list[Caller], path: str, who: int, asked: dict[str, str]) -> None:
    cache.clear()
    with rolled_back():
        quoted = urlencode(asked, errors="surrogatepass")
        answer: HttpResponse = everybody[who].client.get(f"/api/v1/{path}?{quoted}")
        schema.check("GET", f"/api/v1/{path}", answer)
        assert answer.status_code in (200, 403, 404, 406, 422)


def bodies() -> st.SearchStrategy[object]:
    names = st.sampled_from(["owner", "purpose", "days", "trades", "whole", "amount", "due_date", "account", "reason",
                             "content_digest", "note", "name", "network", "roles", "identifiers", "trade", "username"])  # fmt: skip
    values = st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), text()),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(text(), inner, max_size=3)),
        max_leaves=4,
    )
    return st.one_of(values, st.dictionaries(names, values, max_size=6))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=st.sampled_from([row for row in ROWS if row.method == "POST"]), who=st.integers(0, 3), body=bodies())
def test_no_body_makes_an_action_fail(
    everybody: list[Caller], module_stage: Stage, row: object, who: int, body: object
) -> None:
    cache.clear()
    with rolled_back():
        answer = everybody[who].send("POST", row.path.format(**module_stage.ids), body)  # type: ignore[attr-defined]  # a Row
        assert answer.status_code < 500


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"days": NaN}', "application/json", 400),
        (b'{"days": 1e999}', "application/json", 422),
        (b'{"purpose_note": "\\ud800"}', "application/json", 422),
        (b"[" * 100_000, "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (json.dumps({"purpose_note": "x" * 3_000_000}).encode(), "application/json", 413),
    ],
    ids=["unfinished", "no-utf8", "nan", "infinite", "surrogate", "deep", "text", "untyped", "huge"],
)
def test_a_malformed_body_is_refused(data: bytes, content_type: str, status: int, module_stage: Stage) -> None:
    caller = module_stage.world.bank.browser
    answer: HttpResponse = caller.client.generic(
        "POST", "/api/v1/access-requests", data, content_type, headers=caller.headers
    )
    assert answer.status_code == status
    schema.check_problem(answer)


def test_nesting_without_end_does_not_end_the_process(module_stage: Stage) -> None:
    """The sign-in reads JSON by itself, before anybody has signed in."""
    with suppress(RecursionError):  # in service, a 500
        answer = Caller().client.generic("POST", "/_allauth/browser/v1/auth/login", b"[" * 200_000, "application/json")
        assert answer.status_code >= 400


def test_a_page_holds_no_more_than_a_hundred_rows(module_stage: Stage) -> None:
    operator = module_stage.world.operator.browser
    with rolled_back():
        Job.objects.bulk_create(Job(kind="ledger.seal", key=str(n)) for n in range(130))
        assert len(operator.rows("jobs", page_size=100_000)) == 100
        assert len(operator.rows("jobs")) == 50


def test_pages_hold_every_row_once_in_both_directions(module_stage: Stage) -> None:
    operator = module_stage.world.operator.browser
    with rolled_back():
        Job.objects.bulk_create(Job(kind="ledger.seal", key=str(n)) for n in range(25))
        page = operator.get("jobs", page_size=7)
        seen, last = [], page
        while True:
            seen += [row["id"] for row in page["results"]]
            last = page
            if page["next"] is None:
                break
            page = operator.get(page["next"].removeprefix("http://testserver"))
        assert len(seen) == len(set(seen)) == Job.objects.count()
        back = operator.get(last["previous"].removeprefix("http://testserver"))
        assert [row["id"] for row in back["results"]] == seen[-len(last["results"]) - 7 : -len(last["results"])]
