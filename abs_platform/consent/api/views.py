"""Asking, seeing and ending access. Granting stands in trade/api, which knows what can be picked."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.consent import selectors, services
from abs_platform.consent.api import serializers as shapes
from abs_platform.core.errors import NotFound
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged, query_of
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of


def _request(actor: Actor, id: UUID) -> Response:
    row = selectors.access_requests(actor=actor).get(id=id)
    return Response(shapes.request_body(row, actor=actor))


class AccessRequestsView(APIView):
    """Requests for access."""

    @extend_schema(
        responses=page_of(shapes.AccessRequestOut),
        parameters=PAGE_PARAMETERS,
        tags=["consent"],
        operation_id="access_requests_list",
    )
    def get(self, request: Request) -> Response:
        """Requests made or received by the caller's organisation."""
        actor = actor_of(request)
        rows = selectors.access_requests(actor=actor)
        return paged(request, rows, lambda page: [shapes.request_body(row, actor=actor) for row in page])

    @extend_schema(request=shapes.AccessRequestIn, responses={201: shapes.AccessRequestOut}, tags=["consent"])
    def post(self, request: Request) -> Response:
        """Ask a listed supplier for access."""
        form = shapes.AccessRequestIn(data=request.data)
        form.is_valid(raise_exception=True)
        actor = actor_of(request)
        data = form.validated_data
        row = services.request_access(
            actor=actor,
            owner_id=data["owner"],
            purpose=data["purpose"],
            purpose_note=data["purpose_note"],
            days=data["days"],
            order_number=data["order_number"],
        )
        reply = _request(actor, row.id)
        reply.status_code = status.HTTP_201_CREATED
        return reply


class DeclineView(APIView):
    """Say no."""

    @extend_schema(request=shapes.DeclineIn, responses=shapes.AccessRequestOut, tags=["consent"])
    def post(self, request: Request, id: UUID) -> Response:
        """Decline a request for access."""
        form = shapes.DeclineIn(data=request.data)
        form.is_valid(raise_exception=True)
        actor = actor_of(request)
        services.decline(actor=actor, request_id=id, reason=form.validated_data["reason"])
        return _request(actor, id)


class WithdrawView(APIView):
    """Take a request back."""

    @extend_schema(request=None, responses=shapes.AccessRequestOut, tags=["consent"])
    def post(self, request: Request, id: UUID) -> Response:
        """Withdraw an own request for access."""
        actor = actor_of(request)
        services.withdraw(actor=actor, request_id=id)
        return _request(actor, id)


class GrantsView(APIView):
    """Grants given and received."""

    @extend_schema(
        responses=page_of(shapes.GrantOut), parameters=PAGE_PARAMETERS, tags=["consent"], operation_id="grants_list"
    )
    def get(self, request: Request) -> Response:
        """Grants, newest first."""
        actor = actor_of(request)
        rows = selectors.grants(actor=actor)
        return paged(request, rows, lambda page: [shapes.grant_body(row, actor=actor) for row in page])


class GrantView(APIView):
    """One grant."""

    @extend_schema(responses=shapes.GrantOut, tags=["consent"])
    def get(self, request: Request, id: UUID) -> Response:
        """One grant given or received."""
        actor = actor_of(request)
        row = selectors.grants(actor=actor).filter(id=id).first()
        if row is None:
            raise NotFound
        return Response(shapes.grant_body(row, actor=actor))


class RevokeView(APIView):
    """End a grant."""

    @extend_schema(request=None, responses=shapes.GrantOut, tags=["consent"])
    def post(self, request: Request, id: UUID) -> Response:
        """Revoke a grant at once."""
        actor = actor_of(request)
        services.revoke(actor=actor, grant_id=id)
        return Response(shapes.grant_body(selectors.grants(actor=actor).get(id=id), actor=actor))


class AccessesView(APIView):
    """The access log."""

    @extend_schema(
        responses=page_of(shapes.AccessOut),
        parameters=[*PAGE_PARAMETERS, shapes.AccessQuery],
        tags=["consent"],
        operation_id="accesses_list",
    )
    def get(self, request: Request) -> Response:
        """Looks at the caller's data, and the caller's looks at others'."""
        query = query_of(request, shapes.AccessQuery)
        rows = selectors.accesses(actor=actor_of(request))
        if grant := query.get("grant"):
            rows = rows.filter(grant_id=grant)
        return paged(request, rows, lambda page: [shapes.access_body(row) for row in page])
