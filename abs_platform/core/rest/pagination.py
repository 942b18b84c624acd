"""Cursor pages: stable under concurrent writes, no counting."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from abs_platform.core.errors import Invalid

M = TypeVar("M", bound=Model)
Body = dict[str, Any]  # Any: JSON

PAGE_PARAMETERS = [
    OpenApiParameter("cursor", str, description="Where to go on, as `next` and `previous` give it."),
    OpenApiParameter("page_size", int, description="Rows in a page, 1 to 100; 50 if not given."),
]


class NewestFirst(CursorPagination):
    """Pages by UUIDv7 id, newest first."""

    ordering: str | tuple[str, ...] = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 100


class Queue(NewestFirst):
    """Pages by deadline, the nearest first."""

    ordering = ("deadline", "document_id")

    def decode_cursor(self, request: Request) -> Cursor | None:
        """As DRF's; a position that is no time with its zone is refused by ValueError."""
        cursor: Cursor | None = super().decode_cursor(request)
        if (
            cursor is not None
            and cursor.position is not None
            and datetime.fromisoformat(str(cursor.position)).tzinfo is None
        ):
            raise ValueError(f"{cursor.position!r} has no time zone")
        return cursor


class ByAmount(NewestFirst):
    """Pages by the amount that the rows are annotated with, the greatest first."""

    ordering = ("-amount", "document_id")


def paged(
    request: Request,
    rows: "QuerySet[M]",
    represent: Callable[[Sequence[M]], list[Body]],
    *,
    paginator: type[CursorPagination] = NewestFirst,
) -> Response:
    """One page of `rows`; `represent` shapes all of a page at once, so that it can fetch what belongs to them in one go."""
    pages = paginator()
    try:
        page: list[M] = pages.paginate_queryset(rows, request) or []
    except (ValidationError, ValueError, DataError) as error:
        raise Invalid("cursor_invalid", "This cursor is not one of ours. Start again from the first page.") from error
    return Response({"next": pages.get_next_link(), "previous": pages.get_previous_link(), "results": represent(page)})


def query_of(request: Request, shape: type[serializers.Serializer[Any]]) -> Body:
    """The query parameters that `shape` names, checked; those not given are left out. Raises ValidationError."""
    form = shape(data=request.query_params)
    form.is_valid(raise_exception=True)
    return {name: value for name, value in form.validated_data.items() if value not in ("", None)}


def page_of(row: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """The schema of a page of `row`."""
    return inline_serializer(
        name=f"{row.__name__}Page",
        fields={
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": row(many=True),
        },
    )
