"""A small client of the public REST API: what any integrator could write with the standard library."""

import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from abs_platform.launch.console import Failure
from abs_platform.launch.paths import StateFolder

TIMEOUT = 60.0
Json = dict[str, Any]  # Any: JSON


class Refusal(Exception):
    """The API said no: `status` and the problem detail's `code`."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail', '')}")
        self.status = status
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Client:
    """The API as one program of one organisation sees it."""

    base: str
    token: str = ""

    @classmethod
    def signed_in(cls, web: str, *, client_id: str, client_secret: str) -> "Client":
        """A client with an access token by OAuth2 client credentials (RFC 6749, section 4.4)."""
        base = f"{web}/api/v1/"
        form = urllib.parse.urlencode(
            {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        ).encode()
        request = urllib.request.Request(f"{base}oauth/token", data=form, method="POST")  # noqa: S310  # our own address
        return cls(base, json.loads(_send(request))["access_token"])

    @classmethod
    def operator(cls, web: str, state: StateFolder) -> "Client":
        """The operator, by the credentials in the state folder."""
        return cls.signed_in(web, **json.loads((state.path / "operator.json").read_text(encoding="utf-8")))

    def get(self, path: str, **query: str) -> Json:
        """A JSON reply. Raises Refusal."""
        found: Json = json.loads(self.raw(path, **query))
        return found

    def raw(self, path: str, **query: str) -> bytes:
        """The reply's bytes. Raises Refusal."""
        suffix = f"?{urllib.parse.urlencode(query)}" if query else ""
        return _send(self._request("GET", path + suffix))

    def post(self, path: str, body: Json | None = None) -> Json:
        """Send JSON, get JSON. Raises Refusal."""
        request = self._request("POST", path, json.dumps(body or {}).encode(), "application/json")
        found: Json = json.loads(_send(request))
        return found

    def upload(self, filename: str, content: bytes) -> Json:
        """Upload one file. Raises Refusal."""
        return self.upload_all({filename: content})

    def upload_all(self, files: Mapping[str, bytes]) -> Json:
        """Upload files by name in one request. Raises Refusal."""
        boundary = secrets.token_hex(16)
        body = b""
        for filename, content in files.items():
            name = filename.replace("\\", "\\\\").replace('"', '\\"')
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
            body += head.encode() + content + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        request = self._request("POST", "documents", body, f"multipart/form-data; boundary={boundary}")
        found: Json = json.loads(_send(request))
        return found

    def pages(self, path: str, **query: str) -> Iterator[Json]:
        """Every row of a list."""
        page = self.get(path, page_size="100", **query)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            cursor = urllib.parse.parse_qs(urllib.parse.urlsplit(page["next"]).query)["cursor"][0]
            page = self.get(path, page_size="100", cursor=cursor, **query)

    def _request(
        self, method: str, path: str, body: bytes | None = None, media_type: str = ""
    ) -> urllib.request.Request:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "*/*"}
        if media_type:
            headers["Content-Type"] = media_type
        return urllib.request.Request(self.base + path, data=body, headers=headers, method=method)  # noqa: S310  # our own address


def _send(request: urllib.request.Request) -> bytes:
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as reply:  # noqa: S310  # our own address
            found: bytes = reply.read()
            return found
    except urllib.error.HTTPError as error:
        body = error.read()
        try:
            problem = json.loads(body)
        except ValueError:
            problem = {"code": "not_json", "detail": body[:200].decode(errors="replace")}
        raise Refusal(error.code, problem) from error
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise Failure(f"{request.full_url} does not answer: {error}") from error
