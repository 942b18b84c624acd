"""POSTs that may be sent again: with an `Idempotency-Key` they happen once, and the same answer comes back."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from abs_platform.core import crashpoints, idempotency

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_PARAMETER = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Sent again within a day with the same key and body, the request happens once and is answered alike "
    f"({REPLAYED}: true). With the key of another request it is refused.",
)
P = ParamSpec("P")
Post = Callable[Concatenate[Any, Request, P], Response]  # Any: the view, of whichever class


class _Home(Protocol):
    """Of the actor on a request, what matters here."""

    label: str

    @property
    def home(self) -> UUID: ...


def idempotent(post: Post[P]) -> Post[P]:
    """A view's `post` that heeds the caller's Idempotency-Key."""

    @extend_schema(parameters=[_PARAMETER])
    @wraps(post)
    def once(view: Any, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:  # Any: as in Post
        key = request.headers.get(HEADER)
        if key is None:
            return post(view, request, *args, **kwargs)
        actor = cast("_Home", request.auth)
        organisation_id = actor.home
        digest = idempotency.digest_of(actor.label, request.method, request.path, request.data)
        if (known := idempotency.claim(organisation_id=organisation_id, key=key, digest=digest)) is not None:
            return Response(known.body, status=known.status, headers={REPLAYED: "true"})
        refusal: Exception | None = None
        try:
            with transaction.atomic():  # the work and its answer are kept together, or neither
                try:
                    response = post(view, request, *args, **kwargs)
                except Exception as raised:  # what a refusal keeps, an alert perhaps, stays
                    refusal = raised
                else:
                    body = json.loads(JSONRenderer().render(response.data))
                    answer = idempotency.Answer(response.status_code, body)
                    idempotency.keep(organisation_id=organisation_id, key=key, digest=digest, answer=answer)
                    crashpoints.reach("idempotency.kept")
            if refusal is not None:
                raise refusal
        except Exception:
            idempotency.let_go(organisation_id=organisation_id, key=key)
            raise
        crashpoints.reach("idempotency.committed")
        return response

    return once
