"""Who calls the API: a person in a browser, a program with a token, or nobody. Every reply is checked by the schema."""

import io
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from oauth2_provider.models import AccessToken

from abs_platform.core import clock
from abs_platform.parties.models import ApiClient, Person
from tests.support import schema

Body = Any  # JSON


@dataclass
class Caller:
    """One caller of /api/v1. `person` signs in by session with CSRF, `program` by bearer token, neither is anybody."""

    person: Person | None = None
    program: ApiClient | None = None
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.program:
            token = AccessToken.objects.create(
                application=self.program.application,
                token=secrets.token_urlsafe(24),
                expires=clock.now() + timedelta(days=400),
                scope="api",
            )
            self.headers["Authorization"] = f"Bearer {token.token}"
        if self.person:
            self.client.force_login(self.person, backend="allauth.account.auth_backends.AuthenticationBackend")
            self.client.get("/api/v1/session")
            self.headers["X-CSRFToken"] = self.client.cookies["csrftoken"].value

    def send(self, method: str, path: str, body: Body = None, **query: object) -> HttpResponse:
        """One request; `path` below /api/v1/. Files go as a form, text as it is, anything else as JSON."""
        address = path if path.startswith("/") else schema.PREFIX + path
        options: dict[str, Any] = {"headers": self.headers, "query_params": query or None}
        if isinstance(body, Files):
            options["data"] = {"files": [SimpleUploadedFile(name, data) for name, data in body.content.items()]}
        elif isinstance(body, Form):
            for value in body.content.values():
                if hasattr(value, "seek"):
                    value.seek(0)  # another caller may have sent it before
            options["data"] = dict(body.content)
        elif isinstance(body, Lines):
            options |= {"data": body.content, "content_type": "application/x-ndjson"}
        elif isinstance(body, str):
            options |= {"data": body, "content_type": "text/plain"}
        elif body is not None:
            options |= {"data": json.dumps(body), "content_type": "application/json"}
        response: HttpResponse = getattr(self.client, method.lower())(address, **options)
        schema.check(method, address, response)
        return response

    def get(self, path: str, *, status: int = 200, **query: object) -> Body:
        """The JSON of a GET that answers `status`."""
        return self._json(self.send("GET", path, **query), status)

    def post(self, path: str, body: Body = None, *, status: int = 200) -> Body:
        """The JSON of a POST that answers `status`."""
        return self._json(self.send("POST", path, body if body is not None else {}), status)

    def rows(self, path: str, **query: object) -> list[Body]:
        """The rows of a list's first page."""
        rows: list[Body] = self.get(path, **query)["results"]
        return rows

    def upload(self, files: Mapping[str, bytes], *, status: int = 201) -> Body:
        """Upload files by name."""
        return self._json(self.send("POST", "documents", Files(files)), status)

    def file(self, document_id: str, *, status: int = 200) -> bytes:
        """The bytes of a document."""
        response = self.send("GET", f"documents/{document_id}/file")
        assert response.status_code == status, response.content
        return bytes(response.content)

    @staticmethod
    def _json(response: HttpResponse, status: int) -> Body:
        assert response.status_code == status, (response.status_code, response.content.decode()[:1000])
        return json.load(io.BytesIO(response.content))


@dataclass(frozen=True)
class Files:
    """Files by name, for a form."""

    content: Mapping[str, bytes]


@dataclass(frozen=True)
class Form:
    """Fields of a form, files among them."""

    content: Mapping[str, Any]


@dataclass(frozen=True)
class Lines:
    """JSON lines."""

    content: bytes
