"""Requests for money: what can be asked, asking, and declining."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Body, Named, money, named
from abs_platform.core.rest.forms import checked
from abs_platform.core.rest.idempotency import idempotent
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, NewestFirst, page_of, paged, query_of
from abs_platform.core.rest.sending import saved_reply
from abs_platform.financing import eligibility, exporting, replies, requests, selectors
from abs_platform.financing.api import forms
from abs_platform.financing.models import Request as FinancingRequest
from abs_platform.parties.actor import Actor
from abs_platform.parties.authentication import actor_of

FILTERS = {"state": "state", "supplier": "supplier", "programme": "invitations__programme"}


class ByAmount(NewestFirst):
    """Pages by amount, the largest first."""

    ordering = ("-amount", "-id")


class ByUntil(NewestFirst):
    """Pages by the day of repayment, the nearest first."""

    ordering = ("until", "id")


SORTS = {"newest": NewestFirst, "amount": ByAmount, "until": ByUntil}


class RightVerdictOut(serializers.Serializer[Any]):
    right = serializers.UUIDField()
    order_number = serializers.CharField(allow_blank=True)
    obstacles = serializers.ListField(child=serializers.CharField())
    carried = serializers.CharField()


class VerdictOut(serializers.Serializer[Any]):
    programme = Named()
    funder = Named()
    core_enterprise = Named()
    currency = serializers.CharField()
    terms = replies.TermsOut()
    max_tenor_days = serializers.IntegerField()
    eligible = serializers.BooleanField()
    most = serializers.CharField(
        help_text="What these rights together, and the supplier's own limit, allow: how much others took of the programme's limit is not told."
    )
    obstacles = serializers.ListField(child=serializers.CharField())
    rights = RightVerdictOut(many=True)


class EligibilityOut(serializers.Serializer[Any]):
    programmes = VerdictOut(many=True)


class EligibilityView(APIView):
    """What can be asked for."""

    @extend_schema(
        responses=EligibilityOut,
        parameters=[forms.EligibilityQuery],
        tags=["financing"],
        operation_id="financing_eligibility",
    )
    def get(self, request: Request) -> Response:
        """What each programme that is open to the supplier would lend on these rights, or why it would not."""
        actor = actor_of(request)
        query = query_of(request, forms.EligibilityQuery)
        found = eligibility.verdicts(actor=actor, right_ids=query["rights"], until=query["until"])
        return Response({"programmes": [_verdict(each) for each in found]})


def _verdict(each: eligibility.Verdict) -> Body:
    row = each.programme
    return {
        "programme": named(row.id, row.name),
        "funder": named(row.funder_id, row.funder.name),
        "core_enterprise": named(row.core_enterprise_id, row.core_enterprise.name),
        "currency": row.currency,
        "terms": {**replies.terms(row), "grace_days": row.grace_days},
        "max_tenor_days": row.max_tenor_days,
        "eligible": each.is_eligible,
        "most": money(each.most, row.currency),
        "obstacles": list(each.obstacles),
        "rights": [
            {
                "right": str(right.right.id),
                "order_number": right.right.trade.order_number,
                "obstacles": list(right.obstacles),
                "carried": money(right.carried, row.currency),
            }
            for right in each.rights
        ],
    }


def _reply(actor: Actor, id: UUID) -> Response:
    row, rights = requests.look(actor=actor, request_id=id)
    return Response(replies.request_detail(row, rights, actor=actor))


def _filtered(actor: Actor, query: Body) -> Any:  # Any: a queryset of requests
    rows = selectors.requests(actor=actor)
    return rows.filter(**{FILTERS[name]: value for name, value in query.items() if name in FILTERS})


class RequestsView(APIView):
    """Requests."""

    @extend_schema(
        responses=page_of(replies.RequestOut),
        parameters=[*PAGE_PARAMETERS, forms.RequestQuery],
        tags=["financing"],
        operation_id="financing_requests_list",
    )
    def get(self, request: Request) -> Response:
        """A supplier's own requests; those that were put to a financier's programmes."""
        actor = actor_of(request)
        query = query_of(request, forms.RequestQuery)

        def represent(page: Any) -> list[Body]:  # Any: a page of requests
            return [replies.request_body(row, actor=actor) for row in page]

        return paged(request, _filtered(actor, query), represent, paginator=SORTS[query.get("sort", "newest")])

    @idempotent
    @extend_schema(request=forms.RequestIn, responses={201: replies.RequestDetailOut}, tags=["financing"])
    def post(self, request: Request) -> Response:
        """Draft a request on own rights."""
        actor = actor_of(request)
        row = requests.create(actor=actor, draft=requests.Draft(**checked(forms.RequestIn, request)))
        reply = _reply(actor, row.id)
        reply.status_code = status.HTTP_201_CREATED
        return reply


class RequestsExportView(APIView):
    """The list as a file."""

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        parameters=[forms.RequestsExportQuery],
        tags=["financing"],
        operation_id="financing_requests_export",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The requests as a file that opens rightly in Excel."""
        actor = actor_of(request)
        query = query_of(request, forms.RequestsExportQuery)
        found = exporting.requests(
            actor=actor, rows=_filtered(actor, query), form=query["file"], language=query["lang"]
        )
        return saved_reply(
            request, name=found.name, size=found.size, chunks=found.chunks, content_type=found.media_type
        )


class RequestView(APIView):
    """One request."""

    @extend_schema(responses=replies.RequestDetailOut, tags=["financing"])
    def get(self, request: Request, id: UUID) -> Response:
        """One request with its rights and offers. A financier's look at the rights goes into the supplier's access log."""
        return _reply(actor_of(request), id)


class ChangeRequestView(APIView):
    """Change a draft."""

    @extend_schema(request=forms.RequestIn, responses=replies.RequestDetailOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """State a draft anew, all of it."""
        actor = actor_of(request)
        draft = requests.Draft(**checked(forms.RequestIn, request))
        requests.change(actor=actor, request_id=id, draft=draft)
        return _reply(actor, id)


class _Act(APIView):
    act: ClassVar[Callable[..., FinancingRequest]]

    @idempotent
    @extend_schema(request=None, responses=replies.RequestDetailOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        actor = actor_of(request)
        type(self).act(actor=actor, request_id=id)
        return _reply(actor, id)


class SubmitRequestView(_Act):
    """Put a draft to its programmes' funders. That opens the trades of its rights to them until the request ends."""

    act = requests.submit


class WithdrawRequestView(_Act):
    """Ask no more; what was offered lapses, and the funders see the rights no more."""

    act = requests.withdraw


class DeclineInvitationView(APIView):
    """Say no."""

    @extend_schema(request=forms.ReasonIn, responses=replies.RequestOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Decline a request for one of the caller's programmes, with a reason that the supplier reads."""
        actor = actor_of(request)
        reason = checked(forms.ReasonIn, request)["reason"]
        row = requests.decline(actor=actor, invitation_id=id, reason=reason)
        asked = selectors.request(actor=actor, request_id=row.request_id)
        return Response(replies.request_body(asked, actor=actor))
