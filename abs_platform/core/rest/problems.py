"""One error handler: every refusal leaves as a problem detail (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.views import set_rollback

from abs_platform.core.errors import DomainError, NotFound

CONTENT_TYPE = "application/problem+json"
Body = dict[str, Any]  # Any: JSON


def body(
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    params: Mapping[str, object] | None = None,
    errors: list[Body] | None = None,
) -> Body:
    """A problem detail as RFC 9457, section 3, with the extension members code, params and errors."""
    return {
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "params": dict(params or {}),
        "errors": errors or [],
    }


def of_domain_error(error: DomainError) -> Body:
    """The problem detail of a refusal by a service."""
    return body(status=error.http_status, code=error.code, title=error.title, detail=error.detail, params=error.params)


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's exception handler. What it does not know returns None and becomes a 500 in the server's log."""
    if isinstance(error, Http404 | PermissionDenied | exceptions.NotFound):
        error = NotFound()
    if isinstance(error, DomainError):
        problem = of_domain_error(error)
        wait = error.params.get("retry_after")
        headers: dict[str, str] = {"Retry-After": str(wait)} if isinstance(wait, int) else {}
    elif isinstance(error, exceptions.ValidationError):
        problem = body(
            status=422,
            code="invalid_input",
            title="The input is not valid",
            detail="Correct the fields named in errors and send the request again.",
            errors=_field_errors(error.detail),
        )
        headers = {}
    elif isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        detail = "This is more than one request may carry. Send less at once."
        problem = body(status=413, code="request_too_large", title="Too large", detail=detail)
        headers = {}
    elif isinstance(error, SuspiciousOperation):
        problem = body(status=400, code="malformed", title=_TITLES[400], detail="The request cannot be read.")
        headers = {}
    elif isinstance(error, exceptions.APIException):
        codes = error.get_codes()
        code = codes if isinstance(codes, str) else "error"
        problem = body(
            status=error.status_code,
            code=code,
            title=_TITLES.get(error.status_code, "Refused"),
            detail=_NOT_SIGNED_IN if isinstance(error, exceptions.NotAuthenticated) else str(error.detail),
        )
        headers = {}
        if pause := getattr(error, "wait", None):
            headers["Retry-After"] = str(int(pause))
        if challenge := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = challenge
    else:
        return None
    set_rollback()
    return respond(problem, headers)


_NOT_SIGNED_IN = "Sign in, or send an access token that is known and has not expired."
_TITLES = {
    400: "The request is malformed",
    401: "Sign in first",
    403: "Not allowed",
    405: "Method not allowed",
    406: "Not acceptable",
    415: "Unsupported media type",
    429: "Too many requests",
}


def _field_errors(detail: Any, path: str = "") -> list[Body]:
    """Flatten DRF's nested error details to [{field, code, detail}]; field is a dotted path."""
    if isinstance(detail, Mapping):
        return [row for key, value in detail.items() for row in _field_errors(value, f"{path}.{key}".lstrip("."))]
    if isinstance(detail, list):
        nested = any(isinstance(item, Mapping | list) for item in detail)
        return [
            row
            for position, item in enumerate(detail)
            for row in _field_errors(item, f"{path}.{position}".lstrip(".") if nested else path)
        ]
    return [{"field": path, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}]


def respond(problem: Body, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A problem detail as it leaves: JSON whatever the view renders otherwise, the same bytes wherever it comes from."""
    try:
        content = JSONRenderer().render(problem)
    except UnicodeEncodeError:  # it quotes what somebody sent, and that was no text: half a surrogate pair
        content = _EscapingRenderer().render(problem)
    return HttpResponse(content, status=problem["status"], headers=headers, content_type=CONTENT_TYPE)


class _EscapingRenderer(JSONRenderer):
    ensure_ascii = True


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's 404 under /api: byte for byte what a view answers for an object that is not there."""
    return respond(of_domain_error(NotFound()))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500 under /api; the cause is in the server's log."""
    problem = body(
        status=500,
        code="internal_error",
        title="Our fault",
        detail="Something failed on our side and was logged. Try again in a moment.",
    )
    return respond(problem)
