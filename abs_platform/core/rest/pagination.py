"""Cursor pages: stable under concurrent writes, no counting."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Pages by UUIDv7 id, newest first."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 100
