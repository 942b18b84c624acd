"""Every state × action × caller, through REST: what `allowed_actions` offers is taken, and everything else is refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import Model

from abs_platform.core import clock
from abs_platform.core.errors import Conflict, Forbidden
from abs_platform.core.transitions import Table, allowed_actions, target_of
from abs_platform.financing import programmes, states
from abs_platform.financing.models import Invitation, Notice, Offer, Programme
from abs_platform.financing.states import NoticeState, OfferState, ProgrammeState, RequestState
from abs_platform.parties.roles import ALL_ROLES
from abs_platform.rights.states import PLATFORM_ROLE, RightState
from abs_platform.rights.states import TRANSITIONS as RIGHT_TRANSITIONS
from tests.support.callers import Caller
from tests.support.database import rolled_back
from tests.support.financing import Lending, performed, programme_draft, until_of
from tests.support.world import World

TABLES = {
    "programme": (states.PROGRAMME_TRANSITIONS, states.ProgrammeState),
    "request": (states.REQUEST_TRANSITIONS, states.RequestState),
    "invitation": (states.INVITATION_TRANSITIONS, states.InvitationState),
    "offer": (states.OFFER_TRANSITIONS, states.OfferState),
    "pledge": (states.PLEDGE_TRANSITIONS, states.PledgeState),
    "notice": (states.NOTICE_TRANSITIONS, states.NoticeState),
    "loan": (states.LOAN_TRANSITIONS, states.LoanState),
    "payment": (states.PAYMENT_TRANSITIONS, states.PaymentState),
    "payout": (states.PAYOUT_TRANSITIONS, states.PayoutState),
    "right": (RIGHT_TRANSITIONS, RightState),
}
ROLES = sorted(ALL_ROLES | {PLATFORM_ROLE})
CASES = [
    (name, state, action, role)
    for name, (table, known) in TABLES.items()
    for state in known
    for action in table
    for role in ROLES
]


def test_every_state_action_and_role() -> None:
    for name, state, action, role in CASES:
        table: Table = TABLES[name][0]
        row, roles = table[action], frozenset({role})
        offered = action in allowed_actions(table, state=state, roles=roles)
        assert offered == (role in row.by and state in row.sources), (name, state, action, role)
        if offered:
            assert target_of(table, action=action, state=state, roles=roles) == row.target
            continue
        with pytest.raises(Conflict if role in row.by else Forbidden):
            target_of(table, action=action, state=state, roles=roles)


def test_what_is_over_stays_over() -> None:
    over = {
        "programme": {"closed"},
        "request": {"withdrawn", "declined", "expired", "cancelled", "settled"},
        "offer": {"accepted", "withdrawn", "rejected", "expired", "superseded"},
        "pledge": {"refused", "released", "settled"},
        "notice": {"lifted"},
        "loan": {"settled", "cancelled", "written_off"},
        "payment": {"rejected", "reversed"},
        "payout": {"confirmed", "rejected"},
        "right": {"settled"},
    }
    for name, ended in over.items():
        table, known = TABLES[name]
        left = {str(state) for state in known if not any(state in row.sources for row in table.values())}
        assert left == ended, name


@dataclass
class Scene:
    """A programme, a request on it, an offer, a loan's notice; and who asks."""

    world: World
    programme: Programme
    invitation: Invitation
    offer: Offer
    notice: Notice
    callers: dict[str, Caller]
    body: dict[str, Any]


@pytest.fixture(scope="module")
def module_scene(module_world: World) -> Scene:
    world = module_world
    lending = Lending.at(world)
    free, held = performed(world, "ST-1"), performed(world, "ST-2")
    programme = lending.programme()
    loan = lending.lend(programme, [held])
    offer = lending.offered(lending.invited(programme, [free]))
    Offer.objects.filter(id=offer.id).update(accepting_maker_id=lending.supplier2.actor.person_id)
    invitation = lending.invited(programme, [free])
    draft = programme_draft(world)
    asked = {
        "rights": [str(free.id)],
        "programmes": [str(programme.id)],
        "amount": "100.00",
        "until": until_of([free]).isoformat(),
    }
    terms = {
        "method": draft.method, "recourse": True, "annual_rate": "0.0435", "fee_rate": "0.002", "day_count": "ACT/360",
    }  # fmt: skip
    stated = {
        **terms, "core_enterprise": world.core.id, "name": "n", "currency": "CNY", "limit": "10.00",
        "supplier_limit": "10.00", "min_rung": 5, "advance_rates": [{"rung": 5, "rate": "0.9"}], "max_tenor_days": 9,
    }  # fmt: skip
    return Scene(
        world=world,
        programme=programme,
        invitation=invitation,
        offer=offer,
        notice=Notice.objects.get(loan=loan),
        callers={
            "funder": world.bank.browser,
            "funder2": lending.funder2.browser,
            "supplier": world.supplier.browser,
            "supplier2": lending.supplier2.browser,
            "other funder": world.factor.browser,
            "debtor": world.core.browser,
            "operator": world.console.browser,
        },
        body={"programme": stated, "request": asked},
    )


@pytest.fixture
def scene(db: None, module_scene: Scene) -> Iterator[Scene]:
    cache.clear()
    yield module_scene


def put(row: Model, **values: object) -> None:
    """Bring a row into a state, as no service would."""
    type(row)._default_manager.filter(pk=row.pk).update(**values)


def stated_back(scene: Scene) -> dict[str, str]:
    """What whoever decides states again: the amount of an offer, the terms of a programme."""
    return {"amount": "100.00", "terms": programmes.terms_of(Programme.objects.get(id=scene.programme.id))}


def programme_in(scene: Scene, state: str) -> str:
    checked = {"checker_id": None} if state in ("draft", "proposed") else {}
    put(scene.programme, state=state, **checked)
    return f"financing/programmes/{scene.programme.id}"


def request_in(scene: Scene, state: str) -> str:
    put(
        scene.invitation.request,
        state=state,
        submitted_at=None if state == "draft" else clock.now(),
        decided_at=None if state in ("draft", "submitted") else clock.now(),
    )
    return f"financing/requests/{scene.invitation.request_id}"


def offer_in(scene: Scene, state: str) -> str:
    values: dict[str, object] = {"state": state, "accepted_at": None}
    if state == "proposed":
        values["checker_id"] = None
    if state == "accepted":
        values |= {"accepting_checker_id": scene.world.supplier.actor.person_id, "accepted_at": clock.now()}
    put(scene.offer, **values)
    return f"financing/offers/{scene.offer.id}"


def notice_in(scene: Scene, state: str) -> str:
    # The database lets nobody unsend a notice, so that only what comes after `sent` can be played.
    put(scene.notice, state=state, lifted_at=clock.now() if state == "lifted" else None)
    return f"financing/notices/{scene.notice.id}"


KINDS: dict[str, tuple[Table, list[str], Callable[[Scene, str], str]]] = {
    "programme": (states.PROGRAMME_TRANSITIONS, [str(s) for s in ProgrammeState], programme_in),
    # The database settles no request before its loan is: tests/lending/test_settling.py.
    "request": (states.REQUEST_TRANSITIONS, [str(s) for s in RequestState if s != RequestState.SETTLED], request_in),
    "offer": (states.OFFER_TRANSITIONS, [str(s) for s in OfferState], offer_in),
    "notice": (states.NOTICE_TRANSITIONS, [str(s) for s in NoticeState if s != NoticeState.PREPARED], notice_in),
}


def by_hand(table: Table) -> list[str]:
    """The actions that people take."""
    return [name for name, row in table.items() if PLATFORM_ROLE not in row.by]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_offered_is_taken_and_nothing_else(kind: str, scene: Scene) -> None:
    table, known, bring = KINDS[kind]
    taken: set[tuple[str, str]] = set()
    for state in known:
        for who, caller in scene.callers.items():
            with rolled_back():
                address = bring(scene, state)
                seen = caller.send("GET", address)
                offered = seen.json()["allowed_actions"] if seen.status_code == 200 else []
            assert set(offered) <= set(by_hand(table))
            for action in by_hand(table):
                with rolled_back():
                    bring(scene, state)
                    body = scene.body.get(kind, {}) if action == "change" else stated_back(scene)
                    answer = caller.send("POST", f"{address}/{action.replace('_', '-')}", body)
                wanted = (200,) if action in offered else (403, 404, 409)
                assert answer.status_code in wanted, (kind, state, action, who, answer.content)
                if answer.status_code == 200:
                    taken.add((state, action))
    assert taken == {(state, action) for action in by_hand(table) for state in known if state in table[action].sources}


def test_the_second_of_two_is_another_person(scene: Scene) -> None:
    for kind, action, state, maker in (
        ("programme", "approve", "proposed", "funder"),
        ("offer", "approve", "proposed", "funder2"),
        ("offer", "accept", "acceptance_proposed", "supplier2"),
    ):
        with rolled_back():
            address = KINDS[kind][2](scene, state)
            refused = scene.callers[maker].post(f"{address}/{action}", stated_back(scene), status=403)
            assert refused["code"] == "second_person_needed", kind
    with rolled_back():
        address = offer_in(scene, "acceptance_proposed")
        answer = scene.world.supplier.program.post(f"{address}/accept", {"amount": "100.00"}, status=403)
        assert answer["code"] == "person_needed"
