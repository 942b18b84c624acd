"""Requests and grants: every action in every state by every role, as the tables say."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from abs_platform.config.demo import cast
from abs_platform.consent import services
from abs_platform.consent.models import AccessRequest, Grant
from abs_platform.consent.states import GRANT_TRANSITIONS, REQUEST_TRANSITIONS, GrantState, RequestState
from abs_platform.core import clock
from abs_platform.core.errors import Conflict, Forbidden, Invalid, NotFound
from abs_platform.core.models import AuditEntry
from abs_platform.core.subjects import SubjectRef
from abs_platform.ledger.models import Record
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import ALL_ROLES
from tests.support.papers import Papers
from tests.support.stage import request_and_grant
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

SIDES = {"grant": "owner", "decline": "owner", "withdraw": "requester", "revoke": "owner"}


def as_role(actor: Actor, role: str) -> Actor:
    return Actor(actor.label, actor.person_id, actor.organisation_id, actor.network_id, frozenset({role} & ALL_ROLES))


def ask(world: World, **more: object) -> AccessRequest:
    return services.request_access(
        actor=world.bank.actor, owner_id=world.supplier.organisation.id, purpose="financing", days=30, **more
    )  # type: ignore[arg-type]  # any of its arguments


def act(action: str, actor: Actor, request_id: UUID) -> object:
    if action == "grant":
        return services.grant(actor=actor, request_id=request_id, items=[], whole=True, days=30)
    if action == "decline":
        return services.decline(actor=actor, request_id=request_id, reason="no")
    return services.withdraw(actor=actor, request_id=request_id)


@pytest.mark.parametrize("action", REQUEST_TRANSITIONS)
@pytest.mark.parametrize("state", list(RequestState))
@pytest.mark.parametrize("role", [*sorted(ALL_ROLES), "none"])
def test_every_action_on_a_request(action: str, state: RequestState, role: str, world: World) -> None:
    row = REQUEST_TRANSITIONS[action]
    request = ask(world)
    AccessRequest.objects.filter(id=request.id).update(
        state=state, decided_at=None if state == "requested" else clock.now()
    )
    actor = as_role(world.supplier.actor if SIDES[action] == "owner" else world.bank.actor, role)
    if role not in row.by:
        with pytest.raises(Forbidden):
            act(action, actor, request.id)
    elif state not in row.sources:
        with pytest.raises(Conflict):
            act(action, actor, request.id)
    else:
        act(action, actor, request.id)
        request.refresh_from_db()
        assert request.state == row.target
        assert request.decided_at
        assert AuditEntry.objects.filter(verb=f"access_request.{row.target}", subject_id=request.id).count() == 1
        return
    request.refresh_from_db()
    assert request.state == state


@pytest.mark.parametrize("action", REQUEST_TRANSITIONS)
def test_the_other_side_and_third_parties_find_nothing(action: str, world: World) -> None:
    request = ask(world)
    wrong = world.bank if SIDES[action] == "owner" else world.supplier
    for member in (wrong, world.castings, world.factor, world.stranger):
        with pytest.raises(NotFound):
            act(action, member.actor, request.id)


@pytest.mark.parametrize("state", list(RequestState))
def test_the_actions_offered_are_those_allowed(state: RequestState, world: World) -> None:
    request = ask(world)
    AccessRequest.objects.filter(id=request.id).update(
        state=state, decided_at=None if state == "requested" else clock.now()
    )
    open_ = state == "requested"
    [theirs] = world.supplier.browser.rows("access-requests")
    [ours] = world.bank.browser.rows("access-requests")
    assert theirs["allowed_actions"] == (["grant", "decline"] if open_ else [])
    assert ours["allowed_actions"] == (["withdraw"] if open_ else [])


@pytest.mark.parametrize("state", list(GrantState))
@pytest.mark.parametrize("role", [*sorted(ALL_ROLES), "none"])
def test_every_action_on_a_grant(state: GrantState, role: str, world: World) -> None:
    row = GRANT_TRANSITIONS["revoke"]
    grant = request_and_grant(world, world.bank, trades=[], whole=True)
    Grant.objects.filter(id=grant.id).update(state=state, revoked_at=None if state == "active" else clock.now())
    records = Record.objects.count()
    actor = as_role(world.supplier.actor, role)
    if role not in row.by or state not in row.sources:
        with pytest.raises(Forbidden if role not in row.by else Conflict):
            services.revoke(actor=actor, grant_id=grant.id)
        assert Record.objects.count() == records
        return
    services.revoke(actor=actor, grant_id=grant.id)
    grant.refresh_from_db()
    assert (grant.state, grant.revoked_at is not None) == (row.target, True)
    record = Record.objects.get(subject_id=grant.id, template="consent.revoked/v1")
    assert record.organisation_id == world.supplier.organisation.id


def test_what_a_grant_must_say(world: World) -> None:
    [document] = world.supplier.submit({"a.txt": b"a"})
    item = [(SubjectRef("document", document.id), "a.txt")]
    request = ask(world)

    def refused(**more: object) -> str:
        terms = {"items": item, "whole": False, "days": 30, **more}
        with pytest.raises(Invalid) as error:
            services.grant(actor=world.supplier.actor, request_id=request.id, **terms)  # type: ignore[arg-type]  # its arguments
        return error.value.code

    assert refused(items=[]) == "nothing_granted"
    assert refused(whole=True) == "nothing_granted"
    assert refused(days=31) == refused(days=0) == "period_too_long"
    assert not Grant.objects.exists()
    grant = services.grant(actor=world.supplier.actor, request_id=request.id, items=item * 2, whole=False, days=7)
    assert grant.valid_until - grant.valid_from == timedelta(days=7)
    assert grant.items.count() == 1
    assert Record.objects.filter(subject_id=grant.id, template="consent.granted/v1").count() == 1


@pytest.mark.parametrize("picked", ["anothers trade", "anothers document", "nothing there"])
def test_one_grants_only_what_is_ones_own(picked: str, world: World) -> None:

    [theirs] = world.castings.submit({"o": Papers(seller=cast.CASTINGS).order()})
    [own] = world.supplier.submit({"o": Papers().order()})
    request = ask(world)
    body = {
        "trades": [str(own.trade_id), str(theirs.trade_id if picked == "anothers trade" else own.trade_id)],
        "documents": [str({"anothers document": theirs.id, "nothing there": uuid4()}.get(picked, own.id))],
        "days": 3,
    }
    world.supplier.browser.post(f"access-requests/{request.id}/grant", body, status=404)
    assert not Grant.objects.exists()


def test_only_listed_suppliers_of_the_network_can_be_asked(world: World) -> None:
    hidden = world.member("hidden", None, "supplier", listed=False)
    for owner in (hidden, world.stranger, world.core, world.bank):
        with pytest.raises(NotFound):
            services.request_access(
                actor=world.bank.actor, owner_id=owner.organisation.id, purpose="financing", days=30
            )
    assert {row["id"] for row in world.bank.browser.rows("suppliers")} == {world.supplier.id, world.castings.id}


@pytest.mark.parametrize(
    "body",
    [{"days": 0}, {"days": 367}, {"days": "many"}, {"purpose": "curiosity"}, {"purpose": ""}, {"owner": "x"},
     {"purpose_note": "x" * 501}, {"order_number": "\x00"}],
)  # fmt: skip
def test_a_request_says_what_for_and_how_long(body: dict[str, object], world: World) -> None:
    sound = {"owner": world.supplier.id, "purpose": "financing", "days": 30}
    problem = world.bank.browser.post("access-requests", sound | body, status=422)
    assert [error["field"] for error in problem["errors"]] == list(body)
    assert not AccessRequest.objects.exists()


def test_the_candidates_are_ones_own_and_the_one_asked_for_is_marked(world: World) -> None:

    world.supplier.submit({"a": Papers(number="PO-1").order(), "b": Papers(number="PO-2").order(), "n.txt": b"n"})
    request = ask(world, order_number="PO-2")
    found = world.supplier.browser.get(f"access-requests/{request.id}/candidates")
    assert {(row["order_number"], row["matches_request"]) for row in found["trades"]} == {
        ("PO-1", False),
        ("PO-2", True),
    }
    assert [row["filename"] for row in found["documents"]] == ["n.txt"]
