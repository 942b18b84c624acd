"""Which line it is that uses what others had used up, and whose trade is told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from abs_platform.integrations.formats.model import Extracted
from abs_platform.parties.actor import PLATFORM
from abs_platform.risk.models import Alert
from abs_platform.trade import services as trades
from abs_platform.trade.matching import services as matching
from abs_platform.trade.models import LineMatch, Tolerance, Trade, TradeDocument, TradeLine
from tests.support.filing import file
from tests.support.matches import derived, stored
from tests.support.world import World
from tests.trade.matching.test_matching import DAY, ORDER, invoice, paper, receipt, submit

pytestmark = pytest.mark.usefixtures("db")

NAMED = {"receipt_number": "R-1", "receipt_line_id": "1"}


def credit(number: str, quantity: str = "10") -> Extracted:
    return paper("credit_note", number, quantity, invoice_number="I-1", invoice_line_id="1")


def told() -> list[tuple[str, object]]:
    """By alert, on which trade it stands and which document it names."""
    alerts = Alert.objects.filter(rule="line_consumed_twice").order_by("subject_label", "detail__document")
    return [(each.subject_label, each.detail["document"]) for each in alerts]


def dispute(kind: str, number: str) -> Trade:
    filed = TradeDocument.objects.get(kind=kind, number=number)
    filed.confirmation, filed.decided_at = "disputed", timezone.now()
    filed.save(update_fields=["confirmation", "decided_at"])
    return Trade.objects.select_related("seller", "buyer__parent").get(id=filed.trade_id)


@pytest.mark.parametrize("accepted", [None, "10"], ids=["before the receipt", "after it"])
def test_one_invoice_is_not_credited_twice(world: World, accepted: str | None) -> None:
    first = [receipt(accepted)] if accepted else []
    assert submit(world, ORDER, *first, invoice("10"), credit("C-1")).used_again_by is None
    row = submit(world, credit("C-2"))
    assert TradeLine.objects.get(id=row.used_again_by).document.number == "C-2"
    assert told() == [("PO-1", "C-2")]


def test_a_receipt_under_two_credit_notes_can_be_disputed(world: World) -> None:
    submit(world, ORDER, receipt("10"), invoice("10"), credit("C-1"), credit("C-2"))
    trades.changed(PLATFORM, dispute("receipt_advice", "R-1"), "confirmation.dispute", {})
    assert stored() == derived()
    assert LineMatch.objects.get().accepted is None
    assert told() == [("PO-1", "C-2")]


def test_who_names_a_line_that_was_used_up_is_told_rather_than_the_last(world: World) -> None:
    two = {"receipt_number": "R-2", "receipt_line_id": "1"}
    submit(world, ORDER, receipt("5"), receipt("5", "R-2"))
    submit(world, invoice("5", "I-1", **NAMED), invoice("1", "I-2", **NAMED), invoice("4", "I-3", **two))
    assert told() == [("PO-1", "I-2")]


def test_every_buyer_may_have_a_receipt_of_one_number(world: World) -> None:
    for number, buyer in (("PO-1", world.core), ("PO-77", world.project)):
        for said in (
            replace(ORDER, number=number),
            replace(receipt("10"), order_number=number),
            replace(invoice("10", f"I-{number}", **NAMED), order_number=number),
        ):
            file(said, owner=world.supplier.organisation, buyer=buyer.organisation)
    assert stored() == derived()
    assert told() == []


def under(number: str, said: Extracted, world: World) -> None:
    """Filed under another order with the same buyer."""
    file(replace(said, order_number=number), owner=world.supplier.organisation, buyer=world.core.organisation)


def test_boxes_do_not_use_up_tonnes(world: World) -> None:
    submit(world, ORDER, receipt("10"), invoice("7", **NAMED))
    under("PO-2", invoice("9001", "I-2", unit="BX", **NAMED), world)
    assert told() == []
    under("PO-3", invoice("3001", "I-3", unit="KGM", **NAMED), world)
    assert told() == [("PO-3", "I-3")]


def test_a_receipt_that_states_no_unit_is_of_its_orders(world: World) -> None:
    submit(world, ORDER, receipt("10", unit=None), invoice("7", **NAMED))
    under("PO-2", invoice("3000", "I-2", unit="KGM", **NAMED), world)
    assert told() == []
    under("PO-3", invoice("1", "I-3", unit="KGM", **NAMED), world)
    assert told() == [("PO-3", "I-3")]


def test_what_two_trades_use_together_may_differ_as_the_buyer_said(world: World) -> None:
    Tolerance.objects.create(
        seller=world.supplier.organisation,
        buyer=world.core.organisation,
        quantity=Decimal("0.05"),
        price=0,
        effective_from=DAY,
    )
    submit(world, ORDER, receipt("10"), invoice("7", **NAMED))
    under("PO-2", invoice("3.5", "I-2", **NAMED), world)
    assert told() == []
    under("PO-3", invoice("0.1", "I-3", **NAMED), world)
    assert told() == [("PO-3", "I-3")]


def test_the_alert_stands_on_the_trade_of_the_line_that_it_names(world: World) -> None:
    """The later invoice was there first; the earlier one arrives in another trade, whose event finds it."""
    later = replace(
        invoice("4", "I-LATER", **NAMED),
        issue_date=date(2026, 4, 1),
        totals=replace(ORDER.totals, payable=Decimal(16000)),
    )
    under("PO-2", later, world)
    for said in (ORDER, receipt("10"), invoice("7", **NAMED)):
        file(said, owner=world.supplier.organisation, buyer=world.core.organisation)
    assert told() == [("PO-2", "I-LATER")]
    alert = Alert.objects.get(rule="line_consumed_twice")
    assert alert.subject_id == Trade.objects.get(order_number="PO-2").id
    assert alert.amount == 16000


def test_an_event_sees_what_it_has_just_taken_out(world: World) -> None:
    submit(world, ORDER, receipt("10"), invoice("7", **NAMED))
    under("PO-3", invoice("4", "I-3", **NAMED), world)
    assert told() == [("PO-3", "I-3")]
    assert matching.match(trade_ids=[dispute("invoice", "I-3").id]).used_again == []
