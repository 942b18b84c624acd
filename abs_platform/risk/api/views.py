"""The officers' queue."""

from collections.abc import Sequence
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.errors import NotFound
from abs_platform.core.rest.fields import Body
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged, query_of
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of
from abs_platform.risk import selectors, services
from abs_platform.risk.api.serializers import AlertOut, AlertQuery, CloseIn, alert_body
from abs_platform.risk.models import Alert


def _bodies(rows: Sequence[Alert], actor: Actor) -> list[Body]:
    names = parties.names(id for row in rows for id in row.organisation_ids)
    return [alert_body(row, actor=actor, names=names) for row in rows]


class AlertsView(APIView):
    """Alerts of the network."""

    @extend_schema(
        responses=page_of(AlertOut),
        parameters=[*PAGE_PARAMETERS, AlertQuery],
        tags=["risk"],
        operation_id="alerts_list",
    )
    def get(self, request: Request) -> Response:
        """Alerts, newest first."""
        actor = actor_of(request)
        rows = selectors.alerts(actor=actor).filter(**query_of(request, AlertQuery))
        return paged(request, rows, lambda page: _bodies(page, actor))


class AlertView(APIView):
    """One alert."""

    @extend_schema(responses=AlertOut, tags=["risk"])
    def get(self, request: Request, id: UUID) -> Response:
        """One alert."""
        actor = actor_of(request)
        row = selectors.alerts(actor=actor).filter(id=id).first()
        if row is None:
            raise NotFound
        return Response(_bodies([row], actor)[0])


class AcknowledgeView(APIView):
    """Take an alert in hand."""

    @extend_schema(request=None, responses=AlertOut, tags=["risk"])
    def post(self, request: Request, id: UUID) -> Response:
        """Take an alert in hand."""
        actor = actor_of(request)
        return Response(_bodies([services.acknowledge(actor=actor, alert_id=id)], actor)[0])


class CloseView(APIView):
    """Close an alert."""

    @extend_schema(request=CloseIn, responses=AlertOut, tags=["risk"])
    def post(self, request: Request, id: UUID) -> Response:
        """Close an alert with what was found."""
        form = CloseIn(data=request.data)
        form.is_valid(raise_exception=True)
        actor = actor_of(request)
        return Response(_bodies([services.close(actor=actor, alert_id=id, note=form.validated_data["note"])], actor)[0])
