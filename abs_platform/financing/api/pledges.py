"""Pledges, and the notices that debtors are given of them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.fields import Body
from abs_platform.core.rest.forms import checked
from abs_platform.core.rest.pagination import PAGE_PARAMETERS, NewestFirst, page_of, paged, query_of
from abs_platform.core.rest.sending import saved_reply
from abs_platform.financing import exporting, notice_paper, notices, pledge_replies, selectors
from abs_platform.financing.api import forms
from abs_platform.parties.authentication import actor_of
from abs_platform.trade.own_signing import ToSignOut, own_of, to_sign_body

FILTERS = {"state": "state", "loan": "loan", "right": "right"}


class ByBase(NewestFirst):
    """Pages by what was pledged, the largest first."""

    ordering = ("-base", "-id")


SORTS = {"newest": NewestFirst, "base": ByBase}


def _filters(query: Body) -> Body:
    return {FILTERS[name]: value for name, value in query.items() if name in FILTERS}


class PledgesView(APIView):
    """Pledges."""

    @extend_schema(
        responses=page_of(pledge_replies.PledgeOut),
        parameters=[*PAGE_PARAMETERS, forms.PledgeQuery],
        tags=["financing"],
        operation_id="pledges_list",
    )
    def get(self, request: Request) -> Response:
        """Pledges that the caller holds, that are on its rights, or on what it owes."""
        actor = actor_of(request)
        query = query_of(request, forms.PledgeQuery)
        rows = selectors.pledges(actor=actor).filter(**_filters(query))

        def represent(page: Any) -> list[Body]:  # Any: a page of Pledge
            return [pledge_replies.pledge_body(row, actor=actor) for row in page]

        return paged(request, rows, represent, paginator=SORTS[query.get("sort", "newest")])


class PledgesExportView(APIView):
    """The list as a file."""

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        parameters=[forms.PledgesExportQuery],
        tags=["financing"],
        operation_id="pledges_export",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The pledges as a file that opens rightly in Excel."""
        actor = actor_of(request)
        query = query_of(request, forms.PledgesExportQuery)
        rows = selectors.pledges(actor=actor).filter(**_filters(query))
        found = exporting.pledges(actor=actor, rows=rows, form=query["file"], language=query["lang"])
        return saved_reply(
            request, name=found.name, size=found.size, chunks=found.chunks, content_type=found.media_type
        )


class PledgeView(APIView):
    """One pledge."""

    @extend_schema(responses=pledge_replies.PledgeOut, tags=["financing"])
    def get(self, request: Request, id: UUID) -> Response:
        """One pledge that the caller may see."""
        actor = actor_of(request)
        return Response(pledge_replies.pledge_body(selectors.pledge(actor=actor, pledge_id=id), actor=actor))


class NoticesView(APIView):
    """Notices."""

    @extend_schema(
        responses=page_of(pledge_replies.NoticeOut),
        parameters=[*PAGE_PARAMETERS, forms.NoticeQuery],
        tags=["financing"],
        operation_id="notices_list",
    )
    def get(self, request: Request) -> Response:
        """Notices that a debtor was sent; those of a supplier's and a financier's loans."""
        actor = actor_of(request)
        query = query_of(request, forms.NoticeQuery)
        rows = selectors.notices(actor=actor).filter(**_filters(query))

        def represent(page: Any) -> list[Body]:  # Any: a page of Notice
            return [pledge_replies.notice_body(row, actor=actor) for row in page]

        return paged(request, rows, represent)


class NoticeView(APIView):
    """One notice."""

    @extend_schema(responses=pledge_replies.NoticeDetailOut, tags=["financing"])
    def get(self, request: Request, id: UUID) -> Response:
        """One notice, with the statement, its signature and the key that anybody can check it by."""
        actor = actor_of(request)
        return Response(pledge_replies.notice_detail(selectors.notice(actor=actor, notice_id=id), actor=actor))


class AcknowledgeNoticeView(APIView):
    """回执."""

    @extend_schema(request=forms.AcknowledgeIn, responses=pledge_replies.NoticeDetailOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """Sign that the notice reached the debtor."""
        actor = actor_of(request)
        own = own_of(checked(forms.AcknowledgeIn, request).get("own"))
        row = notices.acknowledge(actor=actor, notice_id=id, own=own)
        return Response(pledge_replies.notice_detail(row, actor=actor))


class AcknowledgementToSignView(APIView):
    """What an own key signs over a notice."""

    @extend_schema(request=None, responses=ToSignOut, tags=["financing"])
    def post(self, request: Request, id: UUID) -> Response:
        """The exact words that acknowledging would sign now, for a debtor that signs with a key of its own."""
        return Response(to_sign_body(notices.to_sign(actor=actor_of(request), notice_id=id)))


class NoticeFileView(APIView):
    """The notice on paper."""

    @extend_schema(
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        parameters=[forms.NoticeFileQuery],
        tags=["financing"],
        operation_id="notice_file",
    )
    def get(self, request: Request, id: UUID) -> HttpResponseBase:
        """The notice as a PDF, with the signed statement attached."""
        query = query_of(request, forms.NoticeFileQuery)
        row, content = notice_paper.paper(actor=actor_of(request), notice_id=id, language=query["lang"])
        name, size = f"notice-{row.id}.pdf", len(content)
        return saved_reply(request, name=name, size=size, chunks=iter([content]), content_type="application/pdf")
