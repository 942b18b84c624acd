"""Every endpoint answers every role as the matrix says, and another's object as one that does not exist."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.http import HttpResponse

from tests.api.matrix import ROWS, Row, bodies_of, callers_of
from tests.support.callers import Body, Caller, Files
from tests.support.database import rolled_back
from tests.support.stage import Stage, make_lending_stage
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

Bodies = dict[str, Body]


@pytest.fixture(scope="module")
def module_stage(module_world: World) -> Stage:
    return make_lending_stage(module_world)


@pytest.fixture
def stage(module_stage: Stage) -> Iterator[Stage]:
    cache.clear()
    yield module_stage


@pytest.fixture(scope="module")
def bodies(module_stage: Stage) -> Bodies:
    """Made once: whatever a test writes is taken back."""
    return bodies_of(module_stage)


def body_of(row: Row, bodies: Bodies) -> Body:
    return bodies.get(row.path, {}) if row.method == "POST" else None


def ask(caller: Caller, row: Row, ids: dict[str, str], body: Body) -> HttpResponse:
    with rolled_back():
        return caller.send(row.method, row.path.format(**ids), body)


def everything_of(response: HttpResponse) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body: all that a caller could tell two answers apart by."""
    return response.status_code, dict(response.items()), response.content


@pytest.mark.parametrize("by", ["browser", "program"])
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_matrix_holds(row: Row, by: str, stage: Stage, bodies: Bodies) -> None:
    body = body_of(row, bodies)
    answers = {
        column: ask(caller, row, stage.ids, body).status_code for column, caller in callers_of(stage, by=by).items()
    }
    assert answers == {column: row.expected[column] for column in answers}


@pytest.mark.parametrize("row", [row for row in ROWS if row.names_an_object], ids=str)
def test_what_one_may_not_see_answers_byte_for_byte_like_what_is_not_there(
    row: Row, stage: Stage, bodies: Bodies
) -> None:
    body = body_of(row, bodies)
    missing = {name: str(uuid4().int >> 66) if id.isdigit() else str(uuid4()) for name, id in stage.ids.items()}
    for column, caller in callers_of(stage, by="browser").items():
        absent = ask(caller, row, missing, body)
        if row.expected[column] not in (401, 403, 404):
            assert absent.status_code == 404, column
        else:
            there = ask(caller, row, stage.ids, body)
            assert everything_of(there) == everything_of(absent), column


def test_an_address_that_is_none_answers_like_an_object_that_is_not_there(stage: Stage) -> None:
    caller = stage.world.supplier.browser
    absent = caller.send("GET", f"documents/{uuid4()}")
    for path in ("documents/not-an-id", "nothing/here", f"documents/{uuid4()}/nothing"):
        answer = caller.send("GET", path)
        assert (answer.status_code, answer.content) == (404, absent.content), path


@pytest.mark.parametrize("row", [row for row in ROWS if row.method == "POST"], ids=str)
def test_a_browser_without_csrf_token_changes_nothing(row: Row, stage: Stage, bodies: Bodies) -> None:
    column = min(row.expected.keys() - {"ano"}, key=lambda name: row.expected[name])
    sound = callers_of(stage, by="browser")[column]
    forged = Caller(client=sound.client)
    body = body_of(row, bodies)
    answer = ask(forged, row, stage.ids, body)
    assert answer.status_code == 403
    assert b"CSRF" in answer.content


@pytest.mark.parametrize("path", sorted({row.path for row in ROWS}))
def test_other_methods_are_refused(path: str, stage: Stage) -> None:
    known = {row.method for row in ROWS if row.path == path}
    for method in {"PUT", "PATCH", "DELETE", "POST", "GET"} - known:
        body = None if method == "GET" else {}
        answer = stage.world.supplier.browser.send(method, path.format(**stage.ids), body)
        if answer.status_code == 415:  # what is no form, or no text, goes no further in these addresses
            assert path in ("documents", "log/{channel}/cosignatures", "imports", "imports/bulk?kind=invoice")
            continue
        assert answer.status_code == 405, method
        assert set(re.split(r", *", answer["Allow"])) >= known


def test_a_list_holds_nothing_of_others(stage: Stage) -> None:
    world = stage.world
    for path in ("documents", "trades", "rights", "grants", "accesses", "access-requests", "ledger/records"):
        seen = {
            name: {row["id"] for row in member.browser.rows(path)}
            for name, member in (("own", world.supplier), ("oth", world.castings), ("out", world.stranger))
        }
        assert seen["own"], path
        assert not seen["own"] & (seen["oth"] | seen["out"]), path
        for member in (world.factor, world.trust):
            assert not {row["id"] for row in member.browser.rows(path)} & seen["own"] or path in (
                "grants", "access-requests",
            )  # fmt: skip
    for caller in (world.officer.browser, world.console.browser, world.nobody):
        for path in ("documents", "trades", "rights"):
            assert caller.rows(path) == []
    for caller in (world.officer.browser, world.nobody):
        assert caller.rows("ledger/records") == []
    # What the platform itself signed is its operator's too: salted commitments, never what they are of.
    assert {row["template"] for row in world.console.browser.rows("ledger/records")} == {"rung/v1"}


def test_a_risk_officer_sees_no_file_and_no_line(stage: Stage) -> None:
    """Figures and alerts; an alert says what and how much, never a document's content."""
    officer = stage.world.officer.browser
    alerts = officer.rows("alerts")
    assert {alert["rule"] for alert in alerts} >= {"unit_price_differs", "invoiced_over_received"}
    known = {"document", "line", "expected", "found", "number", "kind", "earlier_received_at", "same_bytes"}
    # Which invoices resemble each other and by what; which payment went past the holder of a right.
    known |= {"others", "reason", "reference", "received_on", "told_by"}
    assert {(alert["rule"], key) for alert in alerts for key in alert["detail"] if key not in known} == set()


def test_a_program_has_no_more_roles_than_it_was_given(stage: Stage) -> None:
    with rolled_back():
        made = stage.world.console.browser.send(
            "POST",
            f"organisations/{stage.world.operator.id}/clients",
            {"name": "watcher", "roles": ["risk_officer"]},
        )
        assert made.status_code == 201
        refused = stage.world.console.browser.send(
            "POST", f"organisations/{stage.world.supplier.id}/clients", {"name": "spy", "roles": ["operator"]}
        )
        assert refused.status_code == 422


def test_an_upload_by_a_financier_leaves_nothing(stage: Stage) -> None:
    answer = stage.world.bank.browser.send("POST", "documents", Files({"a.txt": b"hello"}))
    assert answer.status_code == 403
