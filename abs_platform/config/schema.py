"""The OpenAPI schema, and how callers sign in as it tells them."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.views import SpectacularAPIView


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself untyped
    """OAuth2 client credentials (RFC 6749, section 4.4)."""

    target_class = "abs_platform.parties.authentication.BearerClient"
    name = "client_credentials"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        flow = {"tokenUrl": "/api/v1/oauth/token", "scopes": {"api": "The REST API as the client's organisation"}}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself untyped
    """The browser's session cookie, with the CSRF token in X-CSRFToken for what changes something."""

    target_class = "abs_platform.parties.authentication.BrowserSession"
    name = "browser_session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class SchemaView(SpectacularAPIView):
    """The schema of this API."""
