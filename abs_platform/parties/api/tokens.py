"""Access tokens for programs: client credentials (RFC 6749, section 4.4) and revocation (RFC 7009), nothing else."""

import json

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from oauth2_provider.views import RevokeTokenView, TokenView


def _refusal(error: str) -> HttpResponse:
    """RFC 6749, section 5.2."""
    return HttpResponse(json.dumps({"error": error}), status=400, content_type="application/json")


class ClientTokenView(TokenView):  # type: ignore[misc]  # oauth2_provider ships no types
    """Tokens for client credentials."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("grant_type") != "client_credentials":
            return _refusal("unsupported_grant_type")
        try:
            answer: HttpResponse = super().post(request)
        except DataError:  # a NUL in the credentials, which the database takes nowhere
            return _refusal("invalid_request")
        return answer


class ClientRevokeView(RevokeTokenView):  # type: ignore[misc]  # oauth2_provider ships no types
    """A program gives its token back."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            answer: HttpResponse = super().post(request)
        except DataError:  # as above
            return _refusal("invalid_request")
        return answer
