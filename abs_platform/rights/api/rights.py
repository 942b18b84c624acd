"""Rights: the list, the page, the lines behind its figures, and its facts."""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Body
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, NewestFirst, page_of, paged, query_of
from abs_platform.core.rest.sending import saved_reply
from abs_platform.core.words import LANGUAGES
from abs_platform.integrations.tables.writing import FORMS
from abs_platform.parties.authentication import actor_of
from abs_platform.rights import certificate, detail_replies, exporting, replies, selectors
from abs_platform.rights import detail_shapes as shapes
from abs_platform.rights.models import Right, RungFact
from abs_platform.rights.states import RightState
from abs_platform.trade import services as trade_services

R = TypeVar("R", bound=HttpResponse)


class ProofOut(serializers.Serializer[Any]):
    """A proof bundle, abs-proof-bundle/v1."""

    format = serializers.CharField()
    document = serializers.DictField()
    record = serializers.DictField()
    log = serializers.DictField()
    inclusion = serializers.DictField(allow_null=True)
    checkpoint = serializers.CharField(allow_null=True)
    anchors = serializers.ListField(child=serializers.DictField())
    timestamps = serializers.ListField(child=serializers.DictField())


class DueFirst(NewestFirst):
    """Pages by due date, the nearest first, what is due nobody knows when at the end."""

    ordering = ("due_order", "id")


class LargestFirst(NewestFirst):
    """Pages by supported amount."""

    ordering = ("-supported", "-id")


PAID = "paid"
SORTS: dict[str, type[CursorPagination]] = {"newest": NewestFirst, "due": DueFirst, "amount": LargestFirst}


class RightQuery(serializers.Serializer[Any]):
    rung = serializers.IntegerField(min_value=0, max_value=5, required=False)
    poolable = serializers.ChoiceField(choices=["yes", "no"], required=False)
    state = serializers.ChoiceField(
        choices=[*RightState, PAID], required=False, help_text="paid: free, and nothing is left to pay on it"
    )
    buyer = serializers.UUIDField(required=False)
    due_from = serializers.DateField(required=False, help_text="the expected due date, from this day on")
    due_to = serializers.DateField(required=False, help_text="the expected due date, up to this day")
    search = serializers.CharField(max_length=100, required=False, help_text="order number or organisation")


class RightsExportQuery(RightQuery):
    file = serializers.ChoiceField(choices=FORMS, default=FORMS[0])
    lang = serializers.ChoiceField(choices=LANGUAGES, default=LANGUAGES[0])


class RightCertificateQuery(serializers.Serializer[Any]):
    lang = serializers.ChoiceField(choices=LANGUAGES, default=LANGUAGES[0])


class RightListQuery(RightQuery):
    sort = serializers.ChoiceField(choices=list(SORTS), default="newest")


def matching(query: Body) -> Q:
    """The rights that a query asks for."""
    wanted = {
        "rung": "rung",
        "buyer": "trade__buyer_id",
        "due_from": "expected_due_date__gte",
        "due_to": "expected_due_date__lte",
    }
    found = Q(**{column: query[name] for name, column in wanted.items() if name in query})
    if state := query.get("state"):
        found &= Q(state=RightState.FREE if state == PAID else state)
    if state == PAID:
        found &= Right.NOTHING_LEFT_TO_PAY
    elif state == RightState.FREE:
        found &= ~Right.NOTHING_LEFT_TO_PAY
    if "poolable" in query:
        found &= Q(poolable=query["poolable"] == "yes")
    if search := query.get("search"):
        found &= (
            Q(trade__order_number__icontains=search)
            | Q(trade__buyer_name__icontains=search)
            | Q(trade__buyer__name__icontains=search)
            | Q(trade__seller__name__icontains=search)
        )
    return found


class RightsView(APIView):
    """Rights."""

    @extend_schema(
        responses=page_of(replies.RightOut),
        parameters=[*PAGE_PARAMETERS, RightListQuery],
        tags=["rights"],
        operation_id="rights_list",
    )
    def get(self, request: Request) -> Response:
        """Rights of the trades that the caller may see, newest first if no other sequence is asked for."""
        actor = actor_of(request)
        query = query_of(request, RightListQuery)
        rows = selectors.in_due_order(selectors.rights(actor=actor).filter(matching(query)))

        def represent(page: Any) -> list[Body]:  # Any: a page of Right
            return [replies.right_body(row) for row in exporting.shown(actor=actor, rows=page)]

        return paged(request, rows, represent, paginator=SORTS[query["sort"]])


class RightsExportView(APIView):
    """The list as a file."""

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        parameters=[RightsExportQuery],
        tags=["rights"],
        operation_id="rights_export",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The rights as a file that opens rightly in Excel, newest first; disclosed ones go into the access logs."""
        actor = actor_of(request)
        query = query_of(request, RightsExportQuery)
        rows = selectors.rights(actor=actor).filter(matching(query))
        found = exporting.export(actor=actor, rows=rows, form=query["file"], language=query["lang"])
        return saved_reply(
            request, name=found.name, size=found.size, chunks=found.chunks, content_type=found.media_type
        )


def looked_at(request: Request, right_id: UUID) -> Right:
    """A right that the caller may see; a look by consent goes into the owner's access log. Raises NotFound."""
    actor = actor_of(request)
    row = selectors.right(actor=actor, right_id=right_id)
    trade_services.look(actor=actor, trade_id=row.trade_id)
    return row


class RightView(APIView):
    """One right."""

    @extend_schema(responses=shapes.RightDetailOut, tags=["rights"])
    def get(self, request: Request, id: UUID) -> Response:
        """One right: its computation, its ladder as signed facts, what it lacks, when it is due, whether it is eligible."""
        return Response(detail_replies.detail_body(looked_at(request, id), actor_of(request)))


class RightCertificateView(APIView):
    """The right on paper."""

    @extend_schema(
        responses={(200, "application/pdf"): OpenApiTypes.BINARY}, parameters=[RightCertificateQuery], tags=["rights"]
    )
    def get(self, request: Request, id: UUID) -> HttpResponse:
        """确权凭证: the ladder, the amount and when it is due as a PDF, with each rung's statement and proof attached."""
        query = query_of(request, RightCertificateQuery)
        row = looked_at(request, id)
        content = certificate.certificate(right=row, language=query["lang"])
        reply = HttpResponse(content, content_type="application/pdf")
        return _to_save(reply, f"right-{row.id}.{query['lang']}.pdf")


class RightFiguresView(APIView):
    """The lines behind a right's figures."""

    @extend_schema(responses=shapes.FiguresOut, tags=["rights"])
    def get(self, request: Request, id: UUID) -> Response:
        """Value, tax, each reduction, base and supported amount, each with the lines of documents that it comes from."""
        return Response(detail_replies.figures_body(looked_at(request, id)))


class RungFactStatementView(APIView):
    """What a fact says, to the letter."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, tags=["rights"])
    def get(self, request: Request, id: UUID, fact: UUID) -> HttpResponse:
        """The statement, abs-rung/v1, byte for byte as it was signed and recorded: the file of its proof bundle."""
        row = _fact(request, id, fact)
        reply = HttpResponse(row.statement.encode(), content_type="application/octet-stream")
        return _to_save(reply, selectors.fact_name(row))


class RungFactBundleView(APIView):
    """The proof of a fact."""

    @extend_schema(responses=ProofOut, tags=["rights"])
    def get(self, request: Request, id: UUID, fact: UUID) -> Response:
        """The proof bundle of the fact's statement, for the verify page or the outside verifier."""
        row = _fact(request, id, fact)
        return _to_save(Response(selectors.fact_bundle(row)), f"{selectors.fact_name(row)}.proof.json")


def _fact(request: Request, right_id: UUID, fact_id: UUID) -> RungFact:
    return selectors.fact(right_id=looked_at(request, right_id).id, fact_id=fact_id)


def _to_save(reply: R, name: str) -> R:
    """The reply, to be saved under a name and kept by no cache."""
    reply.headers["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    reply.headers["X-Content-Type-Options"] = "nosniff"
    reply.headers["Cache-Control"] = "private, no-store"
    return reply
