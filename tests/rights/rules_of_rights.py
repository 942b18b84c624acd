"""What the database refuses of rights and of the facts of their ladder."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import F

from abs_platform.core.ids import uuid7
from abs_platform.rights.models import Right, RungFact
from tests.support.illegal import LATER, NAN, again, change
from tests.support.stage import Stage


def held(**values: Any) -> Callable[[Stage], None]:
    """Every right held by a pledge, but for the values."""
    return change(
        Right,
        **{
            "state": "encumbered",
            "encumbered_by": uuid7(),
            "held_for": 1,
            "held_currency": "CNY",
            "held_rate": 1,
            "held_rung": 4,
            **values,
        },
    )


ILLEGAL: dict[str, Callable[[Stage], None]] = {
    "right_base": change(Right, base=NAN),
    "right_supported": change(Right, supported=Decimal(-1)),
    "right_supported_within_base": change(Right, supported=F("base") + 1, rung=5, financeable_since=LATER),
    "right_rate": change(Right, rate=Decimal("1.01")),
    "right_rung": change(Right, rung=6),
    "right_poolable_only_performed": change(Right, poolable=True, due_date=None, expected_due_date=None, due_basis=""),
    "right_state_known": change(Right, state="lost"),
    "right_encumbered_by_a_pledge": change(Right, state="encumbered"),
    "right_encumbered_by_a_pledge ": change(
        Right, encumbered_by=uuid7(), held_for=1, held_currency="CNY", held_rate=1, held_rung=4
    ),
    "right_encumbered_by_a_pledge  ": held(held_rate=None),
    "right_encumbered_by_a_pledge   ": held(held_rate=0),
    "right_encumbered_by_a_pledge    ": held(held_rung=None),
    "right_encumbered_by_a_pledge     ": held(held_currency="yen"),
    "right_held_for": held(held_for=NAN),
    "right_due_basis_known": change(Right, due_basis="hope"),
    "right_due_date_has_basis": change(Right, due_basis="term", expected_due_date=None),
    "right_due_date_has_basis ": change(Right, due_basis="", due_date="2026-01-01"),
    "right_due_date_has_basis  ": change(
        Right, due_basis="statutory", due_date="2026-01-01", expected_due_date="2026-01-01"
    ),
    "rung_fact_number": again(RungFact, follows=None, event="reached", rung=2, record_id=uuid7()),
    "rung_fact_first_once": again(RungFact, follows=None, event="reached", number=99, record_id=uuid7()),
    "rung_fact_rung": again(RungFact, follows=None, event="reached", number=99, rung=6, record_id=uuid7()),
    "rung_fact_reached_first": again(RungFact, follows=None, number=99, rung=2, event="changed", record_id=uuid7()),
    "rung_fact_event_known": again(RungFact, follows=None, number=99, rung=2, event="dreamt", record_id=uuid7()),
    "rung_fact_lost_has_reason": again(
        RungFact, follows=None, event="reached", number=99, rung=2, reason="nothing_counts", record_id=uuid7()
    ),
    "rung_fact_reason_known": lambda stage: again(
        RungFact, number=99, follows=RungFact.objects.latest("id"), event="lost", reason="boredom", record_id=uuid7()
    )(stage),
    "right_supported_has_rung": change(Right, supported=1, base=2, rung=0),
}
