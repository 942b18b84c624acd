"""Every state × action × caller of loans, payments and pay-outs, through REST, with the exact answer.

What `allowed_actions` offers is taken, everything else is refused, and what is refused changes nothing.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import Model

from abs_platform.core import clock
from abs_platform.core.models import AuditEntry, Job
from abs_platform.core.transitions import Table
from abs_platform.financing import states
from abs_platform.financing.lending import payouts, services
from abs_platform.financing.lending.models import Entry, Loan, LoanFact, Payment, Payout, Posting
from abs_platform.financing.models import Notice, Pledge, Request
from abs_platform.ledger.models import Record
from abs_platform.rights.models import Collection, Right
from abs_platform.rights.states import PLATFORM_ROLE
from tests.support.callers import Caller
from tests.support.database import rolled_back
from tests.support.financing import ACCOUNT, performed
from tests.support.lending import Lender
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("db")

OWN = {"maker", "checker", "program"}  # the funder's: who proposed, who checks, and a program
SECOND = {"disburse", "write_off", "confirm", "reject", "reverse"}  # what a second person does
REASON = {"reason": "because"}


@dataclass
class Scene:
    """Loans before they are paid out, out, and paid back with a surplus; payments and a pay-out on them; who asks."""

    lender: Lender
    fresh: Loan
    lent: Loan
    paid_back: Loan
    recorded: Payment
    confirmed: Payment
    payout: Payout

    @property
    def callers(self) -> dict[str, Caller]:
        world: World = self.lender.world
        return {
            "maker": self.lender.maker.browser,
            "checker": self.lender.checker.browser,
            "program": self.lender.checker.program,
            "supplier": world.supplier.browser,
            "other funder": world.factor.browser,
            "debtor": world.core.browser,
            "operator": world.console.browser,
        }


@pytest.fixture(scope="module")
def scene(module_lender: Lender, module_right: Right) -> Scene:
    lender, right = module_lender, module_right
    paid_back = lender.disbursed(right, principal=Decimal(100))
    lender.paid(paid_back, "200")
    payout = payouts.record(
        actor=lender.maker.actor, loan_id=paid_back.id, amount=Decimal(5), paid_on=clock.today(), bank_reference="B-1"
    )
    lent = lender.disbursed(right)
    confirmed = lender.paid(lent, "10", right=right, reference="IN-1")
    recorded = lender.record(lent, "20", right=right, reference="IN-2")
    fresh = lender.lend(performed(lender.world, "ST-9", price="100.00"))
    return Scene(lender, fresh, lent, paid_back, recorded, confirmed, payout)


def put(row: Model, **values: object) -> None:
    """Bring a row into a state, as no service would."""
    type(row)._default_manager.filter(pk=row.pk).update(**values)


def loan_in(scene: Scene, state: str) -> Loan:
    maker, checker, today = scene.lender.maker.person_id, scene.lender.checker.person_id, clock.today()
    if state == "settled":
        return scene.paid_back
    if state in ("awaiting", "disbursement_proposed", "cancelled"):
        proposed = {"maker_id": maker, "bank_reference": "OUT-9", "disbursed_on": today}
        ended = clock.now() if state == "cancelled" else None
        put(scene.fresh, state=state, ended_at=ended, **(proposed if state == "disbursement_proposed" else {}))
        return scene.fresh
    values: dict[str, object] = {"disbursed_on": today - timedelta(days=30), "due_date": today - timedelta(days=1)}
    if state != "outstanding":
        values |= {"write_off_maker_id": maker, "write_off_reason": "insolvent"}
    if state == "written_off":
        values |= {"write_off_checker_id": checker, "ended_at": clock.now()}
    put(scene.lent, state=state, **values)
    return scene.lent


def payment_in(scene: Scene, state: str) -> Payment:
    maker, checker = scene.lender.maker.person_id, scene.lender.checker.person_id
    if state in ("recorded", "rejected"):
        rejected = {"checker_id": checker, "reason": "never came"} if state == "rejected" else {}
        put(scene.recorded, state=state, **rejected)
        return scene.recorded
    undone = {"reversal_maker_id": maker, "reason": "came back"} if state != "confirmed" else {}
    put(scene.confirmed, state=state, **undone, reversal_checker_id=checker if state == "reversed" else None)
    return scene.confirmed


def payout_in(scene: Scene, state: str) -> Payout:
    checked = {"checker_id": scene.lender.checker.person_id, "reason": "never sent"}
    put(scene.payout, state=state, **(checked if state != "recorded" else {}))
    return scene.payout


@dataclass(frozen=True)
class Kind:
    """A table, its address, how a row gets into a state, and what else is done on it and in which states."""

    table: Table
    states: list[str]
    address: str
    bring: Callable[[Scene, str], Any]  # Any: a row of one of three models
    more: dict[str, set[str]]

    @property
    def actions(self) -> dict[str, set[str]]:
        """What people do, with the states in which they may."""
        by_hand = {name: set(row.sources) for name, row in self.table.items() if PLATFORM_ROLE not in row.by}
        return by_hand | self.more


KINDS = {
    "loan": Kind(
        states.LOAN_TRANSITIONS,
        [str(s) for s in states.LoanState],
        "financing/loans",
        loan_in,
        {"record_payment": {"outstanding", "written_off", "settled"}, "record_payout": {"settled"}},
    ),
    "payment": Kind(
        states.PAYMENT_TRANSITIONS, [str(s) for s in states.PaymentState], "financing/payments", payment_in, {}
    ),
    "payout": Kind(states.PAYOUT_TRANSITIONS, [str(s) for s in states.PayoutState], "financing/payouts", payout_in, {}),
}


def call(kind: Kind, action: str, row: Any, owed: str) -> tuple[str, dict[str, Any]]:  # Any: a row; JSON
    """Where an action is asked for, and with what."""
    today = clock.today().isoformat()
    moved = {"loan": str(row.id), "amount": "1.00", "bank_reference": "NEW-1"}
    if action == "record_payment":
        return "financing/payments", {**moved, "payer": "supplier", "received_on": today}
    if action == "record_payout":
        return "financing/payouts", {**moved, "paid_on": today}
    proposal = services.proposal_of(row) if isinstance(row, Loan) and row.disbursed_on else "0" * 64
    bodies: dict[str, dict[str, Any]] = {
        "propose_disbursement": {"payee_account": ACCOUNT, "bank_reference": "OUT-9", "disbursed_on": today},
        "disburse": {"amount": str(getattr(row, "principal", "")), "proposal": proposal},
        "write_off": {"amount": owed},
        "confirm": {"amount": str(getattr(row, "amount", ""))},
    }
    return f"{kind.address}/{row.id}/{action.replace('_', '-')}", bodies.get(action, REASON)


def expected(kind: Kind, action: str, state: str, who: str) -> int:
    """The answer: 403 for whoever has not the role, 404 for whom it does not concern, 409 where it is not the time."""
    if who not in OWN:
        return 404 if who == "other funder" else 403
    if state not in kind.actions[action]:
        return 409
    if action in SECOND and who != "checker":
        return 403
    return 201 if action in kind.more else 200


def everything() -> list[object]:
    """All that an action on money could change."""
    rows = (Loan, Payment, Payout, Pledge, Notice, Request, Right)
    counted = (Entry, Posting, LoanFact, AuditEntry, Record, Collection, Job)
    return [
        *(list(model._default_manager.order_by("pk").values()) for model in rows),
        *(model._default_manager.count() for model in counted),
    ]


@pytest.mark.parametrize("name", KINDS)
def test_each_caller_gets_the_exact_answer_in_each_state_and_a_refusal_changes_nothing(name: str, scene: Scene) -> None:
    kind = KINDS[name]
    for state in kind.states:
        cache.clear()
        with rolled_back():
            row = kind.bring(scene, state)
            row.refresh_from_db()
            before = everything()
            shown = scene.callers["checker"].get(f"{kind.address}/{row.id}")
            assert shown["state"] == state
            owed = shown["owed"]["total"] if name == "loan" else ""
            for who, caller in scene.callers.items():
                seen = caller.send("GET", f"{kind.address}/{row.id}")
                offered = seen.json()["allowed_actions"] if seen.status_code == 200 else []
                wanted = {action: expected(kind, action, state, who) for action in kind.actions}
                assert set(offered) == {action for action, answer in wanted.items() if answer < 300}, (state, who)
                for action, answer in wanted.items():
                    address, body = call(kind, action, row, owed)
                    with rolled_back() if answer < 300 else nullcontext():  # what is refused has nothing to take back
                        found = caller.send("POST", address, body)
                    assert found.status_code == answer, (state, who, action, found.content)
            assert everything() == before
