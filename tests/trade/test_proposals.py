"""Maker and checker: above a limit nobody confirms alone, and one right is one voice."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from abs_platform.core import clock
from abs_platform.core.errors import DomainError
from abs_platform.parties.actor import Actor
from abs_platform.parties.roles import ALL_ROLES
from abs_platform.trade.desk import proposals
from abs_platform.trade.desk.choices import from_json
from abs_platform.trade.desk.states import PROPOSALS, ProposalState
from abs_platform.trade.models import Proposal, ProposedDocument, SignedManifest, TradeDocument
from tests.support.database import rolled_back
from tests.support.papers import Papers, line
from tests.support.signing_desk import Json, colleague, limits, own_key, shown
from tests.support.world import Member, World

pytestmark = pytest.mark.usefixtures("db")

PAPERS = Papers(number="PO-3", lines=(line("1", "100", "10.00"),))  # 1130.00 with tax


def proposed(world: World, by: Member | None = None, **more: object) -> Json:
    world.supplier.submit({"o": PAPERS.order()})
    maker = by or world.core
    body = {"documents": shown(maker), **more}
    made: Json = maker.browser.post("confirmations/proposals", body, status=201)
    return made


def test_above_the_limit_a_second_person_signs(world: World) -> None:
    checker = colleague(world, "checker")
    limits(world, checker, one=1000)
    world.supplier.submit({"o": PAPERS.order()})
    [row] = world.core.browser.rows("confirmations")
    assert row["needs"] == {"people": 2, "typed_amount": False, "amount": "1130.00", "currency": "CNY"}
    assert row["allowed_actions"] == ["propose", "dispute"]
    body = {"content_digest": row["content_digest"]}
    alone = world.core.browser.post(f"confirmations/{row['id']}/confirm", body, status=409)
    assert alone["code"] == "more_people_needed"
    documents = {"documents": shown(world.core)}
    world.core.browser.post("confirmations/manifests", documents, status=409)

    made = world.core.browser.post("confirmations/proposals", documents, status=201)
    assert (made["state"], made["people"], made["allowed_actions"]) == ("proposed", 2, ["withdraw"])
    [row] = checker.browser.rows("confirmations")
    assert (row["allowed_actions"], row["proposal"]) == ([], made["id"])
    path = f"confirmations/proposals/{made['id']}"
    assert world.core.browser.post(f"{path}/check", status=403)["code"] == "another_person_needed"
    assert checker.program.post(f"{path}/check", status=403)["code"] == "person_needed"
    assert checker.browser.get(path)["allowed_actions"] == ["check", "decline"]
    done = checker.browser.post(f"{path}/check")
    assert done["state"] == "signed"
    statement = json.loads(SignedManifest.objects.get().statement)
    assert statement["people"] == [
        {"part": "maker", "name": "core person"},
        {"part": "checker", "name": "checker person"},
    ]
    assert TradeDocument.objects.get().confirmation == "confirmed"
    assert not ProposedDocument.objects.filter(open=True).exists()


def test_above_the_second_limit_an_executive_signs(world: World) -> None:
    checker, executive, other = (colleague(world, name) for name in ("checker", "executive", "other"))
    limits(world, checker, one=100, two=1000, executives=(executive,))
    path = f"confirmations/proposals/{proposed(world)['id']}"
    assert checker.browser.post(f"{path}/check")["state"] == "checked"
    assert not SignedManifest.objects.exists()
    for member in (world.core, checker):
        assert member.browser.post(f"{path}/approve", status=403)["code"] == "another_person_needed"
    assert other.browser.post(f"{path}/approve", status=403)["code"] == "executive_needed"
    done = executive.browser.post(f"{path}/approve")
    assert done["state"] == "signed"
    assert [each["part"] for each in json.loads(SignedManifest.objects.get().statement)["people"]] == [
        "maker",
        "checker",
        "executive",
    ]


def test_one_right_is_one_voice_also_when_it_is_delegated(world: World) -> None:
    second, deputy = colleague(world, "second"), colleague(world, "deputy")
    limits(world, second, one=100)
    until = (clock.today() + timedelta(days=7)).isoformat()
    world.core.browser.post(
        "confirmations/desk/delegations", {"delegate": str(deputy.actor.person_id), "until": until}, status=201
    )
    path = f"confirmations/proposals/{proposed(world)['id']}"
    body = {"on_behalf_of": str(world.core.actor.person_id)}
    refused = deputy.browser.post(f"{path}/check", body, status=403)
    assert refused["code"] == "another_person_needed", "the maker's own right checks nothing"
    assert deputy.browser.post(f"{path}/check")["state"] == "signed", "its own right does"


def test_the_amount_is_typed_back_above_a_limit(world: World) -> None:
    second = colleague(world, "second")
    limits(world, second, typed=1000)
    world.supplier.submit({"o": PAPERS.order()})
    [row] = world.core.browser.rows("confirmations")
    assert row["needs"]["typed_amount"] is True
    path, body = f"confirmations/{row['id']}/confirm", {"content_digest": row["content_digest"]}
    assert world.core.browser.post(path, body, status=422)["code"] == "amount_not_typed"
    assert world.core.browser.post(path, {**body, "amount": "113.00"}, status=422)["code"] == "amount_typed_differs"
    assert world.core.browser.post(path, {**body, "amount": "1130"})["state"] == "confirmed"


def test_an_amount_in_another_currency_is_above_every_limit(world: World) -> None:
    second = colleague(world, "second")
    limits(world, second, one=1_000_000)
    papers = Papers(number="PO-9", currency="USD")
    world.supplier.submit({"o": papers.order()})
    [row] = world.core.browser.rows("confirmations")
    assert row["needs"]["people"] == 2


def test_what_changed_since_it_was_proposed_is_not_signed(world: World) -> None:
    checker = colleague(world, "checker")
    world.supplier.submit({"i": PAPERS.invoice()})
    made = world.core.browser.post("confirmations/proposals", {"documents": shown(world.core)}, status=201)
    world.supplier.submit({"r": PAPERS.receipt(line("1", "90", short=10))})
    path = f"confirmations/proposals/{made['id']}"
    assert checker.browser.post(f"{path}/check", status=409)["code"] == "content_changed"
    assert checker.browser.post(f"{path}/decline", {"note": "ninety came"})["state"] == "declined"
    assert world.core.browser.rows("confirmations", kind="invoice")[0]["proposal"] is None


def test_a_document_is_in_one_proposal_at_a_time(world: World) -> None:
    made = proposed(world)
    body = {"documents": shown(world.core)}
    for path in ("confirmations/proposals", "confirmations/manifests"):
        assert world.core.browser.post(path, body, status=409)["code"] == "proposed_already"
    row = TradeDocument.objects.get()
    with pytest.raises(IntegrityError, match="document_in_one_open_proposal"), transaction.atomic():
        again = Proposal.objects.get(id=made["id"])
        again.pk = uuid4()
        again.save(force_insert=True)
        ProposedDocument.objects.create(proposal=again, document=row)
    world.core.browser.post(f"confirmations/proposals/{made['id']}/withdraw")
    world.core.browser.post("confirmations/manifests", body, status=201)


def test_a_checker_with_an_own_key_signs_the_exact_manifest(world: World) -> None:
    checker = colleague(world, "checker")
    pair = own_key(world, checker)
    path = f"confirmations/proposals/{proposed(world)['id']}"
    assert checker.browser.post(f"{path}/check", status=409)["code"] == "own_signature_needed"
    to_sign = checker.browser.post(f"{path}/to-sign")
    own = {"signature": pair.sign(to_sign["statement"].encode()).hex(), "at": to_sign["at"]}
    assert checker.browser.post(f"{path}/check", {"own": own})["state"] == "signed"
    assert SignedManifest.objects.get().custodial is False


@pytest.mark.parametrize("action", PROPOSALS)
@pytest.mark.parametrize("state", list(ProposalState))
def test_every_action_in_every_state_by_everybody(action: str, state: ProposalState, world: World) -> None:
    checker, executive, other = (colleague(world, name) for name in ("checker", "executive", "other"))
    limits(world, checker, one=100, two=1000, executives=(executive,))
    made = proposed(world)
    with rolled_back():
        if state != ProposalState.PROPOSED:
            if state in (ProposalState.CHECKED, ProposalState.SIGNED):
                proposals.agree(actor=checker.actor, proposal_id=made["id"], action="check")
            if state == ProposalState.SIGNED:
                proposals.agree(actor=executive.actor, proposal_id=made["id"], action="approve")
            if state in (ProposalState.DECLINED, ProposalState.WITHDRAWN):
                by = other if state == ProposalState.DECLINED else world.core
                end = "decline" if state == ProposalState.DECLINED else "withdraw"
                proposals.end(actor=by.actor, proposal_id=made["id"], action=end)

        def outcome(actor: Actor) -> str:
            with rolled_back():
                try:
                    if action in ("check", "approve"):
                        return proposals.agree(actor=actor, proposal_id=made["id"], action=action).state
                    return proposals.end(actor=actor, proposal_id=made["id"], action=action).state
                except DomainError as error:
                    return error.code

        def offered(member: Member) -> bool:
            return action in member.browser.get(f"confirmations/proposals/{made['id']}")["allowed_actions"]

        core = other.actor
        people = {"maker": world.core, "checker": checker, "executive": executive, "other": other}
        found = {name: outcome(member.actor) for name, member in people.items()}
        succeed = {name for name, result in found.items() if result in set(map(str, ProposalState))}
        assert succeed == EXPECTED.get((state, action), set()), found
        assert {name for name, member in people.items() if offered(member)} == succeed
        for role in (*sorted(ALL_ROLES - {"core_enterprise"}), "none"):
            stranger = Actor("x", core.person_id, core.organisation_id, core.network_id, frozenset({role}))
            assert outcome(stranger) == "role_missing"
        assert outcome(world.project.actor) == "not_found"


EXPECTED = {
    ("proposed", "check"): {"checker", "executive", "other"},
    ("proposed", "decline"): {"checker", "executive", "other"},
    ("proposed", "withdraw"): {"maker"},
    ("checked", "approve"): {"executive"},
    ("checked", "decline"): {"checker", "executive", "other"},
    ("checked", "withdraw"): {"maker"},
}


def test_the_database_keeps_maker_and_checker_apart(world: World) -> None:
    made = Proposal.objects.get(id=proposed(world)["id"])
    for columns in (
        {"checker": made.maker, "checker_right": uuid4()},
        {"checker": uuid4(), "checker_right": made.maker},
    ):
        with pytest.raises(IntegrityError, match="proposal_checker_is_another"), transaction.atomic():
            Proposal.objects.filter(id=made.id).update(**columns)
    third = {"checker": uuid4(), "checker_right": uuid4()}
    for approver in (made.maker, third["checker"], third["checker_right"]):
        with pytest.raises(IntegrityError, match="proposal_approver_is_a_third"), transaction.atomic():
            Proposal.objects.filter(id=made.id).update(**third, approver=approver, approver_right=uuid4())


def test_choices_survive_being_kept(world: World) -> None:
    rows = [{"id": str(uuid4()), "content_digest": "0" * 64, "lines": [{"position": 2, "quantity": "1.50"}]}]
    [choice] = from_json(rows)
    assert choice.quantities is not None and [*map(str, choice.quantities.values())] == ["1.50"]
