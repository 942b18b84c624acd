"""Inputs at the sign-in that once made the server fail."""

import base64
import json

import pytest
from django.http import HttpResponse

from abs_platform.core import clock
from abs_platform.core.models import AuditEntry, Job, JobState
from tests.support.callers import Caller
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")
GRANT = {"grant_type": "client_credentials"}


def basic(pair: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


@pytest.mark.parametrize("path", ["oauth/token", "oauth/revoke"])
@pytest.mark.parametrize(
    ("form", "headers"),
    [
        ({**GRANT, "client_id": "a\x00b", "client_secret": "x"}, {}),
        (GRANT, basic("a\x00b:x")),
        (GRANT, basic("a%00b:x")),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, {}),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x"}, {}),
        ({"token": "a\x00b"}, basic("a:b")),
    ],
)
def test_no_credentials_make_the_token_endpoints_fail(path: str, form: dict[str, str], headers: dict[str, str]) -> None:
    answer: HttpResponse = Caller().client.post(f"/api/v1/{path}", form, headers=headers)
    assert answer.status_code in (400, 401)
    assert "error" in json.loads(answer.content)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "auth/password/request", {"email": "somebody@example.com"}),
        ("GET", "account/email", None),
        ("POST", "account/email", {"email": "somebody@example.com"}),
        ("POST", "account/password/change", {"new_password": "x"}),
        ("GET", "auth/reauthenticate", None),
    ],
)
def test_of_allauth_only_signing_in_and_out_is_there(world: World, method: str, path: str, body: object) -> None:
    caller = world.supplier.browser
    answer = caller.client.generic(
        method, f"/_allauth/browser/v1/{path}", json.dumps(body), "application/json", headers=caller.headers
    )
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_token_in_the_address_is_nobody(world: World) -> None:
    token = world.supplier.program.headers["Authorization"].removeprefix("Bearer ")
    assert world.supplier.program.send("GET", "documents").status_code == 200
    assert Caller().send("GET", "documents", access_token=token).status_code == 401


def test_a_retried_job_is_queued_and_audited_once(world: World) -> None:
    row = Job.objects.create(kind="ledger.seal", key="x", state=JobState.FAILED, finished_at=clock.now())
    operator = world.console.browser
    assert operator.post(f"jobs/{row.id}/retry")["state"] == "queued"
    assert operator.post(f"jobs/{row.id}/retry", status=409)["params"]["state"] == "queued"
    assert world.supplier.browser.post(f"jobs/{row.id}/retry", status=403)["code"] == "role_missing"
    assert AuditEntry.objects.filter(verb="job.retried", subject_id=row.id).count() == 1
