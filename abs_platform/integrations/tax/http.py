"""A provider that is asked by HTTP: one signed POST for one invoice.

Every request carries X-Key, X-Timestamp (seconds), X-Nonce and X-Signature: HMAC-SHA256, in hex, by the shared secret over
"{timestamp}\\n{nonce}\\n{SHA-256 of the body, hex}".
"""

import hashlib
import hmac
import ipaddress
import json
import secrets
import socket
import time
import urllib.parse
from decimal import Decimal

import requests
import urllib3

from abs_platform.core import clock, nesting
from abs_platform.core.transactions import assert_no_transaction
from abs_platform.integrations.tax.form import STANDARD, Form, Json
from abs_platform.integrations.tax.status import Answer, Malformed, NotConfigured, Query, Rejected, Unreachable

MOST_BYTES = 256 * 1024
MOST_DEEP = 32
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Http:
    """`timeout` is in seconds, for the whole exchange. `url` is https; http to this machine only, and not in production."""

    def __init__(
        self, *, url: str, key: str, secret: str, form: Form = STANDARD, timeout: float = 10.0, production: bool = False
    ) -> None:
        parts = urllib.parse.urlsplit(url)
        is_local = parts.hostname in LOOPBACK and not production
        if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and is_local)):
            raise NotConfigured("ABS_TAX_STATUS_URL must be an https address")
        self.name = parts.hostname
        self._url, self._key, self._secret, self._form, self._timeout = url, key, secret, form, timeout
        self._host, self._port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
        self._is_local = is_local

    def status(self, query: Query) -> Answer:
        assert_no_transaction()
        self._check_address()
        question = self._form.asked(query)
        if self._form.encoding == "form":
            body, kind = urllib.parse.urlencode(question).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = json.dumps(question, ensure_ascii=False).encode(), "application/json"
        answer = self._post(body, kind)
        if nesting.depth(answer) > MOST_DEEP:
            raise Malformed(f"{self.name} answered with JSON nested deeper than {MOST_DEEP}")
        try:
            decoded = json.loads(answer, parse_float=Decimal, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise Malformed(f"{self.name} answered with what is no JSON") from error
        if not isinstance(decoded, dict):
            raise Malformed(f"{self.name} answered with JSON that is no object")
        return self._form.read(decoded, query)

    def _check_address(self) -> None:
        """Refuse a name that leads to this machine or to the network's own services (link-local: cloud metadata)."""
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Unreachable(f"{self.name} has no address") from error
        for *_, address in found:
            ip = ipaddress.ip_address(str(address[0]).partition("%")[0])
            if ip.is_link_local or ip.is_multicast or ip.is_unspecified or (ip.is_loopback and not self._is_local):
                raise NotConfigured(f"{self.name} leads to {ip}, which is not asked")

    def _post(self, body: bytes, kind: str) -> bytes:
        headers = {
            "Content-Type": kind,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            **self._signature(body),
        }
        try:
            with requests.post(
                self._url, data=body, headers=headers, timeout=self._timeout, stream=True, allow_redirects=False
            ) as answer:
                if answer.status_code in (401, 403, 429):
                    raise Rejected(f"{self.name} refuses us with HTTP status {answer.status_code}")
                if answer.status_code != requests.codes.ok:
                    raise Unreachable(f"{self.name} answered with HTTP status {answer.status_code}")
                return self._read(answer.raw)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise Unreachable(f"no answer from {self.name}: {type(error).__name__}") from error

    def _signature(self, body: bytes) -> dict[str, str]:
        stamp, nonce = str(int(clock.now().timestamp())), secrets.token_hex(16)
        signed = f"{stamp}\n{nonce}\n{hashlib.sha256(body).hexdigest()}".encode()
        signature = hmac.new(self._secret.encode(), signed, hashlib.sha256).hexdigest()
        return {"X-Key": self._key, "X-Timestamp": stamp, "X-Nonce": nonce, "X-Signature": signature}

    def _read(self, answer: urllib3.HTTPResponse) -> bytes:
        """The body, as far as it comes in time and is not too long: a byte now and then must not hold us for ever."""
        deadline = time.monotonic() + self._timeout
        body = bytearray()
        while piece := answer.read1(MOST_BYTES, decode_content=False):
            body += piece
            if len(body) > MOST_BYTES:
                raise Malformed(f"{self.name} answered with more than {MOST_BYTES} bytes")
            if time.monotonic() > deadline:
                raise Unreachable(f"{self.name} takes too long to answer")
        return bytes(body)


def _no_number(text: str) -> Json:
    raise ValueError(f"{text} is no number")
