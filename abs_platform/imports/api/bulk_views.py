"""Documents in bulk, from other systems."""

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from abs_platform.core.rest.pagination import query_of
from abs_platform.imports import bulk, replies
from abs_platform.imports.api import serializers as shapes
from abs_platform.parties.authentication import actor_of

NDJSON = "application/x-ndjson"


class LinesParser(BaseParser):
    """JSON lines, not yet read: whoever takes them reads them as they come."""

    media_type = NDJSON

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:  # Any: the stream itself, which DRF hands on as `data`
        return stream


class BulkView(APIView):
    """Many documents in one request."""

    parser_classes = [LinesParser]

    @extend_schema(
        request={NDJSON: shapes.BulkDocumentIn},
        parameters=[shapes.BulkQuery],
        responses={201: shapes.BulkOut},
        tags=["imports"],
    )
    def post(self, request: Request) -> Response:
        """Documents with their lines as JSON lines: one document in each line of the body, decimals as strings.

        Sound documents are taken, wrong ones come back with their index, field and code. What is taken becomes an import
        that can be looked at and undone like any other.
        """
        actor = actor_of(request)
        query = query_of(request, shapes.BulkQuery)
        taken = bulk.take(actor=actor, kind=query["kind"], hold=query["hold"], stream=_body(request))
        body = {
            "batch": replies.batch_bodies([taken.batch], actor=actor)[0],
            "taken": taken.taken,
            "rejected": taken.rejected,
            "errors": [error.to_json() for error in taken.errors],
        }
        return Response(body, status=status.HTTP_201_CREATED)


def _body(request: Request) -> IO[Any]:
    """The body as it arrives; DRF asks no parser for one that is empty."""
    body: object = request.data
    return cast("IO[Any]", body) if hasattr(body, "read") else BytesIO()
