"""A program that lost the answer sends its request again: what was done stays done once, and is answered as it was."""

import json
from datetime import timedelta

import pytest

from abs_platform.core import clock
from abs_platform.core.idempotency import LEASE
from abs_platform.financing.lending.models import Payment
from tests.support.callers import Body
from tests.support.dying import dies
from tests.support.financing import performed
from tests.support.lending import Lender, lender_of
from tests.support.once import hear
from tests.support.world import World


def paid(lender: Lender, body: Body) -> tuple[int, str | None, Body]:
    """Status, whether it is told to be a repetition, and the answer."""
    response = lender.maker.browser.send("POST", "financing/payments", body)
    return response.status_code, response.get("Idempotent-Replayed"), json.loads(response.content)


@pytest.mark.parametrize(("point", "was_done"), [("idempotency.kept", False), ("idempotency.committed", True)])
def test_the_process_dies_before_its_answer_is_out(committed_world: World, point: str, was_done: bool) -> None:
    lender = lender_of(committed_world)
    loan = lender.disbursed(performed(committed_world, "PO-DIES", price="100.00"))
    hear()
    lender.maker.browser.headers["Idempotency-Key"] = "its-key"
    body = {
        "loan": str(loan.id), "payer": "supplier", "right": None, "amount": "100.00",
        "received_on": clock.today().isoformat(), "bank_reference": "IN-DIES",
    }  # fmt: skip
    assert dies(lambda: paid(lender, body), at=point)
    assert Payment.objects.count() == was_done

    if not was_done:
        assert paid(lender, body)[0] == 409, "it may still be under way"
    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        status, replayed, answer = paid(lender, body)
    assert (status, replayed) == (201, "true" if was_done else None)
    assert Payment.objects.get().bank_reference == answer["bank_reference"] == "IN-DIES"
