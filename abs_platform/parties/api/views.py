"""Session, networks, organisations, suppliers."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import ensure_csrf_cookie
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged
from abs_platform.parties import selectors, services
from abs_platform.parties.actor import Actor
from abs_platform.parties.api import serializers as shapes
from abs_platform.parties.authentication import actor_of
from abs_platform.parties.models import Organisation, Person


def session_body(actor: Actor | None, person: Person | None) -> dict[str, Any]:  # Any: JSON
    """Who is signed in, and what the interface needs to know of this installation."""
    home = selectors.organisation(actor.organisation_id) if actor and actor.organisation_id else None
    return {
        "authenticated": actor is not None,
        "person": {"id": str(person.id), "name": person.display_name or person.username, "username": person.username}
        if person
        else None,
        "organisation": {"id": str(home.id), "name": home.name, "name_en": home.name_en} if home else None,
        "roles": sorted(actor.roles) if actor else [],
        "demo": settings.DEMO,
        "demo_accounts": selectors.demo_accounts() if settings.DEMO else [],
        "limits": {"max_file_bytes": settings.MAX_FILE_BYTES, "max_files": settings.MAX_FILES},
    }


@method_decorator(ensure_csrf_cookie, name="dispatch")
class SessionView(APIView):
    """Who am I?"""

    permission_classes = [AllowAny]

    @extend_schema(responses=shapes.SessionOut, tags=["session"])
    def get(self, request: Request) -> Response:
        """Who is signed in here, with which roles; also for those who are not."""
        actor = request.auth if isinstance(request.auth, Actor) else None
        person = request.user if isinstance(request.user, Person) else None
        return Response(session_body(actor, person))


class DemoSwitchView(APIView):
    """Change the persona of a demonstration."""

    permission_classes = [AllowAny]
    authentication_classes = [SessionAuthentication]

    @extend_schema(request=shapes.DemoSwitchIn, responses=shapes.SessionOut, tags=["session"])
    def post(self, request: Request) -> Response:
        """Sign in as a demo account, without its password. Exists in demo mode only."""
        form = shapes.DemoSwitchIn(data=request.data)
        form.is_valid(raise_exception=True)
        person = services.sign_in_to_demo(request=request._request, username=form.validated_data["username"])
        return Response(session_body(selectors.actor_of_person(person), person))


class SuppliersView(APIView):
    """The directory for financiers."""

    @extend_schema(
        responses=page_of(shapes.SupplierOut),
        parameters=PAGE_PARAMETERS,
        tags=["consent"],
        operation_id="suppliers_list",
    )
    def get(self, request: Request) -> Response:
        """Suppliers that agreed to be found."""
        rows = selectors.listed_suppliers(actor=actor_of(request))
        return paged(
            request, rows, lambda page: [{"id": str(row.id), "name": row.name, "name_en": row.name_en} for row in page]
        )


class NetworksView(APIView):
    """Supply-chain networks, for the operator."""

    @extend_schema(
        responses=page_of(shapes.NetworkOut),
        parameters=PAGE_PARAMETERS,
        tags=["operator"],
        operation_id="networks_list",
    )
    def get(self, request: Request) -> Response:
        """All networks."""
        rows = selectors.networks(actor=actor_of(request))
        return paged(request, rows, lambda page: [{"id": str(row.id), "name": row.name} for row in page])

    @extend_schema(request=shapes.NetworkIn, responses={201: shapes.NetworkOut}, tags=["operator"])
    def post(self, request: Request) -> Response:
        """Open a network."""
        form = shapes.NetworkIn(data=request.data)
        form.is_valid(raise_exception=True)
        row = services.create_network(actor=actor_of(request), name=form.validated_data["name"])
        return Response({"id": str(row.id), "name": row.name}, status=status.HTTP_201_CREATED)


def organisation_body(row: Organisation) -> dict[str, Any]:  # Any: JSON
    """An organisation as the operator sees it."""
    return {
        "id": str(row.id),
        "network": {"id": str(row.network_id), "name": row.network.name},
        "name": row.name,
        "name_en": row.name_en,
        "roles": row.roles,
        "listed": row.listed,
        "parent": str(row.parent_id) if row.parent_id else None,
        "identifiers": [{"scheme": each.scheme, "value": each.value} for each in row.identifiers.all()],
    }


class OrganisationsView(APIView):
    """Organisations, for the operator."""

    @extend_schema(
        responses=page_of(shapes.OrganisationOut),
        parameters=PAGE_PARAMETERS,
        tags=["operator"],
        operation_id="organisations_list",
    )
    def get(self, request: Request) -> Response:
        """All organisations."""
        rows = selectors.organisations(actor=actor_of(request))
        return paged(request, rows, lambda page: [organisation_body(row) for row in page])

    @extend_schema(request=shapes.OrganisationIn, responses={201: shapes.OrganisationOut}, tags=["operator"])
    def post(self, request: Request) -> Response:
        """Register an organisation; its keys are made with it."""
        form = shapes.OrganisationIn(data=request.data)
        form.is_valid(raise_exception=True)
        data = form.validated_data
        row = services.create_organisation(
            actor=actor_of(request),
            network_id=data["network"],
            name=data["name"],
            name_en=data["name_en"],
            roles=data["roles"],
            listed=data["listed"],
            parent_id=data["parent"],
            identifiers=[(each["scheme"], each["value"]) for each in data["identifiers"]],
        )
        return Response(organisation_body(row), status=status.HTTP_201_CREATED)


class ClientsView(APIView):
    """Client credentials of an organisation's programs."""

    @extend_schema(request=shapes.ClientIn, responses={201: shapes.ClientOut}, tags=["operator"])
    def post(self, request: Request, id: UUID) -> Response:
        """Make client credentials. The secret is shown this once."""
        form = shapes.ClientIn(data=request.data)
        form.is_valid(raise_exception=True)
        _, client_id, secret = services.create_api_client(
            actor=actor_of(request),
            organisation_id=id,
            name=form.validated_data["name"],
            roles=form.validated_data["roles"],
        )
        return Response({"client_id": client_id, "client_secret": secret}, status=status.HTTP_201_CREATED)
