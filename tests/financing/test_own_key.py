"""Notices and receipts signed with a key that the organisation holds itself, as at the confirmation desk."""

import json
from dataclasses import replace

import pytest

from abs_platform.crypto import sm2
from abs_platform.financing.models import Acknowledgement, Notice
from abs_platform.parties.actor import Actor
from abs_platform.rights.priority import selectors as priority
from abs_platform.trade.desk import settings
from tests.support.callers import Body
from tests.support.financing import Lending, performed, register
from tests.support.signing_desk import colleague, own_key
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")


def signed(pair: sm2.SM2KeyPair, words: Body) -> Body:
    """What is sent back for the words that were given out."""
    return {"signature": pair.sign(words["statement"].encode()).hex(), "at": words["at"]}


def key_of_a_buyer_too(*people: Actor) -> sm2.SM2KeyPair:
    """A supplier that buys as well has registered its own key at its desk."""
    maker, checker = (replace(each, roles=each.roles | {"core_enterprise"}) for each in people)
    pair = sm2.generate()
    signature = pair.sign(settings.possession_statement(maker.home, pair.public).encode())
    change = settings.request_own_key(actor=maker, public=pair.public, signature=signature)
    settings.decide(actor=checker, change_id=change.id, action="approve")
    return pair


def test_notice_and_receipt_with_own_keys(world: World) -> None:
    right = performed(world, "OWN-1")
    lending = Lending.at(world)
    offer = lending.accepting(lending.offered(lending.invited(lending.programme(), [right])))
    supplier, core = world.supplier.browser, world.core.browser
    pair = key_of_a_buyer_too(world.supplier.actor, lending.supplier2.actor)

    accept = f"financing/offers/{offer.id}/accept"
    amount = str(offer.amount)
    assert supplier.post(accept, {"amount": amount}, status=409)["code"] == "own_signature_needed"
    words = supplier.post(f"{accept}/to-sign")
    assert json.loads(words["statement"])["offer"] == str(offer.id)
    by_another = {"amount": amount, "own": signed(sm2.generate(), words)}
    assert supplier.post(accept, by_another, status=422)["code"] == "signature_wrong"
    assert not Notice.objects.exists(), "nothing is accepted on a wrong signature"
    supplier.post(accept, {"amount": amount, "own": signed(pair, words)})
    notice = Notice.objects.get()
    assert (notice.statement, notice.custodial, bytes(notice.public_key)) == (words["statement"], False, pair.public)
    assert sm2.verify(pair.public, notice.statement.encode(), bytes(notice.signature))

    register(notice.loan)
    debtors = own_key(world, colleague(world, "core-2"))
    acknowledge = f"financing/notices/{notice.id}/acknowledge"
    assert core.post(acknowledge, status=409)["code"] == "own_signature_needed"
    assert priority.records(right_id=right.id).ranking.first[0].notified_at is None
    words = core.post(f"{acknowledge}/to-sign")
    assert core.post(acknowledge, {"own": signed(pair, words)}, status=422)["code"] == "signature_wrong"
    core.post(acknowledge, {"own": signed(debtors, words)})
    receipt = Acknowledgement.objects.get()
    assert (receipt.statement, receipt.custodial) == (words["statement"], False)
    assert sm2.verify(debtors.public, receipt.statement.encode(), bytes(receipt.signature))


def test_a_receipt_counts_among_who_was_told_first(world: World) -> None:
    """With the key in custody, labelled so; a signature of its own is refused where there is no such key."""
    right = performed(world, "OWN-2")
    lending = Lending.at(world)
    loan = lending.lend(lending.programme(), [right])
    acknowledge = f"financing/notices/{Notice.objects.get(loan=loan).id}/acknowledge"
    core = world.core.browser
    own = signed(sm2.generate(), core.post(f"{acknowledge}/to-sign"))
    assert core.post(acknowledge, {"own": own}, status=422)["code"] == "own_key_unknown"
    core.post(acknowledge)
    assert Acknowledgement.objects.get().custodial
    records = priority.records(right_id=right.id)
    [told] = records.notices
    assert (told.party, told.is_rival, told.pledge_id) == (world.bank.organisation.name, False, loan.pledges.get().id)
    [[first]] = records.ranking.places
    assert first.name == world.bank.organisation.name and first.notified_at == told.reached_at
