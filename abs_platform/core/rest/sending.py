"""Sending files piece by piece, as those of custody, which gives them out segment by segment, each authenticated."""

from collections.abc import AsyncIterator, Iterator
from itertools import chain

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.request import Request

SENT_WHOLE = 8 << 20
"""Up to this size a file is authenticated whole before the first byte; so a damaged one is a plain error."""


def file_reply(request: Request, *, size: int, chunks: Iterator[bytes], content_type: str) -> HttpResponseBase:
    """The file in a reply that states its length.

    A larger file's first segment is read before the reply begins. Where a later one turns out to be damaged, the
    connection breaks off before the stated length: no client takes it for the whole.
    """
    if size <= SENT_WHOLE:
        return HttpResponse(b"".join(chunks), content_type=content_type)
    whole = chain([next(chunks)], chunks)
    streamed = _from_thread(whole) if isinstance(request._request, ASGIRequest) else whole
    return StreamingHttpResponse(streamed, content_type=content_type, headers={"Content-Length": str(size)})


def saved_reply(
    request: Request, *, name: str, size: int, chunks: Iterator[bytes], content_type: str
) -> HttpResponseBase:
    """A file to be saved under `name`, and kept by no cache."""
    reply = file_reply(request, size=size, chunks=chunks, content_type=content_type)
    reply.headers["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    reply.headers["X-Content-Type-Options"] = "nosniff"
    reply.headers["Cache-Control"] = "private, no-store"
    return reply


async def _from_thread(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each is made in the request's thread, so that the event loop goes on meanwhile."""
    following = sync_to_async(lambda: next(chunks, None))
    while (chunk := await following()) is not None:
        yield chunk
