"""A request that is sent again with its Idempotency-Key happens once, and is answered alike."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.http import HttpResponse
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from abs_platform.core import audit, clock, idempotency
from abs_platform.core.errors import Conflict
from abs_platform.core.ids import uuid7
from abs_platform.core.models import AuditEntry, IdempotencyKey
from abs_platform.core.rest.idempotency import idempotent
from abs_platform.core.subjects import SubjectRef
from abs_platform.financing.lending.models import Payment
from abs_platform.parties.actor import Actor
from abs_platform.rights.models import Right
from tests.support.callers import Body
from tests.support.lending import Lender
from tests.support.world import Member, World

pytestmark = pytest.mark.usefixtures("db")


def sent(member: Member, key: str, body: Body) -> tuple[HttpResponse, Body]:
    member.browser.headers["Idempotency-Key"] = key
    try:
        response = member.browser.send("POST", "financing/payments", body)
    finally:
        del member.browser.headers["Idempotency-Key"]
    return response, json.loads(response.content)


def test_a_payment_that_is_sent_again(lender: Lender, right: Right) -> None:
    loan, bank = lender.disbursed(right), lender.maker
    body = {
        "loan": str(loan.id), "payer": "supplier", "right": None, "amount": "100.00",
        "received_on": clock.today().isoformat(), "bank_reference": "IN-AGAIN",
    }  # fmt: skip
    first, said = sent(bank, "key-1", body)
    again, repeated = sent(bank, "key-1", body)
    assert (first.status_code, again.status_code, repeated) == (201, 201, said)
    assert (first.get("Idempotent-Replayed"), again.get("Idempotent-Replayed")) == (None, "true")
    assert Payment.objects.count() == 1

    other, problem = sent(bank, "key-1", {**body, "amount": "101.00"})
    assert (other.status_code, problem["code"]) == (409, "idempotency_key_reused")
    colleague, problem = sent(lender.checker, "key-1", body)
    assert (colleague.status_code, problem["code"]) == (409, "idempotency_key_reused"), "its answer is another person's"
    none, problem = sent(bank, "ключ", body)
    assert (none.status_code, problem["code"]) == (422, "idempotency_key_invalid")

    # A refusal changed nothing: its key may be used for the corrected request.
    refused, problem = sent(bank, "key-2", body)
    assert (refused.status_code, problem["code"]) == (409, "bank_reference_used")
    corrected, _ = sent(bank, "key-2", {**body, "bank_reference": "IN-OTHER"})
    assert corrected.status_code == 201 and Payment.objects.count() == 2
    # After a day a key stands for nothing.
    IdempotencyKey.objects.update(expires_at=clock.now())
    anew, problem = sent(bank, "key-1", body)
    assert (anew.status_code, problem["code"]) == (409, "bank_reference_used")


def test_who_claimed_a_key_and_died_holds_it_for_a_minute() -> None:
    here, elsewhere = uuid7(), uuid7()
    digest = idempotency.digest_of("somebody", "POST", "/", {"b": 1, "a": 2})
    assert digest == idempotency.digest_of("somebody", "POST", "/", {"a": 2, "b": 1})
    first = idempotency.claim(organisation_id=here, key="k", digest=digest)
    assert isinstance(first, idempotency.Claim)
    another = idempotency.claim(organisation_id=elsewhere, key="k", digest="f" * 64)
    assert isinstance(another, idempotency.Claim), "another's key is its own"
    with pytest.raises(Conflict) as refused:
        idempotency.claim(organisation_id=here, key="k", digest=digest)
    assert refused.value.code == "idempotency_under_way"
    assert isinstance(refused.value.params["retry_after"], int)
    with clock.at(clock.now() + timedelta(seconds=61)):
        second = idempotency.claim(organisation_id=here, key="k", digest=digest)
    assert isinstance(second, idempotency.Claim)
    answer = idempotency.Answer(201, {"id": "1"})
    idempotency.let_go(first)  # it was slow, not dead, and holds the key no more
    with pytest.raises(Conflict):
        idempotency.keep(first, idempotency.Answer(201, {"id": "2"}))
    idempotency.keep(second, answer)
    idempotency.let_go(second)
    assert idempotency.claim(organisation_id=here, key="k", digest=digest) == answer


def claimed_anew(actor: Actor, body: Body) -> None:
    """By the same request, sent again a minute later."""
    digest = idempotency.digest_of(actor.label, "POST", "/work", body)
    with clock.at(clock.now() + timedelta(seconds=61)):
        idempotency.claim(organisation_id=actor.home, key="k", digest=digest)


def fail(actor: Actor, body: Body) -> None:
    raise RuntimeError("the answer cannot be made")


@pytest.mark.parametrize(("meanwhile", "raised"), [(claimed_anew, Conflict), (fail, RuntimeError)])
def test_work_whose_answer_is_not_kept_is_undone(
    meanwhile: Callable[[Actor, Body], None], raised: type[Exception], world: World
) -> None:
    actor, subject = world.bank.actor, SubjectRef("loan", uuid7())

    @idempotent
    def post(view: None, request: Request) -> Response:
        with transaction.atomic():
            audit.record(actor=actor, verb="loan.cancelled", subject=subject)
        meanwhile(actor, request.data)
        return Response({})

    asked = APIRequestFactory().post("/work", {}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    sent = Request(asked, parsers=[JSONParser()])
    sent.auth = actor
    with pytest.raises(raised):
        post(None, sent)
    assert not AuditEntry.objects.filter(subject_id=subject.id).exists()
