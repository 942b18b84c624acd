"""What was paid on a right, as its supplier and its debtor tell."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Body, money, time
from abs_platform.core.rest.forms import checked
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged
from abs_platform.parties.authentication import actor_of
from abs_platform.rights import collecting
from abs_platform.rights.api.rights import looked_at
from abs_platform.rights.models import Collection
from abs_platform.rights.payments import SOURCES


class CollectionIn(serializers.Serializer[Any]):
    amount = serializers.DecimalField(max_digits=20, decimal_places=4)
    received_on = serializers.DateField()
    reference = serializers.CharField(max_length=100, help_text="Of the bank transfer.")
    is_another = serializers.BooleanField(
        default=False, help_text="Not the payment of the same amount that another side told of within three days of it."
    )


class CollectionOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    right = serializers.UUIDField()
    amount = serializers.CharField()
    currency = serializers.CharField()
    received_on = serializers.DateField()
    reference = serializers.CharField()
    is_another = serializers.BooleanField()
    told_by = serializers.ChoiceField(choices=list(SOURCES))
    recorded_by = serializers.CharField(allow_blank=True, help_text="A colleague; empty where another side told of it.")
    at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    allowed_actions = serializers.ListField(child=serializers.CharField())


class CollectionsView(APIView):
    """What was paid."""

    @extend_schema(
        responses=page_of(CollectionOut), parameters=PAGE_PARAMETERS, tags=["rights"], operation_id="collections_list"
    )
    def get(self, request: Request, id: UUID) -> Response:
        """What was told of payments on a right, newest first, those taken back included."""
        actor = actor_of(request)
        looked_at(request, id)
        rows = collecting.collections(actor=actor, right_id=id)
        source = collecting.own_source(actor=actor, right_id=id)
        return paged(request, rows, lambda page: [_body(row, source) for row in page])

    @extend_schema(request=CollectionIn, responses={201: CollectionOut}, tags=["rights"])
    def post(self, request: Request, id: UUID) -> Response:
        """The supplier says that it was paid, or the debtor that it paid; the right is computed anew."""
        actor = actor_of(request)
        row = collecting.tell(actor=actor, right_id=id, **checked(CollectionIn, request))
        return Response(_body(row, row.source), status=201)


class WithdrawView(APIView):
    """Take a payment back."""

    @extend_schema(request=None, responses=CollectionOut, tags=["rights"])
    def post(self, request: Request, id: UUID, collection: UUID) -> Response:
        """Take back what one's own organisation told wrongly."""
        row = collecting.withdraw(actor=actor_of(request), right_id=id, collection_id=collection)
        return Response(_body(row, row.source))


def _body(row: Collection, own_source: str | None) -> Body:
    counter = getattr(row, "reversed_by", None)
    return {
        "id": str(row.id),
        "right": str(row.right_id),
        "amount": money(row.amount, row.currency),
        "currency": row.currency,
        "received_on": row.received_on.isoformat(),
        "reference": row.reference,
        "is_another": row.is_another,
        "told_by": row.source,
        "recorded_by": row.person if row.source == own_source else "",
        "at": time(row.at),
        "withdrawn_at": time(counter.at) if counter else None,
        "allowed_actions": ["withdraw"] if counter is None and row.source == own_source else [],
    }
