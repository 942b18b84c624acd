"""Confirming, joining and opening. Trades themselves are read through rights/api, which knows what they support."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Body, time
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, Queue, page_of, paged, query_of
from abs_platform.documents import replies as documents
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of
from abs_platform.trade import replies, selectors, services, sharing, signing, statements
from abs_platform.trade.api import serializers as shapes


def _checked(shape: type[serializers.Serializer[Any]], request: Request) -> Body:
    form = shape(data=request.data)
    form.is_valid(raise_exception=True)
    checked: Body = form.validated_data
    return checked


def _sheet(actor: Actor, document_id: UUID) -> Response:
    row = selectors.queued(actor=actor, document_id=document_id)
    return Response(replies.sheet_body(row, selectors.compared(row.trade), actor=actor))


class QueueView(APIView):
    """The core enterprise's queue."""

    @extend_schema(
        responses=page_of(replies.QueuedOut),
        parameters=[*PAGE_PARAMETERS, shapes.QueueQuery],
        tags=["confirmations"],
        operation_id="confirmations_list",
    )
    def get(self, request: Request) -> Response:
        """Documents to confirm or confirmed, by deadline."""
        actor = actor_of(request)
        rows = selectors.queue(actor=actor)
        if state := query_of(request, shapes.QueueQuery).get("state"):
            rows = rows.filter(confirmation=state)

        def represent(page: Any) -> list[Body]:  # Any: a page of TradeDocument
            facts = selectors.compared_each(row.trade_id for row in page)
            counts = {row.document_id: len(statements.differences_of(row, facts[row.trade_id])) for row in page}
            return replies.queued_bodies(page, counts, actor=actor)

        return paged(request, rows, represent, paginator=Queue)


class SheetView(APIView):
    """One document to confirm."""

    @extend_schema(responses=replies.SheetOut, tags=["confirmations"])
    def get(self, request: Request, id: UUID) -> Response:
        """The document beside its trade, and the exact content that a confirmation signs."""
        return _sheet(actor_of(request), id)


class ConfirmView(APIView):
    """Confirm."""

    @extend_schema(request=shapes.ConfirmIn, responses=replies.SheetOut, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """Confirm a document: sign, with SM2, the content that `content_digest` names."""
        actor = actor_of(request)
        signing.decide(actor=actor, document_id=id, decision="confirm", **_checked(shapes.ConfirmIn, request))
        return _sheet(actor, id)


class DisputeView(APIView):
    """Dispute."""

    @extend_schema(request=shapes.DisputeIn, responses=replies.SheetOut, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """Dispute a document, with a reason, signed like a confirmation."""
        actor = actor_of(request)
        signing.decide(actor=actor, document_id=id, decision="dispute", **_checked(shapes.DisputeIn, request))
        return _sheet(actor, id)


class PaymentConfirmationView(APIView):
    """付款确认书."""

    @extend_schema(request=shapes.PaymentIn, responses={201: replies.TradeFactsOut}, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """Confirm amount, due date and account of a trade's payment (rung 5)."""
        actor = actor_of(request)
        signing.confirm_payment(actor=actor, trade_id=id, **_checked(shapes.PaymentIn, request))
        row = selectors.trade(actor=actor, trade_id=id)
        body = replies.trade_facts_body(row, selectors.compared(row), actor=actor)
        return Response(body, status=status.HTTP_201_CREATED)


class AttachView(APIView):
    """Join a loose document to a trade."""

    @extend_schema(request=shapes.AttachIn, responses=documents.DocumentDetailOut, tags=["documents"])
    def post(self, request: Request, id: UUID) -> Response:
        """Join an own document that stands alone to an own trade."""
        actor = actor_of(request)
        row = services.attach(actor=actor, document_id=id, trade_id=_checked(shapes.AttachIn, request)["trade"])
        return Response(documents.detail_body(row, actor=actor))


class CandidatesView(APIView):
    """What may be opened."""

    @extend_schema(responses=shapes.CandidatesOut, tags=["consent"])
    def get(self, request: Request, id: UUID) -> Response:
        """The owner's trades and loose documents to pick from in answer to a request."""
        found = sharing.candidates(actor=actor_of(request), request_id=id)
        wanted = found.request.order_number
        return Response(
            {
                "trades": [
                    {
                        "id": str(row.id),
                        "order_number": row.order_number,
                        "buyer_name": row.buyer.name if row.buyer else row.buyer_name,
                        "matches_request": bool(wanted) and row.order_number == wanted,
                    }
                    for row in found.trades
                ],
                "documents": [{"id": str(row.id), "filename": row.filename} for row in found.documents],
            }
        )


class GrantView(APIView):
    """Say yes."""

    @extend_schema(request=shapes.GrantIn, responses={201: shapes.GrantedOut}, tags=["consent"])
    def post(self, request: Request, id: UUID) -> Response:
        """Open the picked trades and documents, or everything, to the requester for a number of days from now."""
        data = _checked(shapes.GrantIn, request)
        row = sharing.grant(
            actor=actor_of(request),
            request_id=id,
            trade_ids=data["trades"],
            document_ids=data["documents"],
            whole=data["whole"],
            days=data["days"],
        )
        return Response(
            {"id": str(row.id), "state": row.state, "valid_until": time(row.valid_until)},
            status=status.HTTP_201_CREATED,
        )
