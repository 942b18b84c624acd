"""Tolerances between a core enterprise and a supplier."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Body, Named, named, number, time
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged
from abs_platform.parties.authentication import actor_of
from abs_platform.trade import tolerances
from abs_platform.trade.models import Tolerance

_MOST = Decimal("0.999999")


class _Share(serializers.DecimalField):
    def __init__(self, **options: Any) -> None:  # Any: DRF's field options
        super().__init__(max_digits=7, decimal_places=6, min_value=0, max_value=_MOST, **options)


class ToleranceIn(serializers.Serializer[Any]):
    seller = serializers.UUIDField()
    quantity = _Share(help_text="A share: 0.05 is 5 %")
    price = _Share()
    amount = _Share(allow_null=True, required=False, default=None, help_text="null: amounts are not compared")
    effective_from = serializers.DateField()


class ToleranceOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    seller = Named()
    buyer = Named()
    quantity = serializers.CharField()
    price = serializers.CharField()
    amount = serializers.CharField(allow_null=True)
    effective_from = serializers.DateField()
    set_by = serializers.CharField()
    set_at = serializers.DateTimeField()


def _body(row: Tolerance) -> Body:
    return {
        "id": str(row.id),
        "seller": named(row.seller_id, row.seller.name),
        "buyer": named(row.buyer_id, row.buyer.name),
        "quantity": number(row.quantity),
        "price": number(row.price),
        "amount": number(row.amount),
        "effective_from": row.effective_from.isoformat(),
        "set_by": row.set_by,
        "set_at": time(row.set_at),
    }


class TolerancesView(APIView):
    """Tolerances."""

    @extend_schema(
        responses=page_of(ToleranceOut), parameters=PAGE_PARAMETERS, tags=["trades"], operation_id="tolerances_list"
    )
    def get(self, request: Request) -> Response:
        """Tolerances that the own organisation set, or that others set for what it sells; the newest first."""
        rows = tolerances.tolerances(actor=actor_of(request))
        return paged(request, rows, lambda page: [_body(row) for row in page])

    @extend_schema(request=ToleranceIn, responses={201: ToleranceOut}, tags=["trades"])
    def post(self, request: Request) -> Response:
        """Let documents of a supplier that are dated a day or later differ by these shares, as the buyer."""
        form = ToleranceIn(data=request.data)
        form.is_valid(raise_exception=True)
        said = form.validated_data
        row = tolerances.add(actor=actor_of(request), seller_id=said.pop("seller"), **said)
        return Response(_body(row), status=status.HTTP_201_CREATED)
