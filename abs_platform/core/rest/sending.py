"""Sending a file that custody gives out segment by segment, each authenticated before it leaves."""

from collections.abc import AsyncIterator, Iterator
from itertools import chain

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
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


async def _from_thread(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each is made in the request's thread, so that the event loop goes on meanwhile."""
    following = sync_to_async(lambda: next(chunks, None))
    while (chunk := await following()) is not None:
        yield chunk
