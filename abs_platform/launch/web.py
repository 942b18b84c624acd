"""Small HTTP questions to servers on this machine, past any proxy that the environment names."""

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get_json(url: str, *, body: object = None, timeout: float = 2.0) -> Any:  # Any: JSON
    """The JSON answer to GET, or to POST when there is a body; None when there is no good answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})  # noqa: S310 (own servers)
    try:
        with _direct.open(request, timeout=timeout) as answer:
            return json.load(answer)
    except (OSError, ValueError, urllib.error.URLError, http.client.HTTPException):
        return None


def is_healthy(base: str) -> bool:
    """Whether the product answers at `base`."""
    answer = get_json(f"{base}/api/v1/health")
    return isinstance(answer, dict) and answer.get("status") == "ok"
