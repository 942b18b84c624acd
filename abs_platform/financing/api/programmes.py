"""Programmes."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Body, Named, named
from abs_platform.core.rest.forms import checked
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, page_of, paged, query_of
from abs_platform.financing import programmes, replies, selectors
from abs_platform.financing.api import forms
from abs_platform.financing.models import Programme
from abs_platform.parties import selectors as parties
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of

FILTERS = {"state": "state", "core_enterprise": "core_enterprise"}


def _reply(actor: Actor, id: UUID) -> Response:
    row = selectors.programme(actor=actor, programme_id=id)
    return Response(replies.programme_bodies([row], actor=actor)[0])


def _draft(request: Request) -> programmes.Draft:
    data = checked(forms.ProgrammeIn, request)
    rates = {each["rung"]: each["rate"] for each in data.pop("advance_rates")}
    return programmes.Draft(advance_rates=rates, **data)


class CoreEnterprisesView(APIView):
    """Core enterprises."""

    @extend_schema(
        responses=page_of(Named),
        parameters=PAGE_PARAMETERS,
        tags=["financing"],
        operation_id="core_enterprises_list",
    )
    def get(self, request: Request) -> Response:
        """The core enterprises whose suppliers a financier may lend to."""
        rows = parties.core_enterprises(actor=actor_of(request))
        return paged(request, rows, lambda page: [named(row.id, row.name) for row in page])


class ProgrammesView(APIView):
    """Programmes."""

    @extend_schema(
        responses=page_of(replies.ProgrammeOut),
        parameters=[*PAGE_PARAMETERS, forms.ProgrammeQuery],
        tags=["financing"],
        operation_id="programmes_list",
    )
    def get(self, request: Request) -> Response:
        """A financier's own programmes; those open to a supplier; those about a core enterprise."""
        actor = actor_of(request)
        query = query_of(request, forms.ProgrammeQuery)
        rows = selectors.programmes(actor=actor).filter(**{FILTERS[name]: value for name, value in query.items()})

        def represent(page: Any) -> list[Body]:  # Any: a page of Programme
            return replies.programme_bodies(page, actor=actor)

        return paged(request, rows, represent)

    @extend_schema(request=forms.ProgrammeIn, responses={201: replies.ProgrammeOut}, tags=["financing"])
    def post(self, request: Request) -> Response:
        """Draft a programme."""
        actor = actor_of(request)
        row = programmes.create(actor=actor, draft=_draft(request))
        reply = _reply(actor, row.id)
        reply.status_code = status.HTTP_201_CREATED
        return reply


class ProgrammeView(APIView):
    """One programme."""

    @extend_schema(responses=replies.ProgrammeOut, tags=["financing"])
    def get(self, request: Request, id: UUID) -> Response:
        """One programme that the caller may see."""
        return _reply(actor_of(request), id)


class ChangeProgrammeView(APIView):
    """Change a draft."""

    @extend_schema(request=forms.ProgrammeIn, responses=replies.ProgrammeOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """State a draft anew, all of it."""
        actor = actor_of(request)
        programmes.change(actor=actor, programme_id=id, draft=_draft(request))
        return _reply(actor, id)


class _Act(APIView):
    act: ClassVar[Callable[..., Programme]]

    @extend_schema(request=None, responses=replies.ProgrammeOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        actor = actor_of(request)
        type(self).act(actor=actor, programme_id=id)
        return _reply(actor, id)


class ProposeProgrammeView(_Act):
    """Propose a draft; a colleague approves."""

    act = programmes.propose


class ApproveProgrammeView(APIView):
    """Approve what a colleague proposed."""

    @extend_schema(request=forms.SeenTermsIn, responses=replies.ProgrammeOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Approve the terms that the caller saw: suppliers may ask from now on."""
        actor = actor_of(request)
        programmes.approve(actor=actor, programme_id=id, **checked(forms.SeenTermsIn, request))
        return _reply(actor, id)


class SendBackProgrammeView(_Act):
    """Make a draft again of what was proposed."""

    act = programmes.send_back


class SuspendProgrammeView(_Act):
    """Take no more requests and accept no more offers for now."""

    act = programmes.suspend


class ResumeProgrammeView(_Act):
    """Propose that a suspended programme goes on; a colleague approves."""

    act = programmes.resume


class CloseProgrammeView(_Act):
    """End a programme for good; what was lent runs on."""

    act = programmes.close
