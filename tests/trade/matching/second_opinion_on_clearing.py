"""What each payment and credit note clears of which invoice: worked out in Python from what the documents say, one invoice and
one item after the other, to be held against what the database's definition says.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from abs_platform.integrations.formats.model import fold
from abs_platform.trade import selectors
from abs_platform.trade.facts import Tolerance
from abs_platform.trade.matching import clearing, in_force
from abs_platform.trade.models import Cleared, Clearing, TradeDocument

ZERO = Decimal(0)
LATE = date.max


@dataclass(slots=True)
class Bill:
    """An invoice, and what is left of it."""

    paper: TradeDocument
    billed: Decimal | None
    tolerance: Tolerance
    pieces: list[tuple[Decimal, "Item", Decimal]] = field(default_factory=list)
    wanted: Decimal = ZERO

    @property
    def cleared(self) -> Decimal:
        return sum((amount for _, _, amount in self.pieces), ZERO)

    def take(self, item: "Item", amount: Decimal) -> Decimal:
        """As much of an amount as there is room for."""
        taken = min(amount, (self.billed or ZERO) - self.cleared)
        if taken > 0:
            self.pieces.append((self.cleared, item, taken))
        return max(taken, ZERO)


@dataclass(slots=True)
class Item:
    paper: TradeDocument
    position: int
    key: UUID | None
    amount: Decimal


def assert_cleared_as_said() -> None:
    papers = list(TradeDocument.objects.select_related("trade", "document__tax"))
    allowed = in_force.of_trades({each.trade_id for each in papers})
    bills = sorted(
        (_bill(each, allowed[each.trade_id]) for each in papers if each.kind == "invoice"),
        key=lambda bill: (bill.paper.issue_date or LATE, str(bill.paper.document_id)),
    )
    items = sorted(
        (item for each in papers for item in _items(each)),
        key=lambda item: (item.paper.issue_date or LATE, item.paper.number, str(item.paper.document_id), item.position),
    )
    expected: dict[tuple[UUID, int], tuple[UUID, UUID | None, Decimal]] = {}
    for item in items:
        if item.key is not None and (bill := _meant(item, bills)):
            bill.take(item, item.amount)
            bill.wanted += item.amount
            beyond = ZERO
            if bill.billed is not None and bill.wanted > bill.billed * (1 + (bill.tolerance.amount or ZERO)):
                beyond = min(bill.wanted - bill.billed, item.amount)
            expected[_id(item)] = (bill.paper.trade_id, bill.paper.document_id, beyond)
    for item in items:
        if item.key is not None and item.paper.kind == "remittance_advice" and _is_of_its_trade(item):
            of_it = [each for each in items if each.paper.document_id == item.paper.document_id and each.key]
            if not any(_meant(each, bills) for each in of_it):
                expected[_id(item)] = (item.paper.trade_id, None, ZERO)
    in_turn = sorted(
        bills, key=lambda bill: (bill.paper.due_date or LATE, bill.paper.issue_date or LATE, bill.paper.number, str(bill.paper.document_id))
    )  # fmt: skip
    for item in items:
        if item.key is None and _is_of_its_trade(item):
            own = [bill for bill in in_turn if bill.paper.trade_id == item.paper.trade_id]
            own = [bill for bill in own if _currency(bill.paper) == _currency(item.paper)]
            rest = item.amount
            for bill in own:
                rest -= bill.take(item, rest)
            is_bounded = bool(own) and all(bill.billed is not None for bill in own)
            expected[_id(item)] = (item.paper.trade_id, None, rest if is_bounded else ZERO)
    found = {
        (each.item.document_id, each.item.position): (each.trade_id, each.invoice_id, each.beyond)
        for each in Cleared.objects.select_related("item")
    }
    assert found == expected, (found, expected)
    pieces: dict[UUID, list[tuple[Decimal, tuple[UUID, int], Decimal]]] = defaultdict(list)
    for each in Clearing.objects.select_related("item").order_by("invoice_id", "starts"):
        pieces[each.invoice_id].append(
            (each.starts, (each.item.document_id, each.item.position), each.ends - each.starts)
        )
    assert pieces == {
        bill.paper.document_id: [(starts, _id(item), amount) for starts, item, amount in bill.pieces]
        for bill in bills
        if bill.pieces
    }


def _bill(paper: TradeDocument, allowed: in_force.Dated) -> Bill:
    tax = getattr(paper.document, "tax", None)
    billed = None if paper.total is None else max(paper.total, ZERO)
    if tax is not None and tax.status in ("voided", "lost_control", "abnormal"):
        billed = ZERO
    return Bill(paper, billed, in_force.on(paper.issue_date, allowed))


def _items(paper: TradeDocument) -> list[Item]:
    columns = clearing.items_of(paper.trade.seller_id, selectors.said(paper))
    return [Item(paper, each["position"], each["invoice_key"], each["amount"]) for each in columns]  # type: ignore[arg-type]


def _id(item: Item) -> tuple[UUID, int]:
    return item.paper.document_id, item.position


def _meant(item: Item, bills: list[Bill]) -> Bill | None:
    """`bills`: by date. Of those in its currency the one of its own trade first."""
    bearing = [
        bill
        for bill in bills
        if clearing.invoice_key(bill.paper.trade.seller_id, fold(bill.paper.number)) == item.key
        and bill.paper.trade.buyer_key == item.paper.trade.buyer_key
    ]
    if item.paper.currency:
        bearing = [bill for bill in bearing if _currency(bill.paper) in ("", item.paper.currency)]
    own = [bill for bill in bearing if bill.paper.trade_id == item.paper.trade_id]
    return next(iter([*own, *bearing]), None)


def _is_of_its_trade(item: Item) -> bool:
    return not item.paper.currency or item.paper.trade.currency in ("", item.paper.currency)


def _currency(paper: TradeDocument) -> str:
    return paper.currency or paper.trade.currency
