"""Time-stamp authorities (RFC 3161, 可信时间戳): they sign a digest together with a time.

What proves the time is the token alone, together with the authority's root certificate. A request is bytes that are
made without any network, so that the caller can store them before they are sent and send the very same again.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import requests
import urllib3
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client._rust import parse_timestamp_request  # the package has no public name for it

from abs_platform.core.transactions import assert_no_transaction
from abs_platform.integrations import chains
from abs_platform.integrations.chains import ChainError, NotConfigured, Rejected, Unreachable, site_of

MOST_BYTES = 64 * 1024  # a token with its certificates takes some 5 kB
SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


class InvalidToken(ChainError):
    """What came back is no token over our digest that a trusted authority signed: it proves nothing and is not kept."""

    reason = "invalid_token"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A verified token (DER of the TimeStampToken, which `openssl ts -verify -token_in` reads) and its time."""

    token: bytes
    time: datetime


class TimestampAuthority(Protocol):
    """What the ledger asks of an authority."""

    def request(self, data: bytes) -> bytes:
        """A request over SHA-256 of `data`, DER, with a nonce of its own. No network."""
        ...

    def stamp(self, request: bytes, data: bytes) -> Stamp:
        """Send a request and verify the answer over `data`. Call it outside transactions.

        Raises Unreachable, Rejected where the authority says no, InvalidToken where what it says proves nothing.
        """
        ...

    def verify(self, token: bytes, data: bytes) -> datetime:
        """The time that a token states for `data`. Raises InvalidToken. No network."""
        ...


class Rfc3161:
    """An authority that is asked by HTTP. `roots` are the certificates that its own must lead to, `policy` the one that
    its tokens must be issued under, if that matters; `timeout` is in seconds.
    """

    def __init__(self, *, url: str, roots: Sequence[x509.Certificate], policy: str = "", timeout: float = 10.0) -> None:
        if not roots:
            raise NotConfigured("a time-stamp authority needs at least one root certificate to be trusted")
        self._url, self._site = url, site_of(url)
        self._roots = list(roots)
        self._policy = x509.ObjectIdentifier(policy) if policy else None
        self._timeout = timeout

    def request(self, data: bytes) -> bytes:
        built = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
        return built.as_bytes()

    def stamp(self, request: bytes, data: bytes) -> Stamp:
        response = _decoded(self._post(request))
        if response.status != PKIStatus.GRANTED:
            raise Rejected("refused", f"{self._site} did not grant a time-stamp: {_status(response)}")
        try:
            nonce, token = response.tst_info.nonce, response.time_stamp_token()
        except ValueError as error:
            raise InvalidToken(f"{self._site} granted a time-stamp and gave none: {error}") from error
        if nonce != parse_timestamp_request(request).nonce:
            raise InvalidToken(f"{self._site} answered another request than ours")
        return Stamp(token, self._verified(response, data))

    def verify(self, token: bytes, data: bytes) -> datetime:
        return self.verify_reply(_response_of(token), data)

    def verify_reply(self, reply: bytes, data: bytes) -> datetime:
        """As `verify`, of a whole reply (TimeStampResp, DER)."""
        return self._verified(_decoded(reply), data)

    def _verified(self, response: TimeStampResponse, data: bytes) -> datetime:
        try:
            info = response.tst_info
            if info.message_imprint.hash_algorithm != SHA256:
                raise InvalidToken("the token is over another hash than SHA-256")
            VerifierBuilder(policy_id=self._policy, roots=self._roots).build().verify(
                response, hashlib.sha256(data).digest()
            )
            _refuse_strangers(response)
            moment = info.gen_time
        except InvalidToken:
            raise
        except Exception as error:  # certificates of a stranger's making: what parsing them raises has no common class
            raise InvalidToken(f"the time-stamp token does not hold: {error}") from error
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def _post(self, request: bytes) -> bytes:
        assert_no_transaction()
        headers = {
            "Content-Type": "application/timestamp-query",
            "Accept": "application/timestamp-reply",
            "Accept-Encoding": "identity",
        }
        try:
            with requests.post(
                self._url, data=request, headers=headers, timeout=self._timeout, stream=True, allow_redirects=False
            ) as answer:
                if answer.status_code != requests.codes.ok:
                    raise Unreachable(f"{self._site} answered with HTTP status {answer.status_code}")
                return self._read(answer.raw)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise Unreachable(f"no answer from {self._site}: {type(error).__name__}") from error

    def _read(self, answer: urllib3.HTTPResponse) -> bytes:
        """The body, as far as it comes in time and is not too long: a byte now and then must not hold us for ever."""
        deadline = time.monotonic() + self._timeout
        body = bytearray()
        while piece := answer.read1(MOST_BYTES, decode_content=False):
            body += piece
            if len(body) > MOST_BYTES:
                raise Unreachable(f"{self._site} answered with more than {MOST_BYTES} bytes")
            if time.monotonic() > deadline:
                raise Unreachable(f"{self._site} takes too long to answer")
        return bytes(body)


def authority(name: str) -> TimestampAuthority:
    """The configured authority of that name. Raises NotConfigured."""
    entry = chains.configuration(name)
    return Rfc3161(url=entry["url"], roots=_roots(entry), policy=entry.get("policy", ""))


def _roots(entry: dict[str, Any]) -> list[x509.Certificate]:  # Any: JSON of ABS_CHAINS
    try:
        return x509.load_pem_x509_certificates(Path(entry["roots"]).read_bytes())
    except (OSError, ValueError) as error:
        raise NotConfigured(
            f"the trusted roots of {entry['name']} cannot be read from {entry['roots']}: {error}; correct ABS_CHAINS"
        ) from error


def _decoded(body: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(body)
    except ValueError as error:
        raise InvalidToken(f"this is no time-stamp reply: {error}") from error


def _refuse_strangers(response: TimeStampResponse) -> None:
    """Refuse certificates that do not lead from the signer's upwards. They are covered by no signature, so whoever carries a
    token can put in others, under the authority's name too, for whoever reads it less carefully.
    """
    (signer,) = response.signed_data.signer_infos
    rest = [x509.load_der_x509_certificate(encoded) for encoded in response.signed_data.certificates]
    wanted = [each for each in rest if (each.issuer, each.serial_number) == (signer.issuer, signer.serial_number)]
    while wanted:
        found = wanted[0]
        rest.remove(found)
        wanted = [each for each in rest if _issued(each, found)]
    if rest:
        strangers = ", ".join(each.subject.rfc4514_string() for each in rest)
        raise InvalidToken(f"the token carries certificates that have no part in it: {strangers}")


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _status(response: TimeStampResponse) -> str:
    known = {int(status): status.name.lower() for status in PKIStatus}
    words = "; ".join(response.status_string or []) or "without a reason"
    return f"{known.get(response.status, f'status {response.status}')}, {words}"


def _response_of(token: bytes) -> bytes:
    """A token as the reply that carried it: TimeStampResp ::= SEQUENCE {PKIStatusInfo {granted (0)}, token}."""
    content = b"\x30\x03\x02\x01\x00" + token
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    length = octets if size < 0x80 else bytes([0x80 | len(octets)]) + octets
    return b"\x30" + length + content
