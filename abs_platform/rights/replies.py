"""How rights look in replies."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from abs_platform.core.rest.fields import Body, Named, money, named, time
from abs_platform.core.words import said
from abs_platform.rights import selectors
from abs_platform.rights.models import Right
from abs_platform.rights.states import RightState
from abs_platform.rights.words import STATES
from abs_platform.trade import replies as trades
from abs_platform.trade.models import Trade
from abs_platform.trade.replies import Buyer


class RightSummary(serializers.Serializer[Any]):
    rung = serializers.IntegerField(min_value=0, max_value=5)
    base = serializers.CharField()
    supported = serializers.CharField()
    currency = serializers.CharField(allow_blank=True)
    poolable = serializers.BooleanField()
    missing = serializers.ListField(child=serializers.CharField())


class ReductionOut(serializers.Serializer[Any]):
    reason = serializers.CharField()
    amount = serializers.CharField()
    document = serializers.CharField()


class CalculationLine(serializers.Serializer[Any]):
    order_line = serializers.CharField(allow_blank=True)
    item = serializers.CharField(allow_blank=True)
    quantity = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    unit_value = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_blank=True)
    tax = serializers.CharField(allow_blank=True)


class RightOut(RightSummary):
    id = serializers.UUIDField()
    trade = serializers.UUIDField()
    order_number = serializers.CharField(allow_blank=True)
    rate = serializers.CharField()
    poolable_reasons = serializers.ListField(child=serializers.CharField())
    reductions = ReductionOut(many=True)
    lines = CalculationLine(many=True)
    state = serializers.ChoiceField(choices=list(RightState))
    is_paid = serializers.BooleanField(help_text="nothing is left to pay on what was accepted")
    seller = Named()
    buyer = Buyer()
    due_date = serializers.DateField(allow_null=True, help_text="where it is certain")
    expected_due_date = serializers.DateField(allow_null=True)
    due_basis = serializers.CharField(allow_blank=True, help_text="what the expected date follows from")
    financeable_since = serializers.DateTimeField(allow_null=True)
    payment_confirmed_at = serializers.DateTimeField(allow_null=True)
    days_earlier = serializers.IntegerField(allow_null=True)
    computed_at = serializers.DateTimeField()


class TradeRow(trades.TradeOut):
    right = RightSummary(allow_null=True)


class TradeDetailOut(trades.TradeFactsOut):
    right = RightOut(allow_null=True)


def _summary(row: Right) -> Body:
    return {
        "rung": row.rung,
        "base": money(row.base, row.currency),
        "supported": money(row.supported, row.currency),
        "currency": row.currency,
        "poolable": row.poolable,
        "missing": row.missing_now,
    }


def right_body(row: Right) -> Body:
    """A right with all that explains it."""
    return {
        **_summary(row),
        "id": str(row.id),
        "trade": str(row.trade_id),
        "order_number": row.trade.order_number,
        "rate": format(row.rate.normalize(), "f"),
        "poolable_reasons": row.poolable_reasons,
        "reductions": row.reductions,
        "lines": row.calculation,
        "state": row.state,
        "is_paid": row.is_paid,
        "seller": named(row.trade.seller_id, row.trade.seller.name),
        "buyer": {
            "id": str(row.trade.buyer_id) if row.trade.buyer_id else None,
            "name": row.trade.buyer_called,
        },
        "due_date": row.due_date.isoformat() if row.due_date else None,
        "expected_due_date": row.expected_due_date.isoformat() if row.expected_due_date else None,
        "due_basis": row.due_basis,
        "financeable_since": time(row.financeable_since),
        "payment_confirmed_at": time(selectors.payment_confirmed_at(row)),
        "days_earlier": selectors.days_earlier(row),
        "computed_at": time(row.computed_at),
    }


def state_in_words(body: Body, language: str) -> str:
    """The state of a right's body as people read it: one that is free, and paid, is told to be paid."""
    is_free = body["state"] == RightState.FREE
    return said(STATES, "paid" if is_free and body["is_paid"] else body["state"], language)


def trade_rows(rows: Sequence[Trade]) -> list[Body]:
    """Trades for a list, each with what it supports."""
    rights = {row.trade_id: row for row in Right.objects.filter(trade__in=[row.id for row in rows])}
    return [
        {**body, "right": _summary(rights[row.id]) if row.id in rights else None}
        for row, body in zip(rows, trades.trade_bodies(rows), strict=True)
    ]
