"""What is due when: a debtor's obligations, a supplier's money to come."""

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.errors import Invalid
from abs_platform.core.rest.fields import Body, Day, Named, money, named
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, NewestFirst, page_of, paged, query_of
from abs_platform.financing import dues
from abs_platform.parties.authentication import actor_of

# Days that one calendar spans at most.
LONGEST = 400


class SideQuery(serializers.Serializer[Any]):
    side = serializers.ChoiceField(choices=[str(side) for side in dues.Side])


class DuesQuery(SideQuery):
    on = Day(required=False, help_text="Only what is due on this day.")
    undated = serializers.BooleanField(
        required=False, help_text="Only what no document states a day of; it is left out otherwise."
    )


class CalendarQuery(SideQuery):
    first = Day()
    last = Day()


class DueOut(serializers.Serializer[Any]):
    right = serializers.UUIDField()
    trade = serializers.UUIDField()
    order_number = serializers.CharField(allow_blank=True)
    seller = Named()
    debtor = serializers.CharField()
    payee = Named(help_text="Whom to pay: the seller, or the assignee that the debtor was told of.")
    amount = serializers.CharField()
    currency = serializers.CharField()
    due_date = serializers.DateField(allow_null=True)
    rung = serializers.IntegerField()
    certain = serializers.BooleanField(help_text="The goods were accepted, so that the money is owed.")


class DayOut(serializers.Serializer[Any]):
    due_date = serializers.DateField(allow_null=True)
    currency = serializers.CharField()
    amount = serializers.CharField()
    certain = serializers.CharField()
    count = serializers.IntegerField()


class CalendarOut(serializers.Serializer[Any]):
    days = DayOut(many=True)


class ByDueDate(NewestFirst):
    """Pages by due date, the nearest first."""

    ordering = ("due_date", "id")


class DuesView(APIView):
    """What is due."""

    @extend_schema(
        responses=page_of(DueOut),
        parameters=[*PAGE_PARAMETERS, DuesQuery],
        tags=["financing"],
        operation_id="dues_list",
    )
    def get(self, request: Request) -> Response:
        """Rights that money is still due on, those due first before the others."""
        actor = actor_of(request)
        query = query_of(request, DuesQuery)
        rows = dues.dues(actor=actor, side=dues.Side(query["side"]))
        if query.get("undated"):
            return paged(request, rows.filter(due_date=None), _bodies)
        rows = rows.filter(due_date=query["on"]) if "on" in query else rows.exclude(due_date=None)
        return paged(request, rows, _bodies, paginator=ByDueDate)


class CalendarView(APIView):
    """What is due, by day."""

    @extend_schema(responses=CalendarOut, parameters=[CalendarQuery], tags=["financing"], operation_id="dues_calendar")
    def get(self, request: Request) -> Response:
        """Sums by day and currency, and what no document states a day of."""
        actor = actor_of(request)
        query = query_of(request, CalendarQuery)
        first, last = query["first"], query["last"]
        if not first <= last <= first + timedelta(days=LONGEST):
            raise Invalid(
                "period_invalid",
                f"The last day must not be before the first, nor over {LONGEST} days after it.",
                days=LONGEST,
            )
        days = dues.by_day(actor=actor, side=dues.Side(query["side"]), first=first, last=last)
        return Response(
            {
                "days": [
                    {
                        "due_date": day.due_date.isoformat() if day.due_date else None,
                        "currency": day.currency,
                        "amount": money(day.amount, day.currency),
                        "certain": money(day.certain, day.currency),
                        "count": day.count,
                    }
                    for day in days
                ]
            }
        )


def _bodies(rows: Any) -> list[Body]:  # Any: a page of Right
    payees = dues.payees(rows)
    return [
        {
            "right": str(row.id),
            "trade": str(row.trade_id),
            "order_number": row.trade.order_number,
            "seller": named(row.trade.seller_id, row.trade.seller.name),
            "debtor": row.trade.buyer_called,
            "payee": named(payee.id, payee.name),
            "amount": money(row.base, row.currency),
            "currency": row.currency,
            "due_date": row.due_date.isoformat() if row.due_date else None,
            "rung": row.rung,
            "certain": dues.is_certain(row),
        }
        for row in rows
        for payee in [payees.get(row.id, row.trade.seller)]
    ]
