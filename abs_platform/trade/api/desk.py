"""The confirmation desk: queue, sheets, decisions one by one and many at once, disputes."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Body
from abs_platform.core.rest.forms import checked
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, ByAmount, Queue, page_of, paged, query_of
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of
from abs_platform.trade import selectors, signing
from abs_platform.trade.api import desk_serializers as shapes
from abs_platform.trade.desk import disputing, replies
from abs_platform.trade.desk import selectors as desk
from abs_platform.trade.desk.authority import reader_of
from abs_platform.trade.desk.choices import Choice, from_json, quantities_of
from abs_platform.trade.own_signing import ToSignOut, own_of, to_sign_body


def _sheet(actor: Actor, document_id: UUID) -> Response:
    row = selectors.queued(actor=reader_of(actor), document_id=document_id)
    return Response(replies.sheet_body(row, selectors.compared(row.trade), actor=actor))


def _decide(request: Request, document_id: UUID, decision: str, data: Body) -> Response:
    actor = actor_of(request)
    own, lines = own_of(data.pop("own", None)), data.pop("lines", None)
    signing.decide(
        actor=actor, document_id=document_id, decision=decision, own=own, quantities=quantities_of(lines), **data
    )
    return _sheet(actor, document_id)


class QueueView(APIView):
    """The core enterprise's queue."""

    @extend_schema(
        responses=page_of(replies.QueuedOut),
        parameters=[*PAGE_PARAMETERS, shapes.QueueQuery],
        tags=["confirmations"],
        operation_id="confirmations_list",
    )
    def get(self, request: Request) -> Response:
        """Documents to confirm or confirmed, by deadline or amount, each with what it differs in."""
        actor = actor_of(request)
        query = query_of(request, shapes.QueueQuery)
        paginator = ByAmount if query.pop("sort") == "amount" else Queue

        def represent(page: Any) -> list[Body]:  # Any: a page of TradeDocument
            return replies.queued_bodies(page, actor=actor)

        return paged(request, desk.queue(actor=actor, **query), represent, paginator=paginator)


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
        return _decide(request, id, "confirm", checked(shapes.ConfirmIn, request))


class ConfirmPartView(APIView):
    """Confirm in part."""

    @extend_schema(request=shapes.ConfirmPartIn, responses=replies.SheetOut, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """Confirm quantities of some lines; the rest is left, or disputed with a reason. Only what is confirmed counts."""
        return _decide(request, id, "confirm", checked(shapes.ConfirmPartIn, request))


class DisputeView(APIView):
    """Dispute."""

    @extend_schema(request=shapes.DisputeIn, responses=replies.SheetOut, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """Dispute a document, with a reason, signed like a confirmation."""
        return _decide(request, id, "dispute", checked(shapes.DisputeIn, request))


class ToSignView(APIView):
    """What an own key signs over one document."""

    @extend_schema(request=shapes.ToSignIn, responses=ToSignOut, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """The exact words that this decision would sign now, for an organisation that signs with a key of its own."""
        data = checked(shapes.ToSignIn, request)
        behalf, lines = data.pop("on_behalf_of", None), data.pop("lines", None)
        choice = Choice(document_id=id, quantities=quantities_of(lines), **data)
        found = signing.to_sign(actor=actor_of(request), choices=[choice], alone=True, on_behalf_of=behalf)
        return Response(to_sign_body(found))


class ManifestsView(APIView):
    """Many documents under one signature."""

    @extend_schema(request=shapes.ManifestIn, responses={201: replies.ManifestOut}, tags=["confirmations"])
    def post(self, request: Request) -> Response:
        """Confirm up to 500 documents with one signature over their manifest: all of them, or none and why."""
        data = checked(shapes.ManifestIn, request)
        row = signing.confirm_many(
            actor=actor_of(request),
            choices=from_json(data["documents"]),
            amount=data.get("amount"),
            on_behalf_of=data.get("on_behalf_of"),
            own=own_of(data.get("own")),
        )
        return Response(replies.manifest_body(row), status=status.HTTP_201_CREATED)


class ManifestToSignView(APIView):
    """What an own key signs over many documents."""

    @extend_schema(request=shapes.ManifestToSignIn, responses=ToSignOut, tags=["confirmations"])
    def post(self, request: Request) -> Response:
        """The exact manifest that confirming these documents would sign now."""
        data = checked(shapes.ManifestToSignIn, request)
        choices = from_json(data["documents"])
        behalf = data.get("on_behalf_of")
        found = signing.to_sign(actor=actor_of(request), choices=choices, alone=False, on_behalf_of=behalf)
        return Response(to_sign_body(found))


class ManifestView(APIView):
    """One manifest."""

    @extend_schema(responses=replies.ManifestOut, tags=["confirmations"])
    def get(self, request: Request, id: UUID) -> Response:
        """A manifest that the own organisation signed, with the words and the signature over them."""
        return Response(replies.manifest_body(desk.manifest(actor=actor_of(request), manifest_id=id)))


class ThreadView(APIView):
    """What buyer and seller say of a dispute."""

    @extend_schema(responses=replies.ThreadOut, tags=["confirmations"])
    def get(self, request: Request, id: UUID) -> Response:
        """The dispute on a document, from the reason on, for both its sides."""
        actor = reader_of(actor_of(request))
        return Response(replies.thread_body(disputing.disputed(actor=actor, document_id=id)))

    @extend_schema(request=shapes.MessageIn, responses={201: replies.ThreadOut}, tags=["confirmations"])
    def post(self, request: Request, id: UUID) -> Response:
        """Say something to the other side, while the dispute is open."""
        actor = reader_of(actor_of(request))
        disputing.say(actor=actor, document_id=id, text=checked(shapes.MessageIn, request)["text"])
        row = disputing.disputed(actor=actor, document_id=id)
        return Response(replies.thread_body(row), status=status.HTTP_201_CREATED)
