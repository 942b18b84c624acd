"""Confirming payments, joining and opening; the confirmation desk is in desk.py. Trades themselves are read through rights/api, which knows what they support."""

from dataclasses import asdict
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import time
from abs_platform.core.rest.forms import checked
from abs_platform.documents import replies as documents
from abs_platform.parties.authentication import actor_of
from abs_platform.trade import replies, selectors, services, sharing, signing
from abs_platform.trade.api import serializers as shapes
from abs_platform.trade.desk.entering import PaymentTerms, Waiting
from abs_platform.trade.own_signing import ToSignOut, own_of, to_sign_body


class PaymentConfirmationView(APIView):
    """付款确认书."""

    @extend_schema(
        request=shapes.PaymentSignedIn,
        responses={201: replies.TradeFactsOut, 202: shapes.WaitingOut},
        tags=["confirmations"],
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Confirm amount, due date and account of a trade's payment (rung 5). Above the own limits 202: colleagues have to
        enter the same, each alone."""
        actor = actor_of(request)
        data = checked(shapes.PaymentSignedIn, request)
        found = signing.confirm_payment(actor=actor, trade_id=id, own=own_of(data.pop("own", None)), **data)
        if isinstance(found, Waiting):
            return Response(asdict(found), status=status.HTTP_202_ACCEPTED)
        row = selectors.trade(actor=actor, trade_id=id)
        body = replies.trade_facts_body(row, selectors.compared(row), actor=actor)
        return Response(body, status=status.HTTP_201_CREATED)


class PaymentToSignView(APIView):
    """付款确认书, for a key of one's own."""

    @extend_schema(request=shapes.PaymentIn, responses=ToSignOut, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """The exact words that confirming this payment would sign now."""
        terms = PaymentTerms(**checked(shapes.PaymentIn, request))
        found = signing.payment_to_sign(actor=actor_of(request), trade_id=id, terms=terms)
        return Response(to_sign_body(found))


class AttachView(APIView):
    """Join a loose document to a trade."""

    @extend_schema(request=shapes.AttachIn, responses=documents.DocumentDetailOut, tags=["documents"])
    def post(self, request: Request, id: UUID) -> Response:
        """Join an own document that stands alone to an own trade."""
        actor = actor_of(request)
        row = services.attach(actor=actor, document_id=id, trade_id=checked(shapes.AttachIn, request)["trade"])
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
                        "buyer_name": row.buyer_called,
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
        data = checked(shapes.GrantIn, request)
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
