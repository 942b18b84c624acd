"""What the debtor pays reduces the right, once, whoever tells of it and however often."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from abs_platform.core import clock
from abs_platform.core.errors import Conflict
from abs_platform.rights import collecting, encumbrance
from abs_platform.rights.encumbrance import Hold
from abs_platform.rights.models import Collection, Right
from abs_platform.rights.payments import DEBTOR, HOLDER, REMITTANCE, SUPPLIER, Told, payments
from abs_platform.risk.models import Alert
from tests.rights.rules_of_collections import ILLEGAL
from tests.support.database import rolled_back
from tests.support.financing import performed
from tests.support.stage import request_and_grant
from tests.support.world import Member, World

pytestmark = pytest.mark.usefixtures("db")

DAY = date(2026, 5, 4)


def taken(*told: Told) -> Decimal:
    return sum((each.amount for each in payments(told)), Decimal(0))


def said(source: str, amount: int, reference: str = "", *, later: int = 0, another: bool = False) -> Told:
    return Told(source, reference, Decimal(amount), DAY + timedelta(days=later), another)


@pytest.mark.parametrize(
    ("told", "amount"),
    [
        ([said(HOLDER, 100, "A"), said(DEBTOR, 100, "a "), said(REMITTANCE, 100, "A")], 100),
        ([said(SUPPLIER, 100, "A"), said(DEBTOR, 100, "B", later=2)], 100),
        ([said(SUPPLIER, 100, "A"), said(DEBTOR, 100, "B", later=4)], 200),
        ([said(SUPPLIER, 100, "A"), said(DEBTOR, 90, "A")], 100),
        ([said(SUPPLIER, 100, "A"), said(SUPPLIER, 100, "B")], 200),
        ([said(SUPPLIER, 100, "A"), said(SUPPLIER, 100, "B"), said(DEBTOR, 100, "B"), said(DEBTOR, 100, "A")], 200),
        ([said(SUPPLIER, 100, "A"), said(DEBTOR, 50, "B"), said(DEBTOR, 50, "C")], 200),
        ([said(SUPPLIER, 100, "A"), said(DEBTOR, 100, "B", another=True)], 200),
        ([said(SUPPLIER, 100, "A"), said(DEBTOR, 100, "A", another=True)], 100),
        ([said(SUPPLIER, 100, "A"), said(DEBTOR, 100, "B", another=True), said(DEBTOR, 100, "C")], 200),
        ([], 0),
    ],
    ids=[
        "one, three tellers",
        "alike",
        "too far apart",
        "greater",
        "two",
        "two, twice",
        "in parts",
        "another",
        "another of the same name",
        "another, and then the one",
        "none",
    ],
)
def test_each_payment_counts_once(told: list[Told], amount: int) -> None:
    for each in permutations(told):
        assert taken(*each) == amount


def tell(member: Member, right: Right, amount: int, reference: str, *, is_another: bool = False) -> Collection:
    return collecting.tell(
        actor=member.actor,
        right_id=right.id,
        amount=Decimal(amount),
        received_on=clock.today(),
        reference=reference,
        is_another=is_another,
    )


def base_of(right: Right) -> Decimal:
    right.refresh_from_db()
    return right.base


def test_both_parties_tell_of_one_payment_and_each_takes_back_its_own(world: World) -> None:
    right = performed(world, "PAID-1")
    before = base_of(right)
    mine = tell(world.supplier, right, 100, "T-1")
    assert base_of(right) == before - 100
    tell(world.core, right, 100, "T-1")
    assert base_of(right) == before - 100
    with pytest.raises(Conflict, match="recorded already"):
        tell(world.supplier, right, 100, "T-1")
    with pytest.raises(Conflict, match="takes it back"):
        collecting.withdraw(actor=world.core.actor, right_id=right.id, collection_id=mine.id)
    collecting.withdraw(actor=world.supplier.actor, right_id=right.id, collection_id=mine.id)
    assert base_of(right) == before - 100, "the debtor still says so"
    with pytest.raises(Conflict, match="already"):
        collecting.withdraw(actor=world.supplier.actor, right_id=right.id, collection_id=mine.id)


def test_who_knows_it_says_that_what_looks_alike_is_another(world: World) -> None:
    right = performed(world, "PAID-5")
    before = base_of(right)
    tell(world.supplier, right, 100, "T-1")
    tell(world.core, right, 100, "C-7")
    assert base_of(right) == before - 100
    body = {"amount": "100", "received_on": clock.today().isoformat(), "reference": "C-8", "is_another": True}
    answer = world.core.browser.post(f"rights/{right.id}/collections", body, status=201)
    assert (answer["is_another"], base_of(right)) == (True, before - 200)
    collecting.withdraw(actor=world.core.actor, right_id=right.id, collection_id=answer["id"])
    assert base_of(right) == before - 100


def test_only_the_two_parties_are_offered_to_record_a_payment(world: World) -> None:
    right = performed(world, "PAID-6")
    request_and_grant(world, world.bank, trades=[right.trade_id])
    offered = {
        each: getattr(world, each).browser.get(f"rights/{right.id}")["allowed_actions"]
        for each in ("supplier", "core", "bank")
    }
    assert offered == {"supplier": ["record_payment"], "core": ["record_payment"], "bank": []}


def test_a_right_that_is_paid_in_full_supports_nothing(world: World) -> None:
    right = performed(world, "PAID-2")
    tell(world.core, right, int(right.base), "T-1")
    right.refresh_from_db()
    assert (right.base, right.supported, right.poolable) == (0, 0, False)


def test_a_right_that_is_paid_says_so_and_asks_for_nothing(world: World) -> None:
    right = performed(world, "PAID-4")
    open_page = world.supplier.browser.get(f"rights/{right.id}")
    assert (open_page["is_paid"], open_page["next_step"]["missing"]) == (False, "payment_confirmation")
    mine = tell(world.supplier, right, int(right.base), "T-1")
    page = world.supplier.browser.get(f"rights/{right.id}")
    assert (page["is_paid"], page["next_step"], page["missing"]) == (True, None, [])
    listed = world.supplier.browser.send("GET", "rights/export", file="csv", lang="en").content.decode()
    assert ",Paid," in listed
    assert ",Free," not in listed
    found = {state: len(world.supplier.browser.rows("rights", state=state)) for state in ("free", "paid", "settled")}
    assert found == {"free": 0, "paid": 1, "settled": 0}
    collecting.withdraw(actor=world.supplier.actor, right_id=right.id, collection_id=mine.id)
    assert world.supplier.browser.get(f"rights/{right.id}")["next_step"]["missing"] == "payment_confirmation"


def test_a_payment_past_the_holder_is_an_alert(world: World) -> None:
    right = performed(world, "PAID-3")
    with transaction.atomic():
        hold = Hold(
            right_id=right.id, pledge_id=right.id, amount=Decimal(500), currency="CNY", rate=Decimal("0.8"), rung=4
        )
        encumbrance.encumber(actor=world.supplier.actor, holds=[hold])
    tell(world.core, right, 10, "T-1")
    assert Alert.objects.filter(rule="held_right_paid_elsewhere", subject_id=right.trade_id).count() == 1


@pytest.mark.parametrize("name", ILLEGAL)
def test_the_database_refuses(name: str, world: World, right: Right) -> None:
    with pytest.raises(IntegrityError, match=name), rolled_back(), transaction.atomic():
        ILLEGAL[name](right)


@pytest.fixture(scope="module")
def module_right(module_world: World) -> Right:
    return performed(module_world, "PAID-0")


@pytest.fixture
def right(module_right: Right) -> Right:
    return module_right


def test_one_teller_tells_of_a_reference_once_however_it_is_written(world: World) -> None:
    right = performed(world, "PO-8")
    base = base_of(right)
    tell(world.supplier, right, 100, "AB-1")
    with pytest.raises(Conflict) as refused:
        tell(world.supplier, right, 100, "ａb -1")
    assert refused.value.code == "bank_reference_used"
    assert base_of(right) == base - 100
    tell(world.core, right, 100, "ab-1")
    assert base_of(right) == base - 100


def test_what_is_wrong_is_named_by_its_field(world: World) -> None:
    right = performed(world, "PO-7")
    given = {"amount": "10.00", "received_on": clock.today().isoformat(), "reference": "x"}
    for field, value in (("amount", "0"), ("received_on", "2999-01-01")):
        answer = world.supplier.browser.send("POST", f"rights/{right.id}/collections", {**given, field: value})
        assert (answer.status_code, answer.json()["params"]["field"]) == (422, field)


def test_nobody_tells_of_payments_without_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is compared with every other when the right is computed."""
    right = performed(world, "PO-9")
    monkeypatch.setattr(collecting, "MOST_TOLD", 1)
    tell(world.supplier, right, 1, "A")
    with pytest.raises(Conflict) as refused:
        tell(world.supplier, right, 1, "B")
    assert refused.value.code == "too_many_payments"
    tell(world.core, right, 1, "B")
