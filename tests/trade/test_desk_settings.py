"""The desk's settings take two people; delegation ends on its day; automatic confirmation says under which rule."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from abs_platform.config.demo import cast
from abs_platform.core import clock, jobs
from abs_platform.crypto import sm2
from abs_platform.risk.models import Alert
from abs_platform.trade.desk.settings import possession_statement
from abs_platform.trade.models import (
    AutomaticConfirmation,
    ConfirmationPolicy,
    OwnKey,
    SignedDecision,
    TradeDocument,
)
from tests.support.papers import Papers, line
from tests.support.signing_desk import Json, colleague, limits, own_key, shown
from tests.support.world import READING, Member, World

pytestmark = pytest.mark.usefixtures("db")

POLICY = {
    "currency": "CNY",
    "one_person_up_to": "1000",
    "two_people_up_to": None,
    "typed_above": None,
    "executives": [],
}


def rule(world: World, second: Member, **more: object) -> Json:
    # A supplier that has sold something is known.
    body = {
        "seller": world.supplier.id,
        "kinds": ["order", "receipt_advice", "invoice"],
        "currency": "CNY",
        "amount_up_to": "2000",
        "daily_up_to": "5000",
        **more,
    }
    desk = world.core.browser.post("confirmations/desk/rules", body, status=201)
    approved: Json = second.browser.post(f"confirmations/desk/changes/{desk['changes'][-1]['id']}/approve")
    return approved


def automatic() -> None:
    jobs.drain(kinds=(*READING, "trade.confirm_automatically"))


def test_a_change_takes_two_people(world: World) -> None:
    second = colleague(world, "second")
    desk = world.core.browser.post("confirmations/desk/policy", POLICY, status=201)
    [change] = desk["changes"]
    assert desk["policy"] is None and change["allowed_actions"] == ["withdraw"]
    path = f"confirmations/desk/changes/{change['id']}"
    assert world.core.browser.post(f"{path}/approve", status=403)["code"] == "another_person_needed"
    assert second.program.post(f"{path}/approve", status=403)["code"] == "person_needed"
    world.project.browser.post(f"{path}/approve", status=404)
    assert not ConfirmationPolicy.objects.exists()
    desk = second.browser.post(f"{path}/approve")
    assert (desk["policy"]["one_person_up_to"], desk["changes"]) == ("1000.00", [])
    assert second.browser.post(f"{path}/approve", status=409)["code"] == "state_conflict"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"two_people_up_to": "10"}, "limits_invalid"),
        ({"two_people_up_to": "2000"}, "limits_invalid"),
        ({"one_person_up_to": "-1"}, "invalid_input"),
        ({"executives": ["01890000-0000-7000-8000-000000000000"]}, "executive_unknown"),
    ],
)
def test_limits_that_make_no_sense_are_refused(more: Json, code: str, world: World) -> None:
    refused = world.core.browser.post("confirmations/desk/policy", {**POLICY, **more}, status=422)
    assert refused["code"] == code


def test_a_delegate_confirms_in_anothers_name_until_the_day(world: World) -> None:
    deputy = colleague(world, "deputy", "core_enterprise")
    world.supplier.submit({f"{n}": Papers(number=f"PO-{n}").order() for n in range(3)})
    until = clock.today() + timedelta(days=3)
    body = {"delegate": str(deputy.actor.person_id), "until": until.isoformat()}
    world.core.browser.post("confirmations/desk/delegations", body, status=201)
    [held] = deputy.browser.get("confirmations/desk")["delegations"]
    assert (held["principal"]["name"], held["until"]) == ("core person", until.isoformat())
    behalf = {"on_behalf_of": held["principal"]["id"]}

    def confirm(row: Json, status: int = 200) -> Json:
        path = f"confirmations/{row['id']}/confirm"
        found: Json = deputy.browser.post(path, {"content_digest": row["content_digest"], **behalf}, status=status)
        return found

    first, second, third = shown(deputy)
    [signature] = confirm(first)["signatures"]
    assert (signature["person"], signature["on_behalf_of"]) == ("deputy person", "core person")
    assert json.loads(signature["statement"])["on_behalf_of"] == "core person"
    with clock.at(clock.now() + timedelta(days=4)):
        assert confirm(second, 403)["code"] == "delegation_missing"
    # The other way round there is none, and nobody delegates what was delegated to it.
    wrong = {"content_digest": third["content_digest"], "on_behalf_of": str(deputy.actor.person_id)}
    world.core.browser.post(f"confirmations/{third['id']}/confirm", wrong, status=403)
    world.core.browser.post(f"confirmations/desk/delegations/{held['id']}/revoke")
    assert confirm(third, 403)["code"] == "delegation_missing"
    assert SignedDecision.objects.count() == 1


def test_nobody_delegates_to_a_stranger_or_for_ever(world: World) -> None:
    deputy = colleague(world, "deputy")
    path, day = "confirmations/desk/delegations", clock.today() + timedelta(days=1)
    for stranger in (world.project, world.supplier, world.core):
        body = {"delegate": str(stranger.actor.person_id), "until": day.isoformat()}
        world.core.browser.post(path, body, status=404)
    for late in (clock.today() - timedelta(days=1), clock.today() + timedelta(days=400)):
        body = {"delegate": str(deputy.actor.person_id), "until": late.isoformat()}
        assert world.core.browser.post(path, body, status=422)["code"] == "until_invalid"
    body = {"delegate": str(deputy.actor.person_id), "until": day.isoformat()}
    assert world.core.program.post(path, body, status=403)["code"] == "person_needed"
    world.core.browser.post(path, body, status=201)
    assert world.core.browser.post(path, body, status=409)["code"] == "delegated_already"


def test_a_delegate_without_the_role_sees_the_queue(world: World) -> None:
    # The organisation also sells; this person of it only sells, until the right to confirm is delegated.
    world.core.organisation.roles = ["core_enterprise", "supplier"]
    world.core.organisation.save()
    deputy = colleague(world, "deputy", "supplier")
    world.supplier.submit({"o": Papers(number="PO-1").order()})
    deputy.browser.get("confirmations", status=403)
    body = {"delegate": str(deputy.actor.person_id), "until": clock.today().isoformat()}
    world.core.browser.post("confirmations/desk/delegations", body, status=201)
    [row] = shown(deputy)
    path = f"confirmations/{row['id']}/confirm"
    deputy.browser.post(path, {"content_digest": row["content_digest"]}, status=403)
    behalf = {"content_digest": row["content_digest"], "on_behalf_of": str(world.core.actor.person_id)}
    assert deputy.browser.post(path, behalf)["state"] == "confirmed"


def test_an_own_key_is_shown_to_be_held_and_registered_once(world: World) -> None:
    second = colleague(world, "second")
    pair = sm2.generate()
    public = pair.public.hex()
    told = world.core.browser.get("confirmations/desk/own-key/statement", public_key=public)["statement"]
    assert told == possession_statement(world.core.organisation.id, pair.public)
    path = "confirmations/desk/own-key"
    wrong = {"public_key": public, "signature": sm2.generate().sign(told.encode()).hex()}
    assert world.core.browser.post(path, wrong, status=422)["code"] == "key_not_held"
    off_curve = {"public_key": "04" + "11" * 64, "signature": wrong["signature"]}
    assert world.core.browser.post(path, off_curve, status=422)["code"] == "public_key_invalid"
    right = {"public_key": public, "signature": pair.sign(told.encode()).hex()}
    desk = world.core.browser.post(path, right, status=201)
    assert desk["own_key"] is None, "one person does not suffice"
    desk = second.browser.post(f"confirmations/desk/changes/{desk['changes'][0]['id']}/approve")
    assert desk["own_key"]["public_key"] == public
    assert world.core.browser.post(path, right, status=409)["code"] == "key_registered_before"

    desk = world.core.browser.post("confirmations/desk/custodial-key", status=201)
    desk = second.browser.post(f"confirmations/desk/changes/{desk['changes'][0]['id']}/approve")
    assert desk["own_key"] is None and OwnKey.objects.get().until is not None


def test_a_rule_confirms_what_differs_in_nothing(world: World) -> None:
    second = colleague(world, "second")
    papers = Papers(number="PO-1", lines=(line("1", "100", "10.00"),))
    world.supplier.submit({"o": papers.order()})
    assert rule(world, second)["rules"][0]["set_by"] == "core person, second person"
    automatic()
    assert TradeDocument.objects.get().confirmation == "pending", "what was there before waits for people or news"
    world.supplier.submit({"d": papers.despatch()})
    automatic()
    assert TradeDocument.objects.get(kind="order").confirmation == "confirmed"
    decision = SignedDecision.objects.get()
    statement = json.loads(decision.statement)
    assert statement["rule"]["set_by"] == "core person, second person"
    assert decision.person == f"automatic rule {statement['rule']['id']}"
    assert sm2.verify(bytes(decision.public_key), decision.statement.encode(), bytes(decision.signature or b""))

    # Ninety came, a hundred are billed: the receipt agrees with the order, the invoice does not agree with the receipt.
    world.supplier.submit({"r": papers.receipt(line("1", "90", "10.00", short=10)), "i": papers.invoice()})
    automatic()
    states = dict(TradeDocument.objects.values_list("kind", "confirmation"))
    assert (states["receipt_advice"], states["invoice"]) == ("confirmed", "pending")


def test_a_rule_keeps_to_its_supplier_kinds_and_limits(world: World) -> None:
    second = colleague(world, "second")
    world.supplier.submit({"0": Papers(number="PO-0").invoice()})
    TradeDocument.objects.update(confirmation="confirmed", decided_at=clock.now())
    rule(world, second, kinds=["order"], amount_up_to="1200", daily_up_to="2500")
    world.castings.submit({"c": Papers(number="HY-1", seller=cast.CASTINGS).order()})
    world.supplier.submit({f"{n}": Papers(number=f"PO-{n}").order() for n in (1, 2, 3)})
    world.supplier.submit({"big": Papers(number="PO-9", lines=(line("1", "1000", "10.00"),)).order()})
    automatic()
    assert AutomaticConfirmation.objects.count() == 2, "1130.00 twice; a third time is above the day's 2500"
    assert set(AutomaticConfirmation.objects.values_list("document__trade__seller__name", flat=True)) == {
        world.supplier.organisation.name
    }
    alert = Alert.objects.get(rule="automatic_limit_reached")
    assert alert.amount == Decimal("1130.00")
    [shown_rule] = world.core.browser.get("confirmations/desk")["rules"]
    world.core.browser.post(f"confirmations/desk/rules/{shown_rule['id']}/stop")
    world.supplier.submit({"late": Papers(number="PO-10").order()})
    automatic()
    assert AutomaticConfirmation.objects.count() == 2


def test_a_rule_is_worth_no_more_than_the_two_who_set_it(world: World) -> None:
    second = colleague(world, "second")
    world.supplier.submit({"o": Papers(number="PO-0").order()})
    rule(world, second)
    limits(world, second, one=100, two=1000, executives=(second,))
    world.supplier.submit({"p": Papers(number="PO-1").order()})
    automatic()
    assert not SignedDecision.objects.exists(), "1130.00 takes an executive"


def test_nothing_is_automatic_by_default_or_with_an_own_key(world: World) -> None:
    second = colleague(world, "second")
    world.supplier.submit({"o": Papers(number="PO-1").order()})
    automatic()
    assert TradeDocument.objects.get().confirmation == "pending"
    rule(world, second)
    own_key(world, second)
    world.supplier.submit({"p": Papers(number="PO-2").order()})
    automatic()
    assert not SignedDecision.objects.exists()


def test_a_rule_needs_a_supplier_that_is_known(world: World) -> None:
    body = {"seller": world.castings.id, "kinds": ["order"], "currency": "CNY", "amount_up_to": "1", "daily_up_to": "1"}
    world.core.browser.post("confirmations/desk/rules", body, status=404)
