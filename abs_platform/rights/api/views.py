"""Trades with what they support."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Body
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged, query_of
from abs_platform.parties.authentication import actor_of
from abs_platform.rights import replies, selectors
from abs_platform.rights.states import RightState
from abs_platform.trade import replies as trade_replies
from abs_platform.trade import selectors as trades
from abs_platform.trade import services as trade_services
from abs_platform.trade.states import Confirmation


class TradeQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=["financeable", "pending", "mismatch", "provisional"], required=False)
    search = serializers.CharField(max_length=100, required=False)


STATES = {
    "financeable": Q(right__supported__gt=0, right__state=RightState.FREE),
    "pending": Q(documents__confirmation=Confirmation.PENDING),
    "mismatch": Q(mismatches__gt=0),
    "provisional": Q(provisional=True),
}


class TradesView(APIView):
    """Trades."""

    @extend_schema(
        responses=page_of(replies.TradeRow),
        parameters=[*PAGE_PARAMETERS, TradeQuery],
        tags=["trades"],
        operation_id="trades_list",
    )
    def get(self, request: Request) -> Response:
        """Trades that the caller may see, newest first. Disclosed ones go into their owners' access logs."""
        actor = actor_of(request)
        query = query_of(request, TradeQuery)
        rows = trades.trades(actor=actor).filter(STATES.get(query.get("state", ""), Q()))
        if search := query.get("search"):
            rows = rows.filter(
                Q(order_number__icontains=search)
                | Q(buyer_name__icontains=search)
                | Q(buyer__name__icontains=search)
                | Q(seller__name__icontains=search)
            )

        def represent(page: Any) -> list[Body]:  # Any: a page of Trade
            return replies.trade_rows(trade_services.listed(actor=actor, rows=page))

        return paged(request, rows.distinct(), represent)


class TradeView(APIView):
    """One trade."""

    @extend_schema(responses=replies.TradeDetailOut, tags=["trades"])
    def get(self, request: Request, id: UUID) -> Response:
        """A trade: its documents, their lines side by side, how they differ, and the right they support."""
        actor = actor_of(request)
        row = trade_services.look(actor=actor, trade_id=id)
        right = selectors.right_of(trade_id=row.id)
        facts = trade_replies.trade_facts_body(row, trades.compared(row), actor=actor)
        return Response({**facts, "right": replies.right_body(right) if right else None})
