"""Programs get tokens for credentials that an operator made; people sign in by password."""

import base64
import json

import pytest
from django.http import HttpResponse
from django.test import override_settings

from abs_platform.core import clock
from abs_platform.parties.models import Membership, Person
from tests.support.callers import Caller
from tests.support.world import PASSWORD, World

pytestmark = pytest.mark.usefixtures("db")


def token(client_id: str, secret: str, **more: str) -> HttpResponse:
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    answer: HttpResponse = Caller().client.post(
        "/api/v1/oauth/token",
        {"grant_type": "client_credentials", **more},
        headers={"Authorization": f"Basic {basic}"},
    )
    return answer


def test_an_operator_makes_credentials_with_which_a_program_calls(world: World) -> None:
    made = world.console.browser.post(
        f"organisations/{world.supplier.id}/clients", {"name": "erp", "roles": ["supplier"]}, status=201
    )
    answer = token(made["client_id"], made["client_secret"])
    assert answer.status_code == 200
    granted = json.loads(answer.content)
    assert (granted["token_type"], granted["expires_in"], granted["scope"]) == ("Bearer", 3600, "api")
    program = Caller(headers={"Authorization": f"Bearer {granted['access_token']}"})
    session = program.get("session")
    assert session["organisation"]["id"] == world.supplier.id
    assert (session["roles"], session["person"]) == (["supplier"], None)

    revoked = program.client.post(
        "/api/v1/oauth/revoke",
        {"token": granted["access_token"], "client_id": made["client_id"], "client_secret": made["client_secret"]},
    )
    assert revoked.status_code == 200
    assert program.get("documents", status=401)["code"] == "not_authenticated"


def test_wrong_credentials_get_no_token(world: World) -> None:
    made = world.console.browser.post(
        f"organisations/{world.supplier.id}/clients", {"name": "erp", "roles": ["supplier"]}, status=201
    )
    assert token(made["client_id"], "wrong").status_code == 401
    assert token("unknown", made["client_secret"]).status_code == 401


def test_an_expired_or_invented_token_is_nobody(world: World) -> None:
    row = world.supplier.program.program
    assert row is not None
    row.application.accesstoken_set.update(expires=clock.now())
    answer = world.supplier.program.send("GET", "documents")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert Caller(headers={"Authorization": "Bearer invented"}).send("GET", "documents").status_code == 401
    assert Caller(headers={"Authorization": "Basic x"}).send("GET", "documents").status_code == 401


def test_a_person_signs_in_and_out(world: World) -> None:
    visitor = Caller()
    assert visitor.get("session")["authenticated"] is False
    headers = {"X-CSRFToken": visitor.client.cookies["csrftoken"].value}
    login = "/_allauth/browser/v1/auth/login"

    def sign_in(password: str) -> int:
        body = json.dumps({"username": "supplier", "password": password})
        return int(visitor.client.post(login, body, content_type="application/json", headers=headers).status_code)

    assert sign_in("wrong password") == 400
    assert visitor.get("session")["authenticated"] is False
    assert sign_in(PASSWORD) == 200
    session = visitor.get("session")
    assert session["person"]["username"] == "supplier"
    assert session["organisation"]["id"] == world.supplier.id
    assert session["limits"] == {"max_file_bytes": 20_000_000, "max_files": 100}
    headers["X-CSRFToken"] = visitor.client.cookies["csrftoken"].value
    visitor.client.delete("/_allauth/browser/v1/auth/session", headers=headers)
    assert visitor.get("session")["authenticated"] is False
    visitor.get("documents", status=401)


def test_nobody_can_make_an_account(world: World) -> None:
    visitor = Caller()
    visitor.get("session")
    answer = visitor.client.post(
        "/_allauth/browser/v1/auth/signup",
        json.dumps({"username": "intruder", "password": PASSWORD}),
        content_type="application/json",
        headers={"X-CSRFToken": visitor.client.cookies["csrftoken"].value},
    )
    assert answer.status_code == 403
    assert not Person.objects.filter(username="intruder").exists()


def test_a_role_taken_away_is_gone_at_once(world: World) -> None:
    world.bank.browser.get("suppliers")
    Membership.objects.filter(organisation=world.bank.organisation).update(roles=[])
    world.bank.browser.get("suppliers", status=403)
    world.bank.organisation.roles.remove("financier")
    world.bank.organisation.save()
    world.bank.program.get("suppliers", status=403)
    world.bank.organisation.roles.append("financier")


def test_demo_accounts_can_be_taken_only_in_a_demonstration(world: World, tmp_path) -> None:  # type: ignore[no-untyped-def]  # a path
    file = tmp_path / "demo-accounts.json"
    file.write_text(json.dumps([{"username": "supplier", "organisation": "S", "role": "supplier", "password": "x"}]))
    visitor = Caller()
    with override_settings(DEMO_ACCOUNTS_FILE=file):
        visitor.post("demo/switch", {"username": "supplier"}, status=404)
        with override_settings(DEMO=True):
            visitor.post("demo/switch", {"username": "core"}, status=404)
            session = visitor.post("demo/switch", {"username": "supplier"})
            assert session["person"]["username"] == "supplier"
            assert session["demo_accounts"] == [{"username": "supplier", "organisation": "S", "role": "supplier"}]
        assert visitor.get("session")["demo_accounts"] == []
