"""A request that is sent again with its Idempotency-Key happens once, and is answered alike."""

import json
from datetime import timedelta

import pytest
from django.http import HttpResponse

from abs_platform.core import clock, idempotency
from abs_platform.core.errors import Conflict
from abs_platform.core.ids import uuid7
from abs_platform.core.models import IdempotencyKey
from abs_platform.financing.lending.models import Payment
from abs_platform.rights.models import Right
from tests.support.callers import Body
from tests.support.lending import Lender
from tests.support.world import Member

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
    assert idempotency.claim(organisation_id=here, key="k", digest=digest) is None
    assert idempotency.claim(organisation_id=elsewhere, key="k", digest="f" * 64) is None, "another's key is its own"
    with pytest.raises(Conflict) as refused:
        idempotency.claim(organisation_id=here, key="k", digest=digest)
    assert refused.value.code == "idempotency_under_way"
    assert isinstance(refused.value.params["retry_after"], int)
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert idempotency.claim(organisation_id=here, key="k", digest=digest) is None
    answer = idempotency.Answer(201, {"id": "1"})
    idempotency.keep(organisation_id=here, key="k", digest=digest, answer=answer)
    idempotency.let_go(organisation_id=here, key="k")
    assert idempotency.claim(organisation_id=here, key="k", digest=digest) == answer


def test_an_attempt_that_outlives_its_minute_is_not_done_beside_the_next() -> None:
    """It waited for a lock, say, while its caller gave up on it and sent the request again."""
    here, digest, answer = uuid7(), "0" * 64, idempotency.Answer(201, {"id": "1"})

    def finish(digest: str) -> None:
        idempotency.keep(organisation_id=here, key="k", digest=digest, answer=answer)

    idempotency.claim(organisation_id=here, key="k", digest=digest)
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert idempotency.claim(organisation_id=here, key="k", digest=digest) is None
        finish(digest)
        with pytest.raises(Conflict) as late:
            finish(digest)
    assert late.value.code == "idempotency_under_way", "and all that it did is undone"

    # Refused meanwhile, the first one frees the key, which then stands for another request.
    idempotency.let_go(organisation_id=here, key="k")
    IdempotencyKey.objects.update(expires_at=clock.now())
    idempotency.claim(organisation_id=here, key="k", digest="f" * 64)
    with pytest.raises(Conflict):
        finish(digest)
    assert IdempotencyKey.objects.get(organisation_id=here).status is None
