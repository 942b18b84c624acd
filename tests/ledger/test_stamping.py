"""Time-stamps: a real authority's tokens are kept when they hold, and everything else is refused and harms nobody."""

import base64
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from abs_platform.core import clock
from abs_platform.integrations import timestamps
from abs_platform.integrations.chains import ChainError, Rejected, Unreachable
from abs_platform.integrations.timestamps import InvalidToken, Rfc3161
from abs_platform.ledger import anchoring, selectors, services, setup
from abs_platform.ledger.anchoring import Outcome
from abs_platform.ledger.models import Anchor, AnchorTransaction, Record
from tests.ledger.authority import Authority
from tests.ledger.conftest import Crash, Ledger
from tests.shared_data import shared

NAME = "tsa"


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    made = Authority(tmp_path / "tsa")
    yield made
    made.stop()


@pytest.fixture
def stamped(committed: None, keys: None, settings: Any, authority: Authority) -> Ledger:
    """A ledger whose channel goes to a time-stamp authority alone."""
    settings.CHAINS = [{"name": NAME, "kind": "rfc3161", "url": authority.url, "roots": str(authority.root)}]
    assert setup.prepare(say=lambda text: None) == []
    return Ledger(url="")


def recorded(ledger: Ledger) -> Record:
    (record,) = ledger.append()
    services.seal()
    return record


def stamp() -> Outcome:
    return anchoring.anchor(chain=NAME)


def is_anchored(record: Record) -> bool:
    return selectors.positions([record.id])[record.id].is_anchored


def status() -> tuple[str, str]:
    (row,) = [row for row in selectors.chain_status() if row["name"] == NAME]
    return row["state"], row["reason"]


def test_a_checkpoint_is_stamped_and_openssl_agrees(stamped: Ledger, authority: Authority) -> None:
    record = recorded(stamped)
    assert not is_anchored(record)
    assert stamp() is Outcome.DONE
    assert is_anchored(record) and status() == ("ok", "")
    proof = selectors.evidence(record.id)
    (timestamp,) = proof["timestamps"]
    assert proof["anchors"] == [] and timestamp["authority"] == NAME
    token = base64.b64decode(timestamp["token"])
    body = proof["checkpoint"].split("\n\n")[0] + "\n"
    assert authority.verifies(token, body.encode())
    assert not authority.verifies(token, b"another " + body.encode())
    (view,) = selectors.positions([record.id])[record.id].anchors
    assert (view.kind, view.chain_id, view.block, view.tx) == ("rfc3161", None, None, None)
    assert view.time is not None and abs(view.time - clock.now()) < timedelta(minutes=1)
    assert selectors.trust()["chains"] == [] and selectors.trust()["required"] == 1


def test_nothing_is_asked_while_there_is_nothing_to_stamp(stamped: Ledger, authority: Authority) -> None:
    recorded(stamped)
    stamp()
    anchoring.watch(chain=NAME)
    assert len(authority.asked) == 1


@pytest.mark.parametrize("point", ["anchor.signed", "anchor.stored", "anchor.sent", "anchor.seen", "anchor.anchored"])
def test_a_crash_anywhere_ends_in_one_time_stamp_of_the_stored_request(
    stamped: Ledger, authority: Authority, crash: Callable[[str], None], point: str
) -> None:
    record = recorded(stamped)
    crash(point)
    with pytest.raises(Crash):
        stamp()
    stored = [bytes(row.raw) for row in AnchorTransaction.objects.all()]
    assert stamp() is Outcome.DONE
    assert is_anchored(record) and Anchor.objects.count() == 1
    assert set(authority.asked) == {bytes(AnchorTransaction.objects.get().raw)}
    assert not stored or stored == [bytes(AnchorTransaction.objects.get().raw)]


def test_without_storing_the_request_first_other_bytes_would_go_out(authority: Authority) -> None:
    """The negative control of the test above: a request made anew is another one."""
    client = Rfc3161(url=authority.url, roots=x509.load_pem_x509_certificates(authority.root.read_bytes()))
    assert client.request(b"data") != client.request(b"data")


def refuse(request: bytes) -> bytes:
    return bytes.fromhex("300930070201023002" + "0c00")  # rejection (2), with a free text


def of_another_request(authority: Authority) -> Callable[[bytes], bytes]:
    client = Rfc3161(url=authority.url, roots=x509.load_pem_x509_certificates(authority.root.read_bytes()))
    return lambda request: authority.stamp(client.request(b"another checkpoint"))


def flipped(authority: Authority) -> Callable[[bytes], bytes]:
    def answer(request: bytes) -> bytes:
        reply = bytearray(authority.stamp(request))
        reply[-3] ^= 1  # the signature is what the reply ends with
        return bytes(reply)

    return answer


def granted_without_token(request: bytes) -> bytes:
    return bytes.fromhex("30053003020100")


def of_no_known_status(request: bytes) -> bytes:
    return bytes.fromhex("30053003020163")


def with_a_certificate_of_no_version(authority: Authority) -> Callable[[bytes], bytes]:
    return lambda request: authority.stamp(request).replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x36")


def long(request: bytes) -> bytes:
    return b"\x30" * 100_000


def test_an_authority_that_lies_or_fails_degrades_alone_and_heals(
    stamped: Ledger, authority: Authority, tmp_path: Path
) -> None:
    record = recorded(stamped)
    stranger = Authority(tmp_path / "stranger", name="Stranger")
    expired = Authority(tmp_path / "expired", until="20210101000000Z")
    plain = Authority(tmp_path / "plain", extensions="plain")
    trusted = authority.root.read_bytes()
    cases: list[tuple[Callable[[bytes], bytes], type[ChainError], str, Path]] = [
        (refuse, Rejected, "refused", authority.root),
        (lambda request: b"", InvalidToken, "invalid_token", authority.root),
        (lambda request: b"nonsense", InvalidToken, "invalid_token", authority.root),
        (long, Unreachable, "unreachable", authority.root),
        (with_a_certificate_of_no_version(authority), InvalidToken, "invalid_token", authority.root),
        (granted_without_token, InvalidToken, "invalid_token", authority.root),
        (of_no_known_status, Rejected, "refused", authority.root),
        (of_another_request(authority), InvalidToken, "invalid_token", authority.root),
        (flipped(authority), InvalidToken, "invalid_token", authority.root),
        (stranger.stamp, InvalidToken, "invalid_token", authority.root),
        (expired.stamp, InvalidToken, "invalid_token", expired.root),
        (plain_or_refused(plain), ChainError, "", plain.root),
    ]
    for answer, error, reason, root in cases:
        authority.answer = answer
        authority.root.write_bytes(root.read_bytes() if root != authority.root else trusted)
        with pytest.raises(error):
            stamp()
        assert not is_anchored(record), reason
        assert status() == ("degraded", reason) or not reason
    authority.answer, authority.status = authority.stamp, 503
    authority.root.write_bytes(trusted)
    with pytest.raises(Unreachable, match="503"):
        stamp()
    authority.status = 200
    assert stamp() is Outcome.DONE
    assert is_anchored(record) and status() == ("ok", "")
    assert len(set(authority.asked)) == 1, "another request went out"
    for other in (stranger, expired, plain):
        other.stop()


@pytest.mark.parametrize("pause", [None, 0.05])
def test_an_answer_that_breaks_off_or_drips_is_no_answer(authority: Authority, pause: float | None) -> None:
    """Its connection ends, or lives on by a byte now and then, after a part of what it said would come."""
    with socketserver.TCPServer(("127.0.0.1", 0), type("Part", (_Part,), {"pause": pause})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        roots = x509.load_pem_x509_certificates(authority.root.read_bytes())
        client = Rfc3161(url=f"http://127.0.0.1:{server.server_address[1]}/", roots=roots, timeout=0.3)
        began = time.monotonic()
        with pytest.raises(Unreachable):
            client.stamp(client.request(b"data"), b"data")
        assert time.monotonic() - began < 5
        server.shutdown()


class _Part(socketserver.BaseRequestHandler):
    pause: float | None

    def handle(self) -> None:
        self.request.recv(65_536)
        self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0")
        for _ in range(200 if self.pause else 0):
            time.sleep(self.pause or 0)
            try:
                self.request.sendall(b"0")
            except OSError:
                return


def plain_or_refused(authority: Authority) -> Callable[[bytes], bytes]:
    """A certificate that is not for time-stamping: openssl refuses to sign with it, so the reply is its refusal."""

    def answer(request: bytes) -> bytes:
        try:
            return authority.stamp(request)
        except AssertionError:
            return refuse(request)

    return answer


def test_a_time_that_cannot_be_is_not_believed(stamped: Ledger) -> None:
    record = recorded(stamped)
    with clock.at(datetime.now(UTC) - timedelta(hours=1)), pytest.raises(InvalidToken, match="cannot be"):
        stamp()  # the authority is an hour ahead of us
    stamped.tamper("UPDATE ledger_checkpoint SET time = now() + interval '1 hour'")
    with pytest.raises(InvalidToken, match="cannot be"):
        stamp()  # the authority says an hour before the checkpoint was made
    assert not is_anchored(record) and status() == ("degraded", "invalid_token")


def test_a_dead_authority_delays_no_chain_and_k_of_n_counts_it(
    committed: None, keys: None, settings: Any, authority: Authority, node: Any
) -> None:
    entry = {"name": NAME, "kind": "rfc3161", "url": authority.url, "roots": str(authority.root)}
    settings.CHAINS = [{"name": "business", "kind": "evm", "url": node.url}, entry]
    settings.CHANNELS = [{**settings.CHANNELS[0], "required": 2}]
    assert setup.prepare(say=lambda text: None) == []
    authority.stop()
    record = recorded(Ledger(url=node.url))
    with pytest.raises(Unreachable):
        stamp()
    assert anchoring.anchor(chain="business", patience=timedelta(seconds=10)) is Outcome.DONE
    position = selectors.positions([record.id])[record.id]
    assert (position.required, [view.anchored for view in position.anchors]) == (2, [True, False])
    assert not position.is_anchored
    assert {row["name"]: row["state"] for row in selectors.chain_status()} == {"business": "ok", NAME: "degraded"}
    assert selectors.trust()["required"] == 1, "the outside verifier checks chains only"


def test_roots_that_cannot_be_read_are_told_at_setup(
    committed: None, keys: None, settings: Any, tmp_path: Path
) -> None:
    for content in (None, "no certificate"):
        roots = tmp_path / "roots.pem"
        if content:
            roots.write_text(content)
        settings.CHAINS = [{"name": NAME, "kind": "rfc3161", "url": "http://127.0.0.1:1", "roots": str(roots)}]
        lines: list[str] = []
        assert setup.prepare(say=lines.append) == [NAME]
        assert any("cannot be read" in line for line in lines)


# --- replies that others published


def published(folder: str, policy: str = "") -> Rfc3161:
    chain = shared(f"04_merkle_tsa/rfc3161/{folder}/ts_chain.pem").read_bytes()
    return Rfc3161(url="http://127.0.0.1:1", roots=x509.load_pem_x509_certificates(chain), policy=policy)


def test_a_published_reply_holds_and_each_changed_byte_of_its_signature_is_seen() -> None:
    reply = shared("04_merkle_tsa/rfc3161/sigstage/response-sha256.tsr").read_bytes()
    client = published("sigstage")
    assert client.verify_reply(reply, b"hello") == datetime(2025, 5, 9, 11, 58, 55, tzinfo=UTC)
    with pytest.raises(InvalidToken):
        client.verify_reply(reply, b"hello\n")
    for place in range(1, 70):
        changed = bytearray(reply)
        changed[-place] ^= 0x20
        with pytest.raises(InvalidToken):
            client.verify_reply(bytes(changed), b"hello")


def test_a_published_reply_under_another_root_or_policy_is_refused(tmp_path: Path) -> None:
    reply = shared("04_merkle_tsa/rfc3161/sigstage/response-sha256.tsr").read_bytes()
    assert published("sigstage", "1.3.6.1.4.1.57264.2").verify_reply(reply, b"hello")
    for client in (published("sigstage", "1.2.3"), published("test_tsa")):
        with pytest.raises(InvalidToken):
            client.verify_reply(reply, b"hello")


def test_injected_certificates_are_refused() -> None:
    """The same token twice, the second with a stranger's certificates put in; only the imprint is of another hash than ours."""
    folder = "04_merkle_tsa/rfc3161/test_tsa"
    roots = x509.load_pem_x509_certificates(shared(f"{folder}/ts_chain.pem").read_bytes())
    honest, injected = (
        decode_timestamp_response(shared(f"{folder}/{name}").read_bytes())
        for name in ("response.tsr", "response-injected-certs.tsr")
    )
    for reply in (honest, injected):
        assert VerifierBuilder(roots=roots).build().verify(reply, honest.tst_info.message_imprint.message)
    timestamps._refuse_strangers(honest)
    with pytest.raises(InvalidToken, match="Spoofed TSA"):
        timestamps._refuse_strangers(injected)


def test_certificates_injected_into_our_own_token_are_refused(authority: Authority, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger", name="Stranger")
    stranger.stop()
    client = Rfc3161(url=authority.url, roots=x509.load_pem_x509_certificates(authority.root.read_bytes()))
    token = client.stamp(client.request(b"data"), b"data").token
    assert client.verify(token, b"data")
    (tmp_path / "token").write_bytes(token)
    own, other = authority.folder / "tsa.pem", stranger.folder / "tsa.pem"
    bag = [x509.load_pem_x509_certificate(file.read_bytes()).public_bytes(Encoding.DER) for file in (own, other)]
    assert bag[0] in token
    with pytest.raises(InvalidToken, match="Stranger"):
        client.verify(with_certificate(token, bag[0], bag[1]), b"data")


def with_certificate(token: bytes, present: bytes, added: bytes) -> bytes:
    """The token with one more certificate in its bag: every length around it grown (DER)."""

    def grown(data: bytes) -> bytes:
        """One element that contains `present`, as another with `added` behind it."""
        if data == present:
            return data + added
        if not data[0] & 0x20 or present not in data:
            return data
        content = b"".join(map(grown, elements(body(data))))
        return bytes([data[0]]) + length(len(content)) + content

    return grown(token)


def length(size: int) -> bytes:
    octets = size.to_bytes((size.bit_length() + 7) // 8 or 1, "big")
    return octets if size < 0x80 else bytes([0x80 | len(octets)]) + octets


def header(data: bytes) -> tuple[int, int]:
    """Where an element's content begins and ends."""
    if data[1] < 0x80:
        return 2, 2 + data[1]
    count = data[1] & 0x7F
    return 2 + count, 2 + count + int.from_bytes(data[2 : 2 + count], "big")


def body(data: bytes) -> bytes:
    begin, end = header(data)
    return data[begin:end]


def elements(data: bytes) -> Iterator[bytes]:
    while data:
        _, end = header(data)
        yield data[:end]
        data = data[end:]
